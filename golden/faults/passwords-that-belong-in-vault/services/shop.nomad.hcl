job "shop" {
  group "shop" {
    task "shop" {
      driver = "docker"

      config {
        image = "ghcr.io/example/shop:2.0.1"
      }

      env {
        SMTP_PASSWORD = "hunter2-hunter2"
      }
    }
  }
}
