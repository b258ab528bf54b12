job "windows" {
  datacenters = ["home"]

  group "windows" {
    task "windows" {
      driver = "docker"

      config {
        image = "busybox:1.36"
        args  = ["sleep", "infinity"]
      }

      template {
        destination     = "local/rules"
        left_delimiter  = "[["
        right_delimiter = "]]"
        data            = "{{ $labels.instance }} is [[ env \"NOMAD_JOB_NAME\" ]]\r\n  \"${NOMAD_ALLOC_ID}\"\r\n"
      }

      template {
        destination = "local/plain"
        data        = "one\r\n  two\r\n"
      }
    }
  }

  meta {
    hlmc-lab = "job-files"
  }
}
