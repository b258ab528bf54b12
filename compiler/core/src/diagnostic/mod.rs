//! What the compiler tells a person: one plain structure, drawn elsewhere.

mod code;
mod plain;
mod sink;
mod suggest;

pub(crate) use code::code;
pub use code::{Code, Severity};
pub use plain::{plain, short};
pub use sink::Sink;
pub use suggest::{did_you_mean, is_slip, nearest, respelled};

use crate::source::Span;

/// A place with a few words about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there: lower case, no full stop.
    pub text: String,
}

/// A change of the text that makes the diagnostic go away when it is applied to the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The text to replace; empty for an insertion.
    pub span: Span,
    /// What to put there.
    pub replacement: String,
}

/// One problem: what, where, who else, and what to do.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Its code, with the page that `hlmc explain` prints.
    pub code: &'static Code,
    /// How bad it is; the code's own level unless a lab says otherwise.
    pub severity: Severity,
    /// One sentence that names the thing in backticks: lower case, no full stop.
    pub message: String,
    /// Where to look first.
    pub primary: Label,
    /// The other parties.
    pub secondary: Vec<Label>,
    /// What would make it pass.
    pub help: Option<String>,
    /// Facts behind the message, a line each.
    pub notes: Vec<String>,
    /// The change that a tool may apply.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A diagnostic with a message and its primary place.
    pub fn new(code: &'static Code, message: impl Into<String>, span: Span, label: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.severity,
            message: message.into(),
            primary: Label { span, text: label.into() },
            secondary: Vec::new(),
            help: None,
            notes: Vec::new(),
            fix: None,
        }
    }

    /// Adds another party.
    #[must_use]
    pub fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says what to do, where there is something to say.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help = text.or(self.help);
        self
    }

    /// Says which known name was probably meant and offers to write it, or lists what there is. `written` stands at
    /// the primary place to the letter, in quotes or without.
    #[must_use]
    pub fn did_you_mean<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        self.meant(written, candidates, true)
    }

    /// The same for a value, which may come from elsewhere than its place: only a text in quotes is offered to be written anew.
    #[must_use]
    pub fn did_you_mean_value<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        self.meant(written, candidates, false)
    }

    fn meant<'a>(self, written: &str, candidates: impl IntoIterator<Item = &'a str> + Clone, literal: bool) -> Self {
        let span = self.primary.span;
        let near = nearest(written, candidates.clone());
        let diagnostic = self.maybe_help(did_you_mean(written, candidates));
        let plain = |name: &str| !name.contains(['"', '\\', '$', '@']) && !name.contains(char::is_control);
        let Some(near) = near.filter(|near| plain(near)) else { return diagnostic };
        match ((span.end - span.start) as usize).checked_sub(written.len()) {
            Some(0) if literal => diagnostic.fix(span, near),
            Some(2) => diagnostic.fix(span, format!("\"{near}\"")),
            _ => diagnostic,
        }
    }

    /// Makes one of the other places the one to look at first.
    pub(crate) fn lead(&mut self, at: usize) {
        let first = self.secondary.remove(at);
        self.secondary.insert(0, std::mem::replace(&mut self.primary, first));
    }

    /// Adds a fact.
    #[must_use]
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Adds the change that makes it pass.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }
}
