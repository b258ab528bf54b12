//! Vault's half of the secrets that jobs read there: how it knows the identities of their tasks, and what each of them may read.
//!
//! A job logs in to a role of its own, which takes the identity of no other job, and gets the policy of the same name, which
//! holds the paths that the job names and nothing more. Both follow from the job's `vault` blocks and its references, the
//! audience and the mount from what the agents are told.

use crate::analyze::Analysis;
use crate::bundle::Artifact;
use crate::lower::{role, vault_path};
use crate::model::{Lab, Node, Service};
use crate::nomad::form::{Block, Body, Value};
use crate::nomad::hcl::{Dialect, write};
use crate::source::{Span, Spanned};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// Where Vault has the logins with identities of Nomad's, unless a node says otherwise.
pub(super) const MOUNT: &str = "jwt-nomad";
/// Whom the identities are for, unless a server says otherwise.
pub(super) const AUDIENCE: &str = "vault.io";
/// Where Nomad's clients look for Vault, unless the lab says otherwise.
pub(super) const ADDRESS: &str = "https://vault.service.consul:8200";
/// How Nomad's servers tell the keys that they sign identities with.
const KEYS: &str = ".well-known/jwks.json";
/// Where the configuration of the mount lies in `out/`.
const LOGIN: &str = "vault/login.json";

/// What a job may read.
#[derive(Debug)]
pub(super) struct Grant<'l> {
    /// The job.
    pub(super) service: &'l Service,
    /// The name of its role and of its policy.
    pub(super) role: String,
    /// The paths as Vault answers them, with the first place where each is asked for.
    paths: BTreeMap<String, Span>,
}

/// The configuration of the logins, and a policy and a role for each job that reads secrets there.
#[must_use]
pub fn artifacts(analysis: &Analysis<'_>) -> Vec<Artifact> {
    let lab = analysis.lab;
    if lab.store("vault").is_none() {
        return Vec::new();
    }
    let login = json_of("vault-login", LOGIN.to_owned(), &login(lab));
    let granted = grants(lab).flat_map(|grant| {
        let policy = Artifact::text("vault-policy", grant.policy_path(), write(&grant.body(), Dialect::Hcl1));
        let role = json_of("vault-role", grant.role_path(), &grant.login(lab));
        [policy, role].map(|artifact| artifact.from(&grant.service.manifest))
    });
    std::iter::once(login).chain(granted).collect()
}

/// What each job may read, of those that log in to a role that is made for them.
pub(super) fn grants(lab: &Lab) -> impl Iterator<Item = Grant<'_>> {
    let mount = lab.store("vault").map(|store| store.mount.as_str());
    lab.services.iter().filter_map(move |service| Grant::of(lab, service, mount?))
}

/// Where the logins are, as the clients are told.
pub(super) fn mount(lab: &Lab) -> &str {
    let clients = lab.nodes.iter().filter(|node| node.client);
    let mut said = clients.filter_map(|node| node.nomad.block("vault")?.body.str("jwt_auth_backend_path"));
    said.next().map_or(MOUNT, |said| said.value)
}

/// Whom the identities are for, as the servers are told.
fn audiences(lab: &Lab) -> BTreeSet<&str> {
    let mut audiences: BTreeSet<&str> = lab.servers().map(audience).collect();
    if audiences.is_empty() {
        audiences.insert(AUDIENCE);
    }
    audiences
}

fn audience(server: &Node) -> &str {
    let identity = server.nomad.block("vault").and_then(|vault| vault.body.block("default_identity"));
    identity.and_then(|identity| identity.body.strings("aud").next()).map_or(AUDIENCE, |audience| audience.value)
}

/// By which keys Vault knows an identity: those of the servers, any of which may be away.
fn login(lab: &Lab) -> serde_json::Value {
    let address = |server: &Node| format!("http://{}:4646/{KEYS}", server.address.value);
    match lab.servers().map(address).collect::<Vec<_>>().as_slice() {
        [only] => json!({ "jwks_url": only, "jwt_supported_algs": ["RS256", "EdDSA"] }),
        all => {
            let pairs: Vec<_> = all.iter().map(|address| json!({ "jwks_url": address })).collect();
            json!({ "jwks_pairs": pairs, "jwt_supported_algs": ["RS256", "EdDSA"] })
        }
    }
}

impl<'l> Grant<'l> {
    fn of(lab: &Lab, service: &'l Service, mount: &str) -> Option<Self> {
        let mut paths = BTreeMap::new();
        for secret in service.secrets.iter().filter(|secret| secret.store == "vault") {
            paths.entry(vault_path(mount, "data", &secret.path)).or_insert(secret.span);
        }
        let role = role(&lab.name, &service.namespace, &service.name);
        let is_used = || {
            let groups = service.job.body.blocks("group");
            let mut tasks = groups.flat_map(|group| group.body.blocks("task"));
            tasks.any(|task| {
                let given = task.body.block("vault").and_then(|vault| vault.body.str("role"));
                given.is_some_and(|given| given.value == role)
            })
        };
        (!paths.is_empty() && is_used()).then_some(Self { service, role, paths })
    }

    /// Where its policy lies in `out/`.
    pub(super) fn policy_path(&self) -> String {
        format!("vault/policies/{}/{}.hcl", self.service.namespace.value, self.service.name.value)
    }

    /// Where its role lies in `out/`.
    pub(super) fn role_path(&self) -> String {
        format!("vault/roles/{}/{}.json", self.service.namespace.value, self.service.name.value)
    }

    fn body(&self) -> Body {
        let block = |(path, span): (&String, &Span)| {
            let mut block = Block::labelled("path", Spanned::new(path.clone(), *span), *span);
            block.body.set("capabilities", Value::strings(["read".to_owned()], *span));
            block
        };
        Body { attributes: Vec::new(), blocks: self.paths.iter().map(block).collect() }
    }

    /// The role. A token lives as long as Nomad renews it, so it has no other end.
    fn login(&self, lab: &Lab) -> serde_json::Value {
        json!({
            "role_type": "jwt",
            "bound_audiences": audiences(lab),
            "bound_claims": {
                "nomad_job_id": self.service.name.value,
                "nomad_namespace": self.service.namespace.value,
            },
            "bound_claims_type": "string",
            "claim_mappings": {
                "nomad_job_id": "nomad_job_id",
                "nomad_namespace": "nomad_namespace",
                "nomad_task": "nomad_task",
            },
            "user_claim": "/nomad_job_id",
            "user_claim_json_pointer": true,
            "token_explicit_max_ttl": 0,
            "token_period": "30m",
            "token_policies": [self.role],
            "token_type": "service",
        })
    }
}

fn json_of(kind: &'static str, path: String, value: &serde_json::Value) -> Artifact {
    Artifact::text(kind, path, format!("{value:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::fixture::{analysis, at_nowhere, lab, node, service};
    use crate::model::{SecretReference, SecretStore};

    fn lab_with_vault() -> Lab {
        let vault = SecretStore { name: at_nowhere("vault"), address: None, mount: "kv".into(), holds: Vec::new() };
        Lab { stores: vec![vault], nodes: vec![node("nas", 119, true)], ..lab() }
    }

    fn reads(name: &str, role: &str, paths: &[&str]) -> Service {
        let secret = |path: &&str| SecretReference {
            store: "vault".into(),
            path: (*path).into(),
            key: "key".into(),
            variable: Spanned::new(String::new(), Span::default()),
            span: Span::default(),
        };
        let mut service = Service { secrets: paths.iter().map(secret).collect(), ..service(name) };
        let block = |name: &'static str| Block::new(name, Span::default());
        let (mut group, mut task, mut vault) = (block("group"), block("task"), block("vault"));
        vault.body.set("role", Value::str(role, Span::default()));
        task.body.blocks.push(vault);
        group.body.blocks.push(task);
        service.job.body.blocks.push(group);
        service
    }

    fn texts(lab: &Lab) -> BTreeMap<String, String> {
        let text = |artifact: Artifact| (artifact.path, String::from_utf8(artifact.bytes).unwrap());
        artifacts(&analysis(lab)).into_iter().map(text).collect()
    }

    #[test]
    fn a_job_is_given_what_it_names_and_logs_in_as_itself() {
        let mut lab = lab_with_vault();
        lab.services = vec![
            reads("mine", "of-its-owner", &["kv/mine"]),
            reads("web", "hlmc.home.default.web", &["kv/web", "kv/db/web", "kv/web"]),
        ];
        let texts = texts(&lab);
        let paths: Vec<&str> = texts.keys().map(String::as_str).collect();
        assert_eq!(paths, ["vault/login.json", "vault/policies/default/web.hcl", "vault/roles/default/web.json"]);
        insta::assert_snapshot!(texts["vault/policies/default/web.hcl"], @r#"
        path "kv/data/db/web" {
          capabilities = ["read"]
        }

        path "kv/data/web" {
          capabilities = ["read"]
        }
        "#);
        insta::assert_snapshot!(texts["vault/roles/default/web.json"], @r#"
        {
          "bound_audiences": [
            "vault.io"
          ],
          "bound_claims": {
            "nomad_job_id": "web",
            "nomad_namespace": "default"
          },
          "bound_claims_type": "string",
          "claim_mappings": {
            "nomad_job_id": "nomad_job_id",
            "nomad_namespace": "nomad_namespace",
            "nomad_task": "nomad_task"
          },
          "role_type": "jwt",
          "token_explicit_max_ttl": 0,
          "token_period": "30m",
          "token_policies": [
            "hlmc.home.default.web"
          ],
          "token_type": "service",
          "user_claim": "/nomad_job_id",
          "user_claim_json_pointer": true
        }
        "#);
        insta::assert_snapshot!(texts["vault/login.json"], @r#"
        {
          "jwks_url": "http://192.168.1.119:4646/.well-known/jwks.json",
          "jwt_supported_algs": [
            "RS256",
            "EdDSA"
          ]
        }
        "#);
    }

    #[test]
    fn what_the_agents_are_told_holds_for_the_roles_too() {
        let mut lab = lab_with_vault();
        lab.services = vec![reads("web", "hlmc.home.default.web", &["kv/web"])];
        let mut identity = Block::new("default_identity", Span::default());
        identity.body.set("aud", Value::strings(["vault.example.com"], Span::default()));
        let mut vault = Block::new("vault", Span::default());
        vault.body.set("jwt_auth_backend_path", Value::str("nomad", Span::default()));
        vault.body.blocks.push(identity);
        lab.nodes[0].nomad.blocks.push(vault);
        lab.nodes.push(node("box", 120, true));
        assert_eq!(mount(&lab), "nomad");
        let texts = texts(&lab);
        let role: serde_json::Value = serde_json::from_str(&texts["vault/roles/default/web.json"]).unwrap();
        assert_eq!(role["bound_audiences"], json!(["vault.example.com", "vault.io"]));
        let login: serde_json::Value = serde_json::from_str(&texts[LOGIN]).unwrap();
        assert_eq!(login["jwks_pairs"][1]["jwks_url"], "http://192.168.1.120:4646/.well-known/jwks.json");
    }

    #[test]
    fn a_lab_without_vault_has_none_of_it() {
        let lab = Lab { stores: Vec::new(), ..lab_with_vault() };
        assert!(texts(&lab).is_empty());
    }
}
