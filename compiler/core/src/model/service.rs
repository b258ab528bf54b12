//! A service: its job in the core form, and what a job has no words for.

use super::{Group, Platforms};
use crate::nomad::form::{Block, Tag};
use crate::source::{Span, Spanned};

/// Something the lab runs: exactly one Nomad job.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name, which is the job's too.
    pub name: Spanned<String>,
    /// One line about it; empty for none.
    pub description: String,
    /// Nomad namespace.
    pub namespace: Spanned<String>,
    /// Nomad's job type: `service`, `batch`, `system`, `sysbatch`.
    pub kind: String,
    /// The job in the core form: `job "name" { … }`. What is written into the bundle.
    pub job: Block,
    /// The job as the compiler reasons about it; made from `job`.
    pub groups: Vec<Group>,
    /// Routes through the reverse proxy.
    pub routes: Vec<Route>,
    /// Where its metrics are.
    pub metrics: Option<Metrics>,
    /// Volumes whose data is to be backed up.
    pub backups: Vec<Spanned<String>>,
    /// Secrets it reads.
    pub secrets: Vec<SecretReference>,
    /// Other services that it finds through discovery.
    pub references: Vec<Reference>,
    /// Services that have to be healthy first, by name; what `references` name comes on top.
    pub after: Vec<Spanned<String>>,
    /// Architectures that images exist for, as the manifest states them.
    pub platforms: Vec<Platforms>,
    /// Path of the manifest, or `hlmc:…` for one of the catalogue.
    pub manifest: String,
    /// The first line of its manifest.
    pub span: Span,
}

impl Service {
    /// The tasks of its job, as they stand there.
    pub fn tasks(&self) -> impl Iterator<Item = &Block> {
        self.job.body.blocks("group").flat_map(|group| group.body.blocks("task"))
    }

    /// Where its job lies in `out/`.
    #[must_use]
    pub fn job_path(&self) -> String {
        format!("nomad/jobs/{}/{}.nomad.hcl", self.namespace.value, self.name.value)
    }
}

/// A host name and path that the reverse proxy serves.
#[derive(Clone, Debug)]
pub struct Route {
    /// Whole host name: `cloud.home.example.com`.
    pub host: Spanned<String>,
    /// Path below which it answers; `/` for all.
    pub path: Spanned<String>,
    /// The name that its port is registered under: what the proxy looks up.
    pub upstream: String,
    /// Reachable from the internet.
    pub public: bool,
    /// Group that may log in; open to all where it is `None`.
    pub auth: Option<Spanned<String>>,
    /// The `route` of the manifest.
    pub span: Span,
}

impl Route {
    /// The path without slashes at its end; `None` where that leaves nothing.
    #[must_use]
    pub fn base(&self) -> Option<&str> {
        let path = self.path.trim_end_matches('/');
        (!path.is_empty()).then_some(path)
    }

    /// What the routes of a host are asked in the order of: the longest path first.
    #[must_use]
    pub fn rank(&self) -> (std::cmp::Reverse<usize>, &str, &str) {
        let path = self.base().unwrap_or_default();
        (std::cmp::Reverse(path.len()), path, &self.upstream)
    }
}

/// Where a service tells its metrics.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// The name that its port is registered under.
    pub upstream: String,
    /// HTTP path.
    pub path: String,
    /// The `metrics` of the manifest.
    pub span: Span,
}

/// A secret that a service reads.
#[derive(Clone, Debug)]
pub struct SecretReference {
    /// The store: `vault`, `nomad`.
    pub store: String,
    /// Path in the store.
    pub path: String,
    /// Key at the path.
    pub key: String,
    /// The variable that has it.
    pub variable: Spanned<String>,
    /// Where it is written.
    pub span: Span,
}

/// Another service that a service finds through discovery.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The variable that it is told in.
    pub variable: Spanned<String>,
    /// Which part of the address is asked for.
    pub tag: Tag,
    /// The scheme of a URL; empty for all others.
    pub scheme: String,
    /// The service's name.
    pub service: String,
    /// The port's label.
    pub port: String,
    /// Where it is written.
    pub span: Span,
}
