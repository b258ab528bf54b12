//! Mistakes of the fingers.

use hlmc_fuzz::Random;

/// The word with one mistake: two letters swapped, one left out, doubled or hit beside.
pub(crate) fn misspell(word: &str, random: &mut Random) -> Option<String> {
    let letters: Vec<char> = word.chars().collect();
    let places: Vec<usize> = (0..letters.len()).filter(|at| letters[*at].is_ascii_alphanumeric()).collect();
    if places.len() < 2 {
        return None;
    }
    let at = places[random.below(places.len())];
    let mut wrong = letters.clone();
    match random.below(4) {
        0 if at + 1 < letters.len() && letters[at + 1].is_ascii_alphanumeric() => wrong.swap(at, at + 1),
        1 if letters.len() > 2 => {
            wrong.remove(at);
        }
        2 => wrong.insert(at, letters[at]),
        _ if letters[at].is_ascii_digit() => wrong[at] = if letters[at] == '9' { '8' } else { '9' },
        _ => wrong[at] = if letters[at] == 'x' { 'c' } else { 'x' },
    }
    let wrong: String = wrong.into_iter().collect();
    (wrong != word).then_some(wrong)
}
