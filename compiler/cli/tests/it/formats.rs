//! The formats of `hlmc check` for code hosts: SARIF and GitHub's workflow commands.

use crate::lab::Lab;
use serde_json::{Value, json};
use std::fs;

/// Two claims on one port, a name with a fix, and characters that each format counts in its own way.
fn lab() -> Lab {
    let lab = Lab::new();
    lab.write("services/a,b.kdl", "\u{feff}service \"x\" { /* 😀ä */ image \"a:1\"; prot \"http\" to=80\n}\n");
    lab.write("services/one.kdl", "service \"one\" {\n    image \"a:1\"\n    port \"http\" static=8099\n}\n");
    lab.write("services/two.kdl", "service \"two\" {\n    image \"a:1\"\n    port \"http\" static=8099\n}\n");
    lab
}

fn sarif(lab: &Lab, args: &[&str]) -> Value {
    let ran = lab.run(&[&["check", "--format", "sarif"], args].concat());
    assert_eq!(ran.stderr, "");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn sarif_has_rules_places_and_changes() {
    let lab = lab();
    let document = sarif(&lab, &[]);
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let folder = fs::canonicalize(lab.path("")).unwrap().display().to_string();
    assert_eq!(run["originalUriBaseIds"]["%SRCROOT%"]["uri"], format!("file://{folder}/"));
    let results = run["results"].as_array().unwrap();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap()];
        assert_eq!(rule["id"], result["ruleId"]);
        assert!(rule["help"]["markdown"].as_str().unwrap().contains("## Fails"));
    }
    let of = |code: &str| results.iter().find(|result| result["ruleId"] == code).unwrap();
    let name = of("unknown-name");
    let region = json!({ "startLine": 1, "startColumn": 38, "endLine": 1, "endColumn": 42 });
    let place = json!({ "uri": "services/a%2Cb.kdl", "uriBaseId": "%SRCROOT%" });
    assert_eq!(name["level"], "error");
    assert_eq!(name["message"]["text"], "`prot` is not known in `service`\nhelp: did you mean `port`?");
    let physical = &name["locations"][0]["physicalLocation"];
    assert_eq!((&physical["artifactLocation"], &physical["region"]), (&place, &region));
    let change = &name["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"], place);
    assert_eq!(change["replacements"], json!([{ "deletedRegion": region, "insertedContent": { "text": "port" } }]));
}

#[test]
fn sarif_names_the_other_parties() {
    let lab = Lab::new();
    let service = |name: &str| format!("service \"{name}\" {{\n    image \"a:1\"\n    port \"http\" static=8099\n}}\n");
    lab.write("services/one.kdl", service("one"));
    lab.write("services/two.kdl", service("two"));
    let document = sarif(&lab, &[]);
    let results = document["runs"][0]["results"].as_array().unwrap();
    let conflict = results.iter().find(|result| result["ruleId"] == "port-conflict").unwrap();
    let other = &conflict["relatedLocations"][0];
    assert_eq!((&other["id"], &other["message"]["text"]), (&json!(0), &json!("and here")));
    assert_eq!(other["physicalLocation"]["artifactLocation"]["uri"], "services/two.kdl");
    assert_eq!(other["physicalLocation"]["region"]["startLine"], 3);
}

#[test]
fn sarif_of_a_lab_elsewhere_has_absolute_uris() {
    let lab = lab();
    fs::create_dir(lab.path("apart")).unwrap();
    let ran = lab.run_in("apart", &["check", "--format", "sarif", "--lab", ".."]);
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let place = &document["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"];
    let folder = fs::canonicalize(lab.path("")).unwrap().display().to_string();
    assert_eq!(*place, json!({ "uri": format!("file://{folder}/services/a%2Cb.kdl") }));
}

#[test]
fn sarif_of_a_fine_lab_has_no_results() {
    let document = sarif(&Lab::new(), &[]);
    assert_eq!(document["runs"][0]["results"], json!([]));
    assert_eq!(document["runs"][0]["tool"]["driver"]["rules"], json!([]));
}

#[test]
fn github_gets_a_command_a_line() {
    let lab = lab();
    let ran = lab.run_with(&[("GITHUB_WORKSPACE", "")], &["check", "--format", "github"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    let first = ran.stdout.lines().next().unwrap();
    assert_eq!(
        first,
        "::error file=services/a%2Cb.kdl,line=1,endLine=1,col=37,endColumn=41,title=unknown-name::\
         `prot` is not known in `service`%0Ahelp: did you mean `port`?"
    );
    assert!(ran.stdout.lines().all(|line| line.starts_with("::error file=services/")), "{}", ran.stdout);
}

#[test]
fn github_names_files_from_the_root_of_the_repository() {
    let outer = Lab::empty();
    outer.run(&["init", "homes/lab"]).is_quiet();
    outer.write("homes/lab/services/x.kdl", "service \"x\" { prot \"http\"; }\n");
    let root = outer.path("").display().to_string();
    let mut command = outer.command(&["check", "--format", "github", "--lab", "homes/lab"]);
    let elsewhere = command.env("GITHUB_WORKSPACE", &root).output().unwrap();
    let text = String::from_utf8(elsewhere.stdout).unwrap();
    assert!(text.starts_with("::error file=homes/lab/services/x.kdl,line=1,"), "{text}");
    let mut command = outer.command(&["check", "--format", "github"]);
    let inside = command.env("GITHUB_WORKSPACE", &root).current_dir(outer.path("homes/lab")).output().unwrap();
    assert_eq!(String::from_utf8(inside.stdout).unwrap(), text);
}
