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
        destination = "local/upstream.conf"
        data        = <<EOF
{{ range nomadService "cache" }}
server {{ .Adress }}:{{ .Port }};
{{ end }}
EOF
      }
    }
  }
}
