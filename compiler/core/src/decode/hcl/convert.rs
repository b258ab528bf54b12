//! Types that files write, such as `list(object({ name = string }))`, and how values become them.

use super::codes::bad_expression::bad_expression;
use super::eval::Evaluator;
use super::operator;
use crate::nomad::form::{Value, ValueKind};
use crate::source::Spanned;
use hlmc_hcl::{Entry, Expr, ExprKind, Key};

/// A type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Any,
    Str,
    Number,
    Bool,
    List(Box<Self>),
    /// A list without order: sorted, and each element once.
    Set(Box<Self>),
    Map(Box<Self>),
    Tuple(Vec<Self>),
    Object(Vec<Field>),
}

/// A name of an object.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    name: String,
    shape: Shape,
    /// Whether it may be left out; then it is this, or null.
    optional: Option<Option<Value>>,
}

impl Shape {
    /// Reads a type; nothing once what is wrong with it is reported.
    pub(super) fn read(expr: &Expr<'_>, evaluator: &mut Evaluator<'_>) -> Option<Self> {
        if let Some(text) = expr.as_text() {
            // Quoted types are from the first version of the language.
            if let Some(shape) = Self::named(&text) {
                return Some(shape);
            }
        }
        match &expr.kind {
            ExprKind::Variable(name) if Self::named(name).is_some() => Self::named(name),
            ExprKind::Call { name, arguments, .. } => match (name.text, arguments.as_slice()) {
                ("list", [of]) => Some(Self::List(Box::new(Self::read(of, evaluator)?))),
                ("set", [of]) => Some(Self::Set(Box::new(Self::read(of, evaluator)?))),
                ("map", [of]) => Some(Self::Map(Box::new(Self::read(of, evaluator)?))),
                ("tuple", [Expr { kind: ExprKind::Tuple(list), .. }]) => {
                    list.iter().map(|of| Self::read(of, evaluator)).collect::<Option<_>>().map(Self::Tuple)
                }
                ("object", [Expr { kind: ExprKind::Object(entries), .. }]) => {
                    entries.iter().map(|entry| field(entry, evaluator)).collect::<Option<_>>().map(Self::Object)
                }
                _ => Self::unknown(expr, evaluator),
            },
            _ => Self::unknown(expr, evaluator),
        }
    }

    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "string" => Self::Str,
            "number" => Self::Number,
            "bool" => Self::Bool,
            "any" => Self::Any,
            "list" => Self::List(Box::new(Self::Any)),
            "map" => Self::Map(Box::new(Self::Any)),
            _ => return None,
        })
    }

    fn unknown(expr: &Expr<'_>, evaluator: &mut Evaluator<'_>) -> Option<Self> {
        let help = "there are `string`, `number`, `bool`, `any`, `list(…)`, `set(…)`, `map(…)`, `tuple([…])` and `object({…})`";
        evaluator.sink.push(bad_expression("this is no type", evaluator.span(expr.span)).help(help));
        None
    }
}

fn field(entry: &Entry<'_>, evaluator: &mut Evaluator<'_>) -> Option<Field> {
    let name = match &entry.key {
        Key::Name(name) => name.text.to_owned(),
        Key::Expr(expr) => expr.as_text()?.into_owned(),
    };
    if let ExprKind::Call { name: call, arguments, .. } = &entry.value.kind
        && call.text == "optional"
        && let [shape, default @ ..] = arguments.as_slice()
    {
        let shape = Shape::read(shape, evaluator)?;
        let default = match default.first() {
            Some(default) => Some(evaluator.eval(default)?),
            None => None,
        };
        return Some(Field { name, shape, optional: Some(default) });
    }
    Some(Field { name, shape: Shape::read(&entry.value, evaluator)?, optional: None })
}

/// A value as another type; what is wrong, with its place, otherwise.
pub(super) fn to(value: Value, shape: &Shape) -> Result<Value, Spanned<String>> {
    let span = value.span;
    let kind = match (shape, value.kind) {
        (Shape::Any, kind) | (_, kind @ ValueKind::Null) => kind,
        (Shape::Str, kind) => match kind.to_text() {
            Some(text) => ValueKind::Str(text),
            None => return Err(wrong("a text", &kind, span)),
        },
        (Shape::Number, kind @ (ValueKind::Int(_) | ValueKind::Float(_))) => kind,
        (Shape::Number, ValueKind::Str(text)) => match operator::numeric(&text) {
            Some(_) => operator::number(&text),
            None => return Err(wrong("a number", &ValueKind::Str(text), span)),
        },
        (Shape::Bool, kind @ ValueKind::Bool(_)) => kind,
        (Shape::Bool, ValueKind::Str(text)) if text == "true" || text == "false" => ValueKind::Bool(text == "true"),
        (Shape::List(of), ValueKind::List(list)) => ValueKind::List(each(list, of)?),
        (Shape::Set(of), ValueKind::List(list)) => ValueKind::List(unique(each(list, of)?)),
        (Shape::Tuple(of), ValueKind::List(list)) if of.len() == list.len() => {
            ValueKind::List(list.into_iter().zip(of).map(|(value, of)| to(value, of)).collect::<Result<_, _>>()?)
        }
        (Shape::Map(of), ValueKind::Map(map)) => ValueKind::Map(
            map.into_iter().map(|(key, value)| Ok((key, to(value, of)?))).collect::<Result<_, Spanned<String>>>()?,
        ),
        (Shape::Object(fields), ValueKind::Map(map)) => ValueKind::Map(object(map, fields, span)?),
        (_, kind) => return Err(wrong(expected(shape), &kind, span)),
    };
    Ok(Value { kind, span })
}

fn each(list: Vec<Value>, of: &Shape) -> Result<Vec<Value>, Spanned<String>> {
    list.into_iter().map(|value| to(value, of)).collect()
}

/// The elements in order, each once: what a set is.
pub(super) fn unique(mut list: Vec<Value>) -> Vec<Value> {
    list.sort_by(|a, b| order(&a.kind, &b.kind));
    list.dedup_by(|a, b| operator::equal(&a.kind, &b.kind));
    list
}

/// Numbers by size, texts by their bytes, others as they are.
fn order(a: &ValueKind, b: &ValueKind) -> std::cmp::Ordering {
    match (a, b) {
        (ValueKind::Str(a), ValueKind::Str(b)) => a.cmp(b),
        (ValueKind::Bool(a), ValueKind::Bool(b)) => a.cmp(b),
        _ => match (operator::float(a), operator::float(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => std::cmp::Ordering::Equal,
        },
    }
}

type Entries = Vec<(Spanned<String>, Value)>;

fn object(mut map: Entries, fields: &[Field], span: crate::source::Span) -> Result<Entries, Spanned<String>> {
    let mut out = Vec::with_capacity(fields.len());
    for field in fields {
        let found = map.iter().position(|(key, _)| key.value == field.name);
        out.push(match (found, &field.optional) {
            (Some(at), _) => {
                let (key, value) = map.swap_remove(at);
                (key, to(value, &field.shape)?)
            }
            (None, Some(default)) => {
                let null = Value { kind: ValueKind::Null, span };
                (Spanned::new(field.name.clone(), span), default.clone().unwrap_or(null))
            }
            (None, None) => return Err(Spanned::new(format!("`{}` is missing here", field.name), span)),
        });
    }
    Ok(out)
}

fn wrong(expected: &str, found: &ValueKind, span: crate::source::Span) -> Spanned<String> {
    Spanned::new(format!("{expected} is needed here, and this is {}", operator::name(found)), span)
}

const fn expected(shape: &Shape) -> &'static str {
    match shape {
        Shape::Any => "a value",
        Shape::Str => "a text",
        Shape::Number => "a number",
        Shape::Bool => "a truth value",
        Shape::List(_) | Shape::Set(_) => "a list",
        Shape::Tuple(_) => "a list of that length",
        Shape::Map(_) | Shape::Object(_) => "a map",
    }
}
