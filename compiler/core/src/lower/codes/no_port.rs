//! `no-port`: something needs a port and the service has none.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "no-port", "no_port.md", "something needs a port and the service has none");

/// A check, a route or `metrics` of a service that declares no port.
pub fn no_port(what: &str, service: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{service}` has no port for its {what}"), place, "which port?")
        .help("add `port \"http\" to=8080` with the port that the container listens on")
}

/// It refers to a port that isn't registered for discovery.
pub fn not_registered(what: &str, port: &str, place: Span, declared: Span) -> Diagnostic {
    Diagnostic::new(
        &CODE,
        format!("port `{port}` isn't registered, so its {what} would find nothing"),
        place,
        "needs the port",
    )
    .also(declared, "`register=#false` here")
    .help("take `register=#false` away")
}
