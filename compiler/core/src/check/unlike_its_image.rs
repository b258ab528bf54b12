//! `unlike-its-image`: a task whose ports or variables aren't those that its image is known to need.

use super::brought_in;
use super::secret_shape::Kept;
use super::variable_almost_another::given;
use crate::analyze::{Analysis, GroupFacts, Program, ServiceFacts, program};
use crate::diagnostic::{Diagnostic, Severity, Sink, code, is_slip};
use crate::model::{Lab, Port, Task};
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::source::{Span, Spanned};

code!(Warning, "unlike-its-image", "unlike_its_image.md", "a task isn't told what its image needs, or at another port");

/// Variables and options that tell a program where to listen, whatever it is.
const PORTS: [&str; 7] =
    ["PORT", "HTTP_PORT", "LISTEN_PORT", "SERVER_PORT", "WEBUI_PORT", "ROCKET_PORT", "GF_SERVER_HTTP_PORT"];
const LISTEN: [&str; 8] =
    ["port", "http-port", "http.port", "listen", "listen-address", "web.listen-address", "bind-port", "server.port"];

/// Reports tasks that run a known image at none of its ports, or without any of the variables that it wants.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    for facts in of.groups {
        for (task, block) in facts.group.tasks.iter().zip(facts.block.body.blocks("task")) {
            let known = task.image.as_ref().filter(|_| task.driver.value == "docker").and_then(|it| program(it));
            let elsewhere =
                Some(task).filter(|_| task.driver.value == "docker").and_then(|_| told_elsewhere(facts, of, block));
            if let Some(diagnostic) = elsewhere {
                sink.push(diagnostic);
                continue;
            }
            let Some(known) = known.filter(|_| runs_its_program(&block.body)) else { continue };
            let found = [wants(analysis.lab, of, task, block, known), listens(facts, of, task, block, known)];
            for diagnostic in found.into_iter().flatten() {
                let place = diagnostic.primary.span;
                sink.push(match brought_in(analysis.lab, of.service, place) {
                    Some(brought) => diagnostic.also(brought, "brought in here"),
                    None => diagnostic,
                });
            }
        }
    }
}

/// Whether a task is a container that runs what its image runs.
fn runs_its_program(task: &Body) -> bool {
    let config = task.block("config").map(|config| &config.body);
    let other = |config: &Body| ["command", "entrypoint", "load"].iter().any(|word| config.attribute(word).is_some());
    task.block("lifecycle").is_none_or(|it| it.body.bool("sidecar").is_some_and(|sidecar| sidecar.value))
        && config.is_some_and(|config| !other(config))
}

/// A database that nobody gave a password.
fn wants(lab: &Lab, of: &ServiceFacts<'_, '_>, task: &Task, block: &Block, known: &Program) -> Option<Diagnostic> {
    let image = task.image.as_ref()?;
    let first = known.wants.first()?;
    let has = |name: &String| {
        let told = block.body.blocks("env").any(|env| env.body.attribute(name).is_some());
        told || templates(&block.body).any(|text| text.contains(name.as_str()))
    };
    // A file that isn't read here may hold any.
    let unread = block.body.blocks("template").any(|it| it.body.attribute("source").is_some());
    // One that is a letter off has its own message.
    let slip = || given(of).iter().any(|(name, _)| known.wants.iter().any(|wanted| is_slip(name, wanted)));
    if unread || known.wants.iter().any(has) || slip() {
        return None;
    }
    let name = &of.service.name.value;
    let message = format!("`{name}` runs `{}` without `{first}`", image.escape_debug());
    let mut diagnostic = Diagnostic::new(&CODE, message, image.span, "ends at its first start without it");
    // Whoever brings a folder with data needs none.
    diagnostic.severity = Severity::Advice;
    let kept = Kept::of(lab, name, "password");
    Some(diagnostic.help(if of.service.manifest.ends_with(".kdl") {
        format!("give it one: `{first} {}` in its `env`, with `{}` in `lab.kdl`", kept.reference(), kept.declaration())
    } else {
        let (action, token) = (kept.action(), kept.token());
        format!("give it one: let a `template` with `env = true` have the line `{first}={action}`{token}")
    }))
}

/// A port that nothing in the container listens on.
fn listens(
    facts: &GroupFacts<'_>,
    of: &ServiceFacts<'_, '_>,
    task: &Task,
    block: &Block,
    known: &Program,
) -> Option<Diagnostic> {
    let listens = known.listens.first()?;
    let config = &block.body.block("config")?.body;
    let mode = facts.group.network_mode.as_ref().map_or("", |mode| mode.value.as_str());
    let alone = mode == "bridge" && facts.group.tasks.len() == 1;
    let published = |port: &&Port| alone || config.strings("ports").any(|label| label.value == port.label.value);
    let ports: Vec<&Port> = facts.group.ports.iter().filter(published).collect();
    let inside = |port: &Port| port.to.or(port.fixed.as_ref().map(|fixed| fixed.value));
    let first = ports.first()?;
    let right = ports.iter().any(|port| inside(port).is_some_and(|number| known.listens.contains(&number)));
    if mode == "host" || right || config.attribute("network_mode").is_some() {
        return None;
    }
    // It may be told to listen elsewhere.
    let numbers: Vec<String> = ports.iter().filter_map(|port| Some(inside(port)?.to_string())).collect();
    let told = |text: &str| {
        text.contains("NOMAD_") && text.contains("PORT") || numbers.iter().any(|number| text.contains(&**number))
    };
    let texts = block.body.blocks("env").flat_map(|env| &env.body.attributes).map(|it| &it.value);
    let mut texts = texts.chain(config.attribute("args").map(|it| &it.value)).flat_map(texts_of);
    if texts.any(told) || templates(&block.body).any(told) {
        return None;
    }
    let image = task.image.as_ref()?;
    let (name, label) = (&of.service.name.value, &first.label.value);
    let at = match inside(first) {
        Some(number) => format!("leads to {number} in the container"),
        None => "leads to whatever number Nomad picks".to_owned(),
    };
    let message = format!("port `{label}` of `{name}` {at}, and `{}` listens on {listens}", image.escape_debug());
    let diagnostic = Diagnostic::new(&CODE, message, first.label.span, "nothing listens there");
    let to = if of.service.manifest.ends_with(".kdl") { format!("to={listens}") } else { format!("to = {listens}") };
    Some(
        diagnostic
            .also(image.span, "this image")
            .help(format!("write `{to}` in the port, or tell the program to listen elsewhere")),
    )
}

/// A program that is told to listen at another port than the one that leads to it.
fn told_elsewhere(facts: &GroupFacts<'_>, of: &ServiceFacts<'_, '_>, block: &Block) -> Option<Diagnostic> {
    let ([port], [_]) = (facts.group.ports.as_slice(), facts.group.tasks.as_slice()) else { return None };
    let number = port.to?;
    let alone = facts.group.network_mode.as_ref().is_none_or(|mode| mode.value == "bridge");
    let config = block.body.block("config").filter(|it| alone && it.body.attribute("network_mode").is_none())?;
    let env = block.body.blocks("env").flat_map(|env| &env.body.attributes);
    let told = env.filter(|it| PORTS.contains(&&*it.name)).filter_map(|it| {
        let text = it.value.kind.to_text()?;
        Some((format!("`{}`", it.name), text.parse::<u16>().ok()?, it.value.span))
    });
    let args: Vec<Spanned<&str>> = config.body.strings("args").collect();
    let options = args.iter().enumerate().filter_map(|(at, option)| {
        let (name, value) = match option.value.split_once('=') {
            Some((name, value)) => (name, Spanned::new(value, option.span)),
            None => (option.value, *args.get(at + 1)?),
        };
        let listens = LISTEN.contains(&name.strip_prefix("--")?);
        let value = value.map(|value| value.rsplit(':').next().unwrap_or(value));
        let number = value.value.parse::<u16>().ok().filter(|_| listens)?;
        Some((format!("`{name}`"), number, value.span))
    });
    let told: Vec<(String, u16, Span)> = told.chain(options).collect();
    let (what, other, place) = told.first().filter(|_| told.iter().all(|(_, told, _)| *told != number))?;
    let (name, label) = (&of.service.name.value, &port.label.value);
    let message = format!("`{name}` is told {other} in {what}, and port `{label}` leads to {number} in the container");
    let diagnostic = Diagnostic::new(&CODE, message, *place, "listens there");
    let diagnostic = diagnostic.also(port.label.span, format!("leads to {number}"));
    Some(diagnostic.help(format!("write {number} there, or {other} as the port's `to`")))
}

/// What templates of a task say.
fn templates(task: &Body) -> impl Iterator<Item = &str> {
    task.blocks("template").filter_map(|template| template.body.str("data").map(|text| text.value))
}

/// The texts of a value.
fn texts_of(value: &Value) -> impl Iterator<Item = &str> {
    value.elements().iter().filter_map(|value| match &value.kind {
        ValueKind::Str(text) => Some(text.as_str()),
        _ => None,
    })
}
