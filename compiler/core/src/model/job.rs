//! The view on a job that analysis and checks reason with: what it claims, not how it is written.

use super::{Arch, Device, ImageReference};
use crate::source::{Span, Spanned};

/// A group of tasks that always lie on one node.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: Spanned<String>,
    /// How many instances; for system jobs one on every node.
    pub count: Spanned<u64>,
    /// Network mode: `host`, `bridge`, `none`, `cni/…`.
    pub network_mode: Option<Spanned<String>>,
    /// Ports it asks for.
    pub ports: Vec<Port>,
    /// Volumes it asks for.
    pub volumes: Vec<Volume>,
    /// What the node must satisfy: the job's, the group's and all tasks' constraints.
    pub constraints: Vec<Constraint>,
    /// Its tasks.
    pub tasks: Vec<Task>,
    /// What all of its tasks take together, prestart tasks counted as Nomad counts them.
    pub resources: Resources,
    /// Where it is written.
    pub span: Span,
}

/// A port that a group asks for.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its label.
    pub label: Spanned<String>,
    /// The port on the node; `None` lets Nomad pick.
    pub fixed: Option<Spanned<u16>>,
    /// The port inside the container.
    pub to: Option<u16>,
    /// Which of the node's networks it is on; the one of its default route where nothing is said.
    pub network: Option<Spanned<String>>,
    /// Others may have it too (`ignore_collision`).
    pub shared: bool,
    /// What it speaks, for firewall and claims.
    pub protocol: Protocol,
    /// The task that listens there, where the group has several and one of them is told.
    pub task: Option<String>,
}

/// What a port speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// TCP and UDP.
    Both,
}

impl Protocol {
    /// Whether a listener of one is in the way of a listener of the other.
    #[must_use]
    pub fn collides(self, other: Self) -> bool {
        self == Self::Both || other == Self::Both || self == other
    }

    /// `tcp`, `udp`, or both of them.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Tcp => &["tcp"],
            Self::Udp => &["udp"],
            Self::Both => &["tcp", "udp"],
        }
    }
}

/// A volume that a group asks for.
#[derive(Clone, Debug)]
pub struct Volume {
    /// Its label in the group.
    pub label: Spanned<String>,
    /// `host` or `csi`.
    pub kind: String,
    /// What nodes or the cluster offer it as.
    pub source: Spanned<String>,
    /// Never written to.
    pub read_only: bool,
}

/// A constraint, as Nomad has it: `attribute operator value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Constraint {
    /// Left side: `${node.class}`.
    pub attribute: String,
    /// `=`, `!=`, `regexp`, `set_contains_any` ….
    pub operator: String,
    /// Right side.
    pub value: String,
    /// Where its value is written, or the line that it follows from.
    pub span: Span,
}

/// A task.
#[derive(Clone, Debug)]
pub struct Task {
    /// Its name.
    pub name: Spanned<String>,
    /// Task driver.
    pub driver: Spanned<String>,
    /// Container image.
    pub image: Option<Spanned<String>>,
    /// Its image comes out of a file, and from no registry.
    pub is_loaded: bool,
    /// Paths of the node that are mounted into it.
    pub mounts: Vec<Mount>,
    /// Runs with full access to the node.
    pub privileged: Option<Span>,
    /// Linux capabilities it asks for beside the driver's default ones.
    pub capabilities: Vec<Spanned<String>>,
    /// Devices it asks for.
    pub devices: Vec<Device>,
    /// Seconds it may take to stop.
    pub kill_timeout: u64,
    /// What it takes.
    pub resources: Resources,
    /// Where it is written.
    pub span: Span,
}

impl Task {
    /// Its image, where the lock may have it: one that Docker fetches, and whose name is known before it runs.
    #[must_use]
    pub fn lockable(&self) -> Option<&Spanned<String>> {
        let image = self.image.as_ref().filter(|_| self.driver.value == "docker" && !self.is_loaded);
        image.filter(|image| ImageReference::parse(image).is_some())
    }
}

/// A path of the node that is mounted into a task.
#[derive(Clone, Debug)]
pub struct Mount {
    /// Absolute path on the node.
    pub source: Spanned<String>,
    /// Never written to.
    pub read_only: bool,
}

/// What a task or group takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resources {
    /// MHz.
    pub cpu: u64,
    /// Whole cores, in place of MHz.
    pub cores: u64,
    /// Bytes that it is placed by.
    pub memory: u64,
    /// Bytes it may grow to; `memory` where nothing is said.
    pub memory_max: u64,
    /// Bytes of ephemeral disk.
    pub disk: u64,
}

/// The architectures that an image exists for.
#[derive(Clone, Debug)]
pub struct Platforms {
    /// The image, as tasks name it.
    pub image: String,
    /// The architectures.
    pub arches: Vec<Arch>,
    /// Where that is stated.
    pub span: Span,
    /// The lock states it: a constraint follows, in place of a complaint.
    pub locked: bool,
}
