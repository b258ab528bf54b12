//! The lab's own facts, typed.

use super::codes::bad_value::bad_value;
use super::name::{NameKind, check_name};
use crate::decode::codes::defined_twice::defined_twice;
use crate::diagnostic::{Sink, nearest};
use crate::model::{Discovery, Lab, Namespace, Network, SecretStore};
use crate::nomad::form::{Block, Body};
use crate::source::Spanned;

/// Reads `lab "name" { … }`; nodes, services and providers are added by later steps.
pub fn lab(block: &Block, sink: &mut Sink) -> Lab {
    let body = &block.body;
    let name = block.label().cloned().unwrap_or_else(|| Spanned::new("lab".into(), block.span));
    check_name("lab", &name, NameKind::Label, sink);
    let domain = text(body, "domain").unwrap_or_else(|| Spanned::new("lab.internal".into(), block.span));
    check_name("domain", &domain, NameKind::Domain, sink);
    let datacenter = text(body, "datacenter").unwrap_or_else(|| Spanned::new("home".into(), block.span));
    check_name("datacenter", &datacenter, NameKind::Label, sink);
    let region = text(body, "region").unwrap_or_else(|| Spanned::new("global".into(), block.span));
    check_name("region", &region, NameKind::Label, sink);
    Lab {
        name,
        domain,
        datacenter: datacenter.value,
        region: region.value,
        discovery: match body.str("discovery").map(|text| text.value) {
            Some("nomad") => Discovery::Nomad,
            _ => Discovery::Consul,
        },
        acl: body.bool("acl").is_some_and(|acl| acl.value),
        networks: networks(body, sink),
        namespaces: namespaces(body, sink),
        stores: stores(body, sink),
        providers: Vec::new(),
        nodes: Vec::new(),
        more_nodes: false,
        more_services: false,
        more_secrets: false,
        services: Vec::new(),
        lock: None,
        locked: false,
        allowed: Vec::new(),
    }
}

/// A text of a body, owned.
pub(crate) fn text(body: &Body, name: &str) -> Option<Spanned<String>> {
    body.str(name).map(|text| text.map(str::to_owned))
}

fn networks(body: &Body, sink: &mut Sink) -> Vec<Network> {
    let mut networks = Vec::new();
    for block in body.blocks("network") {
        let (Some(name), Some(cidr)) = (block.label(), text(&block.body, "cidr")) else { continue };
        check_name("network", name, NameKind::Label, sink);
        if !is_cidr(&cidr) {
            sink.push(
                bad_value(&cidr, "the first address of an IPv4 network with its prefix", cidr.span)
                    .help("write it with its prefix, such as `192.168.1.0/24`"),
            );
            continue;
        }
        networks.push(Network { name: name.clone(), cidr });
    }
    networks
}

/// Whether a text is an IPv4 network with its prefix length, and no address inside of it. Firewalls and Samba would read such an
/// address as the network it lies in.
fn is_cidr(text: &str) -> bool {
    text.split_once('/').is_some_and(|(address, prefix)| {
        let (Ok(address), Ok(length)) = (address.parse::<std::net::Ipv4Addr>(), prefix.parse::<u32>()) else {
            return false;
        };
        let digits = prefix.bytes().all(|b| b.is_ascii_digit());
        digits && (1..=31).contains(&length) && u32::from(address).trailing_zeros() >= 32 - length
    })
}

/// Whether a text is a path that Nomad takes for a variable (nomad/structs, `validVariablePath`).
fn is_variable(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_~/".contains(&b);
    (1..=128).contains(&path.len()) && path.bytes().all(plain)
}

/// Whether a text is a path that Vault's key-value engine, a policy and a template all take for the same one: `*`, `+` and `{{` stand
/// for others in a policy, `?` and what follows isn't a part of it in a template, and `%` begins a character there.
fn is_in_vault(path: &str) -> bool {
    let plain = |c: char| match c {
        '*' | '+' | '?' | '#' | '%' | '{' | '}' | '"' | '\\' => false,
        c => c == ' ' || c.is_ascii_graphic() || !c.is_ascii() && c.is_alphanumeric(),
    };
    let part = |part: &str| !matches!(part, "" | "." | "..") && part.trim() == part && part.chars().all(plain);
    path.contains('/') && path.split('/').all(part)
}

/// Reports a path that a store can't have.
fn check_path(store: &str, path: &Spanned<String>, sink: &mut Sink) {
    if store == "nomad" && !is_variable(path) {
        sink.push(
            bad_value(path, "the path of a Nomad variable, such as `nomad/jobs/web`", path.span)
                .help("take at most 128 letters, digits, `-`, `_`, `~` and `/`"),
        );
    } else if store == "vault" && !is_in_vault(path) {
        sink.push(
            bad_value(path, "the path of a secret in Vault, such as `secret/web`", path.span)
                .help("write the mount, a `/` and the rest, without any of `*+?#%{}\"\\`, which mean something else in policies and templates"),
        );
    }
}

/// Reports an address that isn't written as Nomad would write it: it puts other ones into another form, or takes none of them.
fn is_url(address: &Spanned<String>, sink: &mut Sink) -> bool {
    let rest = ["http://", "https://"].iter().find_map(|scheme| address.strip_prefix(scheme));
    let (host, path) = rest.map_or(("", ""), |rest| rest.split_at(rest.find('/').unwrap_or(rest.len())));
    let (name, port) = host.split_once(':').unwrap_or((host, "1"));
    let name_fits =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
    let path_fits = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~".contains(&b));
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    let fits = name_fits && path_fits && digits && port.parse::<u16>().is_ok();
    if !fits {
        sink.push(
            bad_value(address, "the address of a store, such as `https://vault.example.com:8200`", address.span)
                .help("write `http://` or `https://`, the name of the host in lower case, and its port"),
        );
    }
    fits
}

fn namespaces(body: &Body, sink: &mut Sink) -> Vec<Namespace> {
    let mut namespaces = Vec::new();
    for block in body.blocks("namespace") {
        let Some(name) = block.label() else { continue };
        if check_name("namespace", name, NameKind::Namespace, sink) {
            let description = text(&block.body, "description").map(|text| text.value).unwrap_or_default();
            namespaces.push(Namespace { name: name.clone(), description });
        }
    }
    namespaces
}

/// Reports a mount that no path lies in, as `kv/lab/web` does in `kv` and in `kv/lab`.
fn check_mount(mount: &Spanned<String>, holds: &[(Spanned<String>, Vec<Spanned<String>>)], sink: &mut Sink) {
    let is_in = |path: &str| path.strip_prefix(mount.as_str()).is_some_and(|rest| rest.starts_with('/'));
    let paths: Vec<&Spanned<String>> = holds.iter().map(|(path, _)| path).filter(|path| is_in_vault(path)).collect();
    let Some(first) = paths.first().filter(|_| mount.is_empty() || !paths.iter().any(|path| is_in(path))) else {
        return;
    };
    let starts: Vec<&str> = first.match_indices('/').map(|(at, _)| &first[..at]).collect();
    let near = nearest(mount, starts.iter().copied()).or(starts.last().copied()).unwrap_or_default();
    sink.push(
        bad_value(mount, "a mount that paths of the store lie in", mount.span)
            .also(first.span, "this one, and any other, lies elsewhere")
            .help(format!("write where the engine is mounted, such as `{near}`: the first part of the paths"))
            .fix(mount.span, format!("\"{near}\"")),
    );
}

fn stores(body: &Body, sink: &mut Sink) -> Vec<SecretStore> {
    let mut stores = Vec::new();
    for block in body.blocks("secrets") {
        let Some(name) = block.label() else { continue };
        if !matches!(name.as_str(), "nomad" | "vault") {
            sink.push(super::codes::unknown_reference::unknown_reference(
                "store of secrets",
                name,
                name.span,
                ["nomad", "vault"],
            ));
            continue;
        }
        let mut holds: Vec<(Spanned<String>, Vec<Spanned<String>>)> = Vec::new();
        for held in block.body.blocks("holds") {
            let Some(path) = held.label() else { continue };
            check_path(&name.value, path, sink);
            let keys: Vec<Spanned<String>> = held.body.strings("keys").map(|key| key.map(str::to_owned)).collect();
            for (at, key) in keys.iter().enumerate() {
                if let Some(first) = keys[..at].iter().find(|other| other.value == key.value) {
                    sink.push(defined_twice(&format!("key `{}`", key.value), key.span, first.span));
                }
            }
            holds.push((path.clone(), keys));
        }
        holds.sort_by(|(a, _), (b, _)| a.value.cmp(&b.value));
        let mount = text(&block.body, "mount");
        if let Some(mount) = &mount {
            check_mount(mount, &holds, sink);
        }
        stores.push(SecretStore {
            name: name.clone(),
            address: text(&block.body, "address").filter(|address| is_url(address, sink)),
            mount: mount.map_or_else(|| "secret".into(), |mount| mount.value),
            holds,
        });
    }
    stores
}
