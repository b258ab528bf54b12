//! Bodies that are being read: what they hold so far, and which names they have had.

use super::codes::{deprecated_name, duplicate_name, ignored_name, removed_name, unknown_name};
use super::scope::Scope;
use super::seen::{self, Seen};
use crate::diagnostic::{Diagnostic, Sink};
use crate::nomad::form::{Attribute, Block, Body, Value};
use crate::nomad::schema::{BlockType, Life, Occurs};
use crate::source::Span;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Bodies that are being read, one inside the other. Their parts are in lists that all of them share, the innermost's last.
#[derive(Default)]
pub(super) struct Filling<'d> {
    attributes: Vec<Attribute>,
    blocks: Vec<Block>,
    /// The names that nothing has, told of once all others are known.
    unknown: Vec<Unknown<'d>>,
    seen: Seen<'d>,
    innermost: Level,
}

/// A name that nothing has.
pub(super) struct Unknown<'d> {
    pub(super) name: &'d str,
    pub(super) span: Span,
    /// The names that stand in it.
    pub(super) holds: Vec<&'d str>,
}

/// What one body has for itself.
#[derive(Default)]
pub(super) struct Level {
    /// Where its attributes start.
    attributes: usize,
    /// Where its blocks start.
    blocks: usize,
    /// Where its unknown names start.
    unknown: usize,
    /// Where the names of the body around it start.
    around: seen::Start,
    /// The names that unknown ones probably stand for.
    meant: BTreeSet<String>,
}

impl<'d> Filling<'d> {
    /// With room for what stands in a usual file.
    pub(super) fn with_room() -> Self {
        let (attributes, blocks) = (Vec::with_capacity(32), Vec::with_capacity(16));
        Self { attributes, blocks, seen: Seen::with_room(), ..Self::default() }
    }

    /// Begins with a body inside the one so far; gives that one, to go back to.
    pub(super) fn open(&mut self) -> Level {
        let (attributes, blocks, unknown) = (self.attributes.len(), self.blocks.len(), self.unknown.len());
        let inner = Level { attributes, blocks, unknown, around: self.seen.open(), meant: BTreeSet::new() };
        std::mem::replace(&mut self.innermost, inner)
    }

    /// Takes out the innermost body and goes back to the one outside.
    pub(super) fn close(&mut self, outer: Level) -> Body {
        let inner = std::mem::replace(&mut self.innermost, outer);
        self.seen.close(inner.around);
        Body { attributes: tail(&mut self.attributes, inner.attributes), blocks: tail(&mut self.blocks, inner.blocks) }
    }

    /// Adds a block, if it could be read.
    pub(super) fn push_block(&mut self, block: Option<Block>) {
        if let Some(block) = block {
            self.blocks.push(block);
        }
    }

    /// The block that was added last.
    pub(super) fn pop_block(&mut self) -> Option<Block> {
        self.blocks.pop()
    }

    /// Whether a name was there, right or wrong, or one that probably stands for it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.seen.has(name) || self.innermost.meant.contains(name)
    }

    /// Notes what an unknown name probably stands for.
    pub(super) fn means(&mut self, name: Option<&str>) {
        self.innermost.meant.extend(name.map(str::to_owned));
    }

    /// Notes a name that nothing has, and what stands in it.
    pub(super) fn put_off(&mut self, name: &'d str, span: Span, holds: Vec<&'d str>) {
        self.unknown.push(Unknown { name, span, holds });
    }

    /// The names that nothing has.
    pub(super) fn unknown(&mut self) -> Vec<Unknown<'d>> {
        tail(&mut self.unknown, self.innermost.unknown)
    }

    /// What is said of a name that nothing has. A name that is there already, and can't come twice, is not what was meant.
    pub(super) fn meant(&mut self, diagnostic: Diagnostic, name: &str, scope: Scope) -> Diagnostic {
        let Some(meant) = diagnostic.fix.as_ref().map(|fix| fix.replacement.clone()) else { return diagnostic };
        let block = scope.block(&meant).filter(|_| scope.attribute(&meant).is_none());
        let once = block.is_none_or(|ty| ty.occurs == Occurs::Once);
        let is_there = once && self.has(&meant);
        self.innermost.meant.insert(meant.clone());
        if is_there { unknown_name::there_already(diagnostic, name, &meant) } else { diagnostic }
    }

    pub(super) fn push(&mut self, name: Cow<'static, str>, name_span: Span, value: Option<Value>) {
        if let Some(value) = value {
            self.attributes.push(Attribute { name, name_span, value });
        }
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
        let key = (first, second.unwrap_or_default(), ty.name);
        let Some((key, taken)) = self.seen.note(key, span) else { return true };
        let labels: Vec<&str> = [&*key.0, &*key.1].into_iter().filter(|label| !label.is_empty()).collect();
        sink.push(duplicate_name::duplicate_block(ty.name, &labels, taken, span));
        false
    }
}

/// Takes off the end of a list, in one that has room for that and no more.
fn tail<T>(list: &mut Vec<T>, start: usize) -> Vec<T> {
    // Most bodies have no blocks, and hardly one has an unknown name.
    if list.len() == start { Vec::new() } else { list.drain(start..).collect() }
}

/// Whether a name is taken up; tells of those that aren't read any more, or won't be for long.
pub(super) fn lives(life: &Life, name: &str, span: Span, sink: &mut Sink) -> bool {
    if let Some(removed) = life.removed {
        sink.push(removed_name::removed_name(name, removed, span));
    } else if let Some(ignored) = life.ignored {
        sink.push(ignored_name::ignored_name(name, ignored, span));
    } else if let Some(deprecated) = life.deprecated {
        sink.push(deprecated_name::deprecated_name(name, deprecated, span));
    }
    life.removed.is_none()
}
