job "caddy" {
  region      = "europe"
  datacenters = ["attic"]

  constraint {
    attribute = "${node.class}"
    value     = "big"
  }

  meta {
    hlmc-lab = "every-word"
  }

  group "caddy" {
    shutdown_delay = "5s"

    network {
      port "https" {
        static       = 443
        host_network = "lan"
      }

      port "http" {
        static       = 80
        host_network = "lan"
      }

      port "metrics" {
        static       = 2019
        host_network = "lan"
      }
    }

    volume "caddy-data" {
      type   = "host"
      source = "caddy-data"
    }

    service {
      name = "caddy"
      port = "https"

      check {
        type     = "tcp"
        interval = "15s"
        timeout  = "5s"
      }
    }

    service {
      name = "caddy-http"
      port = "http"
    }

    service {
      name = "caddy-metrics"
      port = "metrics"
    }

    task "caddy" {
      driver = "docker"

      config {
        image        = "caddy:2.11.9"
        network_mode = "host"

        mount {
          type     = "bind"
          source   = "local/files/etc/caddy"
          target   = "/etc/caddy"
          readonly = true
        }
      }

      env {
        TZ = "Europe/Lisbon"
      }

      volume_mount {
        volume      = "caddy-data"
        destination = "/data"
      }

      resources {
        cpu        = 300
        memory     = 128
        memory_max = 512
      }

      template {
        destination     = "local/files/etc/caddy/Caddyfile"
        change_mode     = "signal"
        change_signal   = "SIGUSR1"
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
