//! What a registry, or the way there, has against a request.

/// One sentence about what went wrong, without a secret in it, and what would help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// What happened, with the host: "`registry.lan` doesn't answer: connection refused".
    pub(crate) message: String,
    /// What to do.
    pub(crate) help: String,
    /// Whether the same request may go well a moment later.
    pub(crate) passing: bool,
}

impl Trouble {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), passing: false }
    }

    /// The same, as one that may pass.
    #[must_use]
    pub(crate) fn passing(self) -> Self {
        Self { passing: true, ..self }
    }
}
