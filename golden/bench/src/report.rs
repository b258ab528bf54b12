//! The figures: as a table for people, as `bench.json` for programs.

use crate::generate::Size;
use crate::measure::Task;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// One line of `bench.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) file_system: String,
    pub(crate) services: usize,
    pub(crate) nodes: usize,
    pub(crate) median_s: f64,
    pub(crate) min_s: f64,
    pub(crate) ratio_to_cp: f64,
    pub(crate) max_rss_mib: f64,
    pub(crate) commit: String,
}

/// The seconds that each round of one task took.
#[derive(Clone, Debug)]
pub(crate) struct Times {
    sorted: Vec<f64>,
}

impl Times {
    pub(crate) fn new(mut seconds: Vec<f64>) -> Self {
        seconds.sort_by(f64::total_cmp);
        Self { sorted: seconds }
    }

    pub(crate) fn median(&self) -> f64 {
        let half = self.sorted.len() / 2;
        match self.sorted.get(half) {
            Some(upper) if self.sorted.len().is_multiple_of(2) => (self.sorted[half - 1] + upper) / 2.0,
            Some(middle) => *middle,
            None => 0.0,
        }
    }

    pub(crate) fn min(&self) -> f64 {
        self.sorted.first().copied().unwrap_or(0.0)
    }
}

/// What was measured of one lab on one file system.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) file_system: &'static str,
    pub(crate) size: Size,
    pub(crate) files: usize,
    pub(crate) bytes: usize,
    pub(crate) tasks: Vec<(Task, Times, Option<f64>)>,
}

impl Measured {
    fn copy(&self) -> f64 {
        self.tasks.iter().find(|(task, ..)| *task == Task::Copy).map_or(0.0, |(_, times, _)| times.median())
    }

    /// The lines for `bench.json`.
    pub(crate) fn figures(&self, commit: &str) -> Vec<Figure> {
        let ours = self.tasks.iter().filter(|(task, ..)| task.is_ours());
        ours.map(|(task, times, memory)| Figure {
            name: task.name().to_owned(),
            file_system: self.file_system.to_owned(),
            services: self.size.services,
            nodes: self.size.nodes,
            median_s: times.median(),
            min_s: times.min(),
            ratio_to_cp: times.median() / self.copy(),
            max_rss_mib: memory.unwrap_or(0.0),
            commit: commit.to_owned(),
        })
        .collect()
    }

    /// A part of the table.
    pub(crate) fn table(&self) -> String {
        let Size { services, nodes } = self.size;
        let mut text = format!(
            "{services} services, {nodes} nodes, {}: {} files, {:.1} MiB\n",
            self.file_system,
            self.files,
            self.bytes as f64 / (1024.0 * 1024.0)
        );
        for (task, times, memory) in &self.tasks {
            let memory = memory.map_or(String::new(), |mib| format!("{mib:>8.1} MiB"));
            let _ = writeln!(
                text,
                "  {:<16} {:>9.2} ms  (min {:>8.2})  {:>6.2} × cp{memory}",
                task.name(),
                times.median() * 1e3,
                times.min() * 1e3,
                times.median() / self.copy(),
            );
        }
        text
    }
}

/// How the times grow with the lab: the median of each task for one service and for one file of the bundle.
pub(crate) fn growth(measured: &[Measured]) -> String {
    let mut text = String::from("growth, µs a service and µs a file\n");
    for it in measured {
        let _ = write!(text, "  {:<7} {:>6} services {:>4} nodes:", it.file_system, it.size.services, it.size.nodes);
        for (task, times, _) in &it.tasks {
            let micros = times.median() * 1e6;
            let (service, file) = (micros / it.size.services as f64, micros / it.files as f64);
            let _ = write!(text, "  {} {service:.0} {file:.1}", task.name());
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_middle() {
        assert!((Times::new(vec![3.0, 1.0, 2.0]).median() - 2.0).abs() < 1e-9);
        assert!((Times::new(vec![4.0, 1.0, 2.0, 3.0]).median() - 2.5).abs() < 1e-9);
        assert!((Times::new(vec![3.0, 1.0]).min() - 1.0).abs() < 1e-9);
        assert!(Times::new(Vec::new()).median().abs() < 1e-9);
    }
}
