//! What becomes of a lab.

use hlmc_core::bundle::Bundle;
use hlmc_core::diagnostic::{Diagnostic, Severity};
use hlmc_core::source::MemoryWorld;
use hlmc_core::{Compiled, compile};

/// What is said of a lab, a line each: `code: message`, with the help behind it; but for what is about something
/// that isn't there: advice, and secrets of the lab that a test has no use for.
pub(crate) fn messages(compiled: &Compiled) -> Vec<String> {
    let line =
        |it: &Diagnostic| format!("{}: {} ({})", it.code.name, it.message, it.help.as_deref().unwrap_or("no help"));
    let is_meant = |it: &&Diagnostic| it.severity != Severity::Advice && it.code.name != "unused-secret";
    compiled.diagnostics.iter().filter(is_meant).map(line).collect()
}

/// The bundle of a lab without errors.
pub(crate) fn bundle(world: &MemoryWorld) -> Bundle {
    let compiled = compile(world);
    assert_eq!(messages(&compiled), Vec::<String>::new());
    compiled.bundle.unwrap()
}

/// The text of an artifact.
pub(crate) fn text<'b>(bundle: &'b Bundle, path: &str) -> &'b str {
    let artifact = bundle.artifacts.iter().find(|artifact| artifact.path == path);
    let artifact = artifact.unwrap_or_else(|| panic!("no {path} in {:?}", paths(bundle)));
    std::str::from_utf8(&artifact.bytes).unwrap()
}

/// The paths of all artifacts.
pub(crate) fn paths(bundle: &Bundle) -> Vec<&str> {
    bundle.artifacts.iter().map(|artifact| artifact.path.as_str()).collect()
}
