job "web" {
  type = "batch"
  parameterized {
    payload = "forbidden"
  }
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
      }
      dispatch_payload {
        file = "order.json"
      }
    }
  }
}
