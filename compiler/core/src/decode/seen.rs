//! Which names a body has already, for telling of both places when one comes twice.

use super::codes::duplicate_name::duplicate_name;
use crate::diagnostic::Sink;
use crate::source::Span;
use std::borrow::Cow;
use std::collections::HashMap;

/// A name and up to two labels; empty where there are fewer.
pub(super) type Key<'d> = [Cow<'d, str>; 3];

/// More names than this are looked up by hash.
const FEW: usize = 24;

/// The names of one body with their places.
#[derive(Default)]
pub(super) struct Seen<'d> {
    few: Vec<(Key<'d>, Span)>,
    many: HashMap<Key<'d>, Span>,
}

impl<'d> Seen<'d> {
    /// With room for this many names.
    pub(super) fn with_capacity(names: usize) -> Self {
        Self { few: Vec::with_capacity(names.min(FEW)), many: HashMap::new() }
    }

    /// Whether a name is there for the first time; reports it where it isn't.
    pub(super) fn is_new(&mut self, name: &'d str, span: Span, sink: &mut Sink) -> bool {
        let first = self.note([Cow::Borrowed(name), Cow::Borrowed(""), Cow::Borrowed("")], span);
        if let Some(first) = first {
            sink.push(duplicate_name(name, first, span));
        }
        first.is_none()
    }

    /// Notes a name; gives the first place when it was there before.
    pub(super) fn note(&mut self, key: Key<'d>, span: Span) -> Option<Span> {
        if let Some(first) = self.first(&key) {
            return Some(first);
        }
        if self.few.len() < FEW {
            self.few.push((key, span));
        } else {
            self.many.insert(key, span);
        }
        None
    }

    /// Whether an attribute or block of this name was there, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.first(&[Cow::Borrowed(name), Cow::Borrowed(""), Cow::Borrowed("")]).is_some()
    }

    fn first(&self, key: &Key<'_>) -> Option<Span> {
        let few = self.few.iter().find(|(known, _)| known == key).map(|(_, span)| *span);
        few.or_else(|| self.many.get(key).copied())
    }
}
