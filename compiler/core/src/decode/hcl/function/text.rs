//! Functions on texts.

use super::arguments::{Arguments, Wrong};
use crate::nomad::form::ValueKind;
use regex::Regex;
use unicode_segmentation::UnicodeSegmentation as _;

type Done = Result<ValueKind, Wrong>;

const fn done(text: String) -> Done {
    Ok(ValueKind::Str(text))
}

pub(super) fn chomp(arguments: &Arguments<'_>) -> Done {
    done(arguments.text(0)?.trim_end_matches(['\r', '\n']).to_owned())
}

pub(super) fn indent(arguments: &Arguments<'_>) -> Done {
    let spaces = usize::try_from(arguments.whole(0)?).ok().filter(|spaces| *spaces <= 1024);
    let spaces = spaces.ok_or_else(|| Wrong::new(0, "0 to 1024 spaces are possible"))?;
    done(arguments.text(1)?.replace('\n', &format!("\n{}", " ".repeat(spaces))))
}

pub(super) fn join(arguments: &Arguments<'_>) -> Done {
    let mut texts = Vec::new();
    for at in 1..arguments.len() {
        texts.append(&mut arguments.texts(at)?);
    }
    done(texts.join(&arguments.text(0)?))
}

pub(super) fn lower(arguments: &Arguments<'_>) -> Done {
    done(arguments.text(0)?.to_lowercase())
}

pub(super) fn upper(arguments: &Arguments<'_>) -> Done {
    done(arguments.text(0)?.to_uppercase())
}

/// As Go's `strings.Title`: letters behind something that is neither letter, digit, `_` nor `'`.
pub(super) fn title(arguments: &Arguments<'_>) -> Done {
    let mut out = String::new();
    let mut before = ' ';
    for c in arguments.text(0)?.chars() {
        let inside = before.is_alphanumeric() || before == '_' || !before.is_ascii() && !before.is_whitespace();
        if inside {
            out.push(c);
        } else {
            out.extend(c.to_uppercase());
        }
        before = c;
    }
    done(out)
}

pub(super) fn trim(arguments: &Arguments<'_>) -> Done {
    let set: Vec<char> = arguments.text(1)?.chars().collect();
    done(arguments.text(0)?.trim_matches(set.as_slice()).to_owned())
}

pub(super) fn trimprefix(arguments: &Arguments<'_>) -> Done {
    let (text, prefix) = (arguments.text(0)?, arguments.text(1)?);
    done(text.strip_prefix(&prefix).unwrap_or(&text).to_owned())
}

pub(super) fn trimsuffix(arguments: &Arguments<'_>) -> Done {
    let (text, suffix) = (arguments.text(0)?, arguments.text(1)?);
    done(text.strip_suffix(&suffix).unwrap_or(&text).to_owned())
}

pub(super) fn trimspace(arguments: &Arguments<'_>) -> Done {
    done(arguments.text(0)?.trim().to_owned())
}

pub(super) fn replace(arguments: &Arguments<'_>) -> Done {
    done(arguments.text(0)?.replace(&arguments.text(1)?, &arguments.text(2)?))
}

pub(super) fn regex_replace(arguments: &Arguments<'_>) -> Done {
    let pattern = arguments.text(1)?;
    let regex = Regex::new(&pattern).map_err(|_| Wrong::new(1, format!("`{pattern}` is no regular expression")))?;
    done(regex.replace_all(&arguments.text(0)?, arguments.text(2)?.as_str()).into_owned())
}

pub(super) fn split(arguments: &Arguments<'_>) -> Done {
    let (separator, text) = (arguments.text(0)?, arguments.text(1)?);
    let parts: Vec<String> = if separator.is_empty() {
        text.chars().map(String::from).collect()
    } else {
        text.split(&separator).map(str::to_owned).collect()
    };
    Ok(arguments.strings(parts))
}

pub(super) fn strlen(arguments: &Arguments<'_>) -> Done {
    Ok(ValueKind::Int(arguments.text(0)?.graphemes(true).count() as i64))
}

pub(super) fn reverse(arguments: &Arguments<'_>) -> Done {
    done(arguments.text(0)?.graphemes(true).rev().collect())
}

pub(super) fn substr(arguments: &Arguments<'_>) -> Done {
    let text = arguments.text(0)?;
    let (offset, length) = (arguments.whole(1)?, arguments.whole(2)?);
    let characters: Vec<&str> = text.graphemes(true).collect();
    let count = characters.len() as i64;
    let start = if offset < 0 { offset + count } else { offset }.clamp(0, count);
    let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
    let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end).unwrap_or(0);
    done(characters[range].concat())
}
