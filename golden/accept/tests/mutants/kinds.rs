//! The kinds of mistakes: which tokens each is made at, and what comes to stand there.

use crate::places::{Place, Role};
use crate::spelling::misspell;
use hlmc_fuzz::Random;
use std::collections::BTreeSet;

/// What a mistake may have to know of its lab.
pub(crate) struct Facts {
    /// All texts in it, which no misspelling may hit by chance.
    pub(crate) texts: BTreeSet<String>,
    /// The addresses of its nodes.
    pub(crate) addresses: Vec<String>,
    /// The names of its nodes.
    pub(crate) nodes: Vec<String>,
    /// The ports that something names, with the file that declares each.
    pub(crate) ports: BTreeSet<(String, String)>,
}

/// A kind of mistake.
pub(crate) struct Kind {
    /// What it is called in the table.
    pub(crate) name: &'static str,
    /// What comes to stand in the place of a token; `None` where the mistake can't be made.
    pub(crate) make: fn(&Place, &Facts, &mut Random) -> Option<String>,
    /// Why it is no matter when nothing is said.
    pub(crate) harmless: Option<&'static str>,
    /// Whether what was meant can't be told any more from what stands there.
    pub(crate) lossy: bool,
}

impl Kind {
    pub(super) const fn lossy(self) -> Self {
        Self { lossy: true, ..self }
    }

    pub(super) const fn or_harmless(self, reason: &'static str) -> Self {
        Self { harmless: Some(reason), ..self }
    }
}

pub(super) const fn kind(name: &'static str, make: fn(&Place, &Facts, &mut Random) -> Option<String>) -> Kind {
    Kind { name, make, harmless: None, lossy: false }
}

pub(super) const fn harmless(
    name: &'static str,
    make: fn(&Place, &Facts, &mut Random) -> Option<String>,
    reason: &'static str,
) -> Kind {
    Kind { harmless: Some(reason), ..kind(name, make) }
}

/// Blocks whose names are made up by whoever writes them.
const FREE: [&str; 7] = ["env", "meta", "values", "labels", "ulimit", "shm_size", "healthchecks"];

pub(super) fn is_free(place: &Place) -> bool {
    let inside = &place.path[..place.path.len().saturating_sub(usize::from(place.role == Role::Word))];
    inside.iter().any(|node| FREE.contains(&node.as_str()))
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The quoted text misspelt, to something that nothing else is called.
fn typo(place: &Place, facts: &Facts, random: &mut Random) -> Option<String> {
    let wrong = misspell(place.inner()?, random).filter(|wrong| !facts.texts.contains(wrong))?;
    Some(quoted(&wrong))
}

/// A part of the quoted text misspelt.
fn typo_between(place: &Place, (start, end): (usize, usize), facts: &Facts, random: &mut Random) -> Option<String> {
    let inner = place.inner()?;
    let wrong = misspell(inner.get(start..end)?, random).filter(|wrong| !facts.texts.contains(wrong))?;
    Some(quoted(&format!("{}{wrong}{}", &inner[..start], &inner[end..])))
}

/// A typo wherever the value of one of these stands, as (owner, name).
fn typo_of(place: &Place, facts: &Facts, random: &mut Random, values: &[(&str, &str)]) -> Option<String> {
    values.iter().any(|(owner, name)| place.is(owner, name)).then(|| typo(place, facts, random))?
}

/// A typo in the label of one of these nodes.
fn typo_of_label(place: &Place, facts: &Facts, random: &mut Random, nodes: &[&str]) -> Option<String> {
    nodes.iter().any(|node| place.labels(node)).then(|| typo(place, facts, random))?
}

pub(super) fn is_size(place: &Place) -> bool {
    place.inner().is_some_and(|text| text.ends_with('B') && text.starts_with(|c: char| c.is_ascii_digit()))
}

pub(super) fn is_time(place: &Place) -> bool {
    let unit =
        |text: &str| text.len() > 1 && text.ends_with(['s', 'm', 'h']) && text[..text.len() - 1].parse::<u32>().is_ok();
    place.role == Role::Value && place.inner().is_some_and(unit)
}

fn is_bool(place: &Place) -> bool {
    matches!(place.text.as_str(), "#true" | "#false")
}

pub(super) fn is_port(place: &Place) -> bool {
    place.is("port", "static") || place.is("port", "to")
}

/// A text of a value that the language gives a meaning.
pub(super) fn is_plain_value(place: &Place) -> bool {
    place.role == Role::Value && !is_free(place) && !place.is_in("config") && !place.is_in("template")
}

pub(super) fn number(place: &Place, is: bool, wrong: impl Into<String>) -> Option<String> {
    (place.role == Role::Value && place.is_number() && is && !is_free(place) && !place.is_in("config"))
        .then(|| wrong.into())
}

pub(super) fn value(is: bool, wrong: impl Into<String>) -> Option<String> {
    is.then(|| wrong.into())
}

/// Where an annotated text names a secret: store, path, key.
fn secret(place: &Place) -> Option<[(usize, usize); 3]> {
    if place.annotation.as_deref() != Some("secret") {
        return None;
    }
    let inner = place.inner()?;
    let (colon, hash) = (inner.find(':')?, inner.find('#')?);
    Some([(0, colon), (colon + 1, hash), (hash + 1, inner.len())])
}

/// Where an annotated text names a service: its name, its port.
fn reference(place: &Place) -> Option<[(usize, usize); 2]> {
    if !matches!(place.annotation.as_deref(), Some("address" | "host" | "port" | "url")) {
        return None;
    }
    let inner = place.inner()?;
    let start = inner.find("://").map_or(0, |at| at + 3);
    let colon = start + inner[start..].find(':')?;
    let end = inner[colon..].find('/').map_or(inner.len(), |at| colon + at);
    Some([(start, colon), (colon + 1, end)])
}

/// A number in what Nomad knows and hlmc has no word for.
fn is_nomads(place: &Place) -> bool {
    ["nomad", "nomad-task", "nomad-group"].iter().any(|node| place.is_in(node))
}

pub(super) fn hcl(place: &Place) -> bool {
    place.role == Role::Hcl
}

/// Blocks of a job file that have a name of their own, or hold free ones.
fn hcl_free(place: &Place) -> bool {
    let first = place.path[0].as_str();
    first.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
        || matches!(first, "\"site.owner\"" | "\"team.name\"" | "nofile" | "yaml" | "owner" | "tag")
}

/// All kinds, in the order of the table.
pub(super) const KINDS: &[Kind] = &[
    // Words.
    kind("word misspelt", |p, f, r| {
        (p.role == Role::Word && !is_free(p) && !p.is_in("config"))
            .then(|| misspell(&p.text, r))?
            .filter(|w| !f.texts.contains(w))
    }),
    kind("name of a property misspelt", |p, f, r| {
        let known =
            p.role == Role::Key && !is_free(p) && !p.is_in("config") && !matches!(p.node(), "preset" | "values");
        known.then(|| misspell(&p.text, r))?.filter(|w| !f.texts.contains(w))
    }),
    kind("word in capitals", |p, _, _| {
        (p.role == Role::Word && !is_free(p) && !p.is_in("config")).then(|| p.text.to_uppercase())
    }),
    kind("word with `_` for `-`", |p, _, _| {
        (matches!(p.role, Role::Word | Role::Key) && p.text.contains('-') && !is_free(p))
            .then(|| p.text.replace('-', "_"))
    }),
    kind("word with a colon behind", |p, _, _| {
        (p.role == Role::Word && !is_free(p) && !p.is_in("config")).then(|| format!("{}:", p.text))
    }),
    kind("word in the plural, as in Compose", |p, _, _| {
        let word = matches!(p.text.as_str(), "port" | "volume" | "device");
        (p.role == Role::Word && word && p.is_in("service")).then(|| format!("{}s", p.text))
    }),
    kind("annotation misspelt", |p, _, r| {
        (p.role == Role::Annotation && !p.is_in("config")).then(|| misspell(&p.text, r))?
    }),
    // Syntax.
    kind("closing quote missing", |p, _, _| {
        (p.role == Role::Value).then(|| p.inner().filter(|text| !text.is_empty()))?.map(|text| format!("\"{text}"))
    }),
    kind("opening quote missing", |p, _, _| {
        (p.role == Role::Value).then(|| p.inner())?.map(|text| format!("{text}\""))
    }),
    kind("opening brace missing", |p, _, _| (p.role == Role::Brace && p.at == 0).then(String::new)),
    kind("closing brace missing", |p, _, _| (p.role == Role::Brace && p.at == 1).then(String::new)),
    kind("closing brace twice", |p, _, _| (p.role == Role::Brace && p.at == 1).then(|| "}}".to_owned())),
    kind("brace of another kind", |p, _, _| {
        (p.role == Role::Brace).then(|| if p.at == 0 { "[".to_owned() } else { "]".to_owned() })
    }),
    kind("truth value without `#`", |p, _, _| {
        value(p.role == Role::Value && is_bool(p), p.text.trim_start_matches('#'))
    }),
    // Types and units.
    kind("truth value in quotes", |p, _, _| {
        value(p.role == Role::Value && is_bool(p) && !is_free(p), quoted(p.text.trim_start_matches('#')))
    }),
    kind("`#yes` for `#true`", |p, _, _| value(p.role == Role::Value && is_bool(p), "#yes")),
    kind("number in place of a truth value", |p, _, _| value(is_plain_value(p) && is_bool(p), "1")),
    kind("unit of a size missing", |p, _, _| value(is_size(p), p.inner()?.trim_end_matches(char::is_alphabetic))),
    kind("size in quotes without its unit", |p, _, _| {
        value(is_size(p), quoted(p.inner()?.trim_end_matches(char::is_alphabetic)))
    }),
    kind("unit of a size misspelt", |p, _, _| value(is_size(p), quoted(&p.inner()?.replace('B', "X")))),
    kind("size with a word", |p, _, _| value(is_size(p), quoted(&format!("{} of RAM", p.inner()?)))),
    kind("unit of a time missing", |p, _, _| value(is_time(p), p.inner()?.trim_end_matches(char::is_alphabetic)))
        .lossy(),
    kind("unit of a time misspelt", |p, _, _| value(is_time(p), quoted(&format!("{}ekonds", p.inner()?)))),
    kind("number in quotes", |p, _, _| number(p, true, quoted(&p.text))),
    kind("number below zero", |p, _, _| number(p, !p.is("prefer", "weight") && !is_nomads(p), format!("-{}", p.text))),
    kind("number of Nomad's below zero", |p, _, _| number(p, is_nomads(p), format!("-{}", p.text))),
    kind("number with a fraction", |p, _, _| number(p, true, format!("{}.5", p.text))),
    kind("letter in a number", |p, _, _| number(p, true, format!("{}O", p.text))),
    kind("number in place of a text", |p, _, _| {
        value(
            is_plain_value(p)
                && p.inner().is_some()
                && !p.text.contains("@{")
                && p.annotation.is_none()
                // Parameters take any plain value.
                && !matches!(p.node(), "option" | "param" | "preset")
                && p.key.as_deref() != Some("realm"),
            "5",
        )
    })
    .lossy(),
    kind("value missing", |p, _, _| {
        let alone = p.key.is_none()
            && p.at == 0
            && !matches!(p.node(), "args" | "tags" | "users" | "keys" | "upstream" | "drivers" | "-");
        value(is_plain_value(p) && alone && !is_bool(p), "")
    }),
    kind("text empty", |p, _, _| {
        let free = matches!(p.node(), "description" | "args" | "comment" | "command")
            || matches!(
                p.key.as_deref(),
                Some("description" | "comment" | "value" | "default" | "prompt" | "tags" | "name" | "method")
            );
        let given = matches!(p.node(), "preset" | "reverse-proxy" | "auth") && p.key.is_some();
        let classless = p.is("node", "class") || matches!(p.node(), "tags" | "log_level" | "user");
        value(is_plain_value(p) && p.inner().is_some() && !free && !given && !classless, "\"\"")
    }),
    // References.
    kind("volume of a service renamed", |p, f, r| typo_of_label(p, f, r, &["volume"])),
    kind("volume of a node renamed", |p, f, r| {
        let used = p.labels("host-volume");
        used.then(|| typo(p, f, r))?
    }),
    kind("class in `on` misspelt", |p, f, r| typo_of(p, f, r, &[("on", "class")])),
    kind("class in `prefer` misspelt", |p, f, r| typo_of(p, f, r, &[("prefer", "class")])),
    kind("class of a node misspelt", |p, f, r| typo_of(p, f, r, &[("node", "class")]))
        .or_harmless("a class of one node that nothing names is a name and no more"),
    kind("node in `on` or `prefer` misspelt", |p, f, r| typo_of(p, f, r, &[("on", "node"), ("prefer", "node")])),
    kind("pool misspelt", |p, f, r| typo_of(p, f, r, &[("on", "pool"), ("node", "pool")])),
    kind("architecture in `on` changed", |p, _, _| {
        value(p.is("on", "arch"), if p.text == "\"amd64\"" { "\"arm64\"" } else { "\"amd64\"" })
    }),
    kind("architecture misspelt", |p, f, r| {
        typo_of(p, f, r, &[("on", "arch"), ("node", "arch"), ("service", "arch"), ("use", "arch")])
    }),
    kind("architecture of a node in Docker's words", |p, _, _| {
        value(p.is("node", "arch"), if p.text == "\"amd64\"" { "\"x86_64\"" } else { "\"aarch64\"" })
    }),
    kind("architecture of an image changed", |p, _, _| {
        value((p.is("service", "arch") || p.is("use", "arch")) && p.at == 0, "\"arm64\"")
    }),
    kind("entry of the catalogue misspelt", |p, f, r| typo_of_label(p, f, r, &["use"])),
    kind("preset misspelt", |p, f, r| (p.path.len() > 1).then(|| typo_of_label(p, f, r, &["preset"]))?),
    kind("declared preset renamed", |p, f, r| (p.path.len() == 1).then(|| typo_of_label(p, f, r, &["preset"]))?),
    kind("declared parameter renamed", |p, f, r| typo_of_label(p, f, r, &["param"])),
    kind("given parameter misspelt", |p, f, r| {
        (p.role == Role::Key && p.node() == "preset").then(|| misspell(&p.text, r))?.filter(|w| !f.texts.contains(w))
    }),
    kind("`@{…}` misspelt", |p, f, r| {
        let inner = p.inner()?;
        let start = inner.find("@{")? + 2;
        typo_between(p, (start, start + inner[start..].find('}')?), f, r)
    }),
    kind("provider misspelt", |p, f, r| typo_of_label(p, f, r, &["reverse-proxy", "dns", "monitoring", "auth"])),
    kind("option of a provider misspelt", |p, f, r| {
        let option = p.role == Role::Key && matches!(p.node(), "reverse-proxy" | "dns" | "monitoring" | "auth");
        option.then(|| misspell(&p.text, r))?.filter(|w| !f.texts.contains(w))
    }),
    kind("role of an integration misspelt", |p, f, r| typo_of(p, f, r, &[("integration", "role")])),
    kind("daemon misspelt", |p, f, r| typo_of_label(p, f, r, &["runs"])),
    kind("store of a secret misspelt", |p, f, r| typo_between(p, secret(p)?[0], f, r)),
    kind("path of a secret misspelt", |p, f, r| typo_between(p, secret(p)?[1], f, r)),
    kind("key of a secret misspelt", |p, f, r| typo_between(p, secret(p)?[2], f, r)),
    kind("reference to a secret without its key", |p, _, _| {
        let [_, path, _] = secret(p)?;
        Some(quoted(&p.inner()?[..path.1]))
    }),
    kind("held path misspelt", |p, f, r| typo_of_label(p, f, r, &["holds"])),
    kind("held key misspelt", |p, f, r| (p.role == Role::Value && p.node() == "keys").then(|| typo(p, f, r))?),
    kind("declared store misspelt", |p, f, r| typo_of_label(p, f, r, &["secrets"])),
    kind("service in a reference misspelt", |p, f, r| typo_between(p, reference(p)?[0], f, r)),
    kind("port in a reference misspelt", |p, f, r| typo_between(p, reference(p)?[1], f, r)),
    kind("reference without its port", |p, _, _| {
        let [name, _] = reference(p)?;
        Some(quoted(&p.inner()?[..name.1]))
    }),
    kind("address of a node in place of a reference", |p, f, r| {
        let [_, port] = reference(p)?;
        let address = &f.addresses[r.below(f.addresses.len())];
        Some(quoted(&format!("{address}:{}", &p.inner()?[port.0..port.1])))
    }),
    kind("port that is named misspelt", |p, f, r| {
        typo_of(p, f, r, &[("check", "port"), ("route", "port"), ("metrics", "port")])
    }),
    kind("port renamed that others name", |p, f, r| {
        let name = p.inner()?.to_owned();
        (p.labels("port") && f.ports.contains(&(p.file.clone(), name))).then(|| typo(p, f, r))?
    }),
    kind("service in `after` misspelt", |p, f, r| {
        (p.role == Role::Value && p.node() == "after").then(|| typo(p, f, r))?
    }),
    kind("file misspelt", |p, f, r| typo_of_label(p, f, r, &["file", "template"])),
    kind("generated file misspelt", |p, f, r| typo_of_label(p, f, r, &["generated"])),
    kind("file outside of the lab", |p, _, _| {
        value(p.labels("file") || p.labels("template"), "\"../../../../../etc/passwd\"")
    }),
    kind("device misspelt", |p, f, r| typo_of_label(p, f, r, &["device"])),
    kind("type of a check misspelt", |p, f, r| typo_of_label(p, f, r, &["check"])),
    // One of a few.
    kind("one of a few words misspelt", |p, f, r| {
        typo_of(
            p,
            f,
            r,
            &[
                ("service", "type"),
                ("port", "protocol"),
                ("lab", "discovery"),
                ("node", "os"),
                ("file", "change"),
                ("template", "change"),
                ("spread", "over"),
                ("service", "network"),
                ("constraint", "operator"),
                ("option", "type"),
            ],
        )
    }),
    // Ports and addresses.
    kind("port of Nomad taken", |p, _, _| value(p.is("port", "static"), "4646")),
    kind("port of Consul taken", |p, _, _| value(p.is("port", "static"), "8500")),
    kind("port out of range", |p, _, _| number(p, is_port(p), "70000")),
    kind("port 0", |p, _, _| number(p, is_port(p), "0")),
    kind("address of another node", |p, f, _| {
        let other = f.addresses.iter().find(|address| quoted(address) != p.text)?;
        value(p.is("node", "address"), quoted(other))
    }),
    kind("address that is none", |p, _, _| {
        value(p.is("node", "address") || p.is("host", "address"), "\"192.168.1.300\"")
    }),
    kind("address outside of the network", |p, _, _| value(p.is("node", "address"), "\"172.31.9.9\"")),
    kind("address with its prefix", |p, _, _| value(p.is("node", "address"), quoted(&format!("{}/24", p.inner()?)))),
    kind("network without its prefix", |p, _, _| value(p.is("network", "cidr"), quoted(p.inner()?.split('/').next()?))),
    kind("prefix of a network out of range", |p, _, _| {
        value(p.is("network", "cidr"), quoted(&format!("{}/40", p.inner()?.split('/').next()?)))
    }),
    kind("name of another node", |p, f, _| {
        let other = f.nodes.iter().find(|name| quoted(name) != p.text)?;
        value(p.labels("node") && p.path.len() == 1, quoted(other))
    }),
    kind("name with blanks", |p, _, _| {
        value(
            p.path.len() == 1 && (p.labels("service") || p.labels("node") || p.labels("lab") || p.labels("job")),
            "\"My Name\"",
        )
    })
    .lossy(),
    kind("name with a slash", |p, _, _| {
        value(p.path.len() == 1 && (p.labels("service") || p.labels("node")), "\"a/b\"")
    })
    .lossy(),
    // Values with a form.
    kind("domain that is none", |p, _, _| value(p.is("lab", "domain"), "\"home example\"")),
    kind("time of a schedule wrong", |p, _, _| value(p.labels("periodic"), "\"0 25 * * *\"")),
    kind("time zone misspelt", |p, f, r| typo_of(p, f, r, &[("periodic", "time-zone")])),
    kind("image with a blank", |p, _, _| {
        value(p.is("service", "image") || p.is("use", "image"), quoted(&p.inner()?.replace(':', " :")))
    }),
    kind("image in capitals", |p, _, _| {
        value(
            p.is("service", "image") || p.is("use", "image"),
            quoted(&p.inner()?.split_once('/').map_or_else(
                || p.inner().unwrap_or_default().to_uppercase(),
                |(host, rest)| format!("{host}/{}", rest.to_uppercase()),
            )),
        )
    }),
    kind("signal misspelt", |p, f, r| typo_of(p, f, r, &[("template", "signal"), ("service", "kill-signal")])),
    kind("owner by name", |p, _, _| value(p.is("host-volume", "owner"), "\"media:media\"")),
    kind("mode of a file wrong", |p, _, _| value(p.is("file", "mode"), "\"999\"")),
    kind("relative path of a volume", |p, _, _| {
        value(
            p.is("host-volume", "path") || p.is("volume", "to") || p.is("share", "path"),
            quoted(p.inner()?.trim_start_matches('/')),
        )
    }),
    kind("two mounts at one place", |p, _, _| value(p.is("volume", "to") || p.is("mount", "to"), "\"/data\"")),
    kind("memory beyond every node", |p, _, _| {
        value(p.is("service", "memory") || p.is("resources", "memory") || p.is("use", "memory"), "\"900GiB\"")
    })
    .or_harmless("a node whose size isn't told may have that much"),
    kind("processor beyond every node", |p, _, _| number(p, p.is("resources", "cpu") && !p.is_in("init"), "900000"))
        .or_harmless("a node whose size isn't told may have that much"),
    kind("more memory than at most", |p, _, _| value(p.is("resources", "memory-max"), "\"16MiB\"")),
    kind("weight out of range", |p, _, _| number(p, p.is("prefer", "weight") || p.is("spread", "weight"), "500")),
    kind("priority out of range", |p, _, _| number(p, p.is("service", "priority"), "1000")),
    kind("attribute of a constraint misspelt", |p, _, _| {
        value(p.is("constraint", "attribute"), quoted(&p.inner()?.replace("attr.", "atr.")))
    }),
    kind("path of a route without its slash", |p, _, _| {
        value(
            p.is("route", "path") || p.is("check", "path") || p.is("metrics", "path"),
            quoted(p.inner()?.trim_start_matches('/')),
        )
    }),
    // Job files.
    kind("job file: block misspelt", |p, f, r| {
        (hcl(p) && p.at == 1 && p.key.as_deref() == Some("{") && !hcl_free(p))
            .then(|| misspell(&p.text, r))?
            .filter(|w| !f.texts.contains(w))
    }),
    kind("job file: attribute misspelt", |p, f, r| {
        (hcl(p) && p.at == 1 && p.key.as_deref() == Some("=") && !hcl_free(p) && p.inner().is_none())
            .then(|| misspell(&p.text, r))?
            .filter(|w| !f.texts.contains(w))
    }),
    kind("job file: closing quote missing", |p, _, _| {
        (hcl(p)).then(|| p.inner().filter(|text| !text.is_empty()))?.map(|text| format!("\"{text}"))
    }),
    kind("job file: number misspelt", |p, _, _| {
        (hcl(p) && p.is_number() && p.at == 0 && matches!(p.path[0].as_str(), "cpu" | "memory" | "count"))
            .then(|| format!("{}x", p.text))
    }),
    kind("job file: datacenter misspelt", |p, f, r| {
        (hcl(p) && p.path[0] == "datacenters" && p.at == 0).then(|| typo(p, f, r))?
    }),
    kind("job file: time without its unit", |p, _, _| {
        value(
            hcl(p) && is_time(&Place { role: Role::Value, ..p.clone() }) && p.at == 0,
            quoted(p.inner()?.trim_end_matches(char::is_alphabetic)),
        )
    }),
    kind("job file: type misspelt", |p, f, r| {
        (hcl(p) && p.path[0] == "type" && p.at == 0 && p.inner().is_some_and(|text| text != "json-file"))
            .then(|| typo(p, f, r))?
    }),
    kind("job file: driver misspelt", |p, f, r| {
        (hcl(p) && p.path[0] == "driver" && p.at == 0).then(|| typo(p, f, r))?
    }),
    kind("job file: volume misspelt", |p, f, r| {
        (hcl(p) && matches!(p.path[0].as_str(), "source" | "volume") && p.at == 0 && p.inner().is_some())
            .then(|| typo(p, f, r))?
    }),
    kind("job file: port misspelt", |p, f, r| {
        (hcl(p) && p.path[0] == "port" && p.at == 0 && p.inner().is_some() && p.key.is_none()).then(|| typo(p, f, r))?
    }),
    kind("job file: variable misspelt", |p, f, r| {
        (hcl(p)
            && p.at == 0
            && p.inner().is_none()
            && !p.is_number()
            && matches!(p.path[0].as_str(), "image" | "tags" | "for_each" | "count"))
        .then(|| misspell(&p.text, r))?
        .filter(|w| !f.texts.contains(w))
    }),
    // What can't be known.
    harmless(
        "text for people misspelt",
        |p, f, r| {
            typo_of(
                p,
                f,
                r,
                &[("service", "description"), ("share", "comment"), ("namespace", "description"), ("option", "prompt")],
            )
        },
        "only people read it",
    ),
    harmless(
        "name of a variable misspelt",
        |p, f, r| {
            (p.parent() == "env" && p.role == Role::Word)
                .then(|| misspell(&p.text, r))?
                .filter(|w| !f.texts.contains(w))
        },
        "which variables an image reads stands nowhere",
    ),
    harmless(
        "argument of a program misspelt",
        |p, f, r| (p.node() == "args" && p.role == Role::Value).then(|| typo(p, f, r))?,
        "what a program takes stands nowhere",
    ),
    harmless(
        "tag misspelt",
        |p, f, r| (p.node() == "tags" && p.role == Role::Value).then(|| typo(p, f, r))?,
        "tags mean something to whoever looks for them",
    ),
    harmless(
        "path of a volume misspelt",
        |p, f, r| typo_of(p, f, r, &[("host-volume", "path")]),
        "which folders a machine has stands nowhere: the installer makes it",
    ),
];
