//! Caddy: one Caddyfile for the routes of all services, with upstreams found through discovery.
//!
//! With Consul, Caddy asks the agent of its own node for SRV records, so the file never changes while services move. Nomad
//! has no DNS: there the file is a template that Nomad renders.

mod site;
mod writer;

use crate::analyze::Analysis;
use crate::bundle::Artifact;
use crate::model::{Discovery, Lab, Role};
use site::{Handle, sites};
use writer::{Writer, token};

/// Where the local Consul agent answers DNS.
const CONSUL_DNS: &str = "127.0.0.1:8600";

/// The Caddyfile, where Caddy serves the routes.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    let lab = analysis.lab;
    let Some(provider) = lab.provider(Role::ReverseProxy).filter(|provider| provider.name.value == "caddy") else {
        return Vec::new();
    };
    let email = provider.options.str("email").map_or("", |email| email.value);
    let path = match lab.discovery {
        Discovery::Consul => "proxy/Caddyfile",
        Discovery::Nomad => "proxy/Caddyfile.ctmpl",
    };
    vec![Artifact::text("caddyfile", path, caddyfile(lab, email))]
}

fn caddyfile(lab: &Lab, email: &str) -> String {
    let mut out = Writer::default();
    global(&mut out, email);
    metrics(&mut out);
    lan_only(&mut out, lab);
    if lab.discovery == Discovery::Consul {
        discovered(&mut out);
    }
    for site in sites(lab) {
        out.open(&token(site.host));
        if !site.public {
            out.line("tls internal");
        }
        match site.handles.as_slice() {
            [only] if only.path.is_none() => handle(&mut out, lab.discovery, only),
            handles => {
                for each in handles {
                    path_handle(&mut out, lab.discovery, each);
                }
            }
        }
        out.close();
    }
    out.finish()
}

/// Options of the whole server. Nothing needs the admin API, which everything on the node's network could reach.
fn global(out: &mut Writer, email: &str) {
    out.open("");
    out.line("# Made by hlmc from the routes of all services: change those, not this file.");
    out.line("admin off");
    if !email.is_empty() {
        out.line(&format!("email {}", token(email)));
    }
    out.line("metrics");
    out.line("skip_install_trust");
    out.close();
}

/// Its own metrics, on the address and port that Nomad gave the task.
fn metrics(out: &mut Writer) {
    out.open("http://:{$NOMAD_PORT_metrics:2019}");
    out.line("bind {$NOMAD_IP_metrics:127.0.0.1}");
    out.line("metrics /metrics");
    out.close();
}

fn lan_only(out: &mut Writer, lab: &Lab) {
    let mut ranges = String::from("private_ranges");
    for network in lab.networks.iter().filter(|network| !writer::is_private(&network.cidr)) {
        ranges.push(' ');
        ranges.push_str(&token(&network.cidr));
    }
    out.open("(lan_only)");
    out.line(&format!("@outside not remote_ip {ranges}"));
    out.line("abort @outside");
    out.close();
}

/// An SRV record's target is a name below `.consul` too, so what connects has to ask Consul as well.
fn discovered(out: &mut Writer) {
    out.open("(discovered)");
    out.open("reverse_proxy");
    out.open("dynamic srv {args[0]}.service.consul");
    out.line(&format!("resolvers {CONSUL_DNS}"));
    out.line("refresh 5s");
    out.line("grace_period 1m");
    out.close();
    out.line("lb_try_duration 5s");
    out.open("transport http");
    out.line(&format!("resolvers {CONSUL_DNS}"));
    out.close();
    out.close();
    out.close();
}

/// A route below a path. Matchers have names, so that Caddy keeps the order of the file: most specific first.
fn path_handle(out: &mut Writer, discovery: Discovery, route: &Handle<'_>) {
    match route.path {
        Some(path) => {
            let path = token(path);
            out.gap();
            out.line(&format!("@{} path {path} {path}/*", route.matcher));
            out.open(&format!("handle @{}", route.matcher));
        }
        None => out.open("handle"),
    }
    handle(out, discovery, route);
    out.close();
}

fn handle(out: &mut Writer, discovery: Discovery, route: &Handle<'_>) {
    if !route.public {
        out.line("import lan_only");
    }
    let upstream = token(route.upstream);
    match discovery {
        // Nothing here can ask who somebody is, so nobody is let in.
        _ if route.auth => out.line("respond \"There is nothing here to log in with.\" 403"),
        Discovery::Consul => out.line(&format!("import discovered {upstream}")),
        Discovery::Nomad => out.line(&format!(
            "reverse_proxy{{{{ range nomadService \"{upstream}\" }}}} {{{{ .Address }}}}:{{{{ .Port }}}}{{{{ end }}}}"
        )),
    }
}

#[cfg(test)]
mod tests;
