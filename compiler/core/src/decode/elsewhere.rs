//! The words that Compose and Nomad have for what our language calls otherwise, and what to write in their place.

/// A word from elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Word {
    /// What was written.
    pub(super) theirs: &'static str,
    /// What to write: a bare name where only the name differs, a whole line where more does, nothing to leave it out.
    pub(super) write: &'static str,
    /// Why, or what else there is.
    pub(super) note: &'static str,
}

const fn word(theirs: &'static str, write: &'static str, note: &'static str) -> Word {
    Word { theirs, write, note }
}

/// What `name` stands for in a block of this name.
pub(super) fn find(name: &str, block: &str) -> Option<Word> {
    let plain = name.replace('-', "_").to_ascii_lowercase();
    let mut words = WORDS.iter().filter(|(blocks, _)| blocks.contains(&block)).flat_map(|(_, words)| *words);
    words.find(|word| word.theirs == plain).copied()
}

/// What to write for Compose's short form of a port or a mount: `8080:80`, `/srv/media:/data:ro`.
pub(crate) fn short_form(kind: &str, text: &str) -> Option<String> {
    let mut parts = text.split(':');
    let (outside, inside) = (parts.next().unwrap_or_default(), parts.next());
    let is_number = |text: &str| text.parse::<u16>().is_ok();
    let is_path = |text: &str| text.starts_with('/') && !text.contains(['"', '\\', '\n']);
    let options = if parts.next() == Some("ro") { " read-only=#true" } else { "" };
    match (kind, inside) {
        ("port", Some(inside)) if is_number(outside) && is_number(inside) => {
            Some(format!("a port has a name: `port \"http\" static={outside} to={inside}`"))
        }
        ("volume" | "mount", Some(inside)) if is_path(outside) && is_path(inside) => {
            Some(format!("write `mount \"{outside}\" to=\"{inside}\"{options}`"))
        }
        ("volume", Some(inside)) if !outside.contains(['"', '\\', '\n', ' ', '/']) && is_path(inside) => {
            Some(format!("write `volume \"{outside}\" to=\"{inside}\"{options}`"))
        }
        ("volume", None) if is_path(outside) => {
            Some(format!("a path of the node is a mount: `mount \"{outside}\" to=\"…\"`"))
        }
        _ => None,
    }
}

/// The words, by the blocks that they are met in; the top of a file is the block `manifest`.
const WORDS: &[(&[&str], &[Word])] = &[
    (&["service", "use", "task", "sidecar", "init"], TASK),
    (&["service", "use"], SERVICE),
    (&["port"], PORT),
    (&["volume", "mount"], VOLUME),
    (&["file", "template", "generated"], FILE),
    (&["check"], CHECK),
    (&["manifest"], TOP),
    (&["node"], NODE),
    (&["lab"], LAB),
    (&["defaults"], DEFAULTS),
    (&["network"], NETWORK),
];

const TASK: &[Word] = &[
    word("build", "", "`image` names a released image; build your own before"),
    word("configs", "file \"app.conf\" to=\"/etc/app.conf\"", "a file beside the manifest"),
    word("container_name", "", "a container has the name of its service"),
    word("cpu_shares", "cpu 500", "in MHz, as Nomad counts"),
    word("cpus", "cpu 500", "in MHz, as Nomad counts"),
    word("cpuset", "config { cpuset_cpus \"0-3\" }", ""),
    word("devices", "config { devices host_path=\"/dev/dri\" }", "one of the node's devices, or a folder of them"),
    word("dns", "config { dns_servers \"192.168.1.10\" }", ""),
    word("env_file", "env { NAME \"value\" }", "a password is `(secret)\"STORE:PATH#KEY\"` there"),
    word("environment", "env", ""),
    word("envs", "env", ""),
    word("expose", "port \"http\" to=8080", "Nomad picks the port of the node"),
    word("gpus", "device \"nvidia/gpu\"", ""),
    word("healthcheck", "check \"http\" path=\"/healthz\"", "or `check \"tcp\"`, `check \"script\" command=\"…\"`"),
    word("ipc", "config { ipc_mode \"host\" }", ""),
    word("labels", "config { labels name=\"value\" }", "a reverse proxy reads `route`, discovery `tags`"),
    word("lifecycle", "", "`init \"NAME\" { … }` runs before the main task, `sidecar \"NAME\" { … }` beside it"),
    word("mem_limit", "memory-max \"1GiB\"", "`memory` is what it is placed by"),
    word("mem_reservation", "memory", ""),
    word("pid", "config { pid_mode \"host\" }", ""),
    word("platform", "arch \"arm64\"", "the architectures that the image exists for"),
    word(
        "ports",
        "port \"http\" static=8080 to=80",
        "a line for each; without `static`, Nomad picks the port of the node",
    ),
    word("profiles", "", "what shall not run has no `service`"),
    word("pull_policy", "config { force_pull #true }", ""),
    word("read_only", "config { readonly_rootfs #true }", ""),
    word("restart", "", "Nomad restarts what fails; how often, `nomad-group { restart attempts=3 }` says"),
    word("secrets", "env { PASSWORD (secret)\"nomad:nomad/jobs/NAME#password\" }", ""),
    word("stdin_open", "config { interactive #true }", ""),
    word("stop_grace_period", "kill-timeout", ""),
    word("stop_signal", "kill-signal", ""),
    word("sysctls", "config { sysctl { net.core.somaxconn \"1024\" } }", ""),
    word("tmpfs", "config { mount type=\"tmpfs\" target=\"/tmp\" }", ""),
    word("ulimits", "config { ulimit { nofile \"65536:65536\" } }", ""),
    word("volume_mount", "volume \"media\" to=\"/data\"", ""),
    word(
        "volumes",
        "volume \"media\" to=\"/data\"",
        "that is what a node offers with `host-volume`; `mount \"/srv/media\" to=\"/data\"` for a path that every node has",
    ),
    word("working_dir", "config { work_dir \"/app\" }", ""),
];

const SERVICE: &[Word] = &[
    word("affinity", "prefer class=\"nas\"", ""),
    word("cron", "periodic \"0 3 * * *\"", ""),
    word("depends_on", "after \"db\"", "what `(address)\"db:port\"` names is waited for anyway"),
    word("deploy", "", "`count`, `memory`, `cpu` and `on` stand in the service itself"),
    word("domain", "route \"cloud\"", "served at `cloud.` and the lab's domain"),
    word("links", "after \"db\"", "`(address)\"db:port\"` in `env` says where it is"),
    word("network_mode", "network \"host\"", ""),
    word("networks", "", "services find each other by `(address)\"db:port\"` in `env`"),
    word("public", "route \"cloud\" public", ""),
    word("replicas", "count", ""),
    word("scale", "count", ""),
    word("schedule", "periodic \"0 3 * * *\"", ""),
    word("service", "port \"http\" to=8080", "its ports are registered for discovery by themselves"),
    word("url", "route \"cloud\"", "served at `cloud.` and the lab's domain"),
];

const PORT: &[Word] = &[
    word("container", "to", ""),
    word("container_port", "to", ""),
    word("host", "static", ""),
    word("host_port", "static", ""),
    word("published", "static", ""),
    word("target", "to", ""),
];

const VOLUME: &[Word] = &[
    word("container", "to", ""),
    word("destination", "to", ""),
    word("path", "to", ""),
    word("ro", "read-only", ""),
    word(
        "source",
        "",
        "it stands right behind the kind: `volume \"media\" to=\"/data\"`, `mount \"/srv/media\" to=\"/data\"`",
    ),
    word("target", "to", ""),
    word("type", "", "`volume` is what a node offers by name, `mount` a path of the node"),
];

const FILE: &[Word] = &[
    word("change_mode", "change", ""),
    word("change_signal", "signal", ""),
    word("data", "", "write it into a file beside the manifest: `template \"app.conf\" to=\"/etc/app.conf\"`"),
    word("destination", "to", ""),
    word("perms", "mode", ""),
    word("target", "to", ""),
];

const CHECK: &[Word] = &[
    word("retries", "", "it counts as failed at once; `grace` is for a slow start, `interval` for less haste"),
    word("start_period", "grace", ""),
    word("test", "command", ""),
    word("type", "", "it stands right behind the kind: `check \"http\"`"),
    word("url", "path", ""),
];

const TOP: &[Word] = &[
    word("app", "service", ""),
    word("container", "service", ""),
    word("group", "service", "a service has one group; `job \"NAME\" { … }` takes Nomad's own names"),
    word("host", "node", ""),
    word("import", "", "every file below `nodes/`, `services/` and `integrations/` is read"),
    word("include", "", "every file below `nodes/`, `services/` and `integrations/` is read"),
    word("machine", "node", ""),
    word("networks", "", "the network of the lab stands in `lab`: `network \"lan\" cidr=\"192.168.1.0/24\"`"),
    word("server", "node", ""),
    word("task", "service", ""),
    word("variable", "", "a `preset` has parameters, and `@{domain}` is there everywhere"),
    word("version", "", "manifests have no version"),
    word("volumes", "", "a node offers a folder with `host-volume \"media\" path=\"/srv/media\"`"),
];

const NODE: &[Word] = &[
    word("datacenter", "", "it stands in `lab`, and holds for every node"),
    word("docker", "", "every node has Docker unless `drivers` says otherwise"),
    word("host", "address", ""),
    word("hostname", "address", ""),
    word("ip", "address", ""),
    word("labels", "meta", ""),
    word("name", "", "it stands right behind the kind: `node \"pi5-1\"`"),
    word("role", "server", "a bare word for a node that runs the servers, and nothing for one that doesn't"),
    word("roles", "server", "a bare word for a node that runs the servers, and nothing for one that doesn't"),
    word("ssh_port", "ssh port=22", ""),
    word("ssh_user", "ssh user=\"pi\"", ""),
    word("tags", "meta", ""),
    word("user", "ssh user=\"pi\"", ""),
    word("volume", "host-volume \"media\" path=\"/srv/media\"", ""),
    word("volumes", "host-volume \"media\" path=\"/srv/media\"", "a line for each"),
];

const LAB: &[Word] = &[
    word("cidr", "network \"lan\" cidr=\"192.168.1.0/24\"", ""),
    word("consul", "", "what an agent shall be told stands in a node: `consul { … }`"),
    word("email", "reverse-proxy \"caddy\" email=\"you@example.com\"", ""),
    word("name", "", "it stands right behind the kind: `lab \"home\"`"),
    word("nodes", "", "each machine is a `node \"NAME\" { … }` in a file in `nodes/`"),
    word("nomad", "", "what an agent shall be told stands in a node: `nomad { … }`"),
    word("proxy", "reverse-proxy", ""),
    word("server", "", "the bare word `server` stands in a node"),
    word("servers", "", "the bare word `server` stands in a node"),
    word("services", "", "each service is a `service \"NAME\" { … }` in a file in `services/`"),
    word("subnet", "network \"lan\" cidr=\"192.168.1.0/24\"", ""),
    word("timezone", "defaults { env TZ=\"Europe/Dublin\" }", ""),
    word("tz", "defaults { env TZ=\"Europe/Dublin\" }", ""),
];

const DEFAULTS: &[Word] = &[
    word("environment", "env", ""),
    word("timezone", "env TZ=\"Europe/Dublin\"", ""),
    word("tz", "env TZ=\"Europe/Dublin\"", ""),
];

const NETWORK: &[Word] = &[word("address", "cidr", ""), word("range", "cidr", ""), word("subnet", "cidr", "")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decode::parameters::Parameters;
    use crate::decode::{manifests, top};
    use crate::diagnostic::Sink;
    use crate::nomad::schema::BlockType;
    use crate::nomad::tables;
    use crate::source::FileId;

    #[test]
    fn short_forms_are_told_apart() {
        let said = |kind, text| short_form(kind, text).unwrap_or_default();
        assert_eq!(said("port", "8080:80"), "a port has a name: `port \"http\" static=8080 to=80`");
        assert_eq!(said("port", "web:80"), "");
        assert_eq!(said("volume", "/a:/b:ro"), "write `mount \"/a\" to=\"/b\" read-only=#true`");
        assert_eq!(said("mount", "/a:/b"), "write `mount \"/a\" to=\"/b\"`");
        assert_eq!(said("volume", "media:/b"), "write `volume \"media\" to=\"/b\"`");
        assert_eq!(said("volume", "/a"), "a path of the node is a mount: `mount \"/a\" to=\"…\"`");
        assert_eq!(said("volume", "a b:/b"), "");
    }

    fn table(block: &str) -> &'static BlockType {
        let root = tables::language("manifest").expect("the language").root;
        let service = root.block("service").expect("a service");
        let lab = root.block("lab").expect("a lab");
        let places = [Some(root).filter(|root| root.name == block), root.block(block), service.block(block)];
        places.into_iter().chain([lab.block(block)]).flatten().next().expect(block)
    }

    #[test]
    fn no_word_from_elsewhere_is_one_of_ours() {
        for (blocks, words) in WORDS {
            for (block, word) in blocks.iter().flat_map(|block| words.iter().map(move |word| (block, word))) {
                let ty = table(block);
                assert!(
                    ty.attribute(word.theirs).is_none() && ty.block(word.theirs).is_none(),
                    "{block} {}",
                    word.theirs
                );
                assert!(!word.write.is_empty() || !word.note.is_empty(), "{}", word.theirs);
            }
            assert!(words.is_sorted_by(|a, b| a.theirs < b.theirs), "sorted, each once: {blocks:?}");
        }
    }

    #[test]
    fn what_is_said_to_write_can_be_written() {
        let root = tables::language("manifest").expect("the language").root;
        for (block, word) in WORDS.iter().flat_map(|(blocks, words)| words.iter().map(|word| (blocks[0], word))) {
            let name = word.write.split(' ').next().unwrap_or_default();
            let ty = table(block);
            assert!(name.is_empty() || ty.attribute(name).is_some() || ty.block(name).is_some(), "{block}: {name}");
            if !word.write.contains(' ') || !["service", "lab", "node"].contains(&block) {
                continue;
            }
            let needed = "image \"x\"; domain \"a.example\"; address \"10.0.0.1\"; arch \"amd64\"";
            let needed: Vec<&str> =
                needed.split("; ").filter(|it| ty.attribute(it.split(' ').next().unwrap()).is_some()).collect();
            let needed: Vec<&str> = needed.into_iter().filter(|it| !it.starts_with(&format!("{name} "))).collect();
            let text = format!("{block} \"x\" {{\n{}\n{}\n}}", needed.join("\n"), word.write);
            let parse = hlmc_syntax::parse(&text);
            assert_eq!(parse.errors, vec![], "{text}");
            let mut sink = Sink::default();
            for node in parse.document.nodes() {
                assert!(manifests::top(node.name()).is_some());
                top(node, FileId::default(), root, &Parameters::default(), &mut sink);
            }
            let found: Vec<String> = sink.into_sorted().into_iter().map(|it| it.message).collect();
            assert_eq!(found, Vec::<String>::new(), "{text}");
        }
    }
}
