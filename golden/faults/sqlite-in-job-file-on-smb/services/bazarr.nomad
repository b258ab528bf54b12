job "bazarr" {
  group "bazarr" {
    task "bazarr" {
      driver = "docker"

      config {
        image = "linuxserver/bazarr:v1.5.3"

        mount {
          type   = "volume"
          target = "/config"
          source = "bazarr"

          volume_options {
            driver_config {
              name = "local"

              options {
                type   = "cifs"
                device = "//192.168.1.2/bazarr"
              }
            }
          }
        }
      }
    }
  }
}
