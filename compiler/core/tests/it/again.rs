//! A lab that is checked whenever it has changed: the same is found as by a check from nothing.

use crate::hcl_random::Random;
use crate::world::world;
use hlmc_core::source::{MemoryWorld, World as _};
use hlmc_core::{Checker, Locking, check};
use std::collections::BTreeSet;

/// What somebody may put in the place of a value.
const VALUES: [&str; 14] = [
    "\"\"",
    "\"x\"",
    "\"caddy\"",
    "\"caddy-metrics\"",
    "\"nginx:1.29\"",
    "\"/var/lib/x\"",
    "\"192.168.10.2:8080\"",
    "\"@{domain}\"",
    "\"@{service}\"",
    "\"30s\"",
    "80",
    "9100",
    "#true",
    "(address)\"caddy:http\"",
];

/// A text after one change by somebody who types.
fn changed(text: &str, original: &str, other: &str, random: &mut Random) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let at = random.below(lines.len().max(1));
    let foreign: Vec<&str> = other.lines().collect();
    match random.below(9) {
        0 if !lines.is_empty() => drop(lines.remove(at)),
        1 if !lines.is_empty() => lines.insert(at, lines[at].clone()),
        2 if !foreign.is_empty() => lines.insert(at, foreign[random.below(foreign.len())].to_owned()),
        3 => lines.insert(0, "// A comment.".to_owned()),
        4 | 5 if !lines.is_empty() => {
            let mut words: Vec<&str> = lines[at].split(' ').collect();
            let word = random.below(words.len());
            words[word] = VALUES[random.below(VALUES.len())];
            lines[at] = words.join(" ");
        }
        6 if !lines.is_empty() => {
            let line = &lines[at];
            let cut = line.char_indices().map(|(at, _)| at).nth(random.below(line.len().max(1))).unwrap_or(0);
            if !line.is_empty() {
                lines[at].remove(cut);
            }
        }
        _ => return original.to_owned(),
    }
    lines.join("\n") + "\n"
}

/// Changes files of a lab one after the other, and compares both checks each time. Gives how often few services were worked out.
fn walk(lab: &str, seed: u64, steps: usize) -> usize {
    let mut world = world(lab);
    let original = world.clone();
    let text = |world: &MemoryWorld, path: &str| String::from_utf8(world.read(path).unwrap()).unwrap();
    let paths: Vec<String> = world.files().into_iter().map(Result::unwrap).collect();
    let services: Vec<&String> =
        paths.iter().filter(|path| path.starts_with("services/") && path.ends_with(".kdl")).collect();
    let mut random = Random(0x9E37_79B9_7F4A_7C15 ^ seed);
    let mut checker = Checker::default();
    checker.check(&world, Locking::Applied, None);
    let all = checker.worked_out();
    let mut few = 0;
    for step in 0..steps {
        let mut files = BTreeSet::new();
        if step % 20 == 19 {
            // As `git checkout .` does it.
            files.extend(paths.iter().filter(|path| world.read(path) != original.read(path)).cloned());
            files.iter().for_each(|path| world.insert(path.as_str(), original.read(path).unwrap()));
        }
        for _ in 0..1 + random.below(5) / 4 {
            let path = match random.below(40) {
                0 => "lab.kdl",
                1 => paths[random.below(paths.len())].as_str(),
                _ => services[random.below(services.len())].as_str(),
            };
            if path.ends_with(".kdl") {
                let other = text(&world, services[random.below(services.len())]);
                let new = changed(&text(&world, path), &text(&original, path), &other, &mut random);
                world.insert(path, new);
                files.insert(path.to_owned());
            }
        }
        let again = checker.check(&world, Locking::Applied, Some(&files)).diagnostics;
        let anew = check(&world).diagnostics;
        assert_eq!(format!("{again:#?}"), format!("{anew:#?}"), "{lab}, seed {seed}, step {step}: {files:?}");
        few += usize::from(checker.worked_out() < all.div_ceil(2));
    }
    few
}

#[test]
fn a_check_after_a_change_finds_what_a_check_from_nothing_finds() {
    for lab in ["", "golden/labs/nas-and-pis", "golden/labs/every-word"] {
        for seed in 0..3 {
            let few = walk(lab, seed, 120);
            assert!(lab.is_empty() || few > 8, "{lab}: {few} of 120 changes were looked at alone");
        }
    }
}

#[test]
fn a_change_of_one_service_is_looked_at_alone() {
    let mut world = world("golden/labs/every-word");
    let mut checker = Checker::default();
    checker.check(&world, Locking::Applied, None);
    let path = world.files().into_iter().map(Result::unwrap).find(|path| path.ends_with("mirror/service.kdl")).unwrap();
    let text = String::from_utf8(world.read(&path).unwrap()).unwrap();
    world.insert(&*path, format!("// One line further down.\n{text}"));
    let found = checker.check(&world, Locking::Applied, Some(&BTreeSet::from([path]))).diagnostics;
    assert_eq!(format!("{found:#?}"), format!("{:#?}", check(&world).diagnostics));
    assert_eq!(checker.worked_out(), 1);
}

/// What is said of a lab after one file has changed, and of the same from nothing.
fn after(files: &[(&str, &str)], path: &str, text: &str) -> (String, String) {
    let mut world = MemoryWorld::default();
    let node = "node \"nas\" {\n    address \"192.168.1.10\"\n    arch \"amd64\"\n    server\n}\n";
    let lab = "lab \"home\" {\n    domain \"home.example.com\"\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}\n";
    for (path, text) in [("lab.kdl", lab), ("nodes/nas.kdl", node)].into_iter().chain(files.iter().copied()) {
        world.insert(path, text);
    }
    let mut checker = Checker::default();
    checker.check(&world, Locking::Applied, None);
    world.insert(path, text);
    let again = checker.check(&world, Locking::Applied, Some(&BTreeSet::from([path.to_owned()]))).diagnostics;
    (format!("{again:#?}"), format!("{:#?}", check(&world).diagnostics))
}

#[test]
fn a_name_that_is_new_is_looked_for_in_all_services() {
    let app = "service \"app\" {\n    image \"registry.example.com/app:1\"\n    port \"http\" to=80\n    check \"tcp\"\n    env { DB_HOST \"db\" }\n}\n";
    let sql = |name: &str| {
        format!(
            "service \"sql\" {{\n    image \"registry.example.com/sql:1\"\n    port \"sql\" to=5432 name=\"{name}\"\n    check \"tcp\"\n}}\n"
        )
    };
    let files = [("services/app.kdl", app), ("services/sql.kdl", &sql("sql"))];
    let (again, anew) = after(&files, "services/sql.kdl", &sql("db"));
    assert!(anew.contains("hard-coded-address"), "{anew}");
    assert_eq!(again, anew);
    // And where it goes away.
    let files = [("services/app.kdl", app), ("services/sql.kdl", &sql("db"))];
    let (again, anew) = after(&files, "services/sql.kdl", &sql("sql"));
    assert!(!anew.contains("hard-coded-address"), "{anew}");
    assert_eq!(again, anew);
}

#[test]
fn a_name_that_moves_to_the_other_discovery_is_looked_for_in_all_services() {
    let web = "service \"web\" {\n    image \"registry.example.com/web:1\"\n    port \"http\" to=80\n    check \"tcp\"\n    nomad-task { template destination=\"local/db\" data=\"{{ range service \\\"sql\\\" }}{{ .Address }}{{ end }}\" }\n}\n";
    let sql = |provider: &str| {
        format!(
            "service \"sql\" {{\n    image \"registry.example.com/sql:1\"\n    provider \"{provider}\"\n    port \"sql\" to=5432\n    check \"tcp\"\n}}\n"
        )
    };
    let files = [("services/sql.kdl", &*sql("consul")), ("services/web.kdl", web)];
    let (again, anew) = after(&files, "services/sql.kdl", &sql("nomad"));
    assert!(anew.contains("unregistered-service"), "{anew}");
    assert_eq!(again, anew);
}
