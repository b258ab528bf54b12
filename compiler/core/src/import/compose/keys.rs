//! The keys of the Compose specification: which of them a lab has words for, and what to do about the others.

use super::codes::compose_no_counterpart::{no_counterpart, not_missed};
use super::codes::compose_unknown_key::unknown_key;
use crate::diagnostic::Sink;
use crate::import::yaml::{Entry, Node};

/// The keys of one kind of map.
#[derive(Debug)]
pub(super) struct Keys {
    /// What the map is, for messages.
    pub(super) owner: &'static str,
    /// Keys that become something in the lab, or are reported one by one where they are read.
    pub(super) mapped: &'static [&'static str],
    /// Keys that a lab has no words for.
    pub(super) lost: &'static [Lost],
}

/// A key without a counterpart.
#[derive(Debug)]
pub(super) struct Lost {
    key: &'static str,
    /// What to do, or why nobody needs it.
    help: &'static str,
    /// Whether the lab may work otherwise without it.
    missed: bool,
}

const fn lost(key: &'static str, help: &'static str) -> Lost {
    Lost { key, help, missed: true }
}

/// A key that changes nothing of how the service works.
const fn idle(key: &'static str, help: &'static str) -> Lost {
    Lost { key, help, missed: false }
}

impl Keys {
    /// All of them.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.mapped.iter().copied().chain(self.lost.iter().map(|lost| lost.key))
    }

    /// Reports the keys of a map that are lost or unknown, and a value that is no map; gives the others.
    pub(super) fn check<'n>(&self, node: &'n Node, sink: &mut Sink) -> Vec<&'n Entry> {
        let Some(entries) = node.map() else {
            if !node.is_null() {
                sink.push(super::codes::compose_bad_value::wrong_kind(self.owner, "a map", node));
            }
            return Vec::new();
        };
        entries.iter().filter(|entry| self.is_mapped(entry, sink)).collect()
    }

    fn is_mapped(&self, entry: &Entry, sink: &mut Sink) -> bool {
        let key = &entry.key;
        if key.starts_with("x-") {
            return false;
        }
        if self.mapped.contains(&key.as_str()) {
            return true;
        }
        if let Some(lost) = self.lost.iter().find(|lost| lost.key == key.as_str()) {
            let what = format!("`{}` of {}", key.value, self.owner);
            sink.push(if lost.missed {
                no_counterpart(&what, key.span, lost.help)
            } else {
                not_missed(&what, key.span, lost.help)
            });
            return false;
        }
        let known: Vec<&str> = self.names().collect();
        sink.push(unknown_key(key, self.owner, &known));
        false
    }
}

pub(super) static TOP: Keys = Keys {
    owner: "a Compose file",
    mapped: &["configs", "include", "name", "networks", "secrets", "services", "version", "volumes"],
    lost: &[lost("models", "run the model as a service of its own, and tell others where it is with `(url)` in `env`")],
};

pub(super) static SERVICE: Keys = Keys {
    owner: "a service",
    mapped: &[
        "build",
        "cap_add",
        "cap_drop",
        "cgroup",
        "command",
        "configs",
        "container_name",
        "cpu_shares",
        "cpus",
        "cpuset",
        "depends_on",
        "deploy",
        "devices",
        "dns",
        "dns_opt",
        "dns_search",
        "entrypoint",
        "env_file",
        "environment",
        "expose",
        "extends",
        "extra_hosts",
        "gpus",
        "group_add",
        "healthcheck",
        "hostname",
        "image",
        "init",
        "ipc",
        "label_file",
        "labels",
        "links",
        "logging",
        "mac_address",
        "mem_limit",
        "mem_reservation",
        "network_mode",
        "networks",
        "oom_score_adj",
        "pid",
        "pids_limit",
        "platform",
        "ports",
        "privileged",
        "profiles",
        "pull_policy",
        "read_only",
        "restart",
        "runtime",
        "scale",
        "secrets",
        "security_opt",
        "shm_size",
        "stdin_open",
        "stop_grace_period",
        "stop_signal",
        "storage_opt",
        "sysctls",
        "tmpfs",
        "tty",
        "ulimits",
        "user",
        "userns_mode",
        "uts",
        "volumes",
        "working_dir",
    ],
    lost: &[
        idle("annotations", "nothing in a lab reads annotations of containers"),
        idle("attach", "it is about the terminal of `docker compose up`; `nomad alloc logs` shows the output"),
        lost("blkio_config", "Nomad has no limits for disks: set them in a slice of systemd on the node"),
        lost("cgroup_parent", "Nomad has a control group for each task: limit it with `resources`"),
        lost("cpu_count", "give it `cpu` in MHz, or whole processors with `cores`"),
        lost("cpu_percent", "give it `cpu` in MHz, or whole processors with `cores`"),
        lost(
            "cpu_period",
            "`config { cpu_hard_limit #true }` makes `cpu` a limit, over periods of `cpu_cfs_period` microseconds",
        ),
        lost("cpu_quota", "`config { cpu_hard_limit #true }` makes `cpu` a limit"),
        lost("cpu_rt_period", "Nomad has no real-time scheduling for tasks: leave it to the node"),
        lost("cpu_rt_runtime", "Nomad has no real-time scheduling for tasks: leave it to the node"),
        lost("credential_spec", "it is for Windows: run the service on such a machine outside of the lab"),
        idle("develop", "it is for working on the code with `docker compose watch`"),
        lost("device_cgroup_rules", "name the devices themselves: `config { devices host_path=\"/dev/…\" }`"),
        lost("domainname", "write the whole name as `config { hostname \"NAME.DOMAIN\" }`"),
        lost(
            "external_links",
            "give the other container a service in the lab, and find it by `(address)\"SERVICE:PORT\"` in `env`",
        ),
        lost("isolation", "it is for Windows: run the service on such a machine outside of the lab"),
        lost("mem_swappiness", "set `vm.swappiness` on the node: it holds for all that runs there"),
        lost("memswap_limit", "Nomad gives containers no swap: `memory-max` says how much memory one may take"),
        lost("models", "run the model as a service of its own, and tell this one where it is with `(url)` in `env`"),
        lost("oom_kill_disable", "`config { oom_score_adj -500 }` makes the kernel choose another process first"),
        lost("post_start", "have the image do it, or add `task \"NAME\"` that ends once it is done"),
        lost("pre_start", "add `init \"NAME\" { image \"…\"; command \"…\" }` to the service"),
        lost("pre_stop", "have the program do it on its `kill-signal`, within `kill-timeout`"),
        lost("provider", "what it provides has to be there before: give it a service of its own"),
        lost("pull_refresh_after", "`config { force_pull #true }` pulls before each start"),
        lost("use_api_socket", "`mount \"/var/run/docker.sock\" to=\"/var/run/docker.sock\"` lets it speak to Docker"),
        lost("volumes_from", "name the volumes in this service too: several services may have the same one"),
    ],
};

pub(super) static DEPLOY: Keys = Keys {
    owner: "`deploy`",
    mapped: &["labels", "mode", "placement", "replicas", "resources", "restart_policy", "update_config"],
    lost: &[
        idle("endpoint_mode", "services find each other by name and port, without a virtual address"),
        lost("rollback_config", "`nomad { update { auto_revert #true } }` goes back to what worked"),
    ],
};

pub(super) static RESOURCES: Keys = Keys { owner: "`resources`", mapped: &["limits", "reservations"], lost: &[] };

pub(super) static LIMITS: Keys = Keys { owner: "`limits`", mapped: &["cpus", "memory", "pids"], lost: &[] };

pub(super) static RESERVATIONS: Keys = Keys {
    owner: "`reservations`",
    mapped: &["cpus", "devices", "memory"],
    lost: &[lost("generic_resources", "name the device in the node and in the service: `device \"NAME\"`")],
};

pub(super) static DEVICE_REQUEST: Keys = Keys {
    owner: "a reserved device",
    mapped: &["capabilities", "count", "device_ids", "driver"],
    lost: &[lost("options", "what the driver is told, the node's device plugin has to know")],
};

pub(super) static PLACEMENT: Keys =
    Keys { owner: "`placement`", mapped: &["constraints", "max_replicas_per_node", "preferences"], lost: &[] };

pub(super) static UPDATE: Keys = Keys {
    owner: "`update_config`",
    mapped: &["failure_action", "monitor", "order", "parallelism"],
    lost: &[
        lost("delay", "`nomad { update { min_healthy_time \"30s\" } }` waits between one instance and the next"),
        lost(
            "max_failure_ratio",
            "one unhealthy instance fails an update: `healthy_deadline` in `nomad { update { … } }` says when",
        ),
    ],
};

pub(super) static RESTART: Keys =
    Keys { owner: "`restart_policy`", mapped: &["condition", "delay", "max_attempts", "window"], lost: &[] };

pub(super) static HEALTHCHECK: Keys = Keys {
    owner: "`healthcheck`",
    mapped: &["disable", "interval", "start_period", "test", "timeout"],
    lost: &[
        idle(
            "retries",
            "one failure counts at once; `grace` is for a slow start, and a longer `interval` for less haste",
        ),
        idle("start_interval", "the first check comes as soon as the others: `grace` is for a slow start"),
    ],
};

pub(super) static LOGGING: Keys = Keys { owner: "`logging`", mapped: &["driver", "options"], lost: &[] };

pub(super) static ENV_FILE: Keys = Keys { owner: "`env_file`", mapped: &["format", "path", "required"], lost: &[] };

pub(super) static EXTENDS: Keys = Keys { owner: "`extends`", mapped: &["file", "service"], lost: &[] };

pub(super) static INCLUDE: Keys =
    Keys { owner: "`include`", mapped: &["env_file", "path", "project_directory"], lost: &[] };

pub(super) static DEPENDENCY: Keys = Keys {
    owner: "`depends_on`",
    mapped: &["condition", "required"],
    lost: &[lost(
        "restart",
        "what reads an `(address)` in `env` is restarted when that changes; otherwise restart it by hand",
    )],
};

pub(super) static PORT: Keys = Keys {
    owner: "a port",
    mapped: &["app_protocol", "host_ip", "mode", "name", "protocol", "published", "target"],
    lost: &[],
};

pub(super) static DEVICE: Keys = Keys { owner: "a device", mapped: &["permissions", "source", "target"], lost: &[] };

pub(super) static MOUNT: Keys = Keys {
    owner: "a volume of a service",
    mapped: &["bind", "image", "read_only", "source", "target", "tmpfs", "type", "volume"],
    lost: &[idle("consistency", "it is for Docker Desktop; nodes of a lab have no use for it")],
};

pub(super) static BIND: Keys = Keys {
    owner: "`bind`",
    mapped: &["propagation"],
    lost: &[
        idle("create_host_path", "`install.sh` makes the folders of a node's `host-volume`s"),
        lost("recursive", "mounts below the folder are seen too: mount what is meant by itself"),
        lost("selinux", "label the folder on the node, or set `selinuxlabel` in the Docker plugin of the node"),
    ],
};

pub(super) static MOUNTED_VOLUME: Keys = Keys {
    owner: "`volume`",
    mapped: &[],
    lost: &[
        idle("labels", "a node's folder has no labels"),
        lost("nocopy", "a folder of the node starts empty, and what the image has there isn't copied into it"),
        lost(
            "subpath",
            "give the folder below a `host-volume` of its own on the node, and a `volume` with that name here",
        ),
    ],
};

pub(super) static TMPFS: Keys = Keys { owner: "`tmpfs`", mapped: &["mode", "size"], lost: &[] };

pub(super) static IMAGE_MOUNT: Keys = Keys {
    owner: "`image`",
    mapped: &[],
    lost: &[lost("subpath", "put the files of the other image beside the manifest, and name them with `file`")],
};

pub(super) static VOLUME: Keys = Keys {
    owner: "a volume",
    mapped: &["driver", "driver_opts", "external", "name"],
    lost: &[idle("labels", "a node's folder has no labels")],
};

pub(super) static NETWORK: Keys = Keys {
    owner: "a network",
    mapped: &["external", "name"],
    lost: &[
        idle("attachable", "the containers of a lab share no network of Docker's"),
        idle("driver", "services find each other by discovery, whatever their network"),
        lost(
            "driver_opts",
            "what the driver is told has to be set up on the node, and named with `config { network_mode \"NAME\" }`",
        ),
        idle("enable_ipv4", "containers have IPv4 as the node's Docker gives it"),
        lost("enable_ipv6", "turn IPv6 on in the Docker of the node: `/etc/docker/daemon.json`"),
        lost(
            "internal",
            "containers reach the internet: keep one from it with a rule of the node's firewall, or with `network \"none\"`",
        ),
        lost("ipam", "addresses come from the node's Docker: find services by `(address)` in `env`, not by number"),
        idle("labels", "the containers of a lab share no network of Docker's"),
    ],
};

pub(super) static NETWORKED: Keys = Keys {
    owner: "a network of a service",
    mapped: &["aliases"],
    lost: &[
        idle("driver_opts", "services find each other by discovery, whatever their network"),
        idle("gw_priority", "a container has one network"),
        lost("interface_name", "a container of a lab has `eth0`"),
        lost(
            "ipv4_address",
            "addresses come from the node's Docker: find services by `(address)` in `env`, not by number",
        ),
        lost(
            "ipv6_address",
            "addresses come from the node's Docker: find services by `(address)` in `env`, not by number",
        ),
        lost(
            "link_local_ips",
            "addresses come from the node's Docker: find services by `(address)` in `env`, not by number",
        ),
        lost("mac_address", "`config { mac_address \"…\" }` gives the container one"),
        idle("priority", "a container has one network"),
    ],
};

pub(super) static FILE_SOURCE: Keys = Keys {
    owner: "a config or a secret",
    mapped: &["content", "driver", "environment", "external", "file", "name"],
    lost: &[
        lost("driver_opts", "what the driver is told, the store of the lab has to know"),
        idle("labels", "nothing in a lab reads labels of configs and secrets"),
        lost("template_driver", "write it as a `template` in the words of consul-template"),
    ],
};

pub(super) static FILE_USE: Keys =
    Keys { owner: "a config or a secret of a service", mapped: &["gid", "mode", "source", "target", "uid"], lost: &[] };

pub(super) static ULIMIT: Keys = Keys { owner: "a limit", mapped: &["hard", "soft"], lost: &[] };

/// All of them, for the test that holds them against the specification.
#[cfg(test)]
pub(super) const ALL: &[&Keys] = &[
    &TOP,
    &SERVICE,
    &DEPLOY,
    &RESOURCES,
    &LIMITS,
    &RESERVATIONS,
    &DEVICE_REQUEST,
    &PLACEMENT,
    &UPDATE,
    &RESTART,
    &HEALTHCHECK,
    &LOGGING,
    &ENV_FILE,
    &EXTENDS,
    &INCLUDE,
    &DEPENDENCY,
    &PORT,
    &DEVICE,
    &MOUNT,
    &BIND,
    &MOUNTED_VOLUME,
    &TMPFS,
    &IMAGE_MOUNT,
    &VOLUME,
    &NETWORK,
    &NETWORKED,
    &FILE_SOURCE,
    &FILE_USE,
    &ULIMIT,
];
