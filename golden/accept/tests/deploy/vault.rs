//! With a real Vault beside Nomad: a login with the identity of a job reads the secrets that its manifest names, as no other job
//! may, and what `hlmc secrets` says and puts is what the stores have.

use super::trial::{Access, Trial, consumers, free_ports};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

/// The jobs: name, namespace, the secrets that each reads.
const JOBS: [(&str, &str, &[&str]); 4] = [
    ("db", "default", &["secret/db"]),
    ("app", "default", &["secret/app", "secret/db"]),
    ("apple", "default", &["secret/app/le"]),
    ("app-2", "tools", &["secret/tools/app"]),
];
const PATHS: [&str; 4] = ["secret/db", "secret/app", "secret/app/le", "secret/tools/app"];

/// A Vault in memory, which ends with it.
struct Vault {
    address: String,
    process: Child,
}

impl Vault {
    fn start() -> Self {
        let [port, ..] = free_ports();
        let mut command = vault();
        command.args(["server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token"]);
        let command = command.arg(format!("-dev-listen-address=127.0.0.1:{port}"));
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let vault = Self { address: format!("http://127.0.0.1:{port}"), process };
        let answers = |_: &u32| {
            std::thread::sleep(std::time::Duration::from_millis(500));
            vault.run("root", &["secrets", "list"]).status.success()
        };
        assert!((0..120).find(answers).is_some(), "Vault doesn't answer");
        vault
    }

    /// What Vault says to whom a token belongs to.
    fn run(&self, token: &str, arguments: &[&str]) -> Output {
        vault().args(arguments).env("VAULT_ADDR", &self.address).env("VAULT_TOKEN", token).output().unwrap()
    }

    /// What Vault prints to a person who may do all.
    fn say(&self, arguments: &[&str]) -> String {
        let output = self.run("root", arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The token that an identity gets for a role.
    fn log_in(&self, role: &str, identity: &str) -> Option<String> {
        let jwt = format!("jwt={identity}");
        let login = ["write", "-field=token", "auth/jwt-nomad/login", &format!("role={role}"), &jwt];
        let output = self.run("root", &login);
        output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
    }

    /// The paths that a token reads.
    fn readable(&self, token: &str) -> BTreeSet<&'static str> {
        let reads = |path: &&str| {
            let output = self.run(token, &["read", &path.replacen("secret/", "secret/data/", 1)]);
            let refused = String::from_utf8_lossy(&output.stderr).contains("permission denied");
            assert!(output.status.success() != refused, "{path}: {}", String::from_utf8_lossy(&output.stderr));
            output.status.success()
        };
        PATHS.into_iter().filter(reads).collect()
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn vault() -> Command {
    let mut command = Command::new(consumers().join("vault"));
    command.env_remove("AWS_CA_BUNDLE").env("VAULT_FORMAT", "").env_remove("VAULT_NAMESPACE");
    command
}

/// A service that has its secrets in its environment, and lays one of those and its identity where the test finds them.
fn service((name, namespace, paths): (&str, &str, &[&str])) -> String {
    let secret = |(at, path): (usize, &&str)| format!("S{at} (secret)\"vault:{path}#key\"; ");
    let env: String = paths.iter().enumerate().map(secret).collect();
    format!(
        r#"service "{name}" {{
    driver "raw_exec"
    namespace "{namespace}"
    command "/bin/sh"
    args "-c" "umask 077; cd $NOMAD_ALLOC_DIR; printf %s \"$S0\" >value; printf %s $NOMAD_TOKEN_vault_default >token; exec sleep 600"
    resources cpu=10 memory="10MiB"
    env {{ {env} }}
    nomad-task {{ identity {{ name "vault_default"; aud "vault.io"; env #true }} }}
    nomad {{ update {{ min_healthy_time "1s" }} }}
}}
"#
    )
}

fn role_of(number: usize) -> String {
    format!("hlmc.trial.{}.{}", JOBS[number].1, JOBS[number].0)
}

/// What a task has laid down.
fn laid(trial: &Trial, number: usize, file: &str) -> String {
    const RUNNING: &str = "{{range .}}{{if eq .ClientStatus \"running\"}}{{.ID}}{{end}}{{end}}";
    trial.wait_for("nothing is laid down", || {
        let allocs = ["job", "allocs", "-namespace", JOBS[number].1, "-t", RUNNING, JOBS[number].0];
        let path = trial.folder.join(format!("agent/alloc/{}/alloc/{file}", trial.nomad(&allocs).trim()));
        std::fs::read_to_string(path).ok().filter(|text| !text.is_empty())
    })
}

fn start(name: &str) -> (Vault, Trial, String) {
    let vault = Vault::start();
    let agent = serde_json::json!({ "vault": {
        "enabled": true,
        "address": vault.address,
        "jwt_auth_backend_path": "jwt-nomad",
        "default_identity": { "aud": ["vault.io"], "ttl": "1h" },
    } });
    let mut trial = Trial::start_with(name, Access::Controlled, &agent);
    trial.environment = vec![("VAULT_ADDR", vault.address.clone()), ("VAULT_TOKEN", "root".to_owned())];
    let paths: String = PATHS.iter().map(|path| format!("        holds \"{path}\" {{ keys \"key\" }}\n")).collect();
    let about = format!(
        r#"
    acl #true
    secrets "nomad" {{ holds "nomad/jobs/db" {{ keys "plain" }} }}
    secrets "vault" address="{}" {{
{paths}    }}
    allow "unused-secret" reason="what is put into Nomad is only looked at"
"#,
        vault.address
    );
    (vault, trial, about)
}

/// Builds the lab; Vault asks for keys where Nomad really is.
fn build(trial: &Trial, about: &str, services: &[String]) {
    trial.build_with(about, &services.iter().map(String::as_str).collect::<Vec<_>>());
    let login = trial.folder.join("out/vault/login.json");
    let text = std::fs::read_to_string(&login).unwrap();
    assert!(text.contains("http://192.168.1.20:4646/.well-known/jwks.json"), "{text}");
    std::fs::write(&login, text.replace("http://192.168.1.20:4646", &trial.address)).unwrap();
}

/// Whether a text stands in a file below a folder.
fn stands_in(folder: &Path, text: &str) -> bool {
    let found = Command::new("grep").args(["-rqF", text]).arg(folder).status().unwrap();
    found.code() == Some(0)
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_login_reads_what_its_manifest_names_and_no_other_identity_gets_in() {
    let (vault, trial, about) = start("vault");
    trial.nomad(&["namespace", "apply", "tools"]);
    let services: Vec<String> = JOBS.map(service).to_vec();
    build(&trial, &about, &services);
    let agent = std::fs::read_to_string(trial.folder.join("out/nodes/here/etc/nomad.d/nomad.hcl")).unwrap();
    for said in ["jwt_auth_backend_path = \"jwt-nomad\"", "aud = [\"vault.io\"]", &vault.address] {
        assert!(agent.contains(said), "{said} is what the agent of this test was told:\n{agent}");
    }

    // Nothing is there; then each value is handed over, and is nowhere else.
    let (code, text) = trial.secrets(&["missing"], "");
    assert_eq!((code, text.lines().count()), (Some(1), PATHS.len() + 1), "{text}");
    assert!(text.contains("vault:secret/db#key is missing: app ("), "{text}");
    let values: BTreeMap<&str, String> = PATHS.map(|path| (path, format!("of-{}", path.replace('/', "-")))).into();
    vault.say(&["kv", "put", "-mount=secret", "db", "other=stays"]);
    for (path, value) in &values {
        let put = trial.secrets(&["put", &format!("vault:{path}#key")], &format!("{value}\n"));
        assert_eq!(put, (Some(0), String::new()));
        let name = path.strip_prefix("secret/").unwrap();
        assert_eq!(vault.say(&["kv", "get", "-mount=secret", "-field=key", name]).trim_end(), value);
    }
    assert_eq!(vault.say(&["kv", "get", "-mount=secret", "-field=other", "db"]).trim_end(), "stays");
    let put = trial.secrets(&["put", "nomad:nomad/jobs/db#plain"], "of-nomad");
    assert_eq!(put, (Some(0), String::new()));
    assert_eq!(trial.secrets(&["missing"], ""), (Some(0), String::new()));

    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("jobs: 4 new, 0 changed, 0 unchanged, 0 stopped\n"), "{text}");
    assert!(values.values().all(|value| !text.contains(value)), "{text}");
    for folder in ["out", "lab"] {
        assert!(!stands_in(&trial.folder.join(folder), "of-secret"), "a value is in {folder}");
    }

    for (number, (_, _, paths)) in JOBS.iter().enumerate() {
        assert_eq!(laid(&trial, number, "value"), values[paths[0]], "{}", JOBS[number].0);
        let identity = laid(&trial, number, "token");
        for other in 0..JOBS.len() {
            let token = vault.log_in(&role_of(other), &identity);
            assert_eq!(token.is_some(), other == number, "{} as {}", JOBS[number].0, role_of(other));
            if let Some(token) = token {
                assert_eq!(vault.readable(&token), paths.iter().copied().collect(), "{}", JOBS[number].0);
            }
        }
    }

    // What a job no longer reads it is refused, and who is gone is forgotten; what isn't the lab's stays.
    vault.say(&[
        "policy",
        "write",
        "hlmc.trial-2.default.x",
        trial.folder.join("out/vault/policies/default/db.hcl").to_str().unwrap(),
    ]);
    let app = service(("app", "default", &["secret/app"]));
    build(&trial, &about, &[services[0].clone(), app, services[2].clone()]);
    let (code, text) = trial.deploy(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("vault role hlmc.trial.tools.app-2: no longer in the lab, deleted\n"), "{text}");
    let token = vault.log_in(&role_of(1), &laid(&trial, 1, "token")).unwrap();
    assert_eq!(vault.readable(&token), BTreeSet::from(["secret/app"]));
    let policies = vault.say(&["policy", "list"]);
    assert!(policies.contains("hlmc.trial-2.default.x") && !policies.contains("app-2"), "{policies}");
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_store_that_refuses_is_named_with_what_helps() {
    let (vault, mut trial, about) = start("vault-refused");
    build(&trial, &about, &[service(JOBS[0])]);
    let told = |trial: &Trial, arguments: &[&str], typed: &str, says: &[&str]| {
        let (code, text) = trial.secrets(arguments, typed);
        assert_eq!(code, Some(2), "{text}");
        assert!(says.iter().all(|part| text.contains(part)) && !text.contains("hunter2"), "{text}");
    };
    let token = trial.environment[1].1.clone();
    trial.environment[1].1 = "wrong".to_owned();
    told(&trial, &["missing"], "", &["Vault refuses reading `secret/subkeys/db` to this token (403)", "`VAULT_TOKEN`"]);
    told(&trial, &["put", "vault:secret/db#key"], "hunter2", &["Vault refuses writing `secret/data/db`"]);
    let (code, text) = trial.deploy(&["--dry-run"]);
    assert!(code == Some(0) && text.contains("vault: left as it is: "), "{text}");
    trial.environment[1].1 = token;

    let nomad = std::mem::take(&mut trial.token);
    told(&trial, &["put", "nomad:nomad/jobs/db#plain"], "hunter2", &["Nomad refuses", "no token was sent"]);
    trial.token = nomad;
    vault.say(&["secrets", "disable", "secret"]);
    told(&trial, &["missing"], "", &["Vault has no key-value engine at `secret`", "vault secrets enable -path=secret"]);
    told(&trial, &["put", "vault:secret/bd#key"], "hunter2", &["the lab names no secret `vault:secret/bd#key`"]);
    drop(vault);
    told(&trial, &["put", "vault:secret/db#key"], "hunter2", &["can't be reached: connection refused", "`VAULT_ADDR`"]);
}
