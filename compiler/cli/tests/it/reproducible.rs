//! The same manifests give the same bytes: `out/` with its modes, and the zip. Each test changes one thing around the
//! build of three labs and compares with a build in place.

use crate::somebody::Somebody;
use crate::tree::{Tree, assert_same, tree};
use std::collections::BTreeMap;
use std::fs::{self, File, FileTimes, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;
use walkdir::WalkDir;

const HLMC: &str = env!("CARGO_BIN_EXE_hlmc");

/// The root lab has the whole catalogue, the second three real machines, the third every word of the language.
const LABS: [&str; 3] = [".", "golden/labs/nas-and-pis", "golden/labs/every-word"];

/// What a build leaves.
struct Product {
    out: Tree,
    zip: Vec<u8>,
}

/// The labs built where they lie, with nothing special around.
static EXPECTED: LazyLock<Vec<Product>> = LazyLock::new(|| {
    LABS.iter()
        .map(|lab| {
            let target = tempfile::tempdir().unwrap();
            build(target.path(), Command::new(HLMC).args(["build", "--lab"]).arg(folder_of(lab)))
        })
        .collect()
});

fn folder_of(lab: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(lab)
}

/// Runs a `hlmc build` into a folder.
fn build(target: &Path, command: &mut Command) -> Product {
    let (out, zip) = (target.join("bundle"), target.join("bundle.zip"));
    let ran = command.arg("--out").arg(&out).arg("--zip").arg(&zip).stdin(Stdio::null()).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    Product { out: tree(&out), zip: fs::read(&zip).unwrap() }
}

/// Fails where a product isn't the expected one of the lab with this number.
#[track_caller]
fn assert_expected(number: usize, found: &Product, when: &str) {
    let when = format!("{} {when}", LABS[number]);
    assert_same(&found.out, &EXPECTED[number].out, &when);
    assert!(found.zip == EXPECTED[number].zip, "{when}: the zip differs");
    assert!(found.out.len() > 20, "{when}: {} files are too few to show anything", found.out.len());
}

/// The manifests of a lab and the files beside them, by their paths.
fn sources(lab: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let root = folder_of(lab);
    let starts = ["lab.kdl", "nodes", "services", "integrations"].map(|start| root.join(start));
    let entries = starts.iter().filter(|start| start.exists()).flat_map(WalkDir::new).map(Result::unwrap);
    entries
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| (entry.path().strip_prefix(&root).unwrap().to_owned(), fs::read(entry.path()).unwrap()))
        .collect()
}

fn write_source(folder: &Path, path: &Path, bytes: &[u8]) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn copy(lab: &str, to: &Path) {
    sources(lab).iter().for_each(|(path, bytes)| write_source(to, path, bytes));
}

/// A folder in memory where there is such a thing: another file system, which lists files as they came.
fn in_memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { TempDir::new_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

#[test]
fn another_folder_gives_the_same_bytes() {
    for (number, lab) in LABS.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let name = "a b/it's \"$HOME\" {{é}}";
        let copied = folder.path().join(name).join("lab");
        copy(lab, &copied);
        let relative = build(folder.path(), Command::new(HLMC).arg("build").current_dir(copied.join("nodes")));
        assert_expected(number, &relative, "from within a folder of the lab");
        let inside = build(&copied, Command::new(HLMC).args(["build", "--lab"]).arg(&copied).current_dir("/"));
        assert_expected(number, &inside, "with the bundle inside of the lab");
        let through = folder.path().join("link");
        std::os::unix::fs::symlink(&copied, &through).unwrap();
        let linked = tempfile::tempdir().unwrap();
        let linked = build(linked.path(), Command::new(HLMC).arg("build").current_dir(&through));
        assert_expected(number, &linked, "through a symlink");
    }
}

#[test]
fn another_umask_gives_the_same_bytes_and_modes() {
    for (number, lab) in LABS.iter().enumerate() {
        for umask in ["000", "011", "022", "026", "027", "066", "077", "0777"] {
            let folder = tempfile::tempdir().unwrap();
            let line = format!("umask {umask}; exec \"$@\"");
            let mut shell = Command::new("sh");
            shell.args(["-c", &line, "sh", HLMC, "build", "--lab"]).arg(folder_of(lab));
            // Under the last one only root may enter what it has just made.
            if umask == "0777" && !rustix::process::geteuid().is_root() {
                println!("skipped: umask 0777, since this isn't root");
                continue;
            }
            fs::create_dir(folder.path().join("bundle")).unwrap(); // its own mode is whoever's made it
            let (out, zip) = (folder.path().join("bundle"), folder.path().join("bundle.zip"));
            assert!(shell.arg("--out").arg(&out).arg("--zip").arg(&zip).status().unwrap().success(), "umask {umask}");
            let found = Product { out: tree(&out), zip: fs::read(&zip).unwrap() };
            assert_expected(number, &found, &format!("under umask {umask}"));
        }
    }
}

#[test]
fn manifests_with_other_modes_give_the_same_bytes() {
    for (number, lab) in LABS.iter().enumerate() {
        for mode in [0o600, 0o755, 0o666] {
            let folder = tempfile::tempdir().unwrap();
            let copied = folder.path().join("lab");
            for (path, bytes) in sources(lab) {
                write_source(&copied, &path, &bytes);
                fs::set_permissions(copied.join(&path), Permissions::from_mode(mode)).unwrap();
            }
            let found = build(folder.path(), Command::new(HLMC).arg("build").current_dir(&copied));
            assert_expected(number, &found, &format!("from manifests with mode {mode:o}"));
        }
    }
}

#[test]
fn another_user_gives_the_same_bytes() {
    let Some(somebody) = Somebody::find() else { return };
    for (number, lab) in LABS.iter().enumerate() {
        let home = somebody.home();
        copy(lab, &home.path().join("lab"));
        somebody.owns(home.path());
        let mut command = somebody.command(&["build", "--lab", "lab"], home.path());
        command.env("USER", "nobody").env("HOME", home.path());
        let found = build(home.path(), &mut command);
        assert_expected(number, &found, "by another user");
        assert_ne!(fs::metadata(home.path().join("bundle/bundle.json")).unwrap().uid(), 0, "it was another user");
    }
}

#[test]
fn another_locale_time_zone_and_environment_give_the_same_bytes() {
    let around = [
        vec![("LC_ALL", "C"), ("TZ", "UTC")],
        vec![("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("TZ", "Asia/Kathmandu")],
        vec![("LC_ALL", "ja_JP.eucJP"), ("LANGUAGE", "ar:he"), ("TZ", "<+14>-14")],
        vec![("HOME", "/nowhere"), ("USER", "x"), ("HOSTNAME", "x"), ("PATH", ""), ("TMPDIR", "/nowhere")],
        vec![("SOURCE_DATE_EPOCH", "1"), ("CLICOLOR_FORCE", "1"), ("RAYON_NUM_THREADS", "1"), ("RUST_LOG", "trace")],
        vec![("NOMAD_ADDR", "http://[::1]:1"), ("VAULT_TOKEN", "x"), ("CONSUL_HTTP_TOKEN", "x"), ("PORT", "1")],
        vec![],
    ];
    for (number, lab) in LABS.iter().enumerate() {
        for variables in &around {
            let folder = tempfile::tempdir().unwrap();
            let mut command = Command::new(HLMC);
            command.args(["build", "--lab"]).arg(folder_of(lab)).env_clear().envs(variables.iter().copied());
            assert_expected(number, &build(folder.path(), &mut command), &format!("with {variables:?} alone"));
        }
    }
}

/// Also: no secret gets into a bundle that lies about beside the manifests or in the environment.
#[test]
fn what_no_manifest_names_is_not_in_the_bundle() {
    const SECRET: &str = "hunter2-of-nobody";
    for (number, lab) in LABS.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let copied = folder.path().join("lab");
        copy(lab, &copied);
        let folders = ["", "nodes", "services", "services/web", "integrations"];
        let files = [".env", "secrets.env", "password", "id_ed25519", "terraform.tfstate", "hlmc.secrets.json"];
        for (folder, file) in folders.iter().flat_map(|folder| files.iter().map(move |file| (folder, file))) {
            write_source(&copied, &Path::new(folder).join(file), format!("PASSWORD={SECRET}\n").as_bytes());
        }
        write_source(folder.path(), Path::new("bundle/.env"), SECRET.as_bytes());
        let mut command = Command::new(HLMC);
        command.arg("build").current_dir(&copied).env("HOME", &copied);
        for variable in ["NOMAD_TOKEN", "VAULT_TOKEN", "CONSUL_HTTP_TOKEN", "DB_PASSWORD", "PASSWORD", "TZ", "USER"] {
            command.env(variable, SECRET);
        }
        let mut found = build(folder.path(), &mut command);
        assert_eq!(found.out.remove(".env").unwrap().bytes, SECRET.as_bytes(), "its owner's file stays");
        assert_expected(number, &found, "beside secrets");
    }
}

#[test]
fn one_thread_and_many_give_the_same_bytes() {
    for (number, lab) in LABS.iter().enumerate() {
        for threads in ["1", "2", "3", "7", "16", "16", "16", "64"] {
            let folder = tempfile::tempdir().unwrap();
            let mut command = Command::new(HLMC);
            command.args(["build", "--threads", threads, "--lab"]).arg(folder_of(lab));
            assert_expected(number, &build(folder.path(), &mut command), &format!("with {threads} threads"));
        }
    }
}

/// Backwards the first time, then shuffled, in a way that is the same each time.
fn shuffle<T>(order: &mut [T], turn: usize) {
    if turn == 0 {
        order.reverse();
    } else {
        (1..order.len()).rev().for_each(|at| order.swap(at, (at * 7919 + turn * 104_729) % (at + 1)));
    }
}

#[test]
fn files_made_in_another_order_give_the_same_bytes() {
    let mut listings = Vec::new();
    for (number, lab) in LABS.iter().enumerate() {
        let mut order: Vec<(PathBuf, Vec<u8>)> = sources(lab).into_iter().collect();
        for turn in 0..8_usize {
            let folder = in_memory();
            let copied = folder.path().join("lab");
            order.iter().for_each(|(path, bytes)| write_source(&copied, path, bytes));
            let found = build(folder.path(), Command::new(HLMC).arg("build").current_dir(&copied));
            assert_expected(number, &found, &format!("with its files in order {turn}"));
            let listed = WalkDir::new(&copied).into_iter().map(Result::unwrap).map(|entry| entry.into_path());
            listings.push(listed.map(|path| path.strip_prefix(&copied).unwrap().to_owned()).collect::<Vec<_>>());
            shuffle(&mut order, turn);
        }
    }
    listings.dedup();
    if listings.len() == LABS.len() {
        println!("skipped: this file system lists files in one order however they came");
    } else {
        assert!(listings.len() > 6 * LABS.len(), "{} orders are few", listings.len());
    }
}

#[test]
fn mistakes_are_reported_the_same_whatever_the_order_of_files_and_the_threads() {
    for fault in ["many-mistakes", "port-of-three-on-two-nodes", "node-twice", "a-typo-and-a-conflict"] {
        let mut order: Vec<(PathBuf, Vec<u8>)> = sources(&format!("golden/faults/{fault}")).into_iter().collect();
        let mut expected = None;
        for turn in 0..8_usize {
            let folder = in_memory();
            order.iter().for_each(|(path, bytes)| write_source(folder.path(), path, bytes));
            let mut check = Command::new(HLMC);
            check.args(["check", "--format", "short", "--threads", &(turn % 4 + 1).to_string()]);
            let said = check.current_dir(folder.path()).output().unwrap();
            assert_eq!(said.status.code(), Some(1), "{fault}");
            assert_eq!(*expected.get_or_insert_with(|| said.stdout.clone()), said.stdout, "{fault}, order {turn}");
            shuffle(&mut order, turn);
        }
    }
}

#[test]
fn files_with_other_times_give_the_same_bytes() {
    for (number, lab) in LABS.iter().enumerate() {
        for seconds in [0, 1, 86_400 * 365 * 40, 86_400 * 365 * 130] {
            let folder = tempfile::tempdir().unwrap();
            let copied = folder.path().join("lab");
            copy(lab, &copied);
            let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
            for entry in WalkDir::new(&copied).contents_first(true).into_iter().map(Result::unwrap) {
                let times = FileTimes::new().set_modified(time).set_accessed(time);
                File::open(entry.path()).unwrap().set_times(times).unwrap();
            }
            let found = build(folder.path(), Command::new(HLMC).arg("build").current_dir(&copied));
            assert_expected(number, &found, &format!("from files that are {seconds} s after 1970"));
        }
    }
}

#[test]
fn a_clone_on_another_file_system_gives_the_same_bytes() {
    for (number, lab) in LABS.iter().enumerate() {
        let (disk, memory) = (tempfile::tempdir().unwrap(), in_memory());
        copy(lab, disk.path());
        let git = |folder: &Path, arguments: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]);
            git.args(arguments).current_dir(folder);
            git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
            let ran = git.output().unwrap();
            assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
        };
        git(disk.path(), &["init", "--quiet"]);
        git(disk.path(), &["add", "--all"]);
        git(disk.path(), &["commit", "--quiet", "--message", "lab"]);
        git(memory.path(), &["clone", "--quiet", disk.path().to_str().unwrap(), "lab"]);
        let cloned = memory.path().join("lab");
        if fs::metadata(&cloned).unwrap().dev() == fs::metadata(disk.path()).unwrap().dev() {
            println!("skipped: another file system; there is no /dev/shm, or temporary files lie there too");
        }
        let found = build(memory.path(), Command::new(HLMC).arg("build").current_dir(&cloned));
        assert_expected(number, &found, "from a clone");
        let found = build(disk.path(), Command::new(HLMC).args(["build", "--lab"]).arg(&cloned));
        assert_expected(number, &found, "from a clone into another file system");
    }
}

#[test]
fn a_bundle_does_not_depend_on_the_one_before() {
    for (number, lab) in LABS.iter().enumerate() {
        let folder = tempfile::tempdir().unwrap();
        for other in LABS.iter().filter(|other| *other != lab) {
            build(folder.path(), Command::new(HLMC).args(["build", "--lab"]).arg(folder_of(other)));
        }
        let found = build(folder.path(), Command::new(HLMC).args(["build", "--lab"]).arg(folder_of(lab)));
        assert_expected(number, &found, "over the bundles of the other labs");
    }
}
