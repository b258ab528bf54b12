//! The core form: Nomad's job language and the agents', in which every name gets every text.

use super::outcome::{Bundle, Outcome, compiled, written};
use super::places::{Edit, Files, Place, Role, strings};
use super::readers::{Read, Readers, kind};
use super::tree::Held;
use crate::filler::Filler;
use crate::texts::texts;
use crate::{agents, job, lab};
use hlmc_core::nomad::tables::language;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What became of the texts.
#[derive(Debug, Default)]
struct Tally {
    places: usize,
    /// The words that had their turn.
    words: BTreeSet<String>,
    held: usize,
    refused: BTreeMap<String, usize>,
    faults: Vec<String>,
}

/// How a lab becomes artifacts.
type Compile = fn(&Files, &[Edit<'_>]) -> Outcome;

/// Whether a text is one that the filler made up.
fn is_mark(text: &str) -> bool {
    text.strip_prefix('x').is_some_and(|digits| digits.len() == 5 && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Marks replaced by the texts that stand in their places.
fn replaced(text: &str, texts: &BTreeMap<&str, &str>) -> String {
    let (mut out, mut from, mut at) = (String::new(), 0, 0);
    while let Some(found) = text[at..].find('x') {
        let start = at + found;
        match text.get(start..start + 6).filter(|mark| is_mark(mark)).and_then(|mark| texts.get(mark)) {
            Some(new) => {
                out.push_str(&text[from..start]);
                out.push_str(new);
                from = start + 6;
                at = from;
            }
            None => at = start + 1,
        }
    }
    out.push_str(&text[from..]);
    out
}

/// Whether each of the tasks, which have the same words but for those of their drivers, is tried in each round.
fn is_everything() -> bool {
    std::env::var("HLMC_INJECTION").is_ok_and(|value| value == "all")
}

/// Gives every place each of the texts, all places at once: after as many turns as there are texts, each had all of them.
fn try_all(name: &str, files: &Files, artifact: &dyn Fn(&str) -> bool, compile: Compile, tally: &mut Tally) {
    let mut readers = Readers::new(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("injection-{name}")));
    let mut places: Vec<Place> = strings(files).into_iter().filter(|place| is_mark(&place.original)).collect();
    if !is_everything() {
        places.retain(|place| tally.words.insert(place.word.clone()));
    }
    // Texts that aren't composed are refused once the job is whole.
    let texts: Vec<_> = texts().into_iter().filter(|(name, _)| name != &"combining" && name != &"decomposed").collect();
    let mut read = |bundle: &Bundle| -> Read {
        let (path, text) = bundle.iter().find(|(path, _)| artifact(path)).unwrap();
        // Not whether it makes sense: no job could with all of that in it.
        let kind = kind(path).unwrap();
        readers.read(if kind == "nomad job" { "nomad job-form" } else { kind }, text)
    };
    let Outcome::Bundle(marked) = compile(files, &[]) else { panic!("{name}: refused even with the marks") };
    let expected = read(&marked);
    tally.places += places.len();
    for turn in 0..texts.len() {
        let text = |at: usize| &texts[(at + turn) % texts.len()].1;
        let mut edits: Vec<Edit<'_>> =
            places.iter().enumerate().map(|(at, place)| Edit { place, text: text(at).clone() }).collect();
        edits.retain(|edit| !edit.text.is_empty() || !EMPTY_IS_NONE.iter().any(|word| edit.place.word.ends_with(word)));
        let Some(bundle) = without_refused(files, &mut edits, compile, tally) else { continue };
        // Parameters are filled into values, not into names.
        let put = |edit: &Edit<'_>| match edit.place.role {
            Role::Name => edit.text.clone(),
            _ => super::trial::filled(&edit.text, &PARAMETERS),
        };
        let put: BTreeMap<&str, String> = edits.iter().map(|edit| (edit.place.original.as_str(), put(edit))).collect();
        let put: BTreeMap<&str, &str> = put.iter().map(|(mark, text)| (*mark, text.as_str())).collect();
        let held = Held { replace: &|text| replaced(text, &put), any_order: false, bytes: "", capitals: "" };
        tally.held += edits.len();
        if let Some(wrong) = held.difference(expected.clone(), read(&bundle)) {
            tally.faults.push(format!("{name}, turn {turn}: {wrong}"));
        }
    }
}

/// Words that are as good as left out where they are empty: Nomad itself has `default` for the names of clusters, an identity
/// without a name is the default one, and a short form without a value is none, for which the job is refused.
const EMPTY_IS_NONE: [&str; 10] = [
    "nomad.consul.name",
    "nomad.vault.name",
    ".identity.name",
    ".distinct_property",
    ".regexp",
    ".semver",
    ".set_contains",
    ".set_contains_all",
    ".set_contains_any",
    ".version",
];

/// What parameters stand for.
const PARAMETERS: [(&str, &str); 3] = [("lab", "all"), ("domain", "all.example.com"), ("datacenter", "home")];

/// The bundle once the texts that the compiler refuses are left out.
fn without_refused(files: &Files, edits: &mut Vec<Edit<'_>>, compile: Compile, tally: &mut Tally) -> Option<Bundle> {
    for _ in 0..20 {
        let refusals = match compile(files, edits) {
            Outcome::Bundle(bundle) => return Some(bundle),
            Outcome::Refused(refusals) => refusals,
        };
        let mut about: Vec<usize> = refusals.iter().filter_map(|refusal| refusal.about).collect();
        about.sort_unstable();
        about.dedup();
        if about.is_empty() {
            let said: Vec<&str> = refusals.iter().map(|refusal| refusal.said.as_str()).collect();
            tally.faults.push(format!("refused at no place that has a text: {:.1000}", said.join("\n")));
            return None;
        }
        for at in about.into_iter().rev() {
            let edit = edits.swap_remove(at);
            *tally.refused.entry(edit.place.word.clone()).or_default() += 1;
        }
    }
    tally.faults.push("refused again and again".to_owned());
    None
}

fn report(name: &str, tally: &Tally) {
    let refused: usize = tally.refused.values().sum();
    println!("{name}: {} places, {} texts: {} held, {refused} refused", tally.places, texts().len(), tally.held);
    assert!(tally.faults.is_empty(), "{} faults:\n{}", tally.faults.len(), tally.faults.join("\n"));
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_job_holds_any_text_in_any_place() {
    let mut tally = Tally::default();
    let table = language("nomad-job").unwrap().root.block("job").unwrap();
    for (choice, round) in job::ROUNDS.iter().enumerate() {
        let mut filler = Filler::new(true, choice, job::FIXED, round);
        filler.block(table, "job");
        let is_job = |path: &str| path.starts_with("nomad/jobs/");
        try_all("job", &lab::files("", &filler.text), &is_job, written, &mut tally);
    }
    report("job", &tally);
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn an_agent_holds_any_text_in_any_place() {
    for (name, fixed) in [("nomad", agents::NOMAD), ("consul", agents::CONSUL)] {
        let mut tally = Tally::default();
        let mut filler = Filler::new(true, 0, fixed, &[]);
        filler.no_newer = true;
        filler.whole(language(&format!("{name}-agent")).unwrap().root, name);
        let is_agent = |path: &str| path.ends_with(&format!("{name}.hcl"));
        try_all(name, &lab::files(&filler.text, ""), &is_agent, compiled, &mut tally);
        report(name, &tally);
    }
}
