//! Nomad reads the same job from a job file in a lab as from the bundle: every field of its JSON, whatever the file computes.
//! A template that a job file reads from a file gives what Nomad's own library makes of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is all test code")]

use hlmc_core::source::MemoryWorld;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The tag that the compiler adds to every job.
const OWNER: &str = "hlmc-lab";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The job as Nomad's command line would send it.
fn read(file: &Path, variables: &[&str]) -> Value {
    let mut nomad = Command::new(root().join("golden/consumers/bin/nomad"));
    // Paths in a job file are read from where the command runs.
    nomad.args(["job", "run", "-output"]).args(variables).arg(file).current_dir(file.parent().unwrap());
    let output = nomad.output().expect("nomad is built by `make accept`");
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Takes the owner's tag away, and the map that it alone was in.
fn without_owner(mut job: Value) -> Value {
    let meta = &mut job["Job"]["Meta"];
    meta.as_object_mut().expect("the owner's tag").remove(OWNER).expect("the owner's tag");
    if meta.as_object().unwrap().is_empty() {
        *meta = Value::Null;
    }
    job
}

#[test]
#[ignore = "needs the real Nomad: `make accept`"]
fn nomad_reads_the_same_job_from_a_job_file_and_from_the_bundle() {
    let lab = root().join("golden/labs/job-files");
    let values = lab.join("services/web/web.vars.hcl");
    let values = format!("-var-file={}", values.display());
    for (file, job, variables) in [
        ("expressions/expressions.nomad.hcl", "expressions", vec![]),
        ("legacy/legacy.nomad", "legacy", vec![]),
        ("windows/windows.nomad", "windows", vec![]),
        ("web/web.nomad.hcl", "web", vec![values.as_str(), "-var=owner=anna"]),
    ] {
        let before = read(&lab.join("services").join(file), &variables);
        let after = read(&lab.join(format!("expected/nomad/jobs/default/{job}.nomad.hcl")), &[]);
        assert_eq!(before, without_owner(after), "{file}");
    }
}

/// Templates that hold all of their language, each with the names it is given.
fn templates() -> Vec<(&'static str, Value)> {
    let ports = json!({ "http": 8080, "metrics": 9100 });
    vec![
        ("", json!({})),
        ("plain\ntext\r\n\twith $ and %, $$ and %%, $${x} and %%{y}, \\n and \"quotes\"", json!({})),
        ("${name}", json!({ "name": "web" })),
        ("${count}", json!({ "count": 3 })),
        ("a ${ name } b${name}c", json!({ "name": "web" })),
        ("a \n ${~ name ~} \n\n b ${ name ~}\n  c\n${~ name } d", json!({ "name": "web" })),
        ("%{ if count > 2 }many%{ else }few%{ endif }.", json!({ "count": 3 })),
        ("%{ if count > 2 }many%{ else }few%{ endif }.", json!({ "count": 1 })),
        ("x\n%{~ if on ~}\n  on \n%{~ else ~}\n  off \n%{~ endif ~}\ny\n", json!({ "on": false })),
        ("%{ if on }only%{ endif }", json!({ "on": false })),
        ("%{ for name, port in ports }${name}=${port}\n%{ endfor }end", json!({ "ports": ports })),
        ("%{ for name, port in ports ~}\n  ${name}=${port}\n%{ endfor ~}\nend", json!({ "ports": ports })),
        ("%{ for at, it in list ~}\n${at}: ${upper(it)}\n%{~ endfor }", json!({ "list": ["a", "b"] })),
        (
            "%{ for it in list }%{ if it.on }${it.name}%{ for p in it.ports } ${p + 1}%{ endfor };%{ endif }%{ endfor }",
            json!({ "list": [{ "name": "a", "on": true, "ports": [1, 2] }, { "name": "b", "on": false, "ports": [] }] }),
        ),
        ("%{ for it in [] }never%{ endfor }", json!({})),
        (
            "${jsonencode(map)} ${join(\", \", keys(map))} ${map[\"c\"]} ${length(keys(map))}",
            json!({ "map": { "b": [1, true], "c": "d" } }),
        ),
        ("${ { for k, v in ports : k => v + 1 }[\"http\"] }", json!({ "ports": ports })),
        ("héllo ${name} ✓\n", json!({ "name": "wörld" })),
        ("{{ range service \"web\" }}{{ .Address }}{{ end }} ${name}", json!({ "name": "web" })),
        ("tab\t${~ name ~}\t\u{a0}x", json!({ "name": "web" })),
    ]
}

#[test]
#[ignore = "needs the real Nomad: `make accept`"]
fn templates_give_what_nomads_library_makes_of_them() {
    let templates = templates();
    let mut world = MemoryWorld::default();
    world.insert("lab.kdl", "lab \"t\" { domain \"home.example.com\"; network \"lan\" cidr=\"192.168.1.0/24\"; }\n");
    world.insert("nodes/n.kdl", "node \"n\" { address \"192.168.1.9\"; arch \"amd64\"; server; }\n");
    let mut blocks = String::new();
    for (at, (text, names)) in templates.iter().enumerate() {
        world.insert(format!("services/t/{at}.tpl"), *text);
        let data = format!("\"-${{templatefile(\"{at}.tpl\", {names})}}\"");
        blocks.push_str(&format!("template {{\ndestination = \"local/{at}\"\ndata = {data}\n}}\n"));
    }
    let job = format!(
        "job \"t\" {{\ngroup \"t\" {{\ntask \"t\" {{\ndriver = \"docker\"\nconfig {{ image = \"busybox:1.36\" }}\n{blocks}}}\n}}\n}}\n"
    );
    world.insert("services/t/t.nomad.hcl", job);
    let compiled = hlmc_core::compile(&world);
    let bundle = compiled.bundle.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
    let written = bundle.artifacts.iter().find(|it| it.path == "nomad/jobs/default/t.nomad.hcl").expect("the job");

    let mut questions = vec![json!({ "Kind": "job-form", "Text": String::from_utf8_lossy(&written.bytes) })];
    questions
        .extend(templates.iter().map(|(text, names)| json!({ "Kind": "job-template", "Text": text, "Names": names })));
    let answers = ask(&questions);
    let read = &answers[0]["value"]["TaskGroups"][0]["Tasks"][0]["Templates"];
    for (at, (text, names)) in templates.iter().enumerate() {
        let (ours, nomads) = (&read[at]["EmbeddedTmpl"], &answers[at + 1]);
        assert_eq!(nomads.get("error"), None, "{text:?} with {names}");
        let ours = ours.as_str().and_then(|ours| ours.strip_prefix('-'));
        assert_eq!(ours, nomads["value"].as_str(), "{text:?} with {names}");
    }
}

/// What Nomad says to each question.
fn ask(questions: &[Value]) -> Vec<Value> {
    let mut nomad = Command::new(root().join("golden/consumers/bin/read-nomad"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("read-nomad is built by `make accept`");
    let mut input = nomad.stdin.take().unwrap();
    let text: String = questions.iter().map(|question| format!("{question}\n")).collect();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = nomad.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect()
}
