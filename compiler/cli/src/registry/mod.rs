//! Registries of images, by the distribution API of the Open Container Initiative: what an image is now, and which tags there are.
//!
//! - [`address`]: where a reference leads,
//! - [`http`]: requests with limits, repeated where that helps,
//! - [`login`]: who somebody is, from docker's configuration, and [`challenge`]: what a registry asks for,
//! - [`image`]: indexes and manifests,
//! - [`tags`] and [`version`]: the tags of a repository, and which is newer.

mod address;
mod challenge;
mod http;
mod image;
mod login;
mod session;
mod tags;
#[cfg(test)]
mod tests;
mod trouble;
mod version;

pub(crate) use address::Address;
pub(crate) use http::{Client, Limits};
pub(crate) use image::resolve;
pub(crate) use login::Logins;
pub(crate) use session::Session;
pub(crate) use tags::newer;
pub(crate) use trouble::Trouble;
