//! `system-folder`: a host volume or a share that is a folder of the system, or that is emptied when the machine starts.

use crate::analyze::{Analysis, lies_in};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Daemon, Node};
use crate::source::Spanned;

code!(Warning, "system-folder", "system_folder.md", "a host volume or a share is a folder of the system");

/// Folders that are gone when the machine starts again.
const EMPTIED: [&str; 5] = ["/tmp", "/run", "/var/run", "/var/lock", "/dev/shm"];

/// Folders that the system has for itself.
const SYSTEM: [&str; 18] = [
    "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root",
    "/sbin", "/sys", "/usr", "/var", "/var/lib",
];

/// As long as the longest of them.
const LONGEST: usize = 8;

/// Reports host volumes and shares that may be written to and lie where nothing stays, or where all of the system is.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for node in &analysis.lab.nodes {
        for volume in node.host_volumes.iter().filter(|volume| !volume.read_only) {
            system_folder("host volume", &volume.name, &volume.path, node, sink);
        }
        for daemon in &node.daemons {
            let Daemon::Samba(samba) = daemon else { continue };
            for share in samba.shares.iter().filter(|share| !share.read_only && share.path.value != "/home") {
                system_folder("share", &share.name, &share.path, node, sink);
            }
        }
    }
}

fn system_folder(what: &str, name: &str, path: &Spanned<String>, node: &Node, sink: &mut Sink) {
    let node = &node.name.value;
    let (message, label, help) = if EMPTIED.iter().any(|folder| lies_in(path, folder)) {
        let message = format!("{what} `{name}` of `{node}` lies where nothing stays when the machine starts");
        (message, "emptied at each start", "take a folder below `/srv`, or one on a disk that is mounted")
    } else if path.len() <= LONGEST && SYSTEM.contains(&path.value.as_str()) {
        let message = format!("{what} `{name}` of `{node}` is `{}`, a folder of the system", path.value);
        (message, "all of it may be written to", "take a folder below it, or add `read-only`")
    } else {
        return;
    };
    sink.push(Diagnostic::new(&CODE, message, path.span, label).help(help));
}
