//! A build that is killed while it writes leaves the whole old bundle or the whole new one.

use crate::lab::Lab;
use crate::tree::{Tree, tree};

use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::Duration;

const KILLS: u64 = 30;

/// Enough services for the writing to take a while; `version` goes into each.
fn write_services(lab: &Lab, version: &str) {
    for number in 0..120 {
        let text = format!(
            "service \"web-{number:03}\" {{\n    image \"traefik/whoami:{version}\"\n    port \"http\" to=80\n}}\n"
        );
        lab.write(&format!("services/web-{number:03}.kdl"), text);
    }
}

fn built(lab: &Lab, out: &str) -> Tree {
    lab.run(&["build", "--out", out]).is_quiet();
    tree(&lab.path(out))
}

#[test]
fn a_kill_leaves_the_old_or_the_new_bundle() {
    let lab = Lab::new();
    let versions = ["v1.10.0", "v1.11.0"];
    let bundles = versions.map(|version| {
        write_services(&lab, version);
        built(&lab, version)
    });
    lab.write("out/mine", "mine");
    let mut cut_off = 0;
    let mut before = Tree::new();
    for turn in 0..KILLS {
        let new = usize::try_from(turn % 2).unwrap();
        write_services(&lab, versions[new]);
        let mut child = lab.command(&["build"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Until it writes, or is done; then some way into it.
        while !lab.path(".out.hlmc-new").exists() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_micros(50));
        }
        sleep(Duration::from_micros(turn * 300));
        child.kill().unwrap();
        child.wait().unwrap();
        cut_off += u64::from(lab.path(".out.hlmc-new").exists());

        let mut found = tree(&lab.path("out"));
        assert_eq!(found.remove("mine").unwrap().bytes, b"mine", "turn {turn}");
        assert!(found == before || found == bundles[new], "turn {turn}: {:?}", found.keys());
        before = found;
    }
    assert!(cut_off > 0, "no kill came while it wrote");
    let mut found = built(&lab, "out");
    found.remove("mine");
    assert_eq!(found, bundles[usize::try_from((KILLS - 1) % 2).unwrap()]);
    let left = fs::read_dir(lab.path("")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(left.filter(|name| name.starts_with('.')).count(), 0);
}
