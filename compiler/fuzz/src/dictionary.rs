//! The words of all tables, as libFuzzer takes them.

use hlmc_core::nomad::schema::BlockType;
use hlmc_core::nomad::tables;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// What no table lists: signs of KDL, parameters, annotations, units, and the mark between the files of a lab.
const OTHERS: [&str; 40] = [
    "{",
    "}",
    "\"",
    "\"\"\"",
    "#\"",
    "\"#",
    "/-",
    "//",
    "/*",
    "*/",
    "=",
    ";",
    "\\",
    "\\u{202e}",
    "#true",
    "#false",
    "#null",
    "#inf",
    "@{",
    "@{domain}",
    "@@{",
    "${",
    "{{ ",
    "(secret)",
    "(address)",
    "(host)",
    "(port)",
    "(url)",
    "30s",
    "1h30m",
    "512MiB",
    "1e400",
    "0x",
    "192.168.1.10",
    "nomad:x#y",
    "//= lab.kdl",
    "//= nodes/a.kdl",
    "//= services/a.kdl",
    "//= services/a.txt",
    "//= integrations/dns/own/integration.kdl",
];

/// A dictionary for `-dict=`.
#[must_use]
pub fn dictionary() -> String {
    let mut words: BTreeSet<&str> = OTHERS.into_iter().collect();
    let daemons_and_drivers = ["daemon-dnsmasq", "daemon-samba", "driver-docker", "driver-exec"];
    for name in ["manifest", "nomad-job", "nomad-agent", "consul-agent"].into_iter().chain(daemons_and_drivers) {
        if let Some(language) = tables::language(name) {
            collect(language.root, 12, &mut words);
        }
    }
    let mut out = String::new();
    for word in words {
        let escaped: String = word
            .bytes()
            .map(|byte| match byte {
                b'"' | b'\\' => format!("\\{}", char::from(byte)),
                b' '..=b'~' => char::from(byte).to_string(),
                _ => format!("\\x{byte:02x}"),
            })
            .collect();
        let _ = writeln!(out, "\"{escaped}\"");
    }
    out
}

fn collect(ty: &'static BlockType, depth: usize, words: &mut BTreeSet<&'static str>) {
    for attribute in ty.attributes {
        words.insert(attribute.name);
        words.extend(attribute.one_of.iter().filter(|word| !word.is_empty()));
    }
    for block in ty.blocks {
        let new = words.insert(block.name);
        // Blocks may hold themselves.
        if let Some(depth) = depth.checked_sub(1).filter(|depth| new || *depth > 8) {
            collect(block, depth, words);
        }
    }
}
