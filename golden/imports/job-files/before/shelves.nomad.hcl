# Two halves that are scaled by themselves.
job "shelves" {
  datacenters = ["attic"]

  group "web" {
    network {
      port "http" {}
    }
    spread {
      attribute = "${node.datacenter}"
      target "attic" {
        percent = 100
      }
    }
    task "web" {
      driver = "docker"
      config {
        image = "registry.example.org/shelves:1.0.0"
        ports = ["http"]
        args  = ["serve", "--port", "${NOMAD_PORT_http}"]
      }
    }
  }

  group "worker" {
    count = 3
    task "worker" {
      driver = "docker"
      config {
        image = "registry.example.org/shelves:1.0.0"
        args  = ["work"]
      }
    }
  }
}
