//! The schema tables have every name that Nomad and Consul read, of the same type, and none that they don't: `fields-nomad` and
//! `fields-consul` list by reflection what the programs' own types and drivers take.
//!
//! What differs for a reason stands in `exceptions`, each with that reason; one that no longer holds fails as well.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "this is all test code")]

#[path = "complete/exceptions.rs"]
mod exceptions;

use exceptions::{Exception, ONLY_PROGRAMS, ONLY_TABLES, OTHER_TYPES};
use hlmc_core::nomad::schema::{BlockType, Life, Occurs, Type};
use hlmc_core::nomad::tables::LANGUAGES;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

/// What a name of the tables is.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Attribute(Type),
    Block(Occurs, Option<Type>),
}

impl Kind {
    /// Whether a field of a program of this kind is the same.
    fn is(self, field: &str) -> bool {
        match self {
            Self::Attribute(ty) => match ty {
                Type::Str => field == "string",
                Type::Int | Type::Megabytes => field == "int",
                Type::Float => field == "float",
                Type::Bool => field == "bool",
                Type::Duration | Type::Time => matches!(field, "duration" | "string"),
                Type::Size => matches!(field, "int" | "string"),
                Type::Strings => field == "many string",
                Type::Ints => field == "many int",
                Type::StringMap => field == "map string",
                Type::MapList => matches!(field, "many map string" | "map string"),
                Type::Map => field == "map any",
                Type::List => field.starts_with("many m"),
                Type::Any => field == "any",
            },
            Self::Block(occurs, open) => match (occurs, open) {
                (_, Some(Type::Str | Type::Time)) if field == "map string" => true,
                (_, Some(Type::Strings)) if field == "map many string" => true,
                (_, Some(Type::Any)) if matches!(field, "map any" | "many map any") => true,
                (Occurs::Once, _) => field == "block",
                _ => matches!(field, "many block" | "map block"),
            },
        }
    }
}

/// A name of the tables.
struct Name {
    kind: Kind,
    /// Whether the programs that are asked read it: it isn't from a later version, nor gone.
    is_read: bool,
}

/// The names of a block by their paths.
fn walk(ty: &'static BlockType, path: &str, is_read: bool, open: &mut Vec<&'static BlockType>, out: &mut Names) {
    if open.iter().any(|known| std::ptr::eq(*known, ty)) {
        return;
    }
    open.push(ty);
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let reads = |life: Life| is_read && life.is_read() && !life.since.is_some_and(|since| since.starts_with("2."));
    for attribute in ty.attributes {
        let name = Name { kind: Kind::Attribute(attribute.ty), is_read: reads(attribute.life) };
        out.insert(join(attribute.name), name);
    }
    for block in ty.blocks {
        let (here, is_read) = (join(block.name), reads(block.life));
        out.insert(here.clone(), Name { kind: Kind::Block(block.occurs, block.open), is_read });
        walk(block, &here, is_read, open, out);
    }
    open.pop();
}

type Names = BTreeMap<String, Name>;

/// What the programs read: languages, their names, and of which kind each is.
fn fields() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut fields: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for program in ["fields-nomad", "fields-consul"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../consumers/bin").join(program);
        let output = Command::new(path).output().expect("it is built by `make accept`");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let field: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| field[name].as_str().unwrap().to_owned();
            fields.entry(text("language")).or_default().insert(text("path"), text("kind"));
        }
    }
    fields
}

/// Compares both ways. Each fault is a line, such as `nomad-job job.group.x: not in the tables: it is string`.
fn faults() -> Vec<String> {
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    let asked = fields();
    for (language, fields) in &asked {
        let mut tables = Names::new();
        match LANGUAGES.iter().find(|known| known.name == *language) {
            Some(known) => walk(known.root, "", true, &mut Vec::new(), &mut tables),
            None if except(ONLY_PROGRAMS, language, "", &mut used) => continue,
            None => faults.push(format!("{language}: not in the tables")),
        }
        for (path, kind) in fields {
            match tables.get(path) {
                None if !except(ONLY_PROGRAMS, language, path, &mut used) => {
                    faults.push(format!("{language} {path}: not in the tables: it is {kind}"));
                }
                Some(known) if !known.kind.is(kind) && !except(OTHER_TYPES, language, path, &mut used) => {
                    faults.push(format!("{language} {path}: it is {kind}, not {:?}", known.kind));
                }
                _ => {}
            }
        }
        for (path, name) in tables.iter().filter(|(path, _)| !fields.contains_key(*path)) {
            if name.is_read && !except(ONLY_TABLES, language, path, &mut used) {
                faults.push(format!("{language} {path}: only in the tables"));
            }
        }
    }
    for language in LANGUAGES.iter().filter(|known| !asked.contains_key(known.name)) {
        if !except(ONLY_TABLES, language.name, "", &mut used) {
            faults.push(format!("{}: no program is asked for it", language.name));
        }
    }
    for (what, list) in [("ONLY_PROGRAMS", ONLY_PROGRAMS), ("OTHER_TYPES", OTHER_TYPES), ("ONLY_TABLES", ONLY_TABLES)] {
        let idle = list.iter().filter(|exception| !used.contains(&std::ptr::from_ref(*exception)));
        faults.extend(idle.map(|(language, path, why)| format!("{what}: nothing is {language} {path} ({why})")));
    }
    faults
}

/// Whether a list has an exception for a name, or for the block that it stands in.
fn except(list: &'static [Exception], language: &str, path: &str, used: &mut BTreeSet<*const Exception>) -> bool {
    let holds = |(of, known, _): &Exception| {
        let languages = *of == language || of.strip_suffix('*').is_some_and(|start| language.starts_with(start));
        let inner = known.strip_prefix("**.").is_some_and(|end| {
            path.split_inclusive('.')
                .scan(0, |at, part| Some(std::mem::replace(at, *at + part.len())))
                .any(|at| begins(&path[at..], end))
        });
        languages && (inner || begins(path, known))
    };
    let found: Vec<_> = list.iter().filter(|exception| holds(exception)).collect();
    used.extend(found.iter().map(|exception| std::ptr::from_ref(*exception)));
    !found.is_empty()
}

/// Whether a path is this one, or inside of it.
fn begins(path: &str, known: &str) -> bool {
    match known {
        "" => path.is_empty(),
        known => path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
    }
}

#[test]
#[ignore = "needs the real programs: `make accept`"]
fn the_tables_have_every_name_of_the_programs_and_no_other() {
    let faults = faults();
    for fault in &faults {
        println!("{fault}");
    }
    assert!(faults.is_empty(), "{} faults", faults.len());
}
