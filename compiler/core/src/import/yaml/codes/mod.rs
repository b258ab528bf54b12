//! What can be wrong with a YAML file: a file each, with its page beside it.

pub(super) mod yaml_syntax;
pub(super) mod yaml_too_large;

use crate::diagnostic::Code;

/// All of them, by name.
pub static ALL: &[&Code] = &[&yaml_syntax::CODE, &yaml_too_large::CODE];
