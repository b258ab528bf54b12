//! `(address)"service:port"` and its relatives as text that Nomad fills in from discovery.

use super::codes::bad_reference::bad_reference;
use super::{Context, codes::no_port};
use crate::diagnostic::Sink;
use crate::model::{Discovery, Reference};
use crate::nomad::form::Tag;
use crate::resolve::codes::unknown_reference::{unknown_member, unknown_reference};
use crate::source::{Span, Spanned};

/// A reference as it is written.
struct Parts<'t> {
    /// Literal text in front: `http://`.
    before: &'t str,
    service: &'t str,
    port: &'t str,
    /// Literal text behind: `/path`.
    behind: &'t str,
}

/// Turns a reference into one more line of an env file: `KEY="{{ … }}"`, once discovery knows an instance. `None` once what is wrong is
/// reported.
pub(super) fn line(
    key: Spanned<&str>,
    (tag, text): (Tag, &str),
    span: Span,
    context: Context<'_>,
    lines: &mut String,
    sink: &mut Sink,
) -> Option<Reference> {
    let form = if tag == Tag::Url { "http://SERVICE:PORT/path" } else { "SERVICE:PORT" };
    let Some(parts) = parts(tag, text) else {
        let diagnostic = bad_reference(tag.name(), text, form, span);
        sink.push(match meant(tag, text, context) {
            Some(meant) => {
                let diagnostic = diagnostic.help(format!("write `({})\"{meant}\"`", tag.name()));
                let in_quotes = (span.end - span.start) as usize == text.len() + 2;
                if in_quotes { diagnostic.fix(span, format!("\"{meant}\"")) } else { diagnostic }
            }
            None => diagnostic,
        });
        return None;
    };
    let name = registered(&parts, text, span, context, sink)?;
    let function = match context.lab.discovery {
        Discovery::Consul => "service",
        Discovery::Nomad => "nomadService",
    };
    let value = match tag {
        Tag::Host => "{{ .Address }}",
        Tag::Port => "{{ .Port }}",
        _ => "{{ .Address }}:{{ .Port }}",
    };
    lines.extend(["{{ with ", function, " \"", name, "\" }}{{ with index . 0 }}", key.value, "=\""]);
    lines.extend([&literal(parts.before), value, &literal(parts.behind), "\"{{ end }}{{ end }}\n"]);
    let variable = key.map(str::to_owned);
    let scheme = parts.before.split_once("://").map_or_else(String::new, |(scheme, _)| scheme.to_owned());
    Some(Reference { variable, tag, scheme, service: parts.service.to_owned(), port: parts.port.to_owned(), span })
}

/// What was probably meant by a text that names a service without a port, or a URL without its scheme.
fn meant(tag: Tag, text: &str, context: Context<'_>) -> Option<String> {
    let (service, port) = match text.split_once(':') {
        Some((service, port)) => (service, Some(port)),
        None => (text, None),
    };
    let ports = context.registry.ports(service)?;
    let known = |name: &str| ports.iter().any(|port| port.port.value == name);
    let port = port.filter(|port| known(port)).or_else(|| ports.first().map(|port| port.port.as_str()))?;
    let scheme = if tag == Tag::Url { "http://" } else { "" };
    Some(format!("{scheme}{service}:{port}"))
}

fn parts(tag: Tag, text: &str) -> Option<Parts<'_>> {
    let (before, rest) = if tag == Tag::Url {
        let scheme = text.find("://")? + 3;
        let authority = text[scheme..].find(['/', '?', '#']).map_or(text.len(), |at| scheme + at);
        let user = text[scheme..authority].rfind('@').map_or(scheme, |at| scheme + at + 1);
        (&text[..user], &text[user..])
    } else {
        ("", text)
    };
    let end = if tag == Tag::Url { rest.find(['/', '?', '#']).unwrap_or(rest.len()) } else { rest.len() };
    let (service, port) = rest[..end].split_once(':')?;
    let fits =
        |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (fits(service) && fits(port)).then_some(Parts { before, service, port, behind: &rest[end..] })
}

/// The name that the port is registered under.
fn registered<'c>(
    parts: &Parts<'_>,
    text: &str,
    whole: Span,
    context: Context<'c>,
    sink: &mut Sink,
) -> Option<&'c str> {
    let (at, len) = (parts.before.len(), parts.service.len());
    let span = whole.part(text, at + len + 1, parts.port.len());
    let Some(ports) = context.registry.ports(parts.service) else {
        if context.lab.more_services {
            return None;
        }
        let span = whole.part(text, at, len);
        let known = context.registry.services();
        let diagnostic = unknown_reference("service", parts.service, span, known.clone());
        sink.push(diagnostic.did_you_mean(parts.service, known));
        return None;
    };
    let Some(port) = ports.iter().find(|port| port.port.value == parts.port) else {
        if context.registry.is_broken(parts.service) {
            return None;
        }
        let known = ports.iter().map(|port| port.port.as_str());
        let diagnostic = unknown_member(&format!("`{}`", parts.service), "port", parts.port, span, known.clone());
        sink.push(diagnostic.did_you_mean(parts.port, known));
        return None;
    };
    if port.name.is_none() {
        sink.push(no_port::not_registered("address", &port.port, span, port.port.span));
    }
    port.name.as_ref().map(|name| name.as_str())
}

/// Literal text inside a double-quoted value of an env file that is itself a template.
fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '{' => out.push_str("{{ \"{\" }}"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_url_at_service_and_port() {
        let parts = parts(Tag::Url, "redis://user:pw@cache:redis/0?x=1").unwrap();
        assert_eq!(
            (parts.before, parts.service, parts.port, parts.behind),
            ("redis://user:pw@", "cache", "redis", "/0?x=1")
        );
    }

    #[test]
    fn refuses_what_has_no_port() {
        assert!(parts(Tag::Address, "cache").is_none());
        assert!(parts(Tag::Url, "cache:redis").is_none());
        assert!(parts(Tag::Host, "10.0.0.1:80").is_none());
    }

    #[test]
    fn literal_text_stays_literal() {
        assert_eq!(literal("a{{b}}\"\n"), "a{{ \"{\" }}{{ \"{\" }}b}}\\\"\\u000a");
    }
}
