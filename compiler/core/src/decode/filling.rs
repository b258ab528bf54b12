//! A body that is being read: what it holds so far, and which names it has had.

use super::codes::{deprecated_name, duplicate_name, ignored_name, removed_name, unknown_name};
use super::scope::Scope;
use super::seen::Seen;
use crate::diagnostic::{Diagnostic, Sink};
use crate::nomad::form::{Attribute, Body, Value};
use crate::nomad::schema::{BlockType, Life, Occurs};
use crate::source::Span;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// A body that is being read.
#[derive(Default)]
pub(super) struct Filling<'d> {
    pub(super) body: Body,
    seen: Seen<'d>,
    /// The names that unknown ones probably stand for.
    meant: BTreeSet<String>,
    /// The names that nothing has, told of once all others are known.
    unknown: Vec<(String, Span)>,
}

impl<'d> Filling<'d> {
    /// With room for this many names, and for those that are attributes.
    pub(super) fn with_capacity(names: usize, attributes: usize) -> Self {
        let body = Body { attributes: Vec::with_capacity(attributes), blocks: Vec::new() };
        Self { body, seen: Seen::with_capacity(names), meant: BTreeSet::new(), unknown: Vec::new() }
    }

    /// Whether a name was there, right or wrong, or one that probably stands for it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.seen.has(name) || self.meant.contains(name)
    }

    /// Notes what an unknown name probably stands for.
    pub(super) fn means(&mut self, name: Option<&str>) {
        self.meant.extend(name.map(str::to_owned));
    }

    /// Notes a name that nothing has.
    pub(super) fn put_off(&mut self, name: &str, span: Span) {
        self.unknown.push((name.to_owned(), span));
    }

    /// The names that nothing has.
    pub(super) fn unknown(&mut self) -> Vec<(String, Span)> {
        std::mem::take(&mut self.unknown)
    }

    /// What is said of a name that nothing has. A name that is there already, and can't come twice, is not what was meant.
    pub(super) fn meant(&mut self, diagnostic: Diagnostic, name: &str, scope: Scope) -> Diagnostic {
        let Some(meant) = diagnostic.fix.as_ref().map(|fix| fix.replacement.clone()) else { return diagnostic };
        let block = scope.block(&meant).filter(|_| scope.attribute(&meant).is_none());
        let once = block.is_none_or(|ty| ty.occurs == Occurs::Once);
        let is_there = once && self.has(&meant);
        self.meant.insert(meant.clone());
        if is_there { unknown_name::there_already(diagnostic, name, &meant) } else { diagnostic }
    }

    pub(super) fn push(&mut self, name: Cow<'static, str>, name_span: Span, value: Option<Value>) {
        self.body.attributes.extend(value.map(|value| Attribute { name, name_span, value }));
    }

    /// Whether a name is there for the first time; reports it where it isn't.
    pub(super) fn is_new(&mut self, name: &'d str, span: Span, sink: &mut Sink) -> bool {
        self.seen.is_new(name, span, sink)
    }

    /// Whether the body may hold this block beside those it has; reports it where not.
    pub(super) fn is_new_block(
        &mut self,
        ty: &BlockType,
        mut labels: impl Iterator<Item = Cow<'d, str>>,
        span: Span,
        sink: &mut Sink,
    ) -> bool {
        if ty.occurs == Occurs::Once {
            return self.is_new(ty.name, span, sink);
        }
        if ty.labels.is_empty() || ty.occurs == Occurs::Repeats {
            return true;
        }
        let (Some(first), second) = (labels.next(), labels.next()) else { return true };
        let key = [Cow::Borrowed(ty.name), first, second.unwrap_or_default()];
        let taken = self.seen.note(key.clone(), span);
        if let Some(taken) = taken {
            let labels: Vec<&str> = key[1..].iter().map(|label| &**label).filter(|label| !label.is_empty()).collect();
            sink.push(duplicate_name::duplicate_block(ty.name, &labels, taken, span));
        }
        taken.is_none()
    }
}

/// Whether a name is taken up; tells of those that aren't read any more, or won't be for long.
pub(super) fn lives(life: Life, name: &str, span: Span, sink: &mut Sink) -> bool {
    if let Some(removed) = life.removed {
        sink.push(removed_name::removed_name(name, removed, span));
    } else if let Some(ignored) = life.ignored {
        sink.push(ignored_name::ignored_name(name, ignored, span));
    } else if let Some(deprecated) = life.deprecated {
        sink.push(deprecated_name::deprecated_name(name, deprecated, span));
    }
    life.removed.is_none()
}
