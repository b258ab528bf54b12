//! `needs-consul`: something that only Consul can do.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "needs-consul", "needs_consul.md", "something that only Consul can do");

/// A feature that Nomad's own discovery lacks.
pub fn needs_consul(what: &str, place: Span) -> Diagnostic {
    Diagnostic::new(
        &CODE,
        format!("{what} needs Consul, and this lab's discovery is `nomad`"),
        place,
        "only with Consul",
    )
    .help("use a check of type `http` or `tcp`, or set `discovery \"consul\"` in `lab.kdl`")
}
