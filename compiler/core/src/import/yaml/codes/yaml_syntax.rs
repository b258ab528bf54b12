//! A file that isn't YAML, or not one document of it.

use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;

code!(Error, "yaml-syntax", "yaml_syntax.md", "a file that YAML can't be read from");

/// What the parser says.
pub(in crate::import::yaml) fn yaml_syntax(reason: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("this is no YAML: {reason}"), place, "read up to here")
        .help("look at the indentation and the quotes of this line and of the one before it")
}

/// A second `---`.
pub(in crate::import::yaml) fn second_document(place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, "the file has a second document", place, "it starts here")
        .help("put each document into a file of its own, and import one after the other")
}

/// `*name` without an earlier `&name`.
pub(in crate::import::yaml) fn unknown_alias(name: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("there is no anchor `&{name}` before `*{name}`"), place, "nothing has this name")
        .help(format!("write `&{name}` behind the key whose value is meant, further up in this file"))
}

/// `*name` inside what `&name` is about.
pub(in crate::import::yaml) fn alias_of_itself(place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, "the value would hold itself", place, "this names what it stands in")
        .help("name an anchor that ends before this line")
}

/// `!name` that Compose has no meaning for.
pub(in crate::import::yaml) fn unknown_tag(name: &str, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("the tag `!{name}` has no meaning here"), place, "tagged")
        .help("leave the tag out; `!reset` and `!override` are known")
}

/// A map or a list as a key.
pub(in crate::import::yaml) fn odd_key(place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, "a key is a list or a map", place, "a name belongs here")
        .help("quote the key where its braces or brackets belong to a text")
}

/// `<<` with something else than a map.
pub(in crate::import::yaml) fn no_map_to_merge(kind: &str, key: Span, place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`<<` merges maps, and this is {kind}"), place, "merged")
        .also(key, "by this key")
        .help("write `<<: *name` with the anchor of a map, or `<<: [*one, *other]`")
}

/// A character that no text of a container can hold.
pub(in crate::import::yaml) fn control_character(place: Span) -> Diagnostic {
    Diagnostic::new(&CODE, "the text holds a control character", place, "in here").help("leave it out")
}
