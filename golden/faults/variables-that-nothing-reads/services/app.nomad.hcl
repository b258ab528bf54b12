job "app" {
  group "app" {
    network {
      port "http" {
        to = 8080
      }
    }

    task "app" {
      driver = "docker"

      config {
        image = "ghcr.io/example/app:1.4.2"
        ports = ["http"]
      }

      template {
        destination = "secrets/app.env"
        data        = <<EOF
DB_NAME=photos
DB_PASSWORD={{ with nomadVar "nomad/jobs/app" }}{{ .db_password }}{{ end }}
EOF
      }
    }
  }
}
