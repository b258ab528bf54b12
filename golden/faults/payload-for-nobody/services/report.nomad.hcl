job "report" {
  type = "batch"
  group "report" {
    task "report" {
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
