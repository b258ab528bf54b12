//! Go's regular expressions in this crate's words.
//!
//! Both find the same in what both read; they differ in what `\d` and `\b` are, in what may stand in brackets unescaped, and in
//! what is refused. What might mean something else here is left alone.

use regex::Regex;
use std::iter::Peekable;
use std::str::Chars;

/// The pattern, or `None` where it isn't sure that it means the same here.
pub(super) fn pattern(text: &str) -> Option<Regex> {
    let mut rest = text.chars().peekable();
    let mut out = String::new();
    let mut repeats = false;
    while let Some(c) = rest.next() {
        let repeated = std::mem::take(&mut repeats);
        match c {
            '\\' => escape(&mut rest, &mut out, false)?,
            '[' => class(&mut rest, &mut out)?,
            '(' if rest.peek() == Some(&'?') => group(&mut rest, &mut out)?,
            '*' | '+' | '?' | '{' => {
                out.push(c);
                if repeated || c == '{' && !braces(&mut rest, &mut out) {
                    return None;
                }
                out.extend(rest.next_if_eq(&'?'));
                repeats = true;
            }
            _ => out.push(c),
        }
    }
    Regex::new(&out).ok()
}

/// What stands behind a backslash.
fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String, in_class: bool) -> Option<()> {
    let c = rest.next()?;
    match c {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        's' => out.push_str(r"[\t\n\f\r ]"),
        'S' => out.push_str(r"[^\t\n\f\r ]"),
        'w' => out.push_str("[0-9A-Za-z_]"),
        'W' => out.push_str("[^0-9A-Za-z_]"),
        'b' if !in_class => out.push_str(r"(?-u:\b)"),
        'Q' if !in_class => literal(rest, out),
        'A' | 'z' if !in_class => out.extend(['\\', c]),
        'a' | 'f' | 'n' | 'r' | 't' | 'v' => out.extend(['\\', c]),
        'p' | 'P' | 'x' => {
            out.extend(['\\', c]);
            if rest.peek() == Some(&'{') {
                through(rest, '}', out)?;
            } else if c == 'x' {
                out.extend(rest.by_ref().take(2));
            } else {
                out.extend(rest.next());
            }
        }
        c if c.is_ascii_punctuation() => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        _ => return None,
    }
    Some(())
}

/// `\Q…\E`.
fn literal(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut text = String::new();
    while let Some(c) = rest.next() {
        if c == '\\' && rest.next_if_eq(&'E').is_some() {
            break;
        }
        text.push(c);
    }
    out.push_str(&regex::escape(&text));
}

/// `[…]`.
fn class(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    out.push('[');
    out.extend(rest.next_if_eq(&'^'));
    let mut first = true;
    loop {
        let c = rest.next()?;
        match c {
            ']' if !first => break,
            '\\' => escape(rest, out, true)?,
            '[' if rest.peek() == Some(&':') => {
                out.push('[');
                through(rest, ']', out)?;
            }
            '-' if rest.peek() == Some(&'-') => return None,
            '[' | ']' | '&' | '~' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        first = false;
    }
    out.push(']');
    Some(())
}

/// Takes what comes up to a character, and that too.
fn through(rest: &mut Peekable<Chars<'_>>, end: char, out: &mut String) -> Option<()> {
    loop {
        let c = rest.next()?;
        out.push(c);
        if c == end {
            return Some(());
        }
    }
}

/// `(?…`: flags, or a name.
fn group(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> Option<()> {
    out.push('(');
    out.extend(rest.next());
    if rest.peek().is_some_and(|c| matches!(c, 'P' | '<')) {
        return Some(());
    }
    loop {
        let c = rest.next()?;
        out.push(c);
        match c {
            'i' | 'm' | 's' | 'U' | '-' => {}
            ':' | ')' => return Some(()),
            _ => return None,
        }
    }
}

/// `{2}`, `{2,}` or `{2,5}`, as far as Go allows it; anything else in braces stands for itself there.
fn braces(rest: &mut Peekable<Chars<'_>>, out: &mut String) -> bool {
    let before = out.len();
    if through(rest, '}', out).is_none() {
        return false;
    }
    let inside = &out[before..out.len() - 1];
    let (from, until) = inside.split_once(',').unwrap_or((inside, ""));
    let number = |text: &str| text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|n| n <= 1000);
    number(from) && (until.is_empty() || number(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_what_they_mean_in_go() {
        for (text, matching, other) in [
            (r"^pi\d+$", "pi5", "pi٣"),
            (r"\bnas\b", "a nas b", "nass"),
            (r"[[]x", "[x", "x"),
            (r"[a&&b]", "&", "c"),
            (r"\Qa.b\E+", "a.bb", "axb"),
            (r"a\<b", "a<b", "ab"),
            (r"(?i)NAS", "nas", "pi"),
            (r"^(?P<kind>pi|nas)-[[:digit:]]{1,2}$", "pi-12", "pi-123"),
        ] {
            let pattern = pattern(text).unwrap();
            assert!(pattern.is_match(matching) && !pattern.is_match(other), "{text}");
        }
    }

    #[test]
    fn what_may_mean_something_else_is_left_alone() {
        for text in ["a**", r"\12", "x{,3}", "(?x) a", "a{1001}", "[", r"\C", "(?=a)", "x{2}{3}", "x{3", r"\p{L"] {
            assert!(pattern(text).is_none(), "{text}");
        }
    }
}
