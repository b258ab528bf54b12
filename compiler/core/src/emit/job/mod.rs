//! Jobs as HCL, one file each: `nomad/jobs/<namespace>/<job>.nomad.hcl`.

use crate::analyze::GroupFacts;
use crate::bundle::Artifact;
use crate::model::{Arch, Service};
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::nomad::hcl::{Dialect, write_block};
use std::borrow::Cow;

/// Writes a job; what it takes from other artifacts of the bundle is filled in from `generated`. `groups` is what follows for the
/// groups of all jobs, in their order.
#[must_use]
pub fn artifact(service: &Service, groups: &[GroupFacts<'_>], generated: &[Artifact]) -> Artifact {
    let mut job = Cow::Borrowed(&service.job);
    if !generated.is_empty() {
        fill(&mut job.to_mut().body, generated);
    }
    let first = groups.partition_point(|facts| facts.service.name.value < service.name.value);
    for facts in groups[first..].iter().take_while(|facts| facts.service.name.value == service.name.value) {
        if let Some(arches) = facts.architectures() {
            keep_to(&arches, facts, &mut job.to_mut().body);
        }
    }
    Artifact::text("nomad-job", service.job_path(), write_block(&job, Dialect::Job)).from(service.manifest.as_str())
}

/// Keeps a group to nodes that its images are made for. Nomad doesn't know what those are, and would place it anywhere.
fn keep_to(arches: &[Arch], facts: &GroupFacts<'_>, job: &mut Body) {
    let group = &facts.group.name;
    let named =
        |block: &&mut Block| block.name == "group" && block.label().is_some_and(|name| name.value == group.value);
    let Some(block) = job.blocks.iter_mut().find(named) else { return };
    let names: Vec<&str> = arches.iter().map(|arch| arch.name()).collect();
    let mut constraint = Block::new("constraint", group.span);
    constraint.body.set("attribute", Value::str("${attr.cpu.arch}", group.span));
    if names.len() > 1 {
        constraint.body.set("operator", Value::str("set_contains_any", group.span));
    }
    constraint.body.set("value", Value::str(names.join(","), group.span));
    block.body.blocks.insert(0, constraint);
}

/// Whether a job takes up another artifact of the bundle: the text of one of its templates.
#[must_use]
pub fn takes_up(service: &Service) -> bool {
    let templates = service.tasks().flat_map(|task| task.body.blocks("template"));
    let mut texts = templates.filter_map(|template| template.body.attribute("data"));
    texts.any(|data| matches!(data.value.kind, ValueKind::Artifact(_)))
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
    let text = |artifact: &Artifact| String::from_utf8(artifact.bytes.clone()).unwrap_or_default();
    match find(path) {
        Some(artifact) => (text(artifact), false),
        None => find(&format!("{path}.ctmpl")).map_or_else(Default::default, |template| (text(template), true)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::fixture::service;
    use crate::source::Span;

    fn template(path: &str, generated: &[Artifact]) -> String {
        let span = Span::default();
        let mut service = service("proxy");
        let mut template = Block::new("template", span);
        template.body.set("left_delimiter", Value::str("<<hlmc", span));
        template.body.set("right_delimiter", Value::str("hlmc>>", span));
        template.body.set("data", Value { kind: ValueKind::Artifact(path.to_owned()), span });
        service.job.body.blocks.push(template);
        String::from_utf8(artifact(&service, &[], generated).bytes).unwrap()
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
