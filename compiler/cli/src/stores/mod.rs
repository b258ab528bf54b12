//! The stores of secrets themselves, by their own APIs: which keys they have, and a value that is handed to one.
//!
//! - [`http`]: requests with a token, and what goes wrong on the way,
//! - [`nomad`]: variables of Nomad,
//! - [`vault`]: the key-value engine of Vault, version 2.
//!
//! A value is only ever in memory: nothing here prints one, and no message holds one.

mod http;
mod nomad;
mod vault;

use hlmc_core::model::{Lab, SecretStore};
pub(crate) use http::Trouble;
use std::collections::BTreeSet;

/// A store that can be asked. It holds a token, and has no `Debug`.
pub(crate) enum Store {
    Nomad(nomad::Variables),
    Vault(vault::Vault),
}

/// Reads a variable of the environment.
pub(crate) type Environment<'e> = &'e dyn Fn(&str) -> Option<String>;

impl Store {
    /// The store as the lab and the environment say.
    pub(crate) fn open(lab: &Lab, store: &SecretStore, environment: Environment<'_>) -> Result<Self, Trouble> {
        Ok(match store.name.as_str() {
            "vault" => Self::Vault(vault::Vault::open(store, environment)?),
            _ => Self::Nomad(nomad::Variables::open(lab, environment)?),
        })
    }

    /// The keys at a path, of which there are none where nothing is.
    pub(crate) fn keys(&self, namespace: &str, path: &str) -> Result<BTreeSet<String>, Trouble> {
        match self {
            Self::Nomad(variables) => variables.keys(namespace, path),
            Self::Vault(vault) => vault.keys(path),
        }
    }

    /// Puts a value at a path; its other keys stay.
    pub(crate) fn put(&self, namespace: &str, path: &str, key: &str, value: &str) -> Result<(), Trouble> {
        match self {
            Self::Nomad(variables) => variables.put(namespace, path, key, value),
            Self::Vault(vault) => vault.put(path, key, value),
        }
    }
}
