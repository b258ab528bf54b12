//! `wrong-region`: a job or an agent in another region than the lab.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::source::Span;

code!(Error, "wrong-region", "wrong_region.md", "a job or an agent in another region than the lab");

/// Reports each job, and each Nomad agent, that names another region.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let region = analysis.lab.region.as_str();
    for node in &analysis.lab.nodes {
        if let Some(other) = node.nomad.str("region").filter(|other| other.value != region) {
            let what = format!("the Nomad agent of `{}`", node.name.value);
            sink.push(wrong_region(&what, other.value, region, other.span));
        }
    }
    for service in &analysis.lab.services {
        if let Some(other) = service.job.body.str("region").filter(|other| other.value != region) {
            let what = format!("`{}`", service.name.value);
            sink.push(wrong_region(&what, other.value, region, other.span));
        }
    }
}

fn wrong_region(what: &str, other: &str, region: &str, span: Span) -> Diagnostic {
    let message = format!("{what} is in region `{}`, the lab in `{region}`", other.escape_debug());
    Diagnostic::new(&CODE, message, span, "no server is there").help(format!(
        "leave `region` out: all of the lab is in `{region}`, unless `region` in `lab.kdl` says otherwise"
    ))
}
