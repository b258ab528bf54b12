//! A key that the Compose specification doesn't have.

use crate::diagnostic::{Diagnostic, code, did_you_mean, nearest};
use crate::source::Spanned;

code!(Error, "compose-unknown-key", "compose_unknown_key.md", "a key that the Compose specification doesn't have");

/// `key` in a block called `owner`, which knows `known`.
pub(in crate::import::compose) fn unknown_key(key: &Spanned<String>, owner: &str, known: &[&str]) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&CODE, format!("`{}` is no key of {owner}", key.value), key.span, "not in the specification");
    let candidates = known.iter().copied();
    match nearest(key, candidates.clone()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).fix(key.span, near),
        None => {
            let help = did_you_mean(key, candidates);
            diagnostic.help(help.unwrap_or_else(|| "take it out, or start it with `x-` where only you read it".into()))
        }
    }
}
