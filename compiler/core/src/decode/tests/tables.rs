//! A small language with every kind of name, sorted as the tables are.

use crate::nomad::schema::{AttributeType, BlockType, BodyBy, By, Language, Life, Occurs, Type, key};

const LIVE: Life = Life { since: None, deprecated: None, ignored: None, removed: None };

const fn attr(name: &'static str, ty: Type) -> AttributeType {
    AttributeType { name, ty, required: false, one_of: &[], least: None, most: None, doc: "", life: LIVE }
}

const fn block(name: &'static str) -> BlockType {
    BlockType { name, ..BlockType::EMPTY }
}

/// The keys of attributes.
const fn attribute_keys<const N: usize>(attributes: &[AttributeType]) -> [u64; N] {
    let (mut keys, mut at) = ([0; N], 0);
    while at < attributes.len() {
        keys[at] = key(attributes[at].name);
        at += 1;
    }
    keys
}

/// The keys of blocks with these names.
const fn block_keys<const N: usize>(names: [&str; N]) -> [u64; N] {
    let (mut keys, mut at) = ([0; N], 0);
    while at < N {
        keys[at] = key(names[at]);
        at += 1;
    }
    keys
}

pub(super) static ROOT: BlockType =
    BlockType { blocks: &[&SERVICE], block_keys: &block_keys(["service"]), ..block("") };

const SERVICE_ATTRIBUTES: [AttributeType; 19] = [
    attr("after", Type::Strings),
    attr("any", Type::Any),
    AttributeType { least: Some(0), most: Some(100), ..attr("count", Type::Int) },
    attr("driver", Type::Str),
    attr("floor", Type::Float),
    AttributeType { required: true, doc: "Container image.", ..attr("image", Type::Str) },
    AttributeType { life: Life { removed: Some("1.7: write `count`"), ..LIVE }, ..attr("instances", Type::Int) },
    AttributeType { most: Some(3_600_000_000_000), ..attr("kill-timeout", Type::Time) },
    attr("labels", Type::MapList),
    attr("list", Type::List),
    attr("map", Type::Map),
    AttributeType { life: Life { ignored: Some("1.6: leave it out"), ..LIVE }, ..attr("mbits", Type::Int) },
    attr("memory", Type::Size),
    attr("meta", Type::StringMap),
    AttributeType { life: Life { deprecated: Some("write `after`"), ..LIVE }, ..attr("needs", Type::Str) },
    attr("numbers", Type::Ints),
    AttributeType { most: Some(1024), ..attr("shared-memory", Type::Megabytes) },
    attr("system", Type::Bool),
    AttributeType { one_of: &["batch", "service", "system"], ..attr("type", Type::Str) },
];

static SERVICE: BlockType = BlockType {
    labels: &["name"],
    occurs: Occurs::Many,
    attributes: &SERVICE_ATTRIBUTES,
    attribute_keys: &attribute_keys::<19>(&SERVICE_ATTRIBUTES),
    required: &[5],
    limited: &[2, 7, 16, 18],
    blocks: &[&CONFIG, &CONSTRAINT, &ENV, &PORT, &ROUTE, &UPDATE],
    block_keys: &block_keys(["config", "constraint", "env", "port", "route", "update"]),
    ..block("service")
};

static CONFIG: BlockType = BlockType {
    open: Some(Type::Any),
    body_by: Some(BodyBy { prefix: "driver-", by: By::Attribute("driver"), default: Some("docker") }),
    ..block("config")
};

const CONSTRAINT_ATTRIBUTES: [AttributeType; 2] = [attr("attribute", Type::Str), attr("value", Type::Str)];

static CONSTRAINT: BlockType = BlockType {
    occurs: Occurs::Many,
    attributes: &CONSTRAINT_ATTRIBUTES,
    attribute_keys: &attribute_keys::<2>(&CONSTRAINT_ATTRIBUTES),
    ..block("constraint")
};

static ENV: BlockType = BlockType { open: Some(Type::Str), ..block("env") };

const PORT_ATTRIBUTES: [AttributeType; 2] = [attr("static", Type::Int), attr("to", Type::Int)];

static PORT: BlockType = BlockType {
    labels: &["name"],
    occurs: Occurs::Many,
    attributes: &PORT_ATTRIBUTES,
    attribute_keys: &attribute_keys::<2>(&PORT_ATTRIBUTES),
    ..block("port")
};

const ROUTE_ATTRIBUTES: [AttributeType; 3] =
    [attr("auth", Type::Str), attr("path", Type::Str), attr("public", Type::Bool)];

static ROUTE: BlockType = BlockType {
    labels: &["name"],
    occurs: Occurs::Repeats,
    attributes: &ROUTE_ATTRIBUTES,
    attribute_keys: &attribute_keys::<3>(&ROUTE_ATTRIBUTES),
    ..block("route")
};

const UPDATE_ATTRIBUTES: [AttributeType; 1] = [attr("auto_revert", Type::Bool)];

static UPDATE: BlockType = BlockType {
    attributes: &UPDATE_ATTRIBUTES,
    attribute_keys: &attribute_keys::<1>(&UPDATE_ATTRIBUTES),
    ..block("update")
};

const DOCKER_ATTRIBUTES: [AttributeType; 3] =
    [attr("args", Type::Strings), attr("labels", Type::MapList), attr("ports", Type::Strings)];

static DOCKER: BlockType = BlockType {
    attributes: &DOCKER_ATTRIBUTES,
    attribute_keys: &attribute_keys::<3>(&DOCKER_ATTRIBUTES),
    blocks: &[&MOUNT],
    block_keys: &block_keys(["mount"]),
    ..block("")
};

const MOUNT_ATTRIBUTES: [AttributeType; 1] = [attr("type", Type::Str)];

static MOUNT: BlockType = BlockType {
    occurs: Occurs::Many,
    attributes: &MOUNT_ATTRIBUTES,
    attribute_keys: &attribute_keys::<1>(&MOUNT_ATTRIBUTES),
    ..block("mount")
};

static DRIVER: Language = Language { name: "driver-docker", root: &DOCKER };

pub(super) fn language(name: &str) -> Option<&'static Language> {
    (name == DRIVER.name).then_some(&DRIVER)
}
