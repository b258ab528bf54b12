//! A lab as one text: a line `//= services/app.kdl` starts a file. What stands before the first is `lab.kdl`.

use hlmc_core::source::MemoryWorld;

const MARK: &[u8] = b"//= ";

/// The files of a lab.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lab {
    /// Path and bytes of each file; a path may come again, and the last one wins.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Lab {
    /// Takes an input apart. A path that no folder can have takes its file with it.
    #[must_use]
    pub fn read(input: &[u8]) -> Self {
        let mut files: Vec<(String, Vec<u8>)> = vec![("lab.kdl".to_owned(), Vec::new())];
        let mut fine = true;
        for line in input.split_inclusive(|byte| *byte == b'\n') {
            if let Some(path) = line.strip_prefix(MARK) {
                let path = std::str::from_utf8(path).unwrap_or_default().trim_end_matches(['\n', '\r']);
                fine = is_path(path);
                if fine {
                    files.push((path.to_owned(), Vec::new()));
                }
            } else if let Some((_, bytes)) = files.last_mut().filter(|_| fine) {
                bytes.extend_from_slice(line);
            }
        }
        Self { files }
    }

    /// Adds a file.
    pub fn add(&mut self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.files.push((path.into(), bytes.into()));
    }

    /// The lab as one input.
    #[must_use]
    pub fn input(&self) -> Vec<u8> {
        let mut input = Vec::new();
        for (path, bytes) in &self.files {
            if path != "lab.kdl" || !input.is_empty() {
                input.extend_from_slice(MARK);
                input.extend_from_slice(path.as_bytes());
                input.push(b'\n');
            }
            input.extend_from_slice(bytes);
            if input.last().is_some_and(|last| *last != b'\n') {
                input.push(b'\n');
            }
        }
        input
    }

    /// The lab as the compiler reads it.
    #[must_use]
    pub fn world(&self) -> MemoryWorld {
        let mut world = MemoryWorld::default();
        for (path, bytes) in &self.files {
            if path != "lab.kdl" || !bytes.is_empty() {
                world.insert(path.as_str(), bytes.as_slice());
            }
        }
        world
    }
}

fn is_path(path: &str) -> bool {
    path.len() < 200 && path.split('/').all(|part| !matches!(part, "" | "." | "..") && !part.contains('\0'))
}
