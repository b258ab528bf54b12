//! The character classes of KDL, on bytes.

/// What a byte can start.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Part of a word.
    Word,
    /// White space in a line.
    Space,
    /// A line break.
    Newline,
    /// `"`
    Quote,
    /// `#`
    Hash,
    /// `/`
    Slash,
    /// `\`
    Backslash,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `;`
    Semicolon,
    /// `=`
    Equals,
    /// `[` or `]`
    Bracket,
    /// The first byte of a longer character.
    High,
}

/// The class of every byte.
pub(crate) const CLASS: [Class; 256] = {
    let mut table = [Class::Word; 256];
    let mut byte = 128;
    while byte < 256 {
        table[byte] = Class::High;
        byte += 1;
    }
    table[b' ' as usize] = Class::Space;
    table[b'\t' as usize] = Class::Space;
    table[b'\n' as usize] = Class::Newline;
    table[b'\r' as usize] = Class::Newline;
    table[0x0b] = Class::Newline;
    table[0x0c] = Class::Newline;
    table[b'"' as usize] = Class::Quote;
    table[b'#' as usize] = Class::Hash;
    table[b'/' as usize] = Class::Slash;
    table[b'\\' as usize] = Class::Backslash;
    table[b'{' as usize] = Class::OpenBrace;
    table[b'}' as usize] = Class::CloseBrace;
    table[b'(' as usize] = Class::OpenParen;
    table[b')' as usize] = Class::CloseParen;
    table[b';' as usize] = Class::Semicolon;
    table[b'=' as usize] = Class::Equals;
    table[b'[' as usize] = Class::Bracket;
    table[b']' as usize] = Class::Bracket;
    table
};

/// Returns the length of the line break at `at`, or 0.
pub(crate) fn newline_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b'\n' | 0x0b | 0x0c) => 1,
        Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => 2,
        Some(b'\r') => 1,
        Some(0xC2) if bytes.get(at + 1) == Some(&0x85) => 2,
        Some(0xE2) if bytes.get(at + 1) == Some(&0x80) => {
            if matches!(bytes.get(at + 2), Some(0xA8 | 0xA9)) {
                3
            } else {
                0
            }
        }
        _ => 0,
    }
}

/// Returns the length of the white space character at `at`, or 0.
pub(crate) fn space_len(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at) {
        Some(b' ' | b'\t') => 1,
        Some(0xC2) if bytes.get(at + 1) == Some(&0xA0) => 2,
        Some(lead @ 0xE1..=0xE3) => {
            let rest = (bytes.get(at + 1).copied(), bytes.get(at + 2).copied());
            match (lead, rest) {
                (0xE1, (Some(0x9A), Some(0x80)))
                | (0xE2, (Some(0x80), Some(0x80..=0x8A | 0xAF)))
                | (0xE2, (Some(0x81), Some(0x9F)))
                | (0xE3, (Some(0x80), Some(0x80))) => 3,
                _ => 0,
            }
        }
        _ => 0,
    }
}

/// Returns the length of the character whose first byte this is.
pub(crate) const fn char_len(lead: u8) -> usize {
    match lead {
        0..=0xBF => 1,
        0xC0..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xFF => 4,
    }
}

/// Returns the end of the white space and line breaks that start at `at`.
pub(crate) fn skip_blank(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match space_len(bytes, at) + newline_len(bytes, at) {
            0 => return at,
            len => at += len,
        }
    }
}

/// Returns the end of the bytes of such a class that start at `at`.
#[inline]
pub(crate) fn end_of(bytes: &[u8], at: usize, is_such: impl Fn(Class) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&byte| !is_such(CLASS[byte as usize])).unwrap_or(rest.len())
}

/// Returns the start of the first line break at or after `at`, or the end.
pub(crate) fn line_end(bytes: &[u8], mut at: usize) -> usize {
    loop {
        at = end_of(bytes, at, |class| !matches!(class, Class::Newline | Class::High));
        match bytes.get(at) {
            Some(128..) if newline_len(bytes, at) == 0 => at += 1,
            _ => return at,
        }
    }
}

/// Reports whether the character may not appear in a text, apart from a leading byte order mark.
pub(crate) const fn is_forbidden(char: char) -> bool {
    matches!(char,
        '\0'..='\u{8}' | '\u{E}'..='\u{1F}' | '\u{7F}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// Reports whether a text may hold forbidden characters: cheap, and sometimes wrongly yes.
pub(crate) fn may_hold_forbidden(bytes: &[u8]) -> bool {
    bytes.chunks(64).any(|chunk| {
        chunk.iter().fold(false, |found, &byte| {
            let control = byte < 0x20 && byte.wrapping_sub(9) > 4;
            found | control | (byte == 0x7F) | (byte == 0xE2) | (byte == 0xEF)
        })
    })
}
