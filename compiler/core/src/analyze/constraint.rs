//! Nomad's constraints, as far as what is known of a node decides them.

use super::operator::{holds, words};
use super::pattern::pattern;
use crate::model::{Constraint, Lab, Node};
use regex::Regex;

/// A constraint, ready to be asked of many nodes.
pub(super) struct Condition<'l> {
    pub(super) constraint: &'l Constraint,
    /// Of `regexp` with a text that holds no attribute.
    pattern: Option<Regex>,
}

impl<'l> Condition<'l> {
    pub(super) fn new(constraint: &'l Constraint) -> Self {
        let is_pattern = constraint.operator == "regexp" && !is_target(&constraint.value);
        Self { constraint, pattern: is_pattern.then(|| pattern(&constraint.value)).flatten() }
    }

    /// Whether it holds on a node; `None` where that can't be known before the machine is asked.
    pub(super) fn holds(&self, node: &Node, lab: &Lab) -> Option<bool> {
        let Constraint { attribute, operator, value, .. } = self.constraint;
        let left = target(attribute, node, lab)?;
        if let (Some(pattern), Some(left)) = (&self.pattern, left) {
            return Some(pattern.is_match(left));
        }
        holds(operator, left, target(value, node, lab)?)
    }

    /// The names that it lets a node have, where it is about their names.
    pub(super) fn names(&self) -> Option<Vec<&'l str>> {
        let Constraint { attribute, operator, value, .. } = self.constraint;
        let about_names = matches!(attribute.as_str(), "${node.unique.name}" | "${attr.unique.hostname}");
        match operator.as_str() {
            _ if !about_names || value.contains("${") => None,
            "=" | "==" | "is" => Some(vec![value]),
            "set_contains_any" => Some(words(value).collect()),
            _ => None,
        }
    }
}

/// Whether Nomad looks a text up in the node, and doesn't take it as it is.
fn is_target(text: &str) -> bool {
    text.starts_with("${")
}

/// What an attribute is on a node, where that is known and it has it.
#[must_use]
pub fn known<'n>(attribute: &'n str, node: &'n Node, lab: &'n Lab) -> Option<&'n str> {
    if is_target(attribute) { target(attribute, node, lab).flatten() } else { None }
}

/// What one side of a constraint is on a node (scheduler/feasible, `resolveTarget`): `Some(None)` where it is known not to be
/// set, `None` where it isn't known.
fn target<'n>(text: &'n str, node: &'n Node, lab: &'n Lab) -> Option<Option<&'n str>> {
    if !is_target(text) {
        return Some(Some(text));
    }
    let name = text[2..].trim_end_matches('}');
    if let Some(key) = name.strip_prefix("meta.") {
        let known = node.meta.iter().find(|(name, _)| name.value == key).map(|(_, value)| value.as_str());
        // Agents have some of these by themselves.
        return (known.is_some() || !key.starts_with("connect.")).then_some(known);
    }
    if let Some(driver) = name.strip_prefix("attr.driver.") {
        // What isn't allowed isn't looked for; of what is, only the machine knows whether it works.
        let driver = driver.split('.').next().unwrap_or(driver);
        return (!node.drivers.iter().any(|offered| offered.value == driver)).then_some(None);
    }
    Some(match name {
        "attr.cpu.arch" => Some(node.arch.value.name()),
        "attr.kernel.name" => Some("linux"),
        "node.class" => Some(&node.class.value),
        "node.pool" => Some(&node.pool.value),
        "node.unique.name" | "attr.unique.hostname" => Some(&node.name.value),
        "node.datacenter" => Some(&lab.datacenter),
        "node.unique.id" => return None,
        name if name.starts_with("attr.") => return None,
        _ => None,
    })
}
