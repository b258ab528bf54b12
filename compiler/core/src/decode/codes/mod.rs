//! What can be wrong with a manifest's names and values: a file each, with its page beside it.

pub(crate) mod bad_unit;
pub(crate) mod bare_number;
pub(crate) mod defined_twice;
pub(crate) mod deprecated_name;
pub(crate) mod duplicate_name;
pub(crate) mod ignored_name;
pub(crate) mod missing_attribute;
pub(crate) mod missing_label;
pub(crate) mod missing_value;
pub(crate) mod not_allowed_value;
pub(crate) mod out_of_range;
pub(crate) mod removed_name;
pub(crate) mod unexpected_argument;
pub(crate) mod unknown_annotation;
pub(crate) mod unknown_name;
pub(crate) mod unknown_parameter;
pub(crate) mod unused_value;
pub(crate) mod wrong_type;

use crate::diagnostic::Code;

/// All of them, by name.
pub static ALL: &[&Code] = &[
    &bad_unit::CODE,
    &bare_number::CODE,
    &defined_twice::CODE,
    &deprecated_name::CODE,
    &duplicate_name::CODE,
    &ignored_name::CODE,
    &missing_attribute::CODE,
    &missing_label::CODE,
    &missing_value::CODE,
    &not_allowed_value::CODE,
    &out_of_range::CODE,
    &removed_name::CODE,
    &unexpected_argument::CODE,
    &unknown_annotation::CODE,
    &unknown_name::CODE,
    &unknown_parameter::CODE,
    &unused_value::CODE,
    &wrong_type::CODE,
];
