//! Every system call of a build may be its last, or may fail: `strace` kills the build before each of them in turn, and
//! has each of them fail. `make accept` runs these tests.

use crate::lab::Lab;
use crate::tree::{Tree, differences, tree};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Calls that change nothing on disk. All others that take a path or a file are walked through.
const HARMLESS: &str = " access close connect dup dup2 dup3 epoll_create1 epoll_ctl epoll_wait eventfd2 execve \
    faccessat faccessat2 fadvise64 fcntl fstat fstatfs getcwd getdents64 ioctl lseek mmap newfstatat openat2 pipe2 poll \
    ppoll pread64 prlimit64 read readlink readlinkat socket stat statfs statx ";

struct Case {
    folder: Lab,
    old: Product,
    new: Product,
}

/// What a build leaves: the folder, when it is there, and the zip.
#[derive(PartialEq)]
struct Product {
    out: Option<Tree>,
    zip: Option<Vec<u8>>,
}

impl Case {
    fn new() -> Self {
        let folder = Lab::empty();
        let product = |lab: &str, own: &str| {
            folder.run(&["init", lab]).is_quiet();
            for name in ["same", own] {
                folder.write(
                    &format!("{lab}/services/{name}.kdl"),
                    format!("service \"{name}\" {{\n    image \"traefik/whoami:v1.11.0\"\n}}\n"),
                );
            }
            folder.run(&["build", "--lab", lab, "--out", "out", "--zip"]).is_quiet();
            folder.write("out/notes/mine", "mine");
            found(&folder)
        };
        let new = product("new", "first");
        let old = product("old", "second");
        Self { folder, old, new }
    }

    /// The new lab's build under `strace`; what else it is told to do is in the arguments.
    fn traced(&self, tampering: &[String]) -> Command {
        let mut strace = Command::new("strace");
        strace.args(["--follow-forks", "--quiet=all", "--output=trace"]).args(tampering);
        strace.arg(env!("CARGO_BIN_EXE_hlmc"));
        strace.args(["build", "--lab", "new", "--out", "out", "--zip", "--threads", "1"]);
        strace.current_dir(self.folder.path("")).stdin(Stdio::null());
        strace
    }

    /// Back to the old bundle with a build that nothing happens to: it repairs what the one before has left.
    fn repair(&self, after: &str) {
        let built = self.folder.run(&["build", "--lab", "old", "--out", "out", "--zip"]);
        assert!(built.code == Some(0), "{after}: {built:?}");
        assert!(found(&self.folder) == self.old, "{after}: the next build leaves something else than the old bundle");
        let names =
            fs::read_dir(self.folder.path("")).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
        let left: Vec<String> = names.filter(|name| name.starts_with('.')).collect();
        assert!(left.is_empty(), "{after}: {left:?} is left by the next build");
    }

    /// The calls of a build that could change something, with how often each is made.
    fn calls(&self) -> BTreeMap<String, usize> {
        assert!(self.traced(&["--trace=%file,%desc".to_owned()]).status().unwrap().success());
        let trace = fs::read_to_string(self.folder.path("trace")).unwrap();
        self.repair("after a trace");
        let mut calls = BTreeMap::new();
        for line in trace.lines() {
            // `1234 openat(AT_FDCWD, …`, but neither `<... openat resumed>` nor `+++ exited`.
            let call = line.split_whitespace().nth(1).and_then(|word| word.split_once('(')).map(|(name, _)| name);
            if let Some(name) = call.filter(|name| !HARMLESS.contains(&format!(" {name} "))) {
                *calls.entry(name.to_owned()).or_default() += 1;
            }
        }
        assert!(calls.contains_key("renameat2") && calls.len() > 5, "{calls:?}");
        calls
    }

    /// What is there is the old or the new one, each file of it.
    fn is_whole(&self, after: &str) -> &'static str {
        let found = found(&self.folder);
        assert!(found.zip == self.old.zip || found.zip == self.new.zip, "{after}: half a zip");
        if found.out == self.old.out {
            return "the old bundle";
        }
        let difference = found.out.as_ref().map(|out| differences(out, self.new.out.as_ref().unwrap()));
        assert!(found.out == self.new.out, "{after}: neither the old nor the new bundle: {difference:?}");
        "the new bundle"
    }
}

fn found(folder: &Lab) -> Product {
    let out = folder.path("out");
    Product { out: Path::new(&out).exists().then(|| tree(&out)), zip: fs::read(folder.path("out.zip")).ok() }
}

#[test]
#[ignore = "needs strace: `make accept` runs it"]
fn every_system_call_may_be_the_last() {
    let case = Case::new();
    let mut left = BTreeMap::<&str, usize>::new();
    for (call, times) in case.calls() {
        for number in 1..=times {
            let tampering = [format!("--trace={call}"), format!("--inject={call}:signal=SIGKILL:when={number}")];
            let ended = case.traced(&tampering).stderr(Stdio::null()).status().unwrap();
            if ended.success() {
                assert!(case.is_whole(&call) == "the new bundle");
                case.repair(&call);
                break; // no thread makes it so often
            }
            let after = format!("killed at {call} number {number}");
            *left.entry(case.is_whole(&after)).or_default() += 1;
            case.repair(&after);
        }
    }
    println!("killed at each system call: {left:?}");
    assert!(left.len() == 2 && left.values().all(|kills| *kills > 30), "{left:?}");
}

#[test]
#[ignore = "needs strace: `make accept` runs it"]
fn every_system_call_may_fail() {
    let case = Case::new();
    let mut left = BTreeMap::<(&str, &str), usize>::new();
    for (call, times) in case.calls() {
        for error in ["EIO", "ENOSPC", "EPERM"] {
            for number in 1..=times {
                let tampering = [format!("--trace={call}"), format!("--inject={call}:error={error}:when={number}")];
                let ran = case.traced(&tampering).output().unwrap();
                let said = String::from_utf8_lossy(&ran.stderr);
                let after = format!("{error} from {call} number {number}: {said}");
                let whole = case.is_whole(&after);
                let how = if ran.status.success() {
                    assert!(found(&case.folder) == case.new, "{after}: it says that all is well");
                    "done"
                } else {
                    assert!(said.contains("error") && !said.contains("panicked"), "{after}: {}", ran.status);
                    "failed"
                };
                *left.entry((how, whole)).or_default() += 1;
                case.repair(&after);
            }
        }
    }
    println!("had each system call fail: {left:?}");
    assert!(left.len() >= 3, "{left:?}");
}

#[test]
#[ignore = "needs strace: `make accept` runs it"]
fn where_folders_cannot_be_exchanged_a_kill_loses_nothing() {
    let case = Case::new();
    let mut between = 0;
    let calls = case.calls();
    for (call, times) in calls.iter().filter(|(call, _)| call.starts_with("rename") || call.contains("link")) {
        for number in 1..=times + 2 {
            let tampering = [
                "--trace=renameat2,rename,renameat,link,linkat,unlink,unlinkat".to_owned(),
                "--inject=renameat2:error=EINVAL".to_owned(),
                format!("--inject={call}:signal=SIGKILL:when={number}"),
            ];
            case.traced(&tampering).stderr(Stdio::null()).status().unwrap();
            let after = format!("killed at {call} number {number}");
            if case.folder.path("out").exists() {
                case.is_whole(&after);
            } else {
                between += 1;
                assert!(Some(tree(&case.folder.path(".out.hlmc-old"))) == case.old.out, "{after}: the old one is lost");
            }
            case.repair(&after);
        }
    }
    assert!(between > 0, "no kill came between the two renames");
}
