//! "Did you mean": the known name nearest to what was written.

use std::cmp::Reverse;

/// The candidate nearest to `written`, if one is near enough to be what was meant: at most a third of its letters
/// differ, or one contains the other's letters in another spelling (`memory_max`, `memoryMax`, `memory-max`).
pub fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = simplify(written);
    if plain.is_empty() && written.is_empty() {
        return None;
    }
    let limit = (plain.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != written)
        .map(|candidate| (distance(&plain, &simplify(candidate)), candidate))
        .filter(|(distance, _)| *distance <= limit)
        // Of two that are as near, the one of the same letters, then the one that starts and ends more alike, then the one
        // that is as long: a wrong letter is more likely than one too many.
        .min_by_key(|(distance, candidate)| {
            let differs = letters(candidate) != letters(written);
            let length = candidate.len().abs_diff(written.len());
            (*distance, differs, Reverse(same_ends(written, candidate)), length, *candidate)
        })
        .map(|(_, candidate)| candidate)
}

/// The candidate that differs in case and in `-`, `_` and spaces at most.
pub fn respelled<'a>(written: &str, mut candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let plain = simplify(written);
    candidates.find(|candidate| *candidate != written && simplify(candidate) == plain)
}

/// Whether one text is the other with one letter more, less, or another one, or with two next to each other swapped.
pub fn is_slip(a: &str, b: &str) -> bool {
    let (a, b) = if a.len() <= b.len() { (a.as_bytes(), b.as_bytes()) } else { (b.as_bytes(), a.as_bytes()) };
    let same = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[same..], &b[same..]);
    match b.len() - a.len() {
        0 if a.is_empty() => false,
        0 => a[1..] == b[1..] || a.len() > 1 && a[0] == b[1] && a[1] == b[0] && a[2..] == b[2..],
        1 => *a == b[1..],
        _ => false,
    }
}

/// The help line for a name that isn't known: the nearest one, or the list when it is short.
pub fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(near) = nearest(written, candidates.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let mut all: Vec<&str> = candidates.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    match all.len() {
        0 => None,
        1..=12 => {
            Some(format!("known here: {}", all.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")))
        }
        _ => None,
    }
}

fn simplify(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The letters of a name, sorted.
fn letters(name: &str) -> Vec<char> {
    let mut letters: Vec<char> = name.chars().collect();
    letters.sort_unstable();
    letters
}

/// How many letters two names have in common at their starts, and behind those at their ends.
fn same_ends(a: &str, b: &str) -> usize {
    let same = |(x, y): &(char, char)| x == y;
    let start = a.chars().zip(b.chars()).take_while(same).count();
    let rest = a.chars().count().min(b.chars().count()) - start;
    start + a.chars().rev().zip(b.chars().rev()).take(rest).take_while(same).count()
}

/// Edits (insert, delete, replace, swap of neighbours) between two names.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![(0..=b.len()).collect::<Vec<usize>>()];
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(x != y)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_typo_and_another_spelling() {
        assert_eq!(nearest("mediaa", ["music", "media"]), Some("media"));
        assert_eq!(nearest("memory_max", ["memory", "memory-max"]), Some("memory-max"));
        assert_eq!(nearest("prot", ["port", "image"]), Some("port"));
    }

    #[test]
    fn of_two_that_are_as_near_it_takes_the_one_that_is_as_long() {
        assert_eq!(nearest("variablex", ["variable", "variables"]), Some("variables"));
        assert_eq!(nearest("variabl", ["variable", "variables"]), Some("variable"));
    }

    #[test]
    fn of_two_that_are_as_near_it_takes_the_one_that_is_more_alike() {
        assert_eq!(nearest("variabls", ["variable", "variables"]), Some("variables"));
        assert_eq!(nearest("en", ["env", "on"]), Some("env"));
        assert_eq!(nearest("amr64", ["amd64", "arm64"]), Some("arm64"));
    }

    #[test]
    fn a_slip_is_one_letter() {
        assert!(
            is_slip("PUID", "PUDI") && is_slip("POSTGRES_DBB", "POSTGRES_DB") && is_slip("POSTGRES_BD", "POSTGRES_DB")
        );
        assert!(is_slip("POSTGRES_PASWORD", "POSTGRES_PASSWORD") && is_slip("TZ", "TX"));
        assert!(!is_slip("TZ", "TZ") && !is_slip("SMTP_HOST", "SMTP_PORT") && !is_slip("A", "ABC"));
    }

    #[test]
    fn does_not_guess_wildly() {
        assert_eq!(nearest("", ["=", "<"]), None);
        assert_eq!(nearest("volume", ["port", "image"]), None);
        assert_eq!(did_you_mean("xyz", ["b", "a"]), Some("known here: `a`, `b`".into()));
    }
}
