job "report" {
  datacenters = ["shelf"]

  constraint {
    attribute = "${node.unique.name}"
    value     = "mini"
  }

  meta {
    hlmc-lab = "locked"
  }

  group "report" {
    task "report" {
      driver = "docker"

      config {
        image = "registry.example.org:5000/report:1.0@sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
      }
    }
  }
}
