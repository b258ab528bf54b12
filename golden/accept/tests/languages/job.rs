//! The job language: what every name is given arrives in the job that Nomad would register.

use crate::filler::{Filler, Leaf, ends};
use crate::lab::{self, files, folder, run};
use hlmc_core::diagnostic::plain;
use hlmc_core::nomad::tables::language;
use hlmc_core::source::MemoryWorld;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// What can't be anything: names that the lab has to know, and one that Nomad's parser looks at.
pub(crate) const FIXED: &[(&str, &[&str])] = &[
    // The label of the job, which is the first of all values.
    ("job.id", &["x10001"]),
    ("job.datacenters", &["home", "h*"]),
    ("job.node_pool", &["pool"]),
    ("job.priority", &["77"]),
    ("resources.disk", &["0"]),
    ("group.count", &["1"]),
    ("group.volume.source", &["data"]),
    ("resources.device.name", &["gpu"]),
    ("task.scaling.resource", &["cpu", "mem"]),
    ("task.scaling.type", &["vertical_cpu", "vertical_mem"]),
    ("spread.weight", &["77"]),
    ("spread.target.percent", &["88"]),
    ("affinity.weight", &["-66"]),
    ("sidecar_task.driver", &["docker"]),
];

/// How many runs give every truth value, and every text that a name may be.
const CHOICES: usize = 17;

/// Names that don't stand beside each other: what a task has of its own takes the place of what its group and its job
/// give to all tasks, and `id` and `name` together that of the label. Each round leaves some of them out, and no name is left out of all rounds.
pub(crate) const ROUNDS: [&[&str]; 3] = [
    &["job.id", "job.vault", "group.vault", "group.secret"],
    &["job.name", "job.vault", "task.vault", "task.secret"],
    &["job.id", "group.vault", "task.vault", "group.secret", "task.secret"],
];

/// What Nomad checks and doesn't keep: the label says again what `type` says.
const UNHELD: &[&str] = &["task.scaling.resource"];

/// Fields of a job that job files don't set: what servers keep there, what Nomad's own programs hand on to each other, names
/// that were removed, and those that another field has as well.
const UNSET: &[&str] = &[
    "ConsulNamespace",
    "CreateIndex",
    "DispatchIdempotencyToken",
    "JobModifyIndex",
    "ModifyIndex",
    "NomadTokenID",
    "ParentID",
    "Payload",
    "Job.Stable",
    "Job.Status",
    "Job.StatusDescription",
    "Job.Stop",
    "SubmitTime",
    "VaultNamespace",
    "Job.Version",
    "VersionTag",
    "Scaling.ID",
    "Scaling.Namespace",
    "Scaling.Target",
    "ScalingPolicies.ID",
    "ScalingPolicies.Namespace",
    "ScalingPolicies.Target",
    "MaxClientDisconnect",
    "PreventRescheduleOnLost",
    "StopAfterClientDisconnect",
    "Vault.Policies",
    "Networks.ReservedPorts",
    "Networks.DynamicPorts",
    "Proxy.Expose.Path",
    "Proxy.ExposeConfig",
    "Tasks.Identity",
    // More than none is refused.
    "Resources.DiskMB",
];

/// Where a value is called otherwise than in a job file.
const RENAMES: &[(&str, &str)] = &[
    ("constraint.attribute", "LTarget"),
    ("constraint.operator", "Operand"),
    ("constraint.value", "RTarget"),
    ("constraint.distinct_hosts", "RTarget"),
    ("constraint.distinct_property", "LTarget"),
    ("constraint.regexp", "RTarget"),
    ("constraint.semver", "RTarget"),
    ("constraint.set_contains", "RTarget"),
    ("constraint.version", "RTarget"),
    ("affinity.attribute", "LTarget"),
    ("affinity.operator", "Operand"),
    ("affinity.value", "RTarget"),
    ("affinity.regexp", "RTarget"),
    ("affinity.semver", "RTarget"),
    ("affinity.set_contains", "RTarget"),
    ("affinity.set_contains_all", "RTarget"),
    ("affinity.set_contains_any", "RTarget"),
    ("affinity.version", "RTarget"),
    ("artifact.source", "GetterSource"),
    ("artifact.destination", "RelativeDest"),
    ("artifact.mode", "GetterMode"),
    ("artifact.insecure", "GetterInsecure"),
    ("ephemeral_disk.size", "SizeMB"),
    ("job.name", "Name"),
    ("job.name", "ID"),
    ("periodic.cron", "Spec"),
    ("periodic.crons", "Specs"),
    ("identity.aud", "Audience"),
    ("check.port", "PortLabel"),
    ("check.task", "TaskName"),
    ("service.port", "PortLabel"),
    ("service.task", "TaskName"),
    ("port.static", "Value"),
    ("logs.max_file_size", "MaxFileSizeMB"),
    ("resources.disk", "DiskMB"),
    ("resources.memory", "MemoryMB"),
    ("resources.memory_max", "MemoryMaxMB"),
    ("resources.secrets", "SecretsMB"),
    ("template.data", "EmbeddedTmpl"),
    ("template.destination", "DestPath"),
    ("template.env", "Envvars"),
    ("template.error_on_missing_key", "ErrMissingKey"),
    ("template.left_delimiter", "LeftDelim"),
    ("template.right_delimiter", "RightDelim"),
    ("template.source", "SourcePath"),
];

/// How often each leaf stands in a document: its name in lower case without `_`, and its value.
fn leaves(json: &Json, name: &str, found: &mut BTreeMap<(String, String), usize>) {
    match json {
        Json::Array(list) => list.iter().for_each(|value| leaves(value, name, found)),
        Json::Object(map) => {
            for (name, value) in map {
                *found.entry((squeezed(name), String::new())).or_default() += 1;
                leaves(value, name, found);
            }
        }
        value => *found.entry((squeezed(name), value.to_string())).or_default() += 1,
    }
}

fn squeezed(name: &str) -> String {
    name.replace('_', "").to_lowercase()
}

/// The values that the document lacks.
fn lost(expected: &[Leaf], json: &Json) -> Vec<String> {
    let mut found = BTreeMap::new();
    leaves(json, "", &mut found);
    let mut take = |name: &str, value: String| match found.get_mut(&(squeezed(name), value)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    };
    let mut lost = Vec::new();
    for leaf in expected.iter().filter(|leaf| !UNHELD.iter().any(|end| ends(&leaf.path, end))) {
        let own = leaf.key.as_deref().or_else(|| leaf.path.rsplit('.').next()).unwrap();
        let names = RENAMES.iter().filter(|(end, _)| ends(&leaf.path, end)).map(|(_, name)| *name);
        let mut names: Vec<&str> = names.collect();
        if names.is_empty() {
            names.push(own);
        }
        let held = match leaf.values.as_slice() {
            [] => take(own, String::new()),
            values => names.iter().any(|name| values.iter().any(|value| take(name, value.to_string()))),
        };
        if !held {
            lost.push(format!("{} = {:?}", leaf.path, leaf.values.first()));
        }
    }
    lost
}

/// The paths of a document at which nothing stands, and those at which something does, without places in lists and names
/// that the manifest made up.
fn fields(json: &Json, path: &str, empty: &mut BTreeSet<String>, filled: &mut BTreeSet<String>) {
    match json {
        Json::Object(map) => {
            for (name, value) in map {
                fields(value, &format!("{path}.{name}"), empty, filled);
            }
        }
        Json::Array(list) if !list.is_empty() => list.iter().for_each(|value| fields(value, path, empty, filled)),
        value => {
            let nothing = value.is_null() || *value == json!("") || *value == json!(0);
            if nothing {
                empty.insert(path.to_owned())
            } else {
                filled.insert(path.to_owned())
            };
        }
    }
}

/// The job with this manifest as Nomad would register it.
fn read(folder: &std::path::Path, manifest: &str) -> Json {
    let mut world = MemoryWorld::default();
    files("", manifest).into_iter().for_each(|(path, bytes)| world.insert(path, bytes));
    let hcl = lab::job(&world).unwrap_or_else(|(errors, sources)| {
        let errors: Vec<String> = errors.iter().take(9).map(|error| plain(error, &sources)).collect();
        panic!("{}", errors.join("\n"))
    });
    let file = folder.join("job.nomad.hcl");
    std::fs::write(&file, hcl).unwrap();
    let output = run("nomad", &["job", "run", "-output", file.to_str().unwrap()]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}\n{}", String::from_utf8_lossy(&output.stdout));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn every_name_of_the_job_language_reaches_nomad() {
    let folder = folder("job");
    let job = language("nomad-job").unwrap().root.block("job").unwrap();
    let (mut reached, mut left_out) = (BTreeSet::new(), BTreeSet::new());
    let (mut empty, mut filled) = (BTreeSet::new(), BTreeSet::new());
    for choice in 0..CHOICES {
        let mut filler = Filler::new(choice % 2 == 0, choice, FIXED, ROUNDS[choice % ROUNDS.len()]);
        filler.block(job, "job");
        let json = read(&folder, &filler.text);
        let lost = lost(&filler.leaves, &json);
        assert!(lost.is_empty(), "{} values are lost:\n{}", lost.len(), lost.join("\n"));
        fields(&json, "", &mut empty, &mut filled);
        left_out.extend(filler.left_out);
        reached.extend(filler.leaves.into_iter().map(|leaf| leaf.path));
    }
    let is_reached = |path: &str| reached.iter().any(|other| other.starts_with(path));
    left_out.retain(|path| !is_reached(path));
    assert_eq!(left_out, BTreeSet::new(), "no round has these");
    assert!(reached.len() > 1500, "only {} names are there", reached.len());

    empty.retain(|path| !filled.iter().any(|full| full.starts_with(path)) && !UNSET.iter().any(|end| ends(path, end)));
    assert_eq!(empty, BTreeSet::new(), "no name of the tables reaches these fields of Nomad's job");
}
