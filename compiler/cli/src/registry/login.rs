//! Who somebody is at a registry: docker's configuration, its credential helpers, and the environment.
//!
//! `DOCKER_AUTH_CONFIG` has the text of such a configuration; the file is `config.json` in `DOCKER_CONFIG` or in `~/.docker`. What
//! is read here is never printed or written, and has no `Debug`.

use super::Trouble;
use crate::disk::words;
use crate::failure::Failure;
use base64::Engine as _;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Proof of who somebody is.
pub(crate) enum Login {
    /// For requests, and for asking for tokens.
    Password { user: String, password: String },
    /// What a registry gave out to ask for tokens with.
    Identity(String),
}

/// The logins that are there.
#[derive(Default)]
pub(crate) struct Logins {
    /// The text of the environment first.
    configurations: Vec<Configuration>,
}

/// Docker's configuration, as far as it is about logins.
#[derive(Default, Deserialize)]
struct Configuration {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(default, rename = "credHelpers")]
    helpers: BTreeMap<String, String>,
    #[serde(default, rename = "credsStore")]
    store: Option<String>,
}

#[derive(Default, Deserialize)]
struct Entry {
    /// `user:password` in base64.
    #[serde(default)]
    auth: String,
    #[serde(default)]
    username: String,
    #[serde(default)]
    password: String,
    #[serde(default, rename = "identitytoken")]
    identity: String,
}

/// What a credential helper answers.
#[derive(Deserialize)]
struct Kept {
    #[serde(rename = "Username")]
    user: String,
    #[serde(rename = "Secret")]
    secret: String,
}

impl Logins {
    /// Reads what there is.
    ///
    /// # Errors
    /// When a configuration is there and can't be read.
    pub(crate) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Failure> {
        let mut logins = Self::default();
        if let Some(text) = variable("DOCKER_AUTH_CONFIG").filter(|text| !text.is_empty()) {
            logins.configurations.push(parse(&text, "the environment's `DOCKER_AUTH_CONFIG`")?);
        }
        let folder = variable("DOCKER_CONFIG").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        let home = || variable("HOME").map(|home| PathBuf::from(home).join(".docker"));
        let Some(file) = folder.or_else(home).map(|folder| folder.join("config.json")) else { return Ok(logins) };
        match fs::read_to_string(&file) {
            Ok(text) => logins.configurations.push(parse(&text, &format!("`{}`", file.display()))?),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(Failure::io("read", &file, &error)),
        }
        Ok(logins)
    }

    /// The login of a registry, by what docker's configuration calls it.
    pub(crate) fn of(&self, registry: &str) -> Result<Option<Login>, Trouble> {
        for configuration in &self.configurations {
            let named =
                configuration.helpers.iter().find(|(name, _)| is_same(name, registry)).map(|(_, helper)| helper);
            if let Some(helper) = named.or(configuration.store.as_ref()).filter(|helper| !helper.is_empty())
                && let Some(login) = ask(helper, registry)?
            {
                return Ok(Some(login));
            }
            let entry = configuration.auths.iter().find(|(name, _)| is_same(name, registry));
            if let Some(login) = entry.and_then(|(_, entry)| entry.login()) {
                return Ok(Some(login));
            }
        }
        Ok(None)
    }
}

fn parse(text: &str, place: &str) -> Result<Configuration, Failure> {
    // The message of the parser could have a part of a secret in it.
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Failure::new(format!("{place} isn't docker's configuration: line {line}, column {column}"))
            .help("mend it, or move it away: hlmc looks for logins of registries there")
    })
}

/// Whether two names are of one registry: entries are hosts, or addresses of an old API.
fn is_same(name: &str, registry: &str) -> bool {
    fn host(name: &str) -> &str {
        let name = name.strip_prefix("https://").or_else(|| name.strip_prefix("http://")).unwrap_or(name);
        name.split('/').next().unwrap_or(name)
    }
    name == registry || host(name) == host(registry)
}

impl Entry {
    fn login(&self) -> Option<Login> {
        if !self.identity.is_empty() {
            return Some(Login::Identity(self.identity.clone()));
        }
        let bytes = base64::engine::general_purpose::STANDARD.decode(self.auth.trim()).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let (user, password) = text.split_once(':').unwrap_or((&self.username, &self.password));
        let password = password.trim_end_matches('\0'); // as docker does
        (!user.is_empty()).then(|| Login::Password { user: user.to_owned(), password: password.to_owned() })
    }
}

/// Asks the program that keeps a login; nothing where it keeps none for that registry.
fn ask(helper: &str, registry: &str) -> Result<Option<Login>, Trouble> {
    let program = format!("docker-credential-{helper}");
    let trouble = |reason: &str| {
        let message = format!("`{program}`, which keeps the login of `{registry}`, {reason}");
        Trouble::new(message, format!("install or mend `{program}`, or log in anew with `docker login`"))
    };
    if !helper.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b)) {
        return Err(trouble("has a name that no program has"));
    }
    let run = || -> io::Result<std::process::Output> {
        let mut command = Command::new(&program);
        command.arg("get").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        // One that doesn't read what it is asked has answered all the same.
        let _ = child.stdin.take().map(|mut stdin| stdin.write_all(format!("{registry}\n").as_bytes()));
        child.wait_with_output()
    };
    let output = run().map_err(|error| trouble(&format!("can't be run: {}", words(&error))))?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let none = said.contains("credentials not found");
        return if none { Ok(None) } else { Err(trouble(&format!("ended with {}", output.status))) };
    }
    let kept: Kept = serde_json::from_str(&said).map_err(|_| trouble("answers what can't be read"))?;
    Ok(Some(if kept.user == "<token>" {
        Login::Identity(kept.secret)
    } else {
        Login::Password { user: kept.user, password: kept.secret }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn told(login: Option<Login>) -> String {
        match login {
            None => "none".into(),
            Some(Login::Password { user, password }) => format!("{user} {password}"),
            Some(Login::Identity(token)) => format!("token {token}"),
        }
    }

    fn logins(text: &str) -> Logins {
        Logins { configurations: vec![parse(text, "the test").unwrap_or_default()] }
    }

    fn of(logins: &Logins, registry: &str) -> String {
        match logins.of(registry) {
            Ok(login) => told(login),
            Err(trouble) => trouble.message,
        }
    }

    #[test]
    fn entries_are_found_by_their_host() {
        // anna:s3cret:x and bob:pw
        let text = r#"{ "auths": {
            "https://index.docker.io/v1/": { "auth": "YW5uYTpzM2NyZXQ6eA==" },
            "registry.lan:5000": { "auth": "Ym9iOnB3" },
            "https://old.example.com/v2/": { "username": "eve", "password": "p" },
            "token.example.com": { "auth": "eDp5", "identitytoken": "refresh" },
            "empty.example.com": {}, "bad.example.com": { "auth": "%%%" }
        }, "HttpHeaders": { "X": "y" } }"#;
        let logins = logins(text);
        for (registry, expected) in [
            ("https://index.docker.io/v1/", "anna s3cret:x"),
            ("registry.lan:5000", "bob pw"),
            ("registry.lan", "none"),
            ("old.example.com", "eve p"),
            ("token.example.com", "token refresh"),
            ("empty.example.com", "none"),
            ("bad.example.com", "none"),
        ] {
            assert_eq!(of(&logins, registry), expected, "{registry}");
        }
    }

    #[test]
    fn the_environment_comes_before_the_file_and_a_broken_one_shows_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let auth = |name: &str| format!(r#"{{ "auths": {{ "a.lan": {{ "username": "{name}", "password": "p" }} }} }}"#);
        fs::write(folder.path().join("config.json"), auth("file")).unwrap();
        let config = folder.path().to_str().unwrap().to_owned();
        let read = |environment: Option<String>| {
            Logins::read(|name| match name {
                "DOCKER_AUTH_CONFIG" => environment.clone(),
                "DOCKER_CONFIG" => Some(config.clone()),
                _ => None,
            })
        };
        assert_eq!(of(&read(None).unwrap_or_default(), "a.lan"), "file p");
        assert_eq!(of(&read(Some(auth("environment"))).unwrap_or_default(), "a.lan"), "environment p");
        let broken = read(Some(r#"{ "auths": { "a.lan": { "auth": hunter2 } } }"#.into()));
        let said = broken.err().map(|failure| failure.to_string()).unwrap_or_default();
        assert!(said.contains("DOCKER_AUTH_CONFIG") && !said.contains("hunter2"), "{said}");
        fs::write(folder.path().join("config.json"), "{ \"auths\": { \"a\": { \"auth\": 5hunter2").unwrap();
        let said = read(None).err().map(|failure| failure.to_string()).unwrap_or_default();
        assert!(said.contains("config.json") && !said.contains("hunter2"), "{said}");
    }

    #[test]
    fn helpers_are_asked() {
        let folder = tempfile::tempdir().unwrap();
        let script = |name: &str, body: &str| {
            let file = folder.path().join(format!("docker-credential-{name}"));
            fs::write(&file, format!("#!/bin/sh\n{body}\n")).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
            // By its whole path, so that the tests' `PATH` stays as it is.
            format!("{}/{name}", folder.path().display())
        };
        // A name with a path in it is none that docker would take.
        let path = script("good", "echo '{}'");
        assert!(of(&logins(&format!(r#"{{ "credsStore": "{path}" }}"#)), "a.lan").contains("no program has"));
        let missing = of(&logins(r#"{ "credHelpers": { "a.lan": "hlmc-is-missing" } }"#), "a.lan");
        assert!(
            missing.contains("`docker-credential-hlmc-is-missing`") && missing.contains("can't be run"),
            "{missing}"
        );
    }
}
