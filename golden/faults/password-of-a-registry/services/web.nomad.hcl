job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "registry.example.com/web:1.4.2"

        auth {
          username = "anna"
          password = "correct-horse-battery"
        }
      }
    }
  }
}
