//! The words of the errors: what is wrong, and what would be right.

use crate::error::{ErrorKind, SyntaxError, excerpt};
use crate::lexer::KEYWORDS;
use crate::span::Span;
use crate::token::{Note, Token, TokenKind};

fn error(kind: ErrorKind, span: Span, message: impl Into<String>, label: impl Into<String>) -> SyntaxError {
    SyntaxError::new(kind, span, message, label)
}

/// What some take for quotation marks.
const QUOTES: [char; 6] = ['\'', '‘', '’', '“', '”', '„'];

/// Returns the text in quotes as KDL would write it.
fn quoted(text: &str) -> String {
    let bare = text.trim_matches(QUOTES);
    let bare = if bare.is_empty() { text } else { bare };
    let shown = excerpt(bare);
    if shown.contains(['\\', '"']) { format!("#\"{shown}\"#") } else { format!("\"{shown}\"") }
}

pub(crate) fn too_large() -> SyntaxError {
    error(ErrorKind::UnexpectedToken, Span::default(), "the text is larger than 4 GiB", "nothing of it has been read")
}

pub(crate) fn forbidden(at: u32, char: char) -> SyntaxError {
    let span = Span::new(at, at + char.len_utf8() as u32);
    let number = char as u32;
    let name = match char {
        '\u{FEFF}' => "a byte order mark",
        '\u{200E}'..='\u{2069}' => "an invisible mark that changes the direction of writing",
        _ => "a control character",
    };
    let message = format!("the character U+{number:04X} may not appear in a file");
    error(ErrorKind::ForbiddenCharacter, span, message, name)
        .help(format!("remove it, or write `\\u{{{number:x}}}` if it belongs in a string"))
}

/// Tells whether a string or comment without an end has swallowed the rest of the text.
pub(crate) fn swallowed(text: &str, last: Option<&Token>) -> Option<SyntaxError> {
    let token = last.filter(|token| token.note == Note::Unclosed)?;
    let start = token.span.start;
    match token.kind {
        TokenKind::BlockComment => Some(
            error(
                ErrorKind::UnclosedComment,
                Span::new(start, start + 2),
                "the comment is never closed",
                "`*/` is missing for this `/*`",
            )
            .help("comments nest: every `/*` in a comment needs a `*/` of its own"),
        ),
        TokenKind::MultilineString | TokenKind::MultilineRawString => {
            let token_text = token.span.of(text);
            let hashes = token_text.bytes().take_while(|&byte| byte == b'#').count();
            let marks = "#".repeat(hashes.min(8));
            let open = Span::new(start, start + hashes as u32 + 3);
            Some(
                error(
                    ErrorKind::UnclosedString,
                    open,
                    "the string of several lines is never closed",
                    format!("`\"\"\"{marks}` is missing for this `{marks}\"\"\"`"),
                )
                .help(format!("close it with `\"\"\"{marks}` on a line of its own")),
            )
        }
        _ => None,
    }
}

pub(crate) fn unclosed_block(name: &str, brace: Span) -> SyntaxError {
    error(
        ErrorKind::UnclosedBlock,
        brace,
        format!("the block of `{name}` is never closed"),
        "`}` is missing for this `{`",
    )
    .help("write `}` where the block ends")
}

pub(crate) fn unopened_block(brace: Span, inside: bool) -> SyntaxError {
    let label = if inside { "by its indentation, this one is too many" } else { "no block is open here" };
    error(ErrorKind::UnopenedBlock, brace, "there is no `{` for this `}`", label)
        .help("remove it, or write the `{` that is missing above")
}

pub(crate) fn too_deep(brace: Span, limit: usize) -> SyntaxError {
    error(
        ErrorKind::NestingTooDeep,
        brace,
        format!("blocks are nested more than {limit} levels deep"),
        "this block and everything in it has been skipped",
    )
    .help("nothing in a manifest needs that many: look for a `{` that was pasted many times")
}

pub(crate) fn second_block(brace: Span, first: Span) -> SyntaxError {
    error(ErrorKind::UnexpectedToken, brace, "a node has only one block", "a second block")
        .secondary(Span::new(first.start, first.start + 1), "the first one")
        .help("put everything into one block, or start the second node on a new line")
}

pub(crate) fn brace_on_next_line(name: &str, brace: Span, place: Span) -> SyntaxError {
    error(
        ErrorKind::UnexpectedToken,
        brace,
        format!("the `{{` of `{name}` has to stand on the same line"),
        "starts a line",
    )
    .secondary(place, "the node ended with its line")
    .help("move the `{` to the end of the line before")
}

pub(crate) fn nameless_block(brace: Span) -> SyntaxError {
    error(ErrorKind::UnexpectedToken, brace, "a block needs a node's name before it", "expected a name")
        .help("write the name before the `{`, on the same line")
}

pub(crate) fn entry_after_block(span: Span, block: Span) -> SyntaxError {
    let complaint =
        error(ErrorKind::UnexpectedToken, span, "nothing can follow a node's block", "expected the end of the line")
            .help("put arguments and properties before the block, or start a new line for the next node");
    if block.is_empty() {
        complaint
    } else {
        complaint.secondary(Span::new(block.end - 1, block.end), "the block ends here")
    }
}

pub(crate) fn nothing_to_comment_out(span: Span) -> SyntaxError {
    error(
        ErrorKind::UnexpectedToken,
        span,
        "there is nothing for `/-` to comment out",
        "expected a node, an argument, a property or a block after this",
    )
    .help("remove it, or write it right before what should be left out")
}

pub(crate) fn unexpected(text: &str, token: Token) -> SyntaxError {
    let shown = excerpt(token.span.of(text));
    let (message, help) = match token.kind {
        TokenKind::Semicolon => ("there is no node for this `;` to end".to_owned(), "remove it"),
        TokenKind::CloseParen => {
            ("there is no `(` for this `)`".to_owned(), "text with a parenthesis in it needs quotes")
        }
        TokenKind::Equals => ("a line can't start with `=`".to_owned(), "a line starts with a node's name"),
        TokenKind::Slashdash => ("one `/-` comments out only one thing".to_owned(), "write one `/-` before each"),
        _ => (format!("`{shown}` can't stand here"), "remove it"),
    };
    error(ErrorKind::UnexpectedToken, token.span, message, "not expected here").help(help)
}

/// `rest` is the text after the `=`.
pub(crate) fn assignment(name: &str, rest: &str, span: Span) -> SyntaxError {
    let name = excerpt(name);
    let line = rest.lines().next().unwrap_or_default();
    let end = match line.strip_prefix('"') {
        Some(inner) => inner.find('"').map_or(line.len(), |at| at + 2),
        None => line.find([' ', '\t', ';', ',']).unwrap_or(line.len()),
    };
    let help = match &line[..end] {
        "" => format!("write `{name}` and the value, with a space between them"),
        list if list.starts_with('[') => {
            format!("write `{name}` and the values, separated by spaces, without brackets")
        }
        value if !value.starts_with(['"', '#']) && value.contains(['/', '\\', '#', '[']) => {
            format!("write `{name} {}`", quoted(value))
        }
        value => format!("write `{name} {}`", excerpt(value)),
    };
    let message = format!("`{name}` takes its value without `=`");
    error(ErrorKind::UnexpectedToken, span, message, "not needed").help(help)
}

pub(crate) fn stray_equals(span: Span) -> SyntaxError {
    error(ErrorKind::UnexpectedToken, span, "only a name can stand before `=`", "no name before this")
        .help("a property is written `name=value`; a name that looks like a number needs quotes")
}

pub(crate) fn comma(span: Span) -> SyntaxError {
    error(ErrorKind::UnexpectedToken, span, "values are separated by spaces, not by commas", "not needed")
        .help("remove the comma")
}

pub(crate) fn colon(span: Span) -> SyntaxError {
    error(
        ErrorKind::UnexpectedToken,
        span,
        "a name and its value are separated by a space, not by a colon",
        "not needed",
    )
    .help("remove the colon")
}

pub(crate) fn missing_space(text: &str, token: Token) -> SyntaxError {
    let shown = excerpt(token.span.of(text));
    let start = token.span.start;
    error(
        ErrorKind::UnexpectedToken,
        Span::new(start, start + shown.trim_end_matches('…').len() as u32),
        format!("a space is missing before `{shown}`"),
        "starts right after the one before",
    )
    .help("separate them by a space; if it is one text, put it in quotes as a whole")
}

pub(crate) fn property_without_value(key: &str, equals: Span) -> SyntaxError {
    let key = excerpt(key);
    error(
        ErrorKind::UnexpectedToken,
        equals,
        format!("the property `{key}` has no value"),
        "expected a value after this",
    )
    .help(format!("an empty text is `{key}=\"\"`, nothing at all is `{key}=#null`"))
}

pub(crate) fn annotation_alone(text: &str, span: Span, what: &str) -> SyntaxError {
    let shown = span.of(text).trim_end();
    let span = Span::new(span.start, span.start + shown.len() as u32);
    error(
        ErrorKind::UnexpectedToken,
        span,
        format!("a type annotation needs {what} right after it"),
        format!("expected {what} after this"),
    )
    .help("remove the annotation, or the white space behind it")
}

pub(crate) fn annotated_key(text: &str, annotation: Span, key: Span) -> SyntaxError {
    let (shown, key) = (annotation.of(text).trim_end(), key.of(text));
    error(
        ErrorKind::UnexpectedToken,
        annotation,
        "the type annotation of a property goes before its value, not before its name",
        "before the name",
    )
    .help(format!("write `{}={}…`", excerpt(key), excerpt(shown)))
}

pub(crate) fn empty_annotation(span: Span) -> SyntaxError {
    error(
        ErrorKind::UnexpectedToken,
        span,
        "a type annotation can't be empty",
        "expected a name between the parentheses",
    )
    .help("remove it")
}

pub(crate) fn bad_annotation(text: &str, open: Span, found: Span) -> SyntaxError {
    let message = "a type annotation is one name between parentheses";
    let shown = found.of(text).trim();
    let complaint = if shown.is_empty() {
        let label = "`)` is missing for this `(`";
        error(ErrorKind::UnexpectedToken, open, message, label)
    } else {
        let span = Span::new(found.start, found.start + shown.len() as u32);
        error(ErrorKind::UnexpectedToken, span, message, "expected `)`").secondary(open, "the annotation starts here")
    };
    complaint.help("text with a parenthesis in it needs quotes")
}

pub(crate) fn list(span: Span) -> SyntaxError {
    error(ErrorKind::UnexpectedToken, span, "there are no lists in brackets", "not a value")
        .help("write the values one after the other, separated by spaces")
}

pub(crate) fn needs_quotes(text: &str, span: Span) -> SyntaxError {
    let whole = span.of(text);
    let culprit = whole.chars().find(|char| "/\\#[]=".contains(*char));
    let label = culprit
        .map_or_else(|| "can't stand unquoted".to_owned(), |char| format!("`{char}` can't stand in unquoted text"));
    error(ErrorKind::NeedsQuotes, span, format!("`{}` needs quotes", excerpt(whole)), label)
        .help(format!("write `{}`", quoted(whole)))
}

pub(crate) fn old_raw_string(text: &str, span: Span) -> SyntaxError {
    let whole = span.of(text);
    let string = whole.strip_prefix('r').unwrap_or(whole);
    let hashed = if string.starts_with('#') { string.to_owned() } else { format!("#{string}#") };
    error(ErrorKind::Version1, span, "raw strings have no `r`", "a raw string of KDL version 1")
        .help(format!("write `{}`", excerpt(&hashed)))
}

pub(crate) fn version_marker(span: Span) -> SyntaxError {
    error(
        ErrorKind::Version1,
        span,
        "the file says that it is written in KDL version 1, but version 2 is read",
        "version 1",
    )
    .help(
        "remove the line, and write `#true`, `#false`, `#null` and `#\"…\"#` for `true`, `false`, `null` and `r\"…\"`",
    )
}

pub(crate) fn bare_keyword(text: &str, span: Span) -> SyntaxError {
    error(ErrorKind::BadKeyword, span, format!("`{text}` is written `#{text}`"), "a keyword without its `#`")
        .help(format!("write `#{text}`, or `\"{text}\"` for the text"))
}

pub(crate) fn keyword_as_name(text: &str, span: Span) -> SyntaxError {
    error(ErrorKind::BadKeyword, span, format!("`{text}` can't be a name without quotes"), "reads like a keyword")
        .help(format!("write `\"{text}\"`"))
}

pub(crate) fn not_a_name(text: &str, span: Span, kind: TokenKind) -> SyntaxError {
    let (code, what) = match kind {
        TokenKind::Number => (ErrorKind::BadNumber, "a number"),
        _ => (ErrorKind::BadKeyword, "a keyword"),
    };
    error(
        code,
        span,
        format!("`{}` can't be a name without quotes", excerpt(text)),
        format!("{what} where a name is expected"),
    )
    .help(format!("write `{}`", quoted(text)))
}

/// Returns the keyword that was probably meant.
pub(crate) fn nearest_keyword(text: &str) -> Option<&'static str> {
    KEYWORDS.into_iter().find(|keyword| nearly_equal(text.as_bytes(), keyword.as_bytes()))
}

/// Reports whether two words differ in case only, or by one letter or two swapped ones.
fn nearly_equal(left: &[u8], right: &[u8]) -> bool {
    if left.eq_ignore_ascii_case(right) {
        return true;
    }
    let start = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[start..], &right[start..]);
    let end = left.iter().rev().zip(right.iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[..left.len() - end], &right[..right.len() - end]);
    match (left, right) {
        ([a, b], [c, d]) => a == d && b == c,
        _ => left.len() <= 1 && right.len() <= 1,
    }
}

pub(crate) fn unknown_keyword(text: &str, near: Option<&str>, span: Span) -> SyntaxError {
    let shown = excerpt(text);
    let help = match near {
        Some(near) => format!("write `{near}`"),
        None => format!("text with a `#` needs quotes: `\"{shown}\"`; a comment starts with `//`"),
    };
    error(
        ErrorKind::BadKeyword,
        span,
        format!("`{shown}` is not a keyword"),
        "the keywords are #true, #false, #null, #inf, #-inf and #nan",
    )
    .help(help)
}

pub(crate) fn hash_comment(text: &str, span: Span) -> SyntaxError {
    let words = span.of(text).trim_start_matches(['#', '!']).trim();
    error(ErrorKind::HashComment, span, "a comment starts with `//`", "`#` starts no comment")
        .help(format!("write `{}`", format!("// {}", excerpt(words)).trim_end()))
}

pub(crate) fn backslash(span: Span) -> SyntaxError {
    error(
        ErrorKind::UnexpectedToken,
        span,
        "`\\` has to be the last thing in its line",
        "joins the next line to this one",
    )
    .help("text with a backslash needs quotes: `#\"…\"#`")
}

pub(crate) fn odd_quote(text: &str, span: Span) -> SyntaxError {
    let whole = text.chars().count() > 1 && text.ends_with(QUOTES);
    let help =
        if whole { format!("write `{}`", quoted(text)) } else { "put the whole text between `\"` and `\"`".to_owned() };
    let message = format!("the quotation mark belongs to the text `{}`", excerpt(text));
    error(ErrorKind::LooksWrong, span, message, "only `\"` quotes text").help(help)
}

pub(crate) fn odd_comma(text: &str, span: Span) -> SyntaxError {
    let bare = text.trim_end_matches(',');
    error(
        ErrorKind::LooksWrong,
        span,
        format!("the comma belongs to the text `{}`", excerpt(text)),
        "values are separated by spaces",
    )
    .help(format!(
        "remove the comma, or write `\"{}\"` if it is meant: without it, `{}`",
        excerpt(text),
        excerpt(bare)
    ))
}

pub(crate) fn odd_url(span: Span, comment: Span) -> SyntaxError {
    error(ErrorKind::LooksWrong, comment, "the rest of the line is a comment", "`//` starts a comment")
        .secondary(span, "the text ends here")
        .help("put the whole address in quotes")
}
