job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image             = "registry.example.com/web:1.4.2"
        volumes           = ["web_data:/data", "~/web:/config", "local/web.conf:/etc/web.conf"]
        ipv4_address      = "192.168.1.77"
        cpuset_cpus       = "0-"
        memory_hard_limit = 256
      }

      resources {
        memory = 512
      }
    }
  }
}
