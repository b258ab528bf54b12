job "gate" {
  region      = "europe"
  datacenters = ["attic"]

  meta {
    hlmc-lab = "every-word"
  }

  group "gate" {
    shutdown_delay = "5s"

    network {
      port "http" {
        to = 9091
      }
    }

    service {
      name = "gate"
      port = "http"

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
      }
    }

    task "gate" {
      driver = "docker"

      config {
        image = "ghcr.io/example/gate:3.1.0"
        ports = ["http"]

        mount {
          type     = "bind"
          source   = "local/files/etc/gate/Caddyfile"
          target   = "/etc/gate/Caddyfile"
          readonly = true
        }
      }

      env {
        TZ    = "Europe/Lisbon"
        REALM = "words"
      }

      resources {
        memory = 128
      }

      template {
        destination     = "local/files/etc/gate/Caddyfile"
        left_delimiter  = "<<hlmc"
        right_delimiter = "hlmc>>"
        data            = <<EOF
{
	# Made by hlmc from the routes of all services: change those, not this file.
	admin off
	email ops@example.org
	metrics
	skip_install_trust
}

http://:{$NOMAD_PORT_metrics:2019} {
	bind {$NOMAD_IP_metrics:127.0.0.1}
	metrics /metrics
}

(lan_only) {
	@outside not remote_ip private_ranges
	abort @outside
}

(discovered) {
	reverse_proxy {
		dynamic srv {args[0]}.service.consul {
			resolvers 127.0.0.1:8600
			refresh 5s
			grace_period 1m
		}
		lb_try_duration 5s
		transport http {
			resolvers 127.0.0.1:8600
		}
	}
}

admin.example.net {
	tls internal
	import lan_only
	import discovered web-admin
}

status.words.example.org {
	tls internal
	import lan_only
	import discovered watch
}

www.words.example.org {
	@route1 path /shop /shop/*
	handle @route1 {
		respond "There is nothing here to log in with." 403
	}
}
EOF
      }
    }
  }
}
