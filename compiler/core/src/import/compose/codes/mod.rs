//! What is said about a Compose file: a file each, with its page beside it.

pub(super) mod compose_bad_value;
pub(super) mod compose_changed;
pub(super) mod compose_no_counterpart;
pub(super) mod compose_to_complete;
pub(super) mod compose_unknown_key;
pub(super) mod compose_unknown_reference;
pub(super) mod compose_unset_variable;

use crate::diagnostic::Code;

/// All of them, by name.
pub static ALL: &[&Code] = &[
    &compose_bad_value::CODE,
    &compose_changed::CODE,
    &compose_no_counterpart::CODE,
    &compose_to_complete::CODE,
    &compose_unknown_key::CODE,
    &compose_unknown_reference::CODE,
    &compose_unset_variable::CODE,
];
