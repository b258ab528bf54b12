//! `hlmc check --watch`: what it prints when files change, come, go and are renamed.

use crate::lab::Lab;
use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

/// A watch, and the lines that it prints.
struct Watch {
    child: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(lab: &Lab, args: &[&str]) -> Self {
        let mut command = lab.command(&[&["check", "--watch"], args].concat());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        forward(child.stdout.take().unwrap(), sender.clone());
        forward(child.stderr.take().unwrap(), sender);
        Self { child, lines }
    }

    /// The lines up to the one that says that it waits.
    #[track_caller]
    fn checked(&self) -> Vec<String> {
        let mut found = Vec::new();
        loop {
            let line = self.lines.recv_timeout(Duration::from_secs(60)).unwrap();
            let last = line.contains("waiting for");
            found.push(line);
            if last {
                // The two pipes are read side by side.
                while let Ok(line) = self.lines.recv_timeout(Duration::from_millis(50)) {
                    found.push(line);
                }
                return found;
            }
        }
    }

    /// One of the next checks prints a line like this.
    #[track_caller]
    fn says(&self, what: &str) {
        let mut seen = Vec::new();
        while !seen.iter().any(|line: &String| line.contains(what)) {
            assert!(seen.len() < 100, "{what:?} isn't in {seen:#?}");
            seen.extend(self.checked());
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn forward(from: impl Read + Send + 'static, to: Sender<String>) {
    thread::spawn(move || BufReader::new(from).lines().map_while(Result::ok).all(|line| to.send(line).is_ok()));
}

#[test]
fn a_change_is_checked_and_nothing_else_is() {
    let lab = Lab::new();
    let watch = Watch::start(&lab, &["--format", "short"]);
    watch.says("no problems; waiting for changes");
    assert_eq!(watch.lines.recv_timeout(Duration::from_millis(600)), Err(RecvTimeoutError::Timeout));
    lab.write("services/web.kdl", "service \"web\" {\n    image \"a:1\"\n    prot \"http\" to=80\n}\n");
    watch.says("services/web.kdl:3:5: error[unknown-name] ");
    lab.write(
        "services/web.kdl",
        "service \"web\" {\n    image \"a:1\"\n    port \"http\" to=80\n    check \"http\"\n}\n",
    );
    watch.says("no problems");
    // As editors save: another file takes the place.
    lab.write("services/.web.kdl.swp", "service \"web\" { imag \"a:1\"; }\n");
    fs::rename(lab.path("services/.web.kdl.swp"), lab.path("services/web.kdl")).unwrap();
    watch.says("services/web.kdl:1:17: error[unknown-name] ");
}

#[test]
fn folders_may_go_come_back_and_be_renamed() {
    let lab = Lab::empty();
    lab.run(&["init", "lab"]).is_quiet();
    lab.write("lab/services/web/service.kdl", "service \"web\" { imag \"a:1\"; }\n");
    let watch = Watch::start(&lab, &["--lab", "lab", "--format", "short"]);
    watch.says("lab/services/web/service.kdl:1:17: error[unknown-name] ");
    fs::rename(lab.path("lab/services/web"), lab.path("lab/services/site")).unwrap();
    watch.says("lab/services/site/service.kdl:1:17: error[unknown-name] ");
    fs::remove_dir_all(lab.path("lab/services/site")).unwrap();
    watch.says("no problems");
    fs::rename(lab.path("lab"), lab.path("elsewhere")).unwrap();
    watch.says("the lab is gone; waiting for it to come back");
    fs::rename(lab.path("elsewhere"), lab.path("lab")).unwrap();
    watch.says("no problems");
}

#[test]
fn a_file_that_is_read_without_being_listed_is_watched_too() {
    let lab = Lab::new();
    let service = "service \"web\" {\n    image \"a:1\"\n    file \".web.conf\" to=\"/etc/web.conf\"\n}\n";
    lab.write("services/web.kdl", service);
    let watch = Watch::start(&lab, &["--format", "short"]);
    watch.says("error[missing-file]");
    lab.write("services/.web.conf", "x = 1\n");
    watch.says("no problems");
    fs::remove_file(lab.path("services/.web.conf")).unwrap();
    watch.says("error[missing-file]");
}

#[test]
fn it_ends_when_nobody_reads() {
    let lab = Lab::new();
    lab.write("services/web.kdl", "service \"web\" { imag \"a:1\"; }\n");
    let mut child = lab
        .command(&["check", "--watch", "--format", "short"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut String::new()).unwrap();
    drop(out);
    lab.write("services/web.kdl", "service \"web\" { imag \"b:1\"; }\n");
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn it_ends_on_an_interrupt() {
    use std::os::unix::process::ExitStatusExt as _;
    // What a shell started in the background has it ignored, and so has whatever that starts.
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    if ignored & 0b10 != 0 {
        println!("left out: interrupts are ignored here");
        return;
    }
    let lab = Lab::new();
    let mut watch = Watch::start(&lab, &[]);
    watch.checked();
    let id = watch.child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert_eq!(watch.child.wait().unwrap().signal(), Some(2));
}
