//! `literal-secret`: the value of a secret in a manifest, in place of its name.

use super::brought_in;
use super::secret_shape::{Kept, is_placeholder, named_like_one, password_of_url, shaped_like_one};
use crate::analyze::{Analysis, Place, ServiceFacts, Text, templates};
use crate::diagnostic::{Diagnostic, Severity, Sink, code};
use crate::model::{Lab, Service};
use aho_corasick::packed::Searcher;
use std::sync::LazyLock;

code!(Warning, "literal-secret", "literal_secret.md", "the value of a secret stands in a manifest");

/// What seems to be a secret: how sure that is, what it is, and where.
struct Found<'l> {
    severity: Severity,
    what: String,
    text: Text<'l>,
}

/// Reports, once for each service, the texts that are secrets by their look or by their name.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let mut found: Vec<Found<'_>> = of.texts().iter().filter_map(|text| found(*text)).collect();
    found.extend(behind_options(of.texts()));
    found.extend(in_variables(of.service));
    found.extend(of.texts().iter().filter(|text| text.place == Place::File).filter_map(in_file));
    found.sort_by_key(|found| (std::cmp::Reverse(found.severity), found.text.span));
    found.dedup_by_key(|found| found.text.span);
    if let Some((first, rest)) = found.split_first() {
        sink.push(literal_secret(analysis.lab, of.service, first, rest));
    }
}

/// Reports passwords among the options of what nodes mount: everybody may read them in the unit.
pub fn of_mounts(analysis: &Analysis<'_>, sink: &mut Sink) {
    for node in &analysis.lab.nodes {
        for mount in node.mounts.iter().filter(|mount| mount.options.contains("pass")) {
            let given = |option: &str| {
                let option = option.strip_prefix("password=").or_else(|| option.strip_prefix("pass="));
                option.filter(|text| !text.is_empty()).map(str::len)
            };
            if mount.options.split(',').find_map(given).is_none() {
                continue;
            }
            let (name, path) = (&node.name.value, &mount.path.value);
            let message = format!("`{name}` has the password for `{path}` in its manifest");
            let diagnostic = Diagnostic::new(&CODE, message, mount.options.span, "goes into the bundle as it is");
            sink.push(diagnostic.help(
                "write `credentials=/etc/hlmc-mount`, a file of the machine that only root may read, with `username=` and `password=` in it",
            ));
        }
    }
}

fn found(text: Text<'_>) -> Option<Found<'_>> {
    if let Some(what) = shaped_like_one(text.text) {
        return Some(Found { severity: Severity::Error, what: format!("{what} in {}", text.place.described()), text });
    }
    let warning = |what: String| Some(Found { severity: Severity::Warning, what, text });
    if password_of_url(text.text) {
        return warning(format!("the password of a URL in {}", text.place.described()));
    }
    match text.place {
        Place::Env(name) if named_like_one(name, text.text) => warning(format!("`{}`", name.escape_debug())),
        Place::Label(name) if named_like_one(name, text.text) || are_users(name, text.text) => {
            warning(format!("`{}`, which everybody may read who sees the job", name.escape_debug()))
        }
        Place::Argument => {
            let (option, value) = text.text.strip_prefix('-')?.split_once('=')?;
            let name = option.trim_start_matches('-');
            named_like_one(name, value).then_some(())?;
            warning(format!("the value of `--{}`, which every user of the node may read", name.escape_debug()))
        }
        Place::Tag => {
            let (name, value) = text.text.split_once('=')?;
            (are_users(name, value) || named_like_one(name.rsplit('.').next()?, value)).then_some(())?;
            warning("a tag, which everybody may read who reaches the catalog".to_owned())
        }
        _ => None,
    }
}

/// Whether it is Traefik's list of users with their passwords' hashes.
fn are_users(name: &str, value: &str) -> bool {
    name.ends_with(".basicauth.users") && value.contains(":$")
}

/// How the names of secrets end, as they are written: one search through a file in place of one for each.
static WORDS: LazyLock<Option<Searcher>> = LazyLock::new(|| {
    let spelled = |word: &str| [word.to_owned(), word.to_uppercase(), [&word[..1].to_uppercase(), &word[1..]].concat()];
    Searcher::new(STRICT.iter().flat_map(|word| spelled(word)))
});

/// Names that have a secret beyond doubt end in one of these.
const STRICT: [&str; 6] = ["password", "passwd", "secret", "api_key", "apikey", "token"];

/// The first line of a file that has a password: `password: hunter2`, `"password": "hunter2"`, `password = hunter2`.
fn in_file<'l>(file: &Text<'l>) -> Option<Found<'l>> {
    // Without the search, for which not every processor is made, each line is looked at.
    let next = |at: usize| match &*WORDS {
        Some(words) => words.find_in(file.text, (at..file.text.len()).into()).map(|found| found.start()),
        None => (at < file.text.len()).then_some(at),
    };
    let mut at = 0;
    while let Some(found) = next(at) {
        let start = file.text[..found].rfind('\n').map_or(0, |end| end + 1);
        let line = &file.text[start..].split('\n').next().unwrap_or_default();
        at = file.text.len().min(start + line.len() + 1);
        let text = line.trim();
        let comment = text.starts_with(['#', ';', '/', '*', '<']);
        let Some((name, value)) = text.split_once([':', '=']).filter(|_| !comment) else { continue };
        let name = name.trim().trim_matches(['"', '\'']);
        let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'']);
        let word = name.rsplit([' ', '.', '-']).next().unwrap_or(name);
        let is_named = STRICT.iter().any(|it| word.to_ascii_lowercase().ends_with(it));
        let plain = |c: char| c.is_ascii_graphic() && !"{}[]()<>$%|".contains(c);
        if !is_named
            || value.len() < 6
            || !value.chars().all(plain)
            || !named_like_one(word, value)
            || is_placeholder(value)
        {
            continue;
        }
        let place = start + line.find(value)?;
        let span = file.span.part(file.text, place, value.len());
        let line = file.text[..start].matches('\n').count() + 1;
        let what = format!("`{}` in line {line} of a file", name.escape_debug());
        return Some(Found { severity: Severity::Warning, what, text: Text { place: Place::File, text: value, span } });
    }
    None
}

/// Lines of templates that tell a task its environment: `PASSWORD=hunter2`.
fn in_variables(service: &Service) -> Vec<Found<'_>> {
    let of_env =
        service.tasks().flat_map(templates).filter(|template| template.body.bool("env").is_some_and(|env| env.value));
    let mut found = Vec::new();
    for data in of_env.filter_map(|template| template.body.str("data")) {
        let mut at = 0;
        for line in data.value.split_inclusive('\n') {
            let (start, text) = (at, line.trim());
            at += line.len();
            let Some((name, value)) = text.strip_prefix("export ").unwrap_or(text).split_once('=') else { continue };
            if name.starts_with('#') || name.contains("{{") || !named_like_one(name.trim(), value) {
                continue;
            }
            let behind = start + line.find('=').map_or(0, |equals| equals + 1);
            let place = data.span.part(data.value, behind, value.len());
            let what = format!("`{}` in a file of variables", name.trim().escape_debug());
            let text = Text { place: Place::File, text: value, span: place };
            found.push(Found { severity: Severity::Warning, what, text });
        }
    }
    found
}

/// Arguments whose option stands before them: `--password X`.
fn behind_options<'l>(texts: &[Text<'l>]) -> Vec<Found<'l>> {
    let pairs = texts.windows(2).filter(|pair| pair.iter().all(|text| text.place == Place::Argument));
    let secret = pairs.filter_map(|pair| {
        let name = pair[0].text.strip_prefix("--")?;
        let is_one = !name.contains(['=', ' ']) && !pair[1].text.starts_with('-') && named_like_one(name, pair[1].text);
        let what = format!("the value of `--{}`, which every user of the node may read", name.escape_debug());
        is_one.then_some(Found { severity: Severity::Warning, what, text: pair[1] })
    });
    secret.collect()
}

fn literal_secret(lab: &Lab, service: &Service, first: &Found<'_>, rest: &[Found<'_>]) -> Diagnostic {
    let name = &service.name.value;
    let message = format!("`{name}` has the value of a secret in its manifest: {}", first.what);
    let label = if first.severity == Severity::Error { "goes into the bundle as it is" } else { "a literal" };
    let mut diagnostic = Diagnostic::new(&CODE, message, first.text.span, label);
    diagnostic.severity = first.severity;
    for other in rest {
        diagnostic = diagnostic.also(other.text.span, format!("and {}", other.what));
    }
    if let Some(place) = brought_in(lab, service, first.text.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help(help(lab, service, first))
}

fn help(lab: &Lab, service: &Service, first: &Found<'_>) -> String {
    let job = &service.name.value;
    let key = match first.text.place {
        Place::Env(name) => name.to_ascii_lowercase(),
        _ => "password".to_owned(),
    };
    let kept = Kept::of(lab, job, &key);
    let empty =
        if is_placeholder(first.text.text) { "" } else { "; change it where it is in use: it has been in a file" };
    match first.text.place {
        Place::Env(name) if !service.manifest.ends_with(".kdl") => format!(
            "put it into a store, and let a `template` with `env = true` have the line `{name}={}`{}{empty}",
            kept.action(),
            kept.token()
        ),
        Place::Env(name) => format!(
            "put it into a store, and write `{name} {}` with `{}` in `lab.kdl`{empty}",
            kept.reference(),
            kept.declaration()
        ),
        Place::File => {
            format!("put it into a store, and let a `template` read it from there, such as `{}`{empty}", kept.action())
        }
        _ => format!("put it into a store, and hand it over in `env` as `{}`{empty}", kept.reference()),
    }
}
