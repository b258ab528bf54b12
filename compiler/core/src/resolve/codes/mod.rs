//! What can be wrong while the lab is resolved, a file a code.

use crate::diagnostic::Code;

pub mod bad_name;
pub mod bad_value;
pub mod missing_file;
pub mod missing_parameter;
pub mod no_lab;
pub mod preset_cycle;
pub mod unknown_reference;

/// The codes of this stage.
pub static ALL: &[&Code] = &[
    &bad_name::CODE,
    &bad_value::CODE,
    &missing_file::CODE,
    &missing_parameter::CODE,
    &no_lab::CODE,
    &preset_cycle::CODE,
    &unknown_reference::CODE,
];
