job "web" {
  group "web" {
    task "web" {
      driver = "docker"

      config {
        image = "nginx:1.29.3"
        cap_add     = ["NET_ADMN", "CAP_SYS_TIME"]
        cap_drop    = ["everything"]
        volumes     = ["/srv/web", "/srv/html:html", "/srv/conf:/etc/nginx:readonly"]
        extra_hosts = ["db 192.168.1.3"]
        security_opt = ["no-new-privilege"]
        pid_mode    = "hosts"
        work_dir    = "app"
        mac_address = "02:68:b3:29:da"

        ulimit {
          nofil = "65536"
          nproc = "8192:4096"
        }
        sysctl = {
          "vm.max_map_count" = "262144"
        }
        logging {
          type = "jsonfile"
        }
        devices = [{ host_path = "/dev/dri" }]
        mount {
          type   = "bind"
          source = "local"
          target = "etc/web"
        }
      }
    }
  }
}
