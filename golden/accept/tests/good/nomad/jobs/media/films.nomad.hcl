job "films" {
  namespace   = "media"
  datacenters = ["home"]

  constraint {
    attribute = "${node.class}"
    value     = "nas"
  }

  group "films" {
    shutdown_delay = "5s"

    network {
      port "http" {
        static       = 8096
        host_network = "lan"
      }
    }

    volume "media" {
      type      = "host"
      source    = "media"
      read_only = true
    }

    service {
      name     = "films"
      port     = "http"
      provider = "consul"
    }

    task "films" {
      driver = "docker"

      config {
        image = "jellyfin/jellyfin:10.11.2"
        ports = ["http"]
      }

      volume_mount {
        volume      = "media"
        destination = "/media"
        read_only   = true
      }
    }
  }
}
