//! Annotated texts in `env`, turned into one template per task that Nomad renders into its environment.

use super::job::Found;
use super::{Context, reference, secret, vault};
use crate::diagnostic::Sink;
use crate::model::Discovery;
use crate::nomad::form::{Attribute, Block, Body, Tag, Value, ValueKind};
use crate::resolve::codes::bad_value::bad_value;
use crate::source::{Span, Spanned};

/// Where the rendered environment lies: in memory, readable by the task only.
pub const ENVIRONMENT: &str = "${NOMAD_SECRETS_DIR}/hlmc.env";

/// Longest name of a variable; and longest line of a rendered environment, past which Nomad doesn't read on.
const LONGEST_KEY: usize = 255;
const LONGEST_LINE: usize = 60_000;

/// Replaces the annotated texts of every task's `env`.
pub(super) fn resolve(job: &mut Block, context: Context<'_>, found: &mut Found, sink: &mut Sink) {
    let of_job = job.body.block("vault").cloned();
    for group in job.body.blocks.iter_mut().filter(|block| block.name == "group") {
        let vault = group.body.block("vault").cloned().or_else(|| of_job.clone());
        for task in group.body.blocks.iter_mut().filter(|block| block.name == "task") {
            resolve_task(&mut task.body, vault.as_ref(), context, found, sink);
        }
    }
}

/// Replaces the annotated texts of one task's `env`; `inherited` is what its group or job says of Vault.
pub(super) fn resolve_task(
    task: &mut Body,
    inherited: Option<&Block>,
    context: Context<'_>,
    found: &mut Found,
    sink: &mut Sink,
) {
    let Some(at) = task.blocks.iter().position(|block| block.name == "env") else { return };
    let span = task.blocks[at].span;
    let is_tagged = |it: &mut Attribute| matches!(&it.value.kind, ValueKind::Tagged(tag, _) if tag.value != Tag::File);
    let attributes = &mut task.blocks[at].body.attributes;
    let tagged: Vec<Attribute> = attributes.extract_if(.., is_tagged).collect();
    if tagged.is_empty() {
        return;
    }
    if attributes.is_empty() {
        task.blocks.remove(at);
    }
    // Where a text isn't plain, what is wrong with the whole is most likely wrong with that.
    let odd = |attribute: &&Attribute| matches!(&attribute.value.kind, ValueKind::Tagged(_, text) if !text.is_ascii());
    let span = tagged.iter().find(odd).or(tagged.first()).map_or(span, |attribute| attribute.value.span);
    // A line has about so many bytes.
    let mut lines = String::with_capacity(tagged.len() * 120);
    let (secrets, references) = (found.secrets.len(), found.references.len());
    for attribute in &tagged {
        line(attribute, context, found, &mut lines, sink);
    }
    if lines.is_empty() {
        return;
    }
    let vault = found.secrets[secrets..].iter().any(|secret| secret.store == "vault");
    let consul = context.lab.discovery == Discovery::Consul && context.lab.acl && found.references.len() > references;
    // The identity that a store or Consul knows the task by.
    if consul {
        task.block_mut("consul", span);
    }
    if vault {
        vault::identify(task, inherited, &found.role, span);
    }
    lines.shrink_to_fit();
    task.blocks.push(template(lines, span));
}

/// Adds the line of one annotated text.
fn line(attribute: &Attribute, context: Context<'_>, found: &mut Found, lines: &mut String, sink: &mut Sink) {
    let ValueKind::Tagged(tag, text) = &attribute.value.kind else { return };
    let key = &*attribute.name;
    let fits = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && key.bytes().next().is_some_and(|b| !b.is_ascii_digit())
        && key.len() <= LONGEST_KEY;
    if !fits {
        let expected =
            "a name of up to 255 letters, digits and `_` that doesn't start with a digit, as the environment wants it";
        let digit = key.bytes().next().is_some_and(|b| b.is_ascii_digit());
        let plain = key.chars().take(60).map(|c| if c.is_ascii_alphanumeric() { c } else { '_' });
        let mended: String = if digit { "_" } else { "" }.chars().chain(plain).collect();
        let diagnostic = bad_value(key, expected, attribute.name_span).help(format!("call it `{mended}`"));
        sink.push(diagnostic.fix(attribute.name_span, mended));
        return;
    }
    let span = attribute.value.span;
    if text.len() > LONGEST_LINE {
        sink.push(bad_value("the text", "short enough for Nomad to read it", span).help("write at most 60000 bytes"));
        return;
    }
    if tag.value == Tag::Secret {
        found.secrets.extend(secret::line(Spanned::new(key, attribute.name_span), text, span, context, lines, sink));
    } else {
        found.references.extend(reference::line(
            Spanned::new(key, attribute.name_span),
            (tag.value, text),
            span,
            context,
            lines,
            sink,
        ));
    }
}

/// A key that the store lacks is an error of the task rather than an empty value.
fn template(lines: String, span: Span) -> Block {
    let mut template = Block::with_room("template", 4, span);
    template.body.set("destination", Value::str(ENVIRONMENT, span));
    template.body.set("env", Value::bool(true, span));
    template.body.set("error_on_missing_key", Value::bool(true, span));
    template.body.set("data", Value::str(lines, span));
    template
}
