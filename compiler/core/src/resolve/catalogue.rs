//! The services that ship inside the binary.

use crate::decode::manifests::{Definition, definitions};
use crate::source::{EMBEDDED, Sources};
use std::collections::BTreeMap;

/// The catalogue's services by name.
#[derive(Debug, Default)]
pub struct Catalogue {
    pub(super) services: BTreeMap<String, Definition>,
}

impl Catalogue {
    /// Lists the catalogue; its texts are added to the sources.
    pub(super) fn load(sources: &mut Sources) -> Self {
        let mut services = BTreeMap::new();
        for embedded in EMBEDDED.iter().filter(|embedded| embedded.path.starts_with("services/")) {
            for definition in definitions(embedded, "service", sources) {
                services.entry(definition.name.value.clone()).or_insert(definition);
            }
        }
        Self { services }
    }
}
