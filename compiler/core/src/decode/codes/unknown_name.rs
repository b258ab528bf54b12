//! A name that nothing has here.

use crate::decode::scope::Scope;
use crate::diagnostic::{Diagnostic, code, did_you_mean, nearest};
use crate::source::Span;

code!(Error, "unknown-name", "unknown_name.md", "a name that nothing has here");

/// What other tools call the things of our own language.
const HABITS: [(&str, &str); 10] = [
    ("cap_add", "config"),
    ("cpus", "cpu"),
    ("depends_on", "after"),
    ("entrypoint", "command"),
    ("environment", "env"),
    ("healthcheck", "check"),
    ("host_volume", "host-volume"),
    ("hostname", "address"),
    ("mem_limit", "memory"),
    ("volumes", "volume"),
];

/// `name` stands in the innermost of `scopes`, which doesn't know it.
pub(in crate::decode) fn unknown_name(name: &str, span: Span, scopes: &[Scope]) -> Diagnostic {
    let Some((scope, outer)) = scopes.split_last() else {
        return Diagnostic::new(&CODE, format!("`{name}` is not known"), span, "not known");
    };
    let place = scope.ty.name;
    let message = match outer {
        [] => format!("`{name}` can't stand at the top of a file"),
        _ => format!("`{name}` is not known in `{place}`"),
    };
    let diagnostic = Diagnostic::new(&CODE, message, span, "not known here");
    if let Some(plain) = name.strip_suffix([':', '=']).filter(|plain| scope.knows(plain)) {
        let sign = &name[plain.len()..];
        return diagnostic
            .help(format!("remove the `{sign}`: a value follows its name after a space"))
            .fix(span, plain);
    }
    let inside = scope.blocks().find(|block| block.attribute(name).is_some() || block.block(name).is_some());
    if let Some(block) = inside {
        return diagnostic.help(format!("`{name}` belongs in `{0}`: `{0} {{ {name} … }}`", block.name));
    }
    if let Some(around) = outer.iter().rev().find(|scope| scope.knows(name)) {
        return diagnostic.help(match around.ty.name {
            "" => format!("`{name}` belongs at the top of a file"),
            around => format!("`{name}` belongs in `{around}`, outside of `{place}`"),
        });
    }
    let habit = HABITS.iter().find(|(other, ours)| *other == name && scope.knows(ours)).map(|(_, ours)| *ours);
    match habit.or_else(|| nearest(name, scope.names())) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(span, near),
        None => diagnostic.maybe_help(did_you_mean(name, scope.names())),
    }
}
