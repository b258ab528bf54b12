//! `hlmc check --watch`: how long it takes to check again once a file has changed.

use crate::lab::Lab;
use std::fs::{self, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::thread;
use std::time::Duration;

/// Watches a lab, changes a service, and gives the seconds that the check after it took, from the moment at which the change was
/// seen, and the most memory that the process had, in MiB.
pub(crate) fn recheck(lab: &Lab) -> io::Result<(f64, f64)> {
    let mut command = Command::new(&lab.hlmc);
    command.args(["check", "--watch", "--lab"]).arg(&lab.manifests);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let mut watch = Watch(child);
    let stderr = watch.0.stderr.take().ok_or_else(|| io::Error::other("no pipe"))?;
    let mut lines = BufReader::new(stderr);
    checked(&mut lines)?;
    thread::sleep(Duration::from_millis(200));
    let path = lab.manifests.join("services/app-0001/service.kdl");
    let length = fs::metadata(&path)?.len();
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.write_all(b"// One line more.\n")?;
    let seconds = checked(&mut lines);
    file.set_len(length)?;
    Ok((seconds?, most_memory(watch.0.id())?))
}

/// A process that is ended whatever happens.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The seconds of the next check: `checked in 4.2 ms: no problems; waiting for changes`.
fn checked(lines: &mut BufReader<ChildStderr>) -> io::Result<f64> {
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        if let Some((_, rest)) = line.split_once("checked in ") {
            let millis = rest.split(' ').next().and_then(|number| number.parse::<f64>().ok());
            return millis.map(|millis| millis / 1e3).ok_or_else(|| io::Error::other(line.clone()));
        }
        line.clear();
    }
    Err(io::Error::other("the watch has ended"))
}

/// The most memory that a process has had so far, in MiB.
fn most_memory(process: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    kibibytes.map(|kibibytes| kibibytes / 1024.0).ok_or_else(|| io::Error::other("no VmHWM"))
}
