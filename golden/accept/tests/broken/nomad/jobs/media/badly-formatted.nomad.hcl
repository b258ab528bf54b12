job "badly-formatted" {
datacenters = [ "home" ]
  group "web" {
    task "web" {
      driver="docker"
    }
  }
}
