job "filebeat" {
  type        = "system"
  datacenters = ["home"]

  meta {
    hlmc-lab = "home"
  }

  group "filebeat" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 5066
      }
    }

    volume "filebeat-data" {
      type   = "host"
      source = "filebeat-data"
    }

    service {
      name = "filebeat"
      port = "http"

      check {
        type     = "http"
        path     = "/"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "filebeat" {
      driver = "docker"
      user   = "root"

      config {
        image = "docker.elastic.co/beats/filebeat:9.5.2"
        args  = ["-e", "--strict.perms=false"]
        ports = ["http"]

        mount {
          type     = "bind"
          source   = "local/files/usr/share/filebeat/filebeat.yml"
          target   = "/usr/share/filebeat/filebeat.yml"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/var/lib/docker/containers"
          target   = "/var/lib/docker/containers"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/var/run/docker.sock"
          target   = "/var/run/docker.sock"
          readonly = true
        }
      }

      env {
        TZ        = "Europe/Dublin"
        NODE_NAME = "${node.unique.name}"
      }

      volume_mount {
        volume      = "filebeat-data"
        destination = "/usr/share/filebeat/data"
      }

      resources {
        cpu        = 200
        memory     = 256
        memory_max = 512
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = <<EOF
{{ with nomadVar "nomad/jobs/filebeat" }}ELASTICSEARCH_HOST={{ .host.Value | toJSON }}{{ end }}
{{ with nomadVar "nomad/jobs/filebeat" }}ELASTICSEARCH_API_KEY={{ .api_key.Value | toJSON }}{{ end }}
EOF
      }

      template {
        destination = "local/files/usr/share/filebeat/filebeat.yml"
        data        = <<EOF
# Filebeat replaces $${…} from its environment.
name: "$${NODE_NAME}"
filebeat.inputs:
  - type: filestream
    id: containers
    paths:
      - /var/lib/docker/containers/*/*-json.log
    parsers:
      - container:
          stream: all
          format: docker
processors:
  - add_docker_metadata:
      host: "unix:///var/run/docker.sock"
output.elasticsearch:
  hosts: ["$${ELASTICSEARCH_HOST}"]
  api_key: "$${ELASTICSEARCH_API_KEY}"
http:
  enabled: true
  host: "0.0.0.0"
  port: 5066
logging.to_stderr: true
EOF
      }
    }
  }
}
