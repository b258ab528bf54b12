//! Nothing in a manifest leads out of the lab or out of the bundle: each text of a lab with every word is replaced by what
//! could.

use crate::folder::messages;
use crate::world::world;
use hlmc_core::Compiled;
use hlmc_core::source::{MemoryWorld, ReadError, World};
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Texts that lead somewhere else when they are taken for a part of a path.
const ASTRAY: [&str; 8] =
    ["../../../astray", "/astray", "a/../../../../astray", "a/b", "..", "", "bundle.json", "services/../../astray"];

/// A lab that notes what is asked for.
struct Watched {
    world: MemoryWorld,
    outside: Mutex<Vec<String>>,
}

impl World for Watched {
    fn files(&self) -> Vec<Result<String, (String, ReadError)>> {
        self.world.files()
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let found = self.world.read(path);
        if found == Err(ReadError::OutsideLab) {
            self.outside.lock().unwrap().push(path.to_owned());
        }
        found
    }
}

/// Where the texts of a manifest stand: arguments and properties, in bytes.
fn texts(manifest: &str) -> Vec<(usize, usize)> {
    let parse = hlmc_syntax::parse(manifest);
    let mut open: Vec<_> = parse.document.nodes().collect();
    let mut texts = Vec::new();
    while let Some(node) = open.pop() {
        let values = node.entries().filter(|entry| entry.value().as_str().is_some());
        texts.extend(values.map(|entry| (entry.value_span().start as usize, entry.value_span().end as usize)));
        open.extend(node.children());
    }
    texts
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('\n', "\\n"))
}

/// The paths of a bundle that don't stay in its folder, or can't be made there.
fn strayed(compiled: &Compiled) -> Vec<&str> {
    let Some(bundle) = &compiled.bundle else { return Vec::new() };
    let paths: Vec<&str> = bundle.artifacts.iter().map(|artifact| artifact.path.as_str()).collect();
    let once: BTreeSet<&str> = paths.iter().copied().collect();
    let is_fine = |path: &str| {
        let plain =
            |part: &str| !matches!(part, "" | "." | "..") && part.len() <= 200 && !part.contains(['\0', '\n', '\\']);
        let in_a_file = path.match_indices('/').any(|(at, _)| once.contains(&path[..at]));
        let known = ["nomad/", "nodes/", "proxy/", "monitoring/", "report/", "vault/", "deploy.sh", "bundle.json"];
        path.split('/').all(plain) && !in_a_file && known.iter().any(|start| path.starts_with(start))
    };
    let twice = paths.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]);
    paths.iter().copied().filter(|path| !is_fine(path)).chain(twice).collect()
}

/// The lab of every word with one text replaced, for each text and each that leads astray; with what was done.
fn labs() -> Vec<(String, MemoryWorld)> {
    let whole = world("golden/labs/every-word");
    let long = "x".repeat(300); // longer than the name of a file may be
    let mut labs = Vec::new();
    for path in whole.files().into_iter().map(Result::unwrap).filter(|path| path.ends_with(".kdl")) {
        let manifest = String::from_utf8(whole.read(&path).unwrap()).unwrap();
        for (start, end) in texts(&manifest) {
            for text in ASTRAY.into_iter().chain([long.as_str()]) {
                let mut lab = whole.clone();
                lab.insert(path.as_str(), format!("{}{}{}", &manifest[..start], quoted(text), &manifest[end..]));
                labs.push((format!("{path}: {text:?} for {}", &manifest[start..end]), lab));
            }
        }
    }
    labs
}

#[test]
fn no_text_of_a_manifest_leads_out_of_the_lab_or_the_bundle() {
    let (mut built, mut refused) = (0, 0);
    let labs = labs();
    let tried = labs.len();
    for (case, world) in labs {
        let watched = Watched { world, outside: Mutex::default() };
        let compiled = hlmc_core::compile(&watched);
        let (said, strayed) = (messages(&compiled), strayed(&compiled));
        let outside = watched.outside.into_inner().unwrap();
        if compiled.bundle.is_some() {
            assert!(outside.is_empty() && strayed.is_empty(), "{case}: read {outside:?}, wrote {strayed:?}");
            built += 1;
        } else {
            assert!(!said.is_empty(), "{case}: refused without a word");
            refused += usize::from(said.iter().any(|line| line.starts_with("path-outside-lab")));
        }
    }
    assert!(
        built > 200 && tried - built > 200 && refused > 2,
        "{tried} texts, {built} built, {refused} refused as paths"
    );
}
