job "nightly" {
  datacenters = ["attic"]
  type        = "batch"

  periodic {
    crons            = ["30 2 * * *"]
    time_zone        = "Europe/Lisbon"
    prohibit_overlap = true
  }

  group "copy" {
    constraint {
      attribute = "${attr.unique.hostname}"
      value     = "anvil"
    }

    ephemeral_disk {
      size = 500
    }

    task "copy" {
      driver = "raw_exec"

      config {
        command = "/bin/sh"
        args    = ["local/copy.sh", "--all"]
      }

      artifact {
        source      = "https://downloads.example.org/tool-2.1.0.tar.gz"
        destination = "local/tool"
        options {
          checksum = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        }
      }

      template {
        destination = "local/copy.sh"
        perms       = "755"
        data        = <<-EOH
          #!/bin/sh
          set -eu
          # Every shelf but the one that is being written.
          for shelf in /srv/*; do
            name=$(basename "$shelf")
            case $name in
            incoming) continue ;;
            esac
            echo "copying $${name} to ${NOMAD_META_target}"
            rsync -a --delete "$shelf/" "backup@{{ env "meta.target" }}:/vault/$name/"
          done
          echo "done"
        EOH
      }

      resources {
        cores  = 1
        memory = 128
      }
    }
  }

  meta {
    target = "tongs"
  }
}
