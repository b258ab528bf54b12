//! What a function is called with.

use crate::decode::hcl::operator;
use crate::nomad::form::{Value, ValueKind};
use crate::source::{Span, Spanned, World};

/// The arguments of a call.
pub(super) struct Arguments<'a> {
    pub(super) values: &'a [Value],
    pub(super) world: &'a dyn World,
    /// The folder of the file, from the lab's.
    pub(super) folder: &'a str,
}

/// Why a function has no value.
#[derive(Debug)]
pub(super) struct Wrong {
    /// The argument it is about.
    pub(super) at: Option<usize>,
    pub(super) message: String,
}

impl Wrong {
    pub(super) fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at: Some(at), message: message.into() }
    }
}

/// The entries of a map.
pub(super) type Entries = [(Spanned<String>, Value)];

impl Arguments<'_> {
    pub(super) const fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn kind(&self, at: usize) -> &ValueKind {
        self.values.get(at).map_or(&ValueKind::Null, |value| &value.kind)
    }

    pub(super) fn span(&self) -> Span {
        self.values.first().map_or_else(Span::default, |value| value.span)
    }

    fn wrong<T>(&self, at: usize, expected: &str) -> Result<T, Wrong> {
        let found = operator::name(self.kind(at));
        Err(Wrong::new(at, format!("{expected} is needed here, and this is {found}")))
    }

    pub(super) fn text(&self, at: usize) -> Result<String, Wrong> {
        self.kind(at).to_text().map_or_else(|| self.wrong(at, "a text"), Ok)
    }

    pub(super) fn number(&self, at: usize) -> Result<f64, Wrong> {
        operator::float(self.kind(at)).map_or_else(|| self.wrong(at, "a number"), Ok)
    }

    pub(super) fn whole(&self, at: usize) -> Result<i64, Wrong> {
        operator::whole(self.kind(at)).map_or_else(|| self.wrong(at, "a whole number"), Ok)
    }

    pub(super) fn list(&self, at: usize) -> Result<&[Value], Wrong> {
        match self.kind(at) {
            ValueKind::List(list) => Ok(list),
            _ => self.wrong(at, "a list"),
        }
    }

    pub(super) fn map(&self, at: usize) -> Result<&Entries, Wrong> {
        match self.kind(at) {
            ValueKind::Map(map) => Ok(map),
            _ => self.wrong(at, "a map"),
        }
    }

    /// A map's entries, sorted by their keys.
    pub(super) fn sorted(&self, at: usize) -> Result<Vec<&(Spanned<String>, Value)>, Wrong> {
        let mut entries: Vec<_> = self.map(at)?.iter().collect();
        entries.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
        Ok(entries)
    }

    /// The texts of a list.
    pub(super) fn texts(&self, at: usize) -> Result<Vec<String>, Wrong> {
        let text = |value: &Value| {
            let found = operator::name(&value.kind);
            value
                .kind
                .to_text()
                .ok_or_else(|| Wrong::new(at, format!("a list of texts is needed, and this has {found}")))
        };
        self.list(at)?.iter().map(text).collect()
    }

    /// A list of values with the place of the call's first argument.
    pub(super) fn values(&self, kinds: impl IntoIterator<Item = ValueKind>) -> ValueKind {
        let span = self.span();
        ValueKind::List(kinds.into_iter().map(|kind| Value { kind, span }).collect())
    }

    /// A list of texts.
    pub(super) fn strings(&self, texts: impl IntoIterator<Item = String>) -> ValueKind {
        self.values(texts.into_iter().map(ValueKind::Str))
    }
}
