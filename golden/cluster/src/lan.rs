//! The lab's network: a switch in a network namespace of its own. Nothing leads out of it.

use std::net::Ipv4Addr;
use std::process::Command;

use crate::machine::Machine;
use crate::program::succeed;

/// The name of the machine that is switch and router.
pub(crate) const SWITCH: &str = "switch";

/// An address that no lab has: who comes from there comes from the internet.
pub(crate) const STRANGER: &str = "203.0.113.9";

/// The addresses of a lab's network, beside those of its nodes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lan {
    network: Ipv4Addr,
    bits: u32,
}

impl Lan {
    /// Reads `192.168.1.0/24`.
    pub(crate) fn parse(cidr: &str) -> Result<Self, String> {
        let wrong = || format!("`{cidr}` isn't a network that machines can be put on");
        let (network, bits) = cidr.split_once('/').ok_or_else(wrong)?;
        let bits = bits.parse().ok().filter(|bits| (8..=28).contains(bits)).ok_or_else(wrong)?;
        Ok(Self { network: network.parse().map_err(|_| wrong())?, bits })
    }

    /// The router's address: the first one.
    pub(crate) fn router(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.network.to_bits() + 1)
    }

    /// One of the last addresses: `0` is the last.
    pub(crate) fn last(self, at: u32) -> Ipv4Addr {
        Ipv4Addr::from_bits(self.network.to_bits() + (1 << (32 - self.bits)) - 2 - at)
    }

    /// Gives the switch its bridge; the router's address is on it, and what is behind the router is on the switch too.
    pub(crate) fn lay(self, switch: &Machine) -> Result<(), String> {
        for words in [
            "link add lan type bridge".to_owned(),
            "link set lan up".to_owned(),
            format!("addr add {}/{} dev lan", self.router(), self.bits),
            format!("addr add {STRANGER}/32 dev lo"),
        ] {
            ip(switch, &words)?;
        }
        Ok(())
    }

    /// Connects a machine to the switch.
    pub(crate) fn connect(
        self,
        switch: &Machine,
        machine: &Machine,
        at: usize,
        address: Ipv4Addr,
    ) -> Result<(), String> {
        ip(switch, &format!("link add port{at} type veth peer name eth0 netns {}", machine.pid()?))?;
        ip(switch, &format!("link set port{at} master lan up"))?;
        ip(machine, "link set eth0 up")?;
        // The default route first: the machine goes on booting once it has an address.
        ip(machine, &format!("route add {}/{} dev eth0", self.network, self.bits))?;
        ip(machine, &format!("route add default via {} dev eth0", self.router()))?;
        ip(machine, &format!("addr add {address}/{} dev eth0 noprefixroute", self.bits))
    }
}

/// Runs `ip` in a machine's network, with the numbers of processes as this computer has them.
fn ip(machine: &Machine, words: &str) -> Result<(), String> {
    let mut command = Command::new("nsenter");
    command.args(["--target", &machine.pid()?.to_string(), "--net", "--", "ip"]);
    succeed(command.args(words.split(' '))).map(drop)
}
