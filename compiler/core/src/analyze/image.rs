//! What is known of images: `stdlib/images.kdl`, found by the name of an image.

use crate::model::{ImageReference, Service, Task};
use crate::nomad::form::Block;
use crate::source::embedded;
use hlmc_syntax::NodeRef;
use std::collections::HashMap;
use std::sync::OnceLock;

/// Data that an image keeps.
#[derive(Debug)]
pub struct Kept {
    /// What it is: `a SQLite database`.
    pub what: String,
    /// The folders inside the container where it is.
    pub folders: Vec<String>,
    /// Whether it needs a local disk.
    pub local_disk: LocalDisk,
    /// Two instances at one folder destroy it.
    pub single_writer: bool,
    /// It can be had again without a backup.
    pub replaceable: bool,
    /// Variables with which it is kept elsewhere.
    pub unless: Vec<String>,
}

/// Whether data needs a local disk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalDisk {
    /// It breaks on a network file system.
    Always,
    /// It breaks there where that isn't set up with great care.
    Better,
    /// It doesn't.
    Never,
}

/// Folders that an image can write to only as their owner.
#[derive(Debug)]
pub struct Owned {
    /// The user.
    pub user: u32,
    /// The folders inside the container.
    pub folders: Vec<String>,
}

/// What the program of an image needs to be told, and where it listens unless it is told otherwise.
#[derive(Debug, Default)]
pub struct Program {
    /// The ports inside the container.
    pub listens: Vec<u16>,
    /// Variables of which it ends at its first start without any.
    pub wants: Vec<String>,
    /// Variables that it reads, of those that are easily misspelt.
    pub reads: Vec<String>,
}

/// All of it, by the names of images.
#[derive(Default)]
struct Images {
    kept: Vec<Kept>,
    owned: Vec<Owned>,
    kept_by: HashMap<String, Vec<usize>>,
    owned_by: HashMap<String, Vec<usize>>,
    programs: HashMap<String, Program>,
}

/// The data that an image keeps.
pub fn kept(image: &str) -> impl Iterator<Item = &'static Kept> {
    let images = images();
    images.kept_by.get(name(image)).into_iter().flatten().map(|at| &images.kept[*at])
}

/// The folders that an image has to own.
pub fn owned(image: &str) -> impl Iterator<Item = &'static Owned> {
    let images = images();
    images.owned_by.get(name(image)).into_iter().flatten().map(|at| &images.owned[*at])
}

/// What is known of the program that an image runs.
pub fn program(image: &str) -> Option<&'static Program> {
    images().programs.get(name(image))
}

/// The name of an image without registry, tag and digest: `postgres` for `docker.io/library/postgres:18.6`.
fn name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let image = match image.split_once('/') {
        Some((host, rest)) if host.bytes().any(|b| matches!(b, b'.' | b':')) || host == "localhost" => rest,
        _ => image,
    };
    let image = image.strip_prefix("library/").unwrap_or(image);
    let end = image.rfind('/').map_or(0, |at| at + 1);
    image[end..].find(':').map_or(image, |at| &image[..end + at])
}

fn images() -> &'static Images {
    static IMAGES: OnceLock<Images> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let text = embedded("stdlib/images.kdl").and_then(|file| std::str::from_utf8(file.bytes).ok());
        read(text.unwrap_or_default())
    })
}

fn read(text: &str) -> Images {
    let parse = hlmc_syntax::parse(text);
    let mut images = Images::default();
    for node in parse.document.nodes() {
        let word = texts(node).next().unwrap_or_default();
        let list = |name: &str| -> Vec<String> {
            node.children().filter(|child| child.name() == name).flat_map(texts).collect()
        };
        let has = |name: &str| node.children().any(|child| child.name() == name);
        if matches!(node.name(), "listens" | "wants" | "reads") {
            for image in list("image") {
                let program = images.programs.entry(image).or_default();
                match node.name() {
                    "listens" => program.listens.extend(texts(node).filter_map(|port| port.parse::<u16>().ok())),
                    "reads" => program.reads.extend(texts(node)),
                    _ => program.wants.extend(texts(node)),
                }
            }
            continue;
        }
        let folders = list("at");
        let by = match (node.name(), word.parse()) {
            ("owner", Ok(user)) => {
                images.owned.push(Owned { user, folders });
                (&mut images.owned_by, images.owned.len() - 1)
            }
            _ => {
                images.kept.push(Kept {
                    what: word,
                    folders,
                    local_disk: match list("local-disk").first().map(String::as_str) {
                        Some("always") => LocalDisk::Always,
                        Some(_) => LocalDisk::Better,
                        None => LocalDisk::Never,
                    },
                    single_writer: has("single-writer"),
                    replaceable: has("replaceable"),
                    unless: list("unless"),
                });
                (&mut images.kept_by, images.kept.len() - 1)
            }
        };
        for image in list("image") {
            by.0.entry(image).or_default().push(by.1);
        }
    }
    images
}

fn texts<'d>(node: NodeRef<'d, '_>) -> impl Iterator<Item = String> {
    let texts: Vec<String> = node.args().filter_map(|entry| Some(entry.value().as_str()?.to_owned())).collect();
    texts.into_iter()
}

/// Whether a service may be a Traefik: by its own name, by an image, or by what another driver runs.
pub fn is_traefik(service: &Service) -> bool {
    let named = |image: &str| {
        let repository = ImageReference::split(image).repository();
        repository.rsplit('/').next().is_some_and(|name| name.contains("traefik"))
    };
    let runs = |task: &Task| task.image.as_ref().is_some_and(|image| named(image) || image.contains("${"));
    let command = |task: &Block| {
        let config = task.body.block("config");
        config.and_then(|config| config.body.str("command")).is_some_and(|command| command.value.contains("traefik"))
    };
    service.name.contains("traefik")
        || service.groups.iter().flat_map(|group| &group.tasks).any(runs)
        || service.tasks().any(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_is_known_wherever_it_comes_from() {
        for image in [
            "postgres",
            "postgres:18",
            "library/postgres",
            "docker.io/library/postgres:18@sha256:00",
            "localhost:5000/postgres:1",
        ] {
            assert_eq!(kept(image).count(), 1, "{image}");
        }
        assert_eq!(name("ghcr.io/immich-app/postgres:${IMAGE_TAG}"), "immich-app/postgres");
        assert_eq!(kept("someone/postgres:1").count(), 0);
    }

    #[test]
    fn the_file_says_only_what_is_read() {
        let text = std::str::from_utf8(embedded("stdlib/images.kdl").unwrap().bytes).unwrap();
        let parse = hlmc_syntax::parse(text);
        assert!(parse.errors.is_empty(), "{:?}", parse.errors);
        for node in parse.document.nodes() {
            assert!(["keeps", "listens", "owner", "reads", "wants"].contains(&node.name()), "{}", node.name());
            for child in node.children() {
                let words = ["at", "local-disk", "single-writer", "replaceable", "unless", "image"];
                assert!(words.contains(&child.name()), "{}", child.name());
            }
        }
        let images = read(text);
        assert!(images.programs.keys().all(|image| name(image) == image));
        assert!(
            images.programs.values().all(|it| !(it.listens.is_empty() && it.wants.is_empty() && it.reads.is_empty()))
        );
        assert!(images.kept.iter().all(|kept| !kept.folders.is_empty() && kept.what.starts_with(char::is_lowercase)));
        assert!(images.owned.iter().all(|owned| !owned.folders.is_empty()));
        let named: usize = images.kept_by.values().map(Vec::len).sum();
        assert!(named > 60 && images.kept_by.len() <= named, "{named}");
        assert!(images.kept_by.keys().chain(images.owned_by.keys()).all(|image| name(image) == image));
    }
}
