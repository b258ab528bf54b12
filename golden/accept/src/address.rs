//! Moves the lab's addresses onto loopback addresses of this machine.
//!
//! Agents that are started to try a bundle must not talk to anything else: a lab's address can belong to a real
//! machine of the network that this runs in. All of 127/8 is local on Linux, so each address of the lab gets one there.

use std::net::{Ipv4Addr, TcpListener};

/// A port that nobody else is likely to want; who listens on it owns the range.
const GUARD_PORT: u16 = 47_474;

/// The loopback addresses that stand for those of a lab's nodes. They belong to this process until they are dropped.
#[derive(Debug)]
pub(crate) struct Addresses {
    range: u8,
    nodes: Vec<Ipv4Addr>,
    _guard: TcpListener,
}

impl Addresses {
    /// Takes a range of addresses that no other run uses, for nodes with these addresses.
    pub(crate) fn take(nodes: Vec<Ipv4Addr>) -> Result<Self, String> {
        let taken = (1..=254).find_map(|range| {
            let address = Ipv4Addr::new(127, range, 255, 254);
            TcpListener::bind((address, GUARD_PORT)).ok().map(|guard| (range, guard))
        });
        let (range, guard) = taken.ok_or("no range of loopback addresses is free")?;
        Ok(Self { range, nodes, _guard: guard })
    }

    /// The loopback address that stands for that of a node; `None` for an address that no node has.
    pub(crate) fn stand_in(&self, address: Ipv4Addr) -> Option<Ipv4Addr> {
        let index = self.nodes.iter().position(|node| *node == address)?;
        let [.., high, low] = u32::try_from(index + 1).ok()?.to_be_bytes();
        Some(Ipv4Addr::new(127, self.range, high, low))
    }

    /// Replaces every address in the configuration of the node that `own` stands for. Those that mean the node itself,
    /// like 127.0.0.1, become its own, since the nodes share this machine; networks become all of 127/8.
    pub(crate) fn rewrite(&self, text: &str, own: Ipv4Addr) -> String {
        let mut rewritten = String::new();
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (before, from) = rest.split_at(start);
            let end = from.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(from.len());
            let (word, after) = from.split_at(end);
            rewritten.push_str(before);
            let inside_word = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "._-".contains(c));
            rest = after;
            match word.parse::<Ipv4Addr>() {
                Ok(address) if !inside_word => {
                    let network =
                        after.strip_prefix('/').map(|tail| tail.trim_start_matches(|c: char| c.is_ascii_digit()));
                    if let Some(tail) = network {
                        rewritten.push_str("127.0.0.0/8");
                        rest = tail;
                    } else {
                        let stand_in = self.stand_in(address).unwrap_or(own).to_string();
                        // "192.168.1.119 127.0.0.1" is one address now, and can't be listened on twice.
                        if rewritten.ends_with(&format!("{stand_in} ")) {
                            rewritten.pop();
                        } else {
                            rewritten.push_str(&stand_in);
                        }
                    }
                }
                _ => rewritten.push_str(word),
            }
        }
        rewritten.push_str(rest);
        rewritten
    }
}

/// The address that an agent's configuration says is its own.
pub(crate) fn own_address(text: &str) -> Option<Ipv4Addr> {
    text.lines().find_map(|line| {
        let (name, value) = line.split_once('=')?;
        if !matches!(name.trim(), "bind_addr" | "advertise_addr" | "http" | "rpc" | "serf") {
            return None;
        }
        let value = value.trim().trim_matches('"');
        let address: Ipv4Addr = value.split(':').next()?.parse().ok()?;
        (!address.is_loopback() && !address.is_unspecified()).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::{Addresses, own_address};
    use std::net::Ipv4Addr;

    const NAS: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 119);
    const PI: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 121);

    #[test]
    fn every_address_moves_to_loopback() {
        let addresses = Addresses::take(vec![NAS, PI]).unwrap();
        let range = addresses.range;
        let text = "bind_addr = \"192.168.1.119 127.0.0.1\"\nretry_join = [\"192.168.1.121\", \"0.0.0.0:4647\"]\n\
                    cidr = \"192.168.1.0/24\"\ndns = \"9.9.9.9:53\"\nimage = \"x:1.2.3\"\nttl = \"1h30m\"\n";
        assert_eq!(
            addresses.rewrite(text, addresses.stand_in(NAS).unwrap()),
            format!(
                "bind_addr = \"127.{range}.0.1\"\nretry_join = [\"127.{range}.0.2\", \"127.{range}.0.1:4647\"]\n\
                 cidr = \"127.0.0.0/8\"\ndns = \"127.{range}.0.1:53\"\nimage = \"x:1.2.3\"\nttl = \"1h30m\"\n"
            )
        );
    }

    #[test]
    fn two_runs_never_share_addresses() {
        let one = Addresses::take(vec![NAS]).unwrap();
        let other = Addresses::take(vec![NAS]).unwrap();
        assert_ne!(one.stand_in(NAS), other.stand_in(NAS));
    }

    #[test]
    fn an_agent_names_its_own_address() {
        let text = "bind_addr = \"0.0.0.0\"\nadvertise {\n  http = \"192.168.1.20:4646\"\n}\n";
        assert_eq!(own_address(text), Some(Ipv4Addr::new(192, 168, 1, 20)));
        assert_eq!(own_address("bind_addr = \"0.0.0.0\"\n"), None);
    }
}
