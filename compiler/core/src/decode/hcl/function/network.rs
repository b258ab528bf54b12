//! Functions on networks, written as `10.0.0.0/8` or `fd00::/8`.

use super::arguments::{Arguments, Wrong};
use crate::nomad::form::ValueKind;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

type Done = Result<ValueKind, Wrong>;

/// A network as numbers.
#[derive(Clone, Copy)]
struct Network {
    /// The first address.
    base: u128,
    /// Bits of the prefix.
    prefix: u32,
    /// Bits of an address: 32 or 128.
    bits: u32,
}

impl Network {
    fn read(arguments: &Arguments<'_>) -> Result<Self, Wrong> {
        let text = arguments.text(0)?;
        let wrong = || Wrong::new(0, format!("`{text}` is no network such as `10.0.0.0/8`"));
        let (address, prefix) = text.split_once('/').ok_or_else(wrong)?;
        let (base, bits) = match address.parse().map_err(|_| wrong())? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let prefix = prefix.parse::<u32>().ok().filter(|prefix| *prefix <= bits).ok_or_else(wrong)?;
        let network = Self { base, prefix, bits };
        Ok(Self { base: base & network.mask(), ..network })
    }

    const fn mask(self) -> u128 {
        let host = self.bits - self.prefix;
        let all = if self.bits == 128 { u128::MAX } else { (1 << self.bits) - 1 };
        if host == 128 { 0 } else { (all >> host) << host }
    }

    /// Addresses in a network with this prefix; nothing where that is more than a number holds.
    fn size(self, prefix: u32) -> Option<u128> {
        1_u128.checked_shl(self.bits - prefix)
    }

    fn address(self, number: u128) -> IpAddr {
        if self.bits == 32 {
            IpAddr::V4(Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)))
        } else {
            IpAddr::V6(Ipv6Addr::from(number))
        }
    }

    /// The prefix of a network inside that has some more bits.
    fn extended(self, at: usize, more: i64) -> Result<u32, Wrong> {
        let more = u32::try_from(more).ok().filter(|more| *more <= 32);
        let more = more.ok_or_else(|| Wrong::new(at, "0 to 32 bits more are possible"))?;
        let prefix = self.prefix + more;
        let message = || format!("that makes {prefix} bits, and an address has {}", self.bits);
        if prefix <= self.bits { Ok(prefix) } else { Err(Wrong::new(at, message())) }
    }
}

pub(super) fn cidrhost(arguments: &Arguments<'_>) -> Done {
    let network = Network::read(arguments)?;
    let number = arguments.whole(1)?;
    let size = network.size(network.prefix).unwrap_or(u128::MAX);
    // A number below 0 counts from the end.
    let distance = u128::from(number.unsigned_abs());
    let host = if number < 0 { size.checked_sub(distance) } else { Some(distance).filter(|host| *host < size) };
    let host = host.ok_or_else(|| Wrong::new(1, format!("the network has no host {number}")))?;
    Ok(ValueKind::Str(network.address(network.base | host).to_string()))
}

pub(super) fn cidrnetmask(arguments: &Arguments<'_>) -> Done {
    let network = Network::read(arguments)?;
    Ok(ValueKind::Str(network.address(network.mask()).to_string()))
}

pub(super) fn cidrsubnet(arguments: &Arguments<'_>) -> Done {
    let network = Network::read(arguments)?;
    let prefix = network.extended(1, arguments.whole(1)?)?;
    let number = arguments.whole(2)?;
    let count = 1_u128 << (prefix - network.prefix);
    let number = u128::try_from(number).ok().filter(|number| *number < count);
    let number = number.ok_or_else(|| Wrong::new(2, format!("there are {count} such networks, counted from 0")))?;
    let base = network.base + network.size(prefix).map_or(0, |size| number * size);
    Ok(ValueKind::Str(format!("{}/{prefix}", network.address(base))))
}

pub(super) fn cidrsubnets(arguments: &Arguments<'_>) -> Done {
    let network = Network::read(arguments)?;
    let end = network.size(network.prefix).and_then(|size| network.base.checked_add(size - 1)).unwrap_or(u128::MAX);
    let mut next = Some(network.base);
    let mut subnets = Vec::new();
    for at in 1..arguments.len() {
        let more = arguments.whole(at)?;
        if more < 1 {
            return Err(Wrong::new(at, "at least one bit more is needed"));
        }
        let prefix = network.extended(at, more)?;
        let full = || Wrong::new(at, "there is no room left for this one");
        let size = network.size(prefix).ok_or_else(full)?;
        // Each starts at a multiple of its size.
        let base = next.and_then(|next| next.checked_next_multiple_of(size)).ok_or_else(full)?;
        let last = base.checked_add(size - 1).filter(|last| *last <= end).ok_or_else(full)?;
        subnets.push(format!("{}/{prefix}", network.address(base)));
        next = last.checked_add(1);
    }
    Ok(arguments.strings(subnets))
}
