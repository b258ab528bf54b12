# A job file as people wrote them for Nomad 0.12.
"job" "web" {
  datacenters = ["home"]

  group "web" = {
    count = 1

    constraint { attribute = "${attr.kernel.name}" value = "linux" }

    task "web" {
      driver = "docker"

      config = {
        image = "nginx:1.29.3"
      }

      meta {
        "team.name" = "infra"
        "rack"      = "${node.unique.name}"
      }

      env {
        GREETING = "hello,
          world"
        A = "1", B = "2",
      }

      resources { cpu = 100
        memory = 64
        network { mbits = 10 port "http" { static = 80 } }
      }

      service = {
        name = "web"
        check {
          type = "tcp"
        }
      }
    }
  }
}
