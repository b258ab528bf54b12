//! What can be wrong while the lab is lowered, a file a code.

use crate::diagnostic::Code;

pub mod bad_reference;
pub mod empty_job;
pub mod missing_image;
pub mod needs_consul;
pub mod no_port;
pub mod unknown_secret;

/// The codes of this stage.
pub static ALL: &[&Code] = &[
    &bad_reference::CODE,
    &empty_job::CODE,
    &missing_image::CODE,
    &needs_consul::CODE,
    &no_port::CODE,
    &unknown_secret::CODE,
];
