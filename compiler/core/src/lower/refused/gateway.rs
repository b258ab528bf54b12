//! Consul's mesh: what a service has to say to be in it.

use super::wrong;
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Body};

/// Reports what Nomad would refuse in the `connect` of a service.
pub(super) fn check(service: &Body, connect: &Block, sink: &mut Sink) {
    let native = connect.body.bool("native").is_some_and(|native| native.value);
    let kinds = ["sidecar_service", "gateway"].iter().filter(|name| connect.body.block(name).is_some()).count();
    if kinds + usize::from(native) != 1 {
        let expected = "one thing: a `sidecar_service`, a `gateway`, or `native`";
        sink.push(wrong("connect", expected, connect.span, "say exactly one of them"));
    }
    for name in ["task", "port"] {
        if native && service.str(name).is_none_or(|text| text.value.is_empty()) {
            let expected = format!("enough without the service's `{name}`");
            sink.push(wrong("connect", &expected, connect.span, &format!("add `{name} \"…\"` to the service")));
        }
    }
    if let Some(sidecar) = connect.body.block("sidecar_service") {
        for check in service.blocks("check").filter(|check| check.body.str("type").is_some_and(|it| it.value == "tcp"))
        {
            let diagnostic =
                wrong("tcp", "a check that reaches a service in the mesh", check.span, "use `http` or `script`");
            sink.push(diagnostic.also(sidecar.span, "its sidecar stands in between"));
        }
        let proxy = sidecar.body.block("proxy").and_then(|proxy| proxy.body.block("transparent_proxy"));
        if let Some(proxy) = proxy {
            transparent(proxy, sink);
        }
    }
    if let Some(gateway) = connect.body.block("gateway") {
        self::gateway(gateway, sink);
    }
}

fn transparent(proxy: &Block, sink: &mut Sink) {
    for user in proxy.body.strings("exclude_uids").chain(proxy.body.str("uid")) {
        if user.value.parse::<u16>().is_err() && !user.value.is_empty() {
            sink.push(wrong(user.value, "the number of a user, up to 65535", user.span, "write a number"));
        }
    }
    for network in proxy.body.strings("exclude_outbound_cidrs") {
        let length = |address: std::net::IpAddr| if address.is_ipv4() { 32 } else { 128 };
        let fits = network.value.split_once('/').is_some_and(|(address, bits)| {
            address.parse().is_ok_and(|address| bits.parse::<u8>().is_ok_and(|bits| bits <= length(address)))
        });
        if !fits {
            sink.push(wrong(
                network.value,
                "a network, such as `10.0.0.0/8`",
                network.span,
                "write address and length",
            ));
        }
    }
}

fn gateway(gateway: &Block, sink: &mut Sink) {
    let kinds = ["ingress", "terminating", "mesh"].iter().filter(|name| gateway.body.block(name).is_some()).count();
    if kinds != 1 {
        let expected = "one kind of gateway: `ingress`, `terminating` or `mesh`";
        sink.push(wrong("gateway", expected, gateway.span, "say exactly one of them"));
    }
    let ports =
        gateway.body.block("proxy").into_iter().flat_map(|proxy| proxy.body.blocks("envoy_gateway_bind_addresses"));
    for port in ports.filter_map(|address| address.body.int("port")).filter(|port| port.value == 0) {
        sink.push(wrong("0", "a port to bind to", port.span, "write one, or `-1` for one that Nomad picks"));
    }
    let some = |block: &Block, name: &'static str, sink: &mut Sink| {
        if block.body.block(name).is_none() {
            sink.push(wrong(
                &block.name,
                &format!("enough without a `{name}`"),
                block.span,
                &format!("add `{name} {{ … }}`"),
            ));
        }
    };
    if let Some(ingress) = gateway.body.block("ingress") {
        some(ingress, "listener", sink);
        for listener in ingress.body.blocks("listener") {
            some(listener, "service", sink);
            listener.body.blocks("service").for_each(|service| hosts(listener, service, sink));
        }
    }
    if let Some(terminating) = gateway.body.block("terminating") {
        some(terminating, "service", sink);
        terminating.body.blocks("service").for_each(|service| certificates(service, sink));
    }
}

fn hosts(listener: &Block, service: &Block, sink: &mut Sink) {
    let Some(name) = service.body.str("name") else { return };
    let tcp = listener.body.str("protocol").is_some_and(|protocol| protocol.value == "tcp");
    let host = service.body.strings("hosts").next();
    if name.value.is_empty() || name.value == "*" && (tcp || host.is_some()) {
        let expected = "the name of a service, as `tcp` and `hosts` want one";
        sink.push(wrong(name.value, expected, name.span, "write its name"));
    } else if let Some(host) = host.filter(|_| tcp) {
        sink.push(wrong(host.value, "for a listener that speaks `tcp`", host.span, "leave `hosts` out"));
    }
}

fn certificates(service: &Block, sink: &mut Sink) {
    let given = |name: &str| service.body.str(name).is_some_and(|text| !text.value.is_empty());
    if service.body.str("name").is_some_and(|name| name.value.is_empty()) {
        sink.push(wrong("", "the name of a service", service.span, "write its name"));
    }
    if (given("cert_file") || given("key_file") || given("sni")) && !given("ca_file") {
        sink.push(wrong("service", "enough for TLS without `ca_file`", service.span, "add `ca_file \"…\"`"));
    } else if given("cert_file") != given("key_file") {
        let expected = "enough for TLS: `cert_file` and `key_file` belong together";
        sink.push(wrong("service", expected, service.span, "give both"));
    }
}
