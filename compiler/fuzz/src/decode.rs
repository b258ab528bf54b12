//! Any text as a manifest: decoding ends, its diagnostics are sound, and what it takes up can be written as HCL.

use hlmc_core::decode::parameters::Parameters;
use hlmc_core::decode::{syntax, top};
use hlmc_core::diagnostic::Sink;
use hlmc_core::nomad::form::{Body, ValueKind};
use hlmc_core::nomad::hcl::{Dialect, write};
use hlmc_core::nomad::tables::language;
use hlmc_core::source::Sources;

/// Decodes a text as it stands at the top of a lab.
pub fn decode(bytes: &[u8]) {
    let text = crate::oracle::text(bytes);
    let mut sources = Sources::default();
    let file = sources.add("services/fuzz.kdl", text);
    let mut sink = Sink::default();
    let parse = hlmc_syntax::parse(text);
    syntax::report(&parse.errors, syntax::code, file, &mut sink);
    syntax::report(&parse.warnings, syntax::code, file, &mut sink);
    let mut parameters = Parameters::default();
    for name in ["lab", "domain", "datacenter", "service"] {
        parameters.set(name, ValueKind::Str(format!("the-{name}")));
    }
    let Some(manifest) = language("manifest") else { return };
    for node in parse.document.nodes() {
        if let Some(block) = top(node, file, manifest.root, &parameters, &mut sink) {
            let body = Body { attributes: Vec::new(), blocks: vec![block] };
            let _ = write(&body, Dialect::Hcl2);
        }
    }
    crate::oracle::diagnostics_are_sound(&sink.into_sorted(), &sources);
}
