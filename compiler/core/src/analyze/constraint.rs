//! Nomad's constraints, as far as what is known of a node decides them.

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
        let is_pattern = constraint.operator == "regexp" && !constraint.value.contains("${");
        Self { constraint, pattern: is_pattern.then(|| Regex::new(&constraint.value).ok()).flatten() }
    }

    /// Whether it holds on a node; `None` where that can't be known before the machine is asked.
    ///
    /// Operators are those of `constraint` in a job (scheduler/feasible, `checkConstraint`).
    pub(super) fn holds(&self, node: &Node, lab: &Lab) -> Option<bool> {
        let constraint = self.constraint;
        let operator = constraint.operator.as_str();
        if matches!(operator, "distinct_hosts" | "distinct_property") {
            return None;
        }
        let known = fact(&constraint.attribute, node, lab)?;
        let value = match constraint.value.contains("${") {
            true => fact(&constraint.value, node, lab)?.unwrap_or_default(),
            false => &constraint.value,
        };
        let Some(known) = known else {
            return Some(matches!(operator, "!=" | "not" | "is_not_set"));
        };
        Some(match operator {
            "=" | "==" | "is" => known == value,
            "!=" | "not" => known != value,
            "<" => known < value,
            "<=" => known <= value,
            ">" => known > value,
            ">=" => known >= value,
            "is_set" => true,
            "is_not_set" => false,
            "set_contains" | "set_contains_all" => words(value).all(|word| words(known).any(|other| other == word)),
            "set_contains_any" => words(value).any(|word| words(known).any(|other| other == word)),
            "regexp" => match &self.pattern {
                Some(pattern) => pattern.is_match(known),
                None => Regex::new(value).ok()?.is_match(known),
            },
            _ => return None,
        })
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

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}

/// What an attribute is on a node: `Some(None)` where it is known not to be set.
fn fact<'n>(attribute: &str, node: &'n Node, lab: &'n Lab) -> Option<Option<&'n str>> {
    let name = attribute.strip_prefix("${")?.strip_suffix('}')?;
    if let Some(key) = name.strip_prefix("meta.") {
        return Some(node.meta.iter().find(|(name, _)| name.value == key).map(|(_, value)| value.as_str()));
    }
    let value = match name {
        "attr.cpu.arch" => node.arch.value.name(),
        "attr.kernel.name" => "linux",
        "node.class" => &node.class.value,
        "node.pool" => &node.pool.value,
        "node.unique.name" | "attr.unique.hostname" => &node.name.value,
        "node.datacenter" => &lab.datacenter,
        "node.region" => &lab.region,
        _ => return None,
    };
    Some(Some(value).filter(|value| !value.is_empty()))
}
