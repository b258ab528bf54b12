//! `csi-plugin-missing`: a volume of a storage plugin in a lab that runs none.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::Volume;
use std::cell::LazyCell;

code!(Warning, "csi-plugin-missing", "csi_plugin_missing.md", "a volume of a storage plugin, and the lab runs none");

/// Reports, once for each service, volumes of storage plugins, where no task of the lab is one.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    let runs_one = LazyCell::new(|| {
        let mut tasks = analysis.groups.iter().flat_map(|facts| facts.block.body.blocks("task"));
        tasks.any(|task| task.body.block("csi_plugin").is_some())
    });
    for service in &analysis.lab.services {
        let volumes = service.groups.iter().flat_map(|group| &group.volumes);
        let volumes: Vec<&Volume> = volumes.filter(|volume| volume.kind == "csi").collect();
        if let Some((first, rest)) = volumes.split_first().filter(|_| !*runs_one) {
            let (name, volume) = (&service.name.value, first.source.escape_debug());
            let message = format!("`{name}` asks for volume `{volume}` of a storage plugin, and the lab runs none");
            let mut diagnostic = Diagnostic::new(&CODE, message, first.source.span, "no task has a `csi_plugin`");
            for other in rest {
                diagnostic = diagnostic.also(other.source.span, "nor for this one");
            }
            sink.push(diagnostic.help(
                "add the plugin's jobs, each with a task with `csi_plugin`, or ask for a folder of a node: `type = \"host\"`",
            ));
        }
    }
}
