//! The tokens of a lab that can be written wrongly, each with what it is.

use hlmc_core::source::{MemoryWorld, World as _};
use hlmc_syntax::{NodeRef, Span};

/// What a token is to the language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    /// The name of a node: a word.
    Word,
    /// The name of a property.
    Key,
    /// A value: of a property, or an argument.
    Value,
    /// What stands in the parentheses before a value.
    Annotation,
    /// `{` or `}`.
    Brace,
    /// A token of a job file.
    Hcl,
    /// A value with its annotation.
    Annotated,
    /// A node with all that is in it.
    Whole,
}

/// One token.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The path of its file.
    pub(crate) file: String,
    /// Where it starts.
    pub(crate) start: usize,
    /// One past its last byte.
    pub(crate) end: usize,
    /// What it is.
    pub(crate) role: Role,
    /// The names of the nodes around it, the outermost first, its own node the last.
    pub(crate) path: Vec<String>,
    /// The name of the property that it belongs to.
    pub(crate) key: Option<String>,
    /// Which of its node's arguments it is.
    pub(crate) at: usize,
    /// The annotation before it.
    pub(crate) annotation: Option<String>,
    /// It, as it is written.
    pub(crate) text: String,
}

impl Place {
    /// The node that it belongs to.
    pub(crate) fn node(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// The node around that one.
    pub(crate) fn parent(&self) -> &str {
        self.path.iter().rev().nth(1).map_or("", String::as_str)
    }

    /// Whether one of the nodes around it has this name.
    pub(crate) fn is_in(&self, name: &str) -> bool {
        self.path.iter().any(|node| node == name)
    }

    /// Whether it is the value of `owner`'s `name`, as a property or as a child.
    pub(crate) fn is(&self, owner: &str, name: &str) -> bool {
        self.role == Role::Value
            && ((self.node() == owner && self.key.as_deref() == Some(name))
                || (self.node() == name && self.parent() == owner && self.key.is_none()))
    }

    /// Whether it is the first argument of a node of this name.
    pub(crate) fn labels(&self, node: &str) -> bool {
        self.role == Role::Value && self.node() == node && self.key.is_none() && self.at == 0
    }

    /// The text without its quotes, where it has plain ones.
    pub(crate) fn inner(&self) -> Option<&str> {
        let inner = self.text.strip_prefix('"')?.strip_suffix('"')?;
        (!inner.contains(['\\', '"'])).then_some(inner)
    }

    /// The texts in quotes in it.
    pub(crate) fn quoted(&self) -> Vec<&str> {
        self.text.split('"').skip(1).step_by(2).collect()
    }

    /// Whether it is a number.
    pub(crate) fn is_number(&self) -> bool {
        self.text.parse::<i64>().is_ok()
    }
}

/// All tokens of a lab's own files.
pub(crate) fn places(lab: &MemoryWorld) -> Vec<Place> {
    let mut found = Vec::new();
    for file in lab.files().into_iter().flatten() {
        let text = String::from_utf8(lab.read(&file).unwrap()).unwrap();
        if file.ends_with(".kdl") {
            let parse = hlmc_syntax::parse(&text);
            for node in parse.document.nodes() {
                walk(node, &file, &text, &mut Vec::new(), &mut found);
            }
        } else if file.ends_with(".nomad.hcl") || file.ends_with(".nomad") {
            tokens(&file, &text, &mut found);
        }
    }
    found
}

fn walk(node: NodeRef<'_, '_>, file: &str, text: &str, path: &mut Vec<String>, found: &mut Vec<Place>) {
    path.push(node.name().to_owned());
    let mut put = |span: Span, role: Role, key: Option<&str>, at: usize, annotation: Option<&str>| {
        let (start, end) = (span.start as usize, span.end as usize);
        found.push(Place {
            file: file.to_owned(),
            start,
            end,
            role,
            path: path.clone(),
            key: key.map(str::to_owned),
            at,
            annotation: annotation.map(str::to_owned),
            text: text[start..end].to_owned(),
        });
    };
    put(node.name_span(), Role::Word, None, 0, None);
    put(node.span(), Role::Whole, None, 0, None);
    let mut arguments = 0;
    for entry in node.entries() {
        let key = entry.key();
        if let Some(key) = key {
            put(key.span, Role::Key, None, 0, None);
        }
        if let Some(annotation) = entry.ty() {
            put(annotation.span, Role::Annotation, key.map(|key| key.text), arguments, None);
            let whole = Span::new(annotation.span.start - 1, entry.value_span().end);
            put(whole, Role::Annotated, key.map(|key| key.text), arguments, Some(annotation.text));
        }
        let annotation = entry.ty().map(|ty| ty.text);
        put(entry.value_span(), Role::Value, key.map(|key| key.text), arguments, annotation);
        arguments += usize::from(key.is_none());
    }
    if let Some(block) = node.block_span() {
        put(Span::new(block.start, block.start + 1), Role::Brace, None, 0, None);
        put(Span::new(block.end - 1, block.end), Role::Brace, None, 1, None);
    }
    for child in node.children() {
        walk(child, file, text, path, found);
    }
    path.pop();
}

/// The words and quoted texts of a job file, outside of comments and heredocs.
fn tokens(file: &str, text: &str, found: &mut Vec<Place>) {
    let mut offset = 0;
    let mut heredoc: Option<String> = None;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        if let Some(end) = &heredoc {
            if line.trim() == end {
                heredoc = None;
            }
            continue;
        }
        if line.trim_start().starts_with(['#', '/']) {
            continue;
        }
        heredoc = line.split_once("<<").map(|(_, tag)| tag.trim().trim_start_matches('-').to_owned());
        let mut at = 0;
        while let Some((from, to)) = token(line, at) {
            let key = line[to..].trim_start();
            let role_key = if key.starts_with("= ") {
                Some("=")
            } else if key.starts_with('{') {
                Some("{")
            } else {
                None
            };
            found.push(Place {
                file: file.to_owned(),
                start: start + from,
                end: start + to,
                role: Role::Hcl,
                path: vec![line.split_whitespace().next().unwrap_or_default().to_owned()],
                key: role_key.map(str::to_owned),
                at: usize::from(line[..from].trim().is_empty()),
                annotation: None,
                text: line[from..to].to_owned(),
            });
            at = to;
        }
    }
}

/// The next word or quoted text without templates in a line.
fn token(line: &str, from: usize) -> Option<(usize, usize)> {
    let rest = &line[from..];
    let start = from + rest.find(|c: char| c.is_alphanumeric() || c == '"')?;
    if line[start..].starts_with('"') {
        let end = start + 2 + line[start + 1..].find('"')?;
        return Some((start, end));
    }
    let len =
        line[start..].find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(line.len() - start);
    Some((start, start + len))
}
