//! `hard-coded-address`: a node's address, or a name of Consul's with a port, where discovery would find the service.

use super::brought_in;
use crate::analyze::{Analysis, Place, Registered, ServiceFacts, Text};
use crate::diagnostic::{Diagnostic, Severity, Sink, code, nearest};
use crate::model::{Discovery, Lab, Service};
use crate::source::Span;
use std::net::Ipv4Addr;

code!(Warning, "hard-coded-address", "hard_coded_address.md", "a service is told an address that discovery would find");

/// What Consul and Nomad register themselves, and Vault where it uses Consul.
pub(super) const AGENTS: [&str; 4] = ["consul", "nomad", "nomad-client", "vault"];

/// What stands behind a name of Consul's.
const CONSUL: &str = ".service.consul";

/// An address in a text.
struct Found<'l> {
    text: Text<'l>,
    span: Span,
    what: String,
    label: String,
    /// Another party.
    also: Option<(Span, String)>,
    severity: Severity,
    /// The port that was meant, if that can be told: the service, the port's label, and the name it is found by.
    meant: Option<(&'l str, &'l str, &'l str)>,
    /// The address with its port, as it is written.
    written: &'l str,
    near: Option<String>,
}

/// What addresses are compared with.
struct Known<'a, 'l> {
    analysis: &'a Analysis<'l>,
    registered: &'a Registered<'l>,
}

/// Reports, once for each service, the addresses that it is told.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let known = Known { analysis, registered: analysis.registered() };
    let mut found: Vec<Found<'_>> = Vec::new();
    of.texts().iter().for_each(|text| known.find(of.service, *text, &mut found));
    if let Some((first, rest)) = found.split_first() {
        sink.push(hard_coded_address(analysis.lab, of.service, first, rest));
    }
}

impl<'l> Known<'_, 'l> {
    /// Adds the addresses of a text.
    fn find(&self, service: &'l Service, text: Text<'l>, found: &mut Vec<Found<'l>>) {
        let before = found.len();
        let mut names = Vec::new();
        for dotted in dotted(text.text) {
            match dotted {
                Dotted::Address(at, length, address) => found.extend(self.of_node(text, at, length, address)),
                Dotted::Consul(at) => names.push(at),
            }
        }
        if self.analysis.lab.discovery == Discovery::Consul {
            found.extend(names.into_iter().filter_map(|at| self.of_consul(service, text, at)));
        }
        if found.len() == before {
            found.extend(self.of_name(service, text));
        }
    }

    /// The name of another service, or `localhost`, as the host in a variable: a container finds neither.
    fn of_name(&self, service: &Service, text: Text<'l>) -> Option<Found<'l>> {
        let Place::Env(key) = text.place else { return None };
        let (start, end, port_end) = is_host(key).then(|| host(text.text))??;
        let name = &text.text[start..end];
        let local = matches!(name, "localhost" | "127.0.0.1");
        let known = self.registered.get(name).filter(|(_, it)| it.service.name.value != service.name.value);
        if local && !(is_database(key) && is_alone(service)) || !local && (known.is_none() || finds_names(service)) {
            return None;
        }
        let place = text.place.described();
        Some(Found {
            text,
            span: text.span.part(text.text, start, end - start),
            what: match local {
                true => format!("`{name}` in {place}, which is its own container"),
                false => format!("`{name}` in {place}, and containers don't find each other by name"),
            },
            label: if local { "nothing else runs in there".to_owned() } else { "no DNS has this name".to_owned() },
            also: None,
            severity: Severity::Warning,
            meant: known.filter(|_| !local).and_then(|(name, it)| Some((it.service.name.as_str(), it.label?, *name))),
            written: &text.text[start..port_end],
            near: None,
        })
    }

    fn of_node(&self, text: Text<'l>, at: usize, length: usize, address: Ipv4Addr) -> Option<Found<'l>> {
        let node = self.analysis.node_at(address)?;
        let (port, end) = port(text.text, at + length);
        let there = self.registered.iter().filter(|(_, it)| port.is_some() && it.fixed == port);
        let mut there = there.filter_map(|(name, it)| Some((it.service.name.as_str(), it.label?, *name)));
        Some(Found {
            text,
            span: text.span.part(text.text, at, length),
            what: format!("the address of node `{}` in {}", node.name.value, text.place.described()),
            label: format!("the address of `{}`", node.name.value),
            also: Some((node.address.span, "the node has it".to_owned())),
            severity: Severity::Warning,
            meant: there.next().filter(|_| there.next().is_none()),
            written: &text.text[at..end],
            near: None,
        })
    }

    /// A name such as `db.service.consul`, by the place of its `.service.consul`.
    fn of_consul(&self, service: &Service, text: Text<'l>, at: usize) -> Option<Found<'l>> {
        let part = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        let start = text.text[..at].bytes().rposition(|b| !part(b)).map_or(0, |before| before + 1);
        let name = &text.text[start..at];
        let (port, end) = port(text.text, at + CONSUL.len());
        if name.is_empty() || AGENTS.contains(&name) {
            return None;
        }
        let found = |what: String, label: &str, severity| Found {
            text,
            span: text.span.part(text.text, start, at - start),
            what,
            label: label.to_owned(),
            also: None,
            severity,
            meant: None,
            written: &text.text[start..end],
            near: None,
        };
        let place = text.place.described();
        let Some((name, known)) = self.registered.get(name) else {
            let what = format!("`{name}.service.consul` in {place}, which nothing in the lab registers");
            let near = nearest(name, self.registered.names()).map(|near| format!("did you mean `{near}`?"));
            return Some(Found { near, ..found(what, "nothing has this name", Severity::Warning) });
        };
        // Whoever asks for the port that it always has gets what he asked for, as long as DNS leads to Consul.
        let fits = port.is_none() || known.fixed == port;
        if fits || known.service.name.value == service.name.value {
            return None;
        }
        let what = format!("a port of `{name}` in {place}, and Nomad picks another one");
        let mut found = found(what, "Nomad picks its port", Severity::Warning);
        found.meant = known.label.map(|label| (known.service.name.as_str(), label, *name));
        Some(found)
    }
}

/// Where the host of a text stands, and where it ends with its port: of a URL, or of `host`, `host:port`.
fn host(text: &str) -> Option<(usize, usize, usize)> {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text[start..].find(['/', '?']).map_or(text.len(), |at| start + at);
    let start = text[start..end].rfind('@').map_or(start, |at| start + at + 1);
    let own = text[start..end].find(':').map_or(end, |at| start + at);
    let port = text[own..end].strip_prefix(':').is_none_or(|port| port.bytes().all(|b| b.is_ascii_digit()));
    (own > start && port && (start > 0 || end == text.len())).then_some((start, own, end))
}

/// Whether a variable's name says that it has a host: `DB_HOST`, `REDIS_URL`.
fn is_host(key: &str) -> bool {
    let key = key.as_bytes();
    let ends =
        |it: &str| key.len().checked_sub(it.len()).is_some_and(|at| key[at..].eq_ignore_ascii_case(it.as_bytes()));
    ["HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS", "URL", "URI", "DSN", "ENDPOINT"].into_iter().any(ends)
}

/// Whether a variable's name says that it is about a database or the like, which has a container of its own.
fn is_database(key: &str) -> bool {
    const NAMES: [&str; 11] =
        ["DB", "DATABASE", "POSTGRES", "PGHOST", "MYSQL", "MARIADB", "REDIS", "VALKEY", "MONGO", "MQTT", "RABBITMQ"];
    key.to_ascii_uppercase().split('_').any(|word| NAMES.iter().any(|name| word.starts_with(name)))
}

/// Whether a service is one task with a network of its own.
fn is_alone(service: &Service) -> bool {
    let [group] = service.groups.as_slice() else { return false };
    group.network_mode.is_none()
        && group.tasks.len() == 1
        && !finds_names(service)
        && group.tasks[0].driver.value == "docker"
}

/// Whether the containers of a service may find others by name, or have the node's network.
fn finds_names(service: &Service) -> bool {
    let groups = || service.job.body.blocks("group");
    let tasks = groups().flat_map(|group| group.body.blocks("task"));
    let words = ["extra_hosts", "dns_search_domains", "dns_servers", "network_mode", "network_aliases"];
    tasks
        .filter_map(|task| task.body.block("config"))
        .any(|config| words.iter().any(|it| config.body.attribute(it).is_some()))
        || groups().flat_map(|it| it.body.blocks("network")).any(|network| network.body.block("dns").is_some())
}

/// What is looked for at the dots of a text.
enum Dotted {
    /// An IPv4 address, with its place and length.
    Address(usize, usize, Ipv4Addr),
    /// A `.service.consul`, with its place.
    Consul(usize),
}

/// The IPv4 addresses and names of Consul's in a text; networks such as `10.0.0.0/8` aren't any.
fn dotted(text: &str) -> impl Iterator<Item = Dotted> {
    let bytes = text.as_bytes();
    let mut behind = 0;
    text.match_indices('.').filter_map(move |(dot, _)| {
        if text[dot..].starts_with(CONSUL) {
            return Some(Dotted::Consul(dot));
        }
        if dot < behind || dot == 0 || !bytes[dot - 1].is_ascii_digit() {
            return None;
        }
        let digits = bytes[..dot].iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let start = dot - digits;
        behind = start + bytes[start..].iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
        let before = start.checked_sub(1).map(|before| bytes[before]);
        let own = before.is_none_or(|b| !b.is_ascii_alphanumeric() && !b"._-".contains(&b));
        let length = text[start..behind].trim_end_matches('.').len();
        let rest = &bytes[start + length..];
        let network = rest.first() == Some(&b'/') && rest.get(1).is_some_and(u8::is_ascii_digit);
        let longer = rest.first().is_some_and(|b| b.is_ascii_alphabetic() || b"-_".contains(b));
        let address = text[start..start + length].parse().ok().filter(|_| own && !network && !longer);
        address.map(|address| Dotted::Address(start, length, address))
    })
}

/// The port behind an address, and where the address ends with it.
fn port(text: &str, at: usize) -> (Option<u16>, usize) {
    let digits = text[at..].strip_prefix(':').map_or(0, |rest| rest.bytes().take_while(u8::is_ascii_digit).count());
    match text[at..].get(1..=digits).and_then(|port| port.parse().ok()) {
        Some(port) => (Some(port), at + 1 + digits),
        None => (None, at),
    }
}

fn hard_coded_address(lab: &Lab, service: &Service, first: &Found<'_>, rest: &[Found<'_>]) -> Diagnostic {
    let message = format!("`{}` is told {}", service.name.value, first.what);
    let mut diagnostic = Diagnostic::new(&CODE, message, first.span, first.label.clone());
    diagnostic.severity = first.severity;
    if let Some((place, what)) = &first.also {
        diagnostic = diagnostic.also(*place, what.clone());
    }
    for other in rest {
        diagnostic = diagnostic.also(other.span, format!("and {}", other.what));
    }
    if let Some(place) = brought_in(lab, service, first.text.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    if !service.manifest.ends_with(".kdl") {
        return diagnostic.help(first.near.clone().unwrap_or_else(|| in_job_file(lab, first)));
    }
    let Some(instead) = instead(first) else {
        let (service, port, _) = first.meant.unwrap_or(("SERVICE", "PORT", ""));
        let general = || match first.text.place {
            Place::Env(_) => {
                format!("name the service: `(address)\"{service}:{port}\"` in `env` is filled in where it runs")
            }
            _ => format!("hand the address over in `env`, as `(address)\"{service}:{port}\"`, and read it from there"),
        };
        return diagnostic.help(first.near.clone().unwrap_or_else(general));
    };
    let diagnostic = diagnostic.help(match first.text.place {
        Place::Env(name) if instead.starts_with("(host)") => format!(
            "write `{name} {instead}`, and where its port is told `{}`: both are filled in where the service runs",
            instead.replace("(host)", "(port)")
        ),
        Place::Env(name) => format!("write `{name} {instead}`: it is filled in where the service runs"),
        _ => format!("hand it over in `env`, as `{instead}`, and read it from there"),
    });
    let in_manifest = service.manifest.ends_with(".kdl") && first.text.span.file == service.name.span.file;
    match first.text.place {
        Place::Env(_) if in_manifest => diagnostic.fix(first.text.span, instead),
        _ => diagnostic,
    }
}

/// What to do in a job file, which has no annotations.
fn in_job_file(lab: &Lab, found: &Found<'_>) -> String {
    let function = if lab.discovery == Discovery::Nomad { "nomadService" } else { "service" };
    let name = found.meant.map_or("SERVICE", |(_, _, name)| name);
    let key = if let Place::Env(key) = found.text.place { key } else { "ADDRESS" };
    let port = if found.written.contains(':') || found.meant.is_none() { ":{{ .Port }}" } else { "" };
    if found.text.place == Place::File {
        return format!("write `{{{{ range {function} \"{name}\" }}}}{{{{ .Address }}}}{port}{{{{ end }}}}` there");
    }
    format!(
        "let a `template` with `env = true` have the line `{key}={{{{ range {function} \"{name}\" }}}}{{{{ .Address }}}}{port}{{{{ end }}}}`"
    )
}

/// The reference that stands for the whole text, where it is known what was meant.
fn instead(found: &Found<'_>) -> Option<String> {
    let (service, label, _) = found.meant?;
    let text = found.text.text;
    if text == found.written && !text.contains(':') {
        return Some(format!("(host)\"{service}:{label}\""));
    }
    if text == found.written {
        return Some(format!("(address)\"{service}:{label}\""));
    }
    let (before, behind) = text.split_once(found.written)?;
    let is_url = before.ends_with("://") && (behind.is_empty() || behind.starts_with(['/', '?']));
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '{' | '@');
    (is_url && text.chars().all(plain)).then(|| format!("(url)\"{before}{service}:{label}{behind}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let part = |dotted| match dotted {
            Dotted::Address(at, length, _) => text[at..at + length].to_owned(),
            Dotted::Consul(at) => text[at..].to_owned(),
        };
        dotted(text).map(part).collect()
    }

    #[test]
    fn addresses_stand_by_themselves() {
        assert_eq!(found("http://192.168.1.5:80/x"), ["192.168.1.5"]);
        assert_eq!(found("10.0.0.1,10.0.0.2"), ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(found("ends with 10.0.0.1."), ["10.0.0.1"]);
        for none in ["10.0.0.0/8", "v1.2.3.4", "1.2.3.4-alpine", "1.2.3", "1.2.3.4.5", "1.2.3.400", "a-1.2.3.4"] {
            assert_eq!(found(none), Vec::<String>::new(), "{none}");
        }
    }

    #[test]
    fn a_name_of_consuls_may_end_in_a_digit() {
        assert_eq!(found("db-1.service.consul:80"), [".service.consul:80"]);
        assert_eq!(found("10.0.0.1.service.consul"), ["10.0.0.1", ".service.consul"]);
    }

    #[test]
    fn a_port_belongs_to_its_address() {
        assert_eq!(port("a:80/x", 1), (Some(80), 4));
        assert_eq!(port("a", 1), (None, 1));
        assert_eq!(port("a:x", 1), (None, 1));
        assert_eq!(port("a:99999", 1), (None, 1));
    }
}
