job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      template {
        destination = "local/db.env"
        env         = true
        data        = <<EOF
{{ range nomadService "db" }}DB={{ .Address }}:{{ .Port }}{{ end }}
EOF
      }

      config {
        image = "registry.example.com/web:1.4.2"
      }
    }
  }
}
