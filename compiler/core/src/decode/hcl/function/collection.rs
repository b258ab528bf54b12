//! Functions on lists, sets and maps.

use super::arguments::{Arguments, Wrong};
use crate::decode::hcl::convert::unique;
use crate::decode::hcl::operator::{equal, name};
use crate::nomad::form::{Value, ValueKind};
use crate::source::Spanned;

type Done = Result<ValueKind, Wrong>;

/// Larger results than this are mistakes.
const LIMIT: usize = 100_000;

const fn list(values: Vec<Value>) -> Done {
    Ok(ValueKind::List(values))
}

pub(super) fn chunklist(arguments: &Arguments<'_>) -> Done {
    let values = arguments.list(0)?;
    let size = usize::try_from(arguments.whole(1)?).map_err(|_| Wrong::new(1, "the size can't be below 0"))?;
    if values.is_empty() {
        return list(Vec::new());
    }
    let chunks = values.chunks(if size == 0 { values.len() } else { size });
    Ok(arguments.values(chunks.map(|chunk| ValueKind::List(chunk.to_vec()))))
}

/// The first value that is neither null nor an empty text.
pub(super) fn coalesce(arguments: &Arguments<'_>) -> Done {
    let is_text = arguments.values.iter().any(|value| matches!(value.kind, ValueKind::Str(_)));
    let found = arguments.values.iter().map(|value| &value.kind).find(|kind| **kind != ValueKind::Null);
    match found {
        Some(kind) if is_text => {
            kind.to_text().map(ValueKind::Str).ok_or_else(|| Wrong::new(0, "the values have different types"))
        }
        Some(kind) => Ok(kind.clone()),
        None => Err(Wrong::new(0, "all values are null")),
    }
}

pub(super) fn coalescelist(arguments: &Arguments<'_>) -> Done {
    for at in 0..arguments.len() {
        if *arguments.kind(at) != ValueKind::Null && !arguments.list(at)?.is_empty() {
            return Ok(arguments.kind(at).clone());
        }
    }
    Err(Wrong::new(0, "all lists are empty"))
}

pub(super) fn compact(arguments: &Arguments<'_>) -> Done {
    let kept = |value: &&Value| !matches!(&value.kind, ValueKind::Null) && value.kind.to_text().as_deref() != Some("");
    list(arguments.list(0)?.iter().filter(kept).cloned().collect())
}

pub(super) fn concat(arguments: &Arguments<'_>) -> Done {
    let mut all = Vec::new();
    for at in 0..arguments.len() {
        all.extend_from_slice(arguments.list(at)?);
    }
    list(all)
}

pub(super) fn contains(arguments: &Arguments<'_>) -> Done {
    let wanted = arguments.kind(1);
    Ok(ValueKind::Bool(arguments.list(0)?.iter().any(|value| equal(&value.kind, wanted))))
}

pub(super) fn distinct(arguments: &Arguments<'_>) -> Done {
    let mut kept: Vec<Value> = Vec::new();
    for value in arguments.list(0)? {
        if !kept.iter().any(|known| equal(&known.kind, &value.kind)) {
            kept.push(value.clone());
        }
    }
    list(kept)
}

pub(super) fn element(arguments: &Arguments<'_>) -> Done {
    let (values, at) = (arguments.list(0)?, arguments.whole(1)?);
    if values.is_empty() {
        return Err(Wrong::new(0, "the list is empty"));
    }
    let at = usize::try_from(at.rem_euclid(values.len() as i64)).unwrap_or(0);
    Ok(values[at].kind.clone())
}

pub(super) fn flatten(arguments: &Arguments<'_>) -> Done {
    let mut flat = Vec::new();
    let mut open: Vec<std::slice::Iter<'_, Value>> = vec![arguments.list(0)?.iter()];
    while let Some(values) = open.last_mut() {
        match values.next() {
            Some(Value { kind: ValueKind::List(inner), .. }) => open.push(inner.iter()),
            Some(value) => flat.push(value.clone()),
            None => {
                open.pop();
            }
        }
    }
    list(flat)
}

pub(super) fn index(arguments: &Arguments<'_>) -> Done {
    match arguments.kind(0) {
        ValueKind::List(values) => {
            let found = usize::try_from(arguments.whole(1)?).ok().and_then(|at| values.get(at));
            found.map(|value| value.kind.clone()).ok_or_else(|| Wrong::new(1, "the list has no such element"))
        }
        _ => get(arguments)?.ok_or_else(|| Wrong::new(1, "the map has no such key")),
    }
}

fn get(arguments: &Arguments<'_>) -> Result<Option<ValueKind>, Wrong> {
    let key = arguments.text(1)?;
    let found = arguments.map(0)?.iter().find(|(known, _)| known.value == key);
    Ok(found.map(|(_, value)| value.kind.clone()))
}

pub(super) fn lookup(arguments: &Arguments<'_>) -> Done {
    Ok(get(arguments)?.unwrap_or_else(|| arguments.kind(2).clone()))
}

pub(super) fn keys(arguments: &Arguments<'_>) -> Done {
    Ok(arguments.strings(arguments.sorted(0)?.into_iter().map(|(key, _)| key.value.clone())))
}

pub(super) fn values(arguments: &Arguments<'_>) -> Done {
    list(arguments.sorted(0)?.into_iter().map(|(_, value)| value.clone()).collect())
}

pub(super) fn length(arguments: &Arguments<'_>) -> Done {
    let length = match arguments.kind(0) {
        ValueKind::List(values) => values.len(),
        ValueKind::Map(map) => map.len(),
        other => return Err(Wrong::new(0, format!("a list or a map is needed here, and this is {}", name(other)))),
    };
    Ok(ValueKind::Int(length as i64))
}

pub(super) fn merge(arguments: &Arguments<'_>) -> Done {
    let mut merged: Vec<(Spanned<String>, Value)> = Vec::new();
    for at in 0..arguments.len() {
        if *arguments.kind(at) == ValueKind::Null {
            continue;
        }
        for (key, value) in arguments.map(at)? {
            match merged.iter_mut().find(|(known, _)| known.value == key.value) {
                Some(entry) => entry.1 = value.clone(),
                None => merged.push((key.clone(), value.clone())),
            }
        }
    }
    Ok(ValueKind::Map(merged))
}

pub(super) fn setintersection(arguments: &Arguments<'_>) -> Done {
    let mut kept = arguments.list(0)?.to_vec();
    for at in 1..arguments.len() {
        let other = arguments.list(at)?;
        kept.retain(|value| other.iter().any(|known| equal(&known.kind, &value.kind)));
    }
    list(unique(kept))
}

pub(super) fn setunion(arguments: &Arguments<'_>) -> Done {
    let mut all = Vec::new();
    for at in 0..arguments.len() {
        all.extend_from_slice(arguments.list(at)?);
    }
    list(unique(all))
}

pub(super) fn setproduct(arguments: &Arguments<'_>) -> Done {
    let mut rows: Vec<Vec<Value>> = vec![Vec::new()];
    for at in 0..arguments.len() {
        let values = arguments.list(at)?;
        if rows.len().saturating_mul(values.len()) > LIMIT {
            return Err(Wrong::new(at, format!("these are more than {LIMIT} combinations")));
        }
        rows = rows
            .iter()
            .flat_map(|row| values.iter().map(move |value| [row.as_slice(), std::slice::from_ref(value)].concat()))
            .collect();
    }
    Ok(arguments.values(rows.into_iter().map(ValueKind::List)))
}

pub(super) fn slice(arguments: &Arguments<'_>) -> Done {
    let values = arguments.list(0)?;
    let place = |at: usize| {
        let index = usize::try_from(arguments.whole(at)?).ok().filter(|index| *index <= values.len());
        index.ok_or_else(|| Wrong::new(at, format!("this is no place in a list of {}", values.len())))
    };
    let (start, end) = (place(1)?, place(2)?);
    match values.get(start..end) {
        Some(part) => list(part.to_vec()),
        None => Err(Wrong::new(1, "the start can't be behind the end")),
    }
}

pub(super) fn sort(arguments: &Arguments<'_>) -> Done {
    let mut texts = arguments.texts(0)?;
    texts.sort();
    Ok(arguments.strings(texts))
}

pub(super) fn zipmap(arguments: &Arguments<'_>) -> Done {
    let (keys, values) = (arguments.texts(0)?, arguments.list(1)?);
    if keys.len() != values.len() {
        return Err(Wrong::new(1, format!("there are {} keys and {} values", keys.len(), values.len())));
    }
    let mut map: Vec<(Spanned<String>, Value)> = Vec::new();
    for (key, value) in keys.into_iter().zip(values) {
        match map.iter_mut().find(|(known, _)| known.value == key) {
            Some(entry) => entry.1 = value.clone(),
            None => map.push((Spanned::new(key, value.span), value.clone())),
        }
    }
    Ok(ValueKind::Map(map))
}
