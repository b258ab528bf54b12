job "finds" {
  group "finds" {
    constraint {
      attribute = "${node.class}"
      regexp    = "^p"
    }

    constraint {
      attribute = "${attr.nomad.version}"
      version   = ">= 1.9"
    }

    task "finds" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
