//! One place and one text: compiled, and read back.

use super::outcome::{Bundle, Outcome, Refusal, compiled};
use super::places::{Edit, Files, Place, Role};
use super::readers::{Readers, kind, said};
use super::tree::Held;
use super::units;
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What stands for the hostile text when it is looked for where it ends up.
pub(super) const MARK: &str = "zqxj7wkv";

/// Which texts of the lab change together.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Extent {
    /// The one.
    Alone,
    /// All that are the same text: what refers to a name goes with it.
    Same,
    /// Those too that hold it as a word: `(address)"cache:redis"`.
    Within,
}

/// A way in which a place takes any text.
struct Way {
    extent: Extent,
    /// What stands around it.
    around: (String, String),
    /// What stands for the text, and the bundle with it.
    mark: String,
    marked: Bundle,
}

/// Words whose text has parts, and what stands between them: behind the mount of Vault's key-value engine comes `data`, a URL has
/// a query and means the same with slashes at its end, and with `change="signal"` the folder of a file is mounted.
const SPLITS: [(&str, char); 6] = [
    ("service.file.to", '/'),
    ("service.generated.to", '/'),
    ("lab.secrets.holds#path", '/'),
    ("service.metrics.path", '?'),
    ("service.route.path", '/'),
    ("service.template.to", '/'),
];

/// Words of which only Nomad on the node knows whether it has what they name: the zones of its own list.
const UNKNOWABLE: [&str; 1] = ["service.periodic.time-zone"];

/// Words that say nothing where they are empty.
const EMPTY_IS_NONE: [&str; 1] = ["node.runs.share.comment"];

/// What became of the texts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Compilations that gave a bundle, and those that were refused, by the kinds of artifacts that the text reached.
    pub(super) held: BTreeMap<&'static str, usize>,
    /// How many texts were held, and how many of them reached no artifact.
    pub(super) accepted: usize,
    pub(super) unseen: usize,
    /// How many were refused.
    pub(super) refused: usize,
    /// Places by how they take a text.
    pub(super) open: usize,
    pub(super) ways: usize,
    pub(super) closed: Vec<String>,
    /// What should not be.
    pub(super) faults: Vec<String>,
}

/// All places of a lab and the parsers.
pub(super) struct Lab<'l> {
    pub(super) files: &'l Files,
    pub(super) places: &'l [Place],
    /// What parameters stand for.
    pub(super) parameters: &'l [(&'static str, &'static str)],
}

impl Lab<'_> {
    /// Tries all texts in a place.
    pub(super) fn try_place(
        &self,
        place: &Place,
        texts: &[(&'static str, String)],
        readers: &mut Readers,
        tally: &mut Tally,
    ) {
        let ways = self.ways(place);
        if ways.is_empty() {
            tally.closed.push(place.word.clone());
            // What is known only on a node can't be refused here.
            let known_there = [format!("${{{MARK}}}"), format!("${{attr.{MARK}}}")];
            let open_end = known_there.iter().find_map(|mark| self.way(place, Extent::Alone, ("", ""), mark));
            for (name, text) in texts {
                match &open_end {
                    Some(way) if text.contains("${") => self.try_text(place, way, (name, text), readers, tally),
                    _ => self.has_to_be_refused(place, name, text, tally),
                }
            }
            return;
        }
        tally.open += 1;
        tally.ways = ways.len();
        let none = |text: &str| text.is_empty() && EMPTY_IS_NONE.contains(&place.word.as_str());
        let meant =
            |text: &str| none(text) || SPLITS.iter().any(|(word, at)| place.word == *word && text.contains(*at));
        for (at, way) in ways.iter().enumerate() {
            // By itself it gets all of them, and one in three behind what stands there.
            let some = texts.iter().skip(at).step_by(if at == 0 { 1 } else { 3 });
            for (name, text) in some.filter(|(_, text)| !meant(text)) {
                self.try_text(place, way, (name, text), readers, tally);
            }
        }
    }

    /// The ways in which a place takes any text: by itself, and behind what stands there; or else with something around it.
    fn ways(&self, place: &Place) -> Vec<Way> {
        let original = place.original.as_str();
        for extent in [Extent::Alone, Extent::Same, Extent::Within] {
            let way = |around| self.way(place, extent, around, MARK);
            let mut ways: Vec<Way> = way(("", "")).into_iter().collect();
            // Beside a parameter the text would be read together with it.
            let beside = !original.is_empty() && !original.contains("@{") && extent != Extent::Within;
            if beside {
                ways.extend(way((original, "")));
            }
            if beside && ways.is_empty() {
                ways.extend(way(("/", "")));
                ways.extend(way(("", original)));
            }
            if !ways.is_empty() {
                return ways;
            }
        }
        Vec::new()
    }

    fn way(&self, place: &Place, extent: Extent, (before, after): (&str, &str), mark: &str) -> Option<Way> {
        match compiled(self.files, &self.edits(place, extent, &format!("{before}{mark}{after}"))) {
            Outcome::Bundle(marked) => {
                let around = (before.to_owned(), after.to_owned());
                Some(Way { extent, around, mark: mark.to_owned(), marked })
            }
            Outcome::Refused(_) => None,
        }
    }

    fn edits<'p>(&'p self, place: &'p Place, extent: Extent, text: &str) -> Vec<Edit<'p>> {
        let original = &place.original;
        let edit = |other: &'p Place| {
            let text = match extent {
                _ if other.original == *original => text.to_owned(),
                Extent::Within if other.role != Role::File => with_word(&other.original, original, text)?,
                _ => return None,
            };
            Some(Edit { place: other, text })
        };
        match extent {
            Extent::Alone => vec![Edit { place, text: text.to_owned() }],
            _ => self.places.iter().filter_map(edit).collect(),
        }
    }

    fn has_to_be_refused(&self, place: &Place, name: &str, text: &str, tally: &mut Tally) {
        match compiled(self.files, &self.edits(place, Extent::Alone, text)) {
            Outcome::Refused(said) => refused(place, (name, &filled(text, self.parameters)), &said, tally),
            Outcome::Bundle(_) if is_plain(text) => tally.accepted += 1,
            Outcome::Bundle(_) => tally.faults.push(format!("{}: {name}: taken, where no mark is", place.word)),
        }
    }

    fn try_text(&self, place: &Place, way: &Way, text: (&str, &str), readers: &mut Readers, tally: &mut Tally) {
        let (name, text) = text;
        let whole = format!("{}{text}{}", way.around.0, way.around.1);
        if whole == place.original {
            return;
        }
        let bundle = match compiled(self.files, &self.edits(place, way.extent, &whole)) {
            Outcome::Bundle(bundle) => bundle,
            Outcome::Refused(said) => return refused(place, (name, &filled(text, self.parameters)), &said, tally),
        };
        let form = UNKNOWABLE.contains(&place.word.as_str());
        let mut reached = Vec::new();
        let mut wrong = differences(way, &bundle, (text, &whole), form, readers, &mut reached);
        let filled = filled(text, self.parameters);
        if wrong.is_some() && filled != text {
            let whole = format!("{}{filled}{}", way.around.0, way.around.1);
            wrong = differences(way, &bundle, (&filled, &whole), form, readers, &mut reached);
        }
        tally.accepted += 1;
        reached.iter().for_each(|kind| *tally.held.entry(kind).or_default() += 1);
        if reached.is_empty() {
            tally.unseen += 1;
        }
        if let Some(wrong) = wrong {
            let (before, after) = &way.around;
            tally.faults.push(format!("{}: {name} ({:?}, {before:?}, {after:?}): {wrong}", place.word, way.extent));
        }
    }
}

/// A text with its parameters filled in, as the language has it.
pub(super) fn filled(text: &str, parameters: &[(&str, &str)]) -> String {
    let mut text = text.replace("@@{", "\u{10fffe}");
    for (name, value) in parameters {
        text = text.replace(&format!("@{{{name}}}"), value);
    }
    text.replace('\u{10fffe}', "@{")
}

/// A refusal counts where one of its messages is about the text. A plain one may be right where it stands, and something else is
/// missing elsewhere for it: a node of that class.
fn refused(place: &Place, text: (&str, &str), said: &[Refusal], tally: &mut Tally) {
    let (name, text) = text;
    if text.is_empty() || is_plain(text) || said.iter().any(|refusal| refusal.about.is_some()) {
        tally.refused += 1;
        return;
    }
    let said: Vec<&str> = said.iter().map(|refusal| refusal.said.as_str()).collect();
    tally.faults.push(format!("{}: {name}: refused at another place: {:.300}", place.word, said.join(" | ")));
}

/// A text in which a word is another one; `None` where it isn't there.
fn with_word(text: &str, word: &str, other: &str) -> Option<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let (mut out, mut from) = (String::new(), 0);
    for (at, found) in text.match_indices(word) {
        if text[..at].ends_with(is_part) || text[at + found.len()..].starts_with(is_part) {
            continue;
        }
        out.push_str(&text[from..at]);
        out.push_str(other);
        from = at + found.len();
    }
    out.push_str(&text[from..]);
    (from > 0).then_some(out)
}

/// What in a bundle isn't what it would be if the text stood where the mark does; nothing where all is well. `whole` is the
/// text with what stands around it; with `form`, a job is only parsed.
fn differences(
    way: &Way,
    bundle: &Bundle,
    (text, whole): (&str, &str),
    form: bool,
    readers: &mut Readers,
    reached: &mut Vec<&'static str>,
) -> Option<String> {
    let (mark, marked) = (way.mark.as_str(), &way.marked);
    let expected: Vec<String> = marked.keys().map(|path| put_into_path(path, mark, text, whole)).collect();
    let mut sorted = expected.clone();
    sorted.sort();
    if sorted.iter().ne(bundle.keys()) {
        let other: Vec<&String> = bundle.keys().filter(|path| !sorted.contains(path)).collect();
        return Some(format!("other files: {other:?}"));
    }
    if let Some(path) = sorted.iter().find(|path| !is_path(path)) {
        return Some(format!("{path:?} is no path that every system takes"));
    }
    for ((marked_path, marked_text), path) in marked.iter().zip(&expected) {
        let found = &bundle[path];
        if found == marked_text {
            continue;
        }
        let Some(kind) = kind(path) else { return Some(format!("no parser for `{path}`")) };
        if !reached.contains(&kind) {
            reached.push(kind);
        }
        let mut read = |bundle: &Bundle, path: &str| match kind {
            "systemd unit" => units::read(readers, bundle, path),
            "nomad job" if form => readers.read("nomad job-form", &bundle[path]),
            _ => Ok(with_artifacts(readers.read(kind, &bundle[path])?, bundle)),
        };
        let (expected, found) = (read(marked, marked_path), read(bundle, path));
        let capitals = if kind == "samba" { "\tworkgroup = " } else { "" };
        let bytes = match kind {
            "caddy" => "%",
            "systemd unit" => "\\x",
            _ => "",
        };
        let replace = |expected: &str| match kind {
            "json" | "sh install" => put_into_path(expected, mark, text, whole),
            _ => expected.replace(mark, text),
        };
        if let Some(wrong) = (Held { replace: &replace, any_order: true, bytes, capitals }).difference(expected, found)
        {
            return Some(format!("{path}: {wrong}"));
        }
    }
    None
}

/// A text of a bundle with the text in place of the mark; the unit of a mount is called as systemd calls it.
fn put_into_path(expected: &str, mark: &str, text: &str, whole: &str) -> String {
    let (folder, name) = expected.split_at(expected.rfind('/').map_or(0, |at| at + 1));
    if !name.contains(mark) || !name.ends_with(".mount") {
        return expected.replace(mark, text);
    }
    let mut command = std::process::Command::new("/usr/bin/systemd-escape");
    let name = said(command.args(["--path", "--suffix=mount", "--", whole])).unwrap_or_default();
    format!("{}{}", folder.replace(mark, text), name.trim_end_matches('\n'))
}

/// Where a whole artifact stands in another one, its name: it is read by itself.
fn with_artifacts(mut tree: Json, bundle: &Bundle) -> Json {
    match &mut tree {
        Json::String(text) if text.len() > 100 => {
            if let Some((path, _)) = bundle.iter().find(|(_, other)| *other == text) {
                *text = format!("<{path}>");
            }
            tree
        }
        Json::Array(list) => list.drain(..).map(|value| with_artifacts(value, bundle)).collect(),
        Json::Object(map) => {
            map.values_mut().for_each(|value| *value = with_artifacts(value.take(), bundle));
            tree
        }
        _ => tree,
    }
}

/// Whether a path stays in its folder and means nothing to a shell, but for the backslash that systemd has in names.
fn is_path(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-\\:".contains(&b);
    path.split('/').all(|part| !matches!(part, "" | "." | "..") && part.len() <= 255 && part.bytes().all(plain))
}

/// Whether a text is a name that may stand at another place in a sorted list.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

impl Tally {
    /// Adds what became of other texts.
    pub(super) fn add(&mut self, other: Self) {
        self.accepted += other.accepted;
        self.unseen += other.unseen;
        self.refused += other.refused;
        self.open += other.open;
        self.ways += other.ways;
        self.closed.extend(other.closed);
        self.faults.extend(other.faults);
        other.held.into_iter().for_each(|(kind, count)| *self.held.entry(kind).or_default() += count);
    }
}
