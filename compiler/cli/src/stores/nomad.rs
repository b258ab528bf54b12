//! Variables of Nomad.

use super::Environment;
use super::http::{Answer, Api, Trouble};
use hlmc_core::model::Lab;
use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// How often a value is put when others put some at the same path.
const TRIES: usize = 5;

/// The variables of a Nomad cluster.
pub(crate) struct Variables(Api);

/// What is asked of a variable whose values don't matter: they aren't even taken out of the answer.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Keys {
    items: BTreeMap<String, IgnoredAny>,
}

/// A variable to which something is added. It holds values, and has no `Debug`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Variable {
    modify_index: u64,
    items: BTreeMap<String, String>,
}

impl Variables {
    pub(super) fn open(lab: &Lab, environment: Environment<'_>) -> Result<Self, Trouble> {
        let server = lab.servers().next().map(|server| server.address.value.to_string());
        let default = format!("http://{}:4646", server.as_deref().unwrap_or("127.0.0.1"));
        let api = Api::open("Nomad", "NOMAD", &default, environment)?;
        Ok(Self(api.header("X-Nomad-Token", environment("NOMAD_TOKEN"))))
    }

    pub(super) fn keys(&self, namespace: &str, path: &str) -> Result<BTreeSet<String>, Trouble> {
        let what = format!("reading the variable `{path}`");
        let request = self.0.request(Method::GET, &place(path), &[("namespace", namespace)]);
        let answer = self.0.send(request, &what)?;
        match answer.status {
            404 if is_nomads(&answer) => Ok(BTreeSet::new()),
            200 => {
                let keys: Keys = serde_json::from_slice(&answer.body).map_err(|_| self.0.unexpected(&answer, &what))?;
                Ok(keys.items.into_keys().collect())
            }
            _ => Err(self.0.unexpected(&answer, &what)),
        }
    }

    /// Reads what is there, adds to it, and writes it back if nobody else has done so meanwhile.
    pub(super) fn put(&self, namespace: &str, path: &str, key: &str, value: &str) -> Result<(), Trouble> {
        let what = format!("writing the variable `{path}`");
        for _ in 0..TRIES {
            let mut variable = self.variable(namespace, path)?;
            variable.items.insert(key.to_owned(), value.to_owned());
            let index = variable.modify_index.to_string();
            let body = json!({ "Namespace": namespace, "Path": path, "Items": variable.items }).to_string();
            let request = self.0.request(Method::PUT, &place(path), &[("namespace", namespace), ("cas", &index)]);
            let answer = self.0.send(request.body(body), &what)?;
            match answer.status {
                200 => return Ok(()),
                409 => {}
                400 => {
                    let reason = String::from_utf8_lossy(&answer.body).trim().replace(value, "…");
                    let help = "a variable takes 64 KiB, in a namespace that is there";
                    return Err(Trouble::new(format!("Nomad doesn't take it: {reason}"), help));
                }
                _ => return Err(self.0.unexpected(&answer, &what)),
            }
        }
        Err(Trouble::new(format!("others write `{path}` all the time"), "run the same command again"))
    }

    fn variable(&self, namespace: &str, path: &str) -> Result<Variable, Trouble> {
        let what = format!("reading the variable `{path}`");
        let request = self.0.request(Method::GET, &place(path), &[("namespace", namespace)]);
        let answer = self.0.send(request, &what)?;
        match answer.status {
            404 if is_nomads(&answer) => Ok(Variable { modify_index: 0, items: BTreeMap::new() }),
            200 => serde_json::from_slice(&answer.body).map_err(|_| self.0.unexpected(&answer, &what)),
            _ => Err(self.0.unexpected(&answer, &what)),
        }
    }
}

/// Whether it is Nomad that has no such variable, rather than a server that knows of none.
fn is_nomads(answer: &Answer) -> bool {
    String::from_utf8_lossy(&answer.body).contains("variable not found")
}

fn place(path: &str) -> String {
    format!("var/{path}")
}
