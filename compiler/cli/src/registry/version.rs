//! Which tag is a newer version. Tags are compared when they are built alike: the same words around the same number of numbers,
//! as `31.0.9-apache` and `31.0.10-apache`, but not `31.0.10-fpm`, `31.1-apache` or `31.0.10-rc1-apache`.

use std::cmp::Ordering;

/// A tag in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version<'t> {
    /// What stands around the numbers.
    words: Vec<&'t str>,
    /// The numbers, without leading zeros.
    numbers: Vec<&'t str>,
}

impl<'t> Version<'t> {
    /// Takes a tag apart; nothing for one without a number.
    pub(crate) fn parse(tag: &'t str) -> Option<Self> {
        let (mut words, mut numbers) = (Vec::new(), Vec::new());
        let mut rest = tag;
        while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
            let (word, from) = rest.split_at(at);
            let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            words.push(word);
            numbers.push(plain(&from[..end]));
            rest = &from[end..];
        }
        words.push(rest);
        (!numbers.is_empty() && !is_hash(tag)).then_some(Self { words, numbers })
    }

    /// Whether it is newer than another one that is built alike.
    pub(crate) fn is_newer(&self, than: &Self) -> bool {
        self.is_alike(than) && self.order(than) == Ordering::Greater
    }

    /// Whether both have the same first number, as versions that fit together do.
    pub(crate) fn is_of_line(&self, other: &Self) -> bool {
        self.numbers.first() == other.numbers.first()
    }

    /// By their numbers.
    pub(crate) fn order(&self, other: &Self) -> Ordering {
        let numbers = self.numbers.iter().zip(&other.numbers);
        let mut orders = numbers.map(|(a, b)| a.len().cmp(&b.len()).then(a.cmp(b)));
        orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    }

    fn is_alike(&self, other: &Self) -> bool {
        // A date, or the number of a build, is no version that follows on 15.
        let is_date = |version: &Self| version.numbers.first().is_some_and(|number| number.len() >= 6);
        self.words == other.words && is_date(self) == is_date(other)
    }
}

/// A number without leading zeros.
fn plain(number: &str) -> &str {
    let plain = number.trim_start_matches('0');
    if plain.is_empty() { "0" } else { plain }
}

/// Whether a tag, or what follows its last `-`, is a revision of sources and no version.
fn is_hash(tag: &str) -> bool {
    let last = tag.rsplit('-').next().unwrap_or(tag);
    let hex = last.len() >= 7 && last.bytes().all(|b| b.is_ascii_hexdigit());
    hex && last.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn newer(tag: &str, than: &str) -> bool {
        match (Version::parse(tag), Version::parse(than)) {
            (Some(tag), Some(than)) => tag.is_newer(&than),
            _ => false,
        }
    }

    #[test]
    fn a_newer_version_is_built_alike() {
        for (tag, than) in [
            ("31.0.10-apache", "31.0.9-apache"),
            ("32.0.0-apache", "31.0.9-apache"),
            ("v1.10", "v1.9"),
            ("2.5.5", "2.5.4"),
            ("2025.11.0", "2025.9.3"),
            ("16.4-alpine3.20", "16.3-alpine3.20"),
            ("16.4-alpine3.21", "16.4-alpine3.20"),
            ("14-vectorchord0.4.3-pgvectors0.2.0", "14-vectorchord0.3.0-pgvectors0.2.0"),
            ("1.0.0-rc2", "1.0.0-rc1"),
            ("v2.5.5-ls124", "v2.5.5-ls99"),
            ("20251101", "20250930"),
            ("1.010", "1.9"),
            ("99999999999999999999999999.1", "99999999999999999999999999.0"),
        ] {
            assert!(newer(tag, than), "{tag} after {than}");
            assert!(!newer(than, tag), "{than} after {tag}");
        }
    }

    #[test]
    fn all_else_is_not_compared() {
        for (tag, than) in [
            ("31.0.10-rc1-apache", "31.0.9-apache"),
            ("31.0.10-fpm", "31.0.9-apache"),
            ("31.1-apache", "31.0.9-apache"),
            ("32", "31.0.9"),
            ("31.0.9-apache", "31.0.9-apache"),
            ("latest", "1"),
            ("2.0.0-rc1", "1.9.9"),
            ("v2", "1"),
            ("20231201", "15"),
            ("1.2.3-9f86d081", "1.2.2-9f86d080"),
            ("9f86d081884c", "8f86d081884c"),
            ("1.00", "1.0"),
            ("", "1"),
        ] {
            assert!(!newer(tag, than), "{tag} after {than}");
            assert!(!newer(than, tag) || than != "15", "{than} after {tag}");
        }
    }
}
