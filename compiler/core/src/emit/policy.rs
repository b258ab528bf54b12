//! Nomad's ACL policies: which variables the tasks of a job may read beside the job's own.
//!
//! The identity of a job reads `nomad/jobs`, `nomad/jobs/JOB` and what is called after its groups and tasks below; all else it is refused
//! (<https://developer.hashicorp.com/nomad/docs/concepts/workload-identity>). So a policy holds the paths that a job names and nothing more,
//! and it is tied to that job: the identity of no other has it.

use crate::analyze::Analysis;
use crate::bundle::Artifact;
use crate::model::{Lab, Service};
use crate::nomad::form::{Block, Body, Value};
use crate::nomad::hcl::{Dialect, write};
use crate::source::{Span, Spanned};
use std::collections::BTreeMap;

/// What a job may read beside its own.
#[derive(Debug)]
pub(super) struct Policy<'l> {
    /// The job.
    pub(super) service: &'l Service,
    /// The paths of variables, sorted, with the first place where each is asked for.
    paths: BTreeMap<&'l str, Span>,
}

/// A policy for each job that reads variables of others.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    let artifact = |policy: Policy<'_>| {
        let text = write(&policy.body(), Dialect::Hcl1);
        Artifact::text("nomad-acl-policy", policy.path(), text).from(&policy.service.manifest)
    };
    policies(analysis.lab).map(artifact).collect()
}

/// The policies of a lab with access control.
pub(super) fn policies(lab: &Lab) -> impl Iterator<Item = Policy<'_>> {
    let services = lab.services.iter().filter(|_| lab.acl);
    services.map(Policy::of).filter(|policy| !policy.paths.is_empty())
}

impl<'l> Policy<'l> {
    fn of(service: &'l Service) -> Self {
        let mut paths = BTreeMap::new();
        for secret in service.secrets.iter().filter(|secret| secret.store == "nomad" && !is_own(service, &secret.path))
        {
            paths.entry(secret.path.as_str()).or_insert(secret.span);
        }
        Self { service, paths }
    }

    /// Where it lies in `out/`.
    pub(super) fn path(&self) -> String {
        format!("nomad/policies/{}/{}.hcl", self.service.namespace.value, self.service.name.value)
    }

    fn body(&self) -> Body {
        let namespace = &self.service.namespace;
        let mut variables = Block::new("variables", namespace.span);
        for (path, span) in &self.paths {
            let mut block = Block::labelled("path", Spanned::new((*path).to_owned(), *span), *span);
            block.body.set("capabilities", Value::strings(["read".to_owned()], *span));
            variables.body.blocks.push(block);
        }
        let mut block = Block::labelled("namespace", namespace.clone(), namespace.span);
        block.body.blocks.push(variables);
        Body { attributes: Vec::new(), blocks: vec![block] }
    }
}

/// Whether a job's identity reads a path without a policy, whichever of its tasks asks.
fn is_own(service: &Service, path: &str) -> bool {
    let Some(below) = path.strip_prefix("nomad/jobs") else { return false };
    let Some(below) = below.strip_prefix('/') else { return below.is_empty() };
    let group = match service.groups.as_slice() {
        [group] => Some(group.name.as_str()),
        _ => None,
    };
    match below.strip_prefix(service.name.as_str()) {
        Some("") => true,
        Some(rest) => rest.strip_prefix('/').is_some_and(|rest| Some(rest) == group),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::fixture::{analysis, lab, service};
    use crate::model::SecretReference;

    fn reads(name: &str, paths: &[&str]) -> Service {
        let secret = |path: &&str| SecretReference {
            store: "nomad".into(),
            path: (*path).into(),
            key: "key".into(),
            variable: Spanned::new(String::new(), Span::default()),
            span: Span::default(),
        };
        Service { secrets: paths.iter().map(secret).collect(), ..service(name) }
    }

    #[test]
    fn a_job_is_given_what_it_reads_of_others_and_nothing_else() {
        let mut lab = lab();
        lab.services = vec![
            reads("db", &["nomad/jobs", "nomad/jobs/db", "nomad/jobs/db/db"]),
            reads("web", &["nomad/jobs/web", "nomad/jobs/db", "shared/smtp", "nomad/jobs/db", "nomad/jobs/webhook"]),
        ];
        assert!(artifacts(&analysis(&lab)).is_empty(), "without access control there is nothing to allow");
        lab.acl = true;
        let artifacts = artifacts(&analysis(&lab));
        let [policy] = artifacts.as_slice() else { panic!("{artifacts:?}") };
        assert_eq!(policy.path, "nomad/policies/default/web.hcl");
        assert_eq!(
            std::str::from_utf8(&policy.bytes).unwrap(),
            r#"namespace "default" {
  variables {
    path "nomad/jobs/db" {
      capabilities = ["read"]
    }

    path "nomad/jobs/webhook" {
      capabilities = ["read"]
    }

    path "shared/smtp" {
      capabilities = ["read"]
    }
  }
}
"#
        );
    }
}
