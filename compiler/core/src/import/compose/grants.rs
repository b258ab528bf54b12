//! `configs` and `secrets` of a service: files beside the manifest, and files that Nomad renders from its store.

use super::codes::compose_bad_value::bad_value;
use super::codes::compose_changed::changed;
use super::codes::compose_no_counterpart::not_missed;
use super::codes::compose_to_complete::to_complete;
use super::codes::compose_unknown_reference::unknown_reference;
use super::model::Service;
use super::variables::{open_in, scalar, shown};
use super::{Reader, keys, scalar as scalars};
use crate::import::kdl::Node;
use crate::import::yaml::{self, Entry};
use crate::source::{Span, Spanned};

/// What a service gets, and where.
struct Grant {
    source: Spanned<String>,
    target: Option<String>,
    mode: Option<String>,
}

/// Reads `configs` or `secrets`.
pub(super) fn grants(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let kind = if *entry.key == "configs" { "config" } else { "secret" };
    for item in scalars::items(entry) {
        let Some(grant) = grant(entry, item, reader) else { continue };
        let known = if kind == "config" { &reader.project.configs } else { &reader.project.secrets };
        let Some(defined) = known.iter().find(|it| *it.key == *grant.source.value) else {
            let names = known.iter().map(|it| it.key.as_str());
            let diagnostic = unknown_reference(kind, &grant.source, grant.source.span, names);
            reader.sink().push(diagnostic);
            continue;
        };
        let defined = defined.value.clone();
        match kind {
            "config" => config(&grant, &defined, service, reader),
            _ => secret(&grant, &defined, service, reader),
        }
    }
}

fn grant(entry: &Entry, item: &yaml::Node, reader: &mut Reader<'_, '_>) -> Option<Grant> {
    if item.map().is_none() {
        let source = scalars::item_text(&entry.key, item, reader.sink())?;
        return Some(Grant { source, target: None, mode: None });
    }
    let (mut source, mut target, mut mode) = (None, None, None);
    for part in keys::FILE_USE.check(item, reader.sink()) {
        let Some(text) = scalars::text(part, reader.sink()) else { continue };
        match part.key.as_str() {
            "source" => source = Some(text),
            "target" => target = Some(text.value),
            "mode" => mode = octal(&text, reader),
            name => {
                let help = "files beside a manifest belong to root: `mode` says who else may read them";
                reader.sink().push(not_missed(&format!("`{name}` of a file"), part.key.span, help));
            }
        }
    }
    Some(Grant { source: source?, target, mode })
}

fn octal(text: &Spanned<String>, reader: &mut Reader<'_, '_>) -> Option<String> {
    let digits = text.trim_start_matches("0o").trim_start_matches('0');
    let fits = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
    if !fits {
        reader.sink().push(bad_value(&shown(text), "a mode", text.span).help("write it in octal: `0440`"));
    }
    fits.then(|| digits.to_owned())
}

/// What a config or a secret is made of.
#[derive(Default)]
struct Source {
    file: Option<Spanned<String>>,
    content: Option<Spanned<String>>,
    variable: Option<Spanned<String>>,
    external: Option<Span>,
}

fn source(defined: &yaml::Node, reader: &mut Reader<'_, '_>) -> Source {
    let mut source = Source::default();
    for part in keys::FILE_SOURCE.check(defined, reader.sink()) {
        match part.key.as_str() {
            "file" => source.file = scalars::text(part, reader.sink()),
            "content" => source.content = scalars::text(part, reader.sink()),
            "environment" => source.variable = scalars::text(part, reader.sink()),
            "external" | "driver" => source.external = Some(part.key.span),
            _ => {}
        }
    }
    source
}

fn config(grant: &Grant, defined: &yaml::Node, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let made = source(defined, reader);
    let name = &grant.source.value;
    let target = grant.target.clone().unwrap_or_else(|| format!("/{name}"));
    let file = made.file.as_ref().map_or(name.as_str(), |file| file.rsplit('/').next().unwrap_or(name)).to_owned();
    let text = match (&made.file, &made.content, &made.variable) {
        (Some(path), ..) => match reader.loader.named(path) {
            Some((_, text)) => text,
            None => return,
        },
        (None, Some(content), _) => shown(content),
        (None, None, Some(variable)) => reader.variables.get(variable).unwrap_or_default().to_owned(),
        _ if made.external.is_none() => {
            let help = "give it a `file`, its `content`, or an `environment` variable";
            reader.sink().push(bad_value(name, "a config with something in it", grant.source.span).help(help));
            return;
        }
        _ => {
            let message = format!("the config `{name}` isn't in the file");
            let help = format!("put what is in it into the folder of the service as `{file}`");
            reader.sink().push(to_complete(message, made.external.unwrap_or(grant.source.span), help));
            String::new()
        }
    };
    if let Some(content) = made.content.as_ref().filter(|content| open_in(content).is_some()) {
        let help = "variables without a value stand there as `${NAME}`: write what is meant";
        reader.sink().push(changed(format!("`{name}` holds variables without a value"), content.span, help));
    }
    let mut node = Node::new("file").arg(file.as_str()).prop("to", scalar(&absolute(&target, "/")));
    if let Some(mode) = &grant.mode {
        node = node.prop("mode", mode.as_str());
    }
    service.storage.push(node);
    if !service.files.iter().any(|(known, _)| *known == file) {
        service.files.push((file, text));
    }
}

fn secret(grant: &Grant, defined: &yaml::Node, service: &mut Service, reader: &mut Reader<'_, '_>) {
    let made = source(defined, reader);
    let name = &grant.source.value;
    if made.file.is_none() && made.variable.is_none() && made.external.is_none() {
        let help = "give it a `file` or an `environment` variable, or say that it is `external`";
        reader.sink().push(bad_value(name, "a secret with something in it", grant.source.span).help(help));
        return;
    }
    let (path, key, first) = reader.secrets.place(&format!("secret {name}"), &service.name, name);
    if first {
        let message = format!("the secret `{name}` is `{key}` of `{path}` in Nomad");
        let place = made.external.unwrap_or(grant.source.span);
        let help = match (&made.file, &made.variable) {
            (Some(file), _) => {
                format!("put what is in `{}` there before you deploy, as docs/deploying.md says", shown(file))
            }
            (None, Some(variable)) => {
                format!("put what `{}` holds there before you deploy, as docs/deploying.md says", shown(variable))
            }
            _ => "put its value there before you deploy, as docs/deploying.md says".to_owned(),
        };
        reader.sink().push(to_complete(message, place, help));
    }
    let target = absolute(grant.target.as_deref().unwrap_or(name), "/run/secrets/");
    service.secret_files.push(super::model::SecretFile { target, path, key, mode: grant.mode.clone() });
}

fn absolute(target: &str, folder: &str) -> String {
    if target.starts_with('/') { target.to_owned() } else { format!("{folder}{target}") }
}

/// Writes the files of secrets that no variable stands for.
pub(super) fn finish(service: &mut Service) {
    for file in std::mem::take(&mut service.secret_files) {
        let place = format!("nomad:{}#{}", file.path, file.key);
        let read = service.env.iter().any(|variable| variable.tag.is_none() && variable.value.contains(&file.target));
        let known = service.env.iter().any(|variable| variable.tag == Some("secret") && variable.value.value == place);
        if known && !read {
            continue;
        }
        let name = format!("{}.tpl", file.key);
        let text = format!("{{{{ with nomadVar \"{}\" }}}}{{{{ .{} }}}}{{{{ end }}}}\n", file.path, file.key);
        let mut node = Node::new("template").arg(name.as_str()).prop("to", scalar(&file.target));
        if let Some(mode) = file.mode {
            node = node.prop("mode", mode);
        }
        service.storage.push(node);
        service.held.push((file.path, file.key));
        service.files.push((name, text));
    }
}
