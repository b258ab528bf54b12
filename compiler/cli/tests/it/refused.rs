//! What stops a build from writing: a full disk, no permission, something in the way. Each has a message that says where,
//! why and what to do, the exit code 2, and leaves the old bundle whole.

use crate::lab::{Lab, Ran};
use crate::somebody::Somebody;
use crate::tree::{Tree, assert_same, tree};
use std::fs::{self, File, Permissions};
use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::{Command, Stdio};

const SECOND: &str = "service \"second\" {\n    image \"traefik/whoami:v1.11.0\"\n}\n";

/// A lab with a bundle and its zip, in which a second service has come since.
fn changed() -> (Lab, Tree) {
    let lab = Lab::new();
    lab.write("out/mine/notes", "mine");
    lab.run(&["build", "--zip"]).is_quiet();
    lab.write("services/second.kdl", SECOND);
    let out = tree(&lab.path("out"));
    (lab, out)
}

/// Runs a shell script in which file systems can be mounted that nobody else sees; says so where that can't be done.
fn with_mounts(script: &str, lab: &Lab) -> Option<Ran> {
    let mut unshare = Command::new("unshare");
    if !rustix::process::geteuid().is_root() {
        unshare.args(["--user", "--map-root-user"]);
    }
    unshare.args(["--mount", "sh", "-eu", "-c"]).current_dir(lab.path("")).stdin(Stdio::null());
    let script = format!("hlmc='{}'\nmount -t tmpfs none mnt || exit 77\n{script}", env!("CARGO_BIN_EXE_hlmc"));
    fs::create_dir(lab.path("mnt")).unwrap();
    match unshare.arg(script).output() {
        Ok(output) if !matches!(output.status.code(), Some(1 | 77)) => Some(output.into()),
        other => {
            println!("skipped: nothing can be mounted here: {other:?}");
            assert!(!rustix::process::geteuid().is_root(), "root can: {other:?}");
            None
        }
    }
}

#[test]
fn a_full_disk_leaves_the_old_bundle() {
    let lab = Lab::empty();
    lab.run(&["init", "old"]).is_quiet();
    lab.run(&["init", "new"]).is_quiet();
    for number in 0..25 {
        lab.write(&format!("new/services/s{number}.kdl"), SECOND.replace("second", &format!("s{number}")));
    }
    // The disk gets a little more room each time, until the new bundle fits.
    let script = r#"
        mount -o remount,size=1m mnt
        mkdir mnt/out
        echo mine > mnt/out/mine
        "$hlmc" build --lab old --out mnt/out --zip
        find mnt | sort > before
        free=0
        while :; do
            rm -f mnt/filler
            head -c "$(( ($(df -k mnt | awk 'NR == 2 { print $4 }') - free) * 1024 ))" /dev/zero > mnt/filler
            "$hlmc" build --lab new --out mnt/out --zip 2> said && break
            rm mnt/filler
            cat said
            "$hlmc" build --lab new --out mnt/out --verify > /dev/null 2>&1 && { echo 'only the zip'; break; }
            "$hlmc" build --lab old --out mnt/out --zip --verify
            find mnt | sort | diff before -
            [ "$(cat mnt/out/mine)" = mine ]
            free=$((free + 4))
            [ "$free" -lt 1000 ]
        done
        "$hlmc" build --lab new --out mnt/out --zip
        "$hlmc" build --lab new --out mnt/out --zip --verify
        exit 42
    "#;
    let Some(ran) = with_mounts(script, &lab) else { return };
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(42), ""), "{ran:?}");
    let errors = ran.stdout.lines().filter(|line| line.starts_with("error: "));
    assert!(errors.clone().all(|line| line.ends_with("`: no space left on device")), "{ran:?}");
    assert!(errors.clone().count() > 15, "{} times full", errors.count());
    let helps = ran.stdout.lines().filter(|line| line.starts_with("  help: "));
    let folder = "  help: make room there, or name a place on another disk with `--out`; the folder is as it was";
    let zip = "  help: make room there, or name a place on another disk with `--zip`; the folder is written, the zip is as it was";
    assert!(helps.clone().all(|help| [folder, zip].contains(&help)), "{ran:?}");
    assert_eq!(errors.count(), helps.count());
    println!("{}", ran.stdout);
}

#[test]
fn a_read_only_file_system_is_named() {
    let lab = Lab::new();
    let script = r#"
        "$hlmc" build --out mnt/out --zip
        mount -o remount,ro mnt
        "$hlmc" build --out mnt/out --zip               # nothing to write: nothing to complain about
        "$hlmc" build --out mnt/out --zip --verify
        mkdir -p services/second
        echo 'service "second" { image "traefik/whoami:v1.11.0"; }' > services/second/service.kdl
        "$hlmc" build --out mnt/out && exit 1
        "$hlmc" build --out mnt/elsewhere && exit 1
        rm -r services/second
        "$hlmc" build --out mnt/out --zip --verify
        "$hlmc" build --out mnt/out --zip mnt/b.zip && exit 1
        exit 42
    "#;
    let Some(ran) = with_mounts(script, &lab) else { return };
    ran.fails(42, "");
    let said: Vec<&str> = ran.stderr.lines().map(|line| line.trim_start()).collect();
    let help = "help: name a place that can be written with `--out`; the folder is as it was";
    let stage = format!("`{}/.out.hlmc-new`", fs::canonicalize(lab.path("mnt")).unwrap().display());
    let other = format!("`{}/elsewhere`", fs::canonicalize(lab.path("mnt")).unwrap().display());
    let expected = [
        &format!("error: can't create {stage}: read-only file system"),
        help,
        &format!("error: can't create {other}: read-only file system"),
        help,
        "error: can't write `mnt/b.zip`: read-only file system",
        "help: name a place that can be written with `--zip`; the folder is written, the zip is as it was",
    ];
    assert_eq!(said, expected);
}

#[test]
fn a_folder_without_permission_is_named() {
    let Some(somebody) = Somebody::find() else { return };
    let (lab, before) = changed();
    fs::set_permissions(lab.path(""), Permissions::from_mode(0o755)).unwrap();
    let run = |args: &[&str]| -> Ran { somebody.command(args, &lab.path("")).output().unwrap().into() };
    let may = "help: run hlmc as a user who may do that, or name another place with `--out`; the folder is as it was";
    // The folder that `out/` lies in belongs to another user.
    somebody.owns(&lab.path("out"));
    let ran = run(&["build"]);
    ran.fails(2, "/.out.hlmc-new`: permission denied");
    ran.fails(2, may);
    run(&["build", "--out", "new"]).fails(2, "/new`: permission denied");
    run(&["build", "--out", "a/b"]).fails(2, "can't create `a`: permission denied");
    assert_same(&tree(&lab.path("out")), &before, "where nothing may be made");
    // `out/` can't be entered; or its list can't be read, by which hlmc knows its own files.
    somebody.owns(&lab.path(""));
    let change = |path: &str, mode| fs::set_permissions(lab.path(path), Permissions::from_mode(mode)).unwrap();
    for (path, says) in [("out", "out`: permission denied"), ("out/bundle.json", "out/bundle.json`: permission denied")]
    {
        let mode = fs::metadata(lab.path(path)).unwrap().permissions().mode();
        change(path, 0);
        let ran = run(&["build"]);
        ran.fails(2, says);
        ran.fails(2, may);
        change(path, mode);
        assert_same(&tree(&lab.path("out")), &before, says);
    }
    run(&["build"]).is_quiet();
    assert!(lab.path("out/nomad/jobs/default/second.nomad.hcl").exists());
    run(&["build", "--verify"]).is_quiet();
}

#[test]
fn a_bundle_of_another_user_stays() {
    let Some(somebody) = Somebody::find() else { return };
    let (lab, before) = changed();
    // Everybody may write beside `out/`, but only its owner in it.
    fs::set_permissions(lab.path(""), Permissions::from_mode(0o777)).unwrap();
    let ran: Ran = somebody.command(&["build"], &lab.path("")).output().unwrap().into();
    ran.fails(2, "/out`: permission denied\n  help: run hlmc as a user who may do that");
    assert_same(&tree(&lab.path("out")), &before, "after another user's build");
    // So does one with a folder of somebody else's inside, which couldn't be deleted after the swap.
    somebody.owns(&lab.path(""));
    chown(lab.path("out/mine"), Some(0), Some(0)).unwrap();
    let ran: Ran = somebody.command(&["build"], &lab.path("")).output().unwrap().into();
    ran.fails(2, "/out/mine`: permission denied\n  help: run hlmc as a user who may do that");
    assert_same(&tree(&lab.path("out")), &before, "with another user's folder in it");
    assert!(!lab.path(".out.hlmc-new").exists());
    lab.run(&["build"]).is_quiet(); // root may
}

#[test]
fn a_build_waits_for_another_and_says_so() {
    let (lab, before) = changed();
    let other = File::open(lab.path("out")).unwrap();
    other.lock().unwrap();
    let mut child = lab.command(&["build"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    assert_eq!(line, "waiting for another hlmc that writes `out`\n");
    assert_same(&tree(&lab.path("out")), &before, "while another has the lock");
    assert!(!lab.path(".out.hlmc-new").exists());
    lab.run(&["check"]).is_quiet(); // who doesn't write doesn't wait
    assert_eq!(lab.run(&["build", "--verify"]).code, Some(1));
    assert_eq!(child.try_wait().unwrap(), None);
    drop(other);
    assert!(child.wait().unwrap().success());
    line.clear();
    said.read_to_string(&mut line).unwrap();
    assert_eq!(line, "");
    lab.run(&["build", "--verify"]).is_quiet();
}

#[test]
fn many_builds_at_once_leave_one_whole_bundle() {
    let folder = Lab::empty();
    for lab in ["one", "two"] {
        folder.run(&["init", lab]).is_quiet();
        for number in 0..20 {
            let text = SECOND
                .replace("second", &format!("s{number}"))
                .replace("v1.11", if lab == "one" { "v1.10" } else { "v1.11" });
            folder.write(&format!("{lab}/services/s{number}.kdl"), text);
        }
        folder.write(&format!("{lab}/services/{lab}.kdl"), SECOND.replace("second", lab));
    }
    folder.write("out/mine", "mine");
    for _ in 0..5 {
        let builds = ["one", "two"].repeat(4);
        let start = |lab: &&str| {
            let mut build = folder.command(&["build", "--lab", lab, "--out", "out", "--zip", "--threads", "2"]);
            build.stderr(Stdio::piped()).spawn().unwrap()
        };
        let children: Vec<_> = builds.iter().map(start).collect();
        for child in children {
            let ran: Ran = child.wait_with_output().unwrap().into();
            let quiet = ran.stderr.lines().all(|line| line == "waiting for another hlmc that writes `out`");
            assert!(ran.code == Some(0) && quiet, "{ran:?}");
        }
        let whole =
            ["one", "two"].map(|lab| folder.run(&["build", "--lab", lab, "--out", "out", "--zip", "--verify"]).code);
        assert!(whole == [Some(0), Some(1)] || whole == [Some(1), Some(0)], "{whole:?}");
        assert_eq!(folder.read("out/mine"), "mine");
    }
    // Only the zip is shared: it is one or the other, never something of both.
    let builds = ["one", "two"].repeat(8).into_iter().map(|lab| {
        let out = format!("out-{lab}");
        let mut build = folder.command(&["build", "--lab", lab, "--out", &out, "--zip=shared.zip"]);
        build.stderr(Stdio::null()).spawn().unwrap()
    });
    let children: Vec<_> = builds.collect();
    children.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
    let verify =
        |lab| folder.run(&["build", "--lab", lab, "--out", &format!("out-{lab}"), "--zip=shared.zip", "--verify"]);
    let whole = ["one", "two"].map(|lab| verify(lab).code);
    assert!(whole == [Some(0), Some(1)] || whole == [Some(1), Some(0)], "{whole:?}");
    let hidden = fs::read_dir(folder.path(""))
        .unwrap()
        .filter(|it| it.as_ref().unwrap().file_name().as_encoded_bytes()[0] == b'.');
    assert_eq!(hidden.count(), 0);
}

/// The build ends with this message, and everything in the folder is as it was.
#[track_caller]
fn leaves_all(lab: &Lab, args: &[&str], says: &str) {
    let before = tree(&lab.path(""));
    let ran = lab.run(args);
    ran.fails(2, says);
    assert!(ran.stderr.contains("\n  help: "), "no help in:\n{}", ran.stderr);
    assert_same(&tree(&lab.path("")), &before, says);
}

#[test]
fn what_is_in_the_place_of_the_folder_is_named() {
    let (lab, _) = changed();
    lab.write("file", "mine");
    symlink("nowhere", lab.path("broken")).unwrap();
    symlink("file", lab.path("to-file")).unwrap();
    symlink("loop", lab.path("loop")).unwrap();
    for (out, says) in [
        ("file", "/file` is there and isn't a folder"),
        ("to-file", "/file` is there and isn't a folder"),
        ("broken", "`broken` is a symlink to nothing"),
        ("loop", "can't write to `loop`: too many levels of symbolic links"),
        ("file/below", "can't write to `file/below`: not a directory"),
        ("..", "holds the lab's manifests"),
        ("/", "holds the lab's manifests"),
        ("nodes", "holds the lab's manifests"),
        ("/proc", "mount point"),
    ] {
        leaves_all(&lab, &["build", "--out", out], says);
    }
    lab.write(".out.hlmc-new", "mine");
    leaves_all(&lab, &["build"], "/.out.hlmc-new` isn't a folder and is in the way");
}

#[test]
fn what_is_in_the_place_of_a_file_is_named() {
    let places: [(&str, &str); 4] = [
        ("nomad", "`nomad` wasn't written by hlmc and is in the way"),
        ("nodes/server", "`nodes/server` wasn't written by hlmc and is in the way"),
        ("deploy.sh/below", "`deploy.sh` wasn't written by hlmc and is in the way"),
        ("nomad/jobs/default/whoami.nomad.hcl/a/b", "`nomad/jobs/default/whoami.nomad.hcl` wasn't written by hlmc"),
    ];
    for (path, says) in places {
        let lab = Lab::new();
        lab.write(&format!("out/{path}"), "mine");
        leaves_all(&lab, &["build"], says);
        // The same beside a bundle that is there: its owner put something in the place of what hlmc has written.
        let lab = Lab::new();
        lab.run(&["build"]).is_quiet();
        let first = path.split("/below").next().unwrap().split("/a/").next().unwrap();
        let there = lab.path("out").join(first);
        if there.is_dir() {
            fs::remove_dir_all(there).unwrap()
        } else {
            fs::remove_file(there).unwrap()
        }
        lab.write(&format!("out/{path}"), "mine");
        leaves_all(&lab, &["build"], says);
    }
    // A symlink in the place of a folder leads nothing astray.
    let (lab, _) = changed();
    fs::rename(lab.path("out/nomad"), lab.path("elsewhere")).unwrap();
    symlink("../elsewhere", lab.path("out/nomad")).unwrap();
    leaves_all(&lab, &["build"], "`nomad` wasn't written by hlmc and is in the way");
}

#[test]
fn what_is_in_the_place_of_the_zip_is_named() {
    let (lab, _) = changed();
    lab.write("notes.txt", "PS: mine");
    lab.write("folder.zip/mine", "mine");
    symlink("out.zip", lab.path("link.zip")).unwrap();
    for (zip, says) in [
        ("notes.txt", "`notes.txt` is there and isn't a zip"),
        ("folder.zip", "`folder.zip` is there and isn't a zip"),
        ("link.zip", "`link.zip` is there and isn't a zip"),
        ("/dev/full", "`/dev/full` is there and isn't a zip"),
        ("lab.kdl", "`lab.kdl` is there and isn't a zip"),
        ("nowhere/out.zip", "can't write `nowhere/out.zip`: no such file or directory"),
        ("notes.txt/out.zip", "can't write `notes.txt/out.zip`: not a directory"),
    ] {
        leaves_all(&lab, &["build", "--zip", zip], says);
    }
}

#[test]
fn what_hlmc_did_not_write_stays_in_folders_that_are_needed_no_more() {
    let lab = Lab::new();
    lab.write("services/second.kdl", SECOND.replace("{", "{\n    namespace \"apps\""));
    lab.run(&["build"]).is_quiet();
    let folder = Path::new("out/nomad/jobs/apps");
    assert!(lab.path("").join(folder).join("second.nomad.hcl").exists());
    lab.write("out/nomad/jobs/apps/mine/deep/notes", "mine");
    lab.write("out/nomad/jobs/apps/.keep", "");
    fs::create_dir_all(lab.path("out/nomad/namespaces/empty")).unwrap();
    symlink("nowhere", lab.path("out/nomad/jobs/apps/link")).unwrap();
    fs::remove_file(lab.path("services/second.kdl")).unwrap();
    lab.run(&["build"]).is_quiet();
    let left: Vec<String> = tree(&lab.path("out/nomad")).into_keys().filter(|path| !path.contains("default")).collect();
    let expected = [
        "jobs",
        "jobs/apps",
        "jobs/apps/.keep",
        "jobs/apps/link",
        "jobs/apps/mine",
        "jobs/apps/mine/deep",
        "jobs/apps/mine/deep/notes",
        "namespaces",
        "namespaces/empty",
    ];
    assert_eq!(left, expected);
}
