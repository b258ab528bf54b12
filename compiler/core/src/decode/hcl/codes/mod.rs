//! What can be wrong with a job file, beside what can be wrong with any names and values: a file each, with its page beside it.

pub(crate) mod bad_expression;
pub(crate) mod local_cycle;
pub(crate) mod no_job;
pub(crate) mod not_reproducible;
pub(crate) mod syntax;
pub(crate) mod undeclared_variable;
pub(crate) mod unknown_function;
pub(crate) mod unknown_variable;
pub(crate) mod unset_variable;

use crate::diagnostic::Code;

/// All of them, by name.
pub static ALL: &[&Code] = &[
    &bad_expression::CODE,
    &syntax::BAD_ESCAPE,
    &syntax::BAD_TEMPLATE,
    &syntax::TOO_DEEP,
    &syntax::UNCLOSED,
    &syntax::UNEXPECTED,
    &syntax::VERSION_1,
    &local_cycle::CODE,
    &no_job::CODE,
    &not_reproducible::CODE,
    &undeclared_variable::CODE,
    &unknown_function::CODE,
    &unknown_variable::CODE,
    &unset_variable::CODE,
];
