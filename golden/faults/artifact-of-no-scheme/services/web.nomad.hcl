job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      artifact {
        source = "htps://example.com/site.tgz"
      }

      config {
        image = "nginx:1.29.3"
      }
    }
  }
}
