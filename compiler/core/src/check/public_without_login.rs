//! `public-without-login`: a route that anybody on the internet reaches without a login.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, Role, Route, Service};

code!(
    allowable Error,
    "public-without-login",
    "public_without_login.md",
    "a route is open to the internet without a login"
);

/// Reports, once for each service, its routes that are public and ask nobody who they are.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let open: Vec<&Route> = of.service.routes.iter().filter(|route| route.public && route.auth.is_none()).collect();
    if let Some((first, rest)) = open.split_first() {
        sink.push(public_without_login(analysis.lab, of.service, first, rest));
    }
}

fn public_without_login(lab: &Lab, service: &Service, first: &Route, rest: &[&Route]) -> Diagnostic {
    let address = format!("{}{}", first.host.value, first.path.trim_end_matches('/'));
    let message = format!("anybody on the internet reaches `{}` at `{address}` without a login", service.name.value);
    let mut diagnostic = Diagnostic::new(&CODE, message, first.span, "public, and without `auth`");
    for route in rest {
        diagnostic = diagnostic.also(route.span, "and this one");
    }
    if let Some(place) = brought_in(lab, service, first.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    let allow = "where it is meant to be open or has a login of its own, add `allow \"public-without-login\" reason=\"…\"` to the service";
    diagnostic.help(match lab.provider(Role::Auth) {
        Some(_) => format!("add `auth=\"GROUP\"` to the route, or leave `public` out; {allow}"),
        None => format!("leave `public` out; {allow}"),
    })
}
