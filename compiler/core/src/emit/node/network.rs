//! Networks of the lab as ranges of addresses.

use crate::model::Lab;

/// The addresses that are never routed on the internet: who may ask where a lab declares no network.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/// The networks that what a lab runs is open to: its own, or all private ones where it declares none.
pub(super) fn trusted(lab: &Lab) -> Vec<&str> {
    if lab.networks.is_empty() {
        return PRIVATE.to_vec();
    }
    lab.networks.iter().map(|network| network.cidr.as_str()).collect()
}
