//! Cuts a text into tokens; never fails and never looks back, so it takes linear time.
//!
//! It reports nothing itself: what is wrong with a token is noted in it, and said by the parser
//! where the token is used.

use crate::chars::{CLASS, Class, char_len, end_of, line_end, newline_len, skip_blank, space_len};
use crate::span::Span;
use crate::token::{Note, Token, TokenKind};

/// The keywords of KDL version 2.
pub(crate) const KEYWORDS: [&str; 6] = ["#true", "#false", "#null", "#inf", "#-inf", "#nan"];

/// Cuts `text`, which is shorter than 4 GiB, into tokens.
pub(crate) fn lex(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        pos: 0,
        note: Note::Plain,
        tokens: Vec::with_capacity(text.len() / 4 + 8),
    };
    lexer.run();
    lexer.tokens
}

struct Lexer<'a> {
    text: &'a str,
    bytes: &'a [u8],
    pos: usize,
    note: Note,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.pos = 3;
            self.push(TokenKind::Bom, 0);
        }
        while let Some(&byte) = self.bytes.get(self.pos) {
            let start = self.pos;
            let kind = match CLASS[byte as usize] {
                Class::Space => self.space(),
                Class::Newline => self.newline(),
                Class::Word => self.word(),
                Class::High if space_len(self.bytes, start) > 0 => self.space(),
                Class::High if newline_len(self.bytes, start) > 0 => self.newline(),
                Class::High => self.word(),
                Class::Quote => self.quoted(),
                Class::Hash => self.hash(),
                Class::Slash => self.slash(),
                Class::Backslash => self.backslash(),
                Class::OpenBrace => self.single(TokenKind::OpenBrace),
                Class::CloseBrace => self.single(TokenKind::CloseBrace),
                Class::OpenParen => self.single(TokenKind::OpenParen),
                Class::CloseParen => self.single(TokenKind::CloseParen),
                Class::Semicolon => self.single(TokenKind::Semicolon),
                Class::Equals => self.single(TokenKind::Equals),
                Class::Bracket => self.single(TokenKind::Junk),
            };
            self.push(kind, start);
        }
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let span = Span::new(start as u32, self.pos as u32);
        let note = std::mem::replace(&mut self.note, Note::Plain);
        self.tokens.push(Token { kind, note, span });
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.pos += 1;
        kind
    }

    /// Goes on behind the bytes of such a class that follow.
    #[inline]
    fn skip(&mut self, is_such: impl Fn(Class) -> bool) {
        self.pos = end_of(self.bytes, self.pos, is_such);
    }

    fn space(&mut self) -> TokenKind {
        loop {
            self.skip(|class| class == Class::Space);
            match self.bytes.get(self.pos) {
                Some(128..) if space_len(self.bytes, self.pos) > 0 => self.pos += space_len(self.bytes, self.pos),
                _ => return TokenKind::Space,
            }
        }
    }

    fn newline(&mut self) -> TokenKind {
        self.pos += newline_len(self.bytes, self.pos);
        TokenKind::Newline
    }

    /// An unquoted string or a number, by how it starts.
    fn word(&mut self) -> TokenKind {
        let start = self.pos;
        self.word_end();
        let unsigned = match self.bytes[start] {
            b'+' | b'-' => start + 1,
            _ => start,
        };
        let digits = match self.bytes.get(unsigned) {
            Some(b'.') => unsigned + 1,
            _ => unsigned,
        };
        if self.bytes.get(digits).is_some_and(u8::is_ascii_digit) { TokenKind::Number } else { TokenKind::Ident }
    }

    fn word_end(&mut self) {
        loop {
            self.skip(|class| class == Class::Word);
            match self.bytes.get(self.pos) {
                Some(&lead @ 128..) if space_len(self.bytes, self.pos) + newline_len(self.bytes, self.pos) == 0 => {
                    self.pos += char_len(lead);
                }
                _ => break,
            }
        }
    }

    fn slash(&mut self) -> TokenKind {
        match self.bytes.get(self.pos + 1) {
            Some(b'/') => {
                self.pos = line_end(self.bytes, self.pos);
                TokenKind::LineComment
            }
            Some(b'*') => self.block_comment(),
            Some(b'-') => {
                self.pos += 2;
                TokenKind::Slashdash
            }
            _ => self.junk(),
        }
    }

    fn block_comment(&mut self) -> TokenKind {
        let mut depth = 0_usize;
        while let Some(&byte) = self.bytes.get(self.pos) {
            let next = self.bytes.get(self.pos + 1);
            if byte == b'/' && next == Some(&b'*') {
                depth += 1;
                self.pos += 2;
            } else if byte == b'*' && next == Some(&b'/') {
                depth -= 1;
                self.pos += 2;
                if depth == 0 {
                    return TokenKind::BlockComment;
                }
            } else {
                self.pos += 1;
            }
        }
        self.note = Note::Unclosed;
        TokenKind::BlockComment
    }

    fn backslash(&mut self) -> TokenKind {
        let next = self.bytes.get(self.pos + 1);
        let word_follows = next.is_some_and(|&byte| match CLASS[byte as usize] {
            Class::Word => true,
            Class::High => space_len(self.bytes, self.pos + 1) + newline_len(self.bytes, self.pos + 1) == 0,
            _ => false,
        });
        if word_follows { self.junk() } else { self.single(TokenKind::Backslash) }
    }

    /// A run of text that can't stand unquoted, such as a path: as far as its writer meant it.
    fn junk(&mut self) -> TokenKind {
        while let Some(&byte) = self.bytes.get(self.pos) {
            match CLASS[byte as usize] {
                Class::Word | Class::Slash | Class::Backslash | Class::Hash | Class::Equals => {
                    self.pos += 1;
                }
                Class::High if space_len(self.bytes, self.pos) + newline_len(self.bytes, self.pos) == 0 => {
                    self.pos += char_len(byte);
                }
                _ => break,
            }
        }
        TokenKind::Junk
    }

    fn hash(&mut self) -> TokenKind {
        let start = self.pos;
        while self.bytes.get(self.pos) == Some(&b'#') {
            self.pos += 1;
        }
        let hashes = self.pos - start;
        if self.bytes.get(self.pos) == Some(&b'"') {
            return self.raw_string(hashes);
        }
        let after = self.pos;
        self.word_end();
        let word = self.text.get(start..self.pos).unwrap_or_default();
        if hashes == 1 && self.pos > after && (KEYWORDS.contains(&word) || !self.first_on_line()) {
            return TokenKind::Keyword;
        }
        self.pos = line_end(self.bytes, self.pos);
        TokenKind::HashComment
    }

    fn first_on_line(&self) -> bool {
        let mut before = self.tokens.iter().rev().map(|token| token.kind);
        match before.next() {
            Some(TokenKind::Space) => matches!(before.next(), None | Some(TokenKind::Newline)),
            last => matches!(last, None | Some(TokenKind::Newline | TokenKind::Bom)),
        }
    }

    fn quoted(&mut self) -> TokenKind {
        if matches!(self.bytes[self.pos..], [b'"', b'"', b'"', ..]) {
            return self.multiline_string();
        }
        let start = self.pos;
        self.pos += 1;
        loop {
            self.skip(|class| !matches!(class, Class::Quote | Class::Backslash | Class::Newline | Class::High));
            match self.bytes.get(self.pos) {
                Some(b'"') => {
                    self.pos += 1;
                    return TokenKind::String;
                }
                Some(b'\\') => self.escape(),
                Some(128..) if newline_len(self.bytes, self.pos) == 0 => self.pos += 1,
                _ => return self.unclosed(start, 0),
            }
        }
    }

    /// A backslash and what it takes with it.
    fn escape(&mut self) {
        self.note = Note::Escaped;
        let after = self.pos + 1;
        let blank = skip_blank(self.bytes, after);
        self.pos = if blank > after { blank } else { after + self.bytes.get(after).map_or(0, |&lead| char_len(lead)) };
    }

    fn multiline_string(&mut self) -> TokenKind {
        self.pos += 3;
        while let Some(&byte) = self.bytes.get(self.pos) {
            if byte == b'\\' {
                self.escape();
            } else if byte == b'"' && self.bytes[self.pos..].starts_with(b"\"\"\"") {
                self.pos += 3;
                return TokenKind::MultilineString;
            } else {
                self.pos += 1;
            }
        }
        self.note = Note::Unclosed;
        TokenKind::MultilineString
    }

    fn raw_string(&mut self, hashes: usize) -> TokenKind {
        let start = self.pos - hashes;
        let (quotes, kind) = if self.bytes[self.pos..].starts_with(b"\"\"\"") {
            (3, TokenKind::MultilineRawString)
        } else {
            (1, TokenKind::RawString)
        };
        self.pos += quotes;
        while let Some(&byte) = self.bytes.get(self.pos) {
            let class = CLASS[byte as usize];
            if byte == b'"' && self.bytes[self.pos..].starts_with(&b"\"\"\""[..quotes]) {
                let from = self.pos + quotes;
                let run = self.hash_run(from, hashes);
                if run == hashes {
                    self.pos = from + hashes;
                    return kind;
                }
                // What follows the quotes and hashes can't be a part of the closing ones.
                self.pos += if run > 0 { quotes + run } else { 1 };
            } else if quotes == 1
                && (class == Class::Newline || class == Class::High)
                && newline_len(self.bytes, self.pos) > 0
            {
                return self.unclosed(start, hashes);
            } else {
                self.pos += 1;
            }
        }
        if quotes == 1 {
            return self.unclosed(start, hashes);
        }
        self.note = Note::Unclosed;
        kind
    }

    fn hash_run(&self, from: usize, most: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        rest.iter().take(most).take_while(|&&byte| byte == b'#').count()
    }

    /// Ends a string whose line ended before it did.
    ///
    /// If the very next quotation mark can only be the closing one, the string was meant to go
    /// over several lines and is taken whole; else it ends here, before a brace at the line's end.
    fn unclosed(&mut self, start: usize, hashes: usize) -> TokenKind {
        let kind = if hashes == 0 { TokenKind::String } else { TokenKind::RawString };
        let line = self.pos.min(self.bytes.len());
        let rest = self.bytes.get(line..).unwrap_or_default();
        if let Some(offset) = rest.iter().position(|&byte| byte == b'"') {
            let after = line + offset + 1 + hashes;
            let closes = self.hash_run(line + offset + 1, hashes) == hashes;
            if closes && self.ends_entry(after) {
                self.pos = after;
                self.note = Note::Broken;
                return kind;
            }
        }
        let text = self.text.get(start..line).unwrap_or_default();
        let mut kept = text.trim_end();
        while let Some(shorter) = kept.strip_suffix([' ', '\t', '{', '}', ';']) {
            kept = shorter;
        }
        let tail = text[kept.len()..].trim_start();
        let cut = text.len() - tail.len();
        let braces = tail.starts_with(['{', '}']) && cut > kept.len() && kept.len() > 1 + hashes;
        self.pos = if braces { start + kept.len() } else { line };
        self.note = Note::Unclosed;
        kind
    }

    fn ends_entry(&self, at: usize) -> bool {
        match self.bytes.get(at) {
            None => true,
            Some(&byte) => match CLASS[byte as usize] {
                Class::Space | Class::Newline | Class::Semicolon | Class::CloseBrace => true,
                Class::High => space_len(self.bytes, at) + newline_len(self.bytes, at) > 0,
                _ => false,
            },
        }
    }
}
