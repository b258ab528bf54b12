job "web" {
  datacenters = ["home"]
  type        = "service"

  constraint {
    attribute = "${node.class}"
    value     = "nas"
  }

  group "web" {
    count = 1

    network {
      port "http" {
        to = 8080
      }

      port "metrics" {
        to = 9100
      }
    }

    volume "site" {
      type   = "host"
      source = "web"
    }

    service {
      name     = "web"
      port     = "http"
      provider = "nomad"
      tags     = ["WEB", "SITE", "owner=anna"]

      check {
        type     = "http"
        path     = "/"
        interval = "30s"
        timeout  = "5s"
      }
    }

    task "web" {
      driver = "docker"

      config {
        image   = "nginx:1.29.3"
        ports   = ["http", "metrics"]
        volumes = ["local/site.conf:/etc/nginx/conf.d/default.conf:ro"]
      }

      volume_mount {
        volume      = "site"
        destination = "/usr/share/nginx/html"
        read_only   = true
      }

      env = {
        "site.owner" = "anna"
        ADDRESS      = "${NOMAD_IP_http}:${NOMAD_PORT_http}"
        WORKERS      = "4"
      }

      template {
        destination   = "local/site.conf"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        data          = <<EOF
server {
    listen 8080;
    root /usr/share/nginx/html;
}
EOF
      }

      template {
        destination = "local/hosts"
        data        = <<EOF
          http 8080
          metrics 9100
          {{ range nomadService "web" }}{{ .Address }}{{ end }}
$${NOT_FOR_US}
EOF
      }

      resources {
        cpu    = 200
        memory = 128
      }
    }
  }

  meta {
    hlmc-lab = "job-files"
  }
}
