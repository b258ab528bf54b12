//! What fuzzing starts from: the labs and faults of the repository, its manifests, the documentation, and random labs.

use crate::{Lab, Random, generate};
use hlmc_core::codes;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// So many random labs are among the seeds.
const RANDOM: u64 = 300;

/// The inputs that a target starts from.
///
/// # Errors
/// Says why when the repository can't be read.
pub fn seeds(target: &str, repository: &Path) -> io::Result<Vec<Vec<u8>>> {
    let mut labs = vec![folder(repository, &["lab.kdl", "nodes", "services", "integrations"])?];
    for cases in ["golden/labs", "golden/faults"] {
        for case in fs::read_dir(repository.join(cases))? {
            labs.push(folder(&case?.path(), &["lab.kdl", "nodes", "services", "integrations"])?);
        }
    }
    labs.extend(codes().into_iter().flat_map(|code| code.page.split("\n## ").skip(1)).map(fenced));
    for page in fs::read_dir(repository.join("docs"))? {
        labs.push(fenced(&String::from_utf8_lossy(&fs::read(page?.path())?)));
    }
    labs.extend((0..RANDOM).map(|seed| generate(&mut Random::new(seed))));
    if target == "compile" {
        return Ok(labs.iter().map(Lab::input).collect());
    }
    if target == "hcl" {
        labs.push(folder(
            &repository.join("golden/labs"),
            &["job-files/expected/nomad", "every-word/expected/nomad", "nas-and-pis/expected/nomad"],
        )?);
    }
    let mut files: Vec<Vec<u8>> = labs.into_iter().flat_map(|lab| lab.files).map(|(_, bytes)| bytes).collect();
    if target == "hcl" {
        files.retain(|bytes| String::from_utf8_lossy(bytes).contains("job \""));
        return Ok(files);
    }
    files.extend(folder(repository, &["stdlib"])?.files.into_iter().map(|(_, bytes)| bytes));
    Ok(files)
}

/// The lab in a folder.
fn folder(root: &Path, parts: &[&str]) -> io::Result<Lab> {
    let mut lab = Lab::default();
    let mut open: Vec<PathBuf> = parts.iter().map(|part| root.join(part)).collect();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                open.push(entry?.path());
            }
        } else if path.is_file() {
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            lab.add(name, fs::read(&path)?);
        }
    }
    lab.files.sort();
    Ok(lab)
}

/// The fenced manifests of a page, each at the path behind its language, or where its first word belongs.
fn fenced(page: &str) -> Lab {
    let mut lab = Lab::default();
    let mut parts = page.split("\n```");
    while let (Some(_), Some(inside)) = (parts.next(), parts.next()) {
        let (info, text) = inside.split_once('\n').unwrap_or_default();
        let path = match (info.split(' ').nth(1), text.split(' ').next()) {
            (Some(path), _) => path.to_owned(),
            (_, Some("lab")) => "lab.kdl".to_owned(),
            (_, Some("node")) => format!("nodes/{}.kdl", lab.files.len()),
            (_, Some("integration")) => format!("integrations/x/{}/integration.kdl", lab.files.len()),
            _ => format!("services/{}.kdl", lab.files.len()),
        };
        lab.add(path, text);
    }
    if !lab.files.iter().any(|(path, _)| path == "lab.kdl") {
        lab.add("lab.kdl", "lab \"home\" { domain \"home.example.com\"; network \"lan\" cidr=\"192.168.1.0/24\" }\n");
    }
    if !lab.files.iter().any(|(path, _)| path.starts_with("nodes/")) {
        lab.add(
            "nodes/nas.kdl",
            "node \"nas\" { address \"192.168.1.10\"; arch \"amd64\"; server; host-volume \"data\" path=\"/srv\" }\n",
        );
    }
    lab
}
