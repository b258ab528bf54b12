//! Jobs as HCL, one file each: `nomad/jobs/<namespace>/<job>.nomad.hcl`.

use crate::bundle::Artifact;
use crate::model::Service;
use crate::nomad::form::{Body, Value, ValueKind};
use crate::nomad::hcl::{Dialect, write_block};
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
    Artifact::text("nomad-job", path, write_block(&job, Dialect::Job)).from(service.manifest.as_str())
}

fn has_artifact(body: &Body) -> bool {
    body.attributes.iter().any(|attribute| matches!(attribute.value.kind, ValueKind::Artifact(_)))
        || body.blocks.iter().any(|block| has_artifact(&block.body))
}

fn fill(body: &mut Body, generated: &[Artifact]) {
    let mut rendered = false;
    for attribute in &mut body.attributes {
        if let ValueKind::Artifact(path) = &attribute.value.kind {
            let (text, template) = text(path, generated);
            rendered |= template;
            attribute.value = Value { kind: ValueKind::Str(text), span: attribute.value.span };
        }
    }
    if rendered {
        body.attributes.retain(|attribute| !matches!(&*attribute.name, "left_delimiter" | "right_delimiter"));
    }
    for block in &mut body.blocks {
        fill(&mut block.body, generated);
    }
}

/// The text of an artifact, and whether Nomad has to render it: where the bundle has `X.ctmpl` in place of `X`, it does.
fn text(path: &str, generated: &[Artifact]) -> (String, bool) {
    let find = |path: &str| generated.iter().find(|artifact| artifact.path == path);
    let text = |artifact: &Artifact| String::from_utf8_lossy(&artifact.bytes).into_owned();
    match find(path) {
        Some(artifact) => (text(artifact), false),
        None => find(&format!("{path}.ctmpl")).map_or_else(Default::default, |template| (text(template), true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::fixture::service;
    use crate::nomad::form::Block;
    use crate::source::Span;

    fn template(path: &str, generated: &[Artifact]) -> String {
        let span = Span::default();
        let mut service = service("proxy");
        let mut template = Block::new("template", span);
        template.body.set("left_delimiter", Value::str("<<hlmc", span));
        template.body.set("right_delimiter", Value::str("hlmc>>", span));
        template.body.set("data", Value { kind: ValueKind::Artifact(path.to_owned()), span });
        service.job.body.blocks.push(template);
        String::from_utf8(artifacts(&[service], generated)[0].bytes.clone()).unwrap()
    }

    #[test]
    fn an_artifact_is_taken_up_as_it_is() {
        let text = template("proxy/Caddyfile", &[Artifact::text("caddyfile", "proxy/Caddyfile", "{{ a }}")]);
        assert!(text.contains("left_delimiter  = \"<<hlmc\"\n    right_delimiter = \"hlmc>>\"\n"), "{text}");
        assert!(text.contains("data            = \"{{ a }}\"\n"), "{text}");
    }

    #[test]
    fn a_template_in_its_place_is_rendered() {
        let text = template("proxy/Caddyfile", &[Artifact::text("caddyfile", "proxy/Caddyfile.ctmpl", "{{ a }}")]);
        assert!(text.contains("  template {\n    data = \"{{ a }}\"\n  }\n"), "{text}");
    }
}
