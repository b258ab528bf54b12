//! `healthcheck`: as a check of a port where the test evidently asks one, else as a script.

use super::codes::compose_bad_value::bad_value;
use super::model::{Check, Service};
use super::variables::scalar;
use super::{keys, scalar as scalars};
use crate::diagnostic::Sink;
use crate::import::kdl::Node;
use crate::import::yaml::{Entry, Value};
use crate::source::Span;

/// Options of curl and wget that change nothing about whether the answer counts as good.
const QUIET: [&str; 26] = [
    "-f",
    "--fail",
    "-s",
    "--silent",
    "-S",
    "--show-error",
    "-L",
    "--location",
    "-k",
    "--insecure",
    "-fs",
    "-sf",
    "-fsS",
    "-sSf",
    "-fsSL",
    "-fSs",
    "-q",
    "--quiet",
    "-nv",
    "--no-verbose",
    "--spider",
    "--no-check-certificate",
    "-I",
    "--head",
    "-qO-",
    "-O-",
];
/// The same, with a word behind them.
const QUIET_WITH_WORD: [&str; 8] =
    ["-o", "--output", "-O", "--output-document", "-m", "--max-time", "-T", "--connect-timeout"];

/// Reads `healthcheck`.
pub(super) fn healthcheck(entry: &Entry, service: &mut Service, sink: &mut Sink) {
    let parts = keys::HEALTHCHECK.check(&entry.value, sink);
    let mut times = Vec::new();
    let (mut test, mut disabled) = (None, false);
    for part in parts {
        match part.key.as_str() {
            "test" => test = command(part, sink),
            "disable" => disabled |= scalars::truth(part, sink) == Some(true),
            "interval" => times.push(("interval", scalars::time(part, sink))),
            "timeout" => times.push(("timeout", scalars::time(part, sink))),
            _ => times.push(("grace", scalars::time(part, sink))),
        }
    }
    if disabled || test == Some(Test::None) {
        service.config.push(Node::new("healthchecks").prop("disable", true));
        return;
    }
    let Some(test) = test else { return };
    let mut check = check(test, entry.key.span);
    for (name, time) in times {
        if let Some(time) = time {
            check.script = check.script.prop(name, time.as_str());
            check.asked = check.asked.map(|(node, port)| (node.prop(name, time), port));
        }
    }
    service.checks.push(check);
}

/// What is run to see whether a container works.
#[derive(PartialEq, Eq)]
enum Test {
    None,
    Words(Vec<String>),
    Shell(String),
}

fn command(entry: &Entry, sink: &mut Sink) -> Option<Test> {
    let Value::List(items) = &entry.value.value else {
        return scalars::text(entry, sink).map(|line| Test::Shell(line.value));
    };
    let mut words = scalars::texts(entry, sink).into_iter().map(|word| word.value);
    match words.next().as_deref() {
        Some("NONE") => Some(Test::None),
        Some("CMD") => Some(Test::Words(words.collect())),
        Some("CMD-SHELL") => Some(Test::Shell(words.collect::<Vec<_>>().join(" "))),
        first => {
            let place = items.first().map_or(entry.value.span, |item| item.span);
            let help = "start the list with `CMD` or `CMD-SHELL`, or write one line";
            sink.push(bad_value(first.unwrap_or_default(), "`CMD`, `CMD-SHELL` or `NONE`", place).help(help));
            None
        }
    }
}

fn check(test: Test, span: Span) -> Check {
    let words = match &test {
        Test::Words(words) => Some(words.clone()),
        Test::Shell(line) => plain(line),
        Test::None => None,
    };
    let asked = words.as_deref().and_then(asked);
    let words = words.unwrap_or_else(|| match test {
        Test::Shell(line) => vec!["/bin/sh".into(), "-c".into(), line],
        _ => Vec::new(),
    });
    let mut words = words.iter();
    let mut script = Node::new("check").arg("script");
    if let Some(program) = words.next() {
        script = script.child(Node::new("command").arg(scalar(program)));
    }
    let args = words.fold(Node::new("args"), |args, word| args.arg(scalar(word)));
    if !args.entries.is_empty() {
        script = script.child(args);
    }
    Check { script, asked, span }
}

/// The words of a line that needs no shell.
fn plain(line: &str) -> Option<Vec<String>> {
    let mut line = line.trim();
    for end in ["|| exit 1", "||exit 1", "|| false", "2>&1", ">/dev/null", "> /dev/null", "|| exit 1"] {
        line = line.strip_suffix(end).unwrap_or(line).trim_end();
    }
    if line.contains(['|', '&', ';', '<', '>', '$', '`', '(', '*', '?', '~', '!', '#', '[', '\n']) {
        let url_only = line.contains("http") && !line.contains(['|', ';', '<', '>', '$', '`', '(', '*', '!', '\n']);
        if !url_only {
            return None;
        }
    }
    scalars::words(line).filter(|words| words.first().is_some_and(|first| !first.contains('=')))
}

/// A check by HTTP or TCP, where the words do nothing but ask a port of the container.
fn asked(words: &[String]) -> Option<(Node, u16)> {
    let (program, rest) = words.split_first()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    let mut rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if rest.len() >= 2 && rest[rest.len() - 2..] == ["||", "exit"] {
        rest.truncate(rest.len() - 2);
    }
    match program {
        "curl" | "wget" => {
            let mut url = None;
            let mut words = rest.into_iter();
            while let Some(word) = words.next() {
                let option = word.split_once('=').map_or(word, |(option, _)| option);
                if word.contains("://") || !word.starts_with('-') {
                    if url.replace(word).is_some() {
                        return None;
                    }
                } else if QUIET_WITH_WORD.contains(&word) {
                    words.next();
                } else if !QUIET.contains(&word) && !matches!(option, "--tries" | "--timeout" | "--max-time" | "-t") {
                    return None;
                }
            }
            http(url?)
        }
        "nc" => {
            let rest: Vec<&str> =
                rest.into_iter().filter(|word| !matches!(*word, "-z" | "-v" | "-vz" | "-zv")).collect();
            let [host, port] = rest[..] else { return None };
            let port = port.parse().ok().filter(|_| is_itself(host))?;
            Some((Node::new("check").arg("tcp"), port))
        }
        _ => None,
    }
}

fn is_itself(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]" | "::1")
}

fn http(url: &str) -> Option<(Node, u16)> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = match authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())) {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, if scheme == "https" { 443 } else { 80 }),
    };
    let fits = path.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\' && b != b'{');
    if !is_itself(host) || !matches!(scheme, "http" | "https") || !fits {
        return None;
    }
    let mut node = Node::new("check").arg(scheme);
    if !matches!(path, "" | "/") {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        node = node.prop("path", path);
    }
    Some((node, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::kdl::write;
    use crate::import::yaml::read;
    use crate::source::FileId;

    fn written(text: &str) -> (String, Option<u16>) {
        let mut sink = Sink::default();
        let node = read(&format!("healthcheck: {{test: {text}}}"), FileId::default(), &mut sink).unwrap();
        let mut service = Service::default();
        healthcheck(&node.map().unwrap()[0], &mut service, &mut sink);
        assert_eq!(sink.found(), 0, "{text}");
        let check = service.checks.pop().unwrap();
        let (node, port) = check.asked.map_or((check.script, None), |(node, port)| (node, Some(port)));
        (write(&[node]).split_whitespace().collect::<Vec<_>>().join(" "), port)
    }

    #[test]
    fn what_asks_a_port_is_a_check_of_it() {
        for (text, expected, port) in [
            ("[CMD, curl, -f, 'http://localhost:8080/health']", "check http path=\"/health\"", Some(8080)),
            ("curl -fsS http://127.0.0.1/ || exit 1", "check http", Some(80)),
            (
                "wget -q --spider --tries=1 'https://localhost:8443/ok?x=1' || exit 1",
                "check https path=\"/ok?x=1\"",
                Some(8443),
            ),
            (
                "[CMD-SHELL, 'wget -qO- localhost:3000/api > /dev/null || exit 1']",
                "check http path=\"/api\"",
                Some(3000),
            ),
            ("nc -z localhost 5432", "check tcp", Some(5432)),
            ("curl -f http://other/health", "check script { command curl args \"-f\" \"http://other/health\" }", None),
            (
                "[CMD, curl, -X, POST, 'http://localhost/']",
                "check script { command curl args \"-X\" POST \"http://localhost/\" }",
                None,
            ),
            ("pg_isready -U app", "check script { command pg_isready args \"-U\" app }", None),
            ("pg_isready -U $$USER", "check script { command \"/bin/sh\" args \"-c\" \"pg_isready -U $$USER\" }", None),
            (
                "redis-cli ping | grep PONG",
                "check script { command \"/bin/sh\" args \"-c\" \"redis-cli ping | grep PONG\" }",
                None,
            ),
        ] {
            let (found, at) = written(text);
            assert_eq!((found.replace('"', ""), at), (expected.replace('"', ""), port), "{text}");
        }
    }
}
