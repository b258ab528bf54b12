//! What can be wrong with the files of a lab before anything in them is looked at, a file a code.

use crate::diagnostic::Code;

pub(crate) mod path_outside_lab;
pub(crate) mod unreadable_file;

/// The codes of this stage.
pub static ALL: &[&Code] = &[&path_outside_lab::CODE, &unreadable_file::CODE];
