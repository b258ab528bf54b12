//! The core form: HashiCorp configuration as one typed tree, the schema that describes it, and its text.

pub mod form;
pub mod hcl;
mod merge;
pub mod schema;
pub mod tables;
