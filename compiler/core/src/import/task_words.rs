//! The words of a task: what its container is, what it takes, and what is mounted into it.

use super::words::{Level, Parts, copy, set};
use crate::nomad::form::{Attribute, Block, Body, Value, ValueKind};
use crate::resolve::NameKind;

const MIB: i64 = 1 << 20;

/// Says what a task says, as far as there are words.
pub(super) fn task(task: &Block, parts: &Parts<'_>, level: Level, body: &mut Body) {
    let said = &task.body;
    if said.str("driver").is_some_and(|driver| driver.value != "docker") {
        copy(said, body, "driver", "driver");
    }
    for (theirs, ours) in [("user", "user"), ("kill_timeout", "kill-timeout"), ("kill_signal", "kill-signal")] {
        copy(said, body, theirs, ours);
    }
    if let Some(config) = said.block("config") {
        of_the_driver(said, config, level, body);
    }
    if let Some(env) = said.block("env").filter(|env| env.body.blocks.is_empty()) {
        body.blocks.push(env.clone());
    }
    if let Some(resources) = said.block("resources") {
        takes(resources, body);
    }
    if level != Level::Few {
        volumes(said, parts, body);
    }
}

/// Whether a container shares the network of its node.
pub(super) fn is_on_the_host(task: &Block) -> bool {
    is_container(&task.body)
        && task
            .body
            .block("config")
            .and_then(|config| config.body.str("network_mode"))
            .is_some_and(|mode| mode.value == "host")
}

/// Whether a task runs a container.
pub(super) fn is_container(task: &Body) -> bool {
    task.str("driver").is_some_and(|driver| matches!(driver.value, "docker" | "podman"))
}

fn of_the_driver(task: &Body, config: &Block, level: Level, body: &mut Body) {
    let said = &config.body;
    let is_text = |value: &Value| matches!(value.kind, ValueKind::Str(_));
    for word in ["image", "command"] {
        if let Some(attribute) = said.attribute(word).filter(|it| is_text(&it.value)) {
            body.attributes.push(attribute.clone());
        }
    }
    if let Some(args) = said.attribute("args")
        && let ValueKind::List(list) = &args.value.kind
        && list.iter().all(is_text)
    {
        body.attributes.push(args.clone());
    }
    if let Some(privileged) = said.bool("privileged").filter(|it| it.value) {
        set(body, "privileged", Value::bool(true, privileged.span), privileged.span);
    }
    if level == Level::Few || !is_container(task) {
        return;
    }
    let mut targets: Vec<&str> = Vec::new();
    for block in said.blocks("mount") {
        let Some(word) = mount(block, &mut targets) else { break };
        body.blocks.push(word);
    }
}

fn mount<'b>(block: &'b Block, targets: &mut Vec<&'b str>) -> Option<Block> {
    let text = |name: &str| block.body.str(name);
    let fits = block.body.blocks.is_empty()
        && block.body.attributes.iter().all(|it| matches!(&*it.name, "type" | "source" | "target" | "readonly"));
    let (source, target) = (text("source")?, text("target")?);
    let plain = |path: &str| path.starts_with('/') && !path.contains("${");
    if !fits
        || text("type")?.value != "bind"
        || !plain(source.value)
        || !plain(target.value)
        || targets.contains(&target.value)
    {
        return None;
    }
    targets.push(target.value);
    let mut word = Block::labelled("mount", source.map(str::to_owned), block.span);
    copy(&block.body, &mut word.body, "target", "to");
    if let Some(read_only) = block.body.attribute("readonly") {
        let ValueKind::Bool(_) = read_only.value.kind else { return None };
        copy(&block.body, &mut word.body, "readonly", "read-only");
    }
    Some(word)
}

fn takes(resources: &Block, body: &mut Body) {
    let said = &resources.body;
    let mut word = Block::new("resources", resources.span);
    let in_range = |name: &str, most: i64| said.int(name).filter(|number| (1..=most).contains(&number.value)).is_some();
    if in_range("cores", 1_000) && said.attribute("cpu").is_none() {
        copy(said, &mut word.body, "cores", "cores");
    } else if in_range("cpu", 1_000_000) {
        copy(said, &mut word.body, "cpu", "cpu");
    }
    let size = |name: &str| {
        let size = said.int(name).filter(|size| (10..1 << 40).contains(&size.value))?;
        Some(Value::int(size.value * MIB, size.span))
    };
    let memory = size("memory");
    let least = said.int("memory").map_or(300, |memory| memory.value);
    let most = size("memory_max").filter(|_| said.int("memory_max").is_some_and(|most| most.value >= least));
    for (theirs, ours, value) in [("memory", "memory", memory), ("memory_max", "memory-max", most)] {
        if let (Some(attribute), Some(value)) = (said.attribute(theirs), value) {
            set(&mut word.body, ours, value, attribute.name_span);
        }
    }
    if !word.body.attributes.is_empty() {
        body.blocks.push(word);
    }
    for device in said.blocks("device") {
        let mut word =
            Block { name: "device".into(), labels: device.labels.clone(), ..Block::new("device", device.span) };
        copy(&device.body, &mut word.body, "count", "count");
        body.blocks.push(word);
    }
}

/// The volumes of the group that the task mounts, as long as each is one that a word can name.
fn volumes(task: &Body, parts: &Parts<'_>, body: &mut Body) {
    for mount in task.blocks("volume_mount") {
        let Some(word) = volume(mount, parts) else { break };
        body.blocks.push(word);
    }
}

fn volume(mount: &Block, parts: &Parts<'_>) -> Option<Block> {
    let fits = mount.body.attributes.iter().all(|it| matches!(&*it.name, "volume" | "destination" | "read_only"));
    let (name, target) = (mount.body.str("volume")?, mount.body.str("destination")?);
    let asked =
        parts.group.body.blocks("volume").any(|volume| volume.label().is_some_and(|label| label.value == name.value));
    let plain = target.value.starts_with('/') && !target.value.contains("${");
    if !fits || !asked || !plain || !NameKind::Volume.fits(name.value) {
        return None;
    }
    let mut word = Block::labelled("volume", name.map(str::to_owned), mount.span);
    let to = mount.body.attribute("destination")?;
    word.body.attributes.push(Attribute { name: "to".into(), ..to.clone() });
    copy(&mount.body, &mut word.body, "read_only", "read-only");
    Some(word)
}
