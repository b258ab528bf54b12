//! Skipping: white space, and what can't be understood.

use crate::complaint;
use crate::parser::Parser;
use crate::token::TokenKind;

impl Parser<'_> {
    /// Skips white space and comments within a line, and joined lines. Reports whether there were any.
    pub(crate) fn skip_node_space(&mut self) -> bool {
        let start = self.pos;
        loop {
            match self.kind() {
                Some(TokenKind::Space | TokenKind::BlockComment) => self.pos += 1,
                Some(TokenKind::Backslash) => self.joined_line(),
                _ => return self.pos > start,
            }
        }
    }

    /// Skips everything between nodes.
    pub(crate) fn skip_line_space(&mut self) {
        loop {
            match self.kind() {
                Some(
                    TokenKind::Space
                    | TokenKind::Newline
                    | TokenKind::LineComment
                    | TokenKind::BlockComment
                    | TokenKind::Bom,
                ) => self.pos += 1,
                Some(TokenKind::HashComment) => {
                    let error = complaint::hash_comment(self.text(), self.here());
                    self.report(error);
                    self.pos += 1;
                }
                Some(TokenKind::Backslash) => self.joined_line(),
                _ => return,
            }
        }
    }

    /// Skips a `\` and the line break that it takes away.
    fn joined_line(&mut self) {
        let backslash = self.here();
        self.pos += 1;
        while matches!(self.kind(), Some(TokenKind::Space | TokenKind::BlockComment)) {
            self.pos += 1;
        }
        if self.kind() == Some(TokenKind::LineComment) {
            self.pos += 1;
        }
        match self.kind() {
            Some(TokenKind::Newline) => self.pos += 1,
            None => {}
            Some(_) => {
                let error = complaint::backslash(backslash);
                if self.node.is_some() {
                    self.fail(error);
                    self.recover();
                } else {
                    self.report(error);
                }
            }
        }
    }

    /// Skips to the end of the node: of its line, or a brace.
    pub(crate) fn recover(&mut self) {
        loop {
            match self.kind() {
                kind if ends_node(kind) => return,
                Some(TokenKind::Backslash) => self.skip_joined_line(),
                Some(TokenKind::Junk) => self.skip_brackets(),
                _ => self.pos += 1,
            }
        }
    }

    fn skip_joined_line(&mut self) {
        self.pos += 1;
        while matches!(self.kind(), Some(TokenKind::Space | TokenKind::BlockComment | TokenKind::LineComment)) {
            self.pos += 1;
        }
        if self.kind() == Some(TokenKind::Newline) {
            self.pos += 1;
        }
    }

    /// Skips to behind the `)` of an annotation, if it is on this line.
    pub(crate) fn recover_to_paren(&mut self) {
        let start = self.pos;
        loop {
            match self.kind() {
                Some(TokenKind::CloseParen) => {
                    self.pos += 1;
                    return;
                }
                kind if ends_node(kind) => break,
                _ => self.pos += 1,
            }
        }
        self.pos = start;
        self.recover();
    }

    /// Skips the block that starts here, with everything in it.
    pub(crate) fn skip_block(&mut self) {
        let mut depth = 0_usize;
        while let Some(kind) = self.kind() {
            self.pos += 1;
            match kind {
                TokenKind::OpenBrace => depth += 1,
                TokenKind::CloseBrace => {
                    depth -= 1;
                    if depth == 0 {
                        return;
                    }
                }
                _ => {}
            }
        }
    }

    /// Skips the token, and if it is a `[`, all up to its `]`: over lines, but not over braces.
    pub(crate) fn skip_brackets(&mut self) {
        let opens = self.here().of(self.text()) == "[";
        let start = self.pos;
        self.pos += 1;
        if !opens || start < self.no_bracket_before {
            return;
        }
        let mut depth = 1_usize;
        while let Some(token) = self.token() {
            match token.span.of(self.text()) {
                "[" => depth += 1,
                "]" => depth -= 1,
                "{" | "}" => break,
                _ => {}
            }
            self.pos += 1;
            if depth == 0 {
                return;
            }
        }
        // Searching this stretch again for each `[` in it would take quadratic time.
        self.no_bracket_before = self.pos;
        self.pos = start + 1;
    }
}

/// Whether a node ends before this token: with its line, at a brace, or with the text.
const fn ends_node(kind: Option<TokenKind>) -> bool {
    matches!(
        kind,
        None | Some(
            TokenKind::Newline
                | TokenKind::Semicolon
                | TokenKind::LineComment
                | TokenKind::HashComment
                | TokenKind::OpenBrace
                | TokenKind::CloseBrace,
        )
    )
}
