//! What holds for every key of the Compose specification, and what real-world-like files become.
#![allow(clippy::disallowed_methods, clippy::expect_used, clippy::unwrap_used)] // the bans are for the compiler

use super::keys;
use crate::diagnostic::{Severity, short};
use crate::import::{Imported, import};
use crate::source::{MemoryWorld, World as _};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// What importing gives.
pub(super) fn imported(files: &[(&str, &str)]) -> Imported {
    let mut world = MemoryWorld::default();
    for (path, text) in files {
        world.insert(*path, text.as_bytes());
    }
    import(&world, &["compose.yaml".into()])
}

fn said(imported: &Imported) -> Vec<String> {
    imported.diagnostics.iter().map(|found| short(found, &imported.sources)).collect()
}

fn service(body: &str) -> String {
    format!(
        "services: {{ web: {{ image: 'a:1', mem_limit: 1g, {body} }}, db: {{ image: 'b:1', mem_limit: 1g, init: true }} }}\n{TOP}"
    )
}

const TOP: &str = "networks: { back: }\nvolumes: { data: }\nsecrets: { key: { file: ./key.txt } }\nconfigs: { conf: { content: x } }\n";

/// A map: what it is called, what stands around it, and its keys with a value each.
type Part = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Every key of a service, as the specification's schema has them, with a value.
const SERVICE: &[(&str, &str)] = &[
    ("annotations", "{ a: b }"),
    ("attach", "false"),
    ("blkio_config", "{ weight: 300 }"),
    ("build", "."),
    ("cap_add", "[NET_ADMIN]"),
    ("cap_drop", "[ALL]"),
    ("cgroup", "host"),
    ("cgroup_parent", "m"),
    ("command", "serve"),
    ("configs", "[conf]"),
    ("container_name", "other"),
    ("cpu_count", "2"),
    ("cpu_percent", "50"),
    ("cpu_period", "100000"),
    ("cpu_quota", "50000"),
    ("cpu_rt_period", "'400ms'"),
    ("cpu_rt_runtime", "'400ms'"),
    ("cpu_shares", "512"),
    ("cpus", "0.5"),
    ("cpuset", "0-1"),
    ("credential_spec", "{ file: x.json }"),
    ("depends_on", "[db]"),
    ("deploy", "{ replicas: 2 }"),
    ("develop", "{ watch: [] }"),
    ("device_cgroup_rules", "['c 1:3 mr']"),
    ("devices", "['/dev/dri']"),
    ("dns", "9.9.9.9"),
    ("dns_opt", "[use-vc]"),
    ("dns_search", "example.com"),
    ("domainname", "example.com"),
    ("entrypoint", "/run.sh"),
    ("env_file", "[a.env]"),
    ("environment", "{ A: b }"),
    ("expose", "['8080']"),
    ("extends", "{ service: db }"),
    ("external_links", "[other]"),
    ("extra_hosts", "['a:10.0.0.1']"),
    ("gpus", "all"),
    ("group_add", "[video]"),
    ("healthcheck", "{ test: 'nc -z localhost 80' }"),
    ("hostname", "web"),
    ("image", "c:1"),
    ("init", "true"),
    ("ipc", "host"),
    ("isolation", "default"),
    ("label_file", "a.env"),
    ("labels", "{ a: b }"),
    ("links", "[db]"),
    ("logging", "{ driver: local, options: { max-size: 10m } }"),
    ("mac_address", "'02:42:ac:11:65:43'"),
    ("mem_limit", "2g"),
    ("mem_reservation", "512m"),
    ("mem_swappiness", "10"),
    ("memswap_limit", "2g"),
    ("models", "[m]"),
    ("network_mode", "host"),
    ("networks", "[nowhere]"),
    ("oom_kill_disable", "true"),
    ("oom_score_adj", "100"),
    ("pid", "host"),
    ("pids_limit", "10"),
    ("platform", "linux/arm64"),
    ("ports", "['80:80']"),
    ("post_start", "[{ command: x }]"),
    ("pre_start", "[{ command: x }]"),
    ("pre_stop", "[{ command: x }]"),
    ("privileged", "true"),
    ("profiles", "[a]"),
    ("provider", "{ type: x }"),
    ("pull_policy", "always"),
    ("pull_refresh_after", "1h"),
    ("read_only", "true"),
    ("restart", "on-failure:3"),
    ("runtime", "nvidia"),
    ("scale", "2"),
    ("secrets", "[key]"),
    ("security_opt", "['no-new-privileges:true']"),
    ("shm_size", "64m"),
    ("stdin_open", "true"),
    ("stop_grace_period", "1m"),
    ("stop_signal", "SIGINT"),
    ("storage_opt", "{ size: 1G }"),
    ("sysctls", "{ net.core.somaxconn: 1024 }"),
    ("tmpfs", "/run"),
    ("tty", "true"),
    ("ulimits", "{ nofile: 65536 }"),
    ("use_api_socket", "true"),
    ("user", "'1000'"),
    ("userns_mode", "host"),
    ("uts", "host"),
    ("volumes", "['data:/data']"),
    ("volumes_from", "[db]"),
    ("working_dir", "/app"),
];

/// The keys of the maps inside a service: where they are, what stands around them, and each with a value. `@` is where they go.
const INNER: &[Part] = &[
    (
        "`deploy`",
        "deploy: { @ }",
        &[
            ("endpoint_mode", "vip"),
            ("labels", "{ a: b }"),
            ("mode", "global"),
            ("placement", "{ constraints: ['node.hostname == nas'] }"),
            ("replicas", "2"),
            ("resources", "{ limits: { cpus: 3 } }"),
            ("restart_policy", "{ delay: 5s }"),
            ("rollback_config", "{ order: stop-first }"),
            ("update_config", "{ parallelism: 2 }"),
        ],
    ),
    ("`resources`", "deploy: { resources: { @ } }", &[("limits", "{ cpus: 2 }"), ("reservations", "{ memory: 512m }")]),
    ("`limits`", "deploy: { resources: { limits: { @ } } }", &[("cpus", "2"), ("memory", "3g"), ("pids", "5")]),
    (
        "`reservations`",
        "deploy: { resources: { reservations: { @ } } }",
        &[
            ("cpus", "2"),
            ("devices", "[{ capabilities: [gpu] }]"),
            ("generic_resources", "[{ discrete_resource_spec: { kind: x, value: 1 } }]"),
            ("memory", "512m"),
        ],
    ),
    (
        "a reserved device",
        "deploy: { resources: { reservations: { devices: [{ driver: nvidia, capabilities: [gpu], @ }] } } }",
        &[("capabilities", ""), ("count", "2"), ("device_ids", "['0']"), ("driver", ""), ("options", "{ a: b }")],
    ),
    (
        "`placement`",
        "deploy: { placement: { @ } }",
        &[
            ("constraints", "['node.labels.disk == ssd']"),
            ("max_replicas_per_node", "1"),
            ("preferences", "[{ spread: node.hostname }]"),
        ],
    ),
    (
        "`update_config`",
        "deploy: { update_config: { @ } }",
        &[
            ("delay", "10s"),
            ("failure_action", "rollback"),
            ("max_failure_ratio", "0.1"),
            ("monitor", "20s"),
            ("order", "start-first"),
            ("parallelism", "2"),
        ],
    ),
    (
        "`restart_policy`",
        "deploy: { restart_policy: { @ } }",
        &[("condition", "none"), ("delay", "5s"), ("max_attempts", "3"), ("window", "2m")],
    ),
    (
        "`healthcheck`",
        "expose: ['80'], healthcheck: { test: 'true', @ }",
        &[
            ("disable", "true"),
            ("interval", "1m"),
            ("retries", "5"),
            ("start_interval", "5s"),
            ("start_period", "1m"),
            ("test", ""),
            ("timeout", "20s"),
        ],
    ),
    ("`logging`", "logging: { @ }", &[("driver", "local"), ("options", "{ a: b }")]),
    ("`env_file`", "env_file: [{ path: a.env, @ }]", &[("format", "raw"), ("path", ""), ("required", "false")]),
    ("`extends`", "extends: { service: db, @ }", &[("file", "compose.yaml"), ("service", "")]),
    (
        "`depends_on`",
        "depends_on: { db: { @ } }",
        &[("condition", "service_completed_successfully"), ("required", "false"), ("restart", "true")],
    ),
    (
        "a port",
        "ports: [{ target: 80, @ }]",
        &[
            ("app_protocol", "smtp"),
            ("host_ip", "127.0.0.1"),
            ("mode", "host"),
            ("name", "web"),
            ("protocol", "udp"),
            ("published", "8080"),
            ("target", ""),
        ],
    ),
    ("a device", "devices: [{ source: /dev/x, @ }]", &[("permissions", "r"), ("source", ""), ("target", "/dev/y")]),
    (
        "a volume of a service",
        "volumes: [{ type: volume, source: data, target: /data, @ }]",
        &[
            ("bind", "{ propagation: rslave }"),
            ("consistency", "cached"),
            ("image", "{ subpath: x }"),
            ("read_only", "true"),
            ("source", ""),
            ("target", ""),
            ("tmpfs", "{ size: 1g }"),
            ("type", ""),
            ("volume", "{ subpath: x }"),
        ],
    ),
    (
        "`bind`",
        "volumes: [{ type: bind, source: /etc/x, target: /x, bind: { @ } }]",
        &[("create_host_path", "true"), ("propagation", "rslave"), ("recursive", "disabled"), ("selinux", "z")],
    ),
    (
        "`volume`",
        "volumes: [{ type: volume, source: data, target: /data, volume: { @ } }]",
        &[("labels", "{ a: b }"), ("nocopy", "true"), ("subpath", "x")],
    ),
    ("`tmpfs`", "volumes: [{ type: tmpfs, target: /x, tmpfs: { @ } }]", &[("mode", "1777"), ("size", "64m")]),
    ("`image`", "volumes: [{ type: image, source: x, target: /x, image: { @ } }]", &[("subpath", "x")]),
    (
        "a network of a service",
        "networks: { back: { @ } }",
        &[
            ("aliases", "[w]"),
            ("driver_opts", "{ a: b }"),
            ("gw_priority", "1"),
            ("interface_name", "eth1"),
            ("ipv4_address", "10.0.0.2"),
            ("ipv6_address", "fd00::2"),
            ("link_local_ips", "[169.254.1.1]"),
            ("mac_address", "'02:42:ac:11:65:43'"),
            ("priority", "1"),
        ],
    ),
    (
        "a config or a secret of a service",
        "configs: [{ source: conf, @ }]",
        &[("gid", "'103'"), ("mode", "0440"), ("source", ""), ("target", "/x"), ("uid", "'103'")],
    ),
    ("a limit", "ulimits: { nofile: { @ } }", &[("hard", "100"), ("soft", "50")]),
];

/// The keys of the parts beside services.
const PARTS: &[Part] = &[
    (
        "a volume",
        "volumes: { data: { @ } }",
        &[
            ("driver", "nfs"),
            ("driver_opts", "{ type: none, o: bind, device: /srv/x }"),
            ("external", "{ name: other }"),
            ("labels", "{ a: b }"),
            ("name", "other"),
        ],
    ),
    (
        "a network",
        "networks: { back: { @ } }",
        &[
            ("attachable", "true"),
            ("driver", "bridge"),
            ("driver_opts", "{ a: b }"),
            ("enable_ipv4", "true"),
            ("enable_ipv6", "true"),
            ("external", "true"),
            ("internal", "true"),
            ("ipam", "{ config: [{ subnet: 10.0.0.0/24 }] }"),
            ("labels", "{ a: b }"),
            ("name", "other"),
        ],
    ),
    (
        "a config or a secret",
        "configs: { conf: { @ } }",
        &[
            ("content", "y"),
            ("driver", "x"),
            ("driver_opts", "{ a: b }"),
            ("environment", "A"),
            ("external", "true"),
            ("file", "./a.env"),
            ("labels", "{ a: b }"),
            ("name", "other"),
            ("template_driver", "golang"),
        ],
    ),
    (
        "`include`",
        "include: [{ path: more.yaml, @ }]",
        &[("env_file", "a.env"), ("path", ""), ("project_directory", "x")],
    ),
    (
        "a Compose file",
        "@",
        &[
            ("configs", "{ other: { driver_opts: { a: b } } }"),
            ("include", "[more.yaml]"),
            ("models", "{ m: { model: x } }"),
            ("name", "other"),
            ("networks", "{ other: { internal: true } }"),
            ("secrets", "{ other: { driver_opts: { a: b } } }"),
            ("services", "{ other: { image: 'a:1' } }"),
            ("version", "'3.8'"),
            ("volumes", "{ other: { labels: { a: b } } }"),
        ],
    ),
];

/// Keys that a lab needs no word for: a lab is named by the person, a network of Docker's is none of its own, the
/// version of the format says nothing, Swarm's mode of a port is the only one there is, and what Compose may leave out may be left out.
const SILENT: &[(&str, &str)] = &[
    ("a Compose file", "name"),
    ("a Compose file", "version"),
    ("a port", "mode"),
    ("a network", "external"),
    ("a network", "name"),
    ("a config or a secret", "name"),
    ("`depends_on`", "required"),
    ("a network of a service", "aliases"),
    ("a volume of a service", "tmpfs"),
    ("`env_file`", "required"),
    ("`extends`", "file"),
];

fn outcome(text: &str) -> (Vec<(String, String)>, Vec<String>) {
    let files = [
        ("compose.yaml", text),
        ("a.env", "B=1 # $x$$\n"),
        ("key.txt", "k"),
        ("more.yaml", "services: { more: { image: 'a:1', environment: { B: '${B:-2}' } } }"),
    ];
    let imported = imported(&files);
    let said = said(&imported);
    let unknown = said.iter().find(|text| text.contains("compose-unknown-key") || text.contains("yaml-syntax"));
    assert_eq!(unknown, None, "{text}");
    // Places move along with what stands before them.
    let said = said.into_iter().map(|text| text.split_once(": ").map(|(_, said)| said.to_owned()).unwrap_or_default());
    (imported.files.clone(), said.collect())
}

/// The lab as a person completes it: the node that is offered is taken up, and open values are given.
fn completed(files: &[(String, String)]) -> MemoryWorld {
    let mut world = MemoryWorld::default();
    let arm = files.iter().any(|(_, text)| text.contains("arch \"arm64\"") || text.contains("arch=\"arm64\""));
    let arch = if arm { "arch \"arm64\"" } else { "arch \"amd64\"" };
    for (path, text) in files {
        let mut text = text.clone();
        if path.starts_with("nodes/") {
            let at = text.find("// node").unwrap_or_default();
            let lines: Vec<&str> = text[at..].lines().map(|line| line.strip_prefix("// ").unwrap_or(line)).collect();
            let more = "server\nmeta disk=\"ssd\"\ndevice \"nvidia/gpu\" count=2\n";
            let ours =
                |line: &&&str| !matches!(line.split_whitespace().next(), Some("server" | "meta" | "device" | "arch"));
            let lines: Vec<&str> = lines.iter().filter(ours).copied().collect();
            text = lines.join("\n").replacen('{', &format!("{{\n{arch}\n{more}"), 1);
        } else if path == "lab.kdl" {
            let open = |line: &str| line.trim_start().starts_with("// ") && line.ends_with("\"…\"");
            let given = |line: &str| {
                if open(line) { line.replace("// ", "").replace('…', "complete") } else { line.to_owned() }
            };
            text = text.lines().map(given).collect::<Vec<_>>().join("\n");
        }
        world.insert(path.as_str(), text);
    }
    world
}

/// What is wrong with a completed lab.
fn wrong(files: &[(String, String)]) -> Vec<String> {
    let compiled = crate::compile(&completed(files));
    let errors = compiled.diagnostics.iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| format!("{} {:?}", short(found, &compiled.sources), found.help)).collect()
}

/// A key with a value changes what comes out, or something is said.
fn is_seen(owner: &str, key: &str, before: &str, after: &str) -> Option<String> {
    let found = outcome(after);
    let wrong = wrong(&found.0);
    if !found.0.is_empty() && !wrong.is_empty() {
        return Some(format!("{owner}: with `{key}`, {wrong:?}"));
    }
    let seen = outcome(before) != found;
    let silent = SILENT.contains(&(owner, key));
    match (seen, silent) {
        (false, false) => Some(format!("{owner}: `{key}` is dropped in silence")),
        (true, true) => Some(format!("{owner}: `{key}` is seen, and need not be listed as silent")),
        _ => None,
    }
}

#[test]
fn every_key_of_the_specification_becomes_something_or_is_told() {
    let mut dropped = Vec::new();
    for (key, value) in SERVICE {
        let base = if *key == "image" { service("") } else { service("expose: ['81']") };
        let with = base.replacen(
            "mem_limit: 1g, ",
            &format!("{}{key}: {value}, ", if *key == "mem_limit" { "" } else { "mem_limit: 1g, " }),
            1,
        );
        let with = match *key {
            "image" => with.replacen("image: 'a:1', ", "", 1),
            "expose" => with.replacen(", expose: ['81']", "", 1),
            _ => with,
        };
        dropped.extend(is_seen("a service", key, &base, &with));
    }
    for (owner, around, inner) in INNER {
        for (key, value) in inner.iter().filter(|(_, value)| !value.is_empty()) {
            let (before, after) = (around.replace('@', ""), around.replace('@', &format!("{key}: {value}")));
            dropped.extend(is_seen(owner, key, &service(&before), &service(&after)));
        }
    }
    let user = "services: { web: { image: 'a:1', mem_limit: 1g, volumes: ['data:/data'], configs: [conf] } }\n";
    for (owner, around, inner) in PARTS {
        for (key, value) in inner.iter().filter(|(_, value)| !value.is_empty()) {
            let part = around.split(':').next().unwrap_or_default();
            let rest: String = TOP
                .lines()
                .filter(|line| !line.starts_with(&format!("{part}:")) && !line.starts_with(&format!("{key}:")))
                .map(|line| format!("{line}\n"))
                .collect();
            let user = if *key == "services" { "" } else { user };
            let text = |with: &str| {
                format!("{user}{rest}{}\n", around.replace('@', with).replace("{ conf: {  } }", "{ conf: }"))
            };
            dropped.extend(is_seen(owner, key, &text(""), &text(&format!("{key}: {value}"))));
        }
    }
    assert_eq!(dropped, Vec::<String>::new());
}

#[test]
fn the_tables_have_the_keys_of_the_specification_and_no_others() {
    let mut expected: Vec<(&str, BTreeSet<&str>)> = vec![("a service", SERVICE.iter().map(|(key, _)| *key).collect())];
    expected
        .extend(INNER.iter().chain(PARTS).map(|(owner, _, keys)| (*owner, keys.iter().map(|(key, _)| *key).collect())));
    for keys in keys::ALL {
        let (_, specified) = expected.iter().find(|(owner, _)| *owner == keys.owner).expect(keys.owner);
        let ours: BTreeSet<&str> = keys.names().collect();
        assert_eq!(&ours, specified, "{}", keys.owner);
    }
    assert_eq!(keys::ALL.len(), expected.len());
}

/// The files of each case of `golden/compose`, and its Compose file.
fn cases() -> Vec<(MemoryWorld, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/compose");
    let mut cases = Vec::new();
    for case in fs::read_dir(folder).unwrap() {
        let (mut world, mut file) = (MemoryWorld::default(), String::new());
        let given = case.unwrap().path().join("given");
        let mut folders = vec![given.clone()];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                let name = path.strip_prefix(&given).unwrap().to_str().unwrap().to_owned();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                if name.contains("compose.y") && !name.contains("override") {
                    file.clone_from(&name);
                }
                world.insert(name, fs::read(&path).unwrap());
            }
        }
        cases.push((world, file));
    }
    assert!(cases.len() > 5);
    cases
}

#[test]
fn every_imported_lab_compiles_once_it_is_completed() {
    for (world, file) in cases() {
        let imported = import(&world, &[file]);
        if imported.diagnostics.iter().all(|found| found.severity != Severity::Error) {
            assert_eq!(wrong(&imported.files), Vec::<String>::new());
        }
    }
}

#[test]
fn any_part_of_a_file_is_read_or_refused() {
    for (mut world, file) in cases() {
        let text = String::from_utf8(world.read(&file).unwrap()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            // Without a line, with it twice, with another indentation, and up to its middle.
            let (before, line, behind) = (lines[..at].join("\n"), lines[at], lines[at + 1..].join("\n"));
            let half: String = line.chars().take(line.chars().count() / 2).collect();
            for text in [
                format!("{before}\n{behind}"),
                format!("{before}\n{line}\n{line}\n{behind}"),
                format!("{before}\n  {line}\n{behind}"),
                format!("{before}\n{half}"),
            ] {
                world.insert(file.as_str(), text.as_bytes());
                let imported = import(&world, std::slice::from_ref(&file));
                let errors = imported.diagnostics.iter().any(|found| found.severity == Severity::Error);
                for (path, text) in imported.files.iter().filter(|(path, _)| !errors && path.ends_with(".kdl")) {
                    assert_eq!(hlmc_syntax::parse(text).errors, vec![], "{path}");
                }
            }
        }
    }
}

#[test]
fn a_bomb_is_refused_before_it_goes_off() {
    let mut text = String::from("x-0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for at in 1..60 {
        let before = at - 1;
        text.push_str(&format!(
            "x-{at}: &a{at} [*a{before}, *a{before}, *a{before}, *a{before}, *a{before}, *a{before}]\n"
        ));
    }
    text.push_str("services: { web: { image: a, command: *a59 } }\n");
    let deep = format!("services: {}{}", "[".repeat(900), "]".repeat(900));
    let deeper = format!("services: {}", "{a: ".repeat(100_000));
    for text in [text, deep, deeper] {
        let imported = imported(&[("compose.yaml", &text)]);
        assert!(said(&imported).iter().all(|it| it.contains("yaml-")), "{:?}", said(&imported));
        assert_eq!(imported.diagnostics.len(), 1);
        assert_eq!(imported.diagnostics[0].severity, Severity::Error);
    }
}

#[test]
fn odd_texts_are_read_or_refused() {
    for (text, expected) in [
        ("", None),
        ("services:\n", None),
        ("\u{feff}services:\r\n  web:\r\n    image: a:1\r\n    mem_limit: 1g\r\n", None),
        ("- a\n- b\n", Some("`a Compose file` is a map, and this is a list")),
        ("services: [web]\n", Some("`services` is a map, and this is a list")),
        ("services: { web: nginx }\n", Some("`a service` is a map, and this is a single value")),
        ("services: { web: { image: [a] } }\n", Some("`image` is a single value, and this is a list")),
        ("services: { web: { image: a, image: b } }\n", Some("`image` is defined twice")),
        ("services: { web: { <<: x, image: a } }\n", Some("`<<` merges maps, and this is a single value")),
        ("services: { web: { image: *x } }\n", Some("there is no anchor `&x` before `*x`")),
        ("services: { web: &w { image: a, command: *w } }\n", Some("the value would hold itself")),
        ("services: { web: !thing { image: a } }\n", Some("the tag `!thing` has no meaning here")),
        ("services: { web: { ? [a] : b } }\n", Some("a key is a list or a map")),
        ("services: { web: { image: a } }\n---\nservices: {}\n", Some("the file has a second document")),
        ("services: { web: { image: a\n", Some("this is no YAML")),
        ("services: { web: { image: \"\\x01\" } }\n", Some("the text holds a control character")),
        ("services: { web: { extends: web } }\n", Some("`web` extends itself")),
        ("include: [compose.yaml]\n", Some("`compose.yaml` includes itself")),
        ("services: { web: { image: a, env_file: ../x.env } }\n", Some("outside")),
    ] {
        let imported = imported(&[("compose.yaml", text)]);
        let errors: Vec<String> = said(&imported).into_iter().filter(|it| it.contains("error[")).collect();
        match expected {
            None => assert_eq!(errors, Vec::<String>::new(), "{text}"),
            Some(expected) => {
                assert!(errors.iter().any(|it| it.contains(expected)), "{text}: {errors:?}");
            }
        }
    }
}
