# Every mistake is told, not only the first.
job "web" {
  datacenters = ["home"
  type        = service'

  group "web" {
    count = 
    network {
      port "http" { to = 80 }
    }

    task "web" {
      driver = 'docker'
      config {
        image = "nginx:1.29.3
        "force_pull" = true
        args: ["-q"]
      }
      template {
        destination = "local/run.sh"
        data        = <<-EOF
          echo ${FILE%.*}
        EOF
      }
      env {
        A = 1, B = 2
        C = "\d"
      }
    }
  }
