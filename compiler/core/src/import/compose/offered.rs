//! The folders that nodes have to offer: those of the project's volumes, and those that services mount.

use super::codes::compose_no_counterpart::no_counterpart;
use super::codes::compose_unknown_reference::unknown_reference;
use super::variables::{scalar, shown};
use super::{Reader, keys, scalar as scalars};
use crate::import::draft::Place;
use crate::import::kdl::Node;
use crate::import::yaml;
use crate::source::Spanned;

impl Reader<'_, '_> {
    /// Offers a folder under a name, or under a longer one where it is taken by another folder; gives the name.
    pub(super) fn offer(&mut self, name: String, place: Place) -> String {
        let mut tried = name.clone();
        let mut number = 2;
        loop {
            match self.places.get(&tried) {
                Some(known) if known.path == place.path => return tried,
                Some(_) => {
                    tried = format!("{name}-{number}");
                    number += 1;
                }
                None => {
                    self.places.insert(tried.clone(), place);
                    return tried;
                }
            }
        }
    }

    /// Offers a volume of the project by its name; says whether there is such a volume that a folder can stand for.
    pub(super) fn place(&mut self, name: &Spanned<String>) -> bool {
        let Some(volume) = self.project.volumes.iter().find(|volume| *volume.key == *name.value) else {
            let known = self.project.volumes.iter().map(|volume| volume.key.as_str());
            let diagnostic = unknown_reference("volume", name, name.span, known);
            self.sink().push(diagnostic);
            return false;
        };
        if !self.places.contains_key(&name.value) {
            let place = volume_place(name, &volume.value.clone(), self);
            self.places.insert(name.value.clone(), place);
        }
        true
    }
}

/// The folder that a volume of the project becomes.
fn volume_place(name: &Spanned<String>, volume: &yaml::Node, reader: &mut Reader<'_, '_>) -> Place {
    let mut place = Place { path: format!("/srv/{}", name.value).into(), ..Place::default() };
    let mut options: Vec<(Spanned<String>, String)> = Vec::new();
    let mut docker = None;
    for part in keys::VOLUME.check(volume, reader.sink()) {
        match part.key.as_str() {
            "driver_opts" => {
                for (option, value) in scalars::pairs(part, reader.sink()) {
                    options.push((option, value.map(|value| value.value).unwrap_or_default()));
                }
            }
            "driver" => {
                let driver = scalars::text(part, reader.sink()).filter(|driver| driver.as_str() != "local");
                if let Some(driver) = driver {
                    let help = "mount the storage on the node with `mount \"/path\" source=\"…\" type=\"…\"`, and offer a folder of it";
                    reader.sink().push(no_counterpart(
                        &format!("the volume driver `{}`", shown(&driver)),
                        driver.span,
                        help,
                    ));
                }
            }
            "external" => {
                docker = docker.or_else(|| part.value.get("name").and_then(yaml::Node::text).map(shown));
            }
            _ => docker = scalars::text(part, reader.sink()).map(|name| shown(&name)),
        }
    }
    place.note = docker.map(|docker| format!("was Docker's volume {docker}"));
    options_of(name, &options, &mut place, reader);
    place
}

/// What the `local` driver was told: a folder, or a file system to mount.
fn options_of(name: &str, options: &[(Spanned<String>, String)], place: &mut Place, reader: &mut Reader<'_, '_>) {
    let option = |key: &str| options.iter().find(|(name, _)| name.as_str() == key).map(|(_, value)| value.as_str());
    let how = option("o").unwrap_or_default();
    let Some(device) = option("device").filter(|device| !device.is_empty()) else {
        for (option, _) in options {
            let help =
                "say on the node how the folder is mounted: `mount \"/path\" source=\"…\" type=\"…\" options=\"…\"`";
            reader.sink().push(no_counterpart(&format!("`{}` of the volume", option.value), option.span, help));
        }
        return;
    };
    if how.split(',').any(|option| option == "bind" || option == "rbind") {
        place.path = scalar(device);
        return;
    }
    let address = how.split(',').find_map(|option| option.strip_prefix("addr="));
    let source =
        address.map_or_else(|| device.to_owned(), |address| format!("{address}:{}", device.trim_start_matches(':')));
    let kind = match option("type") {
        Some("nfs") => "nfs4",
        Some("") | None => "none",
        Some(kind) => kind,
    };
    let rest: Vec<&str> = how.split(',').filter(|option| !option.is_empty() && !option.starts_with("addr=")).collect();
    let path = format!("/mnt/{name}");
    let mut mount = Node::new("mount").arg(path.as_str()).prop("source", scalar(&source)).prop("type", scalar(kind));
    if !rest.is_empty() {
        mount = mount.prop("options", scalar(&rest.join(",")));
    }
    place.path = path.as_str().into();
    place.mount = Some(mount);
}
