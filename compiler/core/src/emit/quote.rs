//! Quoting: puts a value from a manifest into a format so that it can't break out of its place.
//!
//! A value that a format has no way to write, such as a line break in a unit file, is refused by a check before.

/// A word of a POSIX shell: `'it'\''s'`.
#[must_use]
pub fn sh(text: &str) -> String {
    let mut word = String::with_capacity(text.len() + 2);
    push_sh(&mut word, text);
    word
}

/// Appends a word of a POSIX shell.
pub fn push_sh(script: &mut String, text: &str) {
    script.push('\'');
    if text.contains('\'') {
        script.push_str(&text.replace('\'', "'\\''"));
    } else {
        script.push_str(text);
    }
    script.push('\'');
}

/// Appends a function of a POSIX shell, whose lines `body` appends; one that does nothing where there are none.
pub fn push_function(script: &mut String, name: &str, body: impl FnOnce(&mut String)) {
    script.extend([name, "() {\n"]);
    let start = script.len();
    body(script);
    script.push_str(if script.len() == start { "    :\n}\n" } else { "}\n" });
}

/// A script with what is worked out for it in the place of `@{data}`.
#[must_use]
pub fn with_data(script: &str, data: &str) -> String {
    let (before, after) = script.split_once("@{data}").unwrap_or((script, ""));
    [before, data, after].concat()
}

/// The value of a setting in a systemd unit that takes the rest of its line.
#[must_use]
pub fn unit_line(text: &str) -> String {
    text.replace('%', "%%")
}

/// One word of a setting in a systemd unit that takes several.
#[must_use]
pub fn unit_word(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-:,+@=".contains(&byte) || byte >= 0x80;
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("\"{}\"", unit_line(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// A path as the name of a systemd unit, without its suffix: `/srv/my-disk` is `srv-my\x2ddisk`.
#[must_use]
pub fn unit_path(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return "-".to_owned();
    }
    let mut name = String::with_capacity(path.len());
    for (at, byte) in parts.join("/").bytes().enumerate() {
        match byte {
            b'/' => name.push('-'),
            b'.' if at > 0 => name.push('.'),
            b'_' | b':' => name.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => name.push(char::from(byte)),
            _ => name.push_str(&format!("\\x{byte:02x}")),
        }
    }
    name
}

/// The name of a device below `/dev/disk/by-…/`, as udev escapes a label or a UUID.
#[must_use]
pub fn udev(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii_alphanumeric() || "#+-.:=@_".contains(character) || !character.is_ascii() {
            name.push(character);
        } else {
            name.push_str(&format!("\\x{:02x}", u32::from(character)));
        }
    }
    name
}

/// A name among several in a setting of Samba.
#[must_use]
pub fn samba_word(text: &str) -> String {
    if text.contains([' ', ',', '\t']) { format!("\"{text}\"") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_word_stays_one_word() {
        assert_eq!(sh("it's; rm -rf $HOME `x`"), r"'it'\''s; rm -rf $HOME `x`'");
        assert_eq!(sh(""), "''");
    }

    #[test]
    fn a_unit_file_doesnt_expand_or_split_what_is_quoted() {
        assert_eq!(unit_line("/a b/100%h"), "/a b/100%%h");
        assert_eq!(unit_word("/bulk1/photos"), "/bulk1/photos");
        assert_eq!(unit_word(r#"/a "b"\%n"#), r#""/a \"b\"\\%%n""#);
    }

    #[test]
    fn a_path_is_escaped_as_systemd_escape_does() {
        assert_eq!(unit_path("/bulk1"), "bulk1");
        assert_eq!(unit_path("/"), "-");
        assert_eq!(unit_path("//srv///my-disk/"), r"srv-my\x2ddisk");
        assert_eq!(unit_path("/.hidden/.x y"), r"\x2ehidden-.x\x20y");
        assert_eq!(unit_path("/média"), r"m\xc3\xa9dia");
    }

    #[test]
    fn a_label_is_escaped_as_udev_does() {
        assert_eq!(udev("my disk/1"), r"my\x20disk\x2f1");
        assert_eq!(udev("b7a1c4d2-8e6f"), "b7a1c4d2-8e6f");
    }
}
