job "not-on-the-pis" {
  group "not-on-the-pis" {
    constraint {
      attribute = "${node.class}"
      operator  = "!="
      value     = "pi"
    }

    constraint {
      attribute    = "${node.unique.name}"
      set_contains = "nas"
    }

    task "not-on-the-pis" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
