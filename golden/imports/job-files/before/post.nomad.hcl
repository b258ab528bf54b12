job "post" {
  datacenters = ["attic"]
  namespace   = "mail"
  priority    = 70

  update {
    max_parallel = 1
    auto_revert  = true
  }

  affinity {
    attribute = "${node.class}"
    value     = "big"
    weight    = 60
  }

  group "post" {
    count = 2

    network {
      mode = "bridge"
      port "smtp" {
        static = 25
        to     = 2525
      }
      port "admin" {
        to = 8080
      }
    }

    service {
      name     = "smtp"
      port     = "smtp"
      provider = "consul"

      check {
        name     = "greets"
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
        check_restart {
          limit = 3
          grace = "90s"
        }
      }
    }

    service {
      name     = "post-admin"
      port     = "admin"
      provider = "consul"

      connect {
        sidecar_service {
          proxy {
            upstreams {
              destination_name = "accounts"
              local_bind_port  = 5432
            }
          }
        }
      }
    }

    task "keys" {
      lifecycle {
        hook    = "prestart"
        sidecar = false
      }
      driver = "docker"
      config {
        image   = "registry.example.org/keys:3"
        command = "fetch"
      }
      vault {
        role = "post"
      }
      resources {
        memory = 32
      }
    }

    task "server" {
      driver       = "docker"
      kill_timeout = "45s"
      leader       = true
      config {
        image = "registry.example.org/post:12.1"
        ports = ["smtp", "admin"]
        mount {
          type     = "bind"
          source   = "/srv/post"
          target   = "/var/spool/post"
          readonly = false
        }
        mount {
          type   = "tmpfs"
          target = "/run"
          tmpfs_options {
            size = 33554432
          }
        }
        ulimit {
          nofile = "8192:16384"
        }
      }
      resources {
        cpu    = 400
        memory = 512
      }
    }

    task "filter" {
      driver = "docker"
      config {
        image = "registry.example.org/filter:7.0"
      }
      logs {
        max_files     = 3
        max_file_size = 5
      }
    }
  }
}
