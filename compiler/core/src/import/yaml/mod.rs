//! YAML as a tree in which every key and value knows its place.

pub mod codes;
mod read;

pub(super) use read::read;

use crate::source::{Span, Spanned};

/// A value of any kind.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Where it stands; what an alias brings in stands where its anchor is.
    pub(super) span: Span,
    /// How Compose is told to merge it, by a tag.
    pub(super) tag: Option<Tag>,
    pub(super) value: Value,
}

/// The tags that have a meaning in Compose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Tag {
    /// `!reset`: gone, whatever an earlier file says.
    Reset,
    /// `!override`: in place of what an earlier file says.
    Override,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Text(Text),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A single value: a text, a number, a truth value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) text: String,
    /// Written without quotes, so that it may be a number or a truth value.
    pub(super) plain: bool,
    /// The variable that it is, or that is all behind its first `=`, once variables are filled in.
    pub(super) variable: Option<String>,
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: Spanned<String>,
    pub(super) value: Node,
}

impl Node {
    /// The text of a single value.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(&text.text),
            _ => None,
        }
    }

    /// The entries of a map.
    pub(super) fn map(&self) -> Option<&[Entry]> {
        match &self.value {
            Value::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.iter().find(|entry| *entry.key == key).map(|entry| &entry.value)
    }

    /// The items of a list.
    pub(super) fn list(&self) -> Option<&[Self]> {
        match &self.value {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// Whether there is nothing.
    pub(super) const fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// What kind of value it is, for messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Text(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map",
        }
    }
}
