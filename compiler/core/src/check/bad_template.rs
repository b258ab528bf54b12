//! `bad-template`: a template that Nomad can't read, or whose variables it can't.

use super::brought_in;
use crate::analyze::{Analysis, Asked, ServiceFacts, Template, literal, template, templates};
use crate::diagnostic::{Diagnostic, Severity, Sink, code, nearest};
use crate::model::{Lab, SecretStore, Service};
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::source::{Span, Spanned};

code!(Error, "bad-template", "bad_template.md", "a template that can't be rendered");

/// A template of a task, with its text taken apart.
struct Read<'l> {
    service: &'l Service,
    text: Spanned<&'l str>,
    delimiters: (&'l str, &'l str),
    template: Template<'l>,
    /// It is a file beside the manifest, mounted by a word of its own.
    mounted: bool,
}

/// Reports each template that can't be read, and what such a template asks for in vain.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let lab = analysis.lab;
    let variables = lab.stores.iter().find(|store| store.name.value == "nomad" && !store.holds.is_empty());
    let service = of.service;
    let job = &service.job.body;
    for group in job.blocks("group") {
        for task in group.body.blocks("task") {
            let vault = || [job, &group.body, &task.body].iter().any(|body| body.block("vault").is_some());
            for block in templates(task) {
                let Some(read) = read(service, block) else { continue };
                let broken = || no_variable(&read, &block.body).or_else(|| no_field(&read));
                if let Some(diagnostic) = unreadable(&read).or_else(broken) {
                    sink.push(with_origin(lab, &read, diagnostic));
                    continue;
                }
                if let Some(diagnostic) = not_handed_on(&read, task, &block.body).or_else(|| unversioned(lab, &read)) {
                    sink.push(with_origin(lab, &read, diagnostic));
                }
                let asked = read.template.asked.iter();
                let secret = asked.clone().find(|asked| asked.function == "secret" && !vault());
                if let Some(diagnostic) = secret.map(|asked| without_vault(&read, *asked)) {
                    sink.push(with_origin(lab, &read, diagnostic));
                }
                let paths = asked.filter(|asked| matches!(asked.function, "nomadVar"));
                let unheld = variables.and_then(|store| paths.into_iter().find_map(|it| not_held(&read, *it, store)));
                if let Some(diagnostic) = unheld {
                    sink.push(with_origin(lab, &read, diagnostic));
                }
            }
        }
    }
}

fn read<'l>(service: &'l Service, block: &'l Block) -> Option<Read<'l>> {
    let text = block.body.str("data")?;
    let delimiter = |name: &str| block.body.str(name).map_or("", |text| text.value);
    let delimiters = (delimiter("left_delimiter"), delimiter("right_delimiter"));
    let template = template(text.value, delimiters.0, delimiters.1);
    let mounted = block.body.str("destination").is_some_and(|it| it.value.starts_with("local/files/"));
    Some(Read { service, text, delimiters, template, mounted })
}

fn with_origin(lab: &Lab, read: &Read<'_>, diagnostic: Diagnostic) -> Diagnostic {
    match brought_in(lab, read.service, read.text.span) {
        Some(place) => diagnostic.also(place, "brought in here"),
        None => diagnostic,
    }
}

impl Read<'_> {
    fn part(&self, at: usize, len: usize) -> Span {
        self.text.span.part(self.text.value, at, len)
    }

    fn line(&self, at: usize) -> usize {
        self.text.value[..at].matches('\n').count() + 1
    }
}

fn unreadable(read: &Read<'_>) -> Option<Diagnostic> {
    let broken = read.template.broken.as_ref()?;
    let name = &read.service.name.value;
    let several = read.text.value.trim_end().contains('\n');
    let line = if several { format!(" in line {}", read.line(broken.at)) } else { String::new() };
    let message = format!("a template of `{name}` can't be read: {}{line}", broken.what);
    Some(Diagnostic::new(&CODE, message, read.part(broken.at, broken.len), "here").help(match (broken.foreign, read.mounted) {
        (false, _) => broken.help.clone(),
        (true, true) => format!("{}; where it is another program's, mount it with `file` in place of `template`", broken.help),
        (true, false) => format!(
            "{}; where it is another program's, set `left_delimiter` and `right_delimiter` to what the text doesn't have, such as `[[` and `]]`",
            broken.help
        ),
    }))
}

/// A line of a file of variables that is none: it has no `=`.
fn no_variable(read: &Read<'_>, block: &Body) -> Option<Diagnostic> {
    block.bool("env").filter(|env| env.value)?;
    let is_bad = |line: &&str| {
        let line = line.trim();
        !line.is_empty() && !line.starts_with('#') && !line.contains(['=', '\0'])
    };
    let literal = literal(read.text.value, read.delimiters.0, read.delimiters.1);
    let bad = literal.lines().find(is_bad)?.trim();
    let at = read.text.value.find(bad)?;
    let name = &read.service.name.value;
    let message = format!("`{}` of `{name}` is no variable: it has no `=`", bad.escape_debug());
    let help = match bad.split_once(':') {
        Some((name, value)) => format!("write `{}={}`", name.trim(), value.trim()),
        None => "write `NAME=value`, or leave `env` out where this is another file".to_owned(),
    };
    Some(Diagnostic::new(&CODE, message, read.part(at, bad.len()), "in a template with `env`").help(help))
}

/// What consul-template knows of an instance that `service` and `nomadService` find.
const OF_SERVICE: [&str; 18] = [
    "Address",
    "Checks",
    "ID",
    "Name",
    "Node",
    "NodeAddress",
    "NodeDatacenter",
    "NodeID",
    "NodeMeta",
    "NodeTaggedAddresses",
    "Port",
    "ServiceMeta",
    "ServiceTaggedAddresses",
    "Status",
    "Tags",
    "Weights",
    "Partition",
    "Namespace",
];
const OF_NOMAD_SERVICE: [&str; 9] = ["Address", "AllocID", "Datacenter", "ID", "JobID", "Name", "Node", "Port", "Tags"];

/// A field that an instance of a service doesn't have, and that is almost one of its own.
fn no_field(read: &Read<'_>) -> Option<Diagnostic> {
    read.template.fields.iter().find_map(|field| {
        let asked = read.template.asked.iter().find(|asked| asked.at == field.of)?;
        let known = match asked.function {
            "service" => OF_SERVICE.as_slice(),
            "nomadService" => OF_NOMAD_SERVICE.as_slice(),
            _ => return None,
        };
        let near = nearest(field.name, known.iter().copied()).filter(|_| !known.contains(&field.name))?;
        let name = &read.service.name.value;
        let message =
            format!("a template of `{name}` reads `.{}`, which `{}` doesn't give", field.name, asked.function);
        let diagnostic = Diagnostic::new(&CODE, message, read.part(field.at, field.name.len()), "no such field");
        Some(diagnostic.help(format!("did you mean `.{near}`?")))
    })
}

/// A file of variables that nothing reads: it isn't put into the environment.
fn not_handed_on(read: &Read<'_>, task: &Block, block: &Body) -> Option<Diagnostic> {
    let target = block.str("destination").filter(|_| block.attribute("env").is_none())?;
    let file = target.value.rsplit('/').next().filter(|file| *file == "env" || file.ends_with(".env"))?;
    let literal = literal(read.text.value, read.delimiters.0, read.delimiters.1);
    let mut lines = literal.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '\0']));
    let first = lines.clone().next()?;
    let variable = |line: &str| {
        line.split_once('=')
            .is_some_and(|(name, _)| name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'))
    };
    if first.starts_with('=') || !lines.all(variable) || task.body.blocks("config").any(|it| mentions(&it.body, file)) {
        return None;
    }
    let name = &read.service.name.value;
    let message = format!("`{name}` has variables in `{}`, which nothing reads", target.value.escape_debug());
    let mut diagnostic = Diagnostic::new(&CODE, message, target.span, "not put into the environment");
    diagnostic.severity = Severity::Warning;
    Some(diagnostic.help("add `env = true` to the template, or tell the program of the file"))
}

/// Whether a text in a body, or in a block of it, has this in it.
fn mentions(body: &Body, wanted: &str) -> bool {
    fn holds(value: &Value, wanted: &str) -> bool {
        match &value.kind {
            ValueKind::Str(text) => text.contains(wanted) || text.contains("local/") || text.contains("secrets/"),
            ValueKind::List(list) => list.iter().any(|value| holds(value, wanted)),
            ValueKind::Map(map) => map.iter().any(|(_, value)| holds(value, wanted)),
            _ => false,
        }
    }
    body.attributes.iter().any(|it| holds(&it.value, wanted)) || body.blocks.iter().any(|it| mentions(&it.body, wanted))
}

fn without_vault(read: &Read<'_>, asked: Asked<'_>) -> Diagnostic {
    let (name, path) = (&read.service.name.value, asked.name.escape_debug());
    let message = format!("`{name}` asks Vault for `{path}`, and its task has no `vault`");
    let mut diagnostic = Diagnostic::new(&CODE, message, read.part(asked.at, asked.name.len()), "read without a token");
    diagnostic.severity = Severity::Warning;
    diagnostic.help(if read.mounted {
        "add `nomad-task { vault }` beside it: without that Nomad gets no token for the task"
    } else {
        "add a block `vault {}` to the task: without it Nomad gets no token for it"
    })
}

/// A path of the lab's key-value engine without its `data`, which Vault's own commands leave out and its interface wants.
fn unversioned(lab: &Lab, read: &Read<'_>) -> Option<Diagnostic> {
    let store = lab.stores.iter().find(|store| store.name.value == "vault")?;
    let inside = |asked: &&Asked<'_>| {
        let rest = asked.name.strip_prefix(&store.mount).and_then(|rest| rest.strip_prefix('/'));
        asked.function == "secret"
            && rest.is_some_and(|rest| !rest.starts_with("data/") && !rest.starts_with("metadata/"))
    };
    let asked = read.template.asked.iter().find(inside)?;
    let rest = &asked.name[store.mount.len() + 1..];
    let (name, path) = (&read.service.name.value, asked.name.escape_debug());
    let message = format!("`{name}` asks Vault for `{path}`, where its key-value engine has nothing");
    let mut diagnostic = Diagnostic::new(&CODE, message, read.part(asked.at, asked.name.len()), "lacks `data`");
    diagnostic.severity = Severity::Warning;
    Some(diagnostic.help(format!("write `{}/data/{rest}`, and read `.Data.data.KEY` of it", store.mount)))
}

/// A path of Nomad's variables that the lab's store isn't said to hold.
fn not_held(read: &Read<'_>, asked: Asked<'_>, store: &SecretStore) -> Option<Diagnostic> {
    let path = asked.name.split('@').next().unwrap_or(asked.name);
    let composed = path.is_empty() || path.contains(['$', '{', '%', '\\']);
    if let Some((held, keys)) = store.at(path) {
        return no_key(read, asked, (held, keys));
    }
    if composed {
        return None;
    }
    let name = &read.service.name.value;
    let message =
        format!("`{name}` waits for variable `{}`, which store `nomad` isn't said to hold", path.escape_debug());
    let mut diagnostic = Diagnostic::new(&CODE, message, read.part(asked.at, path.len()), "not declared");
    diagnostic.severity = Severity::Warning;
    let held = store.holds.iter().map(|(held, _)| held.as_str());
    Some(diagnostic.also(store.name.span, "what it holds is declared here").help(match nearest(path, held) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add `holds \"{path}\" {{ keys \"…\" }}` there, with the keys that it has"),
    }))
}

/// A key that a variable isn't said to have.
fn no_key(
    read: &Read<'_>,
    asked: Asked<'_>,
    (held, keys): (&Spanned<String>, &[Spanned<String>]),
) -> Option<Diagnostic> {
    let fields = read.template.fields.iter().filter(|field| field.of == asked.at);
    let field = fields.into_iter().find(|field| !keys.iter().any(|key| key.value == field.name))?;
    let (name, path) = (&read.service.name.value, held.value.escape_debug());
    let message = format!("`{name}` reads `{}` of `{path}`, which isn't said to have it", field.name);
    let mut diagnostic = Diagnostic::new(&CODE, message, read.part(field.at, field.name.len()), "no such key");
    diagnostic.severity = Severity::Warning;
    let known = keys.iter().map(|key| key.value.as_str());
    Some(diagnostic.also(held.span, "its keys are declared here").help(match nearest(field.name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("add `\"{}\"` to its `keys`", field.name),
    }))
}
