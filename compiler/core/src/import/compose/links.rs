//! How services find each other: names of services in variables become addresses that are filled in where they run.

use super::Reader;
use super::codes::compose_changed::changed;
use super::codes::compose_no_counterpart::no_counterpart;
use super::model::{Protocol, Service, image_port};
use super::variables::open_in;
use crate::diagnostic::Diagnostic;
use crate::source::Spanned;
use std::collections::BTreeMap;

/// The services by all of the names that others may call them by.
type Names = BTreeMap<String, usize>;

/// A variable that says where another service is.
struct Link {
    service: usize,
    variable: usize,
    target: usize,
    kind: Kind,
}

/// How it says that.
enum Kind {
    /// The name alone.
    Host,
    /// `NAME:PORT`.
    Address(u16),
    /// A URL: what stands before the name, the port, and what stands behind.
    Url { before: String, port: u16, behind: String },
}

/// Fills in the tags of all variables that name another service.
pub(super) fn resolve(services: &mut [Service], reader: &mut Reader<'_, '_>) {
    let names = names(services, reader);
    let mut links = Vec::new();
    for (at, service) in services.iter().enumerate() {
        for (variable, it) in service.env.iter().enumerate().filter(|(_, it)| it.tag.is_none()) {
            match link(&it.name, &it.value, at, &names) {
                Some((target, kind)) => links.push(Link { service: at, variable, target, kind }),
                None => unclear(&it.name, &it.value, at, &names, services, reader),
            }
        }
        for word in &service.command {
            if let Some(name) = mentioned(word, at, &names) {
                reader.sink().push(argument(name, word, services, &names));
            }
        }
    }
    for link in &links {
        connect(link, services, reader);
    }
}

fn names(services: &[Service], reader: &Reader<'_, '_>) -> Names {
    let mut names = Names::new();
    for (at, service) in services.iter().enumerate() {
        for name in std::iter::once(&service.written.value).chain(&service.aliases) {
            names.entry(name.clone()).or_insert(service.host.unwrap_or(at));
        }
    }
    for (alias, name) in &reader.aliases {
        if let Some(at) = names.get(name).copied() {
            names.entry(alias.clone()).or_insert(at);
        }
    }
    names
}

/// The service that a variable says the place of.
fn link(name: &str, value: &str, own: usize, names: &Names) -> Option<(usize, Kind)> {
    let of = |text: &str| names.get(text).copied().filter(|at| *at != own);
    if let Some((scheme, rest)) = value.split_once("://") {
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let user = rest[..end].rfind('@').map_or(0, |at| at + 1);
        let (host, port) = match rest[user..end].rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (&rest[user..end], None),
        };
        let before = format!("{scheme}://{}", &rest[..user]);
        let port = port.or_else(|| scheme_port(scheme))?;
        return Some((of(host)?, Kind::Url { before, port, behind: rest[end..].to_owned() }));
    }
    if let Some((host, port)) = value.rsplit_once(':')
        && let (Some(target), Ok(port)) = (of(host), port.parse())
    {
        return Some((target, Kind::Address(port)));
    }
    const WORDS: [&str; 8] = ["HOST", "HOSTNAME", "SERVER", "ADDR", "ADDRESS", "ENDPOINT", "HOSTS", "SERVERS"];
    let words = name.to_ascii_uppercase();
    let named = words
        .split(['_', '.', '-'])
        .any(|word| WORDS.contains(&word) || word.ends_with("HOST") || word.ends_with("HOSTNAME"));
    if named { of(value).map(|target| (target, Kind::Host)) } else { None }
}

fn scheme_port(scheme: &str) -> Option<u16> {
    match scheme.rsplit([':', '+']).find(|part| !part.is_empty())? {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "postgres" | "postgresql" => Some(5432),
        "mysql" | "mariadb" => Some(3306),
        "redis" | "valkey" => Some(6379),
        "mongodb" => Some(27017),
        "amqp" => Some(5672),
        "mqtt" => Some(1883),
        "nats" => Some(4222),
        "ldap" => Some(389),
        "smtp" => Some(25),
        _ => None,
    }
}

/// Gives a variable its tag, and the other service the port that is meant.
fn connect(link: &Link, services: &mut [Service], reader: &mut Reader<'_, '_>) {
    let variable = &services[link.service].env[link.variable];
    let (value, key) = (variable.value.clone(), variable.name.value.clone());
    let target = link.target;
    let sibling = match link.kind {
        Kind::Host => port_beside(&services[link.service], &key),
        _ => None,
    };
    let number = match &link.kind {
        Kind::Address(port) | Kind::Url { port, .. } => Some(*port),
        Kind::Host => sibling.map(|(_, port)| port).or_else(|| own_port(&services[target])),
    };
    let Some(number) = number else {
        let name = services[target].written.value.clone();
        let help = format!("give `{name}` a `port`, and write `(host)\"{}:PORT\"`", services[target].name);
        reader.sink().push(no_counterpart(&format!("the way from `{key}` to `{name}`"), value.span, &help));
        return;
    };
    let at = services[target].port(number);
    if matches!(link.kind, Kind::Host) && sibling.is_none() {
        fix_port(&key, &value, target, at, services, reader);
    }
    let place = format!("{}:{}", services[target].name, services[target].label(at));
    let env = &mut services[link.service].env;
    let (tag, text) = match &link.kind {
        Kind::Host => ("host", place.clone()),
        Kind::Address(_) => ("address", place.clone()),
        Kind::Url { before, behind, .. } => ("url", format!("{before}{place}{behind}")),
    };
    if let Kind::Url { before, .. } = &link.kind
        && before.contains(':')
        && before.split_once("://").is_some_and(|(_, user)| user.contains(':'))
    {
        let help = "give the program the password by a variable of its own, as a `(secret)`, where it knows one";
        reader.loader.sink.push(changed(
            format!("`{key}` holds a password, and it will stand in the bundle"),
            value.span,
            help,
        ));
    }
    env[link.variable].tag = Some(tag);
    env[link.variable].value.value = text;
    if let Some((sibling, _)) = sibling {
        env[sibling].tag = Some("port");
        env[sibling].value.value = place;
    }
}

/// Gives a port its number on the node, for a program that nobody tells it: unless another service has that number.
fn fix_port(
    key: &str,
    value: &Spanned<String>,
    target: usize,
    at: usize,
    services: &mut [Service],
    reader: &mut Reader<'_, '_>,
) {
    let number = services[target].ports[at].to;
    if services[target].ports[at].published.is_some() {
        return;
    }
    let name = services[target].written.value.clone();
    let place = format!("{}:{}", services[target].name, services[target].label(at));
    let message = format!("`{key}` says where `{name}` is, and nothing says at which port");
    let taken = services
        .iter()
        .enumerate()
        .find(|(other, service)| *other != target && service.ports.iter().any(|port| port.published == Some(number)));
    let help = match taken {
        Some((_, other)) => format!(
            "`{}` has port {number} of the node: have the port in a variable too, as `(port)\"{place}\"`, if the program knows one, or put the two on different nodes with `static={number}`",
            other.written.value
        ),
        None => format!(
            "`{name}` has port {number} of its node; if there is a variable for the port, have it as `(port)\"{place}\"` and leave `static` out"
        ),
    };
    if taken.is_none() {
        services[target].ports[at].published = Some(number);
    }
    reader.sink().push(changed(message, value.span, &help));
}

/// The port that a service has, where there is only one that can be meant.
fn own_port(service: &Service) -> Option<u16> {
    let known = service.image.as_ref().and_then(|image| image_port(image));
    let mut ports = service.ports.iter().filter(|port| port.protocol != Protocol::Udp).map(|port| port.to);
    match (ports.next(), ports.next()) {
        (Some(port), None) => Some(port),
        (None, _) => known,
        _ => known.filter(|known| service.ports.iter().any(|port| port.to == *known)),
    }
}

/// The variable beside `…_HOST` that has the port, with its value.
fn port_beside(service: &Service, host: &str) -> Option<(usize, u16)> {
    let stem =
        ["_HOSTNAME", "_HOST", "_SERVER", "_ADDRESS", "_ADDR", "HOST"].iter().find_map(|end| host.strip_suffix(end));
    let names = [
        format!("{host}_PORT"),
        stem.map(|stem| format!("{stem}_PORT")).unwrap_or_default(),
        stem.map(|stem| format!("{stem}PORT")).unwrap_or_default(),
    ];
    let at = service.env.iter().position(|it| names.contains(&it.name.value) && it.tag.is_none())?;
    service.env[at].value.parse().ok().map(|port| (at, port))
}

/// Tells of a variable that names another service in a way that can't be followed.
fn unclear(
    name: &Spanned<String>,
    value: &Spanned<String>,
    own: usize,
    names: &Names,
    services: &[Service],
    reader: &mut Reader<'_, '_>,
) {
    let Some(other) = mentioned(value, own, names) else { return };
    let at = names.get(other).copied().unwrap_or_default();
    let known = &services[at].name;
    let help = format!(
        "no name leads to another container in a lab: where `{other}` means the service, write `(host)`, `(address)` or `(url)` with `{known}:PORT`"
    );
    reader.sink().push(changed(format!("`{}` names `{other}`, as it stands", name.value), value.span, &help));
}

fn argument(name: &str, word: &Spanned<String>, services: &[Service], names: &Names) -> Diagnostic {
    let other = names.get(name).map(|at| &services[*at]);
    let digits = word.split(&format!("{name}:")).nth(1).unwrap_or_default();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits[..end].parse::<u16>().ok();
    let port = other.and_then(|other| {
        let at = other.ports.iter().position(|port| Some(port.to) == number)?;
        Some(other.label(at))
    });
    let place = format!("{}:{}", other.map_or(name, |other| &other.name), port.as_deref().unwrap_or("PORT"));
    let help = format!(
        "no name leads to another container in a lab: add `ADDRESS (address)\"{place}\"` to `env`, and write `${{ADDRESS}}` in the argument"
    );
    changed(format!("an argument names `{name}`, as it stands"), word.span, &help)
}

/// A service that a text names by its name and a port, or behind `://`, `@` or `=`.
fn mentioned<'n>(text: &str, own: usize, names: &'n Names) -> Option<&'n str> {
    if open_in(text).is_some_and(|name| text.len() == name.len() + 2) {
        return None;
    }
    let part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    names.iter().filter(|(_, at)| **at != own).map(|(name, _)| name.as_str()).find(|name| {
        text.match_indices(name).any(|(at, _)| {
            let (before, behind) = (&text[..at], &text[at + name.len()..]);
            let alone = !before.ends_with(part) && !behind.starts_with(part);
            let port = behind.strip_prefix(':').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
            let led = before.ends_with("://") || before.ends_with('@');
            alone && (port || led)
        })
    })
}

/// A text without what makes it a reference, for messages.
#[cfg(test)]
fn kind_of(name: &str, value: &str) -> Option<String> {
    let names: Names = [("db".to_owned(), 1), ("app".to_owned(), 0)].into_iter().collect();
    link(name, value, 0, &names).map(|(_, kind)| match kind {
        Kind::Host => "host".into(),
        Kind::Address(port) => format!("address {port}"),
        Kind::Url { before, port, behind } => format!("url {before} {port} {behind}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_services_are_found_where_they_are_meant() {
        for (name, value, expected) in [
            ("DB_HOST", "db", Some("host")),
            ("PGHOST", "db", Some("host")),
            ("DB_NAME", "db", None),
            ("BROKER", "db:5432", Some("address 5432")),
            ("URL", "postgres://u:p@db/app?x=1", Some("url postgres://u:p@ 5432 /app?x=1")),
            ("URL", "http://db:3003", Some("url http:// 3003 ")),
            ("URL", "jdbc:postgresql://db:5432/x", Some("url jdbc:postgresql:// 5432 /x")),
            ("URL", "http://db.example.com/", None),
            ("APP_HOST", "app", None),
        ] {
            assert_eq!(kind_of(name, value).as_deref(), expected, "{name}={value}");
        }
    }

    #[test]
    fn a_name_in_a_text_is_seen() {
        let names: Names = [("db".to_owned(), 1)].into_iter().collect();
        for (text, seen) in [
            ("--db=db:5432", true),
            ("a:1,db:2", true),
            ("x@db", true),
            ("dbx:1", false),
            ("the db", false),
            ("my-db:1", false),
        ] {
            assert_eq!(mentioned(text, 0, &names).is_some(), seen, "{text}");
        }
    }
}
