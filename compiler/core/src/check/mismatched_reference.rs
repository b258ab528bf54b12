//! `mismatched-reference`: what a service is told of another one doesn't fit what the variable says, or what it is told beside.

mod database;
mod variable;

use super::not_http::{inside, spoken};
use crate::analyze::{Analysis, registrations};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Group, Port, Reference, Service};
use crate::nomad::form::Tag;
use crate::source::Span;
use variable::{Role, role};

code!(
    Warning,
    "mismatched-reference",
    "mismatched_reference.md",
    "what a service is told of another one doesn't fit together"
);

/// Reports references in variables that ask for something else, and those that don't go with one another.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let services = &analysis.lab.services;
    if services.iter().all(|service| service.references.is_empty() && service.secrets.is_empty()) {
        return;
    }
    for service in services {
        for secret in service.secrets.iter().filter(|secret| secret.variable.ends_with("_FILE")) {
            sink.push(file_of_secret(&secret.variable, secret.span));
        }
        for (at, reference) in service.references.iter().enumerate() {
            let before = sink.found();
            other_kind(service, reference).into_iter().for_each(|it| sink.push(it));
            let Some(other) = analysis.lab.service(&reference.service).filter(|_| sink.found() == before) else {
                continue;
            };
            let found = other_program(reference, other)
                .or_else(|| other_scheme(reference, other))
                .or_else(|| other_port(service, reference));
            match found.or_else(|| port_untold(service, reference, other)) {
                Some(diagnostic) => sink.push(diagnostic),
                None if service.references[..at].iter().any(|it| it.variable == reference.variable) => {}
                None => database::check(service, reference, other, sink),
            }
        }
    }
}

/// `TOKEN_FILE` that gets the token: programs take it for a path.
fn file_of_secret(variable: &str, span: Span) -> Diagnostic {
    let plain = variable.trim_end_matches("_FILE").trim_end_matches('_');
    let message = format!("`{variable}` gets the value of a secret, and is read as the path of a file");
    Diagnostic::new(&CODE, message, span, "the value itself")
        .help(format!("call the variable `{plain}`, where the program knows that one"))
}

/// A variable that asks for a host, a port or a URL, and gets another of them.
fn other_kind(service: &Service, reference: &Reference) -> Option<Diagnostic> {
    let variable = &reference.variable.value;
    let (prefix, role) = role(variable)?;
    let beside = || siblings(service, prefix, Role::Port).next().is_some_and(|it| it.tag == Tag::Port);
    let (gets, instead) = match (role, reference.tag) {
        (Role::Host, Tag::Port) => ("a port", Tag::Host),
        (Role::Host, Tag::Address) if beside() => ("a host with its port, which is told beside it", Tag::Host),
        (Role::Port, Tag::Host) => ("a host", Tag::Port),
        (Role::Port, Tag::Address) => ("a host with its port", Tag::Port),
        (Role::Port, Tag::Url) => ("a URL", Tag::Port),
        (Role::Url, Tag::Host | Tag::Port | Tag::Address) => ("no URL", Tag::Url),
        _ => return None,
    };
    let (name, port) = (&reference.service, &reference.port);
    let message = format!("`{variable}` of `{}` gets {gets}", service.name.value);
    let diagnostic = Diagnostic::new(&CODE, message, reference.span, format!("`({})`", reference.tag.name()));
    Some(diagnostic.help(match instead {
        Tag::Url => {
            let scheme = variable::program(variable).map_or("http", variable::Program::scheme);
            format!("write `{variable} (url)\"{scheme}://{name}:{port}\"`, with the scheme that the program takes")
        }
        instead => format!("write `{variable} ({})\"{name}:{port}\"`", instead.name()),
    }))
}

/// The references of a service in variables of one prefix and role.
fn siblings<'s>(service: &'s Service, prefix: &'s str, wanted: Role) -> impl Iterator<Item = &'s Reference> {
    service.references.iter().filter(move |it| role(&it.variable) == Some((prefix, wanted)))
}

/// A variable that is named after one program, and leads to another.
fn other_program(reference: &Reference, other: &Service) -> Option<Diagnostic> {
    let named = variable::program(&reference.variable)?;
    let runs = database::programs(other);
    if runs.is_empty() || runs.iter().any(|(program, _)| *program == named) {
        return None;
    }
    let (program, image) = runs.first()?;
    let message = format!(
        "`{}` is named after {}, and leads to `{}`, which runs {}",
        reference.variable.value,
        named.name(),
        reference.service,
        program.name()
    );
    let diagnostic = Diagnostic::new(&CODE, message, reference.span, "another program");
    let diagnostic = diagnostic.also(image.span, format!("{} runs here", program.name()));
    Some(diagnostic.help(format!("name the service that runs {}", named.name())))
}

/// A URL whose scheme isn't what the port speaks.
fn other_scheme(reference: &Reference, other: &Service) -> Option<Diagnostic> {
    let secure = match reference.scheme.as_str() {
        "http" => false,
        "https" => true,
        _ => return None,
    };
    let own = |group: &&Group| group.ports.iter().any(|port| port.label.value == reference.port);
    let group = other.groups.iter().find(own)?;
    let port = group.ports.iter().find(|port| port.label.value == reference.port)?;
    let spoken = inside(group, port).and_then(spoken).filter(|it| *it != "HTTPS" || !secure);
    let plain = || secure.then(|| plain_check(other, &port.label.value)).flatten();
    let (what, place, words, help) = match (spoken, plain()) {
        (Some("HTTPS"), _) => ("HTTPS", port.label.span, "TLS is spoken here", "write `https://`".to_owned()),
        (Some(what), _) => (what, port.label.span, "something else is spoken here", scheme_help(&reference.variable)),
        (None, Some(check)) => ("plain HTTP", check, "its check asks without TLS", "write `http://`".to_owned()),
        (None, None) => return None,
    };
    let message = format!(
        "`{}` asks port `{}` of `{}` over {}, where {what} is spoken",
        reference.variable.value,
        port.label.value,
        reference.service,
        reference.scheme.to_uppercase()
    );
    let diagnostic = Diagnostic::new(&CODE, message, reference.span, "gets no answer that it understands");
    Some(diagnostic.also(place, words).help(help))
}

fn scheme_help(variable: &str) -> String {
    match variable::program(variable) {
        Some(program) => format!("write `{}://`", program.scheme()),
        None => "write the scheme that the program takes, such as `postgresql://`, or name another port".to_owned(),
    }
}

/// A check that asks a port for HTTP without TLS.
fn plain_check(service: &Service, label: &str) -> Option<Span> {
    let groups = service.job.body.blocks("group");
    let registered =
        groups.flat_map(registrations).filter(|it| it.body.str("port").is_some_and(|it| it.value == label));
    registered.flat_map(|it| it.body.blocks("check")).find_map(|check| {
        let said = |name: &str| check.body.str(name).map_or("", |text| text.value);
        let own = matches!(said("port"), "") || said("port") == label;
        let plain = own && said("type") == "http" && said("protocol") != "https";
        plain.then(|| check.body.str("type").map_or(check.span, |kind| kind.span))
    })
}

/// A port of one service beside the host of another.
fn other_port(service: &Service, reference: &Reference) -> Option<Diagnostic> {
    let (prefix, _) = role(&reference.variable).filter(|(_, role)| *role == Role::Port)?;
    let mut hosts = siblings(service, prefix, Role::Host).filter(|it| it.tag == Tag::Host);
    let host = hosts.next()?;
    let same = |it: &Reference| it.service == reference.service && it.port == reference.port;
    if same(host) || hosts.any(same) {
        return None;
    }
    let (at, of) = (format!("{}:{}", host.service, host.port), format!("{}:{}", reference.service, reference.port));
    let message = format!(
        "`{}` of `{}` is the port of `{of}`, and `{}` beside it the host of `{at}`",
        reference.variable.value, service.name.value, host.variable.value
    );
    let diagnostic = Diagnostic::new(&CODE, message, reference.span, "the port of one");
    let diagnostic = diagnostic.also(host.span, "the host of another");
    Some(diagnostic.help(format!("name the same one in both: `{} (port)\"{at}\"`", reference.variable.value)))
}

/// A host alone, where Nomad picks the port that nothing tells.
fn port_untold(service: &Service, reference: &Reference, other: &Service) -> Option<Diagnostic> {
    let (prefix, role) = role(&reference.variable)?;
    // What is wrong with a reference to a port is said there.
    if reference.tag != Tag::Host || role != Role::Host || siblings(service, prefix, Role::Port).next().is_some() {
        return None;
    }
    let same = |it: &&Reference| it.service == reference.service && it.port == reference.port && it.tag != Tag::Host;
    let told = service.references.iter().find(same).is_some();
    let read = service.tasks().flat_map(crate::analyze::templates).next().is_some();
    let own = |group: &&Group| group.ports.iter().any(|port| port.label.value == reference.port);
    let group = other.groups.iter().find(own)?;
    let port: &Port = group.ports.iter().find(|port| port.label.value == reference.port)?;
    if told || read || port.fixed.is_some() {
        return None;
    }
    let (name, label) = (&reference.service, &reference.port);
    if let Some(number) = variable::number(service, prefix) {
        let message =
            format!("`{}` of `{}` is a number, and Nomad picks the port of `{name}`", number.name, service.name.value);
        let diagnostic = Diagnostic::new(&CODE, message, number.value.span, "right by chance alone");
        let diagnostic = diagnostic.also(port.label.span, "another port from one start to the next");
        return Some(diagnostic.help(format!("write `{} (port)\"{name}:{label}\"`", number.name)));
    }
    let message = format!(
        "`{}` is told where `{name}` runs in `{}`, and nowhere at which port: Nomad picks one",
        service.name.value, reference.variable.value
    );
    let diagnostic = Diagnostic::new(&CODE, message, reference.span, "the host alone");
    let diagnostic = diagnostic.also(port.label.span, "another port from one start to the next");
    Some(diagnostic.help(format!(
        "tell the port too, as `(port)\"{name}:{label}\"`, or write `{} (address)\"{name}:{label}\"` where the program takes both in one",
        reference.variable.value
    )))
}
