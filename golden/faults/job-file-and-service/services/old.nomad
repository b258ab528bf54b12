job "old" {
  group "old" {
    network {
      port "dns" {
        static = 53
      }
    }

    task "old" {
      driver = "docker"

      config {
        image = "coredns/coredns:1.13.1"
        ports = ["dns"]
      }
    }
  }
}
