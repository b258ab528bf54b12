//! Compile-time parameters: `@{name}` in the texts of manifests.

use super::codes::unknown_parameter::unknown_parameter;
use crate::diagnostic::Sink;
use crate::nomad::form::ValueKind;
use crate::source::Span;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The parameters that texts of one manifest may use.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    /// What every text of the lab may use.
    shared: Option<Arc<BTreeMap<Cow<'static, str>, Shared>>>,
    /// What is different here, or used here alone.
    own: BTreeMap<Cow<'static, str>, ValueKind>,
    /// `@{service}`, of those that are used here alone: most manifests have no other one.
    service: Option<ValueKind>,
}

#[derive(Clone, Debug)]
struct Shared {
    value: ValueKind,
    /// Whether a text used it, here or in a clone.
    used: Arc<AtomicBool>,
}

/// What a text is once its parameters are filled in.
#[derive(Clone, Debug, PartialEq)]
pub enum Filled<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// The text was one `@{name}`, and the parameter is no text.
    Value(ValueKind),
}

const SERVICE: &str = "service";

impl Parameters {
    /// Gives a parameter its value, in place of an earlier one.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: ValueKind) {
        let name = name.into();
        if name == SERVICE {
            self.service = Some(value);
        } else {
            self.own.insert(name, value);
        }
    }

    /// The same, to be cloned often: the clones share what there is so far.
    #[must_use]
    pub fn shared(self) -> Self {
        let mut all = self.shared.map(Arc::unwrap_or_clone).unwrap_or_default();
        let service = self.service.map(|value| (Cow::Borrowed(SERVICE), value));
        all.extend(
            self.own.into_iter().chain(service).map(|(name, value)| (name, Shared { value, used: Arc::default() })),
        );
        Self { shared: Some(Arc::new(all)), ..Self::default() }
    }

    /// Takes a shared parameter for used.
    pub fn mark(&self, name: &str) {
        self.get(name);
    }

    /// Whether a text used a shared parameter, here or in a clone.
    #[must_use]
    pub fn is_used(&self, name: &str) -> bool {
        self.in_lab(name).is_some_and(|shared| shared.used.load(Ordering::Relaxed))
    }

    fn get(&self, name: &str) -> Option<&ValueKind> {
        let service = self.service.as_ref().filter(|_| name == SERVICE);
        service.or_else(|| self.own.get(name)).or_else(|| {
            let shared = self.in_lab(name)?;
            shared.used.store(true, Ordering::Relaxed);
            Some(&shared.value)
        })
    }

    fn in_lab(&self, name: &str) -> Option<&Shared> {
        self.shared.as_ref()?.get(name)
    }

    /// The names in their order, those of the lab first.
    fn names(&self) -> impl Iterator<Item = &str> + Clone {
        let shared = self.shared.iter().flat_map(|shared| shared.keys()).map(|name| &**name);
        let own = self.own.keys().map(|name| &**name);
        let (before, behind) = (own.clone().filter(|name| *name < SERVICE), own.filter(|name| *name > SERVICE));
        shared.chain(before).chain(self.service.iter().map(|_| SERVICE)).chain(behind)
    }

    /// Fills in a text; `@@{` stands for `@{` itself, and `@{{` is an `@` before what Nomad renders. `None` once an unknown parameter is reported.
    pub fn fill<'a>(&self, text: &'a str, span: Span, sink: &mut Sink) -> Option<Filled<'a>> {
        if !may_be_in(text) {
            return Some(Filled::Text(Cow::Borrowed(text)));
        }
        if let Some(name) = text.strip_prefix("@{").and_then(|rest| rest.strip_suffix('}'))
            && let Some(value) = self.get(name)
        {
            return Some(match value {
                ValueKind::Str(text) => Filled::Text(Cow::Owned(text.clone())),
                other => Filled::Value(other.clone()),
            });
        }
        self.join(text, span, sink).map(|text| Filled::Text(Cow::Owned(text)))
    }

    fn join(&self, text: &str, span: Span, sink: &mut Sink) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        let mut fine = true;
        while let Some(at) = first_in(rest) {
            if rest[..at].ends_with('@') {
                out.push_str(&rest[..at]);
                out.push('{');
                rest = &rest[at + 2..];
                continue;
            }
            out.push_str(&rest[..at]);
            let name = rest[at + 2..].split_once('}').filter(|(name, _)| !name.starts_with('{'));
            let Some((name, behind)) = name else {
                out.push_str("@{");
                rest = &rest[at + 2..];
                continue;
            };
            match self.get(name).and_then(ValueKind::to_text) {
                Some(value) => out.push_str(&value),
                None => {
                    let at = text.len() - rest.len() + at + 2;
                    let place = span.part(text, at, name.len());
                    sink.push(unknown_parameter(name, place, self.names()));
                    fine = false;
                }
            }
            rest = behind;
        }
        out.push_str(rest);
        fine.then_some(out)
    }

    /// Fills in the text of a template file; unknown parameters are reported at `span`.
    pub fn fill_text(&self, text: &str, span: Span, sink: &mut Sink) -> Option<String> {
        if may_be_in(text) { self.join(text, span, sink) } else { Some(text.to_owned()) }
    }
}

/// Whether there may be a parameter in a text.
pub(super) fn may_be_in(text: &str) -> bool {
    text.as_bytes().contains(&b'@') && first_in(text).is_some()
}

/// Where the first `@{` stands in a text.
fn first_in(text: &str) -> Option<usize> {
    // A single byte is found faster, and is hardly ever there.
    text.match_indices('@').map(|(at, _)| at).find(|at| text.as_bytes().get(at + 1) == Some(&b'{'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(text: &str) -> (Option<Filled<'_>>, usize) {
        let mut parameters = Parameters::default();
        parameters.set("domain", ValueKind::Str("example.com".into()));
        parameters.set("port", ValueKind::Int(80));
        let mut sink = Sink::default();
        let filled = parameters.fill(text, Span::default(), &mut sink);
        (filled, sink.into_sorted().len())
    }

    #[test]
    fn fills_in_and_passes_others_through() {
        assert_eq!(fill("https://@{domain}:@{port}/").0, Some(Filled::Text("https://example.com:80/".into())));
        assert_eq!(fill("@{port}").0, Some(Filled::Value(ValueKind::Int(80))));
        assert_eq!(
            fill("postgres://a:b@{{ .Address }}/@{domain}@{{").0,
            Some(Filled::Text("postgres://a:b@{{ .Address }}/example.com@{{".into()))
        );
        assert_eq!(fill("${attr.x} {{ key }} @ @@{x}").0, Some(Filled::Text("${attr.x} {{ key }} @ @{x}".into())));
    }

    #[test]
    fn reports_what_it_does_not_know() {
        assert_eq!(fill("a @{nope} b"), (None, 1));
    }
}
