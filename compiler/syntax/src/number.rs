//! Numbers: what is one, and its value.

use crate::error::{ErrorKind, SyntaxError, excerpt};
use crate::span::Span;
use crate::tree::Value;

/// Reads a number; when it is none, says why and how it could be written.
pub(crate) fn read<'a>(text: &'a str, span: Span) -> Result<Value<'a>, Box<SyntaxError>> {
    let word = span.of(text);
    let bytes = word.as_bytes();
    if bytes.len() <= 18 && bytes.iter().all(u8::is_ascii_digit) {
        let value = bytes.iter().fold(0_u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        return Ok(Value::Integer(i128::from(value)));
    }
    let (negative, digits) = match bytes.first() {
        Some(b'-') => (true, &word[1..]),
        Some(b'+') => (false, &word[1..]),
        _ => (false, word),
    };
    let value = match digits.as_bytes() {
        [b'0', b'x', ..] => radix(&digits[2..], 16, negative),
        [b'0', b'o', ..] => radix(&digits[2..], 8, negative),
        [b'0', b'b', ..] => radix(&digits[2..], 2, negative),
        _ => decimal(digits, negative),
    };
    value.ok_or_else(|| Box::new(complain(word, digits, span)))
}

/// Digits in a base other than ten; the first must not be `_`.
fn radix<'a>(digits: &str, base: u32, negative: bool) -> Option<Value<'a>> {
    let mut integer = Some(0_i128);
    let mut float = 0.0_f64;
    for (index, char) in digits.chars().enumerate() {
        if char == '_' && index > 0 {
            continue;
        }
        let digit = char.to_digit(base)?;
        integer = integer
            .and_then(|value| value.checked_mul(i128::from(base)))
            .and_then(|value| value.checked_add(i128::from(digit)));
        float = float * f64::from(base) + f64::from(digit);
    }
    if digits.is_empty() {
        return None;
    }
    Some(match integer {
        Some(value) => Value::Integer(if negative { -value } else { value }),
        None => Value::Float(if negative { -float } else { float }),
    })
}

fn decimal<'a>(digits: &str, negative: bool) -> Option<Value<'a>> {
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => (&digits[..at], Some(&digits[at + 1..])),
        None => (digits, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let unsigned = exponent.map(|text| text.strip_prefix(['+', '-']).unwrap_or(text));
    if !is_integer(whole)
        || fraction.is_some_and(|text| !is_integer(text))
        || unsigned.is_some_and(|text| !is_integer(text))
    {
        return None;
    }
    let mut plain = String::with_capacity(digits.len() + 1);
    if negative {
        plain.push('-');
    }
    plain.extend(digits.chars().filter(|&char| char != '_'));
    if fraction.is_none()
        && exponent.is_none()
        && let Ok(value) = plain.parse()
    {
        return Some(Value::Integer(value));
    }
    plain.parse().ok().map(Value::Float)
}

/// Reports whether the text is digits and `_`, starting with a digit.
fn is_integer(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_')
}

fn complain(word: &str, digits: &str, span: Span) -> SyntaxError {
    let shown = excerpt(word);
    let message = format!("`{shown}` starts like a number, but isn't one");
    let (label, help) = if digits.starts_with('.') {
        let fixed = word.replacen('.', "0.", 1);
        ("a digit is missing before the point", format!("write `{}`", excerpt(&fixed)))
    } else if digits.ends_with('.') {
        let fixed = word.trim_end_matches('.');
        ("a digit is missing after the point", format!("write `{0}` or `{0}.0`", excerpt(fixed)))
    } else {
        let label = match digits.as_bytes() {
            [b'0', b'x' | b'X', ..] => "a hexadecimal number is `0x` and digits 0-9, a-f",
            [b'0', b'o' | b'O', ..] => "an octal number is `0o` and digits 0-7",
            [b'0', b'b' | b'B', ..] => "a binary number is `0b` and digits 0 and 1",
            _ => "unquoted text can't start with a digit",
        };
        (label, format!("if it is text, put it in quotes: `\"{shown}\"`"))
    };
    SyntaxError::new(ErrorKind::BadNumber, span, message, label).help(help)
}
