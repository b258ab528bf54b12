//! One file a program: how it is asked about an artifact, and how its answer is read.

pub(crate) mod caddy;
pub(crate) mod consul;
pub(crate) mod dnsmasq;
pub(crate) mod list;
pub(crate) mod nomad;
pub(crate) mod prometheus;
pub(crate) mod samba;
pub(crate) mod shell;
pub(crate) mod systemd;
pub(crate) mod ufw;
pub(crate) mod vault;
pub(crate) mod zip;

use crate::program::Ran;
use crate::rule::Verdict;
use crate::site::Site;

/// The verdict of a program whose exit code alone decides.
fn by_exit_code(ran: &Ran) -> Verdict {
    if ran.succeeded() { Verdict::Accepted(None) } else { Verdict::Refused(ran.report()) }
}

/// The verdict of a program that warns in lines with a mark in them, and refuses by its exit code.
fn by_exit_code_and_warnings(ran: &Ran, mark: &str) -> Verdict {
    if !ran.succeeded() {
        return Verdict::Refused(ran.report());
    }
    let warnings: Vec<&str> = ran.output.lines().filter(|line| line.contains(mark)).collect();
    if warnings.is_empty() { Verdict::Accepted(None) } else { Verdict::Warned(warnings.join("\n")) }
}

/// The verdict on an agent's configuration, `nodes/<node>/etc/…`, from what its agent made of it.
fn joined(site: &Site, program: &str, folder: &str) -> Verdict {
    let node = folder.split('/').nth(1).unwrap_or_default();
    match site.cluster.failure(program, node) {
        None => Verdict::Accepted(None),
        Some(failure) => Verdict::Refused(failure.to_owned()),
    }
}
