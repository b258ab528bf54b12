//! The lab on disk: lists the files of a folder and reads them, and nothing outside of it.

use hlmc_core::source::{ReadError, World};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The folders of a lab that are read, beside `lab.kdl`.
pub(crate) const FOLDERS: [&str; 3] = ["nodes", "services", "integrations"];

/// Larger files are refused: a manifest has some kilobytes, and a file of a service lands in a Nomad job.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A lab in a folder.
#[derive(Debug)]
pub(crate) struct DiskWorld {
    root: PathBuf,
    folder: File,
}

impl DiskWorld {
    /// Opens the folder of a lab.
    ///
    /// # Errors
    /// When there is no such folder, or it can't be opened.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let root = fs::canonicalize(folder)?;
        if !root.is_dir() {
            return Err(io::ErrorKind::NotADirectory.into());
        }
        Ok(Self { folder: File::open(&root)?, root })
    }

    /// The path of something below the lab's folder as the compiler names it.
    fn relative(&self, path: &Path) -> Result<String, (String, ReadError)> {
        let relative = path.strip_prefix(&self.root).unwrap_or(path);
        match relative.to_str() {
            Some(text) => Ok(text.to_owned()),
            None => Err((
                relative.to_string_lossy().into_owned(),
                ReadError::Unreadable("its name isn't valid UTF-8".to_owned()),
            )),
        }
    }

    /// Whether the walk goes on here. What a symlink leads to outside is put down as a refusal.
    fn enter(&self, entry: &DirEntry, found: &mut Vec<Result<String, (String, ReadError)>>) -> bool {
        if entry.depth() > 0 && is_hidden(entry.path()) {
            return false;
        }
        if !entry.path_is_symlink() {
            return true;
        }
        match fs::canonicalize(entry.path()) {
            Ok(target) if target.starts_with(&self.root) => true,
            Ok(target) => {
                // A file matters only when it is read; what a folder holds would be missing without a word.
                let reason = if target.is_dir() {
                    ReadError::Unreadable("a symlink to a folder outside of the lab".to_owned())
                } else {
                    ReadError::OutsideLab
                };
                found.push(self.relative(entry.path()).and_then(|path| Err((path, reason))));
                false
            }
            Err(_) => true, // broken: the walk itself reports it
        }
    }

    fn walk(&self, folder: &str, found: &mut Vec<Result<String, (String, ReadError)>>) {
        let mut refused = Vec::new();
        let walk = WalkDir::new(self.root.join(folder)).follow_links(true).into_iter();
        for entry in walk.filter_entry(|entry| self.enter(entry, &mut refused)) {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                Ok(entry) => found.push(self.relative(entry.path())),
                Err(error) => found.extend(self.unlisted(&error)),
            }
        }
        found.append(&mut refused);
    }

    /// Something that the walk couldn't list; `None` where nothing has to be said about it.
    fn unlisted(&self, error: &walkdir::Error) -> Option<Result<String, (String, ReadError)>> {
        let path = error.path()?;
        if is_hidden(path) && path.parent() != Some(self.root.as_path()) {
            return None;
        }
        let reason = match (error.loop_ancestor(), error.io_error()) {
            (Some(_), _) => ReadError::Unreadable("a symlink leads back to a folder above it".to_owned()),
            (None, Some(error)) if error.kind() == io::ErrorKind::NotFound => {
                if path.parent() == Some(self.root.as_path()) && !path.is_symlink() {
                    return None; // a lab needs none of the folders
                }
                ReadError::Unreadable("a symlink to nothing".to_owned())
            }
            (None, Some(error)) => ReadError::Unreadable(words(error)),
            (None, None) => ReadError::Unreadable("it can't be listed".to_owned()),
        };
        Some(self.relative(path).and_then(|path| Err((path, reason))))
    }

    /// Opens a file below the lab, without waiting for the other end of a pipe.
    #[cfg(target_os = "linux")]
    fn open_beneath(&self, path: &str) -> Result<File, ReadError> {
        use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        match openat2(&self.folder, path, flags, Mode::empty(), ResolveFlags::BENEATH) {
            Ok(file) => Ok(file.into()),
            // An absolute symlink, or a kernel or sandbox without this call.
            Err(_) => self.open_resolved(path),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn open_beneath(&self, path: &str) -> Result<File, ReadError> {
        self.open_resolved(path)
    }

    /// Opens a file below the lab after looking where its symlinks lead.
    fn open_resolved(&self, path: &str) -> Result<File, ReadError> {
        let target = fs::canonicalize(self.root.join(path)).map_err(|error| refusal(&error))?;
        if !target.starts_with(&self.root) {
            return Err(ReadError::OutsideLab);
        }
        let nonblock = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
        OpenOptions::new().read(true).custom_flags(nonblock).open(target).map_err(|error| refusal(&error))
    }
}

impl World for DiskWorld {
    fn files(&self) -> Vec<Result<String, (String, ReadError)>> {
        let mut found = Vec::new();
        if fs::symlink_metadata(self.root.join("lab.kdl")).is_ok() {
            found.push(Ok("lab.kdl".to_owned()));
        }
        for folder in FOLDERS {
            self.walk(folder, &mut found);
        }
        found.sort_by(|a, b| listed_path(a).cmp(listed_path(b)));
        found
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let within = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        if path.is_empty() || !Path::new(path).components().all(within) {
            return Err(ReadError::OutsideLab);
        }
        let mut file = self.open_beneath(path)?;
        let metadata = file.metadata().map_err(|error| refusal(&error))?;
        if metadata.is_dir() {
            return Err(ReadError::Unreadable("it is a folder".to_owned()));
        }
        if !metadata.is_file() {
            return Err(ReadError::Unreadable("it isn't a regular file".to_owned()));
        }
        if metadata.len() > LARGEST {
            let size = metadata.len() / (1024 * 1024);
            return Err(ReadError::Unreadable(format!("it has {size} MiB, and at most 64 MiB are read")));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0) + 1);
        file.read_to_end(&mut bytes).map_err(|error| refusal(&error))?;
        Ok(bytes)
    }
}

fn listed_path(listed: &Result<String, (String, ReadError)>) -> &str {
    match listed {
        Ok(path) | Err((path, _)) => path,
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn refusal(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound,
        _ => ReadError::Unreadable(words(error)),
    }
}

/// An error of the operating system in lower case and without its number.
pub(crate) fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn lab() -> (tempfile::TempDir, DiskWorld) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for sub in ["lab/services/web/.git", "lab/nodes", "lab/other", "outside"] {
            fs::create_dir_all(root.join(sub)).unwrap();
        }
        for file in
            ["lab/lab.kdl", "lab/README.md", "lab/nodes/a.kdl", "lab/services/web/service.kdl", "outside/secret"]
        {
            fs::write(root.join(file), file).unwrap();
        }
        fs::write(root.join("lab/services/web/.git/config"), "x").unwrap();
        fs::write(root.join("lab/services/.hidden.kdl"), "x").unwrap();
        fs::write(root.join("lab/other/shared.kdl"), "shared").unwrap();
        let world = DiskWorld::open(&root.join("lab")).unwrap();
        (folder, world)
    }

    fn refused(path: &str, reason: ReadError) -> Result<String, (String, ReadError)> {
        Err((path.to_owned(), reason))
    }

    #[test]
    fn lists_what_a_lab_holds_in_order_and_skips_hidden_files() {
        let (_folder, world) = lab();
        let expected = ["lab.kdl", "nodes/a.kdl", "services/web/service.kdl"];
        assert_eq!(world.files(), expected.map(|path| Ok(path.to_owned())));
        assert_eq!(world.read("nodes/a.kdl"), Ok(b"lab/nodes/a.kdl".to_vec()));
    }

    #[test]
    fn follows_symlinks_inside_the_lab_and_refuses_others() {
        let (folder, world) = lab();
        let services = folder.path().join("lab/services");
        symlink("../other", services.join("linked")).unwrap();
        symlink(folder.path().join("lab/other/shared.kdl"), services.join("absolute.kdl")).unwrap();
        symlink("../../outside", services.join("leaves")).unwrap();
        symlink("../../outside/secret", services.join("secret.kdl")).unwrap();
        symlink("nowhere", services.join("broken.kdl")).unwrap();
        symlink("..", services.join("web/up")).unwrap();
        assert_eq!(
            world.files(),
            [
                Ok("lab.kdl".to_owned()),
                Ok("nodes/a.kdl".to_owned()),
                Ok("services/absolute.kdl".to_owned()),
                refused("services/broken.kdl", ReadError::Unreadable("a symlink to nothing".to_owned())),
                refused(
                    "services/leaves",
                    ReadError::Unreadable("a symlink to a folder outside of the lab".to_owned())
                ),
                Ok("services/linked/shared.kdl".to_owned()),
                refused("services/secret.kdl", ReadError::OutsideLab),
                Ok("services/web/service.kdl".to_owned()),
                refused(
                    "services/web/up",
                    ReadError::Unreadable("a symlink leads back to a folder above it".to_owned())
                ),
            ]
        );
        assert_eq!(world.read("services/linked/shared.kdl"), Ok(b"shared".to_vec()));
        assert_eq!(world.read("services/absolute.kdl"), Ok(b"shared".to_vec()));
        assert_eq!(world.read("services/secret.kdl"), Err(ReadError::OutsideLab));
        assert_eq!(world.read("services/leaves/secret"), Err(ReadError::OutsideLab));
        assert_eq!(world.read("services/broken.kdl"), Err(ReadError::NotFound));
    }

    #[test]
    fn refuses_paths_out_of_the_lab() {
        let (folder, world) = lab();
        let absolute = folder.path().join("lab/lab.kdl");
        for path in ["../outside/secret", "/etc/hostname", absolute.to_str().unwrap(), "nodes/../lab.kdl", ""] {
            assert_eq!(world.read(path), Err(ReadError::OutsideLab), "{path}");
        }
    }

    #[test]
    fn refuses_what_is_no_file_without_hanging() {
        let (folder, world) = lab();
        let pipe = folder.path().join("lab/nodes/pipe.kdl");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(world.read("nodes/pipe.kdl"), Err(ReadError::Unreadable("it isn't a regular file".to_owned())));
        assert_eq!(world.read("nodes"), Err(ReadError::Unreadable("it is a folder".to_owned())));
        assert_eq!(world.read("nodes/none.kdl"), Err(ReadError::NotFound));
        File::create(folder.path().join("lab/nodes/big.kdl")).unwrap().set_len(65 * 1024 * 1024).unwrap();
        let reason = "it has 65 MiB, and at most 64 MiB are read".to_owned();
        assert_eq!(world.read("nodes/big.kdl"), Err(ReadError::Unreadable(reason)));
    }
}
