//! `words-in-one`: several words in one argument, which no shell takes apart.

use super::brought_in;
use crate::analyze::{Analysis, ServiceFacts};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::nomad::form::{Block, Body};
use crate::source::Spanned;

code!(Warning, "words-in-one", "words_in_one.md", "several words in one argument");

/// Reports, once for each task, a program with arguments in its name, and an option with its value in one argument.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let service = of.service;
    for group in service.job.body.blocks("group") {
        for config in group.body.blocks("task").filter_map(|task: &Block| task.body.block("config")) {
            let Some((word, what)) = program(&config.body).or_else(|| option(&config.body)) else { continue };
            let (name, text) = (&service.name.value, word.escape_debug());
            let message = format!("`{text}` of `{name}` is one word, and {what}");
            let quoted: Vec<String> = word.split_ascii_whitespace().map(|part| format!("\"{part}\"")).collect();
            let manifest = service.manifest.ends_with(".kdl") && word.span.file == service.name.span.file;
            let parts = quoted.join(if manifest { " " } else { ", " });
            let is_option = word.starts_with('-');
            let help = match quoted.split_first() {
                Some((first, rest)) if !is_option => {
                    let rest = rest.join(if manifest { " " } else { ", " });
                    let args = if manifest { format!("args {rest}") } else { format!("args = [{rest}]") };
                    format!("write the program alone, {first}, and what it is told as `{args}`")
                }
                _ => format!("write {parts}: no shell takes it apart"),
            };
            let mut diagnostic = Diagnostic::new(&CODE, message, word.span, "one word").help(help);
            let plain = (word.span.end - word.span.start) as usize == word.len() + 2;
            if is_option && plain {
                diagnostic = diagnostic.fix(word.span, parts);
            }
            sink.push(match brought_in(analysis.lab, service, word.span) {
                Some(place) => diagnostic.also(place, "brought in here"),
                None => diagnostic,
            });
        }
    }
}

/// A program whose name has arguments behind it.
fn program(config: &Body) -> Option<(Spanned<&str>, &'static str)> {
    let command = config.str("command")?;
    let (_, rest) = command.split_once(' ')?;
    let known = command.contains("${") || rest.trim().is_empty();
    (!known).then_some((command, "no program has this name"))
}

/// An option and its value with a blank between them, where nothing before it asks for a whole line.
fn option(config: &Body) -> Option<(Spanned<&str>, &'static str)> {
    // `-c`, `-lc`, `-e`, `--command`: what follows is for a shell or an interpreter.
    let shell = |text: &str| {
        let short = text.starts_with('-') && !text.starts_with("--") && text.ends_with(['c', 'e', 'x']);
        short || matches!(text, "--command" | "--exec" | "--execute" | "--eval" | "--")
    };
    let mut last = None;
    let found = config.strings("args").find(|arg| {
        let before = last.replace(arg.value);
        is_option(arg.value) && !before.is_some_and(shell)
    });
    found.map(|arg| (arg, "no option has this name"))
}

/// `--port 80`, `-p 80`; but not `--label=a b`, nor a list of options as `-Xmx1g -Xms1g`, which some programs take apart.
fn is_option(text: &str) -> bool {
    let Some((name, value)) = text.split_once(' ') else { return false };
    let word = name.trim_start_matches('-');
    let dashes = name.len() - word.len();
    let plain = word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    let plain_value = !value.is_empty() && !value.contains([' ', '\n', '"', '\'', '{', '$']) && !value.starts_with('-');
    matches!(dashes, 1 | 2) && plain && plain_value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_with_its_value() {
        for text in ["--port 80", "-p 80", "--log.level debug"] {
            assert!(is_option(text), "{text}");
        }
        for text in ["--port=80", "--label=a b", "-Xmx1g -Xms1g", "- x", "a b", "--", "--say hello world"] {
            assert!(!is_option(text), "{text}");
        }
    }
}
