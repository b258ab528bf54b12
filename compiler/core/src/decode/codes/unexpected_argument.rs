//! Something behind a name that takes no such thing.

use crate::decode::scope::Scope;
use crate::diagnostic::{Diagnostic, Label, code, nearest};
use crate::nomad::schema::Type;
use crate::source::Span;

code!(Error, "unexpected-argument", "unexpected_argument.md", "something behind a name that takes no such thing");

/// A value behind a block's labels that isn't the name of a truth value; `given` says what the block has anyway.
pub(in crate::decode) fn unexpected_argument(
    block: &str,
    text: Option<&str>,
    written: &str,
    scope: &Scope,
    given: impl Fn(&str) -> bool,
    span: Span,
) -> Diagnostic {
    let message = format!("`{block}` doesn't take `{written}` here");
    let diagnostic = Diagnostic::new(&CODE, message, span, "not expected");
    if scope.open.is_some() && scope.ty.labels.is_empty() {
        return diagnostic.help(format!("write `{block} NAME=\"value\"`, or a line for each between braces"));
    }
    if text == Some(written) && scope.takes_value(written) {
        return in_braces(diagnostic, scope, written);
    }
    let flags = scope.attributes().filter(|it| it.ty == Type::Bool).map(|it| it.name);
    if let Some(near) = text.and_then(|text| nearest(text, flags)) {
        return diagnostic.help(format!("did you mean `{near}`?")).fix(span, near);
    }
    if scope.open.is_some() && text.is_some_and(|text| !text.contains(char::is_whitespace)) {
        return diagnostic.help(format!("a `{block}` has names with values: `{block} NAME={written}`"));
    }
    let fits = |ty| match text {
        Some(_) => matches!(ty, Type::Str | Type::Strings),
        None => matches!(ty, Type::Int | Type::Ints),
    };
    let allowed = |of: &[&str]| of.is_empty() || text.is_some_and(|text| of.contains(&text));
    let takers: Vec<_> =
        scope.attributes().filter(|it| fits(it.ty) && it.life.is_read() && allowed(it.one_of)).collect();
    if let [needed] = takers.iter().filter(|it| it.required && !given(it.name)).collect::<Vec<_>>()[..] {
        let right = format!("{}={written}", needed.name);
        return diagnostic.help(format!("say what it is: `{right}`")).fix(span, right);
    }
    let say: Vec<String> = takers.iter().take(4).map(|it| format!("`{}={written}`", it.name)).collect();
    diagnostic.help(if say.is_empty() { "remove it".to_owned() } else { format!("say what it is: {}", say.join(", ")) })
}

/// A name of something that stands in the block, and not behind its name.
fn in_braces(diagnostic: Diagnostic, scope: &Scope, name: &str) -> Diagnostic {
    let block = scope.ty.name;
    let (label, help) = match scope.attribute(name).filter(|it| !it.ty.is_list()) {
        Some(_) => ("a `=` is missing behind it", format!("write `{name}=…`, or a line `{name} …` in braces")),
        None => ("a `{` is missing before it", format!("put it in braces: `{block} … {{ {name} … }}`")),
    };
    let primary = Label { text: label.to_owned(), ..diagnostic.primary };
    Diagnostic { primary, ..diagnostic }.help(help)
}

/// A value behind a property that takes a list: `users="anna" "tom"`.
pub(crate) fn behind_a_list(list: &str, written: &str, span: Span) -> Diagnostic {
    let message = format!("a property has one value, so `{written}` isn't one of `{list}`");
    Diagnostic::new(&CODE, message, span, "not expected")
        .help(format!("write the list on a line of its own inside the braces: `{list} \"…\" {written}`"))
}

/// More values than one behind a name that takes one.
pub(crate) fn second_value(name: &str, span: Span) -> Diagnostic {
    let help =
        if name == "command" { "the program alone is the `command`; put the rest into `args`" } else { "remove it" };
    Diagnostic::new(&CODE, format!("`{name}` takes one value"), span, "this is one more").help(help)
}

/// A property behind a name that takes a plain value.
pub(crate) fn unexpected_property(name: &str, key: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{name}` takes a value, no properties such as `{key}`"), span, "not expected")
        .help(format!("write `{key}` on a line of its own, or behind the block that it belongs to"))
}

/// Braces behind a name that takes a plain value.
pub(crate) fn unexpected_block(name: &str, has_value: bool, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::new(&CODE, format!("`{name}` takes a value, no block"), span, "not expected");
    diagnostic.help(if has_value {
        "remove the braces".to_owned()
    } else {
        format!("write the value behind the name: `{name} …`")
    })
}

/// A named child in a list, whose elements are all called `-`.
pub(crate) fn named_element(list: &str, name: &str, span: Span) -> Diagnostic {
    Diagnostic::new(&CODE, format!("`{list}` is a list, and `{name}` is none of its elements"), span, "not an element")
        .help("write `-` in place of a name for each element: `- \"value\"`")
}

/// A label more than a block of a job file has.
pub(crate) fn unexpected_label(block: &str, count: usize, text: &str, span: Span) -> Diagnostic {
    let takes = match count {
        0 => "no label".to_owned(),
        1 => "one label".to_owned(),
        count => format!("{count} labels"),
    };
    Diagnostic::new(&CODE, format!("`{block}` takes {takes}, and `{text}` is one more"), span, "one too many")
        .help("remove it")
}
