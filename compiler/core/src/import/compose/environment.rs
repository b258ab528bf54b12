//! `environment` and `env_file`, and which of the variables are secrets.

use super::codes::compose_bad_value::wrong_kind;
use super::codes::compose_changed::changed;
use super::codes::compose_to_complete::to_complete;
use super::codes::compose_unset_variable::not_passed;
use super::dotenv;
use super::model::{Service, Variable};
use super::variables::{all_open_in, open_in};
use super::{Reader, keys, scalar};
use crate::import::yaml::{Entry, Node, Value};
use crate::source::Spanned;
use std::collections::BTreeMap;

/// The secrets of a project, by what they are known by.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Identity → path and key.
    known: BTreeMap<String, (String, String)>,
}

impl Secrets {
    /// Where a secret lies, and whether it was asked for the first time.
    pub(super) fn place(&mut self, identity: &str, service: &str, name: &str) -> (String, String, bool) {
        if let Some((path, key)) = self.known.get(identity) {
            return (path.clone(), key.clone(), false);
        }
        let path = format!("nomad/jobs/{service}");
        let plain: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
        let digit = plain.starts_with(|c: char| c.is_ascii_digit());
        let plain = if digit { format!("_{plain}") } else { plain };
        let mut key = plain.clone();
        let mut number = 2;
        while self.known.values().any(|(known_path, known_key)| *known_path == path && *known_key == key) {
            key = format!("{plain}_{number}");
            number += 1;
        }
        self.known.insert(identity.to_owned(), (path.clone(), key.clone()));
        (path, key, true)
    }
}

/// Reads `env_file`, whose variables `environment` may replace.
pub(super) fn env_file(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    for item in scalar::items(entry) {
        let (mut path, mut required, mut raw) = (None, true, false);
        if item.map().is_some() {
            for part in keys::ENV_FILE.check(item, reader.sink()) {
                match part.key.as_str() {
                    "path" => path = scalar::text(part, reader.sink()),
                    "required" => required = scalar::truth(part, reader.sink()) != Some(false),
                    _ => raw = scalar::text(part, reader.sink()).is_some_and(|format| format.as_str() == "raw"),
                }
            }
        } else {
            path = scalar::item_text("env_file", item, reader.sink());
        }
        let Some(path) = path else { continue };
        let there = reader.loader.path(&path).is_some_and(|path| reader.loader.world.read(&path).is_ok());
        if !there && !required {
            continue;
        }
        let Some((file, text)) = reader.loader.named(&path) else { continue };
        let lines = match raw {
            true => dotenv::read_raw(&text, file),
            false => dotenv::read(&text, file, &reader.variables, reader.loader.sink),
        };
        for (name, value) in lines {
            match value {
                Some(value) => {
                    let from = reader.variables.get(&name).is_some_and(|known| known == value.value);
                    let from = from.then(|| name.value.clone());
                    set(Variable { name, value, from, tag: None }, service);
                }
                None => passed(name, service, reader),
            }
        }
    }
}

/// Reads `environment`.
pub(super) fn environment(entry: &Entry, service: &mut Service, reader: &mut Reader<'_, '_>) {
    match &entry.value.value {
        Value::Map(entries) => {
            for part in entries {
                one(part.key.clone(), &part.value, service, reader);
            }
        }
        Value::List(items) => {
            for item in items {
                let Value::Text(text) = &item.value else {
                    reader.sink().push(wrong_kind("environment", "a list of `NAME=value`", item));
                    continue;
                };
                match text.text.split_once('=') {
                    Some((name, value)) => {
                        let name = Spanned::new(name.to_owned(), item.span);
                        let value = Spanned::new(value.to_owned(), item.span);
                        set(Variable { name, value, from: text.variable.clone(), tag: None }, service);
                    }
                    None => passed(Spanned::new(text.text.clone(), item.span), service, reader),
                }
            }
        }
        Value::Null => {}
        Value::Text(_) => reader.sink().push(wrong_kind("environment", "a map", &entry.value)),
    }
}

fn one(name: Spanned<String>, value: &Node, service: &mut Service, reader: &mut Reader<'_, '_>) {
    match &value.value {
        Value::Text(text) => {
            let plain = Spanned::new(text.text.clone(), value.span);
            set(Variable { name, value: plain, from: text.variable.clone(), tag: None }, service);
        }
        Value::Null => passed(name, service, reader),
        _ => reader.sink().push(wrong_kind(&name, "a single value", value)),
    }
}

/// A variable that is passed on from where Compose runs.
fn passed(name: Spanned<String>, service: &mut Service, reader: &mut Reader<'_, '_>) {
    match reader.variables.get(&name) {
        Some(value) => {
            let value = Spanned::new(value.to_owned(), name.span);
            let from = Some(name.value.clone());
            set(Variable { name, value, from, tag: None }, service);
        }
        None => reader.sink().push(not_passed(&name, name.span)),
    }
}

fn set(variable: Variable, service: &mut Service) {
    match service.env.iter_mut().find(|known| *known.name == *variable.name) {
        Some(known) => *known = variable,
        None => service.env.push(variable),
    }
}

/// Puts the secrets among the variables into the store of the lab.
pub(super) fn secrets(service: &mut Service, reader: &mut Reader<'_, '_>) {
    let name = service.name.clone();
    for variable in service.env.iter_mut().filter(|variable| variable.tag.is_none()) {
        let mounted = variable
            .value
            .strip_prefix("/run/secrets/")
            .filter(|secret| reader.project.secrets.iter().any(|known| *known.key == **secret));
        if let Some((secret, plain)) = mounted.zip(variable.name.strip_suffix("_FILE")) {
            let (path, key, _) = reader.secrets.place(&format!("secret {secret}"), &name, secret);
            variable.name.value = plain.to_owned();
            variable.value.value = format!("nomad:{path}#{key}");
            variable.tag = Some("secret");
            continue;
        }
        if !is_secret(&variable.name, &variable.value) {
            continue;
        }
        let identity = match &variable.from {
            Some(from) => format!("variable {from}"),
            None => format!("value {}", variable.value.value),
        };
        let known_as = variable.from.clone().unwrap_or_else(|| variable.name.value.clone());
        let written = open_in(&variable.value).is_none();
        let (path, key, first) = reader.secrets.place(&identity, &name, &known_as);
        if first {
            let message = format!("`{}` of `{name}` is a secret: `{key}` of `{path}` in Nomad", variable.name.value);
            let help = match written {
                true => "put its value there before you deploy, as docs/deploying.md says; here it stood in clear text",
                false => "put a value there before you deploy, as docs/deploying.md says",
            };
            reader.loader.sink.push(to_complete(message, variable.value.span, help.into()));
        }
        variable.value.value = format!("nomad:{path}#{key}");
        variable.tag = Some("secret");
    }
}

/// Tells of secrets that stand in the arguments and the variables of a service.
pub(super) fn in_clear(service: &Service, reader: &mut Reader<'_, '_>) {
    // Of a password in a URL that leads to another service, `links` has told.
    let told = |variable: &&Variable| variable.tag == Some("url") && variable.value.contains('@');
    let plain = service.env.iter().filter(|variable| variable.tag != Some("secret") && !told(variable));
    let plain = plain.map(|variable| &variable.value);
    // A value that a variable for everybody has too tells nothing where it stands: the user `postgres`, its password `postgres`.
    let is_common =
        |secret: &str| reader.variables.iter().any(|(name, value)| value == secret && !is_secret(name, value));
    let mut found = Vec::new();
    for text in plain.chain(&service.command) {
        let open = all_open_in(text).find(|name| is_secret(name, "open"));
        let known = reader
            .variables
            .iter()
            .filter(|(name, value)| is_secret(name, value) && value.len() >= 6 && text.contains(*value))
            .filter(|(_, value)| !is_common(value))
            .max_by_key(|(_, value)| value.len());
        if let Some(name) = open.or(known.map(|(name, _)| name)) {
            found.push((name.to_owned(), text.span));
        }
    }
    for (name, place) in found {
        let message =
            format!("the secret `{name}` stands in clear text in `{}`, and will in the bundle", service.written.value);
        let help = "have the program read it from a variable of its own, which is `(secret)\"nomad:PATH#KEY\"` in `env`; an argument may then be `${VARIABLE}`";
        reader.sink().push(changed(message, place, help));
    }
}

/// Whether a variable holds what nobody else may know, as its name tells.
fn is_secret(name: &str, value: &str) -> bool {
    const WORDS: [&str; 12] = [
        "PASSWORD",
        "PASSWD",
        "PASS",
        "PASSPHRASE",
        "PWD",
        "SECRET",
        "TOKEN",
        "KEY",
        "APIKEY",
        "CREDENTIALS",
        "PSK",
        "SALT",
    ];
    let upper = name.to_ascii_uppercase();
    let mut words: Vec<&str> = upper.split(['_', '.', '-']).collect();
    if words.last().is_some_and(|last| !last.is_empty() && last.bytes().all(|b| b.is_ascii_digit()))
        || upper.ends_with("_BASE")
    {
        words.pop();
    }
    let named = words.last().is_some_and(|last| WORDS.contains(last) || last.len() > 8 && last.ends_with("PASSWORD"));
    let switch =
        matches!(value.to_ascii_lowercase().as_str(), "" | "true" | "false" | "yes" | "no" | "on" | "off" | "0" | "1");
    named && !switch && !value.starts_with('/') && upper != "PWD" && upper != "OLDPWD"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_names() {
        for (name, value, expected) in [
            ("DB_PASSWORD", "hunter2", true),
            ("POSTGRES_PASSWORD", "x", true),
            ("MYSQL_ROOT_PASSWORD", "x", true),
            ("SECRET_KEY_BASE", "x", true),
            ("APP_KEY", "base64:x", true),
            ("AUTH_TOKEN_2", "x", true),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes", false),
            ("DB_PASSWORD_FILE", "/run/secrets/db", false),
            ("SSL_KEY", "/certs/key.pem", false),
            ("TOKEN_EXPIRY", "3600", false),
            ("KEYBOARD", "de", false),
            ("DB_USER", "x", false),
        ] {
            assert_eq!(is_secret(name, value), expected, "{name}");
        }
    }

    #[test]
    fn a_secret_has_one_place() {
        let mut secrets = Secrets::default();
        assert_eq!(
            secrets.place("variable P", "app", "DB_PASSWORD"),
            ("nomad/jobs/app".into(), "db_password".into(), true)
        );
        assert_eq!(
            secrets.place("variable P", "db", "PASSWORD"),
            ("nomad/jobs/app".into(), "db_password".into(), false)
        );
        assert_eq!(
            secrets.place("value x", "app", "db.password"),
            ("nomad/jobs/app".into(), "db_password_2".into(), true)
        );
    }
}
