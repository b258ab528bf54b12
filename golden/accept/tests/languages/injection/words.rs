//! The test: every place of a lab in which every word of the manifest language stands.

use super::outcome::{Outcome, compiled};
use super::places::{Files, files, places};
use super::readers::Readers;
use super::trial::{Lab, Tally};
use crate::texts::texts;
use hlmc_core::nomad::schema::{BlockType, Type};
use hlmc_core::nomad::tables::language;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Words without a place: a VPN has no integration yet, those for DNS and monitoring take no options, a `backup` is warned of
/// while nothing makes it, what the lab's defaults say stands in services too, and job files have `values`.
const LEFT_OUT: [&str; 12] = [
    "lab.defaults.datacenters",
    "lab.defaults.host-network",
    "lab.defaults.provider",
    "lab.defaults.resources.memory-max",
    "lab.defaults.shutdown-delay",
    "lab.dns.*",
    "lab.monitoring.*",
    "lab.values.*",
    "lab.vpn#provider",
    "lab.vpn.*",
    "service.backup#volume",
    "service.backup.schedule",
];

/// The lab of every word, and what it lacks.
fn lab_files() -> Files {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = files(&tests.join("../labs/every-word"));
    all.extend(files(&tests.join("tests/languages/injection/more")));
    all
}

/// The words below a block that take a text or a name, but for those of other programs' languages.
fn words(ty: &'static BlockType, path: &str, words: &mut BTreeSet<String>) {
    let dot = if path.is_empty() { "" } else { "." };
    let texts = ty.attributes.iter().filter(|it| !matches!(it.ty, Type::Bool | Type::Int | Type::Ints | Type::Float));
    words.extend(texts.map(|attribute| format!("{path}{dot}{}", attribute.name)));
    if ty.open.is_some() {
        words.insert(format!("{path}.*"));
    }
    for block in ty.blocks {
        let path = format!("{path}{dot}{}", block.name);
        words.extend(block.labels.iter().map(|label| format!("{path}#{label}")));
        // A service may stand in presets, in integrations and over an entry of the catalogue: it has the same words there.
        let again = matches!(path.as_str(), "preset.service" | "integration.service");
        let foreign = path == "job" || path.ends_with(".config") || block.partial && path != "use";
        if path == "use" {
            words.insert("use.as".to_owned());
        } else if !again && !foreign {
            self::words(block, &path, words);
        }
    }
}

#[test]
fn every_word_has_a_place() {
    let files = lab_files();
    let there: BTreeSet<String> = places(&files).into_iter().map(|place| place.word).collect();
    let mut known = BTreeSet::new();
    words(language("manifest").unwrap().root, "", &mut known);
    for daemon in ["dnsmasq", "samba"] {
        words(language(&format!("daemon-{daemon}")).unwrap().root, "node.runs", &mut known);
    }
    // Tasks beside the main one know its words.
    let beside = |word: &str| ["init", "sidecar", "task"].iter().any(|it| word.starts_with(&format!("service.{it}.")));
    known.retain(|word| !beside(word));
    let missing: Vec<&str> = known.iter().filter(|word| !there.contains(*word)).map(String::as_str).collect();
    assert_eq!(missing, LEFT_OUT, "a new word goes into golden/labs/every-word");
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn any_text_in_any_place_comes_back_or_is_refused() {
    let files = lab_files();
    let places = places(&files);
    let texts = texts();
    let parameters = &[("lab", "every-word"), ("domain", "words.example.org"), ("datacenter", "attic")];
    let lab = Lab { files: &files, places: &places, parameters };
    let (next, total) = (AtomicUsize::new(0), Mutex::new(Tally::default()));
    let started = std::time::Instant::now();
    std::thread::scope(|scope| {
        for thread in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            let (lab, texts, next, total, places) = (&lab, &texts, &next, &total, &places);
            scope.spawn(move || {
                let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("injection-{thread}"));
                let mut readers = Readers::new(folder);
                while let Some(place) = places.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let mut tally = Tally::default();
                    lab.try_place(place, texts, &mut readers, &mut tally);
                    total.lock().unwrap().add(tally);
                }
            });
        }
    });
    let tally = total.into_inner().unwrap();
    println!(
        "{} places, {} texts: {} held, {} of them in no artifact, {} refused, in {:?}\n{:?}\n{} closed: {:?}",
        places.len(),
        texts.len(),
        tally.accepted,
        tally.unseen,
        tally.refused,
        started.elapsed(),
        tally.held,
        tally.closed.len(),
        tally.closed
    );
    assert!(tally.faults.is_empty(), "{} faults:\n{}", tally.faults.len(), tally.faults.join("\n"));
}

#[test]
fn any_name_of_a_folder_comes_back_or_is_refused() {
    let files = lab_files();
    let mut held = 0;
    for (name, text) in texts() {
        if text.is_empty() || text.len() > 255 || text.contains(['/', '\0']) || text.starts_with("..") {
            continue;
        }
        let moved = |path: &String| path.replace("services/report/", &format!("services/{text}/"));
        let files = files.iter().map(|(path, bytes)| (moved(path), bytes.clone())).collect();
        match compiled(&files, &[]) {
            Outcome::Refused(said) => assert!(said.iter().all(|it| !it.said.contains("panicked")), "{name}"),
            Outcome::Bundle(bundle) => {
                let list: serde_json::Value = serde_json::from_str(&bundle["bundle.json"]).unwrap();
                let mut sources = list["files"].as_array().unwrap().iter().filter_map(|file| file["source"].as_str());
                assert!(sources.any(|source| source == format!("services/{text}/service.kdl")), "{name}");
                held += 1;
            }
        }
    }
    assert!(held > 50, "only {held} names are held");
}
