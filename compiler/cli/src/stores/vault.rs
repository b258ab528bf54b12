//! The key-value engine of Vault, version 2.

use super::Environment;
use super::http::{Answer, Api, Trouble};
use hlmc_core::lower::vault_path;
use hlmc_core::model::SecretStore;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// A Vault, and the mount that the lab says.
pub(crate) struct Vault {
    api: Api,
    mount: String,
}

impl Vault {
    pub(super) fn open(store: &SecretStore, environment: Environment<'_>) -> Result<Self, Trouble> {
        let default = store.address.as_ref().map_or("https://vault.service.consul:8200", |address| address.as_str());
        let api = Api::open("Vault", "VAULT", default, environment)?;
        // What `vault login` has left.
        let login = || {
            let file = Path::new(&environment("HOME")?).join(".vault-token");
            Some(std::fs::read_to_string(file).ok()?.trim().to_owned())
        };
        let token = environment("VAULT_TOKEN").filter(|token| !token.is_empty()).or_else(login);
        let api = api.header("X-Vault-Token", token);
        Ok(Self { api: api.header("X-Vault-Namespace", environment("VAULT_NAMESPACE")), mount: store.mount.clone() })
    }

    /// Vault tells keys without their values.
    pub(super) fn keys(&self, path: &str) -> Result<BTreeSet<String>, Trouble> {
        let place = vault_path(&self.mount, "subkeys", path);
        let what = format!("reading `{place}`");
        let request = self.api.request(Method::GET, &place, &[("depth", "1")]);
        let answer = self.api.send(request, &what)?;
        match answer.status {
            404 if is_vaults(&answer) => self.absent(&answer, path).map(|()| BTreeSet::new()),
            200 => {
                let body = answer.json();
                let keys = body.pointer("/data/subkeys").and_then(Value::as_object);
                Ok(keys.into_iter().flat_map(|keys| keys.keys().cloned()).collect())
            }
            _ => Err(self.api.unexpected(&answer, &what)),
        }
    }

    /// Has Vault add to what is there; where nothing is, it is made, unless somebody else has done so meanwhile.
    pub(super) fn put(&self, path: &str, key: &str, value: &str) -> Result<(), Trouble> {
        let place = vault_path(&self.mount, "data", path);
        let what = format!("writing `{place}`");
        let patch = json!({ "data": { key: value } }).to_string();
        let request = self.api.request(Method::PATCH, &place, &[]).body(patch);
        let answer = self.api.send(request.header("content-type", "application/merge-patch+json"), &what)?;
        let answer = match answer.status {
            404 => {
                self.absent(&answer, path)?;
                // Of a secret that was deleted, the versions still count.
                let version = answer.json().pointer("/data/metadata/version").and_then(Value::as_u64).unwrap_or(0);
                let new = json!({ "options": { "cas": version }, "data": { key: value } }).to_string();
                self.api.send(self.api.request(Method::POST, &place, &[]).body(new), &what)?
            }
            _ => answer,
        };
        match answer.status {
            200 | 204 => Ok(()),
            400 => {
                let help = "look whether that mount has version 2 of the key-value engine, and run the command again";
                Err(Trouble::new(format!("Vault doesn't take it: {}", reasons(&answer).replace(value, "…")), help))
            }
            _ => Err(self.api.unexpected(&answer, &what)),
        }
    }

    /// Whether nothing is at a path, rather than no engine that could have something.
    fn absent(&self, answer: &Answer, path: &str) -> Result<(), Trouble> {
        if !reasons(answer).contains("no handler for route") {
            return Ok(());
        }
        let mount = if path.starts_with(&format!("{}/", self.mount)) {
            &self.mount
        } else {
            path.split('/').next().unwrap_or_default()
        };
        let help = format!("`vault secrets enable -path={mount} -version=2 kv` makes one");
        Err(Trouble::new(format!("Vault has no key-value engine at `{mount}`"), help))
    }
}

/// Whether it is Vault that has nothing there, rather than a server that knows of no such place.
fn is_vaults(answer: &Answer) -> bool {
    let body = answer.json();
    body.get("errors").is_some() || body.get("data").is_some()
}

/// What Vault says is wrong.
fn reasons(answer: &Answer) -> String {
    let body = answer.json();
    let errors = body.get("errors").and_then(Value::as_array);
    let errors: Vec<&str> = errors.into_iter().flatten().filter_map(Value::as_str).collect();
    errors.join("; ")
}
