//! Applies every rule to a bundle, and keeps the score.

use std::path::Path;

use crate::bundle::Bundle;
use crate::cluster::Cluster;
use crate::program::Program;
use crate::rule::{RULES, Rule, UNREAD, Verdict, uncovered};
use crate::site::Site;
use crate::table::Row;
use crate::vault::Vault;
use crate::{pattern, say};

/// What came of one rule, over all bundles.
#[derive(Clone, Debug, Default)]
struct Score {
    accepted: usize,
    warned: usize,
    noted: usize,
    refused: usize,
}

/// The trial of one bundle after the other.
#[derive(Debug)]
pub(crate) struct Trial {
    programs: Vec<Program>,
    scores: Vec<Score>,
    unread: Vec<usize>,
    uncovered: Vec<String>,
    faults: usize,
}

impl Trial {
    /// A trial in which nothing was tried yet.
    pub(crate) fn new(programs: Vec<Program>) -> Self {
        Self {
            programs,
            scores: vec![Score::default(); RULES.len()],
            unread: vec![0; UNREAD.len()],
            uncovered: Vec::new(),
            faults: 0,
        }
    }

    /// Applies every rule to a bundle, printing what was refused, warned of or noted.
    pub(crate) fn run(&mut self, bundle: &Bundle, scratch: &Path) -> Result<(), String> {
        for fault in &bundle.faults {
            say(&format!("refused {}: {fault}\n", bundle.name));
        }
        self.faults += bundle.faults.len();
        for path in uncovered(bundle) {
            say(&format!("refused {}: {path}: no rule says which program reads it\n", bundle.name));
            self.uncovered.push(path.to_owned());
        }
        for (count, (pattern, _)) in self.unread.iter_mut().zip(UNREAD) {
            *count += bundle.files.iter().filter(|path| pattern::fits(pattern, path)).count();
        }
        let site = self.prepare(bundle, scratch)?;
        for (rule, score) in RULES.iter().zip(&mut self.scores) {
            for unit in rule.units(bundle) {
                let verdict = (rule.check)(&site, bundle, &unit)?;
                score.add(&verdict);
                tell(bundle, rule, &unit, &verdict);
            }
        }
        Ok(())
    }

    /// Gets a site ready for a bundle, with its agents running.
    fn prepare(&self, bundle: &Bundle, scratch: &Path) -> Result<Site, String> {
        say(&format!("{}: starting the agents of its nodes\n", bundle.name));
        let folder = scratch.join("agents");
        // What the agents of the bundle before left would be taken for theirs.
        let _ = std::fs::remove_dir_all(&folder);
        let program = |name| Program::of(&self.programs, name);
        let cluster = Cluster::start(bundle, program("nomad")?, program("consul")?, &folder)?;
        let has_some = bundle.files.iter().any(|path| path.starts_with("vault/"));
        let vault = if has_some { Some(Vault::start(program("vault")?, &folder)?) } else { None };
        Ok(Site { programs: self.programs.clone(), scratch: scratch.to_owned(), cluster, vault })
    }

    /// How many questions were answered well, and how many weren't.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let passed = self.scores.iter().map(|score| score.accepted + score.warned).sum();
        let refused: usize = self.scores.iter().map(|score| score.refused).sum();
        (passed, refused + self.uncovered.len() + self.faults)
    }

    /// The rows of the closing table.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let mut rows: Vec<Row> = RULES
            .iter()
            .zip(&self.scores)
            .filter(|(_, score)| score.total() > 0)
            .map(|(rule, score)| Row {
                artifacts: rule.pattern.trim_start_matches("../").to_owned(),
                program: self.label(rule),
                count: format!("{}/{}", score.accepted + score.warned, score.total()),
                verdict: score.verdict(),
            })
            .collect();
        for (count, (pattern, reader)) in self.unread.iter().zip(UNREAD) {
            if *count > 0 {
                rows.push(Row {
                    artifacts: (*pattern).to_owned(),
                    program: String::new(),
                    count: count.to_string(),
                    verdict: format!("no program reads this: {reader}"),
                });
            }
        }
        for path in &self.uncovered {
            rows.push(Row {
                artifacts: path.clone(),
                program: String::new(),
                count: "0/1".to_owned(),
                verdict: "REFUSED: no rule says which program reads it".to_owned(),
            });
        }
        rows
    }

    fn label(&self, rule: &Rule) -> String {
        match self.programs.iter().find(|program| program.name == rule.program) {
            Some(program) if !program.version.is_empty() => {
                format!("{} {} {}", program.name, program.version, rule.action)
            }
            _ => format!("{} {}", rule.program, rule.action),
        }
    }
}

impl Score {
    fn add(&mut self, verdict: &Verdict) {
        match verdict {
            Verdict::Accepted(note) => {
                self.accepted += 1;
                self.noted += usize::from(note.is_some());
            }
            Verdict::Warned(_) => self.warned += 1,
            Verdict::Refused(_) => self.refused += 1,
        }
    }

    fn total(&self) -> usize {
        self.accepted + self.warned + self.refused
    }

    fn verdict(&self) -> String {
        let mut verdict = if self.refused > 0 { format!("REFUSED: {}", self.refused) } else { "accepted".to_owned() };
        if self.warned > 0 {
            verdict.push_str(&format!(", {} with warnings", self.warned));
        }
        if self.noted > 0 {
            verdict.push_str(&format!(", {} not placed here", self.noted));
        }
        verdict
    }
}

/// Prints what a program said, unless it was a plain yes.
fn tell(bundle: &Bundle, rule: &Rule, unit: &str, verdict: &Verdict) {
    let (word, text) = match verdict {
        Verdict::Accepted(None) => return,
        Verdict::Accepted(Some(note)) => ("note", note),
        Verdict::Warned(warnings) => ("warning", warnings),
        Verdict::Refused(reasons) => ("refused", reasons),
    };
    let indented = text.replace('\n', "\n    ");
    say(&format!("{word} {}: {unit}: {} {}\n    {indented}\n", bundle.name, rule.program, rule.action));
}
