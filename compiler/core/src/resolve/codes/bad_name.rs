//! `bad-name`: a name can't stand in every output.

use crate::decode::elsewhere::short_form;
use crate::diagnostic::{Diagnostic, code};
use crate::source::Spanned;

code!(Error, "bad-name", "bad_name.md", "a name can't stand in every output");

/// A name that DNS, Nomad or a file name would not take; `rule` says what would be fine, `mended` is the nearest such name.
pub fn bad_name(what: &str, name: &Spanned<String>, rule: &str, mended: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &CODE,
        format!("`{}` can't be the name of a {what}", name.value.escape_debug()),
        name.span,
        format!("expected {rule}"),
    );
    if let Some(help) = short_form(what, name) {
        return diagnostic.help(help);
    }
    match mended {
        Some(mended) => diagnostic.help(format!("call it `{mended}`")).fix(name.span, format!("{mended:?}")),
        None => diagnostic.help(format!("a name of a {what} has {rule}")),
    }
}
