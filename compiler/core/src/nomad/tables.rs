//! The tables of `stdlib/schema/` as statics.

use super::schema::{AttributeType, BlockType, BodyBy, By, Language, Life, Occurs, Type, key};

include!(concat!(env!("OUT_DIR"), "/schema.rs"));

/// The language with this name.
#[must_use]
pub fn language(name: &str) -> Option<&'static Language> {
    LANGUAGES.binary_search_by(|language| language.name.cmp(name)).ok().map(|at| &LANGUAGES[at])
}
