//! Random manifests: whatever stands in them, decoding ends, and every place it names is in the text.

use crate::decode::decode;
use crate::hcl_random::Random;
use hlmc_core::nomad::hcl::{Dialect, write};
use hlmc_core::nomad::schema::BlockType;
use hlmc_core::nomad::tables::language;
use hlmc_core::source::FileId;

const VALUES: [&str; 24] = [
    "\"x\"",
    "\"30s\"",
    "30",
    "\"512MiB\"",
    "512",
    "#true",
    "#null",
    "-1.5",
    "1e400",
    "(secret)\"nomad:x#y\"",
    "(u8)1",
    "\"@{domain}\"",
    "\"@{nope}\"",
    "\"@{\"",
    "99999999999999999999999999",
    "-",
    "\"\"",
    "public",
    "\"${attr.x}\"",
    "(port)x",
    "\"é\u{1f4a9}\"",
    "\"1..5s\"",
    "#inf",
    "to=80",
];

fn nodes(random: &mut Random, ty: &'static BlockType, depth: usize, out: &mut String) {
    for _ in 0..random.below(6) {
        let names: Vec<&str> = ty.names().collect();
        let name = match random.below(8) {
            0 => "-",
            1 => "prot",
            _ if names.is_empty() => "x",
            _ => names[random.below(names.len())],
        };
        out.push_str(name);
        for _ in 0..random.below(4) {
            out.push(' ');
            if random.below(3) == 0 && !names.is_empty() {
                out.push_str(names[random.below(names.len())]);
                out.push('=');
                out.push_str(["1", "\"x\"", "(host)\"a\"", "#false"][random.below(4)]);
            } else {
                out.push_str(VALUES[random.below(VALUES.len())]);
            }
        }
        if depth > 0 && random.below(2) == 0 {
            out.push_str(" {\n");
            nodes(random, ty.block(name).unwrap_or(ty), depth - 1, out);
            out.push('}');
        }
        out.push('\n');
    }
}

#[test]
fn random_manifests_are_decoded() {
    let root = language("manifest").unwrap().root;
    let mut reported = 0;
    for seed in 1..600 {
        let mut text = String::new();
        nodes(&mut Random(seed * 0x9e37_79b9), root, 5, &mut text);
        let (blocks, found) = decode(&text, FileId(0));
        for diagnostic in &found {
            for label in std::iter::once(&diagnostic.primary).chain(&diagnostic.secondary) {
                assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{label:?}\n{text}");
            }
        }
        reported += found.len();
        for block in blocks {
            let body = hlmc_core::nomad::form::Body { attributes: vec![], blocks: vec![block] };
            assert!(hcl::parse(&write(&body, Dialect::Hcl2)).is_ok(), "{text}");
        }
    }
    assert!(reported > 1000, "only {reported} diagnostics");
}

/// As deep as the parser lets through, on a stack as small as a worker's.
#[test]
fn deep_manifests_are_decoded() {
    let deep = |open: &str, close: &str| {
        format!("preset \"x\" {{ param \"p\" {{ default {}{} }} }}", open.repeat(240), close.repeat(240))
    };
    let texts = [
        deep("{ - ", " }"),
        deep("{ a ", " }"),
        format!("job \"x\" {{ meta {} {} }}", "{ a ".repeat(240), "}".repeat(240)),
    ];
    let worker = std::thread::Builder::new().stack_size(1 << 21);
    let worker = worker.spawn(move || texts.map(|text| decode(&text, FileId(0)).1.len())).unwrap();
    assert!(worker.join().is_ok());
}
