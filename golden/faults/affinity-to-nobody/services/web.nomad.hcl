job "web" {
  group "web" {
    count = 2
    affinity {
      attribute = "${node.class}"
      value     = "nass"
      weight    = 50
    }
    spread {
      attribute = "${node.datacenter}"
      target "dc1" {
        percent = 100
      }
    }
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
