//! What variables of job files are given: by the lab, and by files of values beside them.

use super::codes::undeclared_variable::{no_job_file, undeclared_variable};
use super::variables::{self, Given};
use super::{codes, evaluator, folder, is_values_file};
use crate::decode::codes::duplicate_name::duplicate_name;
use crate::decode::syntax::report;
use crate::diagnostic::Sink;
use crate::nomad::form::{Block, Value};
use crate::source::{FileId, Source, Sources, World};
use std::collections::{BTreeMap, BTreeSet};

/// What variables of job files are given from outside.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// By the lab itself.
    lab: Given,
    /// By the `*.vars.hcl` files of each folder; these go before.
    folders: BTreeMap<String, Given>,
    /// By whoever reads the file; these go before all others.
    first: Given,
}

impl Values {
    /// Takes up the lab's values, and reads every file of values among the sources.
    pub fn read(lab: Option<&Block>, world: &dyn World, sources: &Sources, sink: &mut Sink) -> Self {
        let mut values = Self::default();
        for value in lab.iter().flat_map(|lab| lab.body.blocks("values")).flat_map(|values| &values.body.attributes) {
            values.lab.insert(value.name.clone().into_owned(), (value.name_span, value.value.clone()));
        }
        for (file, source) in sources.iter().filter(|(_, source)| is_values_file(&source.path)) {
            values.take(file, source, world, sources, sink);
        }
        values
    }

    /// Takes up a file of values.
    pub fn take(&mut self, file: FileId, source: &Source, world: &dyn World, sources: &Sources, sink: &mut Sink) {
        let parse = hlmc_hcl::parse(&source.text);
        report(&parse.errors, codes::syntax::code, file, sink);
        let given = self.folders.entry(folder(&source.path).to_owned()).or_default();
        for (name, value) in variables::given(&parse.body, &mut evaluator(source, file, world, sources, sink)) {
            match given.get(&name.value) {
                Some((first, _)) => sink.push(duplicate_name(&name.value, *first, name.span)),
                None => {
                    given.insert(name.value, (name.span, value));
                }
            }
        }
    }

    /// Gives a variable a value that goes before all others.
    pub fn set(&mut self, name: &str, value: Value) {
        self.first.insert(name.to_owned(), (value.span, value));
    }

    /// The value that a variable of a file is given.
    #[must_use]
    pub fn given(&self, path: &str, name: &str) -> Option<&Value> {
        let beside = self.folders.get(folder(path)).and_then(|given| given.get(name));
        self.first.get(name).or(beside).or_else(|| self.lab.get(name)).map(|(_, value)| value)
    }

    /// All that the variables of a file in this folder are given.
    pub(super) fn of(&self, folder: &str) -> Given {
        let mut given = self.lab.clone();
        given.extend(self.folders.get(folder).cloned().unwrap_or_default());
        given.extend(self.first.clone());
        given
    }

    /// Reports the values of folders that no variable takes. `declared` has the names of all variables of a folder's job
    /// files; nothing where one of the files can't be read.
    pub fn check(&self, declared: &BTreeMap<String, Option<BTreeSet<String>>>, sink: &mut Sink) {
        for (folder, given) in &self.folders {
            match declared.get(folder) {
                None => {
                    if let Some((span, _)) = given.values().min_by_key(|(span, _)| span.start) {
                        sink.push(no_job_file(folder, *span));
                    }
                }
                Some(None) => {}
                Some(Some(names)) => {
                    for (name, (span, _)) in given.iter().filter(|(name, _)| !names.contains(*name)) {
                        sink.push(undeclared_variable(folder, name, *span, names.iter().map(String::as_str)));
                    }
                }
            }
        }
    }
}
