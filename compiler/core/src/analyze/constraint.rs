//! Nomad's constraints, as far as what is known of a node decides them.

use crate::model::{Constraint, Lab, Node};

/// Whether a constraint holds on a node; `None` where that can't be known before the machine is asked.
///
/// Operators are those of `constraint` in a job (scheduler/feasible, `checkConstraint`).
pub(super) fn holds(constraint: &Constraint, node: &Node, lab: &Lab) -> Option<bool> {
    if matches!(constraint.operator.as_str(), "distinct_hosts" | "distinct_property") {
        return None;
    }
    let known = fact(&constraint.attribute, node, lab)?;
    let value = match constraint.value.contains("${") {
        true => fact(&constraint.value, node, lab)?.unwrap_or_default(),
        false => constraint.value.clone(),
    };
    let Some(known) = known else {
        return Some(matches!(constraint.operator.as_str(), "!=" | "not" | "is_not_set"));
    };
    Some(match constraint.operator.as_str() {
        "=" | "==" | "is" => known == value,
        "!=" | "not" => known != value,
        "<" => known < value,
        "<=" => known <= value,
        ">" => known > value,
        ">=" => known >= value,
        "is_set" => true,
        "is_not_set" => false,
        "set_contains" | "set_contains_all" => words(&value).all(|word| words(&known).any(|other| other == word)),
        "set_contains_any" => words(&value).any(|word| words(&known).any(|other| other == word)),
        "regexp" => regex::Regex::new(&value).ok()?.is_match(&known),
        _ => return None,
    })
}

fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}

/// What an attribute is on a node: `Some(None)` where it is known not to be set.
fn fact(attribute: &str, node: &Node, lab: &Lab) -> Option<Option<String>> {
    let name = attribute.strip_prefix("${")?.strip_suffix('}')?;
    if let Some(key) = name.strip_prefix("meta.") {
        return Some(node.meta.iter().find(|(name, _)| name.value == key).map(|(_, value)| value.clone()));
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
    Some(Some(value.to_owned()).filter(|value| !value.is_empty()))
}
