job "other-datacenter" {
  datacenters = ["dc1"]

  group "web" {
    task "web" {
      driver = "docker"
    }
  }
}
