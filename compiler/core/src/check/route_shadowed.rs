//! `route-shadowed`: a route that nobody reaches, since another one of its host answers first.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Route, Service};

code!(Error, "route-shadowed", "route_shadowed.md", "a route that another one answers for");

/// Reports each route whose paths are all another one's, which the reverse proxy asks first.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let services = analysis.lab.services.iter();
    let mut routes: Vec<(&Service, &Route)> =
        services.flat_map(|service| service.routes.iter().map(move |route| (service, route))).collect();
    routes.sort_by(|(_, a), (_, b)| a.host.value.cmp(&b.host.value));
    for routes in routes.chunk_by_mut(|(_, a), (_, b)| a.host.value == b.host.value) {
        routes.sort_by_key(|(_, route)| route.rank());
        for at in 1..routes.len() {
            let (service, route) = routes[at];
            let before = routes[..at].iter().find(|(_, first)| covers(first, route));
            if let Some((first, over)) = before {
                sink.push(route_shadowed((service, route), (first, over)));
            }
        }
    }
}

/// Whether all paths of a route are another one's too, though it is written in another way.
fn covers(first: &Route, route: &Route) -> bool {
    let (Some(pattern), Some(path)) = (first.base(), route.base()) else { return false };
    // What is written alike is `route-conflict`.
    pattern != path && fits(plain(pattern).as_bytes(), plain(path).as_bytes())
}

/// A path as the reverse proxy compares it: without regard to case, `%41` for what it stands for, and slashes one by one.
fn plain(path: &str) -> String {
    let (mut out, mut rest) = (Vec::new(), path.as_bytes());
    while let Some((&byte, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        let byte = match (byte, code) {
            (b'%', Some(code)) => {
                rest = &behind[2..];
                code
            }
            _ => {
                rest = behind;
                byte
            }
        };
        if byte != b'/' || out.last() != Some(&b'/') {
            out.push(byte.to_ascii_lowercase());
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a pattern, in which `*` at the end stands for anything, takes in a path and so all below it.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    match pattern.strip_suffix(b"*") {
        Some(start) if !start.contains(&b'*') => path.starts_with(start),
        _ => pattern == path,
    }
}

fn route_shadowed((service, route): (&Service, &Route), (first, over): (&Service, &Route)) -> Diagnostic {
    let (address, taken) = (format!("{}{}", route.host.value, route.path.value), &over.path.value);
    let (name, other) = (&service.name.value, &first.name.value);
    let message = format!("nobody reaches `{name}` at `{address}`: `{taken}` of `{other}` is asked first");
    Diagnostic::new(&CODE, message, route.path.span, format!("means what `{taken}` takes"))
        .also(over.path.span, "asked first, and takes it")
        .help(
            "give one of them another path or name: paths are compared without regard to case, and `*` takes anything",
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_as_the_proxy_does() {
        assert_eq!(plain("/A//b%43"), "/a/bc");
        assert!(fits(b"/api*", b"/apis"));
        assert!(!fits(b"/api", b"/api/v1") && !fits(b"/api/*", b"/api"));
    }
}
