job "shop" {
  group "shop" {
    network {
      port "http" { to = 80 }
    }
    service {
      name = "shop"
      port = "http"
      check {
        type     = "http"
        path     = "/"
        method   = "get"
        args     = ["-v"]
        interval = "10s"
        timeout  = "2s"
      }
      check {
        name            = "tls"
        type            = "tcp"
        tls_skip_verify = true
        interval        = "10s"
        timeout         = "2s"

        header {
          Authorization = ["none"]
        }
      }
      check {
        name         = "grpc"
        type         = "http"
        path         = "/health"
        grpc_service = "shop"
        interval     = "10s"
        timeout      = "2s"
      }
    }
    task "shop" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        ports = ["http"]
      }
    }
  }
}
