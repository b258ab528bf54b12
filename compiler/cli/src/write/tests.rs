//! What a build leaves in a folder: the bundle, and all that isn't hlmc's.

use super::zip::write_zip;
use super::*;
use hlmc_core::bundle::Artifact;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::time::SystemTime;
use tempfile::TempDir;
use walkdir::WalkDir;

/// Writes without a zip, and waits without a word.
fn write_folder(bundle: &Bundle, out: &Path, lab: &Path) -> Result<Written, Failure> {
    Ok(write(bundle, None, Target { out, zip: None, lab }, || ())?.unwrap())
}

struct Case {
    folder: TempDir,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("lab")).unwrap();
        Self { folder }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, files: &[(&str, &str)]) -> Result<Written, Failure> {
        write_folder(&bundle(files), &self.path("lab/out"), &self.path("lab"))
    }

    /// All that lies in the lab: folders with a slash, files with their text.
    fn tree(&self) -> Vec<String> {
        let walk = WalkDir::new(self.path("lab")).min_depth(1).sort_by_file_name();
        walk.into_iter()
            .map(|entry| {
                let entry = entry.unwrap();
                let path = entry.path().strip_prefix(self.path("lab")).unwrap().display().to_string();
                match entry.file_type() {
                    kind if kind.is_dir() => format!("{path}/"),
                    kind if kind.is_symlink() => {
                        format!("{path} -> {}", fs::read_link(entry.path()).unwrap().display())
                    }
                    _ if path.ends_with("bundle.json") => path,
                    _ => format!("{path}: {}", fs::read_to_string(entry.path()).unwrap()),
                }
            })
            .collect()
    }

    fn age(&self, path: &str) -> SystemTime {
        let past = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
        fs::File::open(self.path(path)).unwrap().set_modified(past).unwrap();
        past
    }

    fn modified(&self, path: &str) -> SystemTime {
        fs::metadata(self.path(path)).unwrap().modified().unwrap()
    }
}

fn bundle(files: &[(&str, &str)]) -> Bundle {
    let artifact = |(path, text): &(&str, &str)| match path.strip_prefix('!') {
        Some(path) => Artifact::script(path, *text),
        None => Artifact::text("text", *path, *text),
    };
    Bundle::new(files.iter().map(artifact).collect(), "home", None)
}

#[test]
fn writes_what_is_new_and_deletes_what_is_gone() {
    let case = Case::new();
    assert_eq!(case.write(&[("a/b/one", "1"), ("a/two", "2"), ("three", "3")]), Ok(Written { changed: 4, removed: 0 }));
    assert_eq!(
        case.tree(),
        ["out/", "out/a/", "out/a/b/", "out/a/b/one: 1", "out/a/two: 2", "out/bundle.json", "out/three: 3"]
    );
    assert_eq!(case.write(&[("a/two", "II"), ("three", "3")]), Ok(Written { changed: 2, removed: 1 }));
    assert_eq!(case.tree(), ["out/", "out/a/", "out/a/two: II", "out/bundle.json", "out/three: 3"]);
}

#[test]
fn a_file_may_become_a_folder_and_back() {
    let case = Case::new();
    for files in [[("a", "file")], [("a/b", "inside")], [("a", "file")]] {
        case.write(&files).unwrap();
    }
    assert_eq!(case.tree(), ["out/", "out/a: file", "out/bundle.json"]);
}

#[test]
fn writes_nothing_when_nothing_changed() {
    let case = Case::new();
    let files = [("a/one", "1"), ("two", "2")];
    case.write(&files).unwrap();
    let paths = ["lab", "lab/out", "lab/out/a", "lab/out/a/one", "lab/out/bundle.json"];
    let before = paths.map(|path| (case.age(path), fs::metadata(case.path(path)).unwrap().ino()));
    assert_eq!(case.write(&files), Ok(Written::default()));
    assert_eq!(paths.map(|path| (case.modified(path), fs::metadata(case.path(path)).unwrap().ino())), before);
}

#[test]
fn an_unchanged_file_keeps_its_mtime() {
    let case = Case::new();
    case.write(&[("a/same", "1"), ("a/other", "2")]).unwrap();
    let inode = || fs::metadata(case.path("lab/out/a/same")).unwrap().ino();
    let before = inode();
    let past = case.age("lab/out/a/same");
    case.age("lab/out/a/other");
    assert_eq!(case.write(&[("a/same", "1"), ("a/other", "II")]), Ok(Written { changed: 2, removed: 0 }));
    assert_eq!((case.modified("lab/out/a/same"), inode()), (past, before));
    assert!(case.modified("lab/out/a/other") > past);
}

/// Writes a file, makes a bundle without the bytes of what is there then, lets something happen, and writes the bundle.
fn write_beside(case: &Case, files: &[(&str, &str)], meanwhile: impl FnOnce()) -> Result<Option<Written>, Failure> {
    case.write(&[("same", "1")]).unwrap();
    let (out, lab) = (case.path("lab/out"), case.path("lab"));
    let found = Found::at(&out);
    let mut bundle = bundle(files);
    for artifact in bundle.artifacts.iter_mut().filter(|artifact| found.has(artifact)) {
        artifact.is_there = true;
        artifact.bytes.clear();
    }
    meanwhile();
    write(&bundle, Some(&found), Target { out: &out, zip: None, lab: &lab }, || ())
}

#[test]
fn what_was_there_is_kept_without_its_bytes() {
    let case = Case::new();
    let written = write_beside(&case, &[("same", "1"), ("new", "2")], || ());
    assert_eq!(written, Ok(Some(Written { changed: 2, removed: 0 })));
    assert_eq!(case.tree(), ["out/", "out/bundle.json", "out/new: 2", "out/same: 1"]);
}

#[test]
fn a_folder_that_another_build_has_replaced_is_not_the_one_that_was_compared() {
    let case = Case::new();
    let another = || assert!(case.write(&[("same", "2")]).is_ok());
    assert_eq!(write_beside(&case, &[("same", "1")], another), Ok(None));
    assert_eq!(case.tree(), ["out/", "out/bundle.json", "out/same: 2"]);
}

#[test]
fn keeps_what_it_did_not_write() {
    let case = Case::new();
    fs::create_dir_all(case.path("lab/out/notes/empty")).unwrap();
    fs::write(case.path("lab/out/.gitkeep"), "").unwrap();
    fs::write(case.path("lab/out/notes/mine"), "mine").unwrap();
    symlink("/nowhere", case.path("lab/out/notes/link")).unwrap();
    fs::set_permissions(case.path("lab/out/notes"), Permissions::from_mode(0o2510)).unwrap();
    fs::set_permissions(case.path("lab/out/notes/mine"), Permissions::from_mode(0o600)).unwrap();
    let past = case.age("lab/out/notes/mine");
    case.write(&[("a/one", "1"), ("notes/ours", "o")]).unwrap();
    case.write(&[("a/one", "2")]).unwrap();
    case.write(&[("a/two", "2")]).unwrap();
    let expected = [
        "out/",
        "out/.gitkeep: ",
        "out/a/",
        "out/a/two: 2",
        "out/bundle.json",
        "out/notes/",
        "out/notes/empty/",
        "out/notes/link -> /nowhere",
        "out/notes/mine: mine",
    ];
    assert_eq!(case.tree(), expected);
    assert_eq!(fs::metadata(case.path("lab/out/notes")).unwrap().mode() & 0o7777, 0o2510);
    assert_eq!(fs::metadata(case.path("lab/out/notes/mine")).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(case.modified("lab/out/notes/mine"), past);
}

#[test]
fn refuses_to_overwrite_what_it_did_not_write() {
    let case = Case::new();
    fs::create_dir_all(case.path("lab/out/dir")).unwrap();
    fs::write(case.path("lab/out/mine"), "mine").unwrap();
    fs::set_permissions(case.path("lab/out/mine"), Permissions::from_mode(0o644)).unwrap();
    symlink("dir", case.path("lab/out/link")).unwrap();
    for path in ["mine", "mine/below", "dir", "link/below", "link"] {
        let before = case.tree();
        let failure = case.write(&[(path, "ours")]).unwrap_err().to_string();
        let named = path.split('/').next().unwrap();
        assert!(failure.contains(&format!("`{named}` wasn't written by hlmc")), "{failure}");
        assert_eq!(case.tree(), before);
    }
    // The same bytes are no conflict: from now on the file is hlmc's.
    case.write(&[("mine", "mine")]).unwrap();
    case.write(&[("other", "")]).unwrap();
    assert_eq!(case.tree(), ["out/", "out/bundle.json", "out/dir/", "out/link -> dir", "out/other: "]);
}

#[test]
fn another_programs_list_is_not_a_list() {
    let case = Case::new();
    fs::create_dir(case.path("lab/out")).unwrap();
    fs::write(case.path("lab/out/bundle.json"), r#"{"compiler":"webpack","files":[{"path":"index.js"}]}"#).unwrap();
    assert!(case.write(&[("index.js", "ours")]).is_err());
    // A list that a power cut has emptied is taken for one: the bundle's own files are written again.
    fs::write(case.path("lab/out/bundle.json"), "").unwrap();
    fs::write(case.path("lab/out/index.js"), "").unwrap();
    fs::write(case.path("lab/out/mine"), "mine").unwrap();
    case.write(&[("index.js", "ours")]).unwrap();
    assert_eq!(case.tree(), ["out/", "out/bundle.json", "out/index.js: ours", "out/mine: mine"]);
}

#[test]
fn modes_do_not_depend_on_the_umask_and_are_repaired() {
    let case = Case::new();
    let mode = |path: &str| fs::metadata(case.path(path)).unwrap().mode() & 0o7777;
    case.write(&[("!a/script.sh", "x"), ("a/text", "x")]).unwrap();
    assert_eq!((mode("lab/out/a/script.sh"), mode("lab/out/a/text"), mode("lab/out/a")), (0o755, 0o644, 0o755));
    fs::set_permissions(case.path("lab/out/a/script.sh"), Permissions::from_mode(0o600)).unwrap();
    assert_eq!(case.write(&[("!a/script.sh", "x"), ("a/text", "x")]), Ok(Written { changed: 1, removed: 0 }));
    assert_eq!(mode("lab/out/a/script.sh"), 0o755);
}

#[test]
fn refuses_paths_that_lead_outside() {
    let case = Case::new();
    for path in ["/etc/x", "../x", "a/../../x", "a//b", "./a", "", "a/"] {
        let failure = case.write(&[(path, "x")]).unwrap_err().to_string();
        assert!(failure.contains("can't be a path in a bundle"), "{path}: {failure}");
    }
    assert!(case.write(&[("a", "x"), ("a/b", "x")]).is_err());
    assert_eq!(case.tree(), Vec::<String>::new());
}

#[test]
fn refuses_to_replace_the_lab_or_what_is_no_folder() {
    let case = Case::new();
    fs::create_dir(case.path("lab/services")).unwrap();
    fs::write(case.path("file"), "x").unwrap();
    symlink("nowhere", case.path("broken")).unwrap();
    for out in ["lab", "", "lab/services", "lab/services/out", "file", "broken", "file/below"] {
        assert!(write_folder(&bundle(&[]), &case.path(out), &case.path("lab")).is_err(), "{out}");
    }
    assert!(write_folder(&bundle(&[]), Path::new("/"), &case.path("lab")).is_err());
    assert!(write_folder(&bundle(&[]), Path::new("/proc"), &case.path("lab")).is_err());
}

#[test]
fn writes_to_where_a_symlink_leads_and_makes_folders_above() {
    let case = Case::new();
    fs::create_dir(case.path("real")).unwrap();
    symlink("../real", case.path("lab/out")).unwrap();
    case.write(&[("a", "1")]).unwrap();
    assert_eq!(fs::read_to_string(case.path("real/a")).unwrap(), "1");
    assert_eq!(case.tree(), ["out -> ../real"]);
    write_folder(&bundle(&[("a", "1")]), &case.path("x/y/z"), &case.path("lab")).unwrap();
    assert_eq!(fs::read_to_string(case.path("x/y/z/a")).unwrap(), "1");
}

#[test]
fn cleans_up_after_a_run_that_was_killed_while_staging() {
    let case = Case::new();
    case.write(&[("a", "1"), ("b", "1")]).unwrap();
    fs::write(case.path("lab/out/mine"), "mine").unwrap();
    // As far as a run came that writes `a` anew and has linked what is foreign.
    fs::create_dir(case.path("lab/.out.hlmc-new")).unwrap();
    fs::copy(case.path("lab/out/bundle.json"), case.path("lab/.out.hlmc-new/bundle.json")).unwrap();
    fs::write(case.path("lab/.out.hlmc-new/a"), "hal").unwrap();
    fs::write(case.path("lab/.out.hlmc-new/.hlmc-copy-mine"), "mi").unwrap();
    fs::hard_link(case.path("lab/out/mine"), case.path("lab/.out.hlmc-new/mine")).unwrap();
    assert_eq!(case.write(&[("a", "1"), ("b", "1")]), Ok(Written::default()));
    assert_eq!(case.tree(), ["out/", "out/a: 1", "out/b: 1", "out/bundle.json", "out/mine: mine"]);
}

#[test]
fn puts_the_folder_back_after_a_run_that_was_killed_between_two_renames() {
    let case = Case::new();
    case.write(&[("a", "1")]).unwrap();
    fs::rename(case.path("lab/out"), case.path("lab/.out.hlmc-old")).unwrap();
    assert_eq!(case.write(&[("a", "1")]), Ok(Written::default()));
    assert_eq!(case.tree(), ["out/", "out/a: 1", "out/bundle.json"]);
}

#[test]
fn two_renames_do_where_an_exchange_is_not_possible() {
    let case = Case::new();
    case.write(&[("a", "1")]).unwrap();
    let place = Place::find(&case.path("lab/out"), &case.path("lab")).unwrap();
    fs::create_dir(&place.stage).unwrap();
    fs::write(place.stage.join("new"), "new").unwrap();
    swap::rename_both(&place).unwrap();
    assert_eq!(fs::read_to_string(place.out.join("new")).unwrap(), "new");
    assert_eq!(fs::read_to_string(place.old.join("a")).unwrap(), "1");
}

#[test]
fn a_file_that_came_while_the_build_ran_is_not_lost() {
    let case = Case::new();
    case.write(&[("a", "1")]).unwrap();
    fs::write(case.path("lab/out/replaced"), "old").unwrap();
    case.age("lab/out/replaced");
    // The old bundle after the swap, with a file that wasn't there yet when the new one was made, and a newer one.
    fs::create_dir_all(case.path("lab/.out.hlmc-new/dir")).unwrap();
    fs::write(case.path("lab/.out.hlmc-new/dir/late"), "late").unwrap();
    fs::write(case.path("lab/.out.hlmc-new/replaced"), "new").unwrap();
    case.write(&[("a", "1")]).unwrap();
    let expected = ["out/", "out/a: 1", "out/bundle.json", "out/dir/", "out/dir/late: late", "out/replaced: new"];
    assert_eq!(case.tree(), expected);
}

#[test]
fn two_runs_take_turns() {
    let case = Case::new();
    case.write(&[("a", "0")]).unwrap();
    std::thread::scope(|scope| {
        for run in 0..4 {
            let case = &case;
            scope.spawn(move || {
                for turn in 0..25 {
                    let text = format!("{run} {turn}");
                    case.write(&[("a", &text), ("b/c", &text)]).unwrap();
                }
            });
        }
    });
    let a = fs::read_to_string(case.path("lab/out/a")).unwrap();
    assert_eq!(fs::read_to_string(case.path("lab/out/b/c")).unwrap(), a);
    assert_eq!(case.tree().len(), 5);
}

#[test]
fn a_zip_takes_the_place_of_a_zip_only() {
    let case = Case::new();
    fs::write(case.path("whoami.kdl"), "service \"whoami\"").unwrap();
    symlink("whoami.kdl", case.path("link.zip")).unwrap();
    let files = bundle(&[("a.txt", "a")]);
    for name in ["whoami.kdl", "link.zip", "."] {
        let zip = case.path(name);
        let target = Target { out: &case.path("out"), zip: Some(&zip), lab: &case.path("lab") };
        let refused = write(&files, None, target, || ()).unwrap_err().to_string();
        assert!(refused.contains("is there and isn't a zip"), "{refused}");
        assert!(!case.path("out").exists(), "nothing is written");
    }
    assert_eq!(fs::read_to_string(case.path("whoami.kdl")).unwrap(), "service \"whoami\"");
}

#[test]
fn what_a_killed_run_left_of_a_zip_goes() {
    let case = Case::new();
    let (file, partial) = (case.path("out.zip"), case.path(".out.zip.hlmc-new"));
    for text in ["1", "1", "2"] {
        fs::write(&partial, "PK, and longer than the whole zip. ".repeat(100)).unwrap();
        write_zip(&bundle(&[("a", text)]), &file).unwrap();
        assert!(!partial.exists(), "with {text}");
        assert!(fs::read(&file).unwrap().len() < 1000, "with {text}");
    }
}

#[test]
fn a_zip_is_the_same_each_time_and_written_when_it_differs() {
    let case = Case::new();
    let many: Vec<(String, String)> =
        (0..200).map(|n| (format!("f/{n:03}"), format!("text {n}\n").repeat(n))).collect();
    let mut files: Vec<(&str, &str)> = many.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("!run.sh", "#!/bin/sh\n"));
    let file = case.path("out.zip");
    assert_eq!(write_zip(&bundle(&files), &file), Ok(true));
    let bytes = fs::read(&file).unwrap();
    let past = case.age("out.zip");
    assert_eq!(write_zip(&bundle(&files), &file), Ok(false));
    assert_eq!(case.modified("out.zip"), past);
    fs::remove_file(&file).unwrap();
    write_zip(&bundle(&files), &file).unwrap();
    assert_eq!(fs::read(&file).unwrap(), bytes);

    let mut archive = ::zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(archive.len(), 202);
    assert_eq!(archive.by_index(0).unwrap().name().unwrap(), "bundle.json");
    let script = archive.by_name("run.sh").unwrap();
    assert_eq!(script.unix_mode().unwrap() & 0o777, 0o755);
    assert_eq!(script.last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
    drop(script);
    let text = std::io::read_to_string(archive.by_name("f/123").unwrap()).unwrap();
    assert_eq!(text, "text 123\n".repeat(123));
}
