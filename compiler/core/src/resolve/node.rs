//! Nodes, typed, with what can be wrong about one machine.

use super::codes::bad_value::bad_value;
use super::lab::text;
use super::name::{NameKind, check_name};
use super::{agent, machine};
use crate::decode::codes::defined_twice::defined_twice;
use crate::decode::codes::ignored_name::without_effect;
use crate::diagnostic::Sink;
use crate::model::{
    Arch, Capacity, Daemon, Device, Dhcp, Dnsmasq, HostVolume, Node, NodeMount, Reserved, Samba, Share, Ssh, few,
};
use crate::nomad::form::{Block, Body};
use crate::source::{Sources, Span, Spanned};
use rayon::prelude::*;
use std::net::Ipv4Addr;

const MIB: u64 = 1 << 20;

/// Reads the `node` blocks; what is wrong with one leaves the others alone. Sorted by name.
pub fn nodes(blocks: &[Block], sources: &Sources, sink: &mut Sink) -> Vec<Node> {
    let read: Vec<(Option<Node>, Sink)> = blocks
        .par_iter()
        .map(|block| {
            let mut sink = Sink::default();
            (node(block, sources, &mut sink), sink)
        })
        .collect();
    let mut nodes: Vec<Node> = read.into_iter().filter_map(|(node, found)| sink.take(node, found)).collect();
    nodes.sort_by(|a, b| (&a.name.value, a.span).cmp(&(&b.name.value, b.span)));
    nodes.dedup_by(|again, first| {
        let same = again.name.value == first.name.value;
        if same {
            sink.push(defined_twice(&format!("node `{}`", first.name.value), again.name.span, first.name.span));
        }
        same
    });
    let mut by_address: Vec<&Node> = nodes.iter().collect();
    by_address.sort_by_key(|node| (node.address.value, node.span));
    for pair in by_address.windows(2) {
        if pair[0].address.value == pair[1].address.value {
            let what = format!("address `{}`", pair[0].address.value);
            sink.push(defined_twice(&what, pair[1].address.span, pair[0].address.span));
        }
    }
    nodes
}

fn node(block: &Block, sources: &Sources, sink: &mut Sink) -> Option<Node> {
    let body = &block.body;
    let name = block.label()?.clone();
    check_name("node", &name, NameKind::Label, sink);
    let address = address(text(body, "address")?, sink)?;
    let arch = text(body, "arch")?;
    let arch = Spanned::new(Arch::from_name(&arch)?, arch.span);
    let class = text(body, "class").unwrap_or_else(|| Spanned::new(String::new(), block.span));
    if !class.is_empty() {
        check_name("node class", &class, NameKind::Label, sink);
    }
    let pool = text(body, "pool").unwrap_or_else(|| Spanned::new("default".into(), block.span));
    check_name("node pool", &pool, NameKind::Label, sink);
    let mut drivers: Vec<_> = body.strings("drivers").map(|driver| driver.map(str::to_owned)).collect();
    drivers.retain(|driver| check_name("task driver", driver, NameKind::Port, sink));
    let server = body.bool("server").is_some_and(|server| server.value);
    let client = body.bool("client").is_none_or(|client| client.value);
    if !server && !client {
        sink.push(bad_value(&name, "a server or a client", name.span).help("leave out `client #false`, or the node"));
    }
    let mut node = Node {
        address,
        interface: interface(body, sink),
        arch,
        os: text(body, "os").map_or_else(|| "debian".into(), |os| os.value),
        class,
        pool,
        server,
        client,
        drivers: if drivers.is_empty() { vec![Spanned::new("docker".into(), name.span)] } else { drivers },
        ssh: ssh(body, sink),
        capacity: capacity(body, sink),
        reserved: reserved(body, sink),
        meta: meta(body),
        host_volumes: host_volumes(body, sink),
        mounts: mounts(body, sink),
        devices: devices(body, sink),
        daemons: body.blocks("runs").filter_map(|block| daemon(block, sink)).collect(),
        nomad: body.block("nomad").map(|block| block.body.clone()).unwrap_or_default(),
        consul: body.block("consul").map(|block| block.body.clone()).unwrap_or_default(),
        manifest: sources.path(block.span.file).to_owned(),
        span: block.label().map_or(block.span, |label| label.span),
        name,
    };
    agent::apply(&mut node);
    agent::check(&node, sink);
    machine::check(&node, sink);
    Some(node)
}

fn address(text: Spanned<String>, sink: &mut Sink) -> Option<Spanned<Ipv4Addr>> {
    match text.parse::<Ipv4Addr>() {
        Ok(address) if !address.is_unspecified() && !address.is_loopback() && !address.is_multicast() => {
            Some(Spanned::new(address, text.span))
        }
        _ => {
            sink.push(
                bad_value(&text, "the IPv4 address of a machine", text.span)
                    .help("give the address that the other nodes reach it by, such as `192.168.1.20`"),
            );
            None
        }
    }
}

fn interface(body: &Body, sink: &mut Sink) -> Option<String> {
    let interface = text(body, "interface")?;
    let fits = (1..=15).contains(&interface.len())
        && interface.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@'));
    if !fits {
        sink.push(
            bad_value(&interface, "a network interface, such as `eth0`", interface.span)
                .help("`ip address` on the machine lists them; leave `interface` out to have it found by the address"),
        );
    }
    fits.then_some(interface.value)
}

fn ssh(body: &Body, sink: &mut Sink) -> Ssh {
    let Some(block) = body.block("ssh") else { return Ssh::default() };
    let user = text(&block.body, "user").filter(|user| check_name("login", user, NameKind::Label, sink));
    Ssh { user: user.map(|user| user.value), port: port(&block.body, "port", sink).map(|port| port.value) }
}

/// A port number of a body, reported when it isn't one.
pub(crate) fn port(body: &Body, name: &str, sink: &mut Sink) -> Option<Spanned<u16>> {
    let number = body.int(name)?;
    match u16::try_from(number.value) {
        Ok(port) if port > 0 => Some(Spanned::new(port, number.span)),
        _ => {
            sink.push(
                bad_value(&number.value.to_string(), "a port from 1 to 65535", number.span)
                    .help("write the number that the program listens on, such as `8080`"),
            );
            None
        }
    }
}

/// A whole number of a body that can't be negative.
pub(crate) fn amount(body: &Body, name: &str, sink: &mut Sink) -> Option<u64> {
    let number = body.int(name)?;
    let amount = u64::try_from(number.value).ok();
    if amount.is_none() {
        sink.push(
            bad_value(&number.value.to_string(), "a number from 0 upwards", number.span)
                .help("write it without `-`, or leave it out"),
        );
    }
    amount
}

fn capacity(body: &Body, sink: &mut Sink) -> Capacity {
    let Some(block) = body.block("capacity") else { return Capacity::default() };
    let mut spanned = |name: &str| {
        let span = block.body.attribute(name)?.value.span;
        Some(Spanned::new(amount(&block.body, name, sink)?, span))
    };
    Capacity { cpu: spanned("cpu"), memory: spanned("memory"), disk: spanned("disk") }
}

/// Without a word of the owner: 500 MHz, 512 MiB and 1 GiB, about what Debian, the agents and Docker take.
fn reserved(body: &Body, sink: &mut Sink) -> Reserved {
    let empty = Body::default();
    let body = body.block("reserved").map_or(&empty, |block| &block.body);
    Reserved {
        cpu: amount(body, "cpu", sink).unwrap_or(500),
        memory: amount(body, "memory", sink).unwrap_or(512 * MIB),
        disk: amount(body, "disk", sink).unwrap_or(1024 * MIB),
        ports: text(body, "ports").filter(|ports| is_port_list(ports, sink)),
    }
}

fn is_port_list(text: &Spanned<String>, sink: &mut Sink) -> bool {
    let number = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0);
    let fits = text.split(',').map(str::trim).all(|part| match part.split_once('-') {
        Some((from, until)) => number(from).zip(number(until)).is_some_and(|(from, until)| from <= until),
        None => number(part).is_some(),
    });
    if !fits {
        sink.push(
            bad_value(text, "a list of ports, such as `22,8000-8100`", text.span)
                .help("separate ports from 1 to 65535 by commas, and write a range with `-`"),
        );
    }
    fits
}

fn meta(body: &Body) -> Vec<(Spanned<String>, String)> {
    let mut meta: Vec<_> = body
        .block("meta")
        .into_iter()
        .flat_map(|block| &block.body.attributes)
        .filter_map(|attribute| match &attribute.value.kind {
            crate::nomad::form::ValueKind::Str(text) => {
                Some((Spanned::new(attribute.name.to_string(), attribute.name_span), text.clone()))
            }
            _ => None,
        })
        .collect();
    meta.sort_by(|a, b| a.0.value.cmp(&b.0.value));
    meta
}

/// The longest path, and the longest name in it, that Linux takes.
pub(super) const LONGEST_PATH: usize = 4095;
pub(super) const LONGEST_NAME: usize = 255;

/// Reports a path that isn't absolute, that could be written shorter, that Linux wouldn't take, or that the end of a line would
/// change: a blank there is cut off, and a backslash takes in the next line.
pub(crate) fn is_absolute(path: &Spanned<String>, sink: &mut Sink) -> bool {
    let parts = || path.as_bytes().split(|b| *b == b'/');
    let plain =
        path.bytes().all(|b| matches!(b, b' '..=b'~')) || !path.chars().any(|c| c.is_control() || is_noncharacter(c));
    let fits = path.starts_with('/')
        && plain
        && !path.ends_with([' ', '\\'])
        && (path.value == "/" || !parts().skip(1).any(|part| matches!(part, b"" | b"." | b"..")));
    let short = path.len() <= LONGEST_PATH && parts().all(|part| part.len() <= LONGEST_NAME);
    if !fits {
        sink.push(bad_value(path, "a plain absolute path", path.span).help(
            "write the whole path, from `/` on, without `.` and `..`, and with no `/`, `\\` or blank at its end",
        ));
    } else if !short {
        let expected = "a path of at most 4095 bytes with at most 255 in each of its names";
        sink.push(bad_value(path, expected, path.span).help("Linux takes no longer ones"));
    }
    fits && short
}

/// Whether Unicode keeps a character from ever meaning anything: systemd takes no unit that has one.
fn is_noncharacter(c: char) -> bool {
    u32::from(c) & 0xfffe == 0xfffe || matches!(c, '\u{fdd0}'..='\u{fdef}')
}

fn host_volumes(body: &Body, sink: &mut Sink) -> Vec<HostVolume> {
    let mut volumes = Vec::new();
    for block in body.blocks("host-volume") {
        let (Some(name), Some(path)) = (block.label(), text(&block.body, "path")) else { continue };
        if !check_name("volume", name, NameKind::Volume, sink) || !is_absolute(&path, sink) {
            continue;
        }
        let owner = text(&block.body, "owner").and_then(|text| owner(&text, sink));
        let read_only = block.body.bool("read-only").is_some_and(|read_only| read_only.value);
        volumes.push(HostVolume { name: name.clone(), path, owner, read_only });
    }
    few(volumes)
}

fn owner(text: &Spanned<String>, sink: &mut Sink) -> Option<(u32, u32)> {
    let owner = text.split_once(':').and_then(|(user, group)| Some((user.parse().ok()?, group.parse().ok()?)));
    if owner.is_none() {
        sink.push(
            bad_value(text, "a user and group by number, such as `1000:1000`", text.span)
                .help("names differ from machine to machine; `id -u` and `id -g` tell the numbers"),
        );
    }
    owner
}

fn mounts(body: &Body, sink: &mut Sink) -> Vec<NodeMount> {
    let mut mounts = Vec::new();
    for block in body.blocks("mount") {
        let (Some(path), Some(source), Some(kind)) =
            (block.label(), text(&block.body, "source"), text(&block.body, "type"))
        else {
            continue;
        };
        let options = text(&block.body, "options").unwrap_or_else(|| Spanned::new("defaults".into(), block.span));
        let words = [&source, &kind, &options].into_iter().all(|text| is_word(text, sink));
        if kind.starts_with("nfs") && !source.contains(':') && words {
            let (server, folder) = source.split_once('/').unwrap_or((&source, "export"));
            sink.push(bad_value(&source, "a folder of another machine", source.span).help(format!(
                "write the machine, `:` and its folder: `{server}:/{}`",
                folder.trim_start_matches('/')
            )));
        }
        if is_absolute(path, sink) && is_no_root(path, sink) && words {
            mounts.push(NodeMount { path: path.clone(), source, kind, options });
        }
    }
    few(mounts)
}

/// Reports a mount in place of the whole system.
fn is_no_root(path: &Spanned<String>, sink: &mut Sink) -> bool {
    let fits = path.value != "/";
    if !fits {
        sink.push(bad_value(path, "a folder to mount something on", path.span).help("the system mounts `/` itself"));
    }
    fits
}

/// Reports a text with white space or control characters, where a unit file or a mount table wants one word.
fn is_word(text: &Spanned<String>, sink: &mut Sink) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || is_noncharacter(c);
    let fits = !text.is_empty() && !text.ends_with('\\') && !text.chars().any(odd);
    if !fits {
        sink.push(
            bad_value(text, "one word without a backslash at its end", text.span)
                .help("remove blanks and the backslash"),
        );
    }
    fits
}

fn devices(body: &Body, sink: &mut Sink) -> Vec<Device> {
    body.blocks("device")
        .filter_map(|block| {
            let name = block.label()?.clone();
            if !is_word(&name, sink) {
                return None;
            }
            Some(Device { name, count: amount(&block.body, "count", sink).unwrap_or(1) })
        })
        .collect()
}

fn daemon(block: &Block, sink: &mut Sink) -> Option<Daemon> {
    let name = block.label()?;
    match name.as_str() {
        "dnsmasq" => Some(Daemon::Dnsmasq(dnsmasq(&block.body, name.span, sink))),
        "samba" => Some(Daemon::Samba(samba(&block.body, name.span, sink))),
        _ => {
            let known = ["dnsmasq", "samba"];
            sink.push(super::codes::unknown_reference::unknown_reference("daemon", name, name.span, known));
            None
        }
    }
}

fn dnsmasq(body: &Body, span: Span, sink: &mut Sink) -> Dnsmasq {
    let dhcp = body.block("dhcp").and_then(|block| {
        let mut given = |name: &str| address(text(&block.body, name)?, sink);
        let (from, until, router) = (given("from")?, given("until")?, given("router")?);
        let lease = text(&block.body, "lease").map_or_else(|| "12h".into(), |lease| lease.value);
        Some(Dhcp { from, until, router, lease })
    });
    let mut hosts = Vec::new();
    for host in body.blocks("host") {
        if let (Some(name), Some(address)) =
            (host.label(), text(&host.body, "address").and_then(|it| address(it, sink)))
        {
            hosts.push((name.clone(), address.value));
        }
    }
    hosts.retain(|(name, _)| check_name("host", name, NameKind::Label, sink));
    let upstream = body
        .strings("upstream")
        .map(|server| server.map(str::to_owned))
        .filter(|server| {
            let fits = server.parse::<std::net::IpAddr>().is_ok();
            if !fits {
                sink.push(
                    bad_value(server, "the address of a DNS server", server.span)
                        .help("write its IP address, such as `9.9.9.9`: to find it by name would take a DNS server"),
                );
            }
            fits
        })
        .collect();
    Dnsmasq { upstream, dhcp, hosts, span }
}

fn samba(body: &Body, span: Span, sink: &mut Sink) -> Samba {
    let workgroup = text(body, "workgroup").filter(|name| is_workgroup(name, sink));
    let mut shares = Vec::new();
    for block in body.blocks("share") {
        let (Some(name), Some(path)) = (block.label(), text(&block.body, "path")) else { continue };
        let comment = text(&block.body, "comment").filter(|comment| is_line(comment, sink));
        let fits = check_name("share", name, NameKind::Volume, sink) && is_no_section(name, sink);
        if !fits || !is_absolute(&path, sink) || !is_line(&path, sink) {
            continue;
        }
        idle_guest(&block.body, sink);
        let users = block.body.strings("users").map(|user| user.map(str::to_owned));
        shares.push(Share {
            name: name.clone(),
            path,
            comment: comment.map(|comment| comment.value),
            users: users
                .filter(|user| check_name("login", user, NameKind::Label, sink))
                .map(|user| user.value)
                .collect(),
            read_only: block.body.bool("read-only").is_some_and(|truth| truth.value),
            guest: block.body.bool("guest").is_some_and(|truth| truth.value),
        });
    }
    Samba { workgroup: workgroup.map_or_else(|| "WORKGROUP".into(), |name| name.value), shares, span }
}

/// Reports guests of a share that only some may open: Samba asks for `valid users` whoever comes.
fn idle_guest(share: &Body, sink: &mut Sink) {
    let guest = share.attribute("guest").filter(|_| share.bool("guest").is_some_and(|guest| guest.value));
    if let (Some(guest), Some(users)) = (guest, share.strings("users").next()) {
        let diagnostic = without_effect("guest", "beside `users`: Samba lets in nobody else", guest.name_span);
        let diagnostic = diagnostic.also(users.span, "for users alone");
        sink.push(diagnostic.help("leave `guest` out, or `users` where everybody may open it without a password"));
    }
}

/// Reports a text that Samba would read as something else: it takes `%u` for the name of a user, and a backslash at the end of
/// a line for a line that goes on.
fn is_line(text: &Spanned<String>, sink: &mut Sink) -> bool {
    let fits = !text.chars().any(char::is_control)
        && !text.contains('%')
        && !text.ends_with('\\')
        && text.trim() == text.value;
    if !fits {
        sink.push(
            bad_value(text, "a line that Samba leaves as it is", text.span)
                .help("leave out control characters, `%`, a backslash at the end, and blanks at either end"),
        );
    }
    fits
}

/// Reports the names that mean something else than a share in Samba's configuration.
fn is_no_section(name: &Spanned<String>, sink: &mut Sink) -> bool {
    let fits = !["global", "homes", "printers"].contains(&name.to_lowercase().as_str());
    if !fits {
        sink.push(bad_value(name, "the name of a share", name.span).help("Samba means something else by it"));
    }
    fits
}

fn is_workgroup(name: &Spanned<String>, sink: &mut Sink) -> bool {
    let fits = (1..=15).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if !fits {
        sink.push(
            bad_value(name, "a Windows workgroup", name.span).help("take at most 15 letters, digits, `-`, `_` and `.`"),
        );
    }
    fits
}
