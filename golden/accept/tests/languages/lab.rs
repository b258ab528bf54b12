//! A lab that takes anything, and the programs.

use hlmc_core::compile;
use hlmc_core::decode::manifests::{lab_file, manifests};
use hlmc_core::diagnostic::{Diagnostic, Severity, Sink, plain};
use hlmc_core::nomad::hcl::{Dialect, write_block};
use hlmc_core::source::{MemoryWorld, Sources};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A lab of one node that takes anything, as files by path.
pub(crate) fn files(node: &str, services: &str) -> BTreeMap<String, Vec<u8>> {
    let lab =
        "lab \"all\" { domain \"all.example.com\"; datacenter \"home\"; network \"lan\" cidr=\"192.168.1.0/24\" }";
    let drivers: Vec<String> = crate::filler::drivers().iter().map(|driver| format!("{driver:?}")).collect();
    let node = format!(
        "node \"one\" {{\n address \"192.168.1.10\"; arch \"amd64\"; server; pool \"pool\"; drivers {}\n \
         capacity cpu=900000 memory=\"9TiB\" disk=\"9TiB\"; host-volume \"data\" path=\"/data\"; device \"gpu\"\n{node}\n}}\n",
        drivers.join(" ")
    );
    let files = [("lab.kdl", lab), ("nodes/one.kdl", &node), ("services/all.kdl", services)];
    files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_owned())).into()
}

/// The bundle of that lab as files, by path; fails with what the compiler reports.
pub(crate) fn build(node: &str, services: &str) -> Vec<(String, String)> {
    let mut world = MemoryWorld::default();
    files(node, services).into_iter().for_each(|(path, bytes)| world.insert(path, bytes));
    let compiled = compile(&world);
    let errors = compiled.diagnostics.iter().filter(|it| it.severity == Severity::Error);
    let errors: Vec<_> = errors.map(|error| plain(error, &compiled.sources)).collect();
    assert!(errors.is_empty(), "{} errors:\n{}", errors.len(), errors[..errors.len().min(9)].join("\n"));
    let artifacts = compiled.bundle.unwrap().artifacts.into_iter();
    artifacts.map(|artifact| (artifact.path, String::from_utf8(artifact.bytes).unwrap())).collect()
}

/// The job of a manifest as HCL, held to the tables, before anything else is found out about it: no job with every name of the
/// language could run. What that reports, but for numbers that are too large.
pub(crate) fn job(world: &MemoryWorld) -> Result<String, (Vec<Diagnostic>, Sources)> {
    let mut sink = Sink::default();
    let (mut sources, of_lab) = hlmc_core::source::read(world, lab_file, &mut sink);
    let (manifests, of_files) = manifests(of_lab, world, &mut sources, &mut sink);
    of_files.into_values().for_each(|found| sink.append(found));
    manifests.jobs.iter().for_each(|job| hlmc_core::lower::hold_to_tables(&job.block, &mut sink));
    let found = sink.into_sorted().into_iter();
    let errors: Vec<Diagnostic> =
        found.filter(|it| it.severity == Severity::Error && it.code.name != "out-of-range").collect();
    match manifests.jobs.first() {
        Some(job) if errors.is_empty() => Ok(write_block(&job.block, Dialect::Job)),
        _ => Err((errors, sources)),
    }
}

/// One of the programs that were built from source, without the variables of whoever runs this.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../consumers/bin").join(name));
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}

/// Runs one of the programs to its end.
pub(crate) fn run(name: &str, arguments: &[&str]) -> Output {
    let output = program(name).args(arguments).output();
    output.unwrap_or_else(|error| panic!("cannot run `{name}`: {error}; `make accept` builds it"))
}

/// A fresh folder for files of a test.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("languages").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
