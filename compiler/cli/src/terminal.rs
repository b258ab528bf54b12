//! What the command prints on: colours, width, and pipes that somebody has closed.

use crate::render::Look;
use rustix::termios::{LocalModes, OptionalActions};
use std::io::{self, IsTerminal as _, Read as _, Write as _};

/// Columns where there is no terminal.
const WIDTH: usize = 100;

/// How to draw on stderr.
pub(crate) fn look() -> Look {
    Look {
        colour: colours(is_watched(), |name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())),
        width: width(),
    }
}

/// Whether a person waits before stderr.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

fn width() -> usize {
    match rustix::termios::tcgetwinsize(io::stderr()) {
        Ok(size) if size.ws_col > 0 => usize::from(size.ws_col).clamp(60, 140),
        _ => WIDTH,
    }
}

fn colours(watched: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name| variable(name).is_some_and(|value| !value.is_empty());
    if set("NO_COLOR") {
        return false;
    }
    if variable("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") {
        return true;
    }
    watched && variable("TERM").is_none_or(|term| term != "dumb")
}

/// Prints the product of a command. A reader who has seen enough is no failure.
pub(crate) fn print(text: &str) {
    let _ = try_print(text);
}

/// Prints the product of a command; whether somebody reads it.
pub(crate) fn try_print(text: &str) -> bool {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_ok()
}

/// Prints what is said about the work.
pub(crate) fn say(text: &str) {
    let _ = try_say(text);
}

/// Prints what is said about the work; whether somebody reads it.
pub(crate) fn try_say(text: &str) -> bool {
    io::stderr().lock().write_all(text.as_bytes()).is_ok()
}

/// Makes room for what comes next, where a person looks at it.
pub(crate) fn clear() {
    if is_watched() {
        say("\u{1b}[2J\u{1b}[3J\u{1b}[H");
    }
}

/// Prints one line, but only when a person waits for it.
pub(crate) fn mention(line: &str) {
    if is_watched() {
        say(&format!("{line}\n"));
    }
}

/// Shows how far the work is, in place of what was shown before; nothing where no person waits.
pub(crate) fn progress(line: &str) {
    if is_watched() {
        say(&format!("\r\u{1b}[K{line}"));
    }
}

/// A text that a person types without seeing it, or that is on stdin, where one line break at its end isn't a part of it. Nothing
/// where the person would rather not.
pub(crate) fn hidden(question: &str) -> io::Result<Option<Vec<u8>>> {
    let mut input = io::stdin().lock();
    if !input.is_terminal() {
        let mut text = Vec::new();
        input.read_to_end(&mut text)?;
        if text.ends_with(b"\n") {
            text.truncate(text.len() - if text.ends_with(b"\r\n") { 2 } else { 1 });
        }
        return Ok(Some(text));
    }
    say(question);
    let before = rustix::termios::tcgetattr(&input)?;
    let mut quiet = before.clone();
    // Ctrl-C is read as well: ending here would leave a terminal that shows nothing.
    quiet.local_modes -= LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
    rustix::termios::tcsetattr(&input, OptionalActions::Now, &quiet)?;
    let typed = type_line(&mut input);
    let restored = rustix::termios::tcsetattr(&input, OptionalActions::Now, &before);
    say("\n");
    restored?;
    typed
}

/// Reads keys up to the end of the line; nothing on Ctrl-C or Ctrl-D.
fn type_line(input: &mut impl io::Read) -> io::Result<Option<Vec<u8>>> {
    let (mut line, mut key) = (Vec::new(), [0]);
    while input.read(&mut key)? > 0 {
        match key[0] {
            b'\n' | b'\r' => return Ok(Some(line)),
            3 | 4 => return Ok(None),
            // Ctrl-U.
            21 => line.clear(),
            8 | 127 => {
                // The whole of a character that takes several bytes.
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            byte => line.push(byte),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_line_can_be_mended_and_given_up() {
        let typed = |keys: &str| type_line(&mut keys.as_bytes()).unwrap().map(|line| String::from_utf8(line).unwrap());
        assert_eq!(typed("hunter2\nrest").as_deref(), Some("hunter2"));
        assert_eq!(typed("aä\u{7f}b\r").as_deref(), Some("ab"));
        assert_eq!(typed("wrong\u{15}right\n").as_deref(), Some("right"));
        assert_eq!(typed("hunt\u{3}"), None);
        assert_eq!(typed("hunt"), None);
    }

    #[test]
    fn the_environment_decides_about_colours() {
        let with = |watched, set: &[(&str, &str)]| {
            colours(watched, |name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(with(true, &[]));
        assert!(!with(false, &[]));
        assert!(!with(true, &[("TERM", "dumb")]));
        assert!(!with(true, &[("NO_COLOR", "1")]));
        assert!(with(true, &[("NO_COLOR", "")]));
        assert!(with(false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!with(false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!with(true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
    }
}
