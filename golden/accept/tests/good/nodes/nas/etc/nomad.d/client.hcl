client {
  enabled    = true
  node_class = "nas"

  host_network "lan" {
    cidr = "192.168.1.0/24"
  }

  host_volume "media" {
    path      = "/bulk/media"
    read_only = true
  }
}

plugin "docker" {
  config {
    allow_privileged = false

    volumes {
      enabled = true
    }
  }
}
