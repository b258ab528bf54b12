//! The mistakes that the parser of job files finds, as diagnostics; their pages lie beside this file.

use crate::diagnostic::{Code, Diagnostic, Severity, Sink};
use crate::source::{FileId, Span};
use hlmc_hcl::{Error, ErrorKind};

const fn code(name: &'static str, summary: &'static str, page: &'static str) -> Code {
    Code { name, severity: Severity::Error, summary, page }
}

pub(super) static BAD_ESCAPE: Code =
    code("hcl-bad-escape", "a backslash before something that is no escape", include_str!("hcl_bad_escape.md"));
pub(super) static BAD_TEMPLATE: Code =
    code("hcl-bad-template", "`${…}` or `%{…}` that can't be read", include_str!("hcl_bad_template.md"));
pub(super) static TOO_DEEP: Code = code("hcl-too-deep", "more levels than are read", include_str!("hcl_too_deep.md"));
pub(super) static UNCLOSED: Code =
    code("hcl-unclosed", "a bracket, text, heredoc or comment without its end", include_str!("hcl_unclosed.md"));
pub(super) static UNEXPECTED: Code =
    code("hcl-unexpected", "something stands where it can't", include_str!("hcl_unexpected.md"));
pub(super) static VERSION_1: Code = code("hcl-version-1", "what only HCL 1 allowed", include_str!("hcl_version_1.md"));

/// Reports what is wrong with a text.
pub(crate) fn report(errors: &[Error], file: FileId, sink: &mut Sink) {
    for error in errors {
        let code = match error.kind {
            ErrorKind::Unexpected => &UNEXPECTED,
            ErrorKind::Unclosed => &UNCLOSED,
            ErrorKind::BadEscape => &BAD_ESCAPE,
            ErrorKind::BadTemplate => &BAD_TEMPLATE,
            ErrorKind::Version1 => &VERSION_1,
            ErrorKind::TooDeep => &TOO_DEEP,
        };
        let span = Span::of(file, error.span);
        let mut diagnostic =
            Diagnostic::new(code, error.message.as_str(), span, error.label.as_str()).maybe_help(error.help.clone());
        if let Some((span, text)) = &error.secondary {
            diagnostic = diagnostic.also(Span::of(file, *span), text.as_str());
        }
        sink.push(diagnostic);
    }
}
