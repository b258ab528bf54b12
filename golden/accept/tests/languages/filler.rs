//! Fills a table: KDL in which every name stands, with values that are found again.

use hlmc_core::nomad::schema::{AttributeType, BlockType, By, Life, Type};
use hlmc_core::nomad::tables::language;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;

/// A value that was written, and what a program may make of it.
#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    /// The name with those of the blocks around it: `job.group.count`.
    pub(crate) path: String,
    /// What the value is called where it is no name of the table; without values, such a name is all there is.
    pub(crate) key: Option<String>,
    /// What the program may hold in its place.
    pub(crate) values: Vec<Json>,
}

/// What the names of one run are given.
#[derive(Debug)]
pub(crate) struct Filler {
    /// Each truth value.
    pub(crate) truth: bool,
    /// Which of the texts that a name may be.
    pub(crate) choice: usize,
    /// Values for the names that can't be anything, by the end of their path.
    pub(crate) fixed: &'static [(&'static str, &'static [&'static str])],
    /// Names that are left out, by the end of their path.
    pub(crate) without: &'static [&'static str],
    /// The manifest so far.
    pub(crate) text: String,
    /// What was written into it.
    pub(crate) leaves: Vec<Leaf>,
    /// Whether names of versions from 2.0 on are left out.
    pub(crate) no_newer: bool,
    /// The names that were left out.
    pub(crate) left_out: BTreeSet<String>,
    /// The blocks around: some may hold themselves.
    open: Vec<&'static BlockType>,
    depth: usize,
    count: i64,
}

impl Filler {
    /// Nothing written yet.
    pub(crate) fn new(
        truth: bool,
        choice: usize,
        fixed: &'static [(&'static str, &'static [&'static str])],
        without: &'static [&'static str],
    ) -> Self {
        let (text, leaves) = (String::new(), Vec::new());
        Self {
            truth,
            choice,
            fixed,
            without,
            text,
            leaves,
            no_newer: false,
            left_out: BTreeSet::new(),
            open: Vec::new(),
            depth: 0,
            count: 10_000,
        }
    }

    /// A block with all that its table knows. `path` ends in its name.
    pub(crate) fn block(&mut self, ty: &'static BlockType, path: &str) {
        match ty.name {
            "task" if path.starts_with("job.") => {
                for driver in drivers() {
                    self.one_block(ty, path, &ty.attributes.iter().collect::<Vec<_>>(), true, Some(driver));
                }
            }
            "constraint" | "affinity" => {
                // Each short form stands for attribute, operator and value by itself.
                let long = |it: &&AttributeType| matches!(it.name, "attribute" | "operator" | "value" | "weight");
                let (long, short): (Vec<_>, Vec<_>) = ty.attributes.iter().partition(long);
                self.one_block(ty, path, &long, true, None);
                for attribute in short {
                    self.one_block(ty, path, &[attribute], false, None);
                }
            }
            _ => self.one_block(ty, path, &ty.attributes.iter().collect::<Vec<_>>(), true, None),
        }
    }

    /// What stands in a file, as a block of this name.
    pub(crate) fn whole(&mut self, root: &'static BlockType, name: &str) {
        self.line(&format!("{name} {{\n"));
        for attribute in root.attributes {
            self.attribute(attribute, name, None);
        }
        self.inside(root, name, None);
        self.line("}\n");
    }

    fn one_block(
        &mut self,
        ty: &'static BlockType,
        path: &str,
        attributes: &[&'static AttributeType],
        blocks: bool,
        driver: Option<&'static str>,
    ) {
        self.line(ty.name);
        for name in ty.labels {
            let label = match self.fixed(&format!("{path}.{name}")) {
                Some(fixed) => fixed[self.choice % fixed.len()].to_owned(),
                None => self.name(),
            };
            self.text.push_str(&format!(" {label:?}"));
            let is_key = ty.open == Some(Type::Any) || path.contains(".policy.");
            let path = format!("{path}.{name}");
            self.leaves.push(match is_key {
                true => Leaf { path, key: Some(label), values: Vec::new() },
                false => Leaf { path, key: None, values: vec![json!(label)] },
            });
        }
        self.text.push_str(" {\n");
        self.depth += 1;
        for attribute in attributes {
            self.attribute(attribute, path, driver);
        }
        if blocks {
            self.inside(ty, path, driver);
        }
        self.depth -= 1;
        self.line("}\n");
    }

    /// What a block holds beside the attributes of its table.
    pub(crate) fn inside(&mut self, ty: &'static BlockType, path: &str, driver: Option<&'static str>) {
        for block in ty.blocks {
            let path = format!("{path}.{}", block.name);
            let holds_itself = self.open.iter().any(|open| std::ptr::eq(*open, *block));
            if !holds_itself && !self.is_left_out(&path, block.life) {
                self.open.push(block);
                match block.body_by {
                    Some(by) if by.by == By::Attribute("driver") => {
                        self.config(block, &path, driver.unwrap_or("docker"))
                    }
                    _ => self.block(block, &path),
                }
                self.open.pop();
            }
        }
        if let Some(open) = ty.open {
            let name = self.name();
            let from = self.leaves.len();
            let path = format!("{path}.*");
            self.value(&name, open, self.fixed(&path).unwrap_or_default(), &path);
            self.leaves[from..].iter_mut().for_each(|leaf| leaf.key = Some(name.clone()));
        }
    }

    fn config(&mut self, block: &'static BlockType, path: &str, driver: &'static str) {
        let ty = language(&format!("driver-{driver}")).unwrap().root;
        self.line(block.name);
        self.text.push_str(" {\n");
        self.depth += 1;
        for attribute in ty.attributes {
            self.attribute(attribute, path, None);
        }
        self.inside(ty, path, None);
        self.depth -= 1;
        self.line("}\n");
    }

    fn attribute(&mut self, attribute: &'static AttributeType, path: &str, driver: Option<&'static str>) {
        let path = format!("{path}.{}", attribute.name);
        if self.is_left_out(&path, attribute.life) {
            return;
        }
        match (driver.filter(|_| attribute.name == "driver"), self.fixed(&path)) {
            (Some(driver), _) => self.value(attribute.name, Type::Str, &[driver], &path),
            (None, Some(fixed)) => self.value(attribute.name, attribute.ty, fixed, &path),
            (None, None) => match attribute.most.filter(|most| *most < 10_000) {
                Some(most) => self.value(attribute.name, attribute.ty, &[&most.to_string()], &path),
                None => self.value(attribute.name, attribute.ty, attribute.one_of, &path),
            },
        }
    }

    fn value(&mut self, name: &str, ty: Type, one_of: &[&str], path: &str) {
        let text = |filler: &mut Self| match one_of {
            [] => filler.name(),
            _ => one_of[filler.choice % one_of.len()].to_owned(),
        };
        let (written, values) = match ty {
            Type::Str | Type::Any => {
                let text = text(self);
                (format!("{text:?}"), vec![vec![json!(text)]])
            }
            Type::Int => {
                let number = one_of.first().map_or_else(|| self.number(), |fixed| fixed.parse().unwrap());
                (number.to_string(), vec![vec![json!(number)]])
            }
            Type::Float => {
                let number = self.number();
                (format!("{number}.5"), vec![vec![json!(number as f64 + 0.5)]])
            }
            Type::Bool => {
                let truth = one_of.first().map_or(self.truth, |fixed| fixed.parse().unwrap());
                (format!("#{truth}"), vec![vec![json!(truth), json!(truth.to_string())]])
            }
            Type::Duration | Type::Time => {
                let number = one_of.first().map_or_else(|| self.number(), |fixed| fixed.parse().unwrap());
                let text = format!("{number}s");
                (format!("{text:?}"), vec![vec![json!(text), json!(number * 1_000_000_000)]])
            }
            Type::Megabytes | Type::Size => {
                let number = one_of.first().map_or_else(|| self.number(), |fixed| fixed.parse().unwrap());
                let bytes = if ty == Type::Size { number << 20 } else { number };
                (format!("\"{number}MiB\""), vec![vec![json!(bytes)]])
            }
            Type::Strings => {
                let texts = [text(self), text(self)];
                (format!("{:?} {:?}", texts[0], texts[1]), texts.map(|text| vec![json!(text)]).to_vec())
            }
            Type::Ints => {
                let numbers = [self.number(), self.number()];
                (format!("{} {}", numbers[0], numbers[1]), numbers.map(|number| vec![json!(number)]).to_vec())
            }
            Type::StringMap | Type::Map | Type::MapList => {
                let (key, text) = (self.name(), self.name());
                self.leaves.push(Leaf { path: path.to_owned(), key: Some(key.clone()), values: vec![json!(text)] });
                (format!("{{ {key} {text:?} }}"), Vec::new())
            }
            Type::List => {
                let (key, text) = (self.name(), self.name());
                self.leaves.push(Leaf { path: path.to_owned(), key: Some(key.clone()), values: vec![json!(text)] });
                (format!("{{ - {{ {key} {text:?} }} }}"), Vec::new())
            }
        };
        self.line(&format!("{name} {written}\n"));
        self.leaves.extend(values.into_iter().map(|values| Leaf { path: path.to_owned(), key: None, values }));
    }

    fn is_left_out(&mut self, path: &str, life: Life) -> bool {
        let newer = self.no_newer && life.since.is_some_and(|since| since.starts_with("2."));
        let without = newer || self.without.iter().any(|end| ends(path, end));
        if without && life.is_read() {
            self.left_out.insert(path.to_owned());
        }
        without || !life.is_read()
    }

    fn fixed(&self, path: &str) -> Option<&'static [&'static str]> {
        self.fixed.iter().find(|(end, _)| ends(path, end)).map(|(_, values)| *values)
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(text);
    }

    /// A text that stands nowhere else.
    fn name(&mut self) -> String {
        format!("x{}", self.number())
    }

    fn number(&mut self) -> i64 {
        self.count += 1;
        self.count
    }
}

/// Whether a path ends in these names.
pub(crate) fn ends(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The drivers whose configuration has a table.
pub(crate) fn drivers() -> Vec<&'static str> {
    let languages = hlmc_core::nomad::tables::LANGUAGES.iter();
    languages.filter_map(|language| language.name.strip_prefix("driver-")).collect()
}
