job "web" {
  type        = "service"
  region      = "europe"
  datacenters = ["attic"]
  priority    = 60
  node_pool   = "default"

  constraint {
    attribute = "${attr.cpu.arch}"
    value     = "amd64"
  }

  constraint {
    attribute = "${node.class}"
    value     = "big"
  }

  constraint {
    attribute = "${attr.kernel.name}"
    operator  = "="
    value     = "linux"
  }

  constraint {
    operator = "distinct_hosts"
    value    = "true"
  }

  affinity {
    attribute = "${node.unique.name}"
    value     = "anvil"
    weight    = 80
  }

  spread {
    attribute = "${node.class}"
    weight    = 40
  }

  meta {
    hlmc-lab = "every-word"
  }

  group "web" {
    count          = 1
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 8080
      }

      port "admin" {
        static       = 9443
        host_network = "lan"
        to           = 9000
      }

      port "debug" {
        to = 6060
      }
    }

    volume "web-data" {
      type   = "host"
      source = "web-data"
    }

    volume "library" {
      type      = "host"
      source    = "library"
      read_only = true
    }

    service {
      name = "web"
      port = "http"
      tags = ["site", "words"]

      check {
        name     = "http /healthz"
        type     = "http"
        path     = "/healthz"
        method   = "HEAD"
        interval = "10s"
        timeout  = "2s"

        check_restart {
          limit = 3
          grace = "30s"
        }
      }

      check {
        name     = "script /bin/web"
        type     = "script"
        task     = "web"
        command  = "/bin/web"
        args     = ["selftest"]
        interval = "15s"
        timeout  = "10s"
      }
    }

    service {
      name = "web-admin"
      port = "admin"
      tags = ["site", "words"]

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "wait" {
      driver = "docker"

      lifecycle {
        hook    = "prestart"
        sidecar = false
      }

      config {
        image   = "busybox:1.37.0"
        command = "true"
      }

      env {
        TZ = "Europe/Lisbon"
      }

      resources {
        cpu    = 50
        memory = 32
      }
    }

    task "log" {
      driver = "docker"

      lifecycle {
        hook    = "prestart"
        sidecar = true
      }

      config {
        image = "busybox:1.37.0"
        args  = ["tail", "-F", "/alloc/logs/web.stdout.0"]
      }

      env {
        TZ = "Europe/Lisbon"
      }

      resources {
        memory = 128
      }
    }

    task "web" {
      driver       = "docker"
      user         = "1000:1000"
      kill_timeout = "20s"
      kill_signal  = "SIGTERM"

      config {
        image    = "ghcr.io/example/web:2.3.1"
        command  = "/bin/web"
        args     = ["--listen", ":8080"]
        ports    = ["http", "admin", "debug"]
        cap_add  = ["net_raw"]
        hostname = "web"

        mount {
          type     = "bind"
          source   = "local/files/etc/web/web.conf"
          target   = "/etc/web/web.conf"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "local/files/etc/motd"
          target   = "/etc/motd"
          readonly = true
        }

        mount {
          type     = "bind"
          source   = "/etc/ssl/certs"
          target   = "/etc/ssl/certs"
          readonly = true
        }
      }

      env {
        TZ       = "Europe/Lisbon"
        GREETING = "hello from web"
        RESOLVER = "10.20.0.2"
      }

      volume_mount {
        volume      = "web-data"
        destination = "/data"
      }

      volume_mount {
        volume      = "library"
        destination = "/library"
        read_only   = true
      }

      resources {
        cpu        = 300
        memory     = 256
        memory_max = 512
      }

      template {
        destination          = "${NOMAD_SECRETS_DIR}/hlmc.env"
        env                  = true
        error_on_missing_key = true
        data                 = <<EOF
{{ with service "cache" }}{{ with index . 0 }}CACHE="{{ .Address }}:{{ .Port }}"{{ end }}{{ end }}
{{ with service "cache" }}{{ with index . 0 }}CACHE_HOST="{{ .Address }}"{{ end }}{{ end }}
{{ with service "cache" }}{{ with index . 0 }}CACHE_PORT="{{ .Port }}"{{ end }}{{ end }}
{{ with service "prometheus" }}{{ with index . 0 }}METRICS="http://{{ .Address }}:{{ .Port }}/graph"{{ end }}{{ end }}
{{ with nomadVar "nomad/jobs/web" }}API_KEY={{ (index . "api-key").Value | toJSON }}{{ end }}
{{ with nomadVar "nomad/jobs/web" }}PASSWORD={{ .password.Value | toJSON }}{{ end }}
EOF
      }

      template {
        destination     = "local/files/etc/web/web.conf"
        perms           = "600"
        left_delimiter  = "<<hlmc"
        right_delimiter = "hlmc>>"
        data            = <<EOF
listen = ":8080"
# {{ not a template }}
EOF
      }

      template {
        destination   = "local/files/etc/motd/motd"
        change_mode   = "signal"
        change_signal = "SIGHUP"
        data          = <<EOF
Welcome to every-word at words.example.org.
{{ range services }}{{ .Name }} {{ end }}
EOF
      }
    }

    task "tidy" {
      driver = "exec"

      config {
        command = "/bin/sh"
        args    = ["-c", "sleep 86400"]
      }

      env {
        TZ = "Europe/Lisbon"
      }

      resources {
        cpu        = 50
        memory     = 64
        memory_max = 96
      }
    }
  }

  update {
    auto_revert = true
  }
}
