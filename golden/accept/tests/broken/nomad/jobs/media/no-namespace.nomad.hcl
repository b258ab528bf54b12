job "no-namespace" {
  namespace   = "nowhere"
  datacenters = ["home"]

  group "web" {
    task "web" {
      driver = "docker"
    }
  }
}
