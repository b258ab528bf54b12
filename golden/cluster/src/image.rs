//! Images made on the spot, under the names that the jobs ask for: a stand-in for most services, and the real program for the
//! few that are proven here.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::machine::Machine;
use crate::program::{make_folder, succeed, write};

/// Images that hold the real program: the repository in the image's name, the program, what it runs without other words, and
/// how it is set up as the real image is.
const REAL: [(&str, &str, &[&str]); 2] = [
    (
        "caddy",
        "caddy",
        &[
            r#"CMD ["/usr/bin/caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]"#,
            "ENV XDG_CONFIG_HOME=/config",
            "ENV XDG_DATA_HOME=/data",
        ],
    ),
    ("prom/prometheus", "prometheus", &[r#"ENTRYPOINT ["/usr/bin/prometheus"]"#, "USER 65534"]),
];

/// A file system for containers, as a tar file, and what Docker has to know of it.
#[derive(Debug)]
pub(crate) struct Image {
    tar: PathBuf,
    changes: Vec<String>,
}

/// Makes the file systems of images.
#[derive(Debug)]
pub(crate) struct Images {
    folder: PathBuf,
    programs: PathBuf,
}

impl Images {
    /// Makes them in a folder, of programs in another one.
    pub(crate) fn new(folder: &Path, programs: &Path) -> Self {
        Self { folder: folder.to_owned(), programs: programs.to_owned() }
    }

    /// Loads an image into a machine's Docker.
    pub(crate) fn load(&self, machine: &Machine, name: &str) -> Result<(), String> {
        let image = self.make(name)?;
        let tar = std::fs::File::open(&image.tar)
            .map_err(|error| format!("cannot read `{}`: {error}", image.tar.display()))?;
        let mut command = machine.command("docker");
        command.arg("import");
        for change in &image.changes {
            command.args(["--change", change]);
        }
        let output = command
            .args(["-", name])
            .stdin(tar)
            .output()
            .map_err(|error| format!("cannot load `{name}` on `{}`: {error}", machine.name))?;
        if output.status.success() {
            // Nomad forces an image out that nothing has run for some minutes, and there is no registry here to get it from
            // again; one that another image is made from stays.
            let keep = format!("made=$(docker create {name} -) && docker commit $made && docker rm $made");
            return machine.shell(&keep).map(drop);
        }
        Err(format!("cannot load `{name}` on `{}`:\n{}", machine.name, String::from_utf8_lossy(&output.stderr)))
    }

    /// The image for a name; its file system is made when it isn't there yet.
    fn make(&self, name: &str) -> Result<Image, String> {
        let repository = name.rsplit_once(':').map_or(name, |(repository, _)| repository);
        let (program, changes): (PathBuf, Vec<String>) = match REAL.iter().find(|real| real.0 == repository) {
            Some((_, program, changes)) => {
                (self.programs.join(program), changes.iter().map(|change| (*change).to_owned()).collect())
            }
            None => (own_program("stand-in")?, vec![r#"ENTRYPOINT ["/usr/bin/stand-in"]"#.to_owned()]),
        };
        let file = program.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let tar = self.folder.join(format!("{file}.tar"));
        if !tar.exists() {
            self.pack(&program, &file, &tar)?;
        }
        Ok(Image { tar, changes })
    }

    /// Packs a program with the libraries that it is linked to, a probe and a shell.
    fn pack(&self, program: &Path, name: &str, tar: &Path) -> Result<(), String> {
        let root = self.folder.join(name);
        for folder in ["bin", "etc", "usr/bin", "tmp"] {
            make_folder(&root.join(folder))?;
        }
        write(&root.join("etc/passwd"), "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n")?;
        let (busybox, probe) = (Path::new("/bin/busybox"), own_program("probe")?);
        for (from, to) in [(program, &*format!("usr/bin/{name}")), (&probe, "usr/bin/probe"), (busybox, "bin/busybox")]
        {
            copy(from, &root.join(to))?;
            for library in libraries(from)? {
                copy(&library, &root.join(library.strip_prefix("/").unwrap_or(&library)))?;
            }
        }
        succeed(Command::new("chroot").arg(&root).args(["/bin/busybox", "--install", "-s", "/bin"]))?;
        succeed(Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(tar).arg(".")).map(drop)
    }
}

/// A program of this crate, which lies beside this one.
pub(crate) fn own_program(name: &str) -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| format!("cannot find this program: {error}"))?;
    Ok(own.with_file_name(name))
}

/// The libraries that a program is linked to; none where it is linked to itself alone.
fn libraries(program: &Path) -> Result<Vec<PathBuf>, String> {
    let (_, listed) = crate::program::run(Command::new("ldd").arg(program))?;
    let words = listed.lines().filter_map(|line| line.split_whitespace().find(|word| word.starts_with('/')));
    Ok(words.filter(|word| !word.ends_with(':')).map(PathBuf::from).collect())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    std::fs::copy(from, to).map(drop).map_err(|error| format!("cannot copy `{}`: {error}", from.display()))
}
