//! Functions on numbers.

use super::arguments::{Arguments, Wrong};
use crate::decode::hcl::operator::{whole, whole_or_not};
use crate::nomad::form::ValueKind;

type Done = Result<ValueKind, Wrong>;

pub(super) fn abs(arguments: &Arguments<'_>) -> Done {
    match whole(arguments.kind(0)).and_then(i64::checked_abs) {
        Some(number) => Ok(ValueKind::Int(number)),
        None => Ok(whole_or_not(arguments.number(0)?.abs())),
    }
}

pub(super) fn ceil(arguments: &Arguments<'_>) -> Done {
    Ok(whole_or_not(arguments.number(0)?.ceil()))
}

pub(super) fn floor(arguments: &Arguments<'_>) -> Done {
    Ok(whole_or_not(arguments.number(0)?.floor()))
}

pub(super) fn log(arguments: &Arguments<'_>) -> Done {
    let result = arguments.number(0)?.ln() / arguments.number(1)?.ln();
    if result.is_finite() { Ok(whole_or_not(result)) } else { Err(Wrong::new(0, "this has no logarithm")) }
}

pub(super) fn max(arguments: &Arguments<'_>) -> Done {
    extreme(arguments, |number, best| number > best)
}

pub(super) fn min(arguments: &Arguments<'_>) -> Done {
    extreme(arguments, |number, best| number < best)
}

fn extreme(arguments: &Arguments<'_>, better: fn(f64, f64) -> bool) -> Done {
    let mut best = arguments.number(0)?;
    for at in 1..arguments.len() {
        let number = arguments.number(at)?;
        if better(number, best) {
            best = number;
        }
    }
    Ok(whole_or_not(best))
}

pub(super) fn parseint(arguments: &Arguments<'_>) -> Done {
    let (text, base) = (arguments.text(0)?, arguments.whole(1)?);
    let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base));
    let base = base.ok_or_else(|| Wrong::new(1, "the base is 2 to 36"))?;
    let number = i64::from_str_radix(&text, base);
    number.map(ValueKind::Int).map_err(|_| Wrong::new(0, format!("`{text}` is no whole number to the base {base}")))
}

pub(super) fn pow(arguments: &Arguments<'_>) -> Done {
    let result = arguments.number(0)?.powf(arguments.number(1)?);
    if result.is_finite() { Ok(whole_or_not(result)) } else { Err(Wrong::new(0, "the result is no number")) }
}

pub(super) fn signum(arguments: &Arguments<'_>) -> Done {
    Ok(ValueKind::Int(arguments.whole(0)?.signum()))
}

/// At most 1024 numbers, as in Nomad.
pub(super) fn range(arguments: &Arguments<'_>) -> Done {
    let first = arguments.number(0)?;
    let (start, end) = if arguments.len() == 1 { (0.0, first) } else { (first, arguments.number(1)?) };
    let step = if arguments.len() == 3 { arguments.number(2)? } else { if end < start { -1.0 } else { 1.0 } };
    if step == 0.0 {
        return Err(Wrong::new(2, "the step can't be 0"));
    }
    if (step < 0.0 && end > start) || (step > 0.0 && end < start) {
        return Err(Wrong::new(1, "the step leads away from the end"));
    }
    let mut numbers = Vec::new();
    let mut number = start;
    while if step < 0.0 { number > end } else { number < end } {
        if numbers.len() == 1024 {
            return Err(Wrong::new(1, "these are more than 1024 numbers"));
        }
        numbers.push(whole_or_not(number));
        number += step;
    }
    Ok(arguments.values(numbers))
}
