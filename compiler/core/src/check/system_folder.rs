//! `system-folder`: a host volume that is a folder of the system, or that is emptied when the machine starts.

use crate::analyze::{Analysis, lies_in};
use crate::diagnostic::{Diagnostic, Sink, code};

code!(Warning, "system-folder", "system_folder.md", "a host volume is a folder of the system");

/// Folders that are gone when the machine starts again.
const EMPTIED: [&str; 5] = ["/tmp", "/run", "/var/run", "/var/lock", "/dev/shm"];

/// Folders that the system has for itself.
const SYSTEM: [&str; 18] = [
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root",
    "/sbin", "/sys", "/usr", "/var", "/var/lib",
];

/// Reports host volumes that may be written to and lie where nothing stays, or where all of the system is.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for node in &analysis.lab.nodes {
        for volume in node.host_volumes.iter().filter(|volume| !volume.read_only) {
            let path = volume.path.value.as_str();
            let (name, node) = (&volume.name.value, &node.name.value);
            let (message, label, help) = if EMPTIED.iter().any(|folder| lies_in(path, folder)) {
                let message =
                    format!("host volume `{name}` of `{node}` lies where nothing stays when the machine starts");
                (message, "emptied at each start", "take a folder below `/srv`, or one on a disk that is mounted")
            } else if SYSTEM.contains(&path) {
                let message = format!("host volume `{name}` of `{node}` is `{path}`, a folder of the system");
                (
                    message,
                    "its owner is changed, and services write there",
                    "take a folder below it, or add `read-only`",
                )
            } else {
                continue;
            };
            sink.push(Diagnostic::new(&CODE, message, volume.path.span, label).help(help));
        }
    }
}
