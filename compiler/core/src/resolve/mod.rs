//! From manifests to names that are known: presets and catalogue entries expanded, nodes and the lab typed.

mod agent;
mod allow;
mod catalogue;
pub mod codes;
mod expand;
mod lab;
mod lock;
mod machine;
mod name;
mod node;
mod task;

pub use allow::{allowed, allowed_by_services};
pub use catalogue::Catalogue;
pub use expand::{Expanded, Expansion, Kind, expand, expand_one, option};
pub use lab::lab;
pub(crate) use lab::text;
pub use lock::lock;
pub use name::{NameKind, check_name};
pub use node::nodes;
pub(crate) use node::{is_absolute, port};
pub(crate) use task::{bodies, tasks};
