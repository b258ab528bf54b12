//! `no-lab`: the folder has no `lab`.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "no-lab", "no_lab.md", "the folder has no `lab`");

/// There is no `lab.kdl`, or no `lab` in it.
pub fn no_lab(file_exists: bool, place: Span) -> Diagnostic {
    let message = if file_exists { "`lab.kdl` declares no `lab`" } else { "there is no `lab.kdl` here" };
    Diagnostic::new(&CODE, message, place, "expected `lab \"NAME\" { … }`").help(
        "write `lab \"home\" { domain \"home.example.com\" }` into `lab.kdl`, or let `hlmc init` write a whole lab",
    )
}
