job "web" {
  group "web" {
    counts = 1

    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3
      }

      template {
        destination = "local/a"
        data        = <<-EOF
          one
          ${two
        EOF
      }
    }
  }
}
