//! `hlmc secrets`: lists what the lab reads from its stores, asks them what is missing, and hands a value to one.

use super::lock::whole;
use super::{Outcome, open};
use crate::args::{PutArgs, SecretsArgs, SecretsCommand};
use crate::failure::Failure;
use crate::render::Pages;
use crate::settings::LabSettings;
use crate::stores::{Store, Trouble};
use crate::terminal;
use hlmc_core::diagnostic::did_you_mean;
use hlmc_core::model::{Lab, SecretStore};
use hlmc_core::source::Span;
use hlmc_core::{Compiled, lab_of};
use std::collections::{BTreeMap, BTreeSet};

/// A secret as a store knows it. Only Nomad's variables have namespaces.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Secret<'l> {
    store: &'l str,
    path: &'l str,
    key: &'l str,
    namespace: &'l str,
}

/// Who reads a secret, with the places; nobody reads what a store only holds, and it has the place where that is said.
#[derive(Default)]
struct Readers<'l> {
    readers: Vec<(&'l str, Span)>,
    held: Span,
}

type Secrets<'l> = BTreeMap<Secret<'l>, Readers<'l>>;

pub(crate) fn secrets(command: &SecretsCommand) -> Result<Outcome, Failure> {
    let lab = match command {
        SecretsCommand::List(SecretsArgs { lab }) | SecretsCommand::Missing(SecretsArgs { lab }) => lab,
        SecretsCommand::Put(PutArgs { lab, .. }) => lab,
    };
    let settings = LabSettings::resolve(lab)?;
    let compiled = lab_of(&open(&settings)?);
    let Some(lab) = whole(&compiled, &settings) else { return Ok(Outcome::Errors) };
    let secrets = of_lab(lab);
    match command {
        SecretsCommand::List(_) => {
            terminal::print(&lines(&secrets, &compiled, &settings, ""));
            Ok(Outcome::Done)
        }
        SecretsCommand::Missing(_) => missing(lab, secrets, &compiled, &settings),
        SecretsCommand::Put(args) => put(lab, &secrets, &args.secret),
    }
}

/// Every secret that is read, or said to be held.
fn of_lab(lab: &Lab) -> Secrets<'_> {
    let mut secrets = Secrets::new();
    for service in &lab.services {
        for read in &service.secrets {
            let namespace = if read.store == "nomad" { service.namespace.as_str() } else { "" };
            let secret = Secret { store: &read.store, path: &read.path, key: &read.key, namespace };
            secrets.entry(secret).or_default().readers.push((&service.name, read.span));
        }
    }
    let read: BTreeSet<_> = secrets.keys().map(|secret| (secret.store, secret.path, secret.key)).collect();
    for store in &lab.stores {
        for (path, keys) in &store.holds {
            for key in keys.iter().filter(|key| !read.contains(&(store.name.as_str(), path.as_str(), key.as_str()))) {
                let namespace = if store.name.value == "nomad" { owner(lab, path) } else { "" };
                let secret = Secret { store: &store.name, path, key, namespace };
                secrets.entry(secret).or_default().held = key.span;
            }
        }
    }
    secrets
}

/// The namespace of a variable that no manifest reads: that of the job it is called after.
fn owner<'l>(lab: &'l Lab, path: &str) -> &'l str {
    let job = path.strip_prefix("nomad/jobs/").and_then(|rest| rest.split('/').next());
    job.and_then(|job| lab.service(job)).map_or("default", |service| &service.namespace)
}

/// A line each; `verdict` stands behind its name.
fn lines(secrets: &Secrets<'_>, compiled: &Compiled, settings: &LabSettings, verdict: &str) -> String {
    let spans = || secrets.values().flat_map(|of| of.readers.iter().map(|(_, span)| *span).chain([of.held]));
    let pages = Pages::new(&compiled.sources, spans().map(|span| span.file), &settings.shown);
    let place = |span: Span| format!("{}:{}", pages.path(span), pages.start(span).line);
    let line = |(secret, of): (&Secret<'_>, &Readers<'_>)| {
        let readers: Vec<String> = of.readers.iter().map(|(name, span)| format!("{name} ({})", place(*span))).collect();
        let readers =
            if readers.is_empty() { format!("no reference ({})", place(of.held)) } else { readers.join(", ") };
        format!("{}{verdict}: {readers}\n", secret.name())
    };
    secrets.iter().map(line).collect()
}

impl Secret<'_> {
    /// As manifests write it, with the namespace where that isn't the default one.
    fn name(&self) -> String {
        let Self { store, path, key, namespace } = self;
        let within = if matches!(*namespace, "" | "default") { String::new() } else { format!(" in `{namespace}`") };
        format!("{store}:{path}#{key}{within}")
    }
}

/// Asks each store for the keys at each path, and prints what isn't there.
fn missing(
    lab: &Lab,
    mut secrets: Secrets<'_>,
    compiled: &Compiled,
    settings: &LabSettings,
) -> Result<Outcome, Failure> {
    let mut unasked = 0;
    for store in &lab.stores {
        let of_store = |secret: &Secret<'_>| secret.store == store.name.as_str();
        if secrets.keys().any(of_store) {
            let told = keys_of(lab, store, secrets.keys().filter(|secret| of_store(secret)));
            unasked += told.values().filter(|keys| keys.is_none()).count();
            secrets.retain(|secret, _| {
                let keys = told.get(&(secret.namespace, secret.path));
                // What isn't known to be missing isn't said to be.
                !of_store(secret) || matches!(keys, Some(Some(keys)) if !keys.contains(secret.key))
            });
        }
    }
    terminal::print(&lines(&secrets, compiled, settings, " is missing"));
    match unasked {
        0 if secrets.is_empty() => {
            terminal::mention("every secret is there");
            Ok(Outcome::Done)
        }
        0 => Ok(Outcome::Errors),
        1 => Err(Failure::new("1 path couldn't be looked up")),
        _ => Err(Failure::new(format!("{unasked} paths couldn't be looked up"))),
    }
}

/// The keys that a store has at the path of each of these secrets; nothing for a path that it doesn't tell of, which is said.
fn keys_of<'s, 'l: 's>(
    lab: &Lab,
    store: &SecretStore,
    secrets: impl Iterator<Item = &'s Secret<'l>>,
) -> BTreeMap<(&'l str, &'l str), Option<BTreeSet<String>>> {
    let mut told = BTreeMap::new();
    let mut opened = open_store(lab, store).map_err(say).ok();
    for &Secret { namespace, path, .. } in secrets {
        told.entry((namespace, path)).or_insert_with(|| match opened.as_ref()?.keys(namespace, path) {
            Ok(keys) => Some(keys),
            Err(trouble) => {
                if trouble.cut_off {
                    opened = None;
                }
                say(trouble);
                None
            }
        });
    }
    told
}

fn say(trouble: Trouble) {
    terminal::say(&format!("{}\n", failure(trouble)));
}

fn failure(trouble: Trouble) -> Failure {
    Failure::new(trouble.message).help(trouble.help)
}

fn open_store(lab: &Lab, store: &SecretStore) -> Result<Store, Trouble> {
    Store::open(lab, store, &|name| std::env::var(name).ok())
}

/// Hands a value over, for each namespace that reads it.
fn put(lab: &Lab, secrets: &Secrets<'_>, named: &str) -> Result<Outcome, Failure> {
    let meant = |secret: &&Secret<'_>| format!("{}:{}#{}", secret.store, secret.path, secret.key) == named;
    let wanted: Vec<&Secret<'_>> = secrets.keys().filter(meant).collect();
    let store = wanted.first().and_then(|secret| lab.store(secret.store));
    let store = store.ok_or_else(|| {
        let failure = Failure::new(format!("the lab names no secret `{named}`"));
        let known: Vec<String> = secrets.keys().map(|it| format!("{}:{}#{}", it.store, it.path, it.key)).collect();
        let help = did_you_mean(named, known.iter().map(String::as_str));
        failure.help(help.unwrap_or_else(|| "write STORE:PATH#KEY; `hlmc secrets list` prints them all".to_owned()))
    })?;
    let opened = open_store(lab, store).map_err(failure)?;
    let typed = terminal::hidden(&format!("value of {named}: "));
    let typed = typed.map_err(|error| Failure::new(format!("the value can't be read: {error}")))?;
    let Some(value) = typed else { return Err(Failure::new("nothing was put")) };
    let value = String::from_utf8(value).map_err(|_| Failure::new("the value isn't UTF-8 text"))?;
    if value.is_empty() {
        return Err(Failure::new("the value is empty").help("type it, or give it on stdin"));
    }
    for secret in wanted {
        opened.put(secret.namespace, secret.path, secret.key, &value).map_err(failure)?;
        terminal::mention(&format!("{} is in its store", secret.name()));
    }
    Ok(Outcome::Done)
}
