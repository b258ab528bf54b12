//! `hlmc lock`: looks the lab's images up in their registries and writes down what they are.

use super::{Outcome, open, pages};
use crate::args::LockArgs;
use crate::disk::DiskWorld;
use crate::failure::Failure;
use crate::registry::{Address, Client, Limits, Logins, Session, Trouble, resolve};
use crate::render::{Pages, Tally, text};
use crate::settings::LabSettings;
use crate::terminal;
use crate::write::replace_file;
use hlmc_core::diagnostic::{Sink, did_you_mean};
use hlmc_core::model::{LOCK_FILE, Lab, LockedImage};
use hlmc_core::source::Sources;
use hlmc_core::{Compiled, lab_of, lock};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many images are looked up at a time.
const AT_ONCE: usize = 8;

pub(crate) fn lock(args: &LockArgs) -> Result<Outcome, Failure> {
    let settings = LabSettings::resolve(&args.lab)?;
    let world = open(&settings)?;
    let compiled = lab_of(&world);
    let Some(lab) = whole(&compiled, &settings) else { return Ok(Outcome::Errors) };
    let images = lock::images(lab);
    let everything = args.update.as_ref().is_some_and(Vec::is_empty);
    let Some(old) = old(&world, everything, &settings) else { return Ok(Outcome::Errors) };
    let asked = match &args.update {
        _ if everything => images.keys().copied().collect(),
        Some(services) => of_services(lab, &images, services)?,
        None => BTreeSet::new(),
    };
    if args.check && args.update.is_none() {
        return Ok(compare(&images, &old, &old.keys().map(String::as_str).collect()));
    }
    let wanted: Vec<&str> =
        images.keys().copied().filter(|image| asked.contains(image) || !old.contains_key(*image)).collect();
    let registries = Registries::new(&args.plain_http)?;
    let found = look_up(&wanted, "looked up", |image| registries.with(image, |session| resolve(image, session)));
    let failed = report(&found);
    let mut new = old.clone();
    new.retain(|image, _| images.contains_key(image.as_str()));
    new.extend(found.into_iter().filter_map(|(image, found)| Some((image.to_owned(), found.ok()?))));
    let outcome = if args.check {
        changes(&images, &old, &new)
    } else {
        write(&settings, &old, &new)?;
        Outcome::Done
    };
    match failed {
        0 => Ok(outcome),
        _ => Err(unfinished(failed, args.check)),
    }
}

/// The lab, unless something in it is wrong; that is said.
pub(super) fn whole<'c>(compiled: &'c Compiled, settings: &LabSettings) -> Option<&'c Lab> {
    if Tally::of(&compiled.diagnostics).errors == 0 {
        return compiled.lab.as_ref();
    }
    terminal::say(&text(&compiled.diagnostics, &pages(compiled, &settings.shown), terminal::look()));
    None
}

/// What the lock has; nothing where it is broken and still needed, which is said.
fn old(world: &DiskWorld, everything: bool, settings: &LabSettings) -> Option<BTreeMap<String, LockedImage>> {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let lock = hlmc_core::resolve::lock(world, &mut sources, &mut sink);
    if sink.has_errors() && !everything {
        let found = sink.into_sorted();
        let files = found.iter().map(|diagnostic| diagnostic.primary.span.file);
        let pages = Pages::new(&sources, files, &settings.shown);
        terminal::say(&text(&found, &pages, terminal::look()));
        return None;
    }
    let images = lock.into_iter().flat_map(|lock| lock.images);
    Some(images.map(|image| (image.reference.value.clone(), image)).collect())
}

/// The images of services that are named.
fn of_services<'l>(
    lab: &Lab,
    images: &BTreeMap<&'l str, Vec<&str>>,
    services: &[String],
) -> Result<BTreeSet<&'l str>, Failure> {
    if let Some(name) = services.iter().find(|name| lab.service(name).is_none()) {
        let known = lab.services.iter().map(|service| service.name.as_str());
        let failure = Failure::new(format!("the lab has no service `{name}`"));
        return Err(match did_you_mean(name, known) {
            Some(help) => failure.help(help),
            None => failure,
        });
    }
    let of_them = |users: &Vec<&str>| users.iter().any(|user| services.iter().any(|name| name == user));
    Ok(images.iter().filter(|(_, users)| of_them(users)).map(|(image, _)| *image).collect())
}

/// What requests to registries are made with.
pub(super) struct Registries {
    client: Client,
    logins: Logins,
}

impl Registries {
    pub(super) fn new(plain: &[String]) -> Result<Self, Failure> {
        let logins = Logins::read(|name| std::env::var(name).ok())?;
        Ok(Self { client: Client::new(Limits::default(), plain), logins })
    }

    /// Asks the registry of an image something.
    pub(super) fn with<T>(
        &self,
        image: &str,
        ask: impl FnOnce(&mut Session<'_>) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        let address = Address::of(image);
        let address =
            address.ok_or_else(|| Trouble::new("it is no reference to an image", "write it as Docker does"))?;
        ask(&mut Session::open(&self.client, &self.logins, &address)?)
    }
}

/// Asks about several images at a time, in their order; a person sees how far it is.
pub(super) fn look_up<'i, T: Send>(
    images: &[&'i str],
    done: &str,
    ask: impl Fn(&'i str) -> Result<T, Trouble> + Sync,
) -> Vec<(&'i str, Result<T, Trouble>)> {
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::with_capacity(images.len()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE.min(images.len()) {
            scope.spawn(|| {
                while let Some(image) = images.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = ask(image);
                    let Ok(mut found) = found.lock() else { return };
                    found.push((*image, answer));
                    terminal::progress(&format!("{} of {} images {done}", found.len(), images.len()));
                }
            });
        }
    });
    terminal::progress("");
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by_key(|(image, _)| *image);
    found
}

/// Says what went wrong with which image, and counts.
pub(super) fn report<T>(found: &[(&str, Result<T, Trouble>)]) -> usize {
    let troubles: Vec<_> = found.iter().filter_map(|(image, found)| Some((image, found.as_ref().err()?))).collect();
    for (image, trouble) in &troubles {
        let failure = Failure::new(format!("can't look up `{image}`: {}", trouble.message)).help(&trouble.help);
        terminal::say(&format!("{failure}\n"));
    }
    troubles.len()
}

pub(super) fn unfinished(failed: usize, check: bool) -> Failure {
    let images = if failed == 1 { "image" } else { "images" };
    let failure = Failure::new(format!("{failed} {images} couldn't be looked up"));
    if check { failure } else { failure.help("`hlmc.lock` has all others; the same command goes on from there") }
}

/// Prints what the lock lacks and what it has for nothing.
fn compare(images: &BTreeMap<&str, Vec<&str>>, old: &BTreeMap<String, LockedImage>, has: &BTreeSet<&str>) -> Outcome {
    let missing = images.keys().filter(|image| !has.contains(**image)).map(|image| format!("{image}: is missing\n"));
    let unused = old.keys().filter(|image| !images.contains_key(image.as_str()));
    let lines: String = missing.chain(unused.map(|image| format!("{image}: is needed no more\n"))).collect();
    terminal::print(&lines);
    if lines.is_empty() { Outcome::Done } else { Outcome::Errors }
}

/// Prints what would be written otherwise.
fn changes(
    images: &BTreeMap<&str, Vec<&str>>,
    old: &BTreeMap<String, LockedImage>,
    new: &BTreeMap<String, LockedImage>,
) -> Outcome {
    let mut lines = String::new();
    for (image, now) in new {
        match old.get(image) {
            Some(before) if before.digest != now.digest => {
                lines.push_str(&format!("{image}: is {} now, and {} in the lock\n", now.digest, before.digest));
            }
            Some(before) if (&before.platforms, &before.labels) != (&now.platforms, &now.labels) => {
                lines.push_str(&format!("{image}: is described otherwise\n"));
            }
            _ => {}
        }
    }
    terminal::print(&lines);
    let rest = compare(images, old, &old.keys().map(String::as_str).collect());
    if lines.is_empty() { rest } else { Outcome::Errors }
}

/// Writes the lock in one step, where it is another one than before.
fn write(
    settings: &LabSettings,
    old: &BTreeMap<String, LockedImage>,
    new: &BTreeMap<String, LockedImage>,
) -> Result<(), Failure> {
    let (path, shown) = (settings.root.join(LOCK_FILE), settings.shown.join(LOCK_FILE));
    let images: Vec<LockedImage> = new.values().cloned().collect();
    let text = lock::text(&images);
    let before = fs::read(&path).ok();
    if before.as_deref().unwrap_or_default() != text.as_bytes() {
        let written = replace_file(&path, &text).map_err(|error| Failure::io("write", &shown, &error));
        written
            .map_err(|failure| failure.help("the lock is as it was; make the lab's folder one that can be written"))?;
    }
    let changed = new.iter().filter(|(image, now)| old.get(*image).is_none_or(|before| before.digest != now.digest));
    let gone = old.keys().filter(|image| !new.contains_key(*image)).count();
    let (changed, images) = (changed.count(), if new.len() == 1 { "image" } else { "images" });
    terminal::mention(&format!(
        "{} {images} in {} ({changed} new or changed, {gone} taken out)",
        new.len(),
        shown.display()
    ));
    Ok(())
}
