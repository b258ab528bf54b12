job "misspelt" {
  group "misspelt" {
    constraint {
      attribute = "${node.class}"
      value     = "pie"
    }

    task "misspelt" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
