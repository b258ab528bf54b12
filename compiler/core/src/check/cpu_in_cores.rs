//! `cpu-in-cores`: a task asks for so few megahertz that cores were meant.

use crate::analyze::Analysis;
use crate::diagnostic::{Diagnostic, Sink, code};
use crate::model::{Service, Task};
use crate::source::Spanned;
use std::collections::BTreeSet;

code!(Warning, "cpu-in-cores", "cpu_in_cores.md", "a task asks for a few megahertz, where cores were meant");

/// As many megahertz as a machine may have cores.
const FEW: i64 = 8;

/// Reports each `cpu` that is as small as a number of cores.
pub fn check(analysis: &Analysis<'_>, sink: &mut Sink) {
    for node in &analysis.lab.nodes {
        let few = |cpu: &Spanned<u64>| (1..=128).contains(&cpu.value);
        if let Some(cpu) = node.capacity.cpu.filter(few) {
            let message = format!("`{}` has {} MHz in all", node.name.value, cpu.value);
            let help = "write it in MHz, all cores together: four of 2 GHz are `cpu=8000`";
            sink.push(Diagnostic::new(&CODE, message, cpu.span, "megahertz, as Nomad counts").help(help));
        }
    }
    let mut told = BTreeSet::new();
    let is_few = |task: &Task| i64::try_from(task.resources.cpu).is_ok_and(|cpu| cpu <= FEW);
    let asks = |service: &&Service| service.groups.iter().flat_map(|group| &group.tasks).any(is_few);
    for service in analysis.lab.services.iter().filter(asks) {
        for resources in service.tasks().filter_map(|task| task.body.block("resources")) {
            let Some(cpu) = resources.body.int("cpu").filter(|cpu| (1..=FEW).contains(&cpu.value)) else { continue };
            if told.insert(cpu.span) {
                let message = format!("`{}` asks for {} MHz of a processor", service.name.value, cpu.value);
                let help =
                    format!("write it in MHz, such as `cpu {}`, or ask for whole cores with `cores`", cpu.value * 1000);
                sink.push(Diagnostic::new(&CODE, message, cpu.span, "megahertz, as Nomad counts").help(help));
            }
        }
    }
}
