//! A name that nothing has here.

use crate::decode::Languages;
use crate::decode::elsewhere::{self, Word};
use crate::decode::filling::Unknown;
use crate::decode::scope::Scope;
use crate::diagnostic::{Diagnostic, code, did_you_mean, nearest, respelled};
use crate::nomad::schema::BlockType;
use crate::source::Span;

code!(Error, "unknown-name", "unknown_name.md", "a name that nothing has here");

/// A name stands in the innermost of `scopes`, which doesn't know it.
pub(in crate::decode) fn unknown_name(unknown: &Unknown<'_>, scopes: &[Scope], languages: Languages) -> Diagnostic {
    let Unknown { name, span, ref holds } = *unknown;
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
    if let Some(word) = elsewhere::find(name, place) {
        return from_elsewhere(word, span, diagnostic);
    }
    let respelled = respelled(name, scope.names());
    if respelled.is_none()
        && let Some(help) = where_it_belongs(name, scope, outer, languages)
    {
        return diagnostic.help(help);
    }
    // What stands in it tells which of two is meant, `tags` or `task`.
    let knows = |ty: &'static BlockType| ty.open.is_some() || holds.iter().any(|held| Scope::of(ty).knows(held));
    let fitting = scope.names().filter(|name| scope.block(name).is_some_and(knows));
    let near = nearest(name, fitting).filter(|_| !holds.is_empty()).or_else(|| nearest(name, scope.names()));
    match respelled.or(near) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(span, near),
        None => diagnostic.maybe_help(did_you_mean(name, scope.names())),
    }
}

/// `name` was probably meant to be `meant`, which is there as well.
pub(in crate::decode) fn there_already(diagnostic: Diagnostic, name: &str, meant: &str) -> Diagnostic {
    let help = format!("leave `{name}` out: it is almost `{meant}`, which is there already");
    Diagnostic { fix: None, ..diagnostic }.help(help)
}

/// `name` stands in a block of job files that holds few names and is in no table.
pub(in crate::decode) fn not_one_of(name: &str, span: Span, place: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` is not known in `{place}`"), span, "not known here")
        .did_you_mean(name, known.iter().copied())
}

fn from_elsewhere(word: Word, span: Span, diagnostic: Diagnostic) -> Diagnostic {
    let Word { write, note, .. } = word;
    let help = match (write, note) {
        ("", note) => format!("leave it out: {note}"),
        (write, "") if !write.contains(' ') => format!("did you mean `{write}`?"),
        (write, "") => format!("write `{write}`"),
        (write, note) => format!("write `{write}`; {note}"),
    };
    let diagnostic = diagnostic.help(help);
    if write.is_empty() || write.contains(' ') { diagnostic } else { diagnostic.fix(span, write) }
}

/// The block further in or out that knows `name`.
fn where_it_belongs(name: &str, scope: &Scope, outer: &[Scope], languages: Languages) -> Option<String> {
    let knows = |ty: &BlockType| ty.attribute(name).is_some() || ty.block(name).is_some();
    if let Some(block) = scope.blocks().find(|block| knows(block)) {
        let label = if block.labels.is_empty() { "" } else { "\"NAME\" " };
        return Some(format!("`{name}` belongs in `{0}`: `{0} {label}{{ {name} … }}`", block.name));
    }
    if let Some((at, around)) = outer.iter().enumerate().rev().find(|(_, scope)| scope.knows(name)) {
        return Some(match at {
            0 => format!("`{name}` belongs at the top of a file"),
            _ => format!("`{name}` belongs in `{}`, outside of `{}`", around.ty.name, scope.ty.name),
        });
    }
    let driver = scope.block("config").and_then(|config| config.body_by.as_ref());
    let driver = driver.and_then(|by| languages(&format!("{}{}", by.prefix, by.default?)));
    if driver.is_some_and(|language| knows(language.root)) {
        return Some(format!("`{name}` belongs in `config`: `config {{ {name} … }}`"));
    }
    let group = scope.block("nomad")?.block("group")?;
    let task = group.block("task")?;
    if knows(group) {
        return Some(format!(
            "Nomad has it in its group: `nomad {{ group \"NAME\" {{ {name} … }} }}`, with the service's NAME"
        ));
    }
    let path = format!("`nomad {{ group \"NAME\" {{ task \"NAME\" {{ {name} … }} }} }}`, with the service's NAME");
    knows(task).then(|| format!("Nomad has it in its task: {path}"))
}
