//! Functions on points in time, written as RFC 3339 has them: `2026-11-21T15:04:05Z`.

use super::arguments::{Arguments, Wrong};
use crate::decode::units::nanoseconds;
use crate::nomad::form::ValueKind;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Zoned, fmt::temporal::Pieces, tz::TimeZone};
use std::fmt::Write as _;

type Done = Result<ValueKind, Wrong>;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn time(arguments: &Arguments<'_>, at: usize) -> Result<Zoned, Wrong> {
    let text = arguments.text(at)?;
    let wrong = || Wrong::new(at, format!("`{text}` is no time such as `2026-11-21T15:04:05Z`"));
    let pieces = Pieces::parse(&text).map_err(|_| wrong())?;
    let offset = pieces.to_numeric_offset().ok_or_else(wrong)?;
    let civil = pieces.date().to_datetime(pieces.time().ok_or_else(wrong)?);
    offset.to_timestamp(civil).map(|time| time.to_zoned(TimeZone::fixed(offset))).map_err(|_| wrong())
}

pub(super) fn timeadd(arguments: &Arguments<'_>) -> Done {
    let time = time(arguments, 0)?;
    let duration = arguments.text(1)?;
    let wrong = || Wrong::new(1, format!("`{duration}` is no time such as `1h30m`"));
    let nanos = nanoseconds(&duration).map_err(|_| wrong())?;
    let later = time.checked_add(SignedDuration::from_nanos(nanos)).map_err(|_| wrong())?;
    let text = later.strftime("%Y-%m-%dT%H:%M:%S").to_string();
    Ok(ValueKind::Str(text + &offset(&later, true, true)))
}

/// `Z` or `+02:00`; without `short`, `Z` is `+00:00`.
fn offset(time: &Zoned, colon: bool, short: bool) -> String {
    let seconds = time.offset().seconds();
    if seconds == 0 && short {
        return "Z".to_owned();
    }
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
    let colon = if colon { ":" } else { "" };
    format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
}

pub(super) fn formatdate(arguments: &Arguments<'_>) -> Done {
    let (pattern, time) = (arguments.text(0)?, time(arguments, 1)?);
    let mut out = String::new();
    let mut rest = pattern.as_str();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            rest = literal(rest, &mut out)?;
        } else if first.is_ascii_alphabetic() {
            let length = rest.bytes().take_while(|byte| char::from(*byte) == first).count();
            verb(&rest[..length], &time, &mut out)?;
            rest = &rest[length..];
        } else {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    Ok(ValueKind::Str(out))
}

/// A text in single quotes, in which two stand for one.
fn literal<'t>(text: &'t str, out: &mut String) -> Result<&'t str, Wrong> {
    if let Some(rest) = text.strip_prefix("''") {
        out.push('\'');
        return Ok(rest);
    }
    let mut rest = &text[1..];
    loop {
        let end = rest.find('\'').ok_or_else(|| Wrong::new(0, "a `'` is never closed"))?;
        out.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(more) => {
                out.push('\'');
                rest = more;
            }
            None => return Ok(rest),
        }
    }
}

fn verb(verb: &str, time: &Zoned, out: &mut String) -> Result<(), Wrong> {
    let month = MONTHS[usize::try_from(time.month() - 1).unwrap_or(0) % 12];
    let day = weekday(time.weekday());
    let hour = time.hour();
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let done = match verb {
        "YY" => write!(out, "{:02}", time.year() % 100),
        "YYYY" => write!(out, "{:04}", time.year()),
        "M" => write!(out, "{}", time.month()),
        "MM" => write!(out, "{:02}", time.month()),
        "MMM" => write!(out, "{}", &month[..3]),
        "MMMM" => write!(out, "{month}"),
        "D" => write!(out, "{}", time.day()),
        "DD" => write!(out, "{:02}", time.day()),
        "EEE" => write!(out, "{}", &day[..3]),
        "EEEE" => write!(out, "{day}"),
        "h" => write!(out, "{hour}"),
        "hh" => write!(out, "{hour:02}"),
        "H" => write!(out, "{twelve}"),
        "HH" => write!(out, "{twelve:02}"),
        "AA" => write!(out, "{}", if hour < 12 { "AM" } else { "PM" }),
        "aa" => write!(out, "{}", if hour < 12 { "am" } else { "pm" }),
        "m" => write!(out, "{}", time.minute()),
        "mm" => write!(out, "{:02}", time.minute()),
        "s" => write!(out, "{}", time.second()),
        "ss" => write!(out, "{:02}", time.second()),
        "Z" => write!(out, "{}", offset(time, true, true)),
        "ZZZ" if time.offset().seconds() == 0 => write!(out, "UTC"),
        "ZZZ" | "ZZZZ" => write!(out, "{}", offset(time, false, false)),
        "ZZZZZ" => write!(out, "{}", offset(time, true, false)),
        other => {
            return Err(Wrong::new(
                0,
                format!("`{other}` stands for no part of a time: put plain letters in single quotes"),
            ));
        }
    };
    let _ = done; // a String takes everything
    Ok(())
}

const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
