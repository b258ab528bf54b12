//! The operators of constraints, by the rules of Nomad's scheduler (scheduler/feasible, `checkConstraint`).

use super::{pattern::pattern, version};
use std::cmp::Ordering;

/// Whether `left operator right` holds. A side is `None` where the node has no such attribute. The answer is `None` where
/// it isn't known what Nomad would say: an operator that is about several nodes, or a pattern that Go may read otherwise.
#[must_use]
pub fn holds(operator: &str, left: Option<&str>, right: Option<&str>) -> Option<bool> {
    match operator {
        // What isn't there counts as empty.
        "!=" | "not" => return Some(left.unwrap_or_default() != right.unwrap_or_default()),
        "is_set" => return Some(left.is_some()),
        "is_not_set" => return Some(left.is_none()),
        "distinct_hosts" | "distinct_property" => return None,
        _ => {}
    }
    let (Some(left), Some(right)) = (left, right) else { return Some(false) };
    Some(match operator {
        "=" | "==" | "is" => left == right,
        "<" => compare(left, right)?.is_some_and(Ordering::is_lt),
        "<=" => compare(left, right)?.is_some_and(Ordering::is_le),
        ">" => compare(left, right)?.is_some_and(Ordering::is_gt),
        ">=" => compare(left, right)?.is_some_and(Ordering::is_ge),
        "version" => version::meets(left, right, version::Rules::Go),
        "semver" => version::meets(left, right, version::Rules::Semver),
        "regexp" => pattern(right)?.is_match(left),
        "set_contains" | "set_contains_all" => words(right).all(|word| words(left).any(|other| other == word)),
        "set_contains_any" => words(right).any(|word| words(left).any(|other| other == word)),
        _ => false,
    })
}

/// The parts of a list: `a, b`.
pub(super) fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}

/// As whole numbers where both are, else as numbers, else as texts; `Some(None)` where one is no number at all (NaN).
fn compare(left: &str, right: &str) -> Option<Option<Ordering>> {
    if let (Ok(left), Ok(right)) = (left.parse::<i64>(), right.parse::<i64>()) {
        return Some(Some(left.cmp(&right)));
    }
    Some(match (float(left)?, float(right)?) {
        (Some(left), Some(right)) => left.partial_cmp(&right),
        _ => Some(left.cmp(right)),
    })
}

/// A number as Go's `ParseFloat` reads it; `None` for one in base 16 or with `_` between its digits, which isn't read here.
fn float(text: &str) -> Option<Option<f64>> {
    let digits = text.trim_start_matches(['+', '-']);
    if digits.contains('_') && digits.replace('_', "").parse::<f64>().is_ok() {
        return None;
    }
    if digits.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("0x")) {
        return None;
    }
    let is_signed_nan = digits.len() < text.len() && digits.eq_ignore_ascii_case("nan");
    let number = text.parse::<f64>().ok().filter(|number| {
        // What is too large is an error in Go, unless it is written as infinity.
        !is_signed_nan && (!number.is_infinite() || digits.starts_with(['i', 'I']))
    });
    Some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_compared_as_numbers_and_else_as_texts() {
        for (left, operator, right, verdict) in [
            ("9", "<", "10", true),
            ("9.5", "<", "10", true),
            ("v9", "<", "v10", false),
            ("9", "<", "ten", true),
            ("1e400", "<", "2", true),
            ("nan", ">=", "1", false),
            ("inf", ">", "1e300", true),
        ] {
            assert_eq!(holds(operator, Some(left), Some(right)), Some(verdict), "{left} {operator} {right}");
        }
        assert_eq!(holds("<", Some("0x1p4"), Some("1")), None);
        assert_eq!(holds("<", Some("1_000"), Some("5")), None);
    }

    #[test]
    fn what_is_not_there_counts_as_empty_for_a_difference_and_fails_all_else() {
        assert_eq!(holds("!=", None, Some("a")), Some(true));
        assert_eq!(holds("!=", None, Some("")), Some(false));
        assert_eq!(holds("=", None, Some("")), Some(false));
        assert_eq!(holds("regexp", None, Some("")), Some(false));
        assert_eq!(holds("is_not_set", None, None), Some(true));
    }

    #[test]
    fn lists_contain_words() {
        assert_eq!(holds("set_contains", Some("a, b,c"), Some("c,a")), Some(true));
        assert_eq!(holds("set_contains", Some("a,b"), Some("a,c")), Some(false));
        assert_eq!(holds("set_contains_any", Some("a,b"), Some("c, b")), Some(true));
        assert_eq!(holds("set_contains", Some("a"), Some("")), Some(false));
    }
}
