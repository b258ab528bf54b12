//! `unreadable-secret`: a Nomad variable that a job's identity may not read.

use super::brought_in;
use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, SecretReference, Service};

code!(Error, "unreadable-secret", "unreadable_secret.md", "a job may not read a secret that it names");

/// Reports, in labs with access control, each variable outside of what a job may read by itself.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let lab = analysis.lab;
    for service in lab.services.iter().filter(|_| lab.acl) {
        let mut paths: Vec<&SecretReference> = Vec::new();
        for secret in service.secrets.iter().filter(|it| it.store == "nomad" && !is_own(service, &it.path)) {
            if !paths.iter().any(|known| known.path == secret.path) {
                paths.push(secret);
            }
        }
        for secret in paths {
            sink.push(unreadable_secret(lab, service, secret));
        }
    }
}

/// Whether a job reads a path by its own identity: that of all jobs, its own, its groups' and its tasks'.
fn is_own(service: &Service, path: &str) -> bool {
    let Some(rest) = path.strip_prefix("nomad/jobs") else { return false };
    let mut parts = rest.split('/').skip(1);
    let (job, group, task) = (parts.next(), parts.next(), parts.next());
    let own = |group: &str| service.groups.iter().find(|known| known.name.value == group);
    let fits = match (job, group, task) {
        (None, ..) => rest.is_empty(),
        (Some(job), None, _) => job == service.name.value,
        (Some(job), Some(group), None) => job == service.name.value && own(group).is_some(),
        (Some(job), Some(group), Some(task)) => {
            let tasks = own(group).map(|group| group.tasks.iter().any(|known| known.name.value == task));
            job == service.name.value && tasks == Some(true)
        }
    };
    fits && parts.next().is_none()
}

fn unreadable_secret(lab: &Lab, service: &Service, secret: &SecretReference) -> Diagnostic {
    let (name, path) = (&service.name.value, secret.path.escape_debug());
    let message = format!("`{name}` may not read `{path}`: with access control, a job reads what is its own");
    let mut diagnostic = Diagnostic::new(&CODE, message, secret.span, format!("not below `nomad/jobs/{name}`"));
    if let Some(place) = brought_in(lab, service, secret.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    let key = secret.key.escape_debug();
    diagnostic.help(format!(
        "keep the value at a path of its own too: `(secret)\"nomad:nomad/jobs/{name}#{key}\"` with `holds \"nomad/jobs/{name}\" {{ keys \"{key}\" }}`"
    ))
}
