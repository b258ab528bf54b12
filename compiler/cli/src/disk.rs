//! The lab on disk: lists the files of a folder, reads them, and nothing outside of it; puts a text in the place of one.

use hlmc_core::source::{AT_ONCE, ReadError, World};
use rayon::prelude::*;
use rustix::buffer::spare_capacity;
use std::error::Error;
use std::fs::{self, File, FileType, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

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

/// The path of a file, or of what can't be listed, with the reason.
type Listed = Result<String, (String, ReadError)>;

/// A folder that is listed.
struct Folder {
    /// From the lab's folder, as the compiler names it; empty for that itself.
    path: String,
    /// Where it really is.
    real: PathBuf,
    /// The folder it was found in.
    above: Option<Arc<Self>>,
}

/// What one folder holds.
#[derive(Default)]
struct Listing {
    files: Vec<Listed>,
    folders: Vec<Folder>,
}

impl Listing {
    fn refuse(&mut self, path: &str, reason: String) {
        self.files.push(Err((path.to_owned(), ReadError::Unreadable(reason))));
    }
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

    /// Finds out what something at the top of the lab is.
    fn top(&self, name: &str) -> Listing {
        let mut listing = Listing::default();
        match fs::symlink_metadata(self.root.join(name)) {
            Ok(metadata) => {
                let lab = Folder { path: String::new(), real: self.root.clone(), above: None };
                self.see(name.to_owned(), metadata.file_type(), &Arc::new(lab), &mut listing);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {} // a lab needs none of the folders
            Err(error) => listing.refuse(name, words(&error)),
        }
        listing
    }

    /// Lists one folder.
    fn list(&self, folder: &Arc<Folder>) -> Listing {
        let mut listing = Listing::default();
        let entries = match fs::read_dir(self.root.join(&folder.path)) {
            Ok(entries) => entries,
            Err(error) => {
                listing.refuse(&folder.path, words(&error));
                return listing;
            }
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))) {
                Ok((name, _)) if name.as_encoded_bytes().starts_with(b".") => {}
                Ok((name, file_type)) => match name.into_string() {
                    Ok(name) => self.see(name, file_type, folder, &mut listing),
                    Err(name) => {
                        let path = Path::new(&folder.path).join(name);
                        listing.refuse(&path.to_string_lossy(), "its name isn't valid UTF-8".to_owned());
                    }
                },
                Err(error) => listing.refuse(&folder.path, words(&error)),
            }
        }
        listing
    }

    /// Puts down a file, or a folder that is to be listed. What a symlink leads to outside is put down as a refusal.
    fn see(&self, name: String, file_type: FileType, folder: &Arc<Folder>, listing: &mut Listing) {
        let path = if folder.path.is_empty() { name } else { format!("{}/{name}", folder.path) };
        let above = Some(folder.clone());
        if file_type.is_dir() {
            let real = folder.real.join(path.rsplit('/').next().unwrap_or(&path));
            listing.folders.push(Folder { path, real, above });
            return;
        }
        if !file_type.is_symlink() {
            listing.files.push(Ok(path));
            return;
        }
        let real = match fs::canonicalize(self.root.join(&path)) {
            Ok(real) => real,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return listing.refuse(&path, "a symlink to nothing".to_owned());
            }
            Err(error) => return listing.refuse(&path, words(&error)),
        };
        let mut folders = std::iter::successors(Some(folder), |folder| folder.above.as_ref());
        match (real.starts_with(&self.root), real.is_dir()) {
            (true, false) => listing.files.push(Ok(path)),
            (true, true) if folders.any(|folder| folder.real == real) => {
                listing.refuse(&path, "a symlink leads back to a folder above it".to_owned());
            }
            (true, true) => listing.folders.push(Folder { path, real, above }),
            // A file matters only when it is read; what a folder holds would be missing without a word.
            (false, true) => listing.refuse(&path, "a symlink to a folder outside of the lab".to_owned()),
            (false, false) => listing.files.push(Err((path, ReadError::OutsideLab))),
        }
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
    fn files(&self) -> Vec<Listed> {
        let mut found = Vec::new();
        if fs::symlink_metadata(self.root.join("lab.kdl")).is_ok() {
            found.push(Ok("lab.kdl".to_owned()));
        }
        let mut listings: Vec<Listing> = FOLDERS.iter().map(|name| self.top(name)).collect();
        // Level by level: the folders of each are listed in parallel.
        while !listings.is_empty() {
            let mut folders = Vec::new();
            for mut listing in listings {
                found.append(&mut listing.files);
                folders.extend(listing.folders.into_iter().map(Arc::new));
            }
            listings = folders.par_iter().with_max_len(AT_ONCE).map(|folder| self.list(folder)).collect();
        }
        found.sort_by(|a, b| listed_path(a).cmp(listed_path(b)));
        found
    }

    fn read(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if path.is_empty() || path.starts_with('/') || path.split('/').any(|part| part == "..") {
            return Err(ReadError::OutsideLab);
        }
        let file = self.open_beneath(path)?;
        let found = rustix::fs::fstat(&file).map_err(|error| refusal(&error.into()))?;
        match rustix::fs::FileType::from_raw_mode(found.st_mode) {
            rustix::fs::FileType::RegularFile => {}
            rustix::fs::FileType::Directory => return Err(ReadError::Unreadable("it is a folder".to_owned())),
            _ => return Err(ReadError::Unreadable("it isn't a regular file".to_owned())),
        }
        let len = u64::try_from(found.st_size).unwrap_or(0);
        if len > LARGEST {
            let size = len / (1024 * 1024);
            return Err(ReadError::Unreadable(format!("it has {size} MiB, and at most 64 MiB are read")));
        }
        // One byte more than there should be shows that there are no more.
        let len = usize::try_from(len).unwrap_or(0);
        let mut bytes = Vec::with_capacity(len + 1);
        while bytes.len() != len || len == 0 {
            match rustix::io::read(&file, spare_capacity(&mut bytes)) {
                Ok(0) => break,
                Ok(_) => bytes.reserve(1),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(refusal(&error.into())),
            }
        }
        Ok(bytes)
    }
}

fn listed_path(listed: &Listed) -> &str {
    match listed {
        Ok(path) | Err((path, _)) => path,
    }
}

fn refusal(error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::NotFound,
        _ => ReadError::Unreadable(words(error)),
    }
}

/// An error of the operating system in lower case and without its number.
pub(crate) fn words(error: &dyn Error) -> String {
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
        symlink("../..", services.join("web/whole")).unwrap();
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
                refused(
                    "services/web/whole",
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
    fn folders_of_any_depth_and_name_are_listed_or_refused() {
        use std::os::unix::ffi::OsStrExt as _;
        let (folder, world) = lab();
        let services = folder.path().join("lab/services");
        let deep: PathBuf = std::iter::repeat_n("d", 300).collect();
        fs::create_dir_all(services.join(&deep)).unwrap();
        fs::write(services.join(&deep).join("a.kdl"), "").unwrap();
        fs::create_dir(services.join(std::ffi::OsStr::from_bytes(b"\xff"))).unwrap();
        let listed = world.files();
        let deep = format!("services/{}/a.kdl", deep.to_str().unwrap());
        assert!(listed.contains(&Ok(deep.clone())), "{listed:?}");
        assert_eq!(world.read(&deep), Ok(Vec::new()));
        let reason = ReadError::Unreadable("its name isn't valid UTF-8".to_owned());
        assert!(listed.contains(&refused("services/\u{fffd}", reason)), "{listed:?}");
    }

    #[test]
    fn what_is_read_is_all_of_the_file() {
        let (folder, world) = lab();
        for len in [0, 1, 4095, 4096, 4097, 1 << 20] {
            let bytes: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            fs::write(folder.path().join("lab/services/f"), &bytes).unwrap();
            assert_eq!(world.read("services/f"), Ok(bytes));
        }
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
