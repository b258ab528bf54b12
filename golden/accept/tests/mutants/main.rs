//! One token of a lab that compiles is written wrongly, two thousand times: the mistake is found, at its place or at the other party to it,
//! or it changes nothing. Where a change is offered it is made, to the letter, and nothing is wrong any more.
//!
//! `HLMC_MUTANTS=20000` tries more, `HLMC_SEED=…` others; `--nocapture` shows the table of the kinds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "this is all test code"
)]

mod judge;
mod kinds;
mod places;
mod spelling;
mod strangers;
// The one that the compiler's own tests read labs with.
#[path = "../../../../compiler/core/tests/it/world.rs"]
mod world;

use hlmc_fuzz::Random;
use judge::{Lab, Verdict};
use kinds::Kind;
use places::Place;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use world::world;

/// How many mistakes are made, unless said otherwise.
const MUTANTS: usize = 2_000;

/// The labs, by the name of their folder.
const LABS: [&str; 5] = ["every-word", "job-files", "locked", "nas-and-pis", "vault"];

/// All kinds, in the order of the table.
static KINDS: LazyLock<Vec<&Kind>> = LazyLock::new(|| kinds::KINDS.iter().chain(strangers::KINDS).collect());

/// One mistake: in which lab, of which kind, at which token, and what stands there now.
struct Mutant {
    lab: usize,
    kind: usize,
    place: Place,
    text: String,
}

#[test]
#[ignore = "takes a while: `make accept` runs it"]
fn one_wrong_token_is_found_at_its_place_or_changes_nothing() {
    let number = |name: &str, default: usize| std::env::var(name).map_or(default, |text| text.parse().unwrap());
    let labs: Vec<Lab> = LABS.iter().map(|name| Lab::new(name, world(&format!("golden/labs/{name}")))).collect();
    let mutants = mutants(&labs, number("HLMC_MUTANTS", MUTANTS), number("HLMC_SEED", 6));
    let verdicts = judged(&labs, &mutants);
    let mut table: BTreeMap<usize, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (mutant, verdict) in mutants.iter().zip(&verdicts) {
        let kind = KINDS[mutant.kind];
        let verdict = match verdict {
            Verdict::Missed if kind.harmless.is_some() => &Verdict::Same,
            other => other,
        };
        *table.entry(mutant.kind).or_default().entry(verdict.name()).or_default() += 1;
        if !verdict.is_fine() {
            let Place { file, start, text, .. } = &mutant.place;
            let line = labs[mutant.lab].line(file, *start);
            let lab = LABS[mutant.lab];
            wrong.push(format!("{}: {lab}/{file}:{line}: {text} -> {}\n{verdict}", kind.name, mutant.text));
        }
    }
    println!("{}", drawn(&table));
    assert!(table.len() >= 40, "only {} kinds", table.len());
    assert!(
        wrong.is_empty(),
        "{} of {} are not as they should be\n\n{}",
        wrong.len(),
        mutants.len(),
        wrong.join("\n\n")
    );
}

/// So many mistakes, as evenly from the kinds as those allow, each another one.
fn mutants(labs: &[Lab], most: usize, seed: usize) -> Vec<Mutant> {
    let mut random = Random::new(seed as u64);
    let mut of_kind: Vec<Vec<Mutant>> = KINDS.iter().map(|_| Vec::new()).collect();
    for (lab, of) in labs.iter().enumerate() {
        for place in &of.places {
            for (at, (kind, found)) in KINDS.iter().zip(&mut of_kind).enumerate() {
                let mut texts: Vec<String> = Vec::new();
                // A misspelling can go wrong in several ways.
                for _ in 0..6 {
                    let text = (kind.make)(place, &of.facts, &mut random).filter(|text| *text != place.text);
                    texts.extend(text.filter(|text| !texts.contains(text)));
                }
                found.extend(texts.into_iter().map(|text| Mutant { lab, kind: at, place: place.clone(), text }));
            }
        }
    }
    let mut chosen = Vec::new();
    while chosen.len() < most && of_kind.iter().any(|found| !found.is_empty()) {
        for found in of_kind.iter_mut().filter(|found| !found.is_empty()) {
            let at = random.below(found.len());
            chosen.push(found.swap_remove(at));
        }
    }
    chosen.truncate(most);
    chosen
}

/// What becomes of each.
fn judged(labs: &[Lab], mutants: &[Mutant]) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let at = next.fetch_add(1, Ordering::Relaxed)
            && let Some(mutant) = mutants.get(at)
        {
            done.push((at, labs[mutant.lab].judge(&mutant.place, &mutant.text, KINDS[mutant.kind].lossy)));
        }
        done
    };
    let mut done: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, verdict)| verdict).collect()
}

fn drawn(table: &BTreeMap<usize, BTreeMap<&str, usize>>) -> String {
    let mut text = String::new();
    let mut sums: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, verdicts) in table {
        let counts: Vec<String> = verdicts.iter().map(|(name, count)| format!("{count} {name}")).collect();
        verdicts.iter().for_each(|(name, count)| *sums.entry(name).or_default() += count);
        let reason = KINDS[*kind].harmless;
        let reason = reason.map_or_else(String::new, |reason| format!(" ({reason})"));
        text.push_str(&format!("{:<50} {}{reason}\n", KINDS[*kind].name, counts.join(", ")));
    }
    text.push_str(&format!("{} kinds, {sums:?}", table.len()));
    text
}
