//! Values and labels: what makes sense under a name, what is of the right type, and what is neither.

use super::body::has_children;
use crate::Random;
use hlmc_core::nomad::schema::Type;

/// Texts that mean something in one place or another.
const TEXTS: [&str; 40] = [
    "app",
    "web",
    "http",
    "data",
    "nas",
    "main",
    "a",
    "x",
    "",
    "30s",
    "5m",
    "1h30m",
    "0",
    "1",
    "80",
    "-1",
    "delay",
    "host",
    "/",
    "/data",
    "/etc/app.conf",
    "local/app.conf",
    "secrets/key",
    "http://app.example.com/x",
    "192.168.1.10",
    "10.0.0.0/8",
    "::1",
    "${attr.kernel.name}",
    "${NOMAD_PORT_http}",
    "${node.class}",
    "{{ env \"X\" }}",
    "1000:1000",
    "SIGHUP",
    "0644",
    "amd64",
    "=",
    ">= 1.2",
    "é",
    "a b",
    "@{lab}",
];

const INTS: [&str; 20] = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "10",
    "50",
    "80",
    "100",
    "101",
    "443",
    "1000",
    "8080",
    "65535",
    "65536",
    "1000000",
    "-1",
    "-50",
    "2147483648",
    "9223372036854775807",
];

const TIMES: [&str; 12] = ["0s", "1s", "5s", "10s", "30s", "1m", "5m", "10m", "1h", "500ms", "-1s", "10ns"];

const SIZES: [&str; 8] = ["10MiB", "64MiB", "256MiB", "512MB", "1GiB", "2GiB", "1B", "0B"];

const WRONG: [&str; 14] = [
    "\"x\"",
    "1",
    "#true",
    "#null",
    "\"\"",
    "-1",
    "1.5",
    "1e400",
    "\"@{nope}\"",
    "(secret)\"nomad:nope#x\"",
    "\"\\u{202e}\"",
    "(port)\"x\"",
    "\"a\\nb\"",
    "99999999999999999999",
];

/// Something that is hardly ever right.
pub(super) fn wrong(random: &mut Random) -> String {
    random.pick(&WRONG).to_owned()
}

/// A value of a type as it stands behind a name, and whether it is a list.
pub(super) fn of_type(random: &mut Random, block: &str, name: &str, ty: Type) -> (String, bool) {
    if random.once_in(80) {
        return (wrong(random), false);
    }
    if has_children(ty) {
        let pairs = format!("{{\n{} {:?}\n}}", key(random), random.pick(&TEXTS));
        return match ty {
            Type::MapList => (format!("{{\n- {pairs}\n}}"), false),
            Type::List => (format!("{:?}", random.pick(&TEXTS)), false),
            _ => (pairs, false),
        };
    }
    let mut one = |ty: Type| match (known(block, name), ty) {
        (known, Type::Str | Type::Any | Type::Strings) if !known.is_empty() && !random.once_in(12) => {
            format!("{:?}", random.pick(known))
        }
        (_, Type::Int | Type::Ints) => match known_int(name) {
            [] => random.pick(&INTS).to_owned(),
            _ if random.once_in(10) => random.pick(&INTS).to_owned(),
            known => random.pick(known).to_owned(),
        },
        (_, Type::Float) => random.pick(&["0.5", "1.0", "-1.5", "100"]).to_owned(),
        (_, Type::Bool) => random.pick(&["#true", "#false"]).to_owned(),
        (_, Type::Duration | Type::Time) => format!("{:?}", random.pick(&TIMES)),
        (_, Type::Megabytes) => random.pick(&["10", "64", "128", "512", "1", "0", "\"1GiB\""]).to_owned(),
        (_, Type::Size) => format!("{:?}", random.pick(&SIZES)),
        _ => format!("{:?}", random.pick(&TEXTS)),
    };
    match ty {
        Type::Strings => (format!("{} {}", one(Type::Str), one(Type::Str)), true),
        Type::Ints => (format!("{} {}", one(Type::Int), one(Type::Int)), true),
        _ => (one(ty), false),
    }
}

/// The name of something that no table lists.
pub(super) fn key(random: &mut Random) -> &'static str {
    random.pick(&["KEY", "A_B", "port", "x", "\"a.b\"", "\"a-b/c\"", "TZ"])
}

/// A label of a block.
pub(super) fn label(random: &mut Random, block: &str, at: usize) -> &'static str {
    let labels: &[&'static str] = match block {
        "port" => &["http", "admin", "dns", "metrics"],
        "check" => &["http", "tcp", "script"],
        "volume" | "backup" => &["data", "media"],
        "mount" => &["/proc", "/sys", "/dev/bus/usb"],
        "file" | "template" => &["app.conf"],
        "generated" => &["proxy/Caddyfile"],
        "device" => &["nvidia/gpu", "gpu"],
        "preset" => &["postgres", "valkey"],
        "periodic" => &["0 3 * * *", "@daily", "*/5 * * * *"],
        "runs" => &["dnsmasq", "samba"],
        "network" if at == 0 => &["iot", "guest"],
        "secrets" => &["vault", "nomad"],
        "reverse-proxy" => &["caddy"],
        "dns" => &["dnsmasq"],
        "monitoring" => &["prometheus"],
        "platforms" => &["app:1.2", "side:1"],
        "task" | "sidecar" | "init" => &["side", "helper", "first", "last"],
        "group" => &["main", "other", "third"],
        _ => &["a", "b", "app", "http", "data", "x-y", "Odd Name"],
    };
    if random.once_in(60) { random.pick(&TEXTS) } else { random.pick(labels) }
}

/// Texts that make sense under a name.
fn known(block: &str, name: &str) -> &'static [&'static str] {
    match (block, name) {
        (_, "domain") => &["home.example.com"],
        ("lab", "datacenter") | (_, "datacenters") => &["home", "home"],
        ("service", "port") | (_, "port") => &["http"],
        (_, "image") => &["app:1.2", "ghcr.io/a/b:3", "side:1@sha256:0"],
        ("dhcp", "from" | "until" | "router") | (_, "address" | "upstream") => &["192.168.1.30", "192.168.1.40"],
        (_, "cidr") => &["192.168.2.0/24", "10.0.0.0/8"],
        (_, "path" | "to" | "destination" | "mount_path" | "source") => {
            &["/data", "/etc/app.conf", "/", "local/x", "/a/b"]
        }
        (_, "owner") => &["1000:1000", "0:0"],
        (_, "node") => &["nas"],
        (_, "class") => &["nas"],
        (_, "arch") => &["amd64"],
        (_, "pool" | "node_pool") => &["default"],
        (_, "after") => &["app", "web"],
        (_, "attribute") => &["${attr.kernel.name}", "${node.class}", "${meta.x}", "${attr.cpu.arch}"],
        (_, "operator") => {
            &["=", "!=", "regexp", "version", "set_contains", "distinct_hosts", "is_set", "distinct_property"]
        }
        (_, "kill-signal" | "kill_signal" | "signal" | "change_signal") => &["SIGHUP", "SIGTERM", "SIGINT"],
        (_, "cron" | "crons") => &["0 3 * * *", "@daily"],
        (_, "time-zone" | "time_zone") => &["UTC", "Europe/Dublin"],
        (_, "namespace") => &["default", "media"],
        (_, "mode") => &["bridge", "host", "fail", "delay", "644", "file", "task"],
        (_, "interval" | "timeout" | "delay") => &["10s", "30s", "5m"],
        (_, "driver") => &["docker"],
        (_, "id" | "name") => &["app", "main"],
        (_, "region") => &["global"],
        _ => &[],
    }
}

/// Whole numbers that make sense under a name.
fn known_int(name: &str) -> &'static [&'static str] {
    match name {
        "priority" => &["1", "50", "100"],
        "count" => &["1", "2"],
        "to" | "static" | "port" => &["80", "443", "8080"],
        "cpu" | "cpu_hard_limit" => &["100", "500"],
        "memory" | "memory_max" => &["64", "256", "512"],
        "weight" => &["1", "50", "-50", "100"],
        "percent" => &["10", "50"],
        "cores" => &["1", "2"],
        _ => &[],
    }
}
