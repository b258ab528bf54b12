//! `not-http`: a route or a check of HTTP at a port where something else is spoken.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts, registrations};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Group, Port};
use crate::source::Span;

code!(Warning, "not-http", "not_http.md", "a port is asked for HTTP where something else is spoken");

/// What is spoken at a port, where programs are agreed about it.
pub(super) fn spoken(port: u16) -> Option<&'static str> {
    Some(match port {
        22 => "SSH",
        25 | 465 | 587 => "SMTP",
        53 => "DNS",
        110 | 995 => "POP3",
        143 | 993 => "IMAP",
        389 | 636 => "LDAP",
        443 | 8443 | 9443 => "HTTPS",
        445 => "SMB",
        1433 => "SQL Server's protocol",
        1883 | 8883 => "MQTT",
        3306 => "MySQL's protocol",
        5432 => "PostgreSQL's protocol",
        5672 => "AMQP",
        6379 => "Redis' protocol",
        11211 => "memcached's protocol",
        27017 => "MongoDB's protocol",
        _ => return None,
    })
}

/// Reports routes to such ports, and checks of type `http` there.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        for (port, number) in facts.group.ports.iter().filter_map(|port| Some((port, inside(facts.group, port)?))) {
            let Some(spoken) = spoken(number) else { continue };
            let registered = registrations(facts.block);
            let own = registered.filter(|block| block.body.str("port").is_some_and(|it| it.value == port.label.value));
            for block in own {
                let name = block.body.str("name").map_or("", |name| name.value);
                for route in of.service.routes.iter().filter(|route| route.upstream == name) {
                    let what = format!("the route `{}`", route.host.value);
                    sink.push(not_http(analysis, of, port, &what, route.span, (number, spoken)));
                }
                for check in block.body.blocks("check") {
                    let said = |name: &str| check.body.str(name).map_or("", |text| text.value);
                    let elsewhere = check.body.str("port").is_some_and(|other| other.value != port.label.value);
                    if said("type") == "http" && said("protocol") != "https" && !elsewhere {
                        let span = check.body.str("type").map_or(check.span, |kind| kind.span);
                        sink.push(not_http(analysis, of, port, "a check of type `http`", span, (number, spoken)));
                    }
                }
            }
        }
    }
}

/// The port that the program itself listens on, where it is told.
pub(super) fn inside(group: &Group, port: &Port) -> Option<u16> {
    let fixed = port.fixed.as_ref().map(|fixed| fixed.value);
    let shared = group.network_mode.as_ref().is_some_and(|mode| mode.value == "host");
    if shared { fixed } else { port.to.or(fixed) }
}

fn not_http<'l>(
    analysis: &Analysis<'l>,
    of: &ServiceFacts<'_, 'l>,
    port: &Port,
    what: &str,
    span: Span,
    (number, spoken): (u16, &str),
) -> Diagnostic {
    let name = &of.service.name.value;
    let message = format!("{what} of `{name}` asks for HTTP at port {number}, where {spoken} is spoken");
    let diagnostic = Diagnostic::new(&CODE, message, span, "gets no answer that it understands");
    let diagnostic = if port.label.span == span { diagnostic } else { diagnostic.also(port.label.span, "the port") };
    let diagnostic = match brought_in(analysis.lab, of.service, span) {
        Some(place) => diagnostic.also(place, "brought in here"),
        None => diagnostic,
    };
    diagnostic.help(match spoken {
        "HTTPS" => "name a port where it speaks HTTP; a check may be of type `https`",
        _ => "name another port, or make it a check of type `tcp`",
    })
}
