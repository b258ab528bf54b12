job "gate" {
  group "gate" {
    task "gate" {
      driver = "docker"

      config {
        image = "ghcr.io/EXAMPLE/Gate:1.2.0"
      }
    }
  }
}
