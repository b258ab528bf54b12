//! From a whole service to its job: Nomad's names, every generated value with the place it follows from.

pub mod codes;
mod discovery;
mod env;
mod files;
mod group;
mod image;
mod job;
mod limits;
mod pin;
mod placement;
mod reference;
mod refused;
mod secret;
mod task;
mod value;
mod vault;
mod view;
mod zone;

pub use discovery::{Registered, Registry};
pub use env::ENVIRONMENT;
pub use files::{Assets, assets};
pub use job::{OWNER, service};
pub use refused::hold_to_tables;
pub use secret::vault_path;
pub use vault::role;
pub use view::groups;
pub use zone::{is_zone, zone_near};

use crate::decode::parameters::Parameters;
use crate::model::Lab;
use crate::source::Spanned;

/// What lowering one service may look at.
#[derive(Clone, Copy)]
pub struct Context<'c> {
    /// The lab without its services.
    pub lab: &'c Lab,
    /// Every service's registered ports.
    pub registry: &'c Registry,
    /// Texts of the files that services name.
    pub assets: &'c Assets,
}

/// What the parts of a service are told of the whole.
#[derive(Clone, Copy)]
struct Owner<'e> {
    name: &'e Spanned<String>,
    /// The file it came from.
    path: &'e str,
    parameters: &'e Parameters,
    /// The mode of its network, where it says one.
    network: Option<Spanned<&'e str>>,
    /// Its registered ports.
    ports: &'e [Registered],
    /// What is missing may be what couldn't be read.
    broken: bool,
}
