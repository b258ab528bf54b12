//! What names may look like, so that they can stand in every output unquoted.

use super::codes::bad_name;
use crate::diagnostic::Sink;
use crate::source::Spanned;

/// What a name is for; decides what it may look like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NameKind {
    /// Lab, node, service, pool, class: a DNS label (RFC 1123) in lower case.
    Label,
    /// Namespace: what Nomad takes for one.
    Namespace,
    /// Job of the core form, group, main task: what Nomad takes and a file can be called.
    Job,
    /// Port: letters, digits, `_`, `-`.
    Port,
    /// Volume: letters, digits, `_`, `-`, `.`.
    Volume,
    /// DNS name: labels with dots between them.
    Domain,
    /// One or more labels of a DNS name; a first `*` is fine.
    Host,
}

impl NameKind {
    /// What it may look like, in words.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Label => "at most 63 lower-case letters, digits and `-`, and neither the first nor the last is a `-`",
            Self::Namespace => "at most 128 letters, digits and `-`",
            Self::Port => "at most 63 letters, digits, `_` and `-`",
            Self::Volume | Self::Job => "at most 128 letters, digits, `_`, `-` and `.`",
            Self::Domain => "labels of lower-case letters, digits and `-`, with dots between them",
            Self::Host => "labels of lower-case letters, digits and `-`, with dots between them; the first may be `*`",
        }
    }

    /// Whether a name may look like this.
    #[must_use]
    pub fn fits(self, name: &str) -> bool {
        match self {
            Self::Label => is_label(name),
            Self::Namespace => {
                (1..=128).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            }
            Self::Port => {
                (1..=63).contains(&name.len())
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
            }
            Self::Volume | Self::Job => {
                (1..=128).contains(&name.len())
                    && !name.starts_with('.')
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
            }
            Self::Domain => name.len() <= 253 && name.split('.').all(is_label),
            Self::Host => {
                let rest = name.strip_prefix("*.").unwrap_or(name);
                name.len() <= 253 && rest.split('.').all(is_label)
            }
        }
    }

    /// The nearest name that fits, where there is an obvious one.
    fn mend(self, name: &str) -> Option<String> {
        let name = name.trim().trim_start_matches("https://").trim_start_matches("http://");
        let mended: String = name
            .trim_end_matches('/')
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '.' || c == '-' { c.to_ascii_lowercase() } else { '-' })
            .collect();
        let mended = mended.trim_matches('-').to_owned();
        let mended = if self == Self::Label { mended.replace('.', "-") } else { mended };
        self.fits(&mended).then_some(mended)
    }
}

fn is_label(name: &str) -> bool {
    (1..=63).contains(&name.len())
        && !name.starts_with('-')
        && !name.ends_with('-')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Words that `deploy.sh --only` knows, and the things that it also takes by name.
const DEPLOY_WORDS: [&str; 4] = ["clients", "jobs", "nodes", "servers"];
const DEPLOYED: [&str; 6] = ["job", "namespace", "node", "node class", "node pool", "service"];

/// Reports a name that can't stand in every output; says whether it is fine.
pub fn check_name(what: &str, name: &Spanned<String>, kind: NameKind, sink: &mut Sink) -> bool {
    let fits = kind.fits(name);
    if DEPLOYED.contains(&what) && DEPLOY_WORDS.contains(&name.as_str()) {
        let rule = "a name other than `clients`, `jobs`, `nodes` and `servers`, by which `deploy.sh --only` means all of those";
        sink.push(bad_name::bad_name(what, name, rule, Some(format!("my-{}", name.value))));
        return false;
    }
    if !fits {
        sink.push(bad_name::bad_name(what, name, kind.rule(), kind.mend(name)));
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_dns_labels() {
        for good in ["nas", "pi5-1", "a", "0", &"x".repeat(63)] {
            assert!(NameKind::Label.fits(good), "{good}");
        }
        for bad in ["", "NAS", "-a", "a-", "a.b", "a_b", "ü", "a b", "a\n", &"x".repeat(64)] {
            assert!(!NameKind::Label.fits(bad), "{bad:?}");
        }
    }

    #[test]
    fn words_of_the_deployment_are_no_names() {
        let mut sink = Sink::default();
        let name = |text: &str| Spanned::new(text.to_owned(), crate::source::Span::default());
        assert!(!check_name("service", &name("jobs"), NameKind::Label, &mut sink));
        assert!(check_name("volume", &name("jobs"), NameKind::Label, &mut sink));
        assert!(check_name("service", &name("job"), NameKind::Label, &mut sink));
        let found = sink.into_sorted();
        assert_eq!((found.len(), found[0].help.as_deref()), (1, Some("call it `my-jobs`")));
    }

    #[test]
    fn mends_the_obvious() {
        assert_eq!(NameKind::Label.mend("My_NAS"), Some("my-nas".into()));
        assert_eq!(NameKind::Label.mend("grafana.example"), Some("grafana-example".into()));
        assert_eq!(NameKind::Label.mend("🏠"), None);
    }
}
