//! Faults that can't lie in a repository: each is made where it is tested. What is said about them stands in `made/`.

use super::fault::said;
use super::hlmc;
use libtest_mimic::{Failed, Trial};
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// Puts the fault into a good lab.
type BreakIt = fn(&Path) -> Result<(), Failed>;

pub(crate) fn trials() -> Vec<Trial> {
    let cases: [(&'static str, BreakIt); 8] = [
        ("file-without-permission", file_without_permission),
        ("folder-without-permission", folder_without_permission),
        ("file-of-10-megabytes", file_of_10_megabytes),
        ("line-of-10-megabytes", line_of_10_megabytes),
        ("levels-10000", levels_10000),
        ("symlink-to-absolute-path", symlink_to_absolute_path),
        ("symlink-loop", symlink_loop),
        ("name-not-utf-8", name_not_utf_8),
    ];
    let trial =
        |(name, make): (&'static str, BreakIt)| Trial::test(format!("fault::made::{name}"), move || run(name, make));
    cases.into_iter().map(trial).collect()
}

/// Makes a good lab, breaks it, and compares what is said.
fn run(name: &str, break_it: BreakIt) -> Result<(), Failed> {
    let folder: TempDir = tempfile::tempdir()?;
    let lab = folder.path().join("lab");
    if !hlmc(folder.path(), &["init", "lab"]).status()?.success() {
        return Err("`hlmc init` failed".into());
    }
    break_it(&lab)?;
    let mut check = hlmc(&lab, &["check", "--lab", "."]);
    if name.ends_with("-without-permission") && rustix::process::geteuid().is_root() {
        // Nothing is forbidden to root: somebody else has to run it, from where he can.
        let program = folder.path().join("hlmc");
        fs::copy(env!("CARGO_BIN_EXE_hlmc"), &program)?;
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let arguments: Vec<_> = check.get_args().map(ToOwned::to_owned).collect();
        check = std::process::Command::new(program);
        check.args(arguments).current_dir(&lab).env("NO_COLOR", "1").uid(65534).gid(65534);
    }
    let mut ran = check.output();
    // Another test may have forked while the copy was open for writing.
    while ran.as_ref().is_err_and(|error| error.kind() == ErrorKind::ExecutableFileBusy) {
        std::thread::sleep(Duration::from_millis(10));
        ran = check.output();
    }
    let output = ran?;
    for path in ["services/locked", "services/locked.kdl"] {
        let _ = fs::set_permissions(lab.join(path), Permissions::from_mode(0o755)); // so that it can be deleted
    }
    said(&output, &Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/made/{name}.txt")))
}

fn file_without_permission(lab: &Path) -> Result<(), Failed> {
    fs::write(lab.join("services/locked.kdl"), "service \"x\" { image \"a:1\"; }\n")?;
    Ok(fs::set_permissions(lab.join("services/locked.kdl"), Permissions::from_mode(0o000))?)
}

fn folder_without_permission(lab: &Path) -> Result<(), Failed> {
    fs::create_dir(lab.join("services/locked"))?;
    Ok(fs::set_permissions(lab.join("services/locked"), Permissions::from_mode(0o000))?)
}

/// A good manifest but for its end.
fn file_of_10_megabytes(lab: &Path) -> Result<(), Failed> {
    let line = "// All work and no play makes Jack a dull boy, and this a long manifest.\n";
    let text = format!("{}service \"long\" {{\n    imagee \"a:1\"\n}}\n", line.repeat(10_000_000 / line.len()));
    Ok(fs::write(lab.join("services/long.kdl"), text)?)
}

fn line_of_10_megabytes(lab: &Path) -> Result<(), Failed> {
    let text = format!("service \"wide\" {{ description \"{}\"; imagee \"a:1\"; }}\n", "x".repeat(10_000_000));
    Ok(fs::write(lab.join("services/wide.kdl"), text)?)
}

fn levels_10000(lab: &Path) -> Result<(), Failed> {
    let text = format!("{}{}\n", "a { ".repeat(10_000), "}".repeat(10_000));
    Ok(fs::write(lab.join("services/deep.kdl"), text)?)
}

fn symlink_to_absolute_path(lab: &Path) -> Result<(), Failed> {
    Ok(symlink("/etc/hostname", lab.join("services/stolen.kdl"))?)
}

fn symlink_loop(lab: &Path) -> Result<(), Failed> {
    symlink("../services", lab.join("services/again"))?;
    Ok(symlink("self.kdl", lab.join("services/self.kdl"))?)
}

fn name_not_utf_8(lab: &Path) -> Result<(), Failed> {
    use std::os::unix::ffi::OsStrExt as _;
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.kdl");
    Ok(fs::write(lab.join("services").join(name), "service \"x\" { image \"a:1\"; }\n")?)
}
