//! Which names the bodies that are being read have already, for telling of both places when one comes twice.

use super::codes::duplicate_name::duplicate_name;
use crate::diagnostic::Sink;
use crate::source::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Up to two labels of a block, empty where there are fewer, and its name, in which most of them are alike.
pub(super) type Key<'d> = (Cow<'d, str>, Cow<'d, str>, &'static str);

/// More names than this of one body are not searched one by one.
const FEW: usize = 24;

/// The names of bodies with their places, one body inside the other.
#[derive(Default)]
pub(super) struct Seen<'d> {
    names: Places<&'d str>,
    labelled: Places<Key<'d>>,
}

/// Where the names of a body start.
#[derive(Clone, Copy, Default)]
pub(super) struct Start {
    names: usize,
    labelled: usize,
}

impl<'d> Seen<'d> {
    /// With room for the names of a usual file.
    pub(super) fn with_room() -> Self {
        let names = Places { few: Vec::with_capacity(FEW), ..Places::default() };
        Self { names, labelled: Places::default() }
    }

    /// Begins with a body inside the one so far; gives where that one starts.
    pub(super) fn open(&mut self) -> Start {
        Start { names: self.names.open(), labelled: self.labelled.open() }
    }

    /// Goes back to the body that starts there.
    pub(super) fn close(&mut self, outer: Start) {
        self.names.close(outer.names);
        self.labelled.close(outer.labelled);
    }

    /// Whether a name is there for the first time; reports it where it isn't.
    pub(super) fn is_new(&mut self, name: &'d str, span: Span, sink: &mut Sink) -> bool {
        let before = self.names.note(name, span);
        if let Some((_, first)) = before {
            sink.push(duplicate_name(name, first, span));
        }
        before.is_none()
    }

    /// Notes a block with labels; gives it back with the first place when it was there before.
    pub(super) fn note(&mut self, key: Key<'d>, span: Span) -> Option<(Key<'d>, Span)> {
        self.labelled.note(key, span)
    }

    /// Whether an attribute or block of this name was there, right or wrong.
    pub(super) fn has(&self, name: &str) -> bool {
        let Places { few, many, start } = &self.names;
        few[*start..].iter().any(|(known, _)| *known == name) || many.contains_key(&(*start, name))
    }
}

/// What was seen where.
struct Places<K> {
    /// The first few of each body, the innermost's last.
    few: Vec<(K, Span)>,
    /// Where those of the innermost body start.
    start: usize,
    /// All others, by where their body starts.
    many: BTreeMap<(usize, K), Span>,
}

impl<K> Default for Places<K> {
    fn default() -> Self {
        Self { few: Vec::new(), start: 0, many: BTreeMap::new() }
    }
}

impl<K: Clone + Ord> Places<K> {
    fn open(&mut self) -> usize {
        std::mem::replace(&mut self.start, self.few.len())
    }

    fn close(&mut self, outer: usize) {
        while let Some(last) = self.many.last_entry().filter(|last| last.key().0 == self.start) {
            last.remove();
        }
        self.few.truncate(self.start);
        self.start = outer;
    }

    /// Notes something; gives it back with the first place when it was there before.
    fn note(&mut self, key: K, span: Span) -> Option<(K, Span)> {
        let few = &self.few[self.start..];
        if let Some((_, first)) = few.iter().find(|(known, _)| *known == key) {
            return Some((key, *first));
        }
        if few.len() < FEW {
            self.few.push((key, span));
            return None;
        }
        match self.many.entry((self.start, key)) {
            Entry::Occupied(entry) => Some((entry.key().1.clone(), *entry.get())),
            Entry::Vacant(entry) => {
                entry.insert(span);
                None
            }
        }
    }
}
