job "web" {
  group "web" {
    network {
      port "http" { to = 80 }
    }
    service {
      name = "${NOMAD_JOBNAME}"
      port = "http"
      check {
        type     = "tcp"
        interval = "10s"
        timeout  = "2s"
      }
    }
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        ports = ["http"]
      }
    }
  }
}
