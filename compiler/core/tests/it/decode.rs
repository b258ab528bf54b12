//! What ships in the binary, and the pages of decode's codes, by the real tables.

use hlmc_core::decode::codes;
use hlmc_core::decode::parameters::Parameters;
use hlmc_core::diagnostic::{Diagnostic, Sink, plain};
use hlmc_core::nomad::form::{Block, ValueKind};
use hlmc_core::nomad::tables::language;
use hlmc_core::source::{EMBEDDED, FileId, Sources};

/// Decodes one manifest as it stands at the top of a lab.
pub(crate) fn decode(text: &str, file: FileId) -> (Vec<Block>, Vec<Diagnostic>) {
    let parse = hlmc_syntax::parse(text);
    assert_eq!(parse.errors, vec![], "{text}");
    let root = language("manifest").expect("the manifest language").root;
    let mut parameters = Parameters::default();
    for name in ["lab", "domain", "datacenter", "service"] {
        parameters.set(name, ValueKind::Str(format!("the-{name}")));
    }
    let mut sink = Sink::default();
    let blocks =
        parse.document.nodes().filter_map(|node| hlmc_core::decode::top(node, file, root, &parameters, &mut sink));
    let blocks = blocks.collect();
    (blocks, sink.into_sorted())
}

#[test]
fn the_catalogue_decodes_without_a_word() {
    let mut sources = Sources::default();
    let mut services = 0;
    for embedded in EMBEDDED.iter().filter(|it| it.path.starts_with("services/") && it.path.ends_with(".kdl")) {
        let text = std::str::from_utf8(embedded.bytes).unwrap();
        let file = sources.add(embedded.path, text);
        let (blocks, found) = decode(text, file);
        let found: String = found.iter().map(|diagnostic| plain(diagnostic, &sources)).collect();
        assert_eq!(found, "");
        services += blocks.iter().filter(|block| block.name == "service").count();
    }
    assert!(services > 5, "only {services} services are embedded");
}

/// The manifests of a section of a page: path and text of each fenced block.
fn manifests<'p>(page: &'p str, section: &str) -> Vec<(&'p str, &'p str)> {
    let (_, section) = page.split_once(&format!("\n## {section}\n")).expect("the section");
    let section = section.split("\n## ").next().unwrap_or(section);
    let fences = section.split("```kdl ").skip(1);
    fences.map(|fence| fence.split("\n```").next().unwrap_or(fence).split_once('\n').expect("a manifest")).collect()
}

/// Applies the fix of each page's failing manifest, to the letter: nothing is left to say.
#[test]
fn fixes_fix() {
    let mut fixed = 0;
    for code in codes::ALL {
        for (path, text) in manifests(code.page, "Fails").into_iter().filter(|(path, _)| path.ends_with(".kdl")) {
            let (_, found) = decode(text, FileId(0));
            let Some(fix) = found.iter().find_map(|diagnostic| diagnostic.fix.as_ref()) else { continue };
            let mut text = text.to_owned();
            text.replace_range(fix.span.start as usize..fix.span.end as usize, &fix.replacement);
            let mut sources = Sources::default();
            let (_, left) = decode(&text, sources.add(path, &*text));
            assert_eq!(left.iter().map(|it| plain(it, &sources)).collect::<String>(), "", "{}: {text}", code.name);
            fixed += 1;
        }
    }
    assert!(fixed >= 5, "only {fixed} pages have a fix");
}
