job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
      env = ["TZ=Europe/Dublin"]
    }
  }
}
