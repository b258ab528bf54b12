job "never" {
  group "never" {
    constraint {
      attribute = "${node.class}"
      regexp    = "^x"
    }

    constraint {
      attribute = "${attr.cpu.arch}"
      value     = "amd64"
    }

    task "never" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
