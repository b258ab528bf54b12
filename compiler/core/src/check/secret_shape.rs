//! What looks like a secret, by the look of a text and by the name it is given, and where it belongs.

use crate::model::{Lab, SecretStore};
use aho_corasick::packed::Searcher;
use std::sync::LazyLock;

/// How tokens of well-known services start, how many letters follow at least, and whose they are.
const TOKENS: [(&str, usize, &str); 21] = [
    ("AKIA", 16, "an access key of AWS"),
    ("ghp_", 36, "a token of GitHub"),
    ("gho_", 36, "a token of GitHub"),
    ("ghs_", 36, "a token of GitHub"),
    ("github_pat_", 40, "a token of GitHub"),
    ("glpat-", 20, "a token of GitLab"),
    ("xoxb-", 20, "a token of Slack"),
    ("xoxp-", 20, "a token of Slack"),
    ("sk_live_", 20, "a key of Stripe"),
    ("rk_live_", 20, "a key of Stripe"),
    ("hvs.", 24, "a token of Vault"),
    ("hvb.", 24, "a token of Vault"),
    ("AIza", 35, "a key of Google"),
    ("npm_", 36, "a token of npm"),
    ("dckr_pat_", 24, "a token of Docker Hub"),
    ("tskey-auth-", 16, "a key of Tailscale"),
    ("tskey-client-", 16, "a key of Tailscale"),
    ("AGE-SECRET-KEY-1", 50, "a key of age"),
    ("discord.com/api/webhooks/", 40, "a webhook of Discord"),
    ("hooks.slack.com/services/", 30, "a webhook of Slack"),
    ("SG.", 60, "a key of SendGrid"),
];

/// How any of them starts, and a private key: one search through a text in place of one for each.
static STARTS: LazyLock<Option<Searcher>> =
    LazyLock::new(|| Searcher::new(TOKENS.iter().map(|(start, ..)| *start).chain(["-----BEGIN "])));

/// The least that a token has, with its start.
const LEAST: usize = 20;

/// What a text holds that is a secret beyond doubt: a private key, or the token of a well-known service.
pub(super) fn shaped_like_one(text: &str) -> Option<&'static str> {
    if text.len() < LEAST || STARTS.as_ref().is_some_and(|starts| starts.find(text).is_none()) {
        return None;
    }
    if let Some(at) = text.find("-----BEGIN ")
        && let Some(title) = text[at..].lines().next()
        && title.ends_with("PRIVATE KEY-----")
        && text[at + title.len()..].trim_start().bytes().take(40).filter(u8::is_ascii_alphanumeric).count() >= 20
    {
        return Some("a private key");
    }
    TOKENS.iter().find(|(start, least, _)| holds_token(text, start, *least)).map(|(_, _, what)| *what)
}

/// Whether a token stands by itself somewhere in a text.
fn holds_token(text: &str, start: &str, least: usize) -> bool {
    let letter = |b: &u8| b.is_ascii_alphanumeric() || b"-_./".contains(b);
    text.match_indices(start).any(|(at, _)| {
        let before = text[..at].bytes().next_back();
        let own = start.contains('/') || before.is_none_or(|b| !b.is_ascii_alphanumeric() && b != b'_');
        let rest = &text.as_bytes()[at + start.len()..];
        let token: Vec<u8> = rest.iter().copied().take_while(letter).collect();
        own && token.len() >= least && token.iter().any(u8::is_ascii_digit) && token.iter().any(u8::is_ascii_alphabetic)
    })
}

/// Whether a URL in a text has a password: `postgres://user:password@host`. Lines that are comments don't count.
pub(super) fn password_of_url(text: &str) -> bool {
    if !text.contains('@') {
        return false;
    }
    let mut places = text.match_indices(':').map(|(at, _)| at).filter(|at| text[*at..].starts_with("://"));
    places.any(|at| {
        let rest = &text[at + 3..];
        let end = rest.find(['/', '?', '#', ' ', '"', '\'', ',', '<', '>', '\n']).unwrap_or(rest.len());
        let Some((user, _)) = rest[..end].rsplit_once('@') else { return false };
        let line = text[..at].rsplit('\n').next().unwrap_or_default().trim_start();
        let comment = line.starts_with(['#', ';']) || line.starts_with("//");
        !comment && user.split_once(':').is_some_and(|(_, password)| is_literal(password) && !password.starts_with('%'))
    })
}

/// Whether a name says that its value is a secret, and the value is one that somebody wrote down.
pub(super) fn named_like_one(name: &str, value: &str) -> bool {
    let is_between = |b: &u8| matches!(b, b'_' | b'-' | b'.');
    let mut backwards = name.as_bytes().rsplit(is_between).filter(|word| !word.is_empty());
    let Some(last) = backwards.next() else { return false };
    let is = |word: &[u8], one: &str| word.eq_ignore_ascii_case(one.as_bytes());
    let ends = |one: &str| last.len().checked_sub(one.len()).is_some_and(|at| is(&last[at..], one));
    let strict = ["PASSWD", "PASSPHRASE", "APIKEY", "PASS"].iter().any(|one| is(last, one))
        || ends("PASSWORD")
        || ends("SECRET");
    let loose = ends("TOKEN") || is(last, "KEY") || ends("APIKEY");
    if !strict && !loose {
        return false;
    }
    let sure = ["API", "SECRET", "PRIVATE", "ENCRYPTION", "MASTER", "JWT", "SIGNING", "AUTH"];
    // `PUBLIC_KEY` is none, `TLS_KEY` is a path as a rule: only what nobody would type by heart counts.
    let mut words = name.as_bytes().split(is_between);
    let public = words.any(|word| ["PUBLIC", "PUB", "ALLOW", "RANDOM"].iter().any(|one| is(word, one)));
    let before = backwards.next();
    let random = || value.len() >= 16 && value.bytes().any(|b| b.is_ascii_digit()) && !value.contains(' ');
    !public
        && is_literal(value)
        && (strict
            || loose
                && (before.is_some_and(|word| sure.iter().any(|one| is(word, one))) && value.len() >= 8 || random()))
}

/// Whether a value is one that somebody wrote down: no path, no switch, nothing that is filled in later.
fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let switch = ["true", "false", "yes", "no", "on", "off", "none", "null", "disabled", "enabled", "0", "1"];
    !value.is_empty()
        && !value.contains("${")
        && !value.contains("{{")
        && !value.contains("}}")
        && !value.starts_with('$')
        && !value.starts_with(['/', '.'])
        && !value.contains("://")
        && !value.bytes().all(|b| b"*x\"'".contains(&b))
        && !switch.contains(&value.to_ascii_lowercase().as_str())
}

/// Whether a value is there to be replaced.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["change", "example", "<", "todo", "your"].iter().any(|word| lower.contains(word))
}

/// Where a secret of a service would be kept, in the words of messages.
pub(super) struct Kept<'l> {
    vault: Option<&'l SecretStore>,
    path: String,
    key: String,
}

impl<'l> Kept<'l> {
    /// In Vault, where that is the lab's first store, or else in Nomad's own.
    pub(super) fn of(lab: &'l Lab, job: &str, key: &str) -> Self {
        let vault = lab.stores.first().filter(|store| store.name.value == "vault");
        let path = vault.map_or_else(|| format!("nomad/jobs/{job}"), |store| format!("{}/{job}", store.mount));
        Self { vault, path, key: key.to_owned() }
    }

    /// `(secret)"nomad:nomad/jobs/db#password"`
    pub(super) fn reference(&self) -> String {
        let store = if self.vault.is_some() { "vault" } else { "nomad" };
        format!("(secret)\"{store}:{}#{}\"", self.path, self.key)
    }

    /// What `lab.kdl` says of it: `holds "nomad/jobs/db" { keys "password" }`.
    pub(super) fn declaration(&self) -> String {
        format!("holds \"{}\" {{ keys \"{}\" }}", self.path, self.key)
    }

    /// What the task of a job file needs beside a template that reads it.
    pub(super) const fn token(&self) -> &'static str {
        if self.vault.is_some() { ", and add `vault {}` to the task" } else { "" }
    }

    /// What reads it in a template.
    pub(super) fn action(&self) -> String {
        let Self { path, key, .. } = self;
        match self.vault {
            Some(store) => {
                // The API has `data` behind the mount of the engine.
                let rest = path.strip_prefix(store.mount.as_str()).unwrap_or(path);
                format!("{{{{ with secret \"{}/data{rest}\" }}}}{{{{ .Data.data.{key} }}}}{{{{ end }}}}", store.mount)
            }
            None => format!("{{{{ with nomadVar \"{path}\" }}}}{{{{ .{key} }}}}{{{{ end }}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_values_are() {
        for (name, value) in [
            ("DB_PASSWORD", "hunter2"),
            ("POSTGRES_PASSWORD", "postgres"),
            ("GITEA__database__PASSWD", "gitea"),
            ("API_KEY", "d41d8cd98f00b204"),
            ("BOT_TOKEN", "1234567890abcdefXYZ"),
            ("client-secret", "s3cr3t"),
            ("APP_KEY", "base64:2fl+Ktvkfl+Fuz4Qp"),
            ("REQUIREPASS", "x"),
        ] {
            assert_eq!(named_like_one(name, value), name != "REQUIREPASS", "{name}={value}");
        }
    }

    #[test]
    fn what_is_filled_in_or_no_secret_is_none() {
        for (name, value) in [
            ("DB_PASSWORD", "${DB_PASSWORD}"),
            ("DB_PASSWORD", "{{ .password }}"),
            ("DB_PASSWORD_FILE", "/run/secrets/db"),
            ("VAULT_TOKEN", "/secrets/vault_token"),
            ("MARIADB_RANDOM_ROOT_PASSWORD", "1"),
            ("ALLOW_EMPTY_PASSWORD", "yes"),
            ("MAX_TOKEN", "512"),
            ("SSH_PUBLIC_KEY", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA"),
            ("TLS_KEY", "/local/key.pem"),
            ("SORT_KEY", "name"),
            ("PASSWORD", ""),
            ("MONKEY", "0123456789abcdef0"),
            ("KEYBOARD", "0123456789abcdef0"),
        ] {
            assert!(!named_like_one(name, value), "{name}={value}");
        }
    }

    #[test]
    fn no_token_is_shorter_than_the_least() {
        assert_eq!(TOKENS.iter().map(|(start, least, _)| start.len() + least).min(), Some(LEAST));
    }

    #[test]
    fn tokens_are_known_by_their_look() {
        let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ\n";
        assert_eq!(shaped_like_one(key), Some("a private key"));
        assert_eq!(shaped_like_one("-----BEGIN PRIVATE KEY-----\n{{ .key }}\n-----END"), None);
        assert_eq!(shaped_like_one("-----BEGIN CERTIFICATE-----\nMIIB1234567890abcdefghijklmnop"), None);
        let github = format!("token: ghp_{}", "a1".repeat(18));
        assert_eq!(shaped_like_one(&github), Some("a token of GitHub"));
        assert_eq!(shaped_like_one("ghp_short1"), None);
        assert_eq!(shaped_like_one("the AKIAXXXX of nobody"), None);
    }

    #[test]
    fn a_password_in_a_url_is_one() {
        assert!(password_of_url("postgres://app:hunter2@db:5432/app"));
        assert!(!password_of_url("postgres://app:${PASSWORD}@db/app"));
        assert!(!password_of_url("postgres://app:{{ .password }}@db/app"));
        assert!(!password_of_url("postgres://app@db/app"));
        assert!(!password_of_url("# postgres://app:hunter2@db:5432/app"));
        assert!(!password_of_url("http://web:8080/a@b"));
    }
}
