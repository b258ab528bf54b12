// Written on Windows: a byte order mark, and CR before each LF. Its templates have delimiters of their own.
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
        data            = <<-EOF
          {{ $labels.instance }} is [[ env "NOMAD_JOB_NAME" ]]
            "${NOMAD_ALLOC_ID}"
        EOF
      }

      template {
        destination = "local/plain"
        data        = <<EOF
one
  two
EOF
      }
    }
  }
}
