//! The texts that a job hands to what it runs: where a person may have put what doesn't belong there.

use crate::lower::ENVIRONMENT;
use crate::model::Service;
use crate::nomad::form::{Block, Body, ValueKind};
use crate::source::Span;

/// A text of a job.
#[derive(Clone, Copy, Debug)]
pub struct Text<'l> {
    /// What it is there.
    pub place: Place<'l>,
    /// The text.
    pub text: &'l str,
    /// Where it is written.
    pub span: Span,
}

/// What a text of a job is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place<'l> {
    /// The value of this variable of the environment.
    Env(&'l str),
    /// A program or an argument of it.
    Argument,
    /// The image of a container.
    Image,
    /// A tag of a registered service.
    Tag,
    /// The name that something is registered under, where Nomad fills in a part of it.
    Name,
    /// A label of the container, or metadata, with this name.
    Label(&'l str),
    /// The text of a file or of a template.
    File,
}

impl Place<'_> {
    /// What it is, for a sentence: `` `DB_HOST` ``, `an argument`.
    #[must_use]
    pub fn described(&self) -> String {
        match self {
            Self::Env(name) | Self::Label(name) => format!("`{}`", name.escape_debug()),
            Self::Argument => "an argument".into(),
            Self::Image => "the image".into(),
            Self::Tag => "a tag".into(),
            Self::Name => "the name of a service".into(),
            Self::File => "a file".into(),
        }
    }
}

/// As many texts as most jobs have at most.
const USUAL: usize = 32;

/// The texts of a service's job in the order in which it has them, but for what hlmc itself wrote.
pub(super) fn texts(service: &Service) -> Vec<Text<'_>> {
    let mut texts = Texts(Vec::with_capacity(USUAL));
    let job = &service.job.body;
    texts.meta(job);
    for group in job.blocks("group") {
        texts.meta(&group.body);
        texts.tags(&group.body);
        for task in group.body.blocks("task") {
            texts.task(task);
        }
    }
    texts.0
}

/// The templates of a task, but for what hlmc itself wrote.
pub fn templates(task: &Block) -> impl Iterator<Item = &Block> {
    task.body.blocks("template").filter(|template| !is_ours(template))
}

/// The texts found so far.
struct Texts<'l>(Vec<Text<'l>>);

impl<'l> Texts<'l> {
    fn task(&mut self, block: &'l Block) {
        let task = &block.body;
        self.meta(task);
        self.tags(task);
        for config in task.blocks("config") {
            for word in ["command", "entrypoint", "args"] {
                self.list(&config.body, word, Place::Argument);
            }
            self.labels(&config.body);
            if let Some(auth) = config.body.block("auth") {
                self.named(&auth.body);
            }
        }
        for env in task.blocks("env") {
            for attribute in &env.body.attributes {
                if let ValueKind::Str(text) = &attribute.value.kind {
                    self.0.push(Text { place: Place::Env(&attribute.name), text, span: attribute.value.span });
                }
            }
        }
        for template in templates(block) {
            if let Some(text) = template.body.str("data") {
                self.0.push(Text { place: Place::File, text: text.value, span: text.span });
            }
        }
    }

    /// The tags of what a group or a task registers.
    fn tags(&mut self, body: &'l Body) {
        for service in body.blocks("service") {
            if let Some(name) = service.body.str("name").filter(|name| name.value.contains("${")) {
                self.0.push(Text { place: Place::Name, text: name.value, span: name.span });
            }
            self.list(&service.body, "tags", Place::Tag);
            self.list(&service.body, "canary_tags", Place::Tag);
            self.meta(&service.body);
        }
    }

    fn meta(&mut self, body: &'l Body) {
        for meta in body.blocks("meta") {
            self.named(&meta.body);
        }
    }

    fn named(&mut self, body: &'l Body) {
        for attribute in &body.attributes {
            if let ValueKind::Str(text) = &attribute.value.kind {
                self.0.push(Text { place: Place::Label(&attribute.name), text, span: attribute.value.span });
            }
        }
    }

    /// Docker's labels: a block, a map, or a list of maps.
    fn labels(&mut self, config: &'l Body) {
        for labels in config.blocks("labels") {
            self.named(&labels.body);
        }
        if let Some(labels) = config.attribute("labels") {
            for value in labels.value.elements() {
                let ValueKind::Map(entries) = &value.kind else { continue };
                for (name, value) in entries {
                    if let ValueKind::Str(text) = &value.kind {
                        self.0.push(Text { place: Place::Label(name), text, span: value.span });
                    }
                }
            }
        }
    }

    fn list(&mut self, body: &'l Body, word: &str, place: Place<'l>) {
        let Some(attribute) = body.attribute(word) else { return };
        for value in attribute.value.elements() {
            if let ValueKind::Str(text) = &value.kind {
                self.0.push(Text { place, text, span: value.span });
            }
        }
    }
}

/// Whether a template is the one that annotated variables are filled in by.
fn is_ours(template: &Block) -> bool {
    template.body.str("destination").is_some_and(|it| it.value == ENVIRONMENT)
}
