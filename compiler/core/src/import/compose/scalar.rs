//! Single values of a Compose file: truth values, numbers, sizes, times, lists of words.

use super::codes::compose_bad_value::{bad_value, wrong_kind};
use super::variables::is_whole;
use crate::decode::units;
use crate::diagnostic::Sink;
use crate::import::yaml::{Entry, Node, Value};
use crate::source::Spanned;

/// The text of an entry; a list or a map is reported.
pub(super) fn text(entry: &Entry, sink: &mut Sink) -> Option<Spanned<String>> {
    item_text(&entry.key, &entry.value, sink)
}

/// The text of an item of a list called `key`.
pub(super) fn item_text(key: &str, node: &Node, sink: &mut Sink) -> Option<Spanned<String>> {
    match &node.value {
        Value::Text(text) => Some(Spanned::new(text.text.clone(), node.span)),
        Value::Null => None,
        _ => {
            sink.push(wrong_kind(key, "a single value", node));
            None
        }
    }
}

/// The texts of a list, or the one text in its place.
pub(super) fn texts(entry: &Entry, sink: &mut Sink) -> Vec<Spanned<String>> {
    match &entry.value.value {
        Value::List(items) => items.iter().filter_map(|item| item_text(&entry.key, item, sink)).collect(),
        Value::Map(_) => {
            sink.push(wrong_kind(&entry.key, "a list", &entry.value));
            Vec::new()
        }
        _ => text(entry, sink).into_iter().collect(),
    }
}

/// The items of a list; one value in its place counts as a list of one.
pub(super) fn items(entry: &Entry) -> &[Node] {
    match &entry.value.value {
        Value::List(items) => items,
        Value::Null => &[],
        _ => std::slice::from_ref(&entry.value),
    }
}

/// Names with their values, from a map or from a list of `NAME=value`.
pub(super) fn pairs(entry: &Entry, sink: &mut Sink) -> Vec<(Spanned<String>, Option<Spanned<String>>)> {
    let mut pairs = Vec::new();
    match &entry.value.value {
        Value::Map(entries) => {
            for pair in entries {
                let value = text(pair, sink);
                if value.is_some() || pair.value.is_null() {
                    pairs.push((pair.key.clone(), value));
                }
            }
        }
        Value::List(items) => {
            for item in items {
                let Some(line) = item_text(&entry.key, item, sink) else { continue };
                match line.split_once('=') {
                    Some((name, value)) => pairs.push((
                        Spanned::new(name.to_owned(), line.span),
                        Some(Spanned::new(value.to_owned(), line.span)),
                    )),
                    None => pairs.push((line, None)),
                }
            }
        }
        Value::Null => {}
        Value::Text(_) => sink.push(wrong_kind(&entry.key, "a map", &entry.value)),
    }
    pairs
}

/// A truth value.
pub(super) fn truth(entry: &Entry, sink: &mut Sink) -> Option<bool> {
    let text = text(entry, sink)?;
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "1" => Some(true),
        "false" | "no" | "off" | "n" | "0" => Some(false),
        _ => {
            if is_whole(&text, &format!("`{}`", entry.key.value), text.span, sink) {
                sink.push(bad_value(&text, "`true` or `false`", text.span).help("write one of the two"));
            }
            None
        }
    }
}

/// A whole number.
pub(super) fn number(entry: &Entry, sink: &mut Sink) -> Option<i64> {
    let text = text(entry, sink)?;
    if !is_whole(&text, &format!("`{}`", entry.key.value), text.span, sink) {
        return None;
    }
    let number = text.trim().parse().ok();
    if number.is_none() {
        sink.push(bad_value(&text, "a whole number", text.span).help("write digits and nothing else"));
    }
    number
}

/// A number with a fraction, in thousandths.
pub(super) fn thousandths(entry: &Entry, sink: &mut Sink) -> Option<i64> {
    let text = text(entry, sink)?;
    if !is_whole(&text, &format!("`{}`", entry.key.value), text.span, sink) {
        return None;
    }
    let number = decimal(text.trim());
    if number.is_none() {
        sink.push(bad_value(&text, "a number of processors", text.span).help("write a number such as `0.5` or `2`"));
    }
    number
}

/// Thousandths of a decimal number.
fn decimal(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.is_empty() && part.is_empty() || whole.len() > 15 {
        return None;
    }
    let thousandths: String = part.chars().chain("000".chars()).take(3).collect();
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    whole.checked_mul(1000)?.checked_add(thousandths.parse::<i64>().ok()?)
}

/// A size in bytes: `512m`, `1.5gb`, `64k`, `1073741824`.
pub(super) fn size(entry: &Entry, sink: &mut Sink) -> Option<i64> {
    let text = text(entry, sink)?;
    if !is_whole(&text, &format!("`{}`", entry.key.value), text.span, sink) {
        return None;
    }
    let bytes = bytes(&text);
    if bytes.is_none() {
        sink.push(
            bad_value(&text, "a size", text.span).help("write a number and `b`, `k`, `m` or `g`, such as `512m`"),
        );
    }
    bytes
}

/// The bytes of a size as Compose writes it.
pub(super) fn bytes(text: &str) -> Option<i64> {
    let text = text.trim().to_ascii_lowercase();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let unit = match text[end..].trim() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        "t" | "tb" | "tib" => 1_i64 << 40,
        _ => return None,
    };
    decimal(&text[..end])?.checked_mul(unit).map(|thousandths| thousandths / 1000)
}

/// A size as a manifest writes it, in whole units of `least` bytes, rounded up.
pub(super) fn written(bytes: i64, least: i64) -> String {
    units::size(bytes.saturating_add(least - 1) / least * least)
}

/// A time such as `1m30s`.
pub(super) fn time(entry: &Entry, sink: &mut Sink) -> Option<String> {
    let text = text(entry, sink)?;
    if !is_whole(&text, &format!("`{}`", entry.key.value), text.span, sink) {
        return None;
    }
    let plain: String = text.chars().filter(|c| *c != ' ').collect();
    if is_time(&plain) {
        return Some(plain);
    }
    sink.push(bad_value(&text, "a time", text.span).help("write it with its units: `30s`, `1m30s`"));
    None
}

fn is_time(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.') && units::nanoseconds(text).is_ok_and(|time| time >= 0)
}

/// The words of a command line, as a shell splits it.
pub(super) fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            (c, Some(q)) if c == q => quote = None,
            ('\\', Some('"')) => {
                let next = chars.next_if(|next| matches!(next, '"' | '\\' | '$' | '`'));
                word.get_or_insert_default().push(next.unwrap_or('\\'));
            }
            ('\\', None) => match chars.next() {
                Some('\n') => {}
                next => word.get_or_insert_default().extend(next),
            },
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (c, None) if c.is_whitespace() => words.extend(word.take()),
            (c, _) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// A command: a list of words, or a line that is split into them.
pub(super) fn command(entry: &Entry, sink: &mut Sink) -> Option<Vec<String>> {
    match &entry.value.value {
        Value::Null => None,
        Value::List(_) => Some(texts(entry, sink).into_iter().map(|word| word.value).collect()),
        _ => {
            let line = text(entry, sink)?;
            let words = words(&line);
            if words.is_none() {
                sink.push(
                    bad_value(&line, "a command line", line.span).help("close the quote, or write a list of words"),
                );
            }
            words
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(bytes("512m"), Some(512 << 20));
        assert_eq!(bytes("1.5GB"), Some(3 << 29));
        assert_eq!(bytes("64kib"), Some(64 << 10));
        assert_eq!(bytes("1024"), Some(1024));
        assert_eq!((bytes("m"), bytes("1x"), bytes("-1"), bytes("")), (None, None, None, None));
        assert_eq!(written(512 << 20, 1 << 20), "512MiB");
        assert_eq!(written(1_000_000, 1 << 20), "1MiB");
        assert_eq!(written(1000, 1), "1000B");
        assert!(["30s", "1m30s", "1h5m30s20ms", "1.5s"].into_iter().all(is_time));
        assert!(!["", "30", "s", "1d", "30 sec", "-1s"].into_iter().any(is_time));
    }

    #[test]
    fn processors() {
        assert_eq!(
            (decimal("0.5"), decimal("2"), decimal(".25"), decimal("1.0005")),
            (Some(500), Some(2000), Some(250), Some(1000))
        );
        assert_eq!((decimal("x"), decimal("."), decimal("-1")), (None, None, None));
    }

    #[test]
    fn lines_are_split_as_a_shell_does() {
        let words = |line| words(line).unwrap();
        assert_eq!(
            words(r#"a "b c" 'd "e"' f\ g h"i"j "" "\$x\y" "#),
            ["a", "b c", "d \"e\"", "f g", "hij", "", "$x\\y"]
        );
        assert_eq!(words("a \\\n  b"), ["a", "b"]);
        assert_eq!(super::words("a 'b"), None);
    }
}
