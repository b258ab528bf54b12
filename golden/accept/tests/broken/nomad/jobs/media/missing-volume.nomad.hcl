job "missing-volume" {
  datacenters = ["home"]

  group "web" {
    volume "films" {
      type   = "host"
      source = "films"
    }

    task "web" {
      driver = "docker"
    }
  }
}
