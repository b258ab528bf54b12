//! `volume-owner`: a folder that its service can't write to, since it belongs to another user.

use super::brought_in;
use crate::analyze::{Analysis, GroupFacts, ServiceFacts, Source, Used, lies_in, owned};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{HostVolume, Lab};

code!(Warning, "volume-owner", "volume_owner.md", "a service can't write to a folder that belongs to another user");

/// Reports, once for each service, a host volume whose owner isn't the user that the image runs as.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let mut wrong = of
        .groups
        .iter()
        .flat_map(|facts| facts.used().iter().filter_map(|used| volume_owner(analysis.lab, facts, used)));
    if let Some(diagnostic) = wrong.next() {
        sink.push(diagnostic);
    }
}

fn volume_owner(lab: &Lab, facts: &GroupFacts<'_>, used: &Used<'_>) -> Option<Diagnostic> {
    let Source::Host(name) = used.source else { return None };
    if used.read_only || used.user.is_some() {
        return None;
    }
    let folder = used.folder.trim_end_matches('/');
    let needed = owned(used.image).find(|owned| owned.folders.iter().any(|known| lies_in(known, folder)))?;
    let of = |at: usize| lab.nodes.get(at)?.host_volumes.iter().find(|volume| volume.name.value == name);
    let fits = |volume: &&HostVolume| volume.owner.is_some_and(|(user, _)| user == needed.user);
    let volume = facts.eligible().filter_map(of).find(|volume| !fits(volume))?;
    let service = &facts.service.name.value;
    let message = format!("`{service}` can't write to volume `{name}`: it runs as user {}", needed.user);
    let whose = match volume.owner {
        Some((user, _)) => format!("belongs to user {user}"),
        None => "belongs to root".to_owned(),
    };
    let mut diagnostic = Diagnostic::new(&CODE, message, used.span, "mounted here").also(volume.name.span, whose);
    if let Some(place) = brought_in(lab, facts.service, used.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    let user = needed.user;
    Some(diagnostic.help(format!(
        "write `owner=\"{user}:{user}\"` at the `host-volume`, or say with `user` who the service runs as"
    )))
}
