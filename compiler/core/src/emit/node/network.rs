//! Networks of the lab as ranges of addresses.

use crate::model::Lab;
use std::net::Ipv4Addr;

/// The addresses that are never routed on the internet: who may ask where a lab declares no network.
const PRIVATE: [&str; 3] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

/// The networks that what a lab runs is open to: its own, or all private ones where it declares none.
pub(super) fn trusted(lab: &Lab) -> Vec<&str> {
    if lab.networks.is_empty() {
        return PRIVATE.to_vec();
    }
    lab.networks.iter().map(|network| network.cidr.as_str()).collect()
}

/// Whether a network, `192.168.1.0/24`, holds an address; one that can't be read holds none.
pub(super) fn contains(cidr: &str, address: Ipv4Addr) -> bool {
    let Some((network, length)) = cidr.split_once('/') else { return false };
    let (Ok(network), Ok(length)) = (network.parse::<Ipv4Addr>(), length.parse::<u32>()) else { return false };
    let mask = u32::MAX.checked_shl(32_u32.saturating_sub(length)).unwrap_or(0);
    length <= 32 && u32::from(network) & mask == u32::from(address) & mask
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_holds_its_addresses_only() {
        assert!(contains("192.168.1.0/24", Ipv4Addr::new(192, 168, 1, 119)));
        assert!(!contains("192.168.1.0/24", Ipv4Addr::new(192, 168, 2, 1)));
        assert!(contains("0.0.0.0/0", Ipv4Addr::new(8, 8, 8, 8)));
        assert!(contains("10.0.0.5/32", Ipv4Addr::new(10, 0, 0, 5)));
        assert!(!contains("10.0.0.5/33", Ipv4Addr::new(10, 0, 0, 5)));
        assert!(!contains("lan", Ipv4Addr::new(10, 0, 0, 5)));
    }
}
