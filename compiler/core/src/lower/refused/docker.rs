//! What Nomad's Docker driver, Docker or runc refuse in a task's `config` once the task starts. Nothing reads these words before.

use super::wrong;
use crate::diagnostic::{Diagnostic, Severity, Sink, nearest};
use crate::nomad::form::{Body, Value, ValueKind};
use crate::source::{Span, Spanned};
use std::net::IpAddr;

/// The capabilities of Linux, without `CAP_`.
const CAPABILITIES: [&str; 41] = [
    "AUDIT_CONTROL",
    "AUDIT_READ",
    "AUDIT_WRITE",
    "BLOCK_SUSPEND",
    "BPF",
    "CHECKPOINT_RESTORE",
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "IPC_LOCK",
    "IPC_OWNER",
    "KILL",
    "LEASE",
    "LINUX_IMMUTABLE",
    "MAC_ADMIN",
    "MAC_OVERRIDE",
    "MKNOD",
    "NET_ADMIN",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_RAW",
    "PERFMON",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYSLOG",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_CHROOT",
    "SYS_MODULE",
    "SYS_NICE",
    "SYS_PACCT",
    "SYS_PTRACE",
    "SYS_RAWIO",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "WAKE_ALARM",
];

/// The limits that Docker knows (docker/go-units).
const LIMITS: [&str; 15] = [
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nofile",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
];

/// The settings of the kernel, beside those of networks, that a container has of its own (runc, `validate.sysctl`).
const SETTINGS: [&str; 9] = [
    "kernel.domainname",
    "kernel.msgmax",
    "kernel.msgmnb",
    "kernel.msgmni",
    "kernel.sem",
    "kernel.shm_rmid_forced",
    "kernel.shmall",
    "kernel.shmmax",
    "kernel.shmmni",
];

/// What writes a container's output away, without plugins (dockerd, `daemon/logger`).
const LOGS: [&str; 11] =
    ["awslogs", "etwlogs", "fluentd", "gcplogs", "gelf", "journald", "json-file", "local", "none", "splunk", "syslog"];

/// Options of a bind behind its second `:`.
const OPTIONS: [&str; 14] = [
    "ro",
    "rw",
    "z",
    "Z",
    "private",
    "rprivate",
    "shared",
    "rshared",
    "slave",
    "rslave",
    "nocopy",
    "consistent",
    "cached",
    "delegated",
];

/// Reports what can't be in a task's `config`.
pub(super) fn check(group: &Body, task: &Body, config: &Body, sink: &mut Sink) {
    for attribute in &config.attributes {
        let value = &attribute.value;
        match &*attribute.name {
            "cap_add" | "cap_drop" => texts(value, |text| capability(text, sink)),
            "volumes" => texts(value, |text| {
                bind(text, config, sink);
                folder(text, task, config, sink);
            }),
            "ipv4_address" => texts(value, |text| own_address(text, config, sink)),
            "cpuset_cpus" => texts(value, |text| processors(text, sink)),
            "memory_hard_limit" => memory(task, value, sink),
            "extra_hosts" => texts(value, |text| host(text, sink)),
            "dns_servers" => texts(value, |text| dns_server(text, sink)),
            "security_opt" => texts(value, |text| security(text, sink)),
            name @ ("pid_mode" | "ipc_mode" | "userns_mode" | "uts_mode") => {
                texts(value, |text| mode(name, text, sink));
            }
            "work_dir" => texts(value, |text| absolute(text, sink)),
            "mac_address" => texts(value, |text| mac_address(text, sink)),
            "sysctl" => pairs(value, |name, _| setting(name, config, sink)),
            "ulimit" => pairs(value, |name, value| limit(name, value, sink)),
            "port_map" => port_map(group, task, config, attribute.name_span, sink),
            _ => {}
        }
    }
    for block in &config.blocks {
        match &*block.name {
            "sysctl" => each(&block.body, |name, _| setting(name, config, sink)),
            "ulimit" => each(&block.body, |name, value| limit(name, value, sink)),
            "devices" => device(&block.body, sink),
            "logging" => ["type", "driver"].iter().filter_map(|word| block.body.str(word)).for_each(|it| log(it, sink)),
            "mount" | "mounts" => {
                block.body.str("target").into_iter().for_each(|target| absolute(target, sink));
            }
            "port_map" => port_map(group, task, config, block.span, sink),
            _ => {}
        }
    }
}

/// The texts of a value, but for those that Nomad fills in.
fn texts<'v>(value: &'v Value, mut report: impl FnMut(Spanned<&'v str>)) {
    for value in value.elements() {
        if let ValueKind::Str(text) = &value.kind
            && !text.contains("${")
        {
            report(Spanned::new(text, value.span));
        }
    }
}

/// The names of a map, or of a list of maps, with what each of them has.
fn pairs<'v>(value: &'v Value, mut report: impl FnMut(Spanned<&'v str>, &'v Value)) {
    for map in value.elements() {
        let ValueKind::Map(map) = &map.kind else { continue };
        map.iter().for_each(|(name, value)| report(Spanned::new(name.as_str(), name.span), value));
    }
}

fn each<'b>(body: &'b Body, mut report: impl FnMut(Spanned<&'b str>, &'b Value)) {
    for attribute in &body.attributes {
        report(Spanned::new(&*attribute.name, attribute.name_span), &attribute.value);
    }
}

fn capability(text: Spanned<&str>, sink: &mut Sink) {
    let upper = text.value.trim().to_ascii_uppercase();
    let name = upper.strip_prefix("CAP_").unwrap_or(&upper);
    if name == "ALL" || CAPABILITIES.contains(&name) {
        return;
    }
    let help = match nearest(name, CAPABILITIES) {
        Some(near) => format!("did you mean `{}`?", near.to_ascii_lowercase()),
        None => "`man 7 capabilities` lists them".to_owned(),
    };
    sink.push(wrong(text.value, "a Linux capability, such as `net_admin`", text.span, &help));
}

/// `source:target[:options]`. With a driver of volumes the source is a name.
fn bind(text: Spanned<&str>, config: &Body, sink: &mut Sink) {
    let mut parts = text.value.splitn(4, ':');
    let (source, target, options, more) = (parts.next(), parts.next(), parts.next(), parts.next());
    let Some(target) = target.filter(|target| !target.is_empty() && source.is_some_and(|it| !it.is_empty())) else {
        let help = "write the folder, `:` and where it is in the container: `/srv/data:/data`";
        sink.push(wrong(text.value, "a bind", text.span, help));
        return;
    };
    let place = |part: &str| {
        let at = part.as_ptr() as usize - text.value.as_ptr() as usize;
        text.span.part(text.value, at, part.len())
    };
    if !target.starts_with('/') {
        let named = OPTIONS.contains(&target) || config.attribute("volume_driver").is_some();
        let help = if named { "write where it is in the container" } else { "write the whole path, from `/` on" };
        sink.push(wrong(target, "a path in the container", place(target), help));
    }
    if target == "/" {
        let help = "write the folder that the program keeps its data in";
        sink.push(wrong(target, "a folder below the root of the container", place(target), help));
    }
    let options = options.unwrap_or_default();
    if let Some(more) = more {
        sink.push(wrong(more, "possible in a bind", place(more), "write `source:target:options`, with `,` in options"));
        return;
    }
    for option in options.split(',').filter(|option| !option.is_empty() && !OPTIONS.contains(option)) {
        let help = match option {
            "readonly" | "read-only" | "read_only" => "write `ro`",
            _ => "write `ro`, `rw`, or leave it out",
        };
        sink.push(wrong(option, "an option of a bind", place(option), help));
    }
}

/// Where Compose makes a volume of a name, Nomad takes it for a folder of the task, which goes with the allocation.
fn folder(text: Spanned<&str>, task: &Body, config: &Body, sink: &mut Sink) {
    const OWN: [&str; 6] = ["local", "secrets", "tmp", "alloc", "private", "."];
    let Some((source, _)) = text.value.split_once(':').filter(|(source, _)| !source.is_empty()) else { return };
    let home = source.starts_with('~');
    if !home && (source.contains('/') || OWN.contains(&source) || config.attribute("volume_driver").is_some()) {
        return;
    }
    let put = task.blocks.iter().filter(|block| matches!(&*block.name, "template" | "artifact" | "dispatch_payload"));
    let inside = |text: Spanned<&str>| text.value.split('/').find(|part| !matches!(*part, "" | ".")) == Some(source);
    if put.filter_map(|block| block.body.str("destination")).any(inside) {
        return;
    }
    let (expected, help) = match home {
        true => ("a path of the node: no shell puts the home in its place", "write the whole path, from `/` on"),
        false => (
            "kept: a name without `/` is a folder of the task, which goes with it",
            "ask for a host volume with `volume`, or write the path of a folder of the node",
        ),
    };
    let mut diagnostic = wrong(source, expected, text.span.part(text.value, 0, source.len()), help);
    diagnostic.severity = Severity::Warning;
    sink.push(diagnostic);
}

/// Docker gives out addresses of one's own choice on networks of one's own only.
fn own_address(text: Spanned<&str>, config: &Body, sink: &mut Sink) {
    let mode = config.str("network_mode").map_or("", |mode| mode.value);
    if text.value.parse::<std::net::Ipv4Addr>().is_err() {
        sink.push(wrong(text.value, "an IPv4 address", text.span, "write four numbers from 0 to 255 with dots"));
    } else if matches!(mode, "" | "bridge" | "default" | "host" | "none") || mode.starts_with("container:") {
        let help = "name a network of Docker's own with `network_mode`, or leave `ipv4_address` out";
        sink.push(wrong(text.value, "possible on this network", text.span, help));
    }
}

/// `0-3,5`
fn processors(text: Spanned<&str>, sink: &mut Sink) {
    let number = |text: &str| text.trim().parse::<u16>().ok();
    let fits = |part: &str| match part.split_once('-') {
        Some((from, until)) => number(from).zip(number(until)).is_some_and(|(from, until)| from <= until),
        None => number(part).is_some(),
    };
    if !text.value.is_empty() && !text.value.split(',').all(fits) {
        sink.push(wrong(text.value, "a list of processors", text.span, "write numbers and ranges: `0-3,5`"));
    }
}

/// What Nomad places a task by is what Docker then sets aside for it, within the limit.
fn memory(task: &Body, limit: &Value, sink: &mut Sink) {
    let memory = task.block("resources").and_then(|resources| resources.body.int("memory"));
    let placed = memory.map_or(300, |memory| memory.value);
    let ValueKind::Int(number) = limit.kind else { return };
    if number > 0 && number < placed {
        let expected = format!("at least the `memory` of the task, {placed}");
        let diagnostic = wrong(&number.to_string(), &expected, limit.span, "raise it, or lower `memory`");
        sink.push(match memory {
            Some(memory) => diagnostic.also(memory.span, "it is placed by this"),
            None => diagnostic,
        });
    }
}

fn host(text: Spanned<&str>, sink: &mut Sink) {
    let fits = text.value.split_once(':').is_some_and(|(name, address)| {
        !name.is_empty() && (address == "host-gateway" || address.trim().parse::<IpAddr>().is_ok())
    });
    if !fits {
        let help = "write the name, `:` and an address: `nas:192.168.1.119`, or `host.docker.internal:host-gateway`";
        sink.push(wrong(text.value, "a line of `/etc/hosts`", text.span, help));
    }
}

/// The driver leaves out what is no address, and starts the container.
fn dns_server(text: Spanned<&str>, sink: &mut Sink) {
    if text.value.parse::<IpAddr>().is_err() {
        let help = "write its IP address: the driver leaves out anything else";
        let mut diagnostic = wrong(text.value, "the address of a DNS server", text.span, help);
        diagnostic.severity = Severity::Warning;
        sink.push(diagnostic);
    }
}

fn security(text: Spanned<&str>, sink: &mut Sink) {
    const NAMES: [&str; 5] = ["no-new-privileges", "apparmor", "seccomp", "label", "writable-cgroups"];
    let name = text.value.split(['=', ':']).next().unwrap_or_default();
    let alone = matches!(text.value, "no-new-privileges" | "writable-cgroups");
    if alone || name.len() < text.value.len() && (NAMES.contains(&name) || name == "systempaths") {
        return;
    }
    let help = match nearest(name, NAMES) {
        Some("no-new-privileges") => "write `no-new-privileges`".to_owned(),
        Some(near) => format!("write `{near}=…`"),
        None => "write `no-new-privileges`, `apparmor=…`, `seccomp=…` or `label=…`".to_owned(),
    };
    sink.push(wrong(text.value, "a security option of Docker's", text.span, &help));
}

fn mode(name: &str, text: Spanned<&str>, sink: &mut Sink) {
    let of_container = text.value.starts_with("container:") && matches!(name, "pid_mode" | "ipc_mode");
    let fits = match text.value {
        "" | "host" => true,
        "none" | "private" | "shareable" => name == "ipc_mode",
        _ => of_container,
    };
    if !fits {
        let help = "write `host`, or leave it out for one of its own";
        sink.push(wrong(text.value, &format!("a mode that `{name}` has"), text.span, help));
    }
}

fn absolute(path: Spanned<&str>, sink: &mut Sink) {
    if !path.value.is_empty() && !path.value.starts_with('/') && !path.value.contains("${") {
        let help = "write the whole path, from `/` on";
        sink.push(wrong(path.value, "an absolute path", path.span, help));
    }
}

fn mac_address(text: Spanned<&str>, sink: &mut Sink) {
    let part = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let fits = [':', '-'].iter().any(|by| text.value.split(*by).count() == 6 && text.value.split(*by).all(part));
    if !fits && !text.value.is_empty() && !text.value.contains('.') {
        sink.push(wrong(text.value, "a MAC address", text.span, "write six pairs of digits: `02:68:b3:29:da:98`"));
    }
}

/// Only what a container has of its own can be set for it.
fn setting(name: Spanned<&str>, config: &Body, sink: &mut Sink) {
    let dotted = name.value.replace('/', ".");
    let mode = config.str("network_mode").filter(|mode| mode.value == "host" && dotted.starts_with("net."));
    if let Some(mode) = mode {
        let help = "set it on the node, in `/etc/sysctl.d`, or give the container a network of its own";
        let diagnostic =
            wrong(name.value, "a setting that a container in the node's network has of its own", name.span, help);
        sink.push(diagnostic.also(mode.span, "the node's network is used here"));
        return;
    }
    if dotted.contains("${")
        || dotted.starts_with("net.")
        || dotted.starts_with("fs.mqueue.")
        || SETTINGS.contains(&&*dotted)
    {
        return;
    }
    let help = match nearest(&dotted, SETTINGS) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("set it on the node, in `/etc/sysctl.d`: all of its programs share `{}`", name.value),
    };
    sink.push(wrong(name.value, "a setting that a container has of its own", name.span, &help));
}

/// Docker doesn't start a container whose log driver it hasn't: a plugin may have any name, but hardly almost that of another.
fn log(driver: Spanned<&str>, sink: &mut Sink) {
    let known = LOGS.contains(&driver.value) || driver.value.contains(['/', ':', '$']);
    if let Some(near) = nearest(driver.value, LOGS).filter(|_| !known) {
        let help = format!("did you mean `{near}`?");
        let diagnostic = wrong(driver.value, "a log driver of Docker's own", driver.span, &help);
        sink.push(Diagnostic { severity: Severity::Warning, ..diagnostic });
    }
}

fn limit(name: Spanned<&str>, value: &Value, sink: &mut Sink) {
    if !LIMITS.contains(&name.value) && !name.value.contains("${") {
        let help = nearest(name.value, LIMITS).map(|near| format!("did you mean `{near}`?"));
        let help = help.unwrap_or_else(|| "such as `nofile`, `nproc` or `memlock`".to_owned());
        sink.push(wrong(name.value, "a limit that Docker knows", name.span, &help));
    }
    let ValueKind::Str(text) = &value.kind else { return };
    let (soft, hard) = text.split_once(':').unwrap_or((text, text));
    let numbers = soft.parse::<i64>().ok().zip(hard.parse::<i64>().ok());
    let expected = match numbers {
        Some((soft, hard)) if hard >= 0 && (soft > hard || soft < 0) => "a soft limit of at most the hard one",
        None if !text.contains("${") => "two numbers with a `:` between them, or one for both",
        _ => return,
    };
    sink.push(wrong(text, expected, value.span, "write `soft:hard`, such as `65536:65536`; -1 is no limit"));
}

fn device(body: &Body, sink: &mut Sink) {
    for name in ["host_path", "container_path"] {
        body.str(name).into_iter().for_each(|path| absolute(path, sink));
    }
    let rights = body.str("cgroup_permissions").filter(|rights| !rights.value.contains("${"));
    if let Some(rights) = rights.filter(|rights| !rights.value.bytes().all(|b| b"rwm".contains(&b))) {
        let help = "write what it may do: `r` to read, `w` to write, `m` to make it";
        sink.push(wrong(rights.value, "made of `r`, `w` and `m`", rights.span, help));
    }
}

/// The map of ports from before groups had networks: it maps those that a task asks for by itself, and no others.
fn port_map(group: &Body, task: &Body, config: &Body, place: Span, sink: &mut Sink) {
    let own = task.block("resources").is_some_and(|resources| resources.body.block("network").is_some());
    if own || config.strings("ports").next().is_some() {
        return;
    }
    let network = group.block("network");
    let diagnostic = wrong(
        "port_map",
        "possible for ports of a group: the task doesn't start",
        place,
        "write `ports = [\"LABEL\"]` in its place, and `to = NUMBER` in the `port` of the group's `network`",
    );
    sink.push(match network {
        Some(network) => diagnostic.also(network.span, "the ports are asked for here"),
        None => diagnostic,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: &[(&'static str, ValueKind)]) -> Vec<String> {
        let (mut config, mut sink) = (Body::default(), Sink::default());
        for (name, kind) in words {
            config.set(*name, Value { kind: kind.clone(), span: Span::default() });
        }
        check(&Body::default(), &Body::default(), &config, &mut sink);
        sink.into_sorted().iter().map(|it| it.help.clone().unwrap_or_default()).collect()
    }

    fn list(texts: &[&str]) -> ValueKind {
        ValueKind::List(texts.iter().map(|text| Value::str(*text, Span::default())).collect())
    }

    fn map(name: &str, value: &str) -> ValueKind {
        ValueKind::Map(vec![(Spanned::new(name.to_owned(), Span::default()), Value::str(value, Span::default()))])
    }

    #[test]
    fn what_docker_takes_stays() {
        let fine = [
            ("cap_add", list(&["NET_ADMIN", "cap_sys_time", " All ", "${CAP}"])),
            ("volumes", list(&["/srv:/data", "local/x:/x:ro,z", "/a:/b:", "${DIR}", "local:/var:nocopy"])),
            ("extra_hosts", list(&["nas:192.168.1.2", "six:fd00::1", "host.docker.internal:host-gateway"])),
            ("dns_servers", list(&["9.9.9.9", "fd00::53"])),
            (
                "security_opt",
                list(&["no-new-privileges", "no-new-privileges:true", "seccomp=unconfined", "label=disable"]),
            ),
            ("ipc_mode", ValueKind::Str("shareable".into())),
            ("pid_mode", ValueKind::Str("host".into())),
            ("work_dir", ValueKind::Str("/app".into())),
            ("mac_address", ValueKind::Str("02:68:b3:29:da:98".into())),
            ("sysctl", map("net.core.somaxconn", "512")),
            ("ulimit", map("nofile", "1024:-1")),
        ];
        assert_eq!(said(&fine), Vec::<String>::new());
        for fine in [map("kernel/shmmax", "1"), map("fs.mqueue.msg_max", "1")] {
            assert_eq!(said(&[("sysctl", fine)]), Vec::<String>::new());
        }
        for fine in ["65536", "-1", "-1:-1", "1:2"] {
            assert_eq!(said(&[("ulimit", map("memlock", fine))]), Vec::<String>::new());
        }
    }

    #[test]
    fn what_docker_refuses_is_told() {
        let one = |name: &'static str, kind| said(&[(name, kind)]).join("; ");
        assert_eq!(one("cap_add", list(&["NET_ADMN"])), "did you mean `net_admin`?");
        assert_eq!(
            one("volumes", list(&["/srv/data"])),
            "write the folder, `:` and where it is in the container: `/srv/data:/data`"
        );
        assert_eq!(one("volumes", list(&["/srv:data"])), "write the whole path, from `/` on");
        assert_eq!(one("volumes", list(&["/srv:/data:readonly"])), "write `ro`");
        assert_eq!(one("security_opt", list(&["no-new-privilege"])), "write `no-new-privileges`");
        assert_eq!(
            one("sysctl", map("vm.max_map_count", "262144")),
            "set it on the node, in `/etc/sysctl.d`: all of its programs share `vm.max_map_count`"
        );
        assert_eq!(one("ulimit", map("nofil", "1:2")), "did you mean `nofile`?");
        assert_eq!(
            one("uts_mode", ValueKind::Str("private".into())),
            "write `host`, or leave it out for one of its own"
        );
    }
}
