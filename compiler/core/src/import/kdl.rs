//! Manifests as text: a tree of nodes that is written exactly as `hlmc fmt` lays it out.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A line with properties is broken up into children where it would be longer.
pub const WIDE: usize = 110;

const INDENT: &str = "    ";

/// One node, with the comments that go with it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// Comments on lines of their own above it, without `//`.
    pub comments: Vec<String>,
    /// A comment behind it on its line.
    pub trailing: Option<String>,
    /// Comments on lines of their own below it.
    pub after: Vec<String>,
    /// Whether an empty line stands before it.
    pub apart: bool,
    /// Whether all of it is a comment, for a person to take up.
    pub idle: bool,
    /// The annotation before its name.
    pub ty: Option<&'static str>,
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its arguments and properties, in order.
    pub entries: Vec<Entry>,
    /// What stands between its braces; `Some` of nothing is `{}`.
    pub children: Option<Vec<Self>>,
    /// Whether its arguments are a list, of which each may stand on a line of its own.
    pub list: bool,
    /// Whether its children may stand on its own line.
    pub inline: bool,
    /// Where in the text that it was made from it comes from, for comments to find it.
    pub origin: Option<u32>,
}

/// An argument, or a property where it has a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The name of a property.
    pub name: Option<Cow<'static, str>>,
    /// The annotation before the value.
    pub ty: Option<&'static str>,
    /// The value.
    pub value: Scalar,
}

/// A single value.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Scalar {
    /// `#null`
    #[default]
    Null,
    /// `#true`, `#false`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text that means itself: an `@{` in it is written so that it stays one.
    Text(String),
    /// A text in which `@{name}` stands for a value of the lab.
    Filled(String),
    /// A bare word that sets a truth value: `public`.
    Word(&'static str),
}

impl From<&str> for Scalar {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Scalar {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Scalar {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Scalar {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl Node {
    /// A node without anything behind its name.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// With one more argument.
    #[must_use]
    pub fn arg(mut self, value: impl Into<Scalar>) -> Self {
        self.entries.push(Entry { name: None, ty: None, value: value.into() });
        self
    }

    /// With one more argument that has an annotation: `(address)"db:mysql"`.
    #[must_use]
    pub fn tagged(mut self, ty: &'static str, value: impl Into<Scalar>) -> Self {
        self.entries.push(Entry { name: None, ty: Some(ty), value: value.into() });
        self
    }

    /// With one more property.
    #[must_use]
    pub fn prop(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Scalar>) -> Self {
        self.entries.push(Entry { name: Some(name.into()), ty: None, value: value.into() });
        self
    }

    /// With one more child.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.get_or_insert_default().push(child);
        self
    }

    /// With a comment above it.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comments.push(text.into());
        self
    }

    /// With an empty line before it.
    #[must_use]
    pub fn apart(mut self) -> Self {
        self.apart = true;
        self
    }

    /// About how wide its own line is, without its children.
    #[must_use]
    pub fn width(&self) -> usize {
        self.name.len()
            + self
                .entries
                .iter()
                .map(|entry| entry.name.as_ref().map_or(1, |name| name.len() + 2) + length(entry))
                .sum::<usize>()
    }

    /// Whether a value of its own line takes several lines.
    #[must_use]
    pub fn is_long(&self) -> bool {
        self.entries
            .iter()
            .any(|entry| matches!(&entry.value, Scalar::Text(text) | Scalar::Filled(text) if text.contains('\n')))
    }
}

fn length(entry: &Entry) -> usize {
    entry.ty.map_or(0, |ty| ty.len() + 2)
        + match &entry.value {
            Scalar::Text(text) | Scalar::Filled(text) => text.chars().count() + 2,
            Scalar::Word(word) => word.len(),
            _ => 6,
        }
}

/// The text of a file with these nodes at its top.
#[must_use]
pub fn write(nodes: &[Node]) -> String {
    let mut out = String::new();
    nodes_to(&mut out, nodes, 0);
    hlmc_syntax::format(&out).unwrap_or(out)
}

fn nodes_to(out: &mut String, nodes: &[Node], depth: usize) {
    for node in nodes {
        if node.apart && !out.is_empty() {
            out.push('\n');
        }
        comments_to(out, &node.comments, depth);
        let spread = spread(node, depth);
        let node = spread.as_ref().unwrap_or(node);
        if node.idle {
            let mut text = String::new();
            node_to(&mut text, node, 0);
            for line in text.lines() {
                indent(out, depth);
                out.push_str("// ");
                out.push_str(line);
                out.push('\n');
            }
        } else {
            indent(out, depth);
            node_to(out, node, depth);
        }
        comments_to(out, &node.after, depth);
    }
}

/// A list that is too long for a line, with a line for each of its values.
fn spread(node: &Node, depth: usize) -> Option<Node> {
    if !node.list || node.entries.len() < 2 || node.children.is_some() || node.width() + depth * INDENT.len() <= WIDE {
        return None;
    }
    let element = |entry: Entry| Node { entries: vec![entry], ..Node::new("-") };
    let mut spread = node.clone();
    spread.children = Some(std::mem::take(&mut spread.entries).into_iter().map(element).collect());
    Some(spread)
}

/// Whether the children of a node stand on its line.
fn is_inline(node: &Node, children: &[Node], depth: usize) -> bool {
    let plain = |child: &Node| {
        child.children.is_none()
            && child.comments.is_empty()
            && child.trailing.is_none()
            && child.after.is_empty()
            && !child.is_long()
    };
    let width = node.width() + children.iter().map(|child| child.width() + 2).sum::<usize>() + 4;
    node.inline && children.iter().all(plain) && width + depth * INDENT.len() <= WIDE
}

fn node_to(out: &mut String, node: &Node, depth: usize) {
    if let Some(ty) = node.ty {
        let _ = write!(out, "({ty})"); // a String takes everything
    }
    push_name(out, &node.name);
    for entry in &node.entries {
        out.push(' ');
        if let Some(name) = &entry.name {
            push_name(out, name);
            out.push('=');
        }
        if let Some(ty) = entry.ty {
            let _ = write!(out, "({ty})");
        }
        push_scalar(out, &entry.value, depth + 1);
    }
    let trailing = |out: &mut String| {
        if let Some(comment) = &node.trailing {
            out.push_str(" //");
            out.push_str(&comment_line(comment));
        }
        out.push('\n');
    };
    let Some(children) = &node.children else {
        return trailing(out);
    };
    if children.is_empty() {
        out.push_str(" {}");
        return trailing(out);
    }
    out.push_str(" {");
    if is_inline(node, children, depth) {
        for (at, child) in children.iter().enumerate() {
            out.push_str(if at == 0 { " " } else { "; " });
            let mut text = String::new();
            node_to(&mut text, child, depth);
            out.push_str(text.trim_end());
        }
        out.push_str(" }");
        return trailing(out);
    }
    trailing(out);
    nodes_to(out, children, depth + 1);
    indent(out, depth);
    out.push_str("}\n");
}

fn comments_to(out: &mut String, comments: &[String], depth: usize) {
    for comment in comments {
        indent(out, depth);
        out.push_str("//");
        out.push_str(&comment_line(comment));
        out.push('\n');
    }
}

/// A comment as it stands behind `//`: on one line, and without what no manifest may hold.
fn comment_line(text: &str) -> String {
    let plain: String =
        text.trim_end().chars().map(|c| if breaks_line(c) || is_forbidden(c) { ' ' } else { c }).collect();
    if plain.is_empty() || plain.starts_with([' ', '\t', '/']) { plain } else { format!(" {plain}") }
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str(INDENT);
    }
}

fn push_name(out: &mut String, name: &str) {
    if is_bare(name) {
        out.push_str(name);
    } else {
        push_line(out, name);
    }
}

/// Whether a name needs no quotes. KDL allows more; what stands out is quoted.
fn is_bare(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && !matches!(name, "true" | "false" | "null" | "inf" | "nan")
        || name == "-"
}

fn push_scalar(out: &mut String, value: &Scalar, depth: usize) {
    let _ = match value {
        Scalar::Null => write!(out, "#null"),
        Scalar::Bool(truth) => write!(out, "#{truth}"),
        Scalar::Int(number) => write!(out, "{number}"),
        Scalar::Float(number) => write!(out, "{number:?}"),
        Scalar::Word(word) => write!(out, "{word}"),
        Scalar::Filled(text) => {
            push_text(out, text, depth);
            Ok(())
        }
        Scalar::Text(text) => {
            push_text(out, &kept(text), depth);
            Ok(())
        }
    };
}

/// A text in which every `@{` stays what it is when parameters are filled in.
#[must_use]
pub fn kept(text: &str) -> Cow<'_, str> {
    if !text.contains("@{") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text;
    while let Some(at) = rest.find("@{") {
        out.push_str(&rest[..at]);
        let before_nomads = rest[at + 2..].starts_with('{') && !out.ends_with('@');
        out.push_str(if before_nomads { "@{" } else { "@@{" });
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn push_text(out: &mut String, text: &str, depth: usize) {
    if text.contains('\n') && !text.trim_matches('\n').is_empty() {
        push_lines(out, text, depth);
    } else {
        push_line(out, text);
    }
}

/// A text on one line.
fn push_line(out: &mut String, text: &str) {
    let plain = !text.chars().any(|c| breaks_line(c) || is_forbidden(c) || c == '\t');
    if plain && text.contains(['"', '\\']) && !text.starts_with('"') {
        let hashes = hashes(text, "\"");
        out.push_str(&hashes);
        let _ = write!(out, "\"{text}\"{hashes}");
        return;
    }
    out.push('"');
    text.chars().for_each(|c| push_escaped(out, c));
    out.push('"');
}

/// A text of several lines, one below the other.
fn push_lines(out: &mut String, text: &str, depth: usize) {
    let odd = |line: &str| !line.is_empty() && line.chars().all(char::is_whitespace);
    let escaped = text.chars().any(|c| c != '\n' && (breaks_line(c) || is_forbidden(c))) || text.split('\n').any(odd);
    let raw = !escaped && (text.contains('\\') || text.contains("\"\"\""));
    let hashes = if raw { hashes(text, "\"\"\"") } else { String::new() };
    out.push_str(&hashes);
    out.push_str("\"\"\"\n");
    for line in text.split('\n') {
        if !line.is_empty() {
            indent(out, depth);
        }
        if escaped {
            let last = line.chars().count().saturating_sub(1);
            let blank = odd(line);
            for (at, c) in line.chars().enumerate() {
                match c {
                    ' ' if blank && at == last => out.push_str("\\s"),
                    '\t' if !blank || at != last => out.push('\t'),
                    c => push_escaped(out, c),
                }
            }
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    indent(out, depth);
    out.push_str("\"\"\"");
    out.push_str(&hashes);
}

/// As many `#` as keep a text with quotes from ending early.
fn hashes(text: &str, quote: &str) -> String {
    let mut hashes = String::from("#");
    while text.contains(&format!("{quote}{hashes}")) {
        hashes.push('#');
    }
    hashes
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if breaks_line(c) || is_forbidden(c) || c.is_whitespace() && c != ' ' => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

const fn breaks_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// What may not stand in a manifest, even in a comment.
const fn is_forbidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::parameters::{Filled, Parameters};
    use crate::diagnostic::Sink;
    use crate::source::Span;

    /// The text as a manifest with it is read, parameters filled in.
    fn read_back(text: &str) -> String {
        let written = write(&[Node::new("a").child(Node::new("b").child(Node::new("c").arg(text)))]);
        assert_eq!(hlmc_syntax::format(&written).as_deref(), Ok(written.as_str()));
        let parse = hlmc_syntax::parse(&written);
        assert_eq!(parse.errors, [], "{written}");
        let node = parse.document.nodes().next().unwrap().children().next().unwrap().children().next().unwrap();
        let text = node.args().next().unwrap().value().as_str().unwrap();
        match Parameters::default().fill(text, Span::default(), &mut Sink::default()) {
            Some(Filled::Text(text)) => text.into_owned(),
            other => panic!("{other:?} of {written}"),
        }
    }

    #[test]
    fn any_text_is_read_back() {
        let parts = [
            "a", " ", "\n", "\t", "\"", "\"\"\"", "\\", "#", "@{x}", "@@{", "@{{ y }}", "\r", "\u{85}", "\u{2028}",
            "\u{feff}", "\0", "é", "${v}", "//", "{", "\\n", "\"#", "\u{3000}",
        ];
        for first in parts {
            for second in parts {
                for third in parts {
                    for text in [format!("{first}{second}{third}"), format!("x\n{first}{second}\n{third}y\n")] {
                        assert_eq!(read_back(&text), text);
                    }
                }
            }
        }
    }

    #[test]
    fn a_tree_is_written_as_it_is_laid_out() {
        let nodes = [
            Node::new("lab").arg("home").child(Node::new("domain").arg("home.example.com").comment("yours")),
            Node {
                trailing: Some("the port".into()),
                after: vec!["until here".into()],
                ..Node::new("port").arg("http").prop("to", 80).apart()
            },
            Node { idle: true, ..Node::new("node").arg("nas").child(Node::new("arch").arg("amd64")) },
            Node::new("env").prop("a.b", "x").prop("a b", "y").child(Node::new("C").tagged("address", "db:mysql")),
            Node::new("args").arg("--x=\"1\"").arg(true).arg(Scalar::Null).arg(Scalar::Word("public")),
        ];
        let text = write(&nodes);
        let expected = r##"lab "home" {
    // yours
    domain "home.example.com"
}

port "http" to=80 // the port
// until here
// node "nas" {
//     arch "amd64"
// }
env a.b="x" "a b"="y" {
    C (address)"db:mysql"
}
args #"--x="1""# #true #null public
"##;
        assert_eq!(text, expected);
        assert_eq!(hlmc_syntax::format(&text).unwrap(), text);
    }
}
