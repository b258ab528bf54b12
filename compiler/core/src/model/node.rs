//! A node: one machine.

use crate::nomad::form::Body;
use crate::source::{Span, Spanned};
use std::fmt;
use std::net::Ipv4Addr;

/// One machine of the lab.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name, in Nomad, Consul and DNS.
    pub name: Spanned<String>,
    /// Its address on the lab's network.
    pub address: Spanned<Ipv4Addr>,
    /// Network interface that has the address, where it is told.
    pub interface: Option<String>,
    /// Processor architecture.
    pub arch: Spanned<Arch>,
    /// Operating system: `debian`, `ubuntu`, `raspbian`.
    pub os: String,
    /// Nomad node class; empty for none.
    pub class: Spanned<String>,
    /// Nomad node pool.
    pub pool: Spanned<String>,
    /// Runs the Nomad and Consul servers.
    pub server: bool,
    /// Runs services.
    pub client: bool,
    /// Task drivers it offers.
    pub drivers: Vec<Spanned<String>>,
    /// How a deployment reaches it.
    pub ssh: Ssh,
    /// What the machine has, as far as it is told.
    pub capacity: Capacity,
    /// What Nomad leaves to the system.
    pub reserved: Reserved,
    /// Client metadata.
    pub meta: Vec<(Spanned<String>, String)>,
    /// Folders that services may ask for.
    pub host_volumes: Vec<HostVolume>,
    /// File systems that are mounted before services start.
    pub mounts: Vec<NodeMount>,
    /// Devices that jobs may ask for.
    pub devices: Vec<Device>,
    /// Daemons beside what Nomad schedules.
    pub daemons: Vec<Daemon>,
    /// Merged over the generated configuration of the Nomad agent.
    pub nomad: Body,
    /// Merged over the generated configuration of the Consul agent.
    pub consul: Body,
    /// Path of its manifest.
    pub manifest: String,
    /// The first line of its manifest.
    pub span: Span,
}

impl Node {
    /// Port of its sshd.
    #[must_use]
    pub fn ssh_port(&self) -> u16 {
        self.ssh.port.unwrap_or(22)
    }
}

/// Processor architecture, by the names that Nomad's `cpu.arch`, Go and Debian share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Arch {
    /// 64-bit x86.
    Amd64,
    /// 64-bit ARM.
    Arm64,
}

impl Arch {
    /// Every architecture there is.
    pub const ALL: [Self; 2] = [Self::Amd64, Self::Arm64];

    /// `amd64`, `arm64`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// The architecture with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "amd64" => Some(Self::Amd64),
            "arm64" => Some(Self::Arm64),
            _ => None,
        }
    }
}

impl fmt::Display for Arch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a deployment reaches a node.
#[derive(Clone, Debug, Default)]
pub struct Ssh {
    /// Login; the one of whoever deploys where it is `None`.
    pub user: Option<String>,
    /// Port of sshd; 22 where it is `None`.
    pub port: Option<u16>,
}

/// What a machine has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Capacity {
    /// MHz over all cores.
    pub cpu: Option<Spanned<u64>>,
    /// Bytes.
    pub memory: Option<Spanned<u64>>,
    /// Bytes.
    pub disk: Option<Spanned<u64>>,
}

/// What Nomad leaves to the system.
#[derive(Clone, Debug)]
pub struct Reserved {
    /// MHz.
    pub cpu: u64,
    /// Bytes.
    pub memory: u64,
    /// Bytes.
    pub disk: u64,
    /// Ports that no service may take, in Nomad's syntax, beside those of agents and daemons.
    pub ports: Option<Spanned<String>>,
}

/// A folder of a node that services may ask for by name.
#[derive(Clone, Debug)]
pub struct HostVolume {
    /// Its name.
    pub name: Spanned<String>,
    /// Absolute path.
    pub path: Spanned<String>,
    /// User and group that the folder is made with.
    pub owner: Option<(u32, u32)>,
    /// No service may write to it.
    pub read_only: bool,
}

/// A file system that is mounted on a node.
#[derive(Clone, Debug)]
pub struct NodeMount {
    /// Where: an absolute path.
    pub path: Spanned<String>,
    /// What: `UUID=…`, `server:/export`.
    pub source: Spanned<String>,
    /// File system: `ext4`.
    pub kind: Spanned<String>,
    /// Mount options, comma separated.
    pub options: Spanned<String>,
}

/// A device that jobs may ask for.
#[derive(Clone, Debug)]
pub struct Device {
    /// `vendor/type` or `type`.
    pub name: Spanned<String>,
    /// How many.
    pub count: u64,
}

/// A daemon of the machine itself.
#[derive(Clone, Debug)]
pub enum Daemon {
    /// DNS, and DHCP where it is told.
    Dnsmasq(Dnsmasq),
    /// File shares.
    Samba(Samba),
}

impl Daemon {
    /// `dnsmasq`, `samba`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Dnsmasq(_) => "dnsmasq",
            Self::Samba(_) => "samba",
        }
    }

    /// The `runs "…"` of the node.
    #[must_use]
    pub const fn span(&self) -> Span {
        match self {
            Self::Dnsmasq(dnsmasq) => dnsmasq.span,
            Self::Samba(samba) => samba.span,
        }
    }

    /// The ports it listens on, with `tcp` or `udp`.
    #[must_use]
    pub fn ports(&self) -> Vec<(u16, &'static str)> {
        match self {
            Self::Dnsmasq(dnsmasq) => {
                let mut ports = vec![(53, "tcp"), (53, "udp")];
                if dnsmasq.dhcp.is_some() {
                    ports.push((67, "udp"));
                }
                ports
            }
            Self::Samba(_) => vec![(137, "udp"), (138, "udp"), (139, "tcp"), (445, "tcp")],
        }
    }
}

/// dnsmasq, as a node declares it.
#[derive(Clone, Debug)]
pub struct Dnsmasq {
    /// Servers that are asked for everything else; those of the system where there are none.
    pub upstream: Vec<Spanned<String>>,
    /// Addresses that it hands out.
    pub dhcp: Option<Dhcp>,
    /// Names in the lab's domain for machines that are no nodes.
    pub hosts: Vec<(Spanned<String>, Ipv4Addr)>,
    /// The `runs "dnsmasq"`.
    pub span: Span,
}

/// Addresses that dnsmasq hands out.
#[derive(Clone, Debug)]
pub struct Dhcp {
    /// The first one.
    pub from: Spanned<Ipv4Addr>,
    /// The last one.
    pub until: Spanned<Ipv4Addr>,
    /// The way to the internet that machines are told.
    pub router: Spanned<Ipv4Addr>,
    /// How long one is lent: `12h`.
    pub lease: String,
}

/// Samba, as a node declares it.
#[derive(Clone, Debug)]
pub struct Samba {
    /// Windows workgroup.
    pub workgroup: String,
    /// The folders it shares.
    pub shares: Vec<Share>,
    /// The `runs "samba"`.
    pub span: Span,
}

/// A folder that Samba shares.
#[derive(Clone, Debug)]
pub struct Share {
    /// Its name.
    pub name: Spanned<String>,
    /// The folder.
    pub path: Spanned<String>,
    /// What a browser of shares shows.
    pub comment: Option<String>,
    /// Who may open it; everyone that Samba knows where it is empty.
    pub users: Vec<String>,
    /// Nobody may write to it.
    pub read_only: bool,
    /// Opens without a password.
    pub guest: bool,
}
