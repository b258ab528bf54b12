//! Tests of what is written for a small lab.

use super::*;
use crate::emit::fixture::{analysis, at_nowhere, lab, provider, service};

fn routed_lab(discovery: Discovery) -> Lab {
    let mut api = service("cloud-api").routed("cloud.home.example.com", "/api/");
    api.routes[0].public = true;
    let mut guarded = service("admin").routed("admin.home.example.com", "/");
    guarded.routes[0].auth = Some(at_nowhere("admins"));
    Lab {
        discovery,
        providers: vec![provider(Role::ReverseProxy, "caddy", &[("email", "ops@example.com")])],
        services: vec![
            guarded,
            service("cloud").routed("cloud.home.example.com", "/"),
            api,
            service("blog").routed("example.org", "/").public(),
            service("grafana").routed("grafana.home.example.com", "/"),
        ],
        ..lab()
    }
}

fn text(lab: &Lab) -> String {
    let artifacts = artifacts(&analysis(lab));
    assert_eq!(artifacts.len(), 1);
    String::from_utf8(artifacts[0].bytes.clone()).unwrap()
}

#[test]
fn n9_routes_become_sites_with_discovered_upstreams() {
    insta::assert_snapshot!(text(&routed_lab(Discovery::Consul)), @r#"
    {
    	# Made by hlmc from the routes of all services: change those, not this file.
    	admin off
    	email ops@example.com
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

    admin.home.example.com {
    	tls internal
    	import lan_only
    	respond "There is nothing here to log in with." 403
    }

    cloud.home.example.com {
    	@route1 path /api /api/*
    	handle @route1 {
    		import discovered cloud-api
    	}

    	handle {
    		import lan_only
    		import discovered cloud
    	}
    }

    example.org {
    	import discovered blog
    }

    grafana.home.example.com {
    	tls internal
    	import lan_only
    	import discovered grafana
    }
    "#);
}

#[test]
fn with_nomad_discovery_the_upstreams_are_rendered() {
    let text = text(&routed_lab(Discovery::Nomad));
    assert!(text.contains("\treverse_proxy{{ range nomadService \"grafana\" }} {{ .Address }}:{{ .Port }}{{ end }}\n"));
    assert!(!text.contains("consul"), "{text}");
}

#[test]
fn n9_no_address_of_a_node_is_in_it() {
    let text = text(&routed_lab(Discovery::Consul));
    assert!(!text.contains("192.168."), "{text}");
}

#[test]
fn another_proxy_gets_no_caddyfile() {
    let mut lab = routed_lab(Discovery::Consul);
    lab.providers = vec![provider(Role::ReverseProxy, "traefik", &[])];
    assert!(artifacts(&analysis(&lab)).is_empty());
}

#[test]
fn a_network_outside_of_the_private_ranges_counts_as_inside() {
    let mut lab = routed_lab(Discovery::Consul);
    lab.networks[0].cidr = at_nowhere("100.64.0.0/10");
    assert!(text(&lab).contains("not remote_ip private_ranges 100.64.0.0/10\n"));
}

#[test]
fn whatever_a_manifest_holds_stays_one_token() {
    let mut lab = routed_lab(Discovery::Consul);
    lab.services = vec![service("x").routed("a.b {\n\trespond pwned\n}", "/a {$HOME} {http.request.host}")];
    let text = text(&lab);
    assert!(text.contains("\na.b%20%7B%0A%09respond%20pwned%0A%7D {\n"), "{text}");
    assert!(text.contains("path /a%20%7B%24HOME%7D%20%7Bhttp.request.host%7D /a%20"), "{text}");
}
