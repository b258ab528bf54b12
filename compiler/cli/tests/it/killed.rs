//! A build that is killed while it writes leaves the whole old bundle or the whole new one, and the next build cleans
//! up. `HLMC_KILLS` sets how often; `--nocapture` shows where the kills came.

use crate::lab::Lab;
use crate::tree::{Tree, assert_same, differences, tree};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Two labs that write the same folder: they share some files, differ in others, and each has some of its own.
struct Duel {
    folder: Lab,
    bundles: [Product; 2],
    turn: u64,
    random: u64,
    course: Course,
}

/// What a build leaves.
#[derive(Clone, PartialEq)]
struct Product {
    out: Tree,
    zip: Option<Vec<u8>>,
}

/// How long a build takes.
#[derive(Clone, Copy, Default, Debug)]
struct Course {
    /// From the start to the end.
    whole: Duration,
    /// From the moment when the new bundle is in place to the end.
    ending: Duration,
}

/// When a kill comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Moment {
    /// At any time.
    Any,
    /// When so many jobs are in the new folder.
    Staging(u64),
    /// When so many jobs are left in the old folder.
    Retiring(u64),
    /// At any time after the new bundle is in place.
    Ending,
}

const LABS: [&str; 2] = ["one", "two"];
/// How many jobs a bundle has.
const JOBS: u64 = 71;
const STAGE: &str = ".out.hlmc-new";
const PARTIAL_ZIP: &str = ".out.zip.hlmc-new";

fn write_lab(folder: &Lab, lab: usize) {
    let name = LABS[lab];
    folder.run(&["init", name]).is_quiet();
    for number in 0..JOBS - 1 {
        // The first are the same in both; the last are in one or the other.
        let own = if number >= 60 { name } else { "web" };
        let version = if number < 20 { 0 } else { lab };
        let text = format!(
            "service \"{own}-{number}\" {{\n    image \"traefik/whoami:v1.1{version}.0\"\n    memory \"64MiB\"\n    port \"http\" to=80\n}}\n"
        );
        folder.write(&format!("{name}/services/{own}-{number}.kdl"), text);
    }
}

impl Duel {
    /// Two labs; `foreign` puts files into `out/` that hlmc didn't write.
    fn new(foreign: bool) -> Self {
        let folder = Lab::empty();
        let keep = |out: &str| {
            if foreign {
                folder.write(&format!("{out}/mine"), "mine");
                folder.write(&format!("{out}/nomad/jobs/default/mine/too"), "mine too");
            }
        };
        let bundles = [0, 1].map(|lab| {
            write_lab(&folder, lab);
            let out = format!("expected-{}", LABS[lab]);
            folder.run(&["build", "--lab", LABS[lab], "--out", &out, "--zip"]).is_quiet();
            keep(&out);
            Product { out: tree(&folder.path(&out)), zip: Some(fs::read(folder.path(&format!("{out}.zip"))).unwrap()) }
        });
        keep("out");
        Self { folder, bundles, turn: 0, random: 0x9e37_79b9_7f4a_7c15, course: Course::default() }
    }

    /// Some number below this one.
    fn below(&mut self, end: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % end
    }

    /// Some time up to this one.
    fn some(&mut self, most: Duration) -> Duration {
        most.mul_f64(self.below(1000) as f64 / 1000.0)
    }

    /// How many jobs are in the folder that is filled, or emptied, beside the bundle.
    fn staged(&self) -> u64 {
        fs::read_dir(self.folder.path(STAGE).join("nomad/jobs/default")).map_or(0, |jobs| jobs.count() as u64)
    }

    fn start(&self, lab: usize, zip: bool) -> Child {
        let mut build = self.folder.command(&["build", "--lab", LABS[lab], "--out", "out"]);
        build.args(zip.then_some("--zip"));
        build.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    fn found(&self) -> Product {
        let out = self.folder.path("out");
        Product {
            out: if out.exists() { tree(&out) } else { Tree::new() },
            zip: fs::read(self.folder.path("out.zip")).ok(),
        }
    }

    /// Lets a build run to its end: the bundle is in place and nothing else is left. Times its course.
    fn finish(&mut self, lab: usize) {
        let (start, before) = (Instant::now(), inode(&self.folder.path("out")));
        let mut child = self.start(lab, true);
        let mut exchange = None;
        while child.try_wait().unwrap().is_none() {
            if exchange.is_none() && inode(&self.folder.path("out")) != before {
                exchange = Some(start.elapsed());
            }
        }
        assert!(child.wait().unwrap().success());
        if let Some(exchange) = exchange {
            let whole = start.elapsed();
            self.course = Course { whole, ending: whole - exchange };
        }
        let found = self.found();
        assert_same(&found.out, &self.bundles[lab].out, "after a build that wasn't killed");
        assert!(found.zip == self.bundles[lab].zip, "the zip isn't the bundle's");
        let mut names: Vec<_> = fs::read_dir(self.folder.path("")).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.retain(|name| name.as_encoded_bytes().starts_with(b"."));
        assert!(names.is_empty(), "{names:?} is left");
    }

    /// Starts a build, kills it at that moment, and returns what it left with the phase that it was in.
    fn kill(&mut self, lab: usize, moment: Moment, zip: bool) -> (Product, &'static str) {
        let before = inode(&self.folder.path("out"));
        let delay = match moment {
            Moment::Any => self.some(self.course.whole),
            Moment::Ending => self.some(self.course.ending),
            Moment::Staging(_) | Moment::Retiring(_) => Duration::ZERO,
        };
        let mut child = self.start(lab, zip);
        let in_place = || inode(&self.folder.path("out")) != before;
        let reached = || match moment {
            Moment::Any => true,
            Moment::Staging(jobs) => (self.folder.path(STAGE).exists() && self.staged() >= jobs) || in_place(),
            Moment::Retiring(jobs) => in_place() && self.staged() <= jobs,
            Moment::Ending => in_place(),
        };
        while !reached() && child.try_wait().unwrap().is_none() {}
        let at = Instant::now();
        while at.elapsed() < delay {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        let over = child.wait().unwrap().success();
        let (found, new) = (self.found(), &self.bundles[lab]);
        let in_place = found.out == new.out;
        let stage = self.folder.path(STAGE);
        let phase = match (over, in_place, stage.exists()) {
            (true, ..) => "after the end",
            (_, false, false) => "before staging",
            (_, false, true) if tree(&stage) == new.out => "staged, before the exchange",
            (_, false, true) => "while staging",
            (_, true, true) => "while retiring the old one",
            (_, true, false) if self.folder.path(PARTIAL_ZIP).exists() => "while writing the zip",
            (_, true, false) => "around the zip",
        };
        (found, phase)
    }

    /// One build that is killed; what it leaves is whole.
    fn round(&mut self, phases: &mut BTreeMap<&'static str, u64>, before: &Product) -> Product {
        let lab = usize::try_from(self.turn % 2).unwrap();
        let (moment, zip) = match self.turn % 10 {
            0 => (Moment::Any, true),
            1 => (Moment::Ending, true),
            2 | 5 | 8 => (Moment::Retiring(self.below(JOBS)), false),
            _ => (Moment::Staging(self.below(JOBS + 1)), false),
        };
        let (found, phase) = self.kill(lab, moment, zip);
        *phases.entry(phase).or_default() += 1;
        let new = &self.bundles[lab];
        assert!(
            found.out == before.out || found.out == new.out,
            "turn {}, {phase}: neither the old bundle\n{}\nnor the new one\n{}",
            self.turn,
            differences(&found.out, &before.out).join("\n"),
            differences(&found.out, &new.out).join("\n")
        );
        assert!(found.zip == before.zip || found.zip == new.zip, "turn {}, {phase}: half a zip", self.turn);
        self.turn += 1;
        found
    }
}

fn inode(path: &Path) -> Option<u64> {
    fs::symlink_metadata(path).ok().map(|there| there.ino())
}

/// How many kills to make: so many, unless the environment says otherwise.
fn kills(usual: u64) -> u64 {
    std::env::var("HLMC_KILLS").ok().map_or(usual, |text| text.parse().unwrap())
}

#[test]
fn a_kill_leaves_the_old_or_the_new_bundle() {
    let mut duel = Duel::new(true);
    duel.finish(1);
    let shared = "out/nomad/jobs/default/web-7.nomad.hcl";
    let unchanged = (duel.folder.age(shared), inode(&duel.folder.path(shared)), inode(&duel.folder.path("out/mine")));
    let mut phases = BTreeMap::new();
    let mut before = duel.found();
    for turn in 0..kills(100) {
        before = duel.round(&mut phases, &before);
        if turn % 10 == 9 {
            duel.finish(usize::from(turn % 20 == 9));
            before = duel.found();
        }
    }
    duel.finish(0);
    let now = (duel.folder.modified(shared), inode(&duel.folder.path(shared)), inode(&duel.folder.path("out/mine")));
    assert_eq!(now, unchanged, "what no build changed, and what none wrote, is the file it was");
    println!("kills by phase: {phases:?}; {:?}", duel.course);
    for phase in ["while staging", "while retiring the old one"] {
        assert!(phases.contains_key(phase), "no kill came {phase}: {phases:?}");
    }
}

#[test]
fn a_kill_of_the_first_build_leaves_nothing_or_the_bundle() {
    let mut duel = Duel::new(false);
    let mut phases = BTreeMap::new();
    for turn in 0..kills(100) / 10 {
        if turn % 5 == 0 {
            duel.finish(usize::from(turn % 2 == 0));
        }
        // What lies beside `out/` stays as the kill before has left it.
        fs::remove_dir_all(duel.folder.path("out")).unwrap_or_default();
        fs::remove_file(duel.folder.path("out.zip")).unwrap_or_default();
        let before = duel.found();
        duel.round(&mut phases, &before);
    }
    println!("kills by phase: {phases:?}");
    duel.finish(1);
}
