//! `no-auth`: a route that asks who somebody is, in a lab where nothing can.

use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Role;

code!(Error, "no-auth", "no_auth.md", "a route asks for a login that nothing in the lab can give");

/// Reports each route with `auth` where the lab has no provider of that role.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let lab = analysis.lab;
    if lab.provider(Role::Auth).is_some() {
        return;
    }
    for route in &of.service.routes {
        let Some(group) = &route.auth else { continue };
        let message = format!("`{}` asks for a login, and lab `{}` has no `auth`", route.host.value, lab.name.value);
        let label = format!("nothing knows who belongs to `{}`", group.value);
        sink.push(
            Diagnostic::new(&CODE, message, group.span, label)
                .help("leave `auth` out where the service has a login of its own"),
        );
    }
}
