//! `mount-not-offered`: a path of the node that the node doesn't have, as far as it is told.

use super::brought_in;
use super::volume_missing::names;
use crate::analyze::{Analysis, GroupFacts, ServiceFacts, Source, Used, lies_in};
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Daemon, Lab, Node};

code!(Advice, "mount-not-offered", "mount_not_offered.md", "a path of the node that the node isn't known to have");

/// What every machine has.
const SYSTEM: [&str; 17] = [
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/media", "/mnt", "/opt/cni", "/proc", "/root", "/run", "/sbin",
    "/sys", "/tmp", "/usr", "/var",
];

/// Reports, once for each service, paths that a node doesn't offer which tells what it has.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        let mut missing = facts.used().iter().filter_map(|used| missing(analysis.lab, facts, used));
        if let Some((first, without)) = missing.next() {
            let rest: Vec<&Used<'_>> = missing.map(|(used, _)| used).collect();
            sink.push(mount_not_offered(analysis.lab, facts, first, &without, &rest));
            return;
        }
    }
}

/// The nodes that it may run on and that tell of other folders, but not of this one.
fn missing<'a, 'l>(lab: &'l Lab, facts: &GroupFacts<'l>, used: &'a Used<'l>) -> Option<(&'a Used<'l>, Vec<&'l Node>)> {
    let Source::Path(path) = used.source else { return None };
    if path.trim_end_matches('/').is_empty() || SYSTEM.iter().any(|folder| lies_in(path, folder)) {
        return None;
    }
    let nodes = facts.eligible().filter_map(|at| lab.nodes.get(at));
    let told = nodes.filter(|node| !node.host_volumes.is_empty() || !node.mounts.is_empty());
    let without: Vec<&Node> = told.filter(|node| !has(node, path)).collect();
    (!without.is_empty()).then_some((used, without))
}

/// Whether a node tells of a folder, of one around it, or of one in it.
fn has(node: &Node, path: &str) -> bool {
    let shares = node.daemons.iter().flat_map(|daemon| match daemon {
        Daemon::Samba(samba) => samba.shares.iter().map(|share| share.path.as_str()).collect(),
        Daemon::Dnsmasq(_) => Vec::new(),
    });
    let volumes = node.host_volumes.iter().map(|volume| volume.path.as_str());
    let mut known = volumes.chain(node.mounts.iter().map(|mount| mount.path.as_str())).chain(shares);
    known.any(|folder| folder != "/" && (lies_in(path, folder) || lies_in(folder, path)))
}

fn mount_not_offered(
    lab: &Lab,
    facts: &GroupFacts<'_>,
    first: &Used<'_>,
    without: &[&Node],
    rest: &[&Used<'_>],
) -> Diagnostic {
    let path = if let Source::Path(path) = first.source { path } else { "" };
    let (service, nodes) = (&facts.service.name.value, names(without));
    let says = if without.len() == 1 { "doesn't say that it has" } else { "don't say that they have" };
    let message = format!("`{service}` mounts `{}`, which {nodes} {says}", path.escape_debug());
    let mut diagnostic = Diagnostic::new(&CODE, message, first.span, "made as an empty folder where it isn't there");
    if let [node, ..] = without {
        diagnostic = diagnostic.also(node.name.span, "this node tells of other folders");
    }
    for other in rest {
        diagnostic = diagnostic.also(other.span, "and this one");
    }
    if let Some(place) = brought_in(lab, facts.service, first.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    // Some have it and some don't: then it is the wrong node as a rule.
    if without.len() < facts.nodes.len() {
        diagnostic.severity = Severity::Warning;
    }
    diagnostic.help(
        "offer it with `host-volume` and ask for it with `volume`: then it is made with its owner, waits for its disk, and the service stays where it is",
    )
}
