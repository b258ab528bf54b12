//! Which names a body has already, for telling of both places when one comes twice.

use super::codes::duplicate_name::duplicate_name;
use crate::diagnostic::Sink;
use crate::source::Span;
use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::Hash;

/// The name of a block and up to two labels; empty where there are fewer.
pub(super) type Key<'d> = [Cow<'d, str>; 3];

/// More names than this are looked up by hash.
const FEW: usize = 24;

/// The names of one body with their places.
#[derive(Default)]
pub(super) struct Seen<'d> {
    names: Places<&'d str>,
    labelled: Places<Key<'d>>,
}

impl<'d> Seen<'d> {
    /// With room for this many names.
    pub(super) fn with_capacity(names: usize) -> Self {
        let few = Vec::with_capacity(names.min(FEW));
        Self { names: Places { few, many: HashMap::new() }, labelled: Places::default() }
    }

    /// Whether a name is there for the first time; reports it where it isn't.
    pub(super) fn is_new(&mut self, name: &'d str, span: Span, sink: &mut Sink) -> bool {
        let first = self.names.note(name, span);
        if let Some(first) = first {
            sink.push(duplicate_name(name, first, span));
        }
        first.is_none()
    }

    /// Notes a block with labels; gives the first place when it was there before.
    pub(super) fn note(&mut self, key: Key<'d>, span: Span) -> Option<Span> {
        self.labelled.note(key, span)
    }

    /// Whether an attribute or block of this name was there, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.few.iter().any(|(known, _)| *known == name) || self.names.many.contains_key(name)
    }
}

/// What was seen where.
struct Places<K> {
    few: Vec<(K, Span)>,
    many: HashMap<K, Span>,
}

impl<K> Default for Places<K> {
    fn default() -> Self {
        Self { few: Vec::new(), many: HashMap::new() }
    }
}

impl<K: Eq + Hash> Places<K> {
    /// Notes something; gives the first place when it was there before.
    fn note(&mut self, key: K, span: Span) -> Option<Span> {
        let few = self.few.iter().find(|(known, _)| *known == key).map(|(_, span)| *span);
        let first = few.or_else(|| self.many.get(&key).copied());
        if first.is_some() {
            return first;
        }
        if self.few.len() < FEW {
            self.few.push((key, span));
        } else {
            self.many.insert(key, span);
        }
        None
    }
}
