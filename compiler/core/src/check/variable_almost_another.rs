//! `variable-almost-another`: a variable that is almost the one which an image reads, or which a file is to have filled in.

use super::brought_in;
use crate::analyze::{Analysis, Place, ServiceFacts, Text, program};
use crate::diagnostic::{Diagnostic, Sink, code, is_slip};
use crate::model::Task;
use crate::nomad::form::Block;
use crate::source::Span;

code!(
    Warning,
    "variable-almost-another",
    "variable_almost_another.md",
    "a variable that is almost another one, which is meant to be read"
);

/// Reports variables of tasks that are one slip away from one that their image knows, and names in files that are one slip
/// away from a variable of the task.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let mut found: Vec<Diagnostic> = Vec::new();
    let dollar = |text: &Text<'_>| text.place == Place::File && text.text.contains('$');
    let knows = |task: &Task| task.image.as_ref().and_then(|it| program(it)).is_some_and(|it| !it.reads.is_empty());
    if !of.texts().iter().any(dollar) && !of.groups.iter().flat_map(|facts| &facts.group.tasks).any(knows) {
        return;
    }
    let given = given(of);
    for facts in of.groups {
        for (task, block) in facts.group.tasks.iter().zip(facts.block.body.blocks("task")) {
            let known = task.image.as_ref().and_then(|image| program(image)).map_or(&[][..], |known| &known.reads);
            let own = |(name, span): &(&str, Span)| task_has(block, name).then_some(*span);
            for it in given.iter().filter(|_| !known.is_empty()) {
                let name = it.0;
                let near = known.iter().find(|other| is_slip(name, other));
                let near = near.filter(|_| known.iter().all(|other| other != name));
                let (Some(near), Some(span)) = (near, own(it)) else { continue };
                let message = format!("`{}` is given `{name}`, which its image doesn't read", of.service.name.value);
                let diagnostic = Diagnostic::new(&CODE, message, span, "has no effect");
                found.push(diagnostic.help(format!("did you mean `{near}`?")).fix(span, near));
            }
        }
    }
    found.extend(in_files(of, &given));
    for diagnostic in found {
        let place = diagnostic.primary.span;
        sink.push(match brought_in(analysis.lab, of.service, place) {
            Some(brought) => diagnostic.also(brought, "brought in here"),
            None => diagnostic,
        });
    }
}

/// Whether a script has a variable of its own: `NAME=…`, `for NAME in …`, `read NAME`.
fn is_set(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let (before, behind) = (&text[..at], &text[at + name.len()..]);
        let starts = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || "_${".contains(c));
        starts
            && (behind.starts_with('=')
                || behind.starts_with(" in ")
                || before.ends_with("read ")
                || before.ends_with("read -r "))
    })
}

/// The variables of a service's tasks, with where they are written.
pub(super) fn given<'l>(of: &ServiceFacts<'_, 'l>) -> Vec<(&'l str, Span)> {
    let service = of.service;
    let env = service.tasks().flat_map(|task| task.body.blocks("env")).flat_map(|env| &env.body.attributes);
    let plain = env.map(|it| (&*it.name, it.name_span));
    let references = service.references.iter().map(|it| (it.variable.as_str(), it.variable.span));
    let secrets = service.secrets.iter().map(|it| (it.variable.as_str(), it.variable.span));
    plain.chain(references).chain(secrets).collect()
}

/// Whether a variable is one of this task: as it is, or in the template that is rendered for it.
fn task_has(task: &Block, name: &str) -> bool {
    task.body.blocks("env").any(|env| env.body.attribute(name).is_some())
        || task.body.blocks("template").filter_map(|it| it.body.str("data")).any(|it| it.value.contains(name))
}

/// `${NAME}` and `$NAME` of files, where a variable has almost this name and none has it.
fn in_files(of: &ServiceFacts<'_, '_>, given: &[(&str, Span)]) -> Option<Diagnostic> {
    let files = of.texts().iter().filter(|text| text.place == Place::File && !given.is_empty());
    for text in files {
        for (dollar, _) in text.text.match_indices('$') {
            let rest = text.text[dollar + 1..].trim_start_matches('{');
            let end = rest.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_');
            let name = &rest[..end.unwrap_or(rest.len())];
            if name.len() < 5 || name.starts_with("NOMAD_") || given.iter().any(|(known, _)| *known == name) {
                continue;
            }
            let Some((near, place)) = given.iter().find(|(known, _)| is_slip(name, known)) else { continue };
            if is_set(text.text, name) {
                continue;
            }
            let at = text.text.len() - rest.len();
            let line = text.text[..at].matches('\n').count() + 1;
            let message = format!(
                "a file of `{}` reads `{name}` in line {line}, which its task isn't given",
                of.service.name.value
            );
            let diagnostic = Diagnostic::new(&CODE, message, text.span.part(text.text, at, name.len()), "empty");
            let diagnostic = diagnostic.also(*place, "almost the same name");
            return Some(diagnostic.help(format!("did you mean `{near}`?")));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_set;

    #[test]
    fn a_script_has_variables_of_its_own() {
        for text in ["DB_HOSTS=a", "x; export DB_HOSTS=a", "for DB_HOSTS in a b", "read -r DB_HOSTS"] {
            assert!(is_set(text, "DB_HOSTS"), "{text}");
        }
        for text in ["echo $DB_HOSTS", "url=${DB_HOSTS}=x", "OLD_DB_HOSTS=a", "# DB_HOSTS"] {
            assert!(!is_set(text, "DB_HOSTS"), "{text}");
        }
    }
}
