//! Lays a text out anew: moves white space between tokens, and never changes another token.
//!
//! That is why it can't lose a comment or respell a value. The lines of the author stay: a line is
//! only ever broken after the `{` and before the `}` of a block of several lines.

use crate::error::SyntaxError;
use crate::token::{Token, TokenKind};

const INDENT: &str = "    ";

/// Lays a text out anew, or returns what is wrong with it.
///
/// Blocks are indented by four spaces, entries are one space apart, runs of empty lines become
/// one, and none is left at the start and end of a block. Strings, comments and all other tokens
/// stay as they are written; comments at the end of successive lines are aligned. So does the choice between `{ a; b }` on one line and a block of
/// several lines. Line breaks are those of the first line. Doing it twice changes nothing more.
pub fn format(text: &str) -> Result<String, Vec<SyntaxError>> {
    let parse = crate::parse(text);
    if !parse.errors.is_empty() {
        return Err(parse.errors);
    }
    let tokens = parse.document.tokens();
    let mut formatter = Formatter::new(text, tokens);
    for (index, token) in tokens.iter().enumerate() {
        formatter.token(index, *token);
    }
    Ok(formatter.finish())
}

/// How a block is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Nothing in it.
    Empty,
    /// On one line, as its author wrote it.
    Inline,
    /// Each line on its own.
    Lines,
}

/// Finds the shape of every block, in the order of their opening braces.
fn shapes(tokens: &[Token]) -> Vec<Shape> {
    let mut shapes: Vec<Shape> = Vec::new();
    let mut open: Vec<(usize, bool)> = Vec::new();
    for token in tokens {
        match token.kind {
            TokenKind::Space => {}
            TokenKind::Newline => {
                if let Some((_, broken)) = open.last_mut() {
                    *broken = true;
                }
            }
            TokenKind::CloseBrace => {
                let Some((index, broken)) = open.pop() else {
                    continue;
                };
                if broken && shapes[index] != Shape::Empty {
                    shapes[index] = Shape::Lines;
                    if let Some((_, broken)) = open.last_mut() {
                        *broken = true;
                    }
                }
            }
            kind => {
                if let Some((index, _)) = open.last() {
                    shapes[*index] = Shape::Inline;
                }
                if kind == TokenKind::OpenBrace {
                    open.push((shapes.len(), false));
                    shapes.push(Shape::Empty);
                }
            }
        }
    }
    shapes
}

struct Formatter<'a> {
    text: &'a str,
    tokens: &'a [Token],
    shapes: std::vec::IntoIter<Shape>,
    eol: &'static str,
    out: String,
    /// The blocks that are open.
    blocks: Vec<Shape>,
    /// The last token that is not white space.
    last: Option<TokenKind>,
    /// There was white space after it.
    spaced: bool,
    /// So many line breaks were after it.
    newlines: usize,
    /// A `{` opened in this line, with at most a comment after it.
    opened: bool,
    /// A `\` takes the next line break away.
    joined: bool,
    /// A `/-` waits for what it comments out.
    slashdash: bool,
    /// This line is, or goes on with, a node.
    in_node: bool,
    /// The number of this line, and how deep it is indented.
    line: usize,
    indent: usize,
    /// The comments at the end of lines.
    comments: Vec<Trailing>,
}

/// A comment at the end of a line.
struct Trailing {
    line: usize,
    indent: usize,
    /// Where the comment stands in the output.
    at: usize,
    /// How wide the line is before the comment.
    width: usize,
}

impl Trailing {
    /// Reports whether this comment belongs under the one before.
    fn follows(&self, before: &Self) -> bool {
        self.line == before.line + 1 && self.indent == before.indent
    }
}

/// Indents the comments of successive lines alike, unless that would tear one far from its line.
fn align(text: &str, comments: &[Trailing]) -> String {
    const FAR: usize = 40;
    let mut out = String::with_capacity(text.len() + 8 * comments.len());
    let mut from = 0;
    for group in comments.chunk_by(|before, comment| comment.follows(before)) {
        let widest = group.iter().map(|comment| comment.width).max().unwrap_or(0);
        let near = group.iter().all(|comment| widest - comment.width <= FAR);
        for comment in group {
            out.push_str(&text[from..comment.at]);
            from = comment.at;
            if near {
                out.extend(std::iter::repeat_n(' ', widest - comment.width));
            }
        }
    }
    out.push_str(&text[from..]);
    out
}

impl<'a> Formatter<'a> {
    fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        let first = tokens.iter().find(|token| token.kind == TokenKind::Newline);
        let crlf = first.is_some_and(|token| token.span.of(text) == "\r\n");
        Self {
            text,
            tokens,
            shapes: shapes(tokens).into_iter(),
            eol: if crlf { "\r\n" } else { "\n" },
            out: String::with_capacity(text.len() + text.len() / 8),
            blocks: Vec::new(),
            last: None,
            spaced: false,
            newlines: 0,
            opened: false,
            joined: false,
            slashdash: false,
            in_node: false,
            line: 0,
            indent: 0,
            comments: Vec::new(),
        }
    }

    fn finish(mut self) -> String {
        if self.last.is_some() {
            self.out.push_str(self.eol);
        }
        align(&self.out, &self.comments)
    }

    fn token(&mut self, index: usize, token: Token) {
        match token.kind {
            TokenKind::Bom => return self.out.push('\u{FEFF}'),
            TokenKind::Space => return self.spaced = true,
            TokenKind::Newline => return self.newlines += 1,
            _ => {}
        }
        let breaks = self.breaks(index, token.kind);
        if breaks > 0 && self.last.is_some() {
            self.break_line(breaks, token.kind);
        } else if self.last.is_some() && self.space_before(token.kind) {
            self.out.push(' ');
            if token.kind == TokenKind::LineComment {
                self.trailing();
            }
        }
        let text = token.span.of(self.text);
        self.out.push_str(match token.kind {
            TokenKind::LineComment => text.trim_end(),
            _ => text,
        });
        self.after(token.kind);
    }

    /// Remembers that a comment ends this line; one behind a block keeps to its brace.
    fn trailing(&mut self) {
        let start = self.out.rfind('\n').map_or(0, |at| at + 1);
        let line = &self.out[start..];
        if !line.trim_start().starts_with('}') {
            let width = line.chars().count();
            self.comments.push(Trailing { line: self.line, indent: self.indent, at: self.out.len(), width });
        }
    }

    fn shape(&self) -> Option<Shape> {
        self.blocks.last().copied()
    }

    /// Returns how many line breaks belong before the token.
    fn breaks(&mut self, index: usize, kind: TokenKind) -> usize {
        let mut breaks = self.newlines;
        let at_edge = self.last == Some(TokenKind::OpenBrace) || kind == TokenKind::CloseBrace;
        if at_edge {
            match self.shape() {
                Some(Shape::Lines) if breaks == 0 && !self.trails(index, kind) => breaks = 1,
                Some(Shape::Empty) => breaks = 0,
                _ => {}
            }
        } else if self.slashdash && !self.joined && self.last != Some(TokenKind::LineComment) {
            self.spaced |= breaks > 0;
            breaks = 0;
        }
        breaks
    }

    /// Reports whether the token is a comment that ends the line of a `{`.
    fn trails(&self, index: usize, kind: TokenKind) -> bool {
        let mut after = self.tokens[index + 1..].iter().map(|token| token.kind);
        kind == TokenKind::LineComment
            || kind == TokenKind::BlockComment
                && after.find(|&kind| kind != TokenKind::Space) == Some(TokenKind::Newline)
    }

    fn break_line(&mut self, breaks: usize, kind: TokenKind) {
        let closes = kind == TokenKind::CloseBrace;
        let goes_on = self.joined && breaks == 1 || self.slashdash;
        self.out.push_str(self.eol);
        self.line += 1;
        if breaks > 1 && !self.opened && !closes {
            self.out.push_str(self.eol);
            self.line += 1;
        }
        self.in_node &= goes_on;
        let depth = self.blocks.len() - usize::from(closes) + usize::from(self.in_node && !closes);
        self.indent = depth;
        for _ in 0..depth {
            self.out.push_str(INDENT);
        }
        self.joined = false;
        self.opened = false;
    }

    /// Reports whether a space belongs before the token, in the same line as the last.
    fn space_before(&self, kind: TokenKind) -> bool {
        use TokenKind as T;
        let Some(last) = self.last else { return false };
        match (last, kind) {
            (T::OpenBrace, T::CloseBrace) => self.shape() != Some(Shape::Empty),
            (_, T::Semicolon) => false,
            (_, T::LineComment | T::OpenBrace | T::CloseBrace) if last != T::Slashdash => true,
            (T::OpenBrace | T::Semicolon, _) => true,
            (T::Slashdash, _) | (T::BlockComment, _) | (_, T::BlockComment) => self.spaced,
            (T::OpenParen | T::Equals, _) | (_, T::CloseParen | T::Equals) => false,
            (T::CloseParen, T::Backslash) => true,
            (T::CloseParen, _) => false,
            _ => true,
        }
    }

    fn after(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::LineComment | TokenKind::BlockComment => {}
            TokenKind::Backslash => self.joined = true,
            TokenKind::Slashdash => self.slashdash = true,
            _ => {
                self.slashdash = false;
                self.opened = false;
                self.in_node = kind != TokenKind::Semicolon;
            }
        }
        match kind {
            TokenKind::OpenBrace => {
                self.blocks.extend(self.shapes.next());
                self.opened = true;
                self.in_node = false;
            }
            TokenKind::CloseBrace => {
                self.blocks.pop();
            }
            _ => {}
        }
        self.last = Some(kind);
        self.spaced = false;
        self.newlines = 0;
    }
}
