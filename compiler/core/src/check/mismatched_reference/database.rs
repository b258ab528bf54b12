//! What a service says of the database that it uses, beside what that is made with.

use super::CODE;
use super::variable::{Program, Role, role};
use crate::analyze::program;
use crate::diagnostic::{Diagnostic, Sink, nearest};
use crate::model::{Reference, SecretReference, Service};
use crate::nomad::form::{Block, Body, ValueKind};
use crate::source::Spanned;

/// The names of the variables that images make a database with, and those that programs are told the same in.
const KINDS: [(&str, &[&str], &[&str]); 2] = [
    (
        "database",
        &["POSTGRES_DB", "MARIADB_DATABASE", "MYSQL_DATABASE"],
        &["DATABASE", "DB", "NAME", "DATABASE_NAME", "DB_NAME", "DBNAME"],
    ),
    ("user", &["POSTGRES_USER", "MARIADB_USER", "MYSQL_USER"], &["USER", "USERNAME"]),
];

/// The databases that a service runs, each with the image that says so.
pub(super) fn programs(service: &Service) -> Vec<(Program, &Spanned<String>)> {
    let tasks = service.groups.iter().flat_map(|group| &group.tasks);
    let images = tasks.filter_map(|task| task.image.as_ref());
    images.filter_map(|image| Some((Program::at(*program(image)?.listens.first()?)?, image))).collect()
}

/// Reports names and passwords that almost are those that the database has.
pub(super) fn check(service: &Service, reference: &Reference, other: &Service, sink: &mut Sink) {
    let about = role(&reference.variable).filter(|(_, role)| *role == Role::Host && !programs(other).is_empty());
    let Some((prefix, _)) = about.filter(|_| !has_scripts(other)) else { return };
    for (what, made, told) in KINDS {
        let made: Vec<Spanned<&str>> = other.tasks().flat_map(env).filter_map(|env| first(env, made)).collect();
        let ours = service.tasks().flat_map(env).flat_map(|env| &env.attributes).filter(|it| {
            let name = it.name.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
            name.is_some_and(|name| told.contains(&name))
        });
        for ours in ours {
            let ValueKind::Str(value) = &ours.value.kind else { continue };
            let known = made.iter().map(|it| it.value);
            let near = nearest(value, known.clone()).filter(|_| known.clone().all(|it| it != value.as_str()));
            let Some(near) = near.and_then(|near| made.iter().find(|it| it.value == near)) else { continue };
            let message = format!(
                "`{}` is told {what} `{}` in `{}`, and `{}` is made with `{}`",
                service.name.value,
                value.escape_debug(),
                ours.name,
                other.name.value,
                near.value
            );
            let diagnostic = Diagnostic::new(&CODE, message, ours.value.span, "there is none of this name");
            let diagnostic = diagnostic.also(near.span, format!("this {what} is made"));
            sink.push(diagnostic.help(format!("did you mean `{}`?", near.value)));
        }
    }
    password(service, prefix, other, sink);
}

/// The password of another key of the same path.
fn password(service: &Service, prefix: &str, other: &Service, sink: &mut Sink) {
    let is = |name: &str| (name.ends_with("PASSWORD") || name.ends_with("PASS")) && !name.contains("ROOT");
    let made: Vec<&SecretReference> = other.secrets.iter().filter(|it| is(&it.variable)).collect();
    for ours in &service.secrets {
        let own = ours.variable.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_'));
        let same = |it: &&&SecretReference| it.store == ours.store && it.path == ours.path;
        if !own.is_some_and(|name| matches!(name, "PASSWORD" | "PASS"))
            || made.iter().any(|it| same(&it) && it.key == ours.key)
        {
            continue;
        }
        // Another path may hold the same value.
        let Some(theirs) = made.iter().find(same) else { continue };
        let message = format!(
            "`{}` of `{}` is `{}`, and `{}` is made with `{}` of the same path",
            ours.variable.value, service.name.value, ours.key, other.name.value, theirs.key
        );
        let diagnostic = Diagnostic::new(&CODE, message, ours.span, "another password");
        let diagnostic = diagnostic.also(theirs.span, "than the database's");
        sink.push(diagnostic.help("name the same key in both"));
    }
}

fn env(task: &Block) -> impl Iterator<Item = &Body> {
    task.body.blocks("env").map(|env| &env.body)
}

fn first<'b>(env: &'b Body, names: &[&str]) -> Option<Spanned<&'b str>> {
    names.iter().find_map(|name| env.str(name))
}

/// Whether the image is handed scripts that may make more than its variables say.
fn has_scripts(service: &Service) -> bool {
    let holds = |text: &str| text.contains("initdb.d");
    service.tasks().any(|task| {
        let mounts = task.body.blocks("volume_mount").filter_map(|it| it.body.str("destination"));
        let config = task.body.block("config").map(|config| &config.body);
        let binds = config.into_iter().flat_map(|it| it.blocks("mount")).filter_map(|it| it.body.str("target"));
        mounts.chain(binds).any(|it| holds(it.value))
            || config.is_some_and(|it| it.strings("volumes").any(|it| holds(it.value)))
    })
}
