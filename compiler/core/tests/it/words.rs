//! Every word of the manifest language stands in a lab of the repository, so that its output is built, read and accepted there.

use hlmc_core::nomad::schema::BlockType;
use hlmc_core::nomad::tables;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Words that no lab has: a VPN has no integration yet, and a `backup` is warned of while nothing makes it.
const LEFT_OUT: [&str; 3] = ["backup", "schedule", "vpn"];

fn used(folder: &Path, words: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            used(&path, words);
        } else if path.extension().is_some_and(|extension| extension == "kdl") {
            let text = fs::read_to_string(&path).unwrap();
            let parse = hlmc_syntax::parse(&text);
            let mut open: Vec<_> = parse.document.nodes().collect();
            while let Some(node) = open.pop() {
                words.insert(node.name().to_owned());
                words.extend(node.props().filter_map(|entry| Some(entry.key()?.text.to_owned())));
                words.extend(node.args().filter_map(|entry| Some(entry.value().as_str()?.to_owned())));
                open.extend(node.children());
            }
        }
    }
}

/// The names of a block and of all in it, but for those of other programs' languages.
fn names(ty: &'static BlockType, names: &mut BTreeSet<&'static str>) {
    for attribute in ty.attributes {
        names.insert(attribute.name);
    }
    for block in ty.blocks {
        if names.insert(block.name) && !block.partial && block.name != "job" {
            self::names(block, names);
        }
    }
}

#[test]
fn every_word_stands_in_a_lab() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut words = BTreeSet::new();
    for folder in ["golden/labs", "nodes", "services", "integrations"] {
        used(&root.join(folder), &mut words);
    }
    let mut known = BTreeSet::new();
    for language in ["manifest", "daemon-dnsmasq", "daemon-samba"] {
        names(tables::language(language).unwrap().root, &mut known);
    }
    assert!(known.len() > 100, "{known:?}");
    let missing: Vec<_> = known.iter().filter(|name| !words.contains(**name)).copied().collect();
    assert_eq!(missing, LEFT_OUT, "a new word goes into golden/labs/every-word");
}
