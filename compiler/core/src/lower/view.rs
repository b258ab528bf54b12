//! The view on a job that analysis and checks reason with, read back from the core form, however that was made.

use crate::decode::units::nanoseconds;
use crate::model::{Constraint, Device, Group, Mount, Port, Protocol, Resources, Task, Volume, few};
use crate::nomad::form::{Block, Body, Value, ValueKind};
use crate::source::Spanned;

const MIB: u64 = 1 << 20;

/// The groups of a job.
#[must_use]
pub fn groups(job: &Block) -> Vec<Group> {
    few(job.body.blocks("group").filter_map(|block| group(&job.body, block)))
}

fn group(job: &Body, block: &Block) -> Option<Group> {
    let name = block.label()?.clone();
    let body = &block.body;
    let tasks = few(body.blocks("task").filter_map(task));
    let of_tasks = body.blocks("task").flat_map(|task| constraints(&task.body));
    let constraints = few(constraints(job).chain(constraints(body)).chain(of_tasks));
    let count = body.int("count").and_then(|count| Some(Spanned::new(u64::try_from(count.value).ok()?, count.span)));
    let network = body.block("network");
    Some(Group {
        count: count.unwrap_or_else(|| Spanned::new(1, name.span)),
        network_mode: network.and_then(|network| network.body.str("mode")).map(|mode| mode.map(str::to_owned)),
        ports: few(ports(body)),
        volumes: few(body.blocks("volume").filter_map(volume)),
        constraints,
        resources: total(body, &tasks),
        tasks,
        span: block.span,
        name,
    })
}

fn constraints(body: &Body) -> impl Iterator<Item = Constraint> {
    body.blocks("constraint").map(constraint)
}

/// A constraint, also where its operator is the name of what it is compared with, as in `version ">= 1.2"` (jobspec2,
/// `decodeConstraint`).
fn constraint(block: &Block) -> Constraint {
    let text = |name: &str| body_text(&block.body, name).filter(|text| !text.is_empty());
    let place = |name: &str| block.body.attribute(name).map(|attribute| attribute.value.span);
    // What stands in the place of an attribute of nodes and is none is wrong before its value is.
    let attribute = text("attribute").unwrap_or_default();
    let is_whole =
        attribute.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some_and(|name| !name.contains('$'));
    let is_text = !attribute.is_empty() && !is_whole;
    let places = if is_text { ["attribute", "value"] } else { ["value", "attribute"] };
    let mut constraint = Constraint {
        attribute,
        operator: text("operator").unwrap_or_else(|| "=".into()),
        value: text("value").unwrap_or_default(),
        span: places.into_iter().find_map(place).unwrap_or(block.span),
    };
    for short in ["version", "semver", "regexp", "set_contains"] {
        if let Some(value) = text(short) {
            (constraint.operator, constraint.value) = (short.into(), value);
            constraint.span = place(short).unwrap_or(constraint.span);
        }
    }
    if let Some(distinct) = block.body.bool("distinct_hosts") {
        (constraint.operator, constraint.value) = ("distinct_hosts".into(), distinct.value.to_string());
        constraint.span = distinct.span;
    }
    if let Some(property) = text("distinct_property") {
        (constraint.operator, constraint.attribute) = ("distinct_property".into(), property);
    }
    constraint
}

fn body_text(body: &Body, name: &str) -> Option<String> {
    body.str(name).map(|text| text.value.to_owned())
}

/// The ports of a group, with the task that each belongs to: its container publishes the port, or a service of it is found there.
fn ports(group: &Body) -> impl Iterator<Item = Port> {
    let ports = group.blocks("network").flat_map(|network| network.body.blocks("port")).filter_map(port);
    let several = group.blocks("task").nth(1).is_some();
    ports.map(move |port| {
        let mut tasks = group.blocks("task").filter(|task| several && has(group, task, &port.label.value));
        let task = match (tasks.next(), tasks.next()) {
            (Some(task), None) => task.label().map(|name| name.value.clone()),
            _ => None,
        };
        Port { task, ..port }
    })
}

fn has(group: &Body, task: &Block, port: &str) -> bool {
    let is = |body: &Body, name: &str, value: &str| body.str(name).is_some_and(|text| text.value == value);
    let name = task.label().map_or("", |name| name.as_str());
    let of_group = || group.blocks("service").filter(|service| is(&service.body, "task", name));
    let config = task.body.block("config");
    config.is_some_and(|config| config.body.strings("ports").any(|label| label.value == port))
        || task.body.blocks("service").chain(of_group()).any(|service| is(&service.body, "port", port))
}

fn port(block: &Block) -> Option<Port> {
    let number = |name: &str| {
        let number = block.body.int(name)?;
        Some(Spanned::new(u16::try_from(number.value).ok().filter(|port| *port > 0)?, number.span))
    };
    Some(Port {
        label: block.label()?.clone(),
        fixed: number("static"),
        to: number("to").map(|to| to.value),
        network: block.body.str("host_network").map(|network| network.map(str::to_owned)),
        shared: block.body.bool("ignore_collision").is_some_and(|shared| shared.value),
        protocol: Protocol::Both,
        task: None,
    })
}

fn volume(block: &Block) -> Option<Volume> {
    let source = block.body.str("source")?.map(str::to_owned);
    Some(Volume {
        label: block.label()?.clone(),
        kind: body_text(&block.body, "type").unwrap_or_default(),
        source,
        read_only: block.body.bool("read_only").is_some_and(|read_only| read_only.value),
    })
}

fn task(block: &Block) -> Option<Task> {
    let name = block.label()?.clone();
    let body = &block.body;
    let empty = Body::default();
    let config = body.block("config").map_or(&empty, |config| &config.body);
    let privileged = config.bool("privileged").filter(|privileged| privileged.value);
    Some(Task {
        driver: body.str("driver")?.map(str::to_owned),
        image: config.str("image").map(|image| image.map(str::to_owned)),
        is_loaded: config.attribute("load").is_some(),
        mounts: mounts(config),
        privileged: privileged.map(|privileged| privileged.span),
        capabilities: few(config.strings("cap_add").map(|capability| capability.map(str::to_owned))),
        devices: few(body
            .block("resources")
            .into_iter()
            .flat_map(|resources| resources.body.blocks("device"))
            .filter_map(device)),
        kill_timeout: kill_timeout(body),
        resources: resources(body),
        span: block.span,
        name,
    })
}

fn device(block: &Block) -> Option<Device> {
    let count = block.body.int("count").and_then(|count| u64::try_from(count.value).ok());
    Some(Device { name: block.label()?.clone(), count: count.unwrap_or(1) })
}

/// Absolute paths of the node in Docker's `mount` blocks and `volumes` list.
fn mounts(config: &Body) -> Vec<Mount> {
    let mut mounts = Vec::new();
    for block in config.blocks("mount") {
        let kind = block.body.str("type").map_or("volume", |kind| kind.value);
        if let Some(source) = block.body.str("source").filter(|source| kind == "bind" && source.starts_with('/')) {
            let read_only = block.body.bool("readonly").is_some_and(|read_only| read_only.value);
            mounts.push(Mount { source: source.map(str::to_owned), read_only });
        }
    }
    let maps = match config.attribute("mount").or_else(|| config.attribute("mounts")).map(|it| &it.value.kind) {
        Some(ValueKind::List(maps)) => maps.as_slice(),
        _ => &[],
    };
    mounts.extend(maps.iter().filter_map(map_mount));
    for volume in config.strings("volumes").filter(|volume| volume.starts_with('/')) {
        let mut parts = volume.value.split(':');
        let source = parts.next().unwrap_or_default().to_owned();
        let read_only = parts.nth(1).is_some_and(|options| options.split(',').any(|option| option == "ro"));
        mounts.push(Mount { source: Spanned::new(source, volume.span), read_only });
    }
    few(mounts)
}

fn map_mount(value: &Value) -> Option<Mount> {
    let ValueKind::Map(entries) = &value.kind else { return None };
    let get = |name: &str| entries.iter().find(|(key, _)| key.value == name).map(|(_, value)| value);
    let text = |name: &str| match &get(name)?.kind {
        ValueKind::Str(text) => Some(text.as_str()),
        _ => None,
    };
    let source = text("source").filter(|source| source.starts_with('/') && text("type") == Some("bind"))?;
    let read_only = get("readonly").is_some_and(|value| value.kind == ValueKind::Bool(true));
    Some(Mount { source: Spanned::new(source.to_owned(), value.span), read_only })
}

/// Whole seconds, rounded up; 5 where nothing is said.
fn kill_timeout(task: &Body) -> u64 {
    let written = task.str("kill_timeout").and_then(|time| nanoseconds(time.value).ok());
    written.and_then(|time| u64::try_from(time).ok()).map_or(5, |time| time.div_ceil(1_000_000_000))
}

/// What a task takes; Nomad's own defaults where it says nothing (100 MHz, 300 MiB).
fn resources(task: &Body) -> Resources {
    let empty = Body::default();
    let body = task.block("resources").map_or(&empty, |block| &block.body);
    let number = |name: &str| body.int(name).and_then(|number| u64::try_from(number.value).ok());
    let cores = number("cores").unwrap_or(0);
    let memory = number("memory").unwrap_or(300).saturating_mul(MIB);
    Resources {
        cpu: if cores > 0 { 0 } else { number("cpu").unwrap_or(100) },
        cores,
        memory,
        memory_max: number("memory_max").map_or(memory, |most| most.saturating_mul(MIB)),
        disk: 0,
    }
}

/// Tasks that run at different times share what they take: Nomad counts what runs before the main ones, with them, or after
/// them, whichever is most (nomad/structs, `AllocatedResources.Comparable`). Cores are never shared.
fn total(group: &Body, tasks: &[Task]) -> Resources {
    let mut phases = [Resources::default(); 4];
    for (block, task) in group.blocks("task").filter(|block| block.body.str("driver").is_some()).zip(tasks) {
        let phase = &mut phases[phase(&block.body)];
        *phase = sum(*phase, task.resources);
    }
    let [whole, before, main, after] = phases;
    let disk = group.block("ephemeral_disk").and_then(|block| block.body.int("size")).map_or(300, |size| size.value);
    let most = |of: fn(&Resources) -> u64| {
        [sum(whole, before), sum(whole, main), after].iter().map(of).max().unwrap_or_default()
    };
    Resources {
        cpu: most(|it| it.cpu),
        cores: phases.iter().map(|it| it.cores).fold(0, u64::saturating_add),
        memory: most(|it| it.memory),
        memory_max: most(|it| it.memory_max),
        disk: u64::try_from(disk).unwrap_or(0).saturating_mul(MIB),
    }
}

const fn sum(a: Resources, b: Resources) -> Resources {
    Resources {
        cpu: a.cpu.saturating_add(b.cpu),
        cores: a.cores.saturating_add(b.cores),
        memory: a.memory.saturating_add(b.memory),
        memory_max: a.memory_max.saturating_add(b.memory_max),
        disk: a.disk.saturating_add(b.disk),
    }
}

/// 0 runs all the time, 1 before the main tasks, 2 with them, 3 after them.
fn phase(task: &Body) -> usize {
    let Some(lifecycle) = task.block("lifecycle") else { return 2 };
    let sidecar = lifecycle.body.bool("sidecar").is_some_and(|sidecar| sidecar.value);
    match lifecycle.body.str("hook").map(|hook| hook.value) {
        Some("prestart") if sidecar => 0,
        Some("prestart") => 1,
        Some("poststop") => 3,
        _ => 2,
    }
}
