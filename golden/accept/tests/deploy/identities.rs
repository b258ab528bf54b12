//! With access control: each job's identity reads the secrets that its manifest names, and none of the others.

use super::trial::{Access, Trial};
use std::collections::BTreeSet;

const LAB: &str = r#"
    acl #true
    secrets "nomad" {
        holds "nomad/jobs/db" { keys "password" }
        holds "nomad/jobs/app" { keys "token" }
        holds "nomad/jobs/apple" { keys "token" }
        holds "nomad/jobs/tool" { keys "token" }
        holds "mail/smtp" { keys "password" }
    }
"#;

/// The jobs: name, namespace, the variables that each reads.
const JOBS: [(&str, &str, &[&str]); 4] = [
    ("db", "default", &["nomad/jobs/db"]),
    ("app", "default", &["nomad/jobs/app", "nomad/jobs/db", "mail/smtp"]),
    ("apple", "default", &["nomad/jobs/apple"]),
    ("tool", "tools", &["nomad/jobs/tool", "nomad/jobs/db"]),
];

const KEYS: [(&str, &str); 5] = [
    ("nomad/jobs/db", "password"),
    ("nomad/jobs/app", "token"),
    ("nomad/jobs/apple", "token"),
    ("nomad/jobs/tool", "token"),
    ("mail/smtp", "password"),
];

/// Nomad's template for the allocations that run.
const RUNNING: &str = "{{range .}}{{if eq .ClientStatus \"running\"}}{{.ID}}{{end}}{{end}}";

/// A service that has its secrets in its environment, and lays its identity where the test finds it.
fn service((name, namespace, paths): (&str, &str, &[&str])) -> String {
    let secret = |path: &&str| {
        let (_, key) = KEYS.iter().find(|(known, _)| known == path).unwrap();
        let variable = path.to_uppercase().replace('/', "_");
        format!("{variable} (secret)\"nomad:{path}#{key}\"; ")
    };
    let env: String = paths.iter().map(secret).collect();
    format!(
        r#"service "{name}" {{
    driver "raw_exec"
    namespace "{namespace}"
    command "/bin/sh"
    args "-c" "umask 077; printf %s $NOMAD_TOKEN >$NOMAD_ALLOC_DIR/token; exec sleep 600"
    resources cpu=10 memory="10MiB"
    env {{ {env} }}
    nomad-task {{ identity {{ env #true }} }}
    nomad {{ update {{ min_healthy_time "1s" }} }}
}}
"#
    )
}

impl Trial {
    /// The token that a running job's task was given.
    fn identity(&self, name: &str, namespace: &str) -> String {
        self.wait_for("no token of its own", || {
            let allocs = ["job", "allocs", "-namespace", namespace, "-t", RUNNING, name];
            let token = self.folder.join(format!("agent/alloc/{}/alloc/token", self.nomad(&allocs).trim()));
            std::fs::read_to_string(token).ok().filter(|token| !token.is_empty())
        })
    }

    /// The variables that a token reads.
    fn readable(&self, token: &str) -> BTreeSet<(&'static str, &'static str)> {
        let all = ["default", "tools"].into_iter().flat_map(|namespace| KEYS.map(|(path, _)| (namespace, path)));
        let reads = |(namespace, path): &(&str, &str)| {
            let output = self.nomad_as(token, &["var", "get", "-namespace", namespace, "-out", "json", path]);
            let refused = String::from_utf8_lossy(&output.stderr).contains("Permission denied");
            assert!(output.status.success() != refused, "{path}: {}", String::from_utf8_lossy(&output.stderr));
            output.status.success()
        };
        all.filter(reads).collect()
    }
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn an_identity_reads_what_its_manifest_names_and_nothing_else() {
    let trial = Trial::start("identities", Access::Controlled);
    trial.nomad(&["namespace", "apply", "tools"]);
    for namespace in ["default", "tools"] {
        for (path, key) in KEYS {
            trial.nomad(&["var", "put", "-namespace", namespace, path, &format!("{key}=hunter2")]);
        }
    }
    let services = JOBS.map(service);
    trial.build_with(LAB, &services.each_ref().map(String::as_str));
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 4 new, 0 changed, 0 unchanged, 0 stopped\n"), "{text}");
    for (name, namespace, paths) in JOBS {
        let expected: BTreeSet<_> = paths.iter().map(|path| (namespace, *path)).collect();
        assert_eq!(trial.readable(&trial.identity(name, namespace)), expected, "{name}");
    }

    // What a job no longer reads it is refused, and the policy of a job that is gone goes too.
    let app = service(("app", "default", &["nomad/jobs/app", "mail/smtp"]));
    trial.build_with(LAB, &[&services[0], &app, &services[2]]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("no longer in the lab, deleted\n"), "{text}");
    let expected = BTreeSet::from([("default", "nomad/jobs/app"), ("default", "mail/smtp")]);
    trial.wait_for("the old token still counts", || {
        (trial.readable(&trial.identity("app", "default")) == expected).then_some(())
    });
    let policies = trial.nomad(&["acl", "policy", "list", "-t", "{{range .}}{{println .Name}}{{end}}"]);
    assert_eq!(policies.lines().filter(|name| name.starts_with("hlmc-")).count(), 1, "{policies}");
}
