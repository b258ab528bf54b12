//! `format` and `formatlist`: Go's verbs, as HCL has them.

use super::arguments::{Arguments, Wrong};
use super::encoding::{push_json, push_json_text};
use crate::decode::hcl::operator;
use crate::nomad::form::{Value, ValueKind};
use unicode_segmentation::UnicodeSegmentation as _;

type Done = Result<ValueKind, Wrong>;

/// Wider fields than this are mistakes.
const WIDEST: usize = 10_000;

pub(super) fn format(arguments: &Arguments<'_>) -> Done {
    let pattern = arguments.text(0)?;
    let values: Vec<&ValueKind> = arguments.values[1..].iter().map(|value| &value.kind).collect();
    formatted(&pattern, &values).map(ValueKind::Str)
}

/// Lists are gone through together; what is no list is the same for each element.
pub(super) fn formatlist(arguments: &Arguments<'_>) -> Done {
    let pattern = arguments.text(0)?;
    let values = &arguments.values[1..];
    let list = |value: &Value| match &value.kind {
        ValueKind::List(list) => Some(list.len()),
        _ => None,
    };
    let mut lengths = values.iter().filter_map(list);
    let length = lengths.next().unwrap_or(1);
    if lengths.any(|other| other != length) {
        return Err(Wrong::new(1, "the lists have different lengths"));
    }
    let mut texts = Vec::with_capacity(length);
    for at in 0..length {
        let row: Vec<&ValueKind> = values
            .iter()
            .map(|value| match &value.kind {
                ValueKind::List(list) => &list[at].kind,
                other => other,
            })
            .collect();
        texts.push(formatted(&pattern, &row)?);
    }
    Ok(arguments.strings(texts))
}

/// One `%…`.
#[derive(Default)]
struct Verb {
    flags: String,
    width: Option<usize>,
    precision: Option<usize>,
    letter: char,
}

fn formatted(pattern: &str, values: &[&ValueKind]) -> Result<String, Wrong> {
    let mut out = String::new();
    let mut rest = pattern;
    let (mut next, mut highest) = (0, 0);
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(behind) = rest.strip_prefix('%') {
            out.push('%');
            rest = behind;
            continue;
        }
        let (verb, chosen, behind) = verb(rest)?;
        rest = behind;
        let at = chosen.unwrap_or(next);
        let Some(value) = values.get(at) else {
            let message = format!("`%{}` has no value: there are {}", verb.letter, values.len());
            return Err(Wrong::new(0, message));
        };
        next = at + 1;
        highest = highest.max(next);
        out.push_str(&verb.show(value, at + 1)?);
    }
    out.push_str(rest);
    if highest < values.len() && !pattern.contains("%[") {
        return Err(Wrong::new(highest + 1, "this is one value more than the text has places for"));
    }
    Ok(out)
}

/// Reads what stands behind a `%`: the verb, the value that it chooses, and the rest.
fn verb(text: &str) -> Result<(Verb, Option<usize>, &str), Wrong> {
    let mut verb = Verb::default();
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let flags = text.bytes().take_while(|byte| b" +-0#".contains(byte)).count();
    verb.flags = text[..flags].to_owned();
    let mut rest = &text[flags..];
    let number = |text: &str| text.parse().ok().filter(|number| *number <= WIDEST);
    let width = digits(rest);
    verb.width = number(&rest[..width]);
    rest = &rest[width..];
    if let Some(behind) = rest.strip_prefix('.') {
        let precision = digits(behind);
        verb.precision = Some(number(&behind[..precision]).unwrap_or(0));
        rest = &behind[precision..];
    }
    let mut chosen = None;
    if let Some(behind) = rest.strip_prefix('[') {
        let (index, behind) = behind.split_once(']').ok_or_else(|| Wrong::new(0, "`[` in a verb needs a `]`"))?;
        let index = index.parse::<usize>().ok().and_then(|index| index.checked_sub(1));
        chosen = Some(index.ok_or_else(|| Wrong::new(0, "values are counted from 1"))?);
        rest = behind;
    }
    let letter = rest.chars().next().ok_or_else(|| Wrong::new(0, "there is no verb behind the last `%`"))?;
    verb.letter = letter;
    Ok((verb, chosen, &rest[letter.len_utf8()..]))
}

impl Verb {
    fn has(&self, flag: char) -> bool {
        self.flags.contains(flag)
    }

    fn show(&self, kind: &ValueKind, at: usize) -> Result<String, Wrong> {
        let wrong = |expected: &str| {
            let found = operator::name(kind);
            Wrong::new(at, format!("`%{}` takes {expected}, not {found}", self.letter))
        };
        match self.letter {
            'v' => Ok(self.padded(self.plain(kind))),
            't' => match kind.to_text().as_deref() {
                Some(truth @ ("true" | "false")) => Ok(truth.to_owned()),
                _ => Err(wrong("a truth value")),
            },
            'b' | 'd' | 'o' | 'x' | 'X' => {
                let number = operator::whole(kind).ok_or_else(|| wrong("a whole number"))?;
                Ok(self.integer(number))
            }
            'e' | 'E' | 'f' | 'g' | 'G' => {
                let number = operator::float(kind).ok_or_else(|| wrong("a number"))?;
                Ok(self.signed(number.is_sign_negative(), &self.float(number.abs())))
            }
            's' | 'q' => {
                let text = kind.to_text().ok_or_else(|| wrong("a text"))?;
                let cut: String = match self.precision.filter(|precision| *precision > 0) {
                    Some(precision) => text.graphemes(true).take(precision).collect(),
                    None => text,
                };
                if self.letter == 's' {
                    return Ok(self.padded(cut));
                }
                let mut quoted = String::new();
                push_json_text(&mut quoted, &cut);
                Ok(self.padded(quoted))
            }
            other => Err(Wrong::new(
                0,
                format!("`%{other}` is no verb: there are v, t, b, d, o, x, X, e, E, f, g, G, s and q"),
            )),
        }
    }

    fn plain(&self, kind: &ValueKind) -> String {
        match kind {
            ValueKind::Str(text) if !self.has('#') => text.clone(),
            ValueKind::Float(number) if !self.has('#') => short(*number, None, 'e'),
            _ => {
                let mut out = String::new();
                push_json(&mut out, kind);
                out
            }
        }
    }

    fn integer(&self, number: i64) -> String {
        let size = number.unsigned_abs();
        let mut digits = match self.letter {
            'b' => format!("{size:b}"),
            'o' => format!("{size:o}"),
            'x' => format!("{size:x}"),
            'X' => format!("{size:X}"),
            _ => size.to_string(),
        };
        if let Some(precision) = self.precision {
            digits = format!("{}{digits}", "0".repeat(precision.saturating_sub(digits.len())));
        }
        if self.has('#') {
            let prefix = match self.letter {
                'b' => "0b",
                'o' => "0",
                'x' => "0x",
                'X' => "0X",
                _ => "",
            };
            digits.insert_str(0, prefix);
        }
        self.signed(number < 0, &digits)
    }

    fn float(&self, number: f64) -> String {
        match self.letter {
            'f' => format!("{number:.0$}", self.precision.unwrap_or(6)),
            'e' | 'E' => scientific(number, self.precision.unwrap_or(6), self.letter),
            letter => short(number, self.precision, if letter == 'G' { 'E' } else { 'e' }),
        }
    }

    fn signed(&self, negative: bool, digits: &str) -> String {
        let sign = match (negative, self.has('+'), self.has(' ')) {
            (true, ..) => "-",
            (_, true, _) => "+",
            (_, _, true) => " ",
            _ => "",
        };
        let missing = self.width.unwrap_or(0).saturating_sub(sign.len() + digits.len());
        if self.has('0') && !self.has('-') {
            return format!("{sign}{}{digits}", "0".repeat(missing));
        }
        self.padded(format!("{sign}{digits}"))
    }

    fn padded(&self, text: String) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(text.graphemes(true).count());
        match (missing, self.has('-'), self.has('0')) {
            (0, ..) => text,
            (_, true, _) => text + &" ".repeat(missing),
            (_, _, true) => "0".repeat(missing) + &text,
            _ => " ".repeat(missing) + &text,
        }
    }
}

/// `1.5e+06`
fn scientific(number: f64, precision: usize, letter: char) -> String {
    exponent(&format!("{number:.precision$e}"), letter)
}

/// Rust's exponent, `1.5e6`, as Go's: a sign and two digits at least.
fn exponent(text: &str, letter: char) -> String {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}{letter}{sign}{:02}", exponent.abs())
}

/// `%g`: the shortest digits, with an exponent where it is large.
fn short(number: f64, precision: Option<usize>, letter: char) -> String {
    let text = match precision {
        Some(precision) => format!("{number:.*e}", precision.max(1) - 1),
        None => format!("{number:e}"),
    };
    let (digits, power) = text.split_once('e').unwrap_or((&text, "0"));
    let power: i32 = power.parse().unwrap_or(0);
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    if power < -4 || power >= precision.map_or(21, |precision| precision.max(1) as i32) {
        return exponent(&format!("{digits}e{power}"), letter);
    }
    let value: f64 = format!("{digits}e{power}").parse().unwrap_or(number);
    value.to_string()
}
