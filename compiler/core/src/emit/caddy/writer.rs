//! Text in the layout of `caddy fmt`: a tab a level, an empty line around blocks.

use std::fmt::Write;
use std::net::Ipv4Addr;

/// Writes lines and blocks.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
    /// The last line ends a block.
    closed: bool,
}

impl Writer {
    /// A line of its own.
    pub(super) fn line(&mut self, line: &str) {
        self.after_block();
        self.push(line);
    }

    /// Begins a block; the text before its brace may be empty.
    pub(super) fn open(&mut self, head: &str) {
        // An empty line stands before a block at the top, and before a `handle` unless its matcher does.
        if self.depth == 0 || head == "handle" {
            self.gap();
        }
        self.after_block();
        let space = if head.is_empty() { "" } else { " " };
        self.push(&format!("{head}{space}{{"));
        self.depth += 1;
    }

    /// Ends the innermost block.
    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.push("}");
        self.closed = true;
    }

    /// An empty line, unless a block begins here or there is one.
    pub(super) fn gap(&mut self) {
        if !(self.text.is_empty() || self.text.ends_with("{\n") || self.text.ends_with("\n\n")) {
            self.text.push('\n');
        }
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Sites and their handles stand apart; what is inside of a directive doesn't.
    fn after_block(&mut self) {
        if self.depth < 2 && self.closed {
            self.gap();
        }
    }

    fn push(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push('\t');
        }
        self.text.push_str(line);
        self.text.push('\n');
        self.closed = false;
    }
}

/// A value as one token that means nothing else to Caddy: what could end it, or be replaced in it, is percent-encoded,
/// which paths allow and host names never need.
pub(super) fn token(text: &str) -> String {
    let mut token = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b'@' | b'+' | b':' => {
                token.push(char::from(byte));
            }
            _ => {
                let _ = write!(token, "%{byte:02X}");
            }
        }
    }
    token
}

/// Whether a network lies in the ranges that Caddy knows as private.
pub(super) fn is_private(cidr: &str) -> bool {
    let address = cidr.split('/').next().unwrap_or_default();
    address.parse::<Ipv4Addr>().is_ok_and(|address| address.is_private())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_can_not_be_left_nor_replaced() {
        assert_eq!(token("/api/v1.2_~"), "/api/v1.2_~");
        assert_eq!(token("a b\n{$HOME}{host}*\"`#"), "a%20b%0A%7B%24HOME%7D%7Bhost%7D%2A%22%60%23");
        assert_eq!(token("ä"), "%C3%A4");
    }

    #[test]
    fn private_networks_are_known() {
        assert!(is_private("192.168.1.0/24"));
        assert!(!is_private("100.64.0.0/10"));
    }
}
