//! A small language with every kind of name, sorted as the tables are.

use crate::nomad::schema::{AttributeType, BlockType, BodyBy, By, Language, Life, Occurs, Type};

const LIVE: Life = Life { since: None, deprecated: None, ignored: None, removed: None };

const fn attr(name: &'static str, ty: Type) -> AttributeType {
    AttributeType { name, ty, required: false, one_of: &[], least: None, most: None, doc: "", life: LIVE }
}

const fn block(name: &'static str) -> BlockType {
    BlockType {
        name,
        labels: &[],
        occurs: Occurs::Once,
        attributes: &[],
        required: &[],
        limited: &[],
        blocks: &[],
        open: None,
        as_attribute: false,
        body_by: None,
        partial: false,
        doc: "",
        life: LIVE,
    }
}

pub(super) static ROOT: BlockType = BlockType { blocks: &[&SERVICE], ..block("") };

static SERVICE: BlockType = BlockType {
    labels: &["name"],
    occurs: Occurs::Many,
    attributes: &[
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
    ],
    required: &[5],
    limited: &[2, 7, 16, 18],
    blocks: &[&CONFIG, &CONSTRAINT, &ENV, &PORT, &ROUTE, &UPDATE],
    ..block("service")
};

static CONFIG: BlockType = BlockType {
    open: Some(Type::Any),
    body_by: Some(BodyBy { prefix: "driver-", by: By::Attribute("driver"), default: Some("docker") }),
    ..block("config")
};

static CONSTRAINT: BlockType = BlockType {
    occurs: Occurs::Many,
    attributes: &[attr("attribute", Type::Str), attr("value", Type::Str)],
    ..block("constraint")
};

static ENV: BlockType = BlockType { open: Some(Type::Str), ..block("env") };

static PORT: BlockType = BlockType {
    labels: &["name"],
    occurs: Occurs::Many,
    attributes: &[attr("static", Type::Int), attr("to", Type::Int)],
    ..block("port")
};

static ROUTE: BlockType = BlockType {
    labels: &["name"],
    occurs: Occurs::Repeats,
    attributes: &[attr("auth", Type::Str), attr("path", Type::Str), attr("public", Type::Bool)],
    ..block("route")
};

static UPDATE: BlockType = BlockType { attributes: &[attr("auto_revert", Type::Bool)], ..block("update") };

static DOCKER: BlockType = BlockType {
    attributes: &[attr("args", Type::Strings), attr("labels", Type::MapList), attr("ports", Type::Strings)],
    blocks: &[&MOUNT],
    ..block("")
};

static MOUNT: BlockType = BlockType { occurs: Occurs::Many, attributes: &[attr("type", Type::Str)], ..block("mount") };

static DRIVER: Language = Language { name: "driver-docker", root: &DOCKER };

pub(super) fn language(name: &str) -> Option<&'static Language> {
    (name == DRIVER.name).then_some(&DRIVER)
}
