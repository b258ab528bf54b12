//! What the compiler makes of a lab with other texts in it.

use super::places::{Edit, Files, Role, edited};
use hlmc_core::compile;
use hlmc_core::diagnostic::{Diagnostic, Severity, short};
use hlmc_core::source::Sources;
use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A bundle's texts by path.
pub(super) type Bundle = BTreeMap<String, String>;

/// What the compiler made of a lab.
pub(super) enum Outcome {
    Bundle(Bundle),
    /// Its errors.
    Refused(Vec<Refusal>),
}

/// One error.
pub(super) struct Refusal {
    /// Its first line.
    pub(super) said: String,
    /// Which of the texts it points at, first or beside others.
    pub(super) about: Option<usize>,
}

/// Compiles a lab with other texts. A panic is a refusal that points nowhere.
pub(super) fn compiled(files: &Files, edits: &[Edit<'_>]) -> Outcome {
    let (world, spans) = edited(files, edits);
    let Ok(compiled) = catch_unwind(AssertUnwindSafe(|| compile(&world))) else {
        return Outcome::Refused(vec![Refusal { said: "the compiler panicked".to_owned(), about: None }]);
    };
    if let Some(bundle) = compiled.bundle {
        let artifacts = bundle.artifacts.into_iter();
        return Outcome::Bundle(artifacts.map(|it| (it.path, String::from_utf8(it.bytes).unwrap())).collect());
    }
    Outcome::Refused(refusals(&compiled.diagnostics, &compiled.sources, edits, &spans))
}

/// The job of a lab with other texts, as it is decoded and written: nothing looks whether it makes sense.
pub(super) fn written(files: &Files, edits: &[Edit<'_>]) -> Outcome {
    let (world, spans) = edited(files, edits);
    match crate::lab::job(&world) {
        Ok(hcl) => Outcome::Bundle(BTreeMap::from([("nomad/jobs/default/all.nomad.hcl".to_owned(), hcl)])),
        Err((found, sources)) => Outcome::Refused(refusals(&found, &sources, edits, &spans)),
    }
}

fn refusals(found: &[Diagnostic], sources: &Sources, edits: &[Edit<'_>], spans: &[Range<usize>]) -> Vec<Refusal> {
    let errors = found.iter().filter(|it| it.severity == Severity::Error);
    let refusals = errors.map(|found| {
        let places = std::iter::once(&found.primary).chain(&found.secondary).map(|label| label.span);
        let about = places.into_iter().find_map(|span| {
            let there = sources.slice(span);
            // A parameter's value may be wrong where it is used, and a default that is none is missed where it is needed.
            let parameter = there.contains("@{") || found.code.name == "missing-parameter";
            let path = sources.path(span.file);
            let place = span.start as usize..span.end as usize;
            edits.iter().zip(spans).position(|(edit, span)| {
                let inside = span.start <= place.start && place.end <= span.end;
                // A message about a whole statement is about each text of it.
                let around = place.start <= span.start && span.end <= place.end && !there.contains('\n');
                let here = edit.place.file == *path && (inside || around);
                // What is wrong in a file that a manifest names is told where it is named.
                let named = edit.place.role == Role::File && edit.place.file.ends_with(there.trim_matches('"'));
                here || named || parameter && edit.place.is_parameter()
            })
        });
        Refusal { said: short(found, sources), about }
    });
    refusals.collect()
}
