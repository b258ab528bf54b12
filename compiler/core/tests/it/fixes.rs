//! Every change that a diagnostic offers, made to the letter: its diagnostic is gone, and there is no new error.

use crate::world::world;
use hlmc_core::diagnostic::{Diagnostic, Severity};
use hlmc_core::source::{MemoryWorld, World as _};
use hlmc_core::{Compiled, check, mend};
use std::collections::BTreeMap;
use std::path::Path;

/// What comes to light only once the change is made: it stood behind what is mended.
const BEHIND: [(&str, &str); 7] = [
    ("a-typo-and-a-conflict", "volume-missing: no node has the volume `blog-data` of `blog`"),
    ("missing-parameter", "missing-parameter: `mariadb` needs `password`, `volume`"),
    (
        "texts-that-nomad-refuses",
        "bad-value: `web-admin_api` is not the name of a service: up to 63 letters, digits and `-`",
    ),
    ("unknown-catalogue-entry", "unknown-reference: there is no service `prometheus`"),
    ("unknown-catalogue-entry", "unknown-secret: the lab declares no store of secrets `nomad`"),
    ("unknown-secret", "unknown-secret: `nomad/jobs/blog-db` has no key `root_password`"),
    ("many-mistakes", "duplicate-name: `class` is given twice"),
];

/// What is said, how often; without places, which a change moves.
fn said(compiled: &Compiled, of: impl Fn(&Diagnostic) -> bool) -> BTreeMap<(&'static str, &str), usize> {
    let mut said = BTreeMap::new();
    for it in compiled.diagnostics.iter().filter(|it| of(it)) {
        *said.entry((it.code.name, it.message.as_str())).or_default() += 1;
    }
    said
}

/// Makes the change of one diagnostic, and says what is wrong with what comes out.
fn try_one(name: &str, lab: &MemoryWorld, before: &Compiled, one: &Diagnostic) -> Result<(), String> {
    let mended = mend(&before.sources, std::slice::from_ref(one));
    let Some(file) = mended.first() else { return Ok(()) }; // a file of the binary
    let mut lab = lab.clone();
    lab.insert(file.path.clone(), file.text.clone());
    let after = check(&lab);
    let key = (one.code.name, one.message.as_str());
    let (old, new) = (said(before, |_| true), said(&after, |_| true));
    if new.get(&key).copied().unwrap_or(0) >= old[&key] {
        return Err(format!("`{}` is still said after `{}`", one.message, one.fix.as_ref().unwrap().replacement));
    }
    let is_error = |it: &Diagnostic| it.severity == Severity::Error;
    let old = said(before, is_error);
    let fresh: Vec<String> = said(&after, is_error)
        .into_iter()
        .filter(|(key, count)| *count > old.get(key).copied().unwrap_or(0))
        .map(|((code, message), _)| format!("{code}: {message}"))
        .filter(|said| !BEHIND.contains(&(name, said)))
        .collect();
    if fresh.is_empty() { Ok(()) } else { Err(format!("`{}` brought {fresh:?}", one.message)) }
}

/// How many changes were tried, and what is wrong with them.
fn try_all(name: &str, lab: &MemoryWorld, wrong: &mut Vec<String>) -> usize {
    let before = check(lab);
    let offering = before.diagnostics.iter().filter(|it| it.fix.is_some());
    let found =
        offering.map(|one| try_one(name, lab, &before, one).map_err(|error| wrong.push(format!("{name}: {error}"))));
    found.count()
}

#[test]
fn every_change_that_is_offered_for_a_fault_mends_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/faults");
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let (mut tried, mut wrong) = (0, Vec::new());
    for name in names {
        tried += try_all(&name, &world(&format!("golden/faults/{name}")), &mut wrong);
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(tried >= 50, "only {tried} changes were tried");
}

#[test]
fn all_changes_at_once_leave_nothing_to_change() {
    let lab = world("golden/faults/compose-words");
    let found = check(&lab);
    let mut mended_lab = lab.clone();
    let mut rounds = 0;
    let mut compiled = found;
    loop {
        let mended = mend(&compiled.sources, &compiled.diagnostics);
        if mended.is_empty() {
            break;
        }
        for file in &mended {
            assert!(lab.read(&file.path).is_ok());
            mended_lab.insert(file.path.clone(), file.text.clone());
        }
        compiled = check(&mended_lab);
        rounds += 1;
        assert!(rounds < 10);
    }
    assert!(rounds > 0);
    assert!(compiled.diagnostics.iter().all(|it| it.fix.is_none()));
}
