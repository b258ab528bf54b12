//! Jobs as HCL, one file each: `nomad/jobs/<namespace>/<job>.nomad.hcl`.

use crate::bundle::Artifact;
use crate::model::Service;
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::nomad::hcl::{Dialect, write};
use rayon::prelude::*;
use std::borrow::Cow;

/// Writes the jobs; what they take from other artifacts of the bundle is filled in from `generated`.
#[must_use]
pub fn artifacts(services: &[Service], generated: &[Artifact]) -> Vec<Artifact> {
    services.par_iter().map(|service| artifact(service, generated)).collect()
}

fn artifact(service: &Service, generated: &[Artifact]) -> Artifact {
    let path = format!("nomad/jobs/{}/{}.nomad.hcl", service.namespace.value, service.name.value);
    let job = if has_artifact(&service.job.body) {
        let mut job = service.job.clone();
        fill(&mut job.body, generated);
        Cow::Owned(job)
    } else {
        Cow::Borrowed(&service.job)
    };
    let body = Body { attributes: Vec::new(), blocks: vec![Block::clone(&job)] };
    Artifact::text("nomad-job", path, write(&body, Dialect::Job)).from(service.manifest.as_str())
}

fn has_artifact(body: &Body) -> bool {
    body.attributes.iter().any(|attribute| matches!(attribute.value.kind, ValueKind::Artifact(_)))
        || body.blocks.iter().any(|block| has_artifact(&block.body))
}

fn fill(body: &mut Body, generated: &[Artifact]) {
    for attribute in &mut body.attributes {
        if let ValueKind::Artifact(path) = &attribute.value.kind {
            let artifact = generated.iter().find(|artifact| artifact.path == *path);
            let text =
                artifact.map(|artifact| String::from_utf8_lossy(&artifact.bytes).into_owned()).unwrap_or_default();
            attribute.value = Value { kind: ValueKind::Str(text), span: attribute.value.span };
        }
    }
    for block in &mut body.blocks {
        fill(&mut block.body, generated);
    }
}
