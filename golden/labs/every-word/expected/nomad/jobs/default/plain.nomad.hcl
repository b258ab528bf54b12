job "plain" {
  type   = "batch"
  region = "europe"

  group "only" {
    task "hello" {
      driver = "docker"

      config {
        image = "busybox:1.37.0"
        args  = ["echo", "hello"]
      }
    }
  }

  meta {
    hlmc-lab = "every-word"
  }
}
