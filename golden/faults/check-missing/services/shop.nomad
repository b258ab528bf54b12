job "shop" {
  group "shop" {
    network {
      port "http" {}
    }

    service {
      name = "shop"
      port = "http"
    }

    task "shop" {
      driver = "docker"

      config {
        image = "registry.example.com/shop:2"
        ports = ["http"]
      }
    }
  }
}
