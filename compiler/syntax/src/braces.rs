//! Where braces are missing or too many, guessed from the indentation.
//!
//! Only asked when the braces of a text don't match. By counting alone, a missing `}` shows at
//! the end of the text, and everything after the mistake is in the wrong block.

use std::collections::VecDeque;

use crate::token::{Token, TokenKind};

/// What to do about unmatched braces, by the index of a token.
#[derive(Default)]
pub(crate) struct Plan {
    /// Close the innermost block before this token.
    close_before: VecDeque<usize>,
    /// Don't take this `}` for one.
    ignore: VecDeque<usize>,
}

impl Plan {
    /// Looks at the indentation of every line.
    pub(crate) fn guess(text: &str, tokens: &[Token]) -> Self {
        let (mut missing, mut extra) = count(tokens);
        let mut plan = Self::default();
        let mut open: Vec<usize> = Vec::new();
        let mut lines = Lines::new(text);
        for (index, token) in tokens.iter().enumerate() {
            let Some((indent, first)) = lines.next(token) else {
                continue;
            };
            let closes = token.kind == TokenKind::CloseBrace;
            while first
                && missing > 0
                && let Some(&top) = open.last()
                && (top > indent || top == indent && !closes)
            {
                plan.close_before.push_back(index);
                open.pop();
                missing -= 1;
            }
            if token.kind == TokenKind::OpenBrace {
                open.push(indent);
            } else if closes {
                if first && extra > 0 && open.last().is_none_or(|&top| top < indent) {
                    plan.ignore.push_back(index);
                    extra -= 1;
                } else {
                    open.pop();
                }
            }
        }
        plan
    }

    /// Reports whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.close_before.is_empty() && self.ignore.is_empty()
    }

    /// Takes the order to close a block before the token, if there is one.
    pub(crate) fn closes(&mut self, token: usize) -> bool {
        take(&mut self.close_before, token)
    }

    /// Takes the order to ignore the token, if there is one.
    pub(crate) fn ignores(&mut self, token: usize) -> bool {
        take(&mut self.ignore, token)
    }
}

fn take(orders: &mut VecDeque<usize>, token: usize) -> bool {
    while orders.front().is_some_and(|&order| order < token) {
        orders.pop_front();
    }
    orders.pop_front_if(|order| *order == token).is_some()
}

/// Counts the braces that are missing and those that are too many.
fn count(tokens: &[Token]) -> (usize, usize) {
    let (mut depth, mut extra) = (0_usize, 0);
    for token in tokens {
        match token.kind {
            TokenKind::OpenBrace => depth += 1,
            TokenKind::CloseBrace if depth == 0 => extra += 1,
            TokenKind::CloseBrace => depth -= 1,
            _ => {}
        }
    }
    (depth, extra)
}

/// Tells the indentation of each line as its tokens go by.
struct Lines<'a> {
    text: &'a str,
    /// Nothing that counts has been seen in this line.
    fresh: bool,
    /// The line goes on with the next one.
    joined: bool,
    indent: usize,
}

impl<'a> Lines<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, fresh: true, joined: false, indent: 0 }
    }

    /// Returns the line's indentation, and whether the token is the first one in it that counts.
    fn next(&mut self, token: &Token) -> Option<(usize, bool)> {
        match token.kind {
            TokenKind::Newline => {
                self.fresh = !self.joined;
                self.indent = if self.joined { self.indent } else { 0 };
                self.joined = false;
                None
            }
            TokenKind::Space => {
                if self.fresh {
                    self.indent = columns(token.span.of(self.text));
                }
                None
            }
            TokenKind::Backslash => {
                self.joined = true;
                None
            }
            kind if kind.is_trivia() => None,
            _ => Some((self.indent, std::mem::replace(&mut self.fresh, false))),
        }
    }
}

/// Returns the width of white space, a tab being four wide.
fn columns(space: &str) -> usize {
    let tabs = space.bytes().filter(|&byte| byte == b'\t').count();
    let continuation = space.bytes().filter(|byte| byte & 0xC0 == 0x80).count();
    space.len() - continuation + 3 * tabs
}
