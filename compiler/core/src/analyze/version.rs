//! Conditions on versions as `github.com/hashicorp/go-version` reads and compares them, which Nomad does it with.

use regex::Regex;
use std::cmp::Ordering;
use std::sync::LazyLock;

/// Which of Nomad's two operators compares.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Rules {
    /// `version`: what comes before a release is only met by a condition that names it.
    Go,
    /// `semver`: the order of Semver and nothing else.
    Semver,
}

/// The pattern of a version; the two differ in whether letters may follow a number without a dash.
macro_rules! version {
    ($dash:literal) => {
        concat!(
            r"v?([0-9]+(\.[0-9]+)*?)",
            r"(-([0-9]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*)|(",
            $dash,
            r"([A-Za-z\-~]+[0-9A-Za-z\-~]*(\.[0-9A-Za-z\-~]+)*)))?",
            r"(\+([0-9A-Za-z\-~]+(\.[0-9A-Za-z\-~]+)*))??"
        )
    };
}

static VERSION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(concat!("^", version!("-?"), "$")).ok());
static SEMVER: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(concat!("^", version!("-"), "$")).ok());

/// Space as Go's patterns know it.
const SPACE: [char; 5] = ['\t', '\n', '\x0c', '\r', ' '];

/// A version, its numbers filled up to three.
#[derive(Debug)]
struct Version {
    segments: Vec<i64>,
    /// How many of them are written.
    written: usize,
    /// What stands behind the dash.
    before_release: String,
}

/// Whether a version meets all of some conditions, such as `>= 1.2, < 2`; not where either can't be read.
pub(super) fn meets(version: &str, conditions: &str, rules: Rules) -> bool {
    let Some(version) = Version::read(version, &VERSION) else { return false };
    let each: Option<Vec<bool>> = conditions.split(',').map(|condition| holds(&version, condition, rules)).collect();
    each.is_some_and(|each| each.into_iter().all(|holds| holds))
}

/// Whether one condition holds; `None` where it can't be read.
fn holds(version: &Version, condition: &str, rules: Rules) -> Option<bool> {
    let condition = condition.trim_matches(SPACE);
    let known = ["!=", ">=", "<=", "~>", "=", ">", "<", ""];
    let operator = known.into_iter().find(|operator| condition.starts_with(operator))?;
    let pattern = if rules == Rules::Semver { &SEMVER } else { &VERSION };
    let wanted = Version::read(condition[operator.len()..].trim_start_matches(SPACE), pattern)?;
    let order = version.compare(&wanted);
    let counts = rules == Rules::Semver || version.is_comparable(&wanted);
    Some(match operator {
        "" | "=" => order.is_eq(),
        "!=" => order.is_ne(),
        ">" => counts && order.is_gt(),
        "<" => counts && order.is_lt(),
        ">=" => counts && order.is_ge(),
        "<=" => counts && order.is_le(),
        _ if rules == Rules::Semver => return None,
        _ => counts && version.is_close(&wanted, order),
    })
}

impl Version {
    fn read(text: &str, pattern: &LazyLock<Option<Regex>>) -> Option<Self> {
        let found = pattern.as_ref()?.captures(text)?;
        let group = |at: usize| found.get(at).map_or("", |part| part.as_str());
        let mut segments = group(1).split('.').map(|part| part.parse().ok()).collect::<Option<Vec<i64>>>()?;
        let written = segments.len();
        segments.resize(written.max(3), 0);
        let before_release = if group(7).is_empty() { group(4) } else { group(7) };
        Some(Self { segments, written, before_release: before_release.to_owned() })
    }

    fn compare(&self, other: &Self) -> Ordering {
        if self.segments == other.segments {
            return match (self.before_release.as_str(), other.before_release.as_str()) {
                ("", "") => Ordering::Equal,
                ("", _) => Ordering::Greater,
                (_, "") => Ordering::Less,
                (one, other) => compare_before_release(one, other),
            };
        }
        let most = self.segments.len().max(other.segments.len());
        let at = |version: &Self, at: usize| version.segments.get(at).copied().unwrap_or(0);
        let orders = (0..most).map(|index| at(self, index).cmp(&at(other, index)));
        orders.fold(Ordering::Equal, Ordering::then)
    }

    /// What comes before a release is compared with nothing but what comes before the same release.
    fn is_comparable(&self, wanted: &Self) -> bool {
        self.before_release.is_empty() || !wanted.before_release.is_empty() && self.segments == wanted.segments
    }

    /// `~>`: at least what is wanted, and the same but for the last number that is written.
    fn is_close(&self, wanted: &Self, order: Ordering) -> bool {
        let last = wanted.segments.len() - 1;
        if !wanted.before_release.is_empty() && self.before_release.is_empty()
            || order.is_lt()
            || last >= self.segments.len()
        {
            return false;
        }
        let same = wanted.written - 1;
        self.segments[..same] == wanted.segments[..same] && self.segments[last] >= wanted.segments[last]
    }
}

/// Part by part, numbers below texts.
fn compare_before_release(one: &str, other: &str) -> Ordering {
    let (ones, others): (Vec<&str>, Vec<&str>) = (one.split('.').collect(), other.split('.').collect());
    let part = |parts: &[&str], at: usize| parts.get(at).copied().unwrap_or("").to_owned();
    let orders = (0..ones.len().max(others.len())).map(|at| compare_part(&part(&ones, at), &part(&others, at)));
    orders.fold(Ordering::Equal, Ordering::then)
}

fn compare_part(one: &str, other: &str) -> Ordering {
    let (number, other_number) = (one.parse::<i64>().ok(), other.parse::<i64>().ok());
    match (number, other_number) {
        _ if one == other => Ordering::Equal,
        // What is missing is less than a number and more than a text.
        (_, number) if one.is_empty() => {
            if number.is_some() {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (number, _) if other.is_empty() => {
            if number.is_some() {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => one.cmp(other),
        (Some(one), Some(other)) => {
            if one > other {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_meet_conditions() {
        for (version, conditions, go, semver) in [
            ("1.2.3", ">= 1.2, < 2", true, true),
            ("1.2.3", "1.2.3", true, true),
            ("v1.2", "= 1.2.0", true, true),
            ("1.10", "> 1.9", true, true),
            ("1.7.0-beta1", ">= 1.6.0", false, true),
            ("1.7.0-beta1", ">= 1.7.0-alpha", true, true),
            ("6.1.0-18-amd64", ">= 6.1", false, false),
            ("1.4.5", "~> 1.2", true, false),
            ("2.0.0", "~> 1.2", false, false),
            ("1.2.9", "~> 1.2.3", true, false),
            ("no version", ">= 1", false, false),
            ("1.0", ">= one", false, false),
        ] {
            assert_eq!(meets(version, conditions, Rules::Go), go, "{version} {conditions}");
            assert_eq!(meets(version, conditions, Rules::Semver), semver, "{version} {conditions} (semver)");
        }
    }
}
