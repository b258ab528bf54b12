//! `backup-missing`: data that nobody has said a word about backing up.

use super::brought_in;
use crate::analyze::{Analysis, GroupFacts, ServiceFacts, Source, Used};
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Lab, Service};

code!(Advice, "backup-missing", "backup_missing.md", "nothing says that data is backed up");

/// Reports each service that is known to keep data in volumes without a `backup`.
pub fn check<'l>(analysis: &Analysis<'l>, of: &ServiceFacts<'_, 'l>, sink: &mut Sink) {
    let data = of.groups.iter().flat_map(GroupFacts::used);
    let mut data: Vec<&Used<'_>> = data.filter(|used| is_at_risk(of.service, used)).collect();
    data.dedup_by_key(|used| used.span);
    if let Some((first, rest)) = data.split_first() {
        sink.push(backup_missing(analysis.lab, of.service, first, rest));
    }
}

fn is_at_risk(service: &Service, used: &Used<'_>) -> bool {
    let named = |name: &str| service.backups.iter().any(|backup| backup.value == name);
    let volume = match used.source {
        Source::Host(name) | Source::Csi(name) => !named(name),
        Source::Path(_) | Source::Docker(_) => true,
    };
    volume && !used.read_only && used.kept.iter().any(|kept| !kept.replaceable)
}

fn backup_missing(lab: &Lab, service: &Service, first: &Used<'_>, rest: &[&Used<'_>]) -> Diagnostic {
    let what = first.kept.iter().find(|kept| !kept.replaceable).map_or("data", |kept| kept.what.as_str());
    let name = &service.name.value;
    let message = format!("`{name}` keeps {what}, and nothing says how that is backed up");
    let mut diagnostic = Diagnostic::new(&CODE, message, first.span, "it is here");
    for other in rest {
        diagnostic = diagnostic.also(other.span, "and here");
    }
    if let Some(place) = brought_in(lab, service, first.span) {
        diagnostic = diagnostic.also(place, "brought in here");
    }
    diagnostic.help(
        "copy it to another machine, and say so: `allow \"backup-missing\" reason=\"…\"` in the service, or in the lab where it holds for all",
    )
}
