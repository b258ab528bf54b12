job "web" {
  region = "europe"
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
