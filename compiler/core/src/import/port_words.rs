//! The ports of a service, with the names that they are found by and the checks that are about them.

use super::words::{House, Level, Parts, copy, set};
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::resolve::NameKind;
use crate::source::Spanned;

/// Says the ports of the group, and as many of its registrations as a port's words can say.
pub(super) fn ports(parts: &Parts<'_>, house: &House, level: Level, body: &mut Body) {
    let Some(network) = parts.group.body.block("network") else { return };
    let ports: Vec<&Block> = network.body.blocks("port").collect();
    if !ports.iter().all(|port| port.label().is_some_and(|label| NameKind::Port.fits(label))) {
        return;
    }
    let services: Vec<&Block> = parts.group.body.blocks("service").collect();
    let said = if level == Level::All { registered(&ports, &services) } else { Vec::new() };
    let provider = provider(&said);
    let said = if provider.is_some() { said } else { Vec::new() };
    match provider.flatten() {
        Some(provider) if provider.value == "nomad" && house.nomad_discovery => {}
        Some(provider) => set(body, "provider", Value::str(provider.value, provider.span), provider.span),
        None if house.nomad_discovery && !said.is_empty() => {
            let span = said[0].1.span;
            set(body, "provider", Value { kind: ValueKind::Null, span }, span);
        }
        None => {}
    }
    if said.is_empty() && !ports.is_empty() {
        let span = ports[0].span;
        set(body, "register", Value::bool(false, span), span);
    }
    let mut first = true;
    for (at, port) in ports.iter().enumerate() {
        let service = said.iter().find(|(port, _)| *port == at).map(|(_, service)| *service);
        let name = parts.job.label().map_or("", |name| name.as_str());
        body.blocks.push(port_word(port, service, (name, first, said.len()), body));
        first &= service.is_none();
        for check in service.into_iter().flat_map(|service| service.body.blocks("check")) {
            let several = service.is_some_and(|service| service.body.blocks("check").count() > 1);
            let port = port.label().filter(|_| said[0].0 != at);
            body.blocks.extend(check_word(check, several, port));
        }
        if let Some(tags) = service.filter(|_| said.len() == 1).and_then(|service| service.body.attribute("tags")) {
            body.attributes.push(tags.clone());
        }
    }
}

/// The services that the ports can say, each with the place of its port: the first ones, in the order of the ports.
fn registered<'b>(ports: &[&'b Block], services: &[&'b Block]) -> Vec<(usize, &'b Block)> {
    let mut said: Vec<(usize, &Block)> = Vec::new();
    for service in services {
        let port = service.body.str("port").map(|port| port.value);
        let at = ports.iter().position(|it| it.label().is_some_and(|label| Some(label.as_str()) == port));
        let Some(at) = at.filter(|at| said.last().is_none_or(|(last, _)| last < at)) else { break };
        let fits = service.body.attributes.iter().all(|it| matches!(&*it.name, "name" | "port" | "provider" | "tags"))
            && service.body.str("name").is_some()
            && service
                .body
                .blocks
                .iter()
                .all(|block| block.name == "check" && check_word(block, false, None).is_some());
        if !fits {
            break;
        }
        said.push((at, service));
    }
    said
}

/// Where all of the services are registered, if that is one place: nothing where some say something else.
fn provider<'b>(said: &[(usize, &'b Block)]) -> Option<Option<Spanned<&'b str>>> {
    let mut providers = said.iter().map(|(_, service)| service.body.str("provider"));
    let Some(first) = providers.next() else { return Some(None) };
    let value = first.map(|it| it.value);
    providers.all(|other| other.map(|it| it.value) == value).then_some(first)
}

fn port_word(port: &Block, service: Option<&Block>, (owner, first, said): (&str, bool, usize), body: &Body) -> Block {
    let mut word = Block { name: "port".into(), labels: port.labels.clone(), ..Block::new("port", port.span) };
    let fits = |name: &str| port.body.int(name).is_some_and(|number| (1..=65535).contains(&number.value));
    for name in ["to", "static"] {
        if fits(name) {
            copy(&port.body, &mut word.body, name, if name == "to" { "to" } else { "static" });
        }
    }
    if port.body.attribute("host_network").is_some() {
        copy(&port.body, &mut word.body, "host_network", "host-network");
    }
    let label = port.label().map_or("", |label| label.as_str());
    let made = if first { owner.to_owned() } else { format!("{owner}-{label}") };
    match service {
        Some(service) => {
            if service.body.str("name").is_some_and(|name| name.value != made) {
                copy(&service.body, &mut word.body, "name", "name");
            }
            if said > 1 {
                copy(&service.body, &mut word.body, "tags", "tags");
            }
        }
        None if body.attribute("register").is_some() => {}
        None => set(&mut word.body, "register", Value::bool(false, port.span), port.span),
    }
    word
}

/// A check as the word says it; nothing where it says something that there is no word for.
fn check_word(check: &Block, several: bool, port: Option<&Spanned<String>>) -> Option<Block> {
    let said = &check.body;
    let kind = said.str("type")?;
    let is_https = said.str("protocol").is_some_and(|it| it.value == "https");
    let word = if is_https { "https" } else { kind.value };
    let own: &[&str] = match word {
        "http" => &["path", "method"],
        "https" => &["path", "method", "protocol", "tls_skip_verify"],
        "tcp" => &[],
        _ => return None,
    };
    let shared = ["name", "type", "interval", "timeout"];
    let fits = said.attributes.iter().all(|it| own.contains(&&*it.name) || shared.contains(&&*it.name));
    let restarts: Vec<&Block> = said.blocks.iter().collect();
    let grace = match restarts.as_slice() {
        [] => None,
        [one] if one.name == "check_restart" => Some(grace(one)?),
        _ => return None,
    };
    let skips = said.bool("tls_skip_verify").is_some_and(|skips| skips.value);
    let path = said.str("path").map(|path| path.value);
    if !fits || (is_https && !skips) || (word != "tcp" && !path.is_some_and(is_url_path)) {
        return None;
    }
    let mut block = Block::labelled("check", Spanned::new(word.to_owned(), kind.span), check.span);
    match said.attribute("name") {
        Some(_) => copy(said, &mut block.body, "name", "name"),
        None if several => set(&mut block.body, "name", Value { kind: ValueKind::Null, span: check.span }, check.span),
        None => {}
    }
    if let Some(port) = port {
        set(&mut block.body, "port", Value::str(port.value.clone(), port.span), check.span);
    }
    for name in ["path", "method", "interval", "timeout"] {
        match said.attribute(name) {
            Some(attribute) if !(name == "path" && path == Some("/")) => block.body.attributes.push(attribute.clone()),
            None if matches!(name, "interval" | "timeout") => {
                let null = Value { kind: ValueKind::Null, span: check.span };
                set(&mut block.body, if name == "interval" { "interval" } else { "timeout" }, null, check.span);
            }
            _ => {}
        }
    }
    block.body.attributes.extend(grace);
    Some(block)
}

/// The one way to restart that the word `grace` stands for.
fn grace(restart: &Block) -> Option<crate::nomad::form::Attribute> {
    let only = restart.body.blocks.is_empty() && restart.body.attributes.len() == 2;
    let three = restart.body.int("limit").is_some_and(|limit| limit.value == 3);
    let grace = restart.body.attribute("grace").filter(|_| only && three)?;
    Some(crate::nomad::form::Attribute { name: "grace".into(), ..grace.clone() })
}

fn is_url_path(path: &str) -> bool {
    path.starts_with('/') && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()+,;=:@?*".contains(&b))
}
