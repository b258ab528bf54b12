//! What becomes of a mistake: whether it is found, where, and whether the change that is offered mends it.

use crate::kinds::Facts;
use crate::places::{Place, Role, places};
use hlmc_core::diagnostic::{Diagnostic, Severity, plain};
use hlmc_core::source::{MemoryWorld, Span, World as _};
use hlmc_core::{Compiled, check, compile, mend};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What becomes of a mistake.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It is found, at its place or at the other party to it.
    Found,
    /// It is found, and the change that is offered mends the lab.
    Mended,
    /// Nothing is said, and the bundle is the same, or what differs can't be known to be wrong.
    Same,
    /// Nothing is said, and the bundle is another.
    Missed,
    /// It is found somewhere else: what is said.
    Misplaced(String),
    /// The change that is offered leaves something wrong: the change, and what is said then.
    NotMended(String),
}

impl Verdict {
    /// Its name in the table.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Found => "found",
            Self::Mended => "mended",
            Self::Same => "harmless",
            Self::Missed => "MISSED",
            Self::Misplaced(_) => "MISPLACED",
            Self::NotMended(_) => "NOT MENDED",
        }
    }

    /// Whether it is as it should be.
    pub(crate) fn is_fine(&self) -> bool {
        matches!(self, Self::Found | Self::Mended | Self::Same)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misplaced(said) | Self::NotMended(said) => write!(f, "{}\n{said}", self.name()),
            _ => f.write_str(self.name()),
        }
    }
}

/// A lab that compiles.
pub(crate) struct Lab {
    world: MemoryWorld,
    bundle: BTreeMap<String, Vec<u8>>,
    said: Vec<String>,
    /// Its tokens.
    pub(crate) places: Vec<Place>,
    /// What mistakes have to know of it.
    pub(crate) facts: Facts,
}

impl Lab {
    /// Compiles it.
    pub(crate) fn new(name: &str, world: MemoryWorld) -> Self {
        let compiled = compile(&world);
        let said = messages(&compiled);
        let bundle = artifacts(compiled).unwrap_or_else(|| panic!("{name} doesn't compile: {said:?}"));
        let places = places(&world);
        let texts = places.iter().map(|place| place.inner().unwrap_or(&place.text).to_owned()).collect();
        let of = |owner: &str, node: &str| -> Vec<String> {
            let found = places.iter().filter(|place| {
                if node.is_empty() { place.labels(owner) && place.path.len() == 1 } else { place.is(owner, node) }
            });
            found.filter_map(Place::inner).map(str::to_owned).collect()
        };
        let facts = Facts { texts, addresses: of("node", "address"), nodes: of("node", ""), ports: ports(&places) };
        Self { world, bundle, said, places, facts }
    }

    /// The line of an offset, from 1.
    pub(crate) fn line(&self, file: &str, offset: usize) -> usize {
        self.world.read(file).unwrap()[..offset].iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// Puts a text in the place of a token and sees what becomes of it.
    pub(crate) fn judge(&self, place: &Place, text: &str, lossy: bool) -> Verdict {
        let mut bytes = self.world.read(&place.file).unwrap();
        bytes.splice(place.start..place.end, text.bytes());
        let mut world = self.world.clone();
        world.insert(place.file.clone(), bytes);
        let compiled = compile(&world);
        let fresh: Vec<&Diagnostic> =
            compiled.diagnostics.iter().filter(|it| !self.said.contains(&it.message)).collect();
        if fresh.is_empty() {
            let same = artifacts(compiled).is_some_and(|bundle| bundle == self.bundle);
            return if same { Verdict::Same } else { Verdict::Missed };
        }
        let is_there = |it: &&&Diagnostic| {
            let mut labels = std::iter::once(&it.primary).chain(&it.secondary);
            labels.any(|label| is_at(&compiled, label.span, place, text))
        };
        let Some(found) = fresh.iter().find(is_there) else { return Verdict::Misplaced(shown(&compiled)) };
        match &found.fix {
            None => Verdict::Found,
            Some(_) if lossy => self.one_mended(&world, &compiled, found),
            Some(_) => self.mended(&world, compiled),
        }
    }

    /// Makes all changes that are offered, and those that come to light then: nothing is left.
    fn mended(&self, world: &MemoryWorld, compiled: Compiled) -> Verdict {
        let before = shown(&compiled);
        let mut world = world.clone();
        let mut left = compiled;
        for round in 0..6 {
            let mended = mend(&left.sources, &left.diagnostics);
            if mended.is_empty() {
                // A syntax error beside it, or a file of the binary.
                if round == 0 {
                    return Verdict::Found;
                }
                break;
            }
            for file in mended {
                world.insert(file.path, file.text);
            }
            left = check(&world);
        }
        if left.diagnostics.iter().all(|it| it.severity != Severity::Error || self.said.contains(&it.message)) {
            return Verdict::Mended;
        }
        Verdict::NotMended(format!("{before}and then\n{}", shown(&left)))
    }

    /// Makes the change that one diagnostic offers: it isn't said again.
    fn one_mended(&self, world: &MemoryWorld, compiled: &Compiled, one: &Diagnostic) -> Verdict {
        let mended = mend(&compiled.sources, std::slice::from_ref(one));
        let Some(file) = mended.first() else { return Verdict::Found };
        let mut world = world.clone();
        world.insert(file.path.clone(), file.text.clone());
        let left = check(&world);
        if left.diagnostics.iter().all(|it| it.message != one.message) {
            return Verdict::Mended;
        }
        let before = shown(compiled);
        Verdict::NotMended(format!("{before}and then\n{}", shown(&left)))
    }
}

/// The ports that something names.
fn ports(places: &[Place]) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for place in places {
        let Some(text) = place.inner() else { continue };
        if place.key.as_deref() == Some("port") {
            found.insert((place.file.clone(), text.to_owned()));
        }
        if matches!(place.annotation.as_deref(), Some("address" | "host" | "port" | "url")) {
            let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
            let (service, port) = rest.split('/').next().unwrap_or_default().split_once(':').unwrap_or_default();
            let declares = |it: &&Place| it.labels("service") && it.inner() == Some(service);
            found.extend(places.iter().filter(declares).map(|it| (it.file.clone(), port.to_owned())));
        }
    }
    found
}

/// Whether a place is that of the mistake, or of what has to do with it: the same name, as it was or as it is.
fn is_at(compiled: &Compiled, span: Span, place: &Place, text: &str) -> bool {
    let (start, end) = (span.start as usize, span.end as usize);
    let said = compiled.sources.slice(span);
    if let Some(source) = compiled.sources.get(span.file).filter(|source| *source.path == *place.file) {
        // What stands next to it may be taken for the mistake.
        let (before, after) = (&source.text[..place.start], &source.text[place.start + text.len()..]);
        let after = if place.role == Role::Annotation { after.trim_start_matches(')') } else { after };
        let reach = (before.trim_end().len(), source.text.len() - after.trim_start().len());
        if start <= reach.1 && reach.0 <= end && end - start <= text.len().max(60) + 60 {
            return true;
        }
        // What is gone is missed by what it stood in.
        if text.is_empty() && place.role == Role::Whole {
            return true;
        }
        let line = |at: usize| source.text[..at].matches('\n').count();
        let quote_lost = text.starts_with('"') != text.ends_with('"');
        if quote_lost && line(start) == line(place.start) || place.role == Role::Brace && matches!(said, "{" | "}") {
            return true;
        }
    }
    // A value that goes through a parameter is wrong where it arrives.
    if said.contains("@{") {
        return true;
    }
    let mut names = vec![place.inner().unwrap_or(&place.text), text.trim_matches('"')];
    if matches!(place.role, Role::Whole | Role::Annotated) {
        // What is gone is missed where it was, or by those that name it.
        names = place.quoted();
        names.extend(place.quoted().iter().flat_map(|text| text.split([':', '#'])));
        let at = compiled.sources.get(span.file).map(|source| &source.text[..start]);
        if at.and_then(|text| text.lines().last()).is_some_and(|line| line.contains(place.node())) {
            return true;
        }
    }
    said.len() < 200 && names.iter().any(|name| name.len() > 1 && said.contains(name))
}

fn messages(compiled: &Compiled) -> Vec<String> {
    compiled.diagnostics.iter().map(|it| it.message.clone()).collect()
}

fn shown(compiled: &Compiled) -> String {
    compiled.diagnostics.iter().take(4).map(|it| plain(it, &compiled.sources)).collect()
}

fn artifacts(compiled: Compiled) -> Option<BTreeMap<String, Vec<u8>>> {
    Some(compiled.bundle?.artifacts.into_iter().map(|artifact| (artifact.path, artifact.bytes)).collect())
}
