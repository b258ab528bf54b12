//! The mistakes that the parser of job files finds, as diagnostics; their pages lie beside this file.

use crate::diagnostic::{Code, Severity};
use hlmc_hcl::ErrorKind;

const fn syntax(name: &'static str, summary: &'static str, page: &'static str) -> Code {
    Code { name, severity: Severity::Error, summary, allowable: false, page }
}

pub(super) static BAD_ESCAPE: Code =
    syntax("hcl-bad-escape", "a backslash before something that is no escape", include_str!("hcl_bad_escape.md"));
pub(super) static BAD_TEMPLATE: Code =
    syntax("hcl-bad-template", "`${…}` or `%{…}` that can't be read", include_str!("hcl_bad_template.md"));
pub(super) static TOO_DEEP: Code = syntax("hcl-too-deep", "more levels than are read", include_str!("hcl_too_deep.md"));
pub(super) static UNCLOSED: Code =
    syntax("hcl-unclosed", "a bracket, text, heredoc or comment without its end", include_str!("hcl_unclosed.md"));
pub(super) static UNEXPECTED: Code =
    syntax("hcl-unexpected", "something stands where it can't", include_str!("hcl_unexpected.md"));
pub(super) static VERSION_1: Code =
    syntax("hcl-version-1", "what only HCL 1 allowed", include_str!("hcl_version_1.md"));

/// The code of a kind of mistake.
pub(crate) fn code(kind: ErrorKind) -> &'static Code {
    match kind {
        ErrorKind::Unexpected => &UNEXPECTED,
        ErrorKind::Unclosed => &UNCLOSED,
        ErrorKind::BadEscape => &BAD_ESCAPE,
        ErrorKind::BadTemplate => &BAD_TEMPLATE,
        ErrorKind::Version1 => &VERSION_1,
        ErrorKind::TooDeep => &TOO_DEEP,
    }
}
