//! Any set of files as a lab: all stages end, diagnostics are sound, a bundle is there exactly when there is no error, its paths
//! are safe, and the same files give the same bytes.

use crate::Lab;
use crate::oracle::{diagnostics_are_sound, paths_are_safe};
use hlmc_core::Compiled;
use hlmc_core::diagnostic::Severity;

/// One input in so many is compiled twice.
const TWICE: u32 = 8;

/// Compiles an input as a [`Lab`].
pub fn compile(input: &[u8]) {
    let lab = Lab::read(input);
    let first = compiled(&lab);
    let sum = input.iter().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte)));
    if sum % TWICE == 0 {
        assert_same(&first, &hlmc_core::compile(&lab.world()));
        let checked = hlmc_core::check(&lab.world());
        assert_eq!(format!("{:?}", first.diagnostics), format!("{:?}", checked.diagnostics));
    }
}

/// Compiles a lab, and holds what comes out against the oracles.
#[must_use]
pub fn compiled(lab: &Lab) -> Compiled {
    let compiled = hlmc_core::compile(&lab.world());
    diagnostics_are_sound(&compiled.diagnostics, &compiled.sources);
    let errors = compiled.diagnostics.iter().any(|found| found.severity == Severity::Error);
    assert_eq!(compiled.bundle.is_none(), errors, "{:?}", compiled.diagnostics);
    if let Some(bundle) = &compiled.bundle {
        paths_are_safe(bundle);
    }
    compiled
}

fn assert_same(first: &Compiled, second: &Compiled) {
    assert_eq!(format!("{:?}", first.diagnostics), format!("{:?}", second.diagnostics));
    let bytes = |compiled: &Compiled| {
        let artifacts = compiled.bundle.as_ref().map(|bundle| &bundle.artifacts);
        artifacts.map(|it| it.iter().map(|it| (it.path.clone(), it.bytes.clone())).collect::<Vec<_>>())
    };
    assert!(bytes(first) == bytes(second), "two bundles from the same files");
}
