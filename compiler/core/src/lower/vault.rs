//! Which role of Vault's the tasks of a job log in to with their identity.

use crate::model::Lab;
use crate::nomad::form::{Block, Body, Value};
use crate::source::Span;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What the role and the policy of a job are called in Vault: `hlmc.LAB.NAMESPACE.JOB`, which names the lab that they belong to.
/// Vault takes letters, digits, `-`, `_` and `.` there, and no capitals; a name with others is told from all others by its hash.
#[must_use]
pub fn role(lab: &str, namespace: &str, job: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let part = |name: &str| name.chars().map(|c| if plain(c) { c } else { '-' }).take(100).collect::<String>();
    let mut role = format!("hlmc.{}.{}.{}", part(lab), part(namespace), part(job));
    let whole = |name: &str| name.chars().all(plain) && name.len() <= 100 && !name.ends_with('-');
    if !whole(namespace) || !whole(job) {
        let sum = Sha256::digest(format!("{namespace}/{job}"));
        role.push('.');
        sum.iter().take(4).for_each(|byte| _ = write!(role, "{byte:02x}"));
    }
    role
}

/// The same for a job of a lab; empty where the lab has no Vault.
pub(super) fn role_in(lab: &Lab, namespace: &str, job: &str) -> String {
    lab.store("vault").map_or_else(String::new, |_| role(&lab.name, namespace, job))
}

/// Has a task show Vault its identity; a role that its manifest names stays.
pub(super) fn identify(task: &mut Body, inherited: Option<&Block>, role: &str, span: Span) {
    if let Some(inherited) = inherited.filter(|_| task.block("vault").is_none()) {
        task.blocks.push(inherited.clone());
    }
    let vault = &mut task.block_mut("vault", span).body;
    if vault.attribute("role").is_none() {
        vault.set("role", Value::str(role, span));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_names_the_lab_the_namespace_and_the_job() {
        assert_eq!(role("home", "default", "web"), "hlmc.home.default.web");
        assert_eq!(role("home", "Tools", "a b"), "hlmc.home.-ools.a-b.26583536");
        assert_eq!(role("home", "default", "web-"), "hlmc.home.default.web-.23578db4");
        assert_ne!(role("home", "Tools", "a b"), role("home", "Tools", "a.b"));
    }
}
