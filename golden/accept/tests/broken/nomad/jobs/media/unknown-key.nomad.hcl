job "unknown-key" {
  datacenters = ["home"]

  group "web" {
    cuont = 2

    task "web" {
      driver = "docker"
    }
  }
}
