//! All that belongs to a Compose file: the files beside it put together into one set of services.

use super::codes::compose_bad_value::wrong_kind;
use super::codes::compose_no_counterpart::no_counterpart;
use super::codes::compose_unknown_reference::{extends_itself, includes_itself, unknown_reference};
use super::variables::{Variables, is_whole};
use super::{dotenv, keys, merge, scalar};
use crate::decode::codes::defined_twice::defined_twice;
use crate::diagnostic::Sink;
use crate::import::yaml::{self, Entry, Node, Value};
use crate::resolve::codes::missing_file::missing_file;
use crate::source::codes::path_outside_lab::path_outside_lab;
use crate::source::{FileId, ReadError, Sources, Span, Spanned, World, text};

/// The files that Compose lays over the first by themselves.
const OVERRIDES: [&str; 4] =
    ["compose.override.yaml", "compose.override.yml", "docker-compose.override.yaml", "docker-compose.override.yml"];

/// What a project has, by kind.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) services: Vec<Entry>,
    pub(super) volumes: Vec<Entry>,
    pub(super) networks: Vec<Entry>,
    pub(super) secrets: Vec<Entry>,
    pub(super) configs: Vec<Entry>,
    pub(super) variables: Variables,
}

/// Reads files and keeps them for diagnostics.
pub(super) struct Loader<'l> {
    pub(super) world: &'l dyn World,
    pub(super) sources: &'l mut Sources,
    pub(super) sink: &'l mut Sink,
    /// The files that are being included, the outermost first.
    open: Vec<String>,
}

impl<'l> Loader<'l> {
    pub(super) fn new(world: &'l dyn World, sources: &'l mut Sources, sink: &'l mut Sink) -> Self {
        Self { world, sources, sink, open: Vec::new() }
    }

    /// Reads the project of a file that is read already.
    pub(super) fn project(&mut self, file: FileId) -> Option<Project> {
        let path = self.sources.path(file).to_owned();
        let mut variables = Variables::default();
        self.variables(&beside(&path, ".env").unwrap_or_default(), &mut variables);
        let text = self.sources.get(file)?.text.clone();
        let mut node = self.document(&text, file, &mut variables)?;
        let name = path.rsplit('/').next().unwrap_or(&path);
        let plain = matches!(name, "compose.yaml" | "compose.yml" | "docker-compose.yaml" | "docker-compose.yml");
        for over in OVERRIDES.iter().filter(|_| plain).filter_map(|over| beside(&path, over)) {
            if let Ok(bytes) = self.world.read(&over)
                && let Some((file, text)) = self.keep(&over, Ok(bytes), Span::default())
            {
                let over = self.document(&text, file, &mut variables)?;
                node = merge::merge(node, over);
            }
        }
        self.open.push(path);
        let project = self.assemble(&node, variables);
        self.open.pop();
        Some(project)
    }

    /// Reads a file of variables, where it is there.
    fn variables(&mut self, path: &str, variables: &mut Variables) {
        let Ok(bytes) = self.world.read(path) else { return };
        let Some((file, text)) = self.keep(path, Ok(bytes), Span::default()) else { return };
        for (name, value) in dotenv::read(&text, file, variables, self.sink) {
            if let Some(value) = value {
                variables.set(&name, &value);
            }
        }
    }

    /// Puts a text among the sources.
    fn keep(&mut self, path: &str, bytes: Result<Vec<u8>, ReadError>, place: Span) -> Option<(FileId, String)> {
        let next = FileId(u32::try_from(self.sources.iter().count()).unwrap_or(u32::MAX));
        let place = if place == Span::default() { Span::new(next, 0, 0) } else { place };
        let read = text(path, bytes, place, self.sink);
        let file = self.sources.add(path, read.clone().unwrap_or_default());
        read.map(|text| (file, text))
    }

    /// A file that is named at a place of another; what is wrong with it is reported.
    pub(super) fn named(&mut self, name: &Spanned<String>) -> Option<(FileId, String)> {
        if !is_whole(name, "the path of a file", name.span, self.sink) {
            return None;
        }
        let Some(path) = self.path(name) else {
            self.sink.push(path_outside_lab(name, name.span));
            return None;
        };
        match self.world.read(&path) {
            Err(ReadError::NotFound) => {
                self.sink.push(missing_file(&path, name, None));
                None
            }
            read => self.keep(&path, read, name.span),
        }
    }

    /// The path of what a file names, from the place where it names it.
    pub(super) fn path(&self, name: &Spanned<String>) -> Option<String> {
        beside(self.sources.path(name.span.file), name)
    }

    /// The tree of a file, with its variables filled in.
    fn document(&mut self, text: &str, file: FileId, variables: &mut Variables) -> Option<Node> {
        let mut node = yaml::read(text, file, self.sink)?;
        if let Value::Map(entries) = &mut node.value {
            entries.retain(|entry| !entry.key.starts_with("x-"));
        }
        variables.fill_all(&mut node, self.sink);
        Some(node)
    }

    fn assemble(&mut self, node: &Node, mut variables: Variables) -> Project {
        let mut project = Project::default();
        for entry in keys::TOP.check(node, self.sink) {
            let part = match entry.key.as_str() {
                "include" => {
                    self.include(entry, &mut variables, &mut project);
                    continue;
                }
                "services" => &mut project.services,
                "volumes" => &mut project.volumes,
                "networks" => &mut project.networks,
                "secrets" => &mut project.secrets,
                "configs" => &mut project.configs,
                _ => continue,
            };
            match entry.value.map() {
                Some(entries) => add(part, entries.iter().filter(|it| !it.key.starts_with("x-")).cloned(), self.sink),
                None if entry.value.is_null() => {}
                None => self.sink.push(wrong_kind(&entry.key, "a map", &entry.value)),
            }
        }
        let names: Vec<String> = project.services.iter().map(|service| service.key.value.clone()).collect();
        for name in names {
            let services = std::mem::take(&mut project.services);
            let extended = self.extended(&name, &services, &mut variables, &mut vec![(String::new(), name.clone())]);
            project.services = services;
            let service = project.services.iter_mut().find(|service| *service.key == *name);
            if let (Some(service), Some(extended)) = (service, extended) {
                service.value = extended;
            }
        }
        project.variables = variables;
        project
    }

    fn include(&mut self, entry: &Entry, variables: &mut Variables, into: &mut Project) {
        for item in scalar::items(entry) {
            let mut paths = Vec::new();
            let mut inner = variables.clone();
            if item.map().is_some() {
                for part in keys::INCLUDE.check(item, self.sink) {
                    match part.key.as_str() {
                        "path" => paths = scalar::texts(part, self.sink),
                        "env_file" => {
                            for file in scalar::texts(part, self.sink) {
                                let path = self.path(&file).unwrap_or_default();
                                self.variables(&path, &mut inner);
                            }
                        }
                        _ => {
                            let help = "paths are taken from the folder of the included file: move it there";
                            self.sink.push(no_counterpart("`project_directory`", part.key.span, help));
                        }
                    }
                }
            } else {
                paths.extend(scalar::item_text("include", item, self.sink));
            }
            self.included(&paths, inner, variables, into);
        }
    }

    /// Takes in one project; further paths lie over the first.
    fn included(&mut self, paths: &[Spanned<String>], mut inner: Variables, outer: &mut Variables, into: &mut Project) {
        let mut whole: Option<Node> = None;
        for name in paths {
            let Some(path) = self.path(name).filter(|path| !self.open.contains(path)) else {
                self.sink.push(includes_itself(name, name.span));
                return;
            };
            let Some((file, text)) = self.named(name) else { return };
            self.variables(&beside(&path, ".env").unwrap_or_default(), &mut inner);
            let Some(node) = self.document(&text, file, &mut inner) else { return };
            whole = Some(match whole {
                Some(base) => merge::merge(base, node),
                None => node,
            });
        }
        let Some(node) = whole else { return };
        let depth = self.open.len();
        let opened: Vec<String> = paths.iter().filter_map(|name| self.path(name)).collect();
        self.open.extend(opened);
        let project = self.assemble(&node, inner);
        self.open.truncate(depth);
        for (name, unset) in project.variables.unset {
            outer.unset.entry(name).or_insert(unset);
        }
        add(&mut into.services, project.services, self.sink);
        add(&mut into.volumes, project.volumes, self.sink);
        add(&mut into.networks, project.networks, self.sink);
        add(&mut into.secrets, project.secrets, self.sink);
        add(&mut into.configs, project.configs, self.sink);
    }

    /// A service over the one that it extends; `trail` holds those that led here, with their files.
    fn extended(
        &mut self,
        name: &str,
        services: &[Entry],
        variables: &mut Variables,
        trail: &mut Vec<(String, String)>,
    ) -> Option<Node> {
        let service = services.iter().find(|service| *service.key == *name)?;
        let Some(entries) = service.value.map() else { return Some(service.value.clone()) };
        let Some(extends) = entries.iter().find(|entry| *entry.key == "extends") else {
            return Some(service.value.clone());
        };
        let mut own = service.value.clone();
        if let Value::Map(entries) = &mut own.value {
            entries.retain(|entry| *entry.key != "extends");
        }
        let (mut base, mut file) = (None, None);
        if extends.value.map().is_some() {
            for part in keys::EXTENDS.check(&extends.value, self.sink) {
                let text = scalar::text(part, self.sink);
                if *part.key == "service" { base = text } else { file = text }
            }
        } else {
            base = scalar::text(extends, self.sink);
        }
        let Some(base) = base else {
            let place = extends.key.span;
            self.sink.push(unknown_reference("service", "", place, services.iter().map(|it| it.key.as_str())));
            return Some(own);
        };
        let base = self.base(&base, file.as_ref(), services, variables, trail);
        Some(base.map_or_else(|| own.clone(), |base| merge::merge(base, own.clone())))
    }

    /// The service that another extends.
    fn base(
        &mut self,
        name: &Spanned<String>,
        file: Option<&Spanned<String>>,
        services: &[Entry],
        variables: &mut Variables,
        trail: &mut Vec<(String, String)>,
    ) -> Option<Node> {
        let path = match file {
            Some(file) => self.path(file).unwrap_or_default(),
            None => trail.last().map(|(path, _)| path.clone()).unwrap_or_default(),
        };
        if trail.contains(&(path.clone(), name.value.clone())) {
            self.sink.push(extends_itself(name, name.span));
            return None;
        }
        let mut other: Vec<Entry> = Vec::new();
        if let Some(file) = file {
            let (id, text) = self.named(file)?;
            let node = self.document(&text, id, variables)?;
            other = node.get("services").and_then(Node::map).unwrap_or_default().to_vec();
        }
        let services = if file.is_some() { &other } else { services };
        if !services.iter().any(|service| *service.key == *name.value) {
            let known = services.iter().map(|service| service.key.as_str());
            self.sink.push(unknown_reference("service", name, name.span, known));
            return None;
        }
        trail.push((path, name.value.clone()));
        let base = self.extended(name, services, variables, trail);
        trail.pop();
        base
    }
}

fn add(part: &mut Vec<Entry>, more: impl IntoIterator<Item = Entry>, sink: &mut Sink) {
    for entry in more {
        match part.iter().find(|known| *known.key == *entry.key) {
            Some(first) if first.key.span == entry.key.span => {}
            Some(first) => sink.push(defined_twice(&format!("`{}`", entry.key.value), entry.key.span, first.key.span)),
            None => part.push(entry),
        }
    }
}

/// A path from the folder of a file; `None` where it leads out of the world.
pub(super) fn beside(file: &str, path: &str) -> Option<String> {
    let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    if path.starts_with('/') || path.starts_with('~') {
        return None;
    }
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
