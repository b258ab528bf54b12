job "digest" {
  type = "batch"

  periodic {
    crons = ["0 0 31 2 * *", "0 3 1 1 * 2030", "0 4 5 * * *"]
  }

  group "digest" {
    task "digest" {
      driver = "docker"

      config {
        image = "registry.example.com/digest:1.4.2"
      }
    }
  }
}
