//! Networks of the lab as ranges of addresses.

use std::net::Ipv4Addr;

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
