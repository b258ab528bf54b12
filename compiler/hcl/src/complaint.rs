//! The words of the errors: what is wrong, and what would be right.

use crate::error::{Error, ErrorKind};
use crate::tree::Name;
use hlmc_syntax::Span;

const fn mark(at: usize, length: usize) -> Span {
    Span::new(at as u32, (at + length) as u32)
}

fn unexpected(span: Span, message: impl Into<String>, label: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unexpected, span, message, label)
}

fn unclosed(span: Span, message: impl Into<String>, label: impl Into<String>) -> Error {
    Error::new(ErrorKind::Unclosed, span, message, label)
}

fn version_1(span: Span, message: impl Into<String>, label: impl Into<String>) -> Error {
    Error::new(ErrorKind::Version1, span, message, label)
}

pub(crate) fn too_large() -> Error {
    unexpected(Span::default(), "the text is larger than 4 GiB", "nothing of it has been read")
}

pub(crate) fn too_deep(span: Span, limit: usize) -> Error {
    let message = format!("this is nested more than {limit} levels deep");
    Error::new(ErrorKind::TooDeep, span, message, "the rest of the file has been skipped")
        .help("nothing in a job needs that many: look for a bracket that was pasted many times")
}

pub(crate) fn unclosed_comment(start: usize) -> Error {
    unclosed(mark(start, 2), "the comment is never closed", "`*/` is missing for this `/*`")
}

pub(crate) fn unclosed_block(name: &str, brace: Span) -> Error {
    unclosed(brace, format!("the block of `{name}` is never closed"), "`}` is missing for this `{`")
        .help("write `}` where the block ends")
}

pub(crate) fn unopened(span: Span) -> Error {
    Error::new(ErrorKind::Unclosed, span, "there is no `{` for this `}`", "no block is open here")
        .help("remove it, or write the `{` that is missing above")
}

pub(crate) fn unclosed_bracket(open: &str, close: &str, start: usize, here: Span) -> Error {
    let error = unclosed(mark(start, 1), format!("there is no `{close}` for this `{open}`"), "opened here");
    if here.is_empty() { error } else { error.secondary(here, format!("expected `{close}` before this")) }
}

pub(crate) fn unclosed_text(start: usize, end: usize) -> Error {
    unclosed(Span::new(start as u32, end as u32), "the text doesn't end on its line", "`\"` is missing").help(
        "close it with `\"`, or write a text of several lines as `<<EOF`, the lines, and `EOF` on a line of its own",
    )
}

pub(crate) fn unclosed_heredoc(opening: Span, marker: &str) -> Error {
    unclosed(opening, format!("the heredoc `{marker}` never ends"), "opened here")
        .help(format!("write `{marker}` on a line of its own, with nothing behind it"))
}

pub(crate) fn bad_heredoc(opening: Span, here: Span, marker: &str) -> Error {
    if marker.is_empty() {
        return unexpected(opening, "a heredoc needs a name behind `<<`", "no name").help("write `<<EOF`");
    }
    unexpected(opening, "the text of a heredoc starts on the next line", "expected the end of the line behind this")
        .secondary(here, "something stands here")
}

pub(crate) fn bad_sequence(start: usize, here: Span, directive: bool, inner: Option<Error>) -> Error {
    if let Some(inner) = inner.filter(|inner| inner.kind == ErrorKind::BadTemplate || inner.kind == ErrorKind::TooDeep)
    {
        return inner;
    }
    let open = if directive { "%{" } else { "${" };
    let message = format!("what `{open}` opens can't be read as an expression");
    let error = Error::new(ErrorKind::BadTemplate, mark(start, 2), message, "opened here");
    let help = format!(
        "close it with `}}`, or, where it isn't meant as an expression, such as in a shell script, write `{}{open}`",
        &open[..1]
    );
    let error = error.help(help);
    if here.is_empty() { error } else { error.secondary(here, "this doesn't fit") }
}

pub(crate) fn bad_directive(span: Span, word: &str) -> Error {
    let message = if word.is_empty() {
        "`%{` needs `if`, `else`, `endif`, `for` or `endfor`".to_owned()
    } else {
        format!("`{word}` is no directive: there are `if`, `else`, `endif`, `for` and `endfor`")
    };
    Error::new(ErrorKind::BadTemplate, span, message, "not known").help("where it is meant as text, write `%%{`")
}

pub(crate) fn stray_directive(span: Span, text: &str) -> Error {
    Error::new(ErrorKind::BadTemplate, span, format!("nothing is open that `{text}` could belong to"), "too many")
}

pub(crate) fn no_end(span: Span, word: &str, end: &str) -> Error {
    Error::new(ErrorKind::BadTemplate, span, format!("there is no `%{{ {end} }}` for this `{word}`"), "opened here")
}

pub(crate) fn template_in_label(span: Span) -> Error {
    Error::new(ErrorKind::BadTemplate, span, "a label can't have an expression in it", "has `${` or `%{`")
        .help("write the name itself; in `dynamic` blocks, `labels = […]` takes expressions")
}

pub(crate) fn bad_escape(span: Span, text: &str) -> Error {
    Error::new(ErrorKind::BadEscape, span, format!("`{text}` is no escape"), "not known")
        .help("there are `\\n`, `\\r`, `\\t`, `\\\"`, `\\\\`, `\\u` with four digits and `\\U` with eight; a backslash itself is `\\\\`")
}

pub(crate) fn bad_number(span: Span, text: &str) -> Error {
    unexpected(span, format!("`{text}` is not a number"), "starts like one")
        .help(format!("put it in quotes: \"{text}\""))
}

pub(crate) fn same_line(here: Span, byte: u8, others: bool) -> Error {
    if others {
        return version_1(
            here,
            "each attribute and each block has a line of its own",
            "only HCL 1 took several on one line",
        )
        .help("start a new line here");
    }
    let error = unexpected(here, "an attribute or a block ends with its line", "something stands behind it");
    if matches!(byte, b',' | b';') { error.help("remove it") } else { error }
}

pub(crate) fn one_line_block(head: Span, name: &str) -> Error {
    version_1(
        head,
        format!("a `{name}` that starts on the line of its `{{` has one attribute and ends there"),
        "only HCL 1 took more",
    )
    .help("write `{`, each attribute and block in it, and `}` on lines of their own")
}

pub(crate) fn assigned_block(name: Name<'_>, here: Span) -> Error {
    version_1(here, format!("the block `{}` has no `=`", name.text), "only HCL 1 allowed this")
        .help("remove it: `=` gives an attribute its value")
}

pub(crate) fn text_of_lines(span: Span) -> Error {
    version_1(span, "a text in quotes ends on its line", "only HCL 1 allowed this").help(
        "write `\\n` for a new line, or a text of several lines as `<<EOF`, the lines, and `EOF` on a line of its own",
    )
}

pub(crate) fn json(here: Span) -> Error {
    unexpected(here, "this is JSON, and hlmc reads job files in HCL", "starts a JSON document")
        .help("write it as HCL, `job \"NAME\" { … }`, or as a manifest")
}

pub(crate) fn carriage_returns(at: usize) -> Error {
    unexpected(mark(at, 1), "the lines end with a carriage return alone", "expected a line feed here")
        .help("save the file with LF, or CR and LF, at the end of its lines")
}

pub(crate) fn no_value(place: Span) -> Error {
    unexpected(place, "there is no value behind `=`", "expected a value on this line")
}

pub(crate) fn quoted_name(span: Span, name: &str, key: bool) -> Error {
    let message = format!("a name at the start of a line has no quotes: `{name}`");
    let error = version_1(span, message, "only HCL 1 allowed this");
    if key {
        error
            .help(format!("this is no plain name: write the block as a map, such as `meta = {{ \"{name}\" = \"…\" }}`"))
    } else {
        error.help(format!("write `{name}`"))
    }
}

pub(crate) fn no_name(here: Span, byte: u8) -> Error {
    let error = unexpected(here, "an attribute or a block starts with a name", "this starts no name");
    match byte {
        b'\'' => error.help("names have no quotes"),
        b'[' | b']' | b')' | b',' => error.help("look for a bracket above that is closed too early"),
        _ => error,
    }
}

pub(crate) fn neither(name: Name<'_>, labels: bool, here: Span, rest: &str) -> Error {
    if labels {
        return unexpected(here, format!("the block `{}` needs a `{{`", name.text), "expected `{` here")
            .help("write `{` on the same line");
    }
    let error = unexpected(
        name.span,
        format!("`{}` is neither an attribute nor a block", name.text),
        "expected `=` or `{` behind it",
    );
    match rest.chars().next() {
        Some(':') => error.help(format!("write `{} = …`", name.text)),
        Some('“' | '”' | '„' | '‘' | '’') => error.help("texts stand in straight double quotes: \"…\""),
        _ => error,
    }
}

pub(crate) fn no_expression(here: Span, rest: &str) -> Error {
    let error = unexpected(here, "a value is missing", "expected a value here");
    match rest.as_bytes().first() {
        Some(b'\'') => error.help("texts stand in double quotes: \"…\""),
        Some(b'`') => error.help("texts stand in double quotes, those of several lines in a heredoc: `<<EOF`"),
        Some(b'.') => error.help("a number starts with a digit: `0.5`"),
        _ if rest.starts_with(['“', '”', '„', '‘', '’']) => {
            error.help("texts stand in straight double quotes: \"…\"")
        }
        _ => error,
    }
}

pub(crate) fn no_colon(here: Span, condition: Span) -> Error {
    unexpected(here, "a choice needs `:` and what holds otherwise", "expected `:` here")
        .secondary(condition, "the condition")
        .help("write `condition ? this : that`")
}

pub(crate) fn no_step(here: Span) -> Error {
    unexpected(here, "a name is missing behind the `.`", "expected a name")
}

pub(crate) fn no_comma(here: Span) -> Error {
    unexpected(here, "the elements of a list stand with commas between them", "expected `,` or `]` before this")
}

pub(crate) fn no_comma_or_line(here: Span) -> Error {
    unexpected(
        here,
        "the entries of a map stand on lines of their own, or with commas between them",
        "expected `,` before this",
    )
}

pub(crate) fn no_equals(here: Span, block: bool) -> Error {
    let error = unexpected(here, "an entry of a map is written `key = value`", "expected `=` here");
    if block {
        error.help("in a map, write `name = { … }`; a block is written without the `=` before the outer `{`")
    } else {
        error
    }
}

pub(crate) fn no_for_name(here: Span) -> Error {
    unexpected(here, "`for` needs a name for each element", "expected a name").help("write `[for element in list : …]`")
}

pub(crate) fn expected(what: &str, place: &str, here: Span) -> Error {
    unexpected(here, format!("{what} is missing {place}"), format!("expected {what} here"))
}
