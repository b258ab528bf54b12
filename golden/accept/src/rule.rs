//! Which program reads which artifacts, and which artifacts no program reads.

use crate::bundle::{Bundle, LIST, ZIP};
use crate::check::{caddy, consul, dnsmasq, list, nomad, prometheus, samba, shell, systemd, ufw, vault, zip};
use crate::pattern::fits;
use crate::site::Site;

/// What a program said of an artifact.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It takes it; the note, if any, is worth a line.
    Accepted(Option<String>),
    /// It takes it, with these warnings.
    Warned(String),
    /// It doesn't take it, for these reasons.
    Refused(String),
}

/// What is handed to the program at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Each file by itself.
    File,
    /// All files of a folder together.
    Folder,
}

/// One kind of artifact with one program that reads it.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The pattern of the artifacts' paths.
    pub(crate) pattern: &'static str,
    /// The program.
    pub(crate) program: &'static str,
    /// What the program is asked to do, for the table.
    pub(crate) action: &'static str,
    /// What is handed to it at once.
    pub(crate) unit: Unit,
    /// Whether it understands the content, so that its word is an acceptance; formatters don't.
    pub(crate) accepts: bool,
    /// Asks the program about the file or folder of that path in the bundle.
    pub(crate) check: fn(&Site, &Bundle, &str) -> Result<Verdict, String>,
}

impl Rule {
    const fn file(
        pattern: &'static str,
        program: &'static str,
        action: &'static str,
        check: fn(&Site, &Bundle, &str) -> Result<Verdict, String>,
    ) -> Self {
        Self { pattern, program, action, unit: Unit::File, accepts: true, check }
    }

    const fn folder(self) -> Self {
        Self { unit: Unit::Folder, ..self }
    }

    const fn style_only(self) -> Self {
        Self { accepts: false, ..self }
    }

    /// The files, or folders, of a bundle that the rule is about.
    pub(crate) fn units(&self, bundle: &Bundle) -> Vec<String> {
        let files = bundle.files.iter().filter(|path| fits(self.pattern, path));
        let mut units: Vec<String> = match self.unit {
            Unit::File => files.cloned().collect(),
            Unit::Folder => {
                files.filter_map(|path| path.rsplit_once('/')).map(|(folder, _)| folder.to_owned()).collect()
            }
        };
        units.dedup();
        units
    }
}

/// All rules, in the order in which they are applied: node pools and namespaces must exist before jobs are planned.
pub(crate) const RULES: &[Rule] = &[
    Rule::file(LIST, "sha256sum", "--check", list::compare),
    Rule::file(ZIP, "unzip", "gives the same bundle", zip::unpack),
    Rule::file("nomad/node-pools/*.hcl", "nomad", "node pool apply", nomad::apply_node_pool),
    Rule::file("nomad/namespaces/*.hcl", "nomad", "namespace apply", nomad::apply_namespace),
    Rule::file("nomad/policies/**/*.hcl", "nomad", "acl policy apply", nomad::apply_policy),
    Rule::file("nomad/jobs/**/*.nomad.hcl", "nomad", "job validate", nomad::validate_job),
    Rule::file("nomad/jobs/**/*.nomad.hcl", "nomad", "job plan", nomad::plan_job),
    Rule::file("vault/policies/**/*.hcl", "vault", "policy write", vault::write_policy),
    Rule::file("vault/policies/**/*.hcl", "vault", "policy fmt", vault::check_format).style_only(),
    Rule::file("vault/roles/**/*.json", "vault", "write role", vault::write_role),
    Rule::file("vault/login.json", "vault", "write config", vault::configure_logins),
    Rule::file("nodes/*/etc/nomad.d/*.hcl", "nomad", "config validate", nomad::validate_config).folder(),
    Rule::file("nodes/*/etc/nomad.d/*.hcl", "nomad", "agent joins", nomad::join).folder(),
    Rule::file("nodes/*/etc/consul.d/*.hcl", "consul", "validate", consul::validate).folder(),
    Rule::file("nodes/*/etc/consul.d/*.hcl", "consul", "agent joins", consul::join).folder(),
    Rule::file("**/*.hcl", "nomad", "fmt -check", nomad::check_format).style_only(),
    Rule::file("**/Caddyfile", "caddy", "validate", caddy::validate),
    Rule::file("**/Caddyfile", "caddy", "fmt --diff", caddy::check_format).style_only(),
    Rule::file("**/prometheus.yml", "promtool", "check config", prometheus::check_config),
    Rule::file("nodes/*/etc/dnsmasq.d/*.conf", "dnsmasq", "--test", dnsmasq::test),
    Rule::file("nodes/*/etc/samba/smb.conf", "testparm", "-s", samba::test),
    Rule::file("nodes/*/etc/systemd/system/**", "systemd-analyze", "verify", systemd::verify),
    Rule::file("nodes/*/ufw.sh", "ufw", "--dry-run", ufw::dry_run),
    Rule::file("nodes/*/ufw.sh", "iptables-restore", "--test", ufw::test_block),
    Rule::file("**/*.sh", "shellcheck", "-S style", shell::check),
    Rule::file("**/*.sh", "bash", "-n", shell::parse),
];

/// Artifacts that no program reads, with the reader they are for.
pub(crate) const UNREAD: &[(&str, &str)] = &[("report/**", "for people")];

/// The files of a bundle that no rule accepts and that aren't known to have no reader.
pub(crate) fn uncovered(bundle: &Bundle) -> Vec<&str> {
    bundle
        .files
        .iter()
        .map(String::as_str)
        .filter(|path| !RULES.iter().any(|rule| rule.accepts && fits(rule.pattern, path)))
        .filter(|path| !UNREAD.iter().any(|(pattern, _)| fits(pattern, path)))
        .collect()
}
