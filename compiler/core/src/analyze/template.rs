//! Templates as Nomad reads them, in Go's template language: whether one can be read at all, and what it asks for.

use std::ops::Range;

/// What a template asks for, by a function and a name that is written out: `nomadVar "nomad/jobs/web"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'t> {
    /// The function.
    pub function: &'t str,
    /// What it is given.
    pub name: &'t str,
    /// Where that stands in the text.
    pub at: usize,
}

/// A field of what a `with` asks for, or of each that a `range` finds: `.password` behind `with nomadVar "…"`, `.Address` behind
/// `range service "…"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'t> {
    /// Its name.
    pub name: &'t str,
    /// Where that stands in the text.
    pub at: usize,
    /// Where what is asked for stands: [`Asked::at`].
    pub of: usize,
}

/// Why a template can't be read, and where in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Where that is seen.
    pub at: usize,
    /// How many bytes of the text show it.
    pub len: usize,
    /// What is wrong, as the end of a sentence.
    pub what: String,
    /// What to do.
    pub help: String,
    /// It may be meant for another program.
    pub foreign: bool,
}

/// A template, taken apart.
#[derive(Debug, Default)]
pub struct Template<'t> {
    /// What it asks for.
    pub asked: Vec<Asked<'t>>,
    /// What it reads of that.
    pub fields: Vec<Field<'t>>,
    /// The first thing that can't be read.
    pub broken: Option<Broken>,
}

/// Functions of text/template itself, sorted.
const BUILTIN: [&str; 19] = [
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf",
    "println", "slice", "urlquery",
];

/// Functions of consul-template 0.41 (template/template.go, `funcMap`), sorted, beside those of sprig, which start with `sprig_`.
const FUNCTIONS: [&str; 97] = [
    "add",
    "base64Decode",
    "base64Encode",
    "base64URLDecode",
    "base64URLEncode",
    "byKey",
    "byMeta",
    "byPort",
    "byTag",
    "caLeaf",
    "caRoots",
    "connect",
    "contains",
    "containsAll",
    "containsAny",
    "containsNone",
    "containsNotAll",
    "datacenters",
    "divide",
    "env",
    "envOrDefault",
    "executeTemplate",
    "explode",
    "explodeMap",
    "exportedServices",
    "file",
    "hmacSHA256Hex",
    "importedServices",
    "in",
    "indent",
    "join",
    "key",
    "keyExists",
    "keyOrDefault",
    "loop",
    "ls",
    "maximum",
    "md5sum",
    "mergeMap",
    "mergeMapWithOverride",
    "minimum",
    "modulo",
    "multiply",
    "mustEnv",
    "node",
    "nodes",
    "nomadService",
    "nomadServices",
    "nomadVar",
    "nomadVarExists",
    "nomadVarList",
    "nomadVarListSafe",
    "parseBool",
    "parseFloat",
    "parseInt",
    "parseJSON",
    "parseUint",
    "parseYAML",
    "partitions",
    "peerings",
    "pkiCert",
    "plugin",
    "regexMatch",
    "regexReplaceAll",
    "replaceAll",
    "safeLs",
    "safeTree",
    "scratch",
    "secret",
    "secrets",
    "service",
    "services",
    "sha256Hex",
    "sockaddr",
    "spew_dump",
    "spew_printf",
    "spew_sdump",
    "spew_sprintf",
    "split",
    "splitToMap",
    "subtract",
    "timestamp",
    "toJSON",
    "toJSONPretty",
    "toLower",
    "toTOML",
    "toTitle",
    "toUnescapedJSON",
    "toUnescapedJSONPretty",
    "toUpper",
    "toYAML",
    "tree",
    "trim",
    "trimPrefix",
    "trimSpace",
    "trimSuffix",
    "writeToFile",
];

/// Reads a template with these delimiters; empty ones are Go's own.
#[must_use]
pub fn template<'t>(text: &'t str, left: &'t str, right: &'t str) -> Template<'t> {
    let mut reader = Reader::new(text, left, right);
    reader.read(|_| ());
    reader.found
}

/// The text of a template with all actions left out but for their line breaks, each replaced by `\0`.
#[must_use]
pub fn literal(text: &str, left: &str, right: &str) -> String {
    let (mut literal, mut at) = (String::with_capacity(text.len()), 0);
    Reader::new(text, left, right).read(|action| {
        literal.push_str(&text[at..action.start]);
        literal.push('\0');
        let breaks = text[action.clone()].matches('\n').count();
        literal.push_str(&"\n\0".repeat(breaks));
        at = action.end;
    });
    literal.push_str(&text[at..]);
    literal
}

struct Reader<'t> {
    text: &'t str,
    left: &'t str,
    right: &'t str,
    at: usize,
    /// The blocks that wait for their `end`: their word, where it stands, and what `.` is in them, by [`Asked::at`].
    open: Vec<(&'t str, usize, Option<usize>)>,
    /// Variables, wherever they are declared.
    declared: Vec<&'t str>,
    found: Template<'t>,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str, left: &'t str, right: &'t str) -> Self {
        let left = if left.is_empty() { "{{" } else { left };
        let right = if right.is_empty() { "}}" } else { right };
        Self { text, left, right, at: 0, open: Vec::new(), declared: Vec::new(), found: Template::default() }
    }

    /// Reads the text, and tells of each action where it stands.
    fn read(&mut self, mut action: impl FnMut(Range<usize>)) {
        while let Some(start) = position(&self.text[self.at..], self.left).map(|at| self.at + at) {
            self.at = start + self.left.len();
            let read = if self.is_comment() { self.comment(start) } else { self.action(start) };
            if let Err(broken) = read {
                self.found.broken = Some(broken);
                return;
            }
            action(start..self.at);
        }
        if let Some((word, at, _)) = self.open.pop() {
            let shown = self.shown(word);
            let help = format!("write `{}` where it ends", self.shown("end"));
            self.found.broken = Some(Broken {
                at,
                len: word.len(),
                what: format!("its `{shown}` is never closed"),
                help,
                foreign: false,
            });
        }
    }

    /// An action around a word, as it would be written here.
    fn shown(&self, word: &str) -> String {
        format!("{} {word} {}", self.left, self.right)
    }

    fn is_comment(&self) -> bool {
        let rest = &self.text[self.at..];
        rest.starts_with("/*") || rest.strip_prefix('-').is_some_and(|rest| rest.trim_start().starts_with("/*"))
    }

    fn comment(&mut self, start: usize) -> Result<(), Broken> {
        let close = self.text[self.at..].find("*/").map(|at| self.at + at + 2);
        let end = close.and_then(|close| self.text[close..].find(self.right).map(|at| close + at));
        match end {
            Some(end) => {
                self.at = end + self.right.len();
                Ok(())
            }
            None => Err(self.unclosed(start)),
        }
    }

    fn unclosed(&self, start: usize) -> Broken {
        Broken {
            at: start,
            len: self.left.len(),
            what: format!("a `{}` in it has no `{}`", self.left, self.right),
            help: format!("write `{}` where the action ends", self.right),
            foreign: true,
        }
    }

    /// Reads one action up to behind its right delimiter.
    fn action(&mut self, start: usize) -> Result<(), Broken> {
        let text = self.text;
        let (mut first, mut function): (bool, Option<&'t str>) = (true, None);
        loop {
            let rest = &text[self.at..];
            let Some(c) = rest.chars().next() else { return Err(self.unclosed(start)) };
            if self.right.starts_with(c) && rest.starts_with(self.right) {
                self.at += self.right.len();
                return Ok(());
            }
            match c {
                '"' | '`' | '\'' => {
                    let length = quoted_length(rest, c).ok_or_else(|| self.open_quote())?;
                    if let Some(function) = function.take().filter(|_| c != '\'') {
                        self.asks(text[start..self.at].trim_end(), function, &rest[1..length - 1]);
                    }
                    self.at += length;
                }
                '{' | '}' => return Err(self.unclosed(start)),
                '$' | '.' => {
                    function = None;
                    self.variable(rest, c)?;
                }
                c if c.is_alphabetic() || c == '_' => {
                    let word = &rest[..word_length(rest)];
                    self.word(word, first)?;
                    function = Some(word);
                    first = false;
                    self.at += word.len();
                }
                c if c.is_ascii_digit() => {
                    function = None;
                    self.at += word_length(rest);
                }
                c => {
                    if !c.is_whitespace() && c != '(' {
                        function = None;
                    }
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// Notes what is asked for; `before` is the action up to there.
    fn asks(&mut self, before: &str, function: &'t str, name: &'t str) {
        let at = self.at + 1;
        self.found.asked.push(Asked { function, name, at });
        let mut inside = before;
        while let Some(rest) = inside.strip_prefix(self.left) {
            inside = rest;
        }
        let mut words = inside.split_ascii_whitespace();
        let first = words.next().filter(|word| *word != "-").or_else(|| words.next());
        let each = first == Some("range") && matches!(function, "service" | "nomadService");
        let opens = (each || first == Some("with")) && words.next().is_some() && words.next().is_none();
        if let Some(block) = self.open.last_mut().filter(|_| opens) {
            block.2 = Some(at);
        }
    }

    fn open_quote(&self) -> Broken {
        let what = "a text in an action has no closing quote".to_owned();
        Broken { at: self.at, len: 1, what, help: "close it on the same line".to_owned(), foreign: false }
    }

    /// `$name`, `$`, `.field`, `.`
    fn variable(&mut self, rest: &'t str, c: char) -> Result<(), Broken> {
        let name = &rest[1..1 + word_length(&rest[1..])];
        if c == '$' && !name.is_empty() {
            let behind = rest[1 + name.len()..].trim_start();
            let second = behind.strip_prefix(',').map(str::trim_start).filter(|behind| behind.starts_with('$'));
            let second = second.map(|behind| behind[1 + word_length(&behind[1..])..].trim_start());
            if behind.starts_with(":=") || second.is_some_and(|behind| behind.starts_with(":=")) {
                self.declared.push(name);
            } else if !self.declared.contains(&name) {
                let help = format!("declare it, `{} ${name} := … {}`", self.left, self.right);
                let what = format!("there is no variable `${name}`");
                return Err(Broken { at: self.at, len: 1 + name.len(), what, help, foreign: true });
            }
        }
        let before = self.text[..self.at].chars().next_back();
        let own = before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '_' | ')' | '.'));
        if let Some((.., Some(of))) = self.open.last().filter(|_| c == '.' && own && !name.is_empty()) {
            self.found.fields.push(Field { name, at: self.at + 1, of: *of });
        }
        self.at += 1 + name.len();
        Ok(())
    }

    fn word(&mut self, word: &'t str, first: bool) -> Result<(), Broken> {
        match word {
            "if" | "with" | "range" | "block" | "define" => {
                if first {
                    let dot = self.open.last().and_then(|(.., dot)| *dot).filter(|_| word == "if");
                    self.open.push((word, self.at, dot));
                }
                Ok(())
            }
            "end" | "else" => {
                let fits = if word == "end" { self.open.pop().is_some() } else { !self.open.is_empty() };
                let what = || format!("there is nothing open for its `{}`", self.shown(word));
                let help = "remove it, or open a `range`, `if` or `with` before it";
                fits.then_some(()).ok_or_else(|| Broken {
                    at: self.at,
                    len: word.len(),
                    what: what(),
                    help: help.to_owned(),
                    foreign: false,
                })
            }
            "true" | "false" | "nil" | "template" | "break" | "continue" => Ok(()),
            _ if is_function(word) => Ok(()),
            _ => {
                let known = BUILTIN.iter().chain(&FUNCTIONS).copied();
                let help = match crate::diagnostic::nearest(word, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "use one that consul-template has".to_owned(),
                };
                Err(Broken {
                    at: self.at,
                    len: word.len(),
                    what: format!("there is no function `{word}`"),
                    help,
                    foreign: true,
                })
            }
        }
    }
}

/// Where a text has a short one: its first character is found faster than the whole.
fn position(text: &str, short: &str) -> Option<usize> {
    let first = short.chars().next()?;
    text.match_indices(first).map(|(at, _)| at).find(|at| text[*at..].starts_with(short))
}

fn is_function(word: &str) -> bool {
    FUNCTIONS.binary_search(&word).is_ok() || BUILTIN.binary_search(&word).is_ok() || word.starts_with("sprig_")
}

/// How long a word is: letters, digits and `_`.
fn word_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

/// How long a quoted text is with its quotes; `None` where it is never closed.
fn quoted_length(text: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            '\n' if quote != '`' => return None,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Option<String> {
        template(text, "", "").broken.map(|broken| broken.what)
    }

    #[test]
    fn functions_are_sorted() {
        assert!(BUILTIN.is_sorted() && FUNCTIONS.is_sorted());
    }

    #[test]
    fn what_nomad_reads_is_read() {
        for text in [
            "no action",
            "{{ range service \"db\" }}{{ .Address }}:{{ .Port }}{{ else }}none{{ end }}",
            "{{- /* a }} comment */ -}}",
            "{{ $x := env \"A\" }}{{ $x }}{{ $.y }}",
            "{{ range $i, $e := ls \"a\" }}{{ $i }}{{ end }}",
            "{{ with nomadVar \"nomad/jobs/a\" }}{{ .x | toJSON }}{{ end }}",
            "{{ \"}}\" }}{{ `{{` }}",
            "{{ if eq 1 2 }}a{{ else if true }}b{{ end }}",
            "{{ define \"a\" }}x{{ end }}{{ template \"a\" . }}",
            "{{ sprig_upper \"a\" }}{{ (index . 0).Name }}",
            "{{ 1e3 }}{{ 'x' }}{{ printf \"%s\"\n \"a\" }}",
        ] {
            assert_eq!(broken(text), None, "{text}");
        }
    }

    #[test]
    fn what_nomad_cannot_read_is_told() {
        for (text, what) in [
            ("{{ range service \"a\" }}x", "its `{{ range }}` is never closed"),
            ("{{ if true }}{{ end }}{{ end }}", "there is nothing open for its `{{ end }}`"),
            ("{{ range service \"a\" }\nx {{ end }}", "a `{{` in it has no `}}`"),
            ("a {{ env \"A\"", "a `{{` in it has no `}}`"),
            ("{{ environ \"A\" }}", "there is no function `environ`"),
            ("{{ $labels.instance }}", "there is no variable `$labels`"),
            ("{{ env \"A }}", "a text in an action has no closing quote"),
        ] {
            assert_eq!(broken(text).as_deref(), Some(what), "{text}");
        }
        assert_eq!(template("{{ $x }} [[ env \"A\" ]]", "[[", "]]").broken, None);
    }

    #[test]
    fn what_is_asked_for_and_what_is_literal() {
        let text = "A=1\n{{ with secret \"secret/data/a\" }}B={{ .x }}{{ end }}\n";
        let read = template(text, "", "");
        assert_eq!(read.asked, [Asked { function: "secret", name: "secret/data/a", at: 20 }]);
        assert_eq!(read.fields, [Field { name: "x", at: 43, of: 20 }]);
        let inner = template(
            "{{ with nomadVar \"a\" }}{{ range ls \"b\" }}{{ .Key }}{{ end }}{{ if .x }}{{ .y.z }}{{ end }}{{ end }}",
            "",
            "",
        );
        assert_eq!(inner.fields.iter().map(|field| field.name).collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(literal(text, "", ""), "A=1\n\0B=\0\0\n");
    }
}
