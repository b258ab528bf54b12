//! Nomad's own parser, in one process for all files.

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The tag that hlmc adds to every job.
const OWNER: &str = "hlmc-lab";

/// What Nomad makes of a file.
pub(crate) struct Read {
    /// The job.
    pub(crate) job: Value,
    /// Why Nomad would refuse it once it is registered.
    pub(crate) refused: Option<String>,
}

/// What Nomad's parser makes of each file, or why it can't read it.
pub(crate) fn read(files: impl Iterator<Item = PathBuf>) -> Result<Vec<Result<Read, String>>, String> {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../consumers/bin/nomad-batch");
    let paths: Vec<String> = files.map(|file| file.display().to_string()).collect();
    let mut child = Command::new(&program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("`{}` doesn't start: {error}; `make accept` builds it", program.display()))?;
    let mut input = child.stdin.take().ok_or("no stdin")?;
    let list = paths.join("\n") + "\n";
    let writer = std::thread::spawn(move || input.write_all(list.as_bytes()));
    let output = child.wait_with_output().map_err(|error| error.to_string())?;
    writer.join().map_err(|_| "writing to nomad-batch failed")?.map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    let mut read = Vec::new();
    for line in text.lines() {
        let mut line: Value = serde_json::from_str(line).map_err(|error| format!("nomad-batch: {error}"))?;
        let error = line.get("error").and_then(Value::as_str).unwrap_or_default().to_owned();
        read.push(match line.get_mut("job").map(Value::take) {
            Some(job) if job.is_object() => {
                Ok(Read { job: without_owner(job), refused: Some(error).filter(|error| !error.is_empty()) })
            }
            _ => Err(error.lines().next().unwrap_or("it has no job").to_owned()),
        });
    }
    if read.len() == paths.len() { Ok(read) } else { Err("nomad-batch didn't answer for every file".into()) }
}

/// Takes the owner's tag away, and the map that it alone was in.
fn without_owner(mut job: Value) -> Value {
    if let Some(meta) = job.get_mut("Meta")
        && let Some(map) = meta.as_object_mut()
        && map.remove(OWNER).is_some()
        && map.is_empty()
    {
        *meta = Value::Null;
    }
    job
}

/// The paths at which two jobs differ.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<String> {
    let mut found = Vec::new();
    differ(before, after, "", &mut found);
    found
}

fn differ(before: &Value, after: &Value, path: &str, found: &mut Vec<String>) {
    match (before, after) {
        _ if before == after || found.len() > 5 => {}
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<&String> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                let (one, other) = (a.get(key).unwrap_or(&Value::Null), b.get(key).unwrap_or(&Value::Null));
                differ(one, other, &format!("{path}.{key}"), found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (one, other)) in a.iter().zip(b).enumerate() {
                differ(one, other, &format!("{path}[{at}]"), found);
            }
        }
        _ => {
            let short = |value: &Value| value.to_string().chars().take(120).collect::<String>();
            found.push(format!("{path}: {} became {}", short(before), short(after)));
        }
    }
}
