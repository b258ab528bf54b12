//! Times and sizes as they are written: `1h30m`, `512MiB`.

/// Why a text isn't a time or a size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    /// A number without a unit.
    NoUnit,
    /// Something else, with the nearest right text if there is one.
    Wrong(Option<String>),
}

const TIMES: [(&str, i128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Other spellings of units of time: lower case, what is meant, and how many of that one is.
const OTHER_TIMES: [(&str, &str, u32); 21] = [
    ("msec", "ms", 1),
    ("millisecond", "ms", 1),
    ("milliseconds", "ms", 1),
    ("s", "s", 1),
    ("sec", "s", 1),
    ("secs", "s", 1),
    ("second", "s", 1),
    ("seconds", "s", 1),
    ("m", "m", 1),
    ("min", "m", 1),
    ("mins", "m", 1),
    ("minute", "m", 1),
    ("minutes", "m", 1),
    ("h", "h", 1),
    ("hr", "h", 1),
    ("hour", "h", 1),
    ("hours", "h", 1),
    ("d", "h", 24),
    ("day", "h", 24),
    ("days", "h", 24),
    ("w", "h", 168),
];

const SIZES: [(&str, u64); 11] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("PiB", 1 << 50),
    ("kB", 1_000),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
];

/// The nanoseconds of a time as Go's `time.ParseDuration` reads it.
///
/// # Errors
/// Says what is wrong, with the text that was probably meant.
pub fn nanoseconds(text: &str) -> Result<i64, Fault> {
    if let Some(plain) = plain(text) {
        return Ok(plain);
    }
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    let mut sum: i128 = 0;
    while !rest.is_empty() {
        let (number, after) = split_number(rest);
        let (unit, next) = split_word(after);
        let scale = TIMES.iter().find(|(name, _)| name.len() == unit.len() && *name == unit).map(|(_, scale)| *scale);
        let Some(part) = scale.and_then(|scale| scaled(number, scale)) else { return Err(time_fault(text)) };
        sum += part;
        rest = next;
    }
    let sum = if negative { -sum } else { sum };
    match i64::try_from(sum) {
        Ok(sum) if !text.is_empty() => Ok(sum),
        _ => Err(Fault::Wrong(None)),
    }
}

/// What a time is as a rule, a whole number and a unit, in nanoseconds.
fn plain(text: &str) -> Option<i64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let scale: i64 = match &text[digits..] {
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let number = |text: &[u8]| text.iter().fold(0, |number: i64, digit| 10 * number + i64::from(digit - b'0'));
    (1..=9).contains(&digits).then(|| number(&text.as_bytes()[..digits]).checked_mul(scale))?
}

/// The bytes of a size.
///
/// # Errors
/// Says what is wrong, with the text that was probably meant.
pub fn bytes(text: &str) -> Result<i64, Fault> {
    let (number, unit) = split_number(text);
    if unit.is_empty() && !number.is_empty() {
        return Err(Fault::NoUnit);
    }
    match SIZES.iter().find(|(name, _)| *name == unit) {
        Some((_, scale)) => {
            let whole = scaled(number, i128::from(*scale)).and_then(|size| i64::try_from(size).ok());
            whole.ok_or(Fault::Wrong(None))
        }
        None => Err(Fault::Wrong(size_meant(number, unit))),
    }
}

/// A size in the largest unit that it is a whole number of.
#[must_use]
pub fn size(bytes: i64) -> String {
    let units = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|(_, shift)| bytes != 0 && bytes.trailing_zeros() >= *shift);
    unit.map_or_else(|| format!("{bytes}B"), |(name, shift)| format!("{}{name}", bytes >> shift))
}

/// A time in the largest unit that it is a whole number of.
#[must_use]
pub fn time(nanoseconds: i64) -> String {
    let unit = TIMES.iter().rev().find(|(name, scale)| {
        let scale = i64::try_from(*scale).unwrap_or(1);
        nanoseconds % scale == 0 && (nanoseconds != 0 || *name == "s")
    });
    unit.map_or_else(String::new, |(name, scale)| format!("{}{name}", i128::from(nanoseconds) / scale))
}

fn split_number(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|b| !b.is_ascii_digit() && b != b'.').unwrap_or(text.len()))
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|b| b.is_ascii_digit() || b == b'.').unwrap_or(text.len()))
}

/// `1.5` times a scale. Digits below one are dropped, as Go does; a fraction of a byte is nothing that can be meant.
fn scaled(number: &str, scale: i128) -> Option<i128> {
    let dot = number.bytes().position(|b| b == b'.');
    let (whole, fraction) = dot.map_or((number, ""), |dot| (&number[..dot], &number[dot + 1..]));
    if (whole.is_empty() && fraction.is_empty()) || whole.len() > 20 || fraction.len() > 12 || fraction.contains('.') {
        return None;
    }
    let digits = |text: &str| match text.len() {
        0 => Some(0),
        1..=19 => text.parse::<u64>().ok().map(i128::from),
        _ => text.parse().ok(),
    };
    if fraction.is_empty() {
        return digits(whole)?.checked_mul(scale);
    }
    let parts = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    digits(whole)?.checked_mul(scale)?.checked_add(digits(fraction)? * scale / parts)
}

fn time_fault(text: &str) -> Fault {
    if !text.is_empty() && split_number(text).1.is_empty() {
        return Fault::NoUnit;
    }
    let tight: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut meant = String::new();
    let mut rest = tight.as_str();
    while !rest.is_empty() {
        let (number, after) = split_number(rest);
        let (unit, next) = split_word(after);
        let lower = unit.to_lowercase();
        let known = TIMES.iter().find(|(name, _)| *name == unit).map(|(name, _)| (*name, 1));
        let other = || OTHER_TIMES.iter().find(|(name, _, _)| *name == lower).map(|(_, meant, times)| (*meant, *times));
        let (Some((unit, times)), Ok(count)) = (known.or_else(other), number.parse::<u64>()) else {
            return Fault::Wrong(None);
        };
        meant.push_str(&format!("{}{unit}", count.saturating_mul(u64::from(times))));
        rest = next;
    }
    Fault::Wrong((meant != text && nanoseconds(&meant).is_ok()).then_some(meant))
}

/// `2gb` meant `2GB`, `512M` and `512Mi` meant `512MiB`.
fn size_meant(number: &str, unit: &str) -> Option<String> {
    let word = unit.trim().to_lowercase();
    let same = SIZES.iter().find(|(name, _)| name.to_lowercase() == word).map(|(name, _)| (*name).to_owned());
    let short = || {
        let letter = word.strip_suffix('i').unwrap_or(&word).to_uppercase();
        matches!(letter.as_str(), "K" | "M" | "G" | "T" | "P").then(|| format!("{letter}iB"))
    };
    let meant = format!("{number}{}", same.or_else(short)?);
    bytes(&meant).is_ok().then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(text: &str) -> Fault {
        Fault::Wrong(Some(text.to_owned()))
    }

    #[test]
    fn reads_times_as_go_does() {
        assert_eq!(nanoseconds("1h30m"), Ok(5_400_000_000_000));
        assert_eq!(nanoseconds("500ms"), Ok(500_000_000));
        assert_eq!(nanoseconds("1.5s"), Ok(1_500_000_000));
        assert_eq!(nanoseconds("-1s"), Ok(-1_000_000_000));
        assert_eq!(nanoseconds("0"), Ok(0));
        assert_eq!(nanoseconds("1µs1us1ns"), Ok(2_001));
    }

    #[test]
    fn says_which_time_was_meant() {
        assert_eq!(nanoseconds("30"), Err(Fault::NoUnit));
        assert_eq!(nanoseconds("1d"), Err(meant("24h")));
        assert_eq!(nanoseconds("2w"), Err(meant("336h")));
        assert_eq!(nanoseconds("1h 30min"), Err(meant("1h30m")));
        assert_eq!(nanoseconds("30S"), Err(meant("30s")));
        assert_eq!(nanoseconds("soon"), Err(Fault::Wrong(None)));
        assert_eq!(nanoseconds(""), Err(Fault::Wrong(None)));
        assert_eq!(nanoseconds("s"), Err(Fault::Wrong(None)));
        assert_eq!(nanoseconds("1..5s"), Err(Fault::Wrong(None)));
        assert_eq!(nanoseconds("9999999h"), Err(Fault::Wrong(None)));
        assert_eq!(nanoseconds("99999999999999999999999999999999999999h"), Err(Fault::Wrong(None)));
    }

    #[test]
    fn reads_sizes() {
        assert_eq!(bytes("512MiB"), Ok(536_870_912));
        assert_eq!(bytes("1.5GiB"), Ok(1_610_612_736));
        assert_eq!(bytes("10GB"), Ok(10_000_000_000));
        assert_eq!(bytes("0B"), Ok(0));
    }

    #[test]
    fn says_which_size_was_meant() {
        assert_eq!(bytes("512"), Err(Fault::NoUnit));
        assert_eq!(bytes("2gb"), Err(meant("2GB")));
        assert_eq!(bytes("2G"), Err(meant("2GiB")));
        assert_eq!(bytes("512Mi"), Err(meant("512MiB")));
        assert_eq!(bytes("512 mib"), Err(meant("512MiB")));
        assert_eq!(bytes("GiB"), Err(Fault::Wrong(None)));
        assert_eq!(bytes("99999999PiB"), Err(Fault::Wrong(None)));
        assert_eq!(bytes("-1GiB"), Err(Fault::Wrong(None)));
    }

    #[test]
    fn writes_a_time_in_the_largest_whole_unit() {
        let second = 1_000_000_000;
        assert_eq!([0, 1, second, 90 * second, 300 * second].map(time), ["0s", "1ns", "1s", "90s", "5m"]);
    }

    #[test]
    fn writes_a_size_in_the_largest_whole_unit() {
        assert_eq!(size(512 << 20), "512MiB");
        assert_eq!(size(1 << 30), "1GiB");
        assert_eq!(size(1500), "1500B");
        assert_eq!(size(0), "0B");
    }
}
