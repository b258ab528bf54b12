//! `ports` and `expose`: short and long forms, ranges, protocols, addresses.

use super::codes::compose_bad_value::bad_value;
use super::codes::compose_changed::changed;
use super::keys;
use super::model::{Port, Protocol, Service};
use super::scalar::{self, item_text};
use super::variables::{is_whole, shown};
use crate::diagnostic::Sink;
use crate::import::yaml::{Entry, Node};
use crate::resolve::NameKind;
use crate::source::{Span, Spanned};

/// How many ports a range may have: each becomes a line.
const RANGE: u16 = 64;

/// A line of `ports`.
#[derive(Default)]
struct Line {
    name: Option<String>,
    address: Option<Spanned<String>>,
    published: Option<(u16, u16)>,
    target: Option<(u16, u16)>,
    protocol: Option<Protocol>,
}

/// Reads `ports`.
pub(super) fn ports(entry: &Entry, service: &mut Service, sink: &mut Sink) {
    for item in scalar::items(entry) {
        let line = if item.map().is_some() { long(item, sink) } else { short(entry, item, sink) };
        if let Some(line) = line {
            add(&line, item.span, service, sink);
        }
    }
}

/// Reads `expose`.
pub(super) fn expose(entry: &Entry, service: &mut Service, sink: &mut Sink) {
    for text in scalar::texts(entry, sink) {
        if !is_whole(&text, "a port", text.span, sink) {
            continue;
        }
        let (numbers, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
        let (Some(target), Some(protocol)) = (range(numbers, text.span, sink), protocol_of(protocol, text.span, sink))
        else {
            continue;
        };
        let line = Line { target: Some(target), protocol: Some(protocol), ..Line::default() };
        add(&line, text.span, service, sink);
    }
}

/// `[[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL]`.
fn short(entry: &Entry, item: &Node, sink: &mut Sink) -> Option<Line> {
    let text = item_text(&entry.key, item, sink)?;
    if !is_whole(&text, "a port", text.span, sink) {
        return None;
    }
    let (numbers, protocol) = text.rsplit_once('/').unwrap_or((&text, "tcp"));
    let (rest, target) = match numbers.rsplit_once(':') {
        Some((rest, target)) => (Some(rest), target),
        None => (None, numbers),
    };
    let (address, published) = match rest {
        Some(rest) => match rest.rsplit_once(':') {
            Some((address, published)) => (Some(address), Some(published)),
            None if rest.contains('.') => (Some(rest), None),
            None => (None, Some(rest)),
        },
        None => (None, None),
    };
    let address = address.map(|address| Spanned::new(address.trim_matches(['[', ']']).to_owned(), text.span));
    let published = match published.filter(|published| !published.is_empty()) {
        Some(published) => Some(range(published, text.span, sink)?),
        None => None,
    };
    let target = range(target, text.span, sink)?;
    Some(Line {
        name: None,
        address,
        published,
        target: Some(target),
        protocol: Some(protocol_of(protocol, text.span, sink)?),
    })
}

fn long(item: &Node, sink: &mut Sink) -> Option<Line> {
    let mut line = Line::default();
    for part in keys::PORT.check(item, sink) {
        let Some(text) = scalar::text(part, sink) else { continue };
        if !is_whole(&text, "a port", text.span, sink) {
            return None;
        }
        match part.key.as_str() {
            "name" => line.name = Some(text.value),
            "host_ip" => line.address = Some(text),
            "published" => line.published = Some(range(&text, text.span, sink)?),
            "target" => line.target = Some(range(&text, text.span, sink)?),
            "protocol" => line.protocol = Some(protocol_of(&text, text.span, sink)?),
            // `app_protocol` names what the port speaks anyway, and `mode` tells how Swarm spreads it.
            "app_protocol" if line.name.is_none() => {
                line.name = Some(text.value).filter(|name| NameKind::Port.fits(name))
            }
            _ => {}
        }
    }
    if line.target.is_none() {
        sink.push(
            bad_value("the port", "whole without its `target`", item.span)
                .help("write `target: 80`, the port in the container"),
        );
        return None;
    }
    Some(line)
}

fn protocol_of(text: &str, place: Span, sink: &mut Sink) -> Option<Protocol> {
    match text.to_ascii_lowercase().as_str() {
        "" | "tcp" => Some(Protocol::Tcp),
        "udp" => Some(Protocol::Udp),
        _ => {
            sink.push(bad_value(text, "`tcp` or `udp`", place).help("Nomad maps these two"));
            None
        }
    }
}

/// One port, or two with a `-` between them.
fn range(text: &str, place: Span, sink: &mut Sink) -> Option<(u16, u16)> {
    let number = |text: &str| text.trim().parse::<u16>().ok().filter(|number| *number > 0);
    let (from, until) = text.split_once('-').unwrap_or((text, text));
    let range = number(from).zip(number(until)).filter(|(from, until)| from <= until);
    if range.is_none() {
        let help = "write `HOST:CONTAINER`, each a number from 1 to 65535 or a range of two with a `-` between them";
        sink.push(bad_value(&shown(text), "a port", place).help(help));
    }
    range
}

fn add(line: &Line, span: Span, service: &mut Service, sink: &mut Sink) {
    let Some((from, until)) = line.target else { return };
    let protocol = line.protocol.unwrap_or(Protocol::Tcp);
    if until - from >= RANGE {
        let help = "with `network_mode: host` the container has all ports of the node; otherwise name fewer";
        sink.push(bad_value(&format!("{from}-{until}"), &format!("a range of at most {RANGE} ports"), span).help(help));
        return;
    }
    let local = line.address.as_ref().filter(|address| matches!(address.as_str(), "127.0.0.1" | "::1" | "localhost"));
    if let Some(address) = local {
        sink.push(changed(
            format!(
                "`{}` was open to its own computer alone; in the lab any node reaches it at a port that Nomad picks",
                service.written.value
            ),
            span,
            "others find it with `(address)` in `env`; add `static=` where it shall be reached at a number",
        ));
        let _ = address;
    } else if let Some(address) = line.address.as_ref().filter(|address| !matches!(address.as_str(), "0.0.0.0" | "::"))
    {
        let message = format!(
            "`{}` was bound to `{}`; here a port of the node is taken on the lab's network",
            service.written.value, address.value
        );
        sink.push(changed(message, address.span, "say with `on node=` which node has that address, if it matters"));
    }
    for at in 0..=(until - from) {
        let published = published(line, from, until, at, service, span, sink).filter(|_| local.is_none());
        push(Port { name: line.name.clone().filter(|_| at == 0), to: from + at, published, protocol }, service);
    }
}

/// The port of the node that one of a range is at.
fn published(
    line: &Line,
    from: u16,
    until: u16,
    at: u16,
    service: &Service,
    span: Span,
    sink: &mut Sink,
) -> Option<u16> {
    let (first, last) = line.published?;
    if last - first == until - from {
        return Some(first + at);
    }
    if at == 0 {
        let message = format!(
            "`{}` would take any port from {first} to {last}; Nomad picks one of its own",
            service.written.value
        );
        sink.push(changed(message, span, "add `static=` where it shall be reached at a number"));
    }
    None
}

/// Takes in a port; the same number for the other protocol is one line with it.
fn push(port: Port, service: &mut Service) {
    let same = |known: &&mut Port| {
        known.to == port.to
            && (known.published == port.published || known.published.is_none() || port.published.is_none())
    };
    match service.ports.iter_mut().find(same) {
        Some(known) => {
            if known.protocol != port.protocol {
                known.protocol = Protocol::Both;
            }
            known.published = known.published.or(port.published);
            known.name = known.name.take().or(port.name);
        }
        None => service.ports.push(port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::yaml::read;
    use crate::source::FileId;

    /// Ports as `to/published/protocol`, and the number of diagnostics.
    fn read_ports(text: &str) -> (Vec<(u16, Option<u16>, Protocol)>, usize) {
        let mut sink = Sink::default();
        let node = read(&format!("ports: {text}"), FileId::default(), &mut sink).unwrap();
        let mut service = Service::default();
        ports(&node.map().unwrap()[0], &mut service, &mut sink);
        (service.ports.iter().map(|port| (port.to, port.published, port.protocol)).collect(), sink.found())
    }

    #[test]
    fn every_form_of_a_port() {
        use Protocol::{Both, Tcp, Udp};
        for (text, expected, found) in [
            ("['80']", vec![(80, None, Tcp)], 0),
            ("['8080:80']", vec![(80, Some(8080), Tcp)], 0),
            ("[8080:80/udp]", vec![(80, Some(8080), Udp)], 0),
            ("['53:53', '53:53/udp']", vec![(53, Some(53), Both)], 0),
            ("['0.0.0.0:80:80']", vec![(80, Some(80), Tcp)], 0),
            ("['127.0.0.1:8080:80']", vec![(80, None, Tcp)], 1),
            ("['[::1]:8080:80']", vec![(80, None, Tcp)], 1),
            ("['192.168.1.5:8080:80']", vec![(80, Some(8080), Tcp)], 1),
            ("['127.0.0.1::80']", vec![(80, None, Tcp)], 1),
            ("['8000-8001:9000-9001']", vec![(9000, Some(8000), Tcp), (9001, Some(8001), Tcp)], 0),
            ("['8000-8005:80']", vec![(80, None, Tcp)], 1),
            ("['80:80', '81:80']", vec![(80, Some(80), Tcp), (80, Some(81), Tcp)], 0),
            ("[{target: 80, published: '8080', protocol: udp, mode: host}]", vec![(80, Some(8080), Udp)], 0),
            ("[{published: 80}]", vec![], 1),
            ("['http:80']", vec![], 1),
            ("['70000:80']", vec![], 1),
            ("['90-80:80']", vec![], 1),
            ("['80/icmp']", vec![], 1),
            ("['10000-20000:10000-20000/udp']", vec![], 1),
            ("[[80]]", vec![], 1),
        ] {
            assert_eq!(read_ports(text), (expected, found), "{text}");
        }
    }
}
