//! The places of a lab that hold a value or a name that the manifest makes up, found by the compiled tables.

use hlmc_core::nomad::schema::{BlockType, By};
use hlmc_core::nomad::tables::language;
use hlmc_core::source::MemoryWorld;
use hlmc_syntax::NodeRef;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// A lab as files by path.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Where a text stands.
#[derive(Clone, Debug)]
pub(super) struct Place {
    /// The file.
    pub(super) file: String,
    /// Its bytes there, with quotes.
    pub(super) span: Range<usize>,
    /// The words of the language around it: `service.port#name`, `service.port.to`.
    pub(super) word: String,
    /// What stands there; the whole text of a file that isn't a manifest.
    pub(super) original: String,
    /// What it is there.
    pub(super) role: Role,
}

impl Place {
    /// Whether a parameter gets its value here.
    pub(super) fn is_parameter(&self) -> bool {
        ["lab.auth.*", "lab.dns.*", "lab.monitoring.*", "lab.reverse-proxy.*", "service.preset.*"]
            .contains(&self.word.as_str())
            || self.word.ends_with(".default")
    }
}

/// What a text is where it stands.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Role {
    /// A value or a label.
    Value,
    /// A name that the manifest makes up: of a variable, of an option.
    Name,
    /// The whole of a file that a manifest names.
    File,
}

/// A text in place of another.
#[derive(Clone, Debug)]
pub(super) struct Edit<'p> {
    /// Where.
    pub(super) place: &'p Place,
    /// The text.
    pub(super) text: String,
}

/// The files of a folder that a person wrote.
pub(super) fn files(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            let relative = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && relative != "expected" {
                open.push(path);
            } else if path.is_file() {
                files.insert(relative, std::fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// All places of a lab.
pub(super) fn places(files: &Files) -> Vec<Place> {
    let root = language("manifest").unwrap().root;
    let mut places = Vec::new();
    for (file, bytes) in files {
        let text = std::str::from_utf8(bytes).unwrap();
        if !file.ends_with(".kdl") {
            let (original, word) = (text.to_owned(), format!("file {file}"));
            places.push(Place { file: file.clone(), span: 0..text.len(), word, original, role: Role::File });
            continue;
        }
        let parse = hlmc_syntax::parse(text);
        assert!(parse.errors.is_empty(), "{file}: {:?}", parse.errors);
        let mut finder = Finder { file, text, places: &mut places };
        for node in parse.document.nodes() {
            finder.node(node, Some(root), "");
        }
    }
    places
}

/// Every text and name of the manifests of a lab.
pub(super) fn strings(files: &Files) -> Vec<Place> {
    let mut places = Vec::new();
    for (file, bytes) in files.iter().filter(|(file, _)| file.ends_with(".kdl")) {
        let text = std::str::from_utf8(bytes).unwrap();
        let parse = hlmc_syntax::parse(text);
        assert!(parse.errors.is_empty(), "{file}: {:?}", parse.errors);
        let mut finder = Finder { file, text, places: &mut places };
        let mut open: Vec<_> = parse.document.nodes().map(|node| (node, String::new())).collect();
        while let Some((node, path)) = open.pop() {
            let word = format!("{path}{}", node.name());
            finder.add(node.name_span(), format!("{path}*"), node.name(), Role::Name);
            for entry in node.entries() {
                let key = entry.key().map_or_else(String::new, |key| format!(".{}", key.text));
                finder.value(entry, format!("{word}{key}"));
            }
            // Each driver has words of its own.
            let driver = node.children().find(|child| child.name() == "driver").and_then(|driver| driver.args().next());
            let driver = driver.and_then(|driver| driver.value().as_str().map(str::to_owned)).unwrap_or_default();
            let path = |child: NodeRef<'_, '_>| match child.name() {
                "config" => format!("{word}.{driver}:"),
                _ => format!("{word}."),
            };
            open.extend(node.children().map(|child| (child, path(child))));
        }
    }
    places
}

struct Finder<'f> {
    file: &'f str,
    text: &'f str,
    places: &'f mut Vec<Place>,
}

impl Finder<'_> {
    fn add(&mut self, span: hlmc_syntax::Span, word: String, original: &str, role: Role) {
        let (file, original) = (self.file.to_owned(), original.to_owned());
        self.places.push(Place { file, span: span.range(), word, original, role });
    }

    fn node(&mut self, node: NodeRef<'_, '_>, ty: Option<&'static BlockType>, path: &str) {
        let name = node.name();
        let dot = if path.is_empty() { "" } else { "." };
        let block = ty.and_then(|ty| ty.block(name));
        let known = block.is_some() || ty.is_some_and(|ty| ty.attribute(name).is_some());
        let word = if known { format!("{path}{dot}{name}") } else { format!("{path}{dot}*") };
        if !known {
            self.add(node.name_span(), format!("{word}#key"), name, Role::Name);
        }
        let labels = block.map_or(&[][..], |block| block.labels);
        for (at, entry) in node.args().enumerate() {
            let part = labels.get(at).map(|label| format!("#{label}")).unwrap_or_default();
            self.value(entry, format!("{word}{part}"));
        }
        let inside = block.map(|block| body(block, node));
        for entry in node.props() {
            let Some(key) = entry.key() else { continue };
            let listed = inside.is_some_and(|ty| ty.attribute(key.text).is_some());
            let key_word = if listed { key.text } else { "*" };
            if !listed {
                self.add(key.span, format!("{word}.*#key"), key.text, Role::Name);
            }
            self.value(entry, format!("{word}.{key_word}"));
        }
        for child in node.children() {
            self.node(child, inside, &word);
        }
    }

    fn value(&mut self, entry: hlmc_syntax::EntryRef<'_, '_>, word: String) {
        let span = entry.value_span();
        let original = entry.value().as_str().unwrap_or_else(|| span.of(self.text)).to_owned();
        self.add(span, word, &original, Role::Value);
    }
}

/// The table of what stands in a block.
fn body(block: &'static BlockType, node: NodeRef<'_, '_>) -> &'static BlockType {
    let by = block.body_by.filter(|by| by.by == By::Label);
    let label = node.args().next().and_then(|entry| entry.value().as_str().map(str::to_owned));
    let chosen = by.zip(label).and_then(|(by, label)| language(&format!("{}{label}", by.prefix)));
    chosen.map_or(block, |language| language.root)
}

/// The lab with other texts, and where each of those stands now.
pub(super) fn edited(files: &Files, edits: &[Edit<'_>]) -> (MemoryWorld, Vec<Range<usize>>) {
    let mut by_file: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, edit) in edits.iter().enumerate() {
        by_file.entry(&edit.place.file).or_default().push(at);
    }
    let mut world = MemoryWorld::default();
    let mut spans = vec![0..0; edits.len()];
    for (path, bytes) in files {
        let Some(changes) = by_file.get_mut(path.as_str()) else {
            world.insert(path.clone(), bytes.clone());
            continue;
        };
        changes.sort_by_key(|at| edits[*at].place.span.start);
        let (mut text, mut from) = (Vec::new(), 0);
        for at in changes.iter() {
            let Edit { place, text: new } = &edits[*at];
            text.extend_from_slice(&bytes[from..place.span.start]);
            let start = text.len();
            let written = if place.role == Role::File { new.clone() } else { quoted(new) };
            text.extend_from_slice(written.as_bytes());
            spans[*at] = start..text.len();
            from = place.span.end;
        }
        text.extend_from_slice(&bytes[from..]);
        world.insert(path.clone(), text);
    }
    (world, spans)
}

/// A text as KDL, in which nothing is left as it is.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            quoted.push(c);
        } else {
            quoted.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        }
    }
    quoted.push('"');
    quoted
}
