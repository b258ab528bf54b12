//! The recipe for Helix in `docs/editors.md`: the language server that it names, configured as it says, shows what hlmc finds in a text,
//! saved or not.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "this is all test code")]

use serde_json::{Map, Value, json};
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A language server, and what it said.
struct Server {
    child: Child,
    stdin: ChildStdin,
    said: Receiver<Value>,
}

impl Server {
    /// Starts it as Helix does, in a folder.
    fn start(folder: &Path, config: &Value) -> Self {
        let mut command = Command::new(root().join("golden/consumers/bin/efm-langserver"));
        let path = format!("{}:{}", root().join("target/release").display(), std::env::var("PATH").unwrap());
        command.current_dir(folder).env("PATH", path);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("efm-langserver is built by `make accept`");
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, said) = channel();
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(message) = message(&mut stdout) {
                let _ = sender.send(message);
            }
        });
        let mut server = Self { child, stdin, said };
        let about = json!({ "rootUri": uri(folder), "capabilities": {}, "initializationOptions": config });
        server.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about }));
        server.said.recv_timeout(Duration::from_secs(30)).expect("it answers");
        server.tell("initialized", &json!({}));
        server.tell("workspace/didChangeConfiguration", &json!({ "settings": config }));
        server
    }

    fn tell(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.stdin, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.stdin.flush().unwrap();
    }

    fn open(&mut self, file: &Path, text: &str) {
        let document = json!({ "uri": uri(file), "languageId": "kdl", "version": 0, "text": text });
        self.tell("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    fn change(&mut self, file: &Path, text: &str) {
        let document = json!({ "uri": uri(file), "version": 1 });
        self.tell("textDocument/didChange", &json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
    }

    /// What is shown next, and of which file: `line:character-end severity source message`, counted from 0.
    fn shown(&self) -> (String, Vec<String>) {
        let it = self.said.recv_timeout(Duration::from_secs(30)).expect("something is shown");
        assert_eq!(it["method"], "textDocument/publishDiagnostics", "{it}");
        let line = |one: &Value| {
            let (start, end) = (&one["range"]["start"], &one["range"]["end"]);
            let place = format!("{}:{}-{}", start["line"], start["character"], end["character"]);
            let text = |name: &str| one[name].as_str().unwrap().to_owned();
            format!("{place} {} {} {}", one["severity"], text("source"), text("message"))
        };
        let all = it["params"]["diagnostics"].as_array().unwrap().iter().map(line).collect();
        (it["params"]["uri"].as_str().unwrap().to_owned(), all)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The next message of the server; nothing once it has ended.
fn message(stdout: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line.trim().is_empty() {
            break;
        }
        if let Some(told) = line.strip_prefix("Content-Length: ") {
            length = told.trim().parse().unwrap();
        }
    }
    let mut text = vec![0; length];
    stdout.read_exact(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

fn uri(path: &Path) -> String {
    format!("file://{}", path.display()).replace(' ', "%20")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The server's configuration in the recipe. Its lines are TOML that JSON has as well.
fn recipe() -> Value {
    let page = fs::read_to_string(root().join("docs/editors.md")).unwrap();
    let (_, rest) = page.split_once("[[language-server.hlmc.config.languages.kdl]]\n").unwrap();
    let (lines, _) = rest.split_once("\n\n").unwrap();
    let pairs = lines.lines().map(|line| line.split_once(" = ").unwrap());
    let one: Map<String, Value> =
        pairs.map(|(name, value)| (name.to_owned(), serde_json::from_str(value).unwrap())).collect();
    json!({ "languages": { "kdl": [one] } })
}

#[test]
#[ignore = "needs efm-langserver: `make accept`"]
fn the_language_server_for_helix_shows_what_is_found() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editors");
    let _ = fs::remove_dir_all(&folder);
    let lab = folder.join("my lab");
    let texts = [
        (
            "lab.kdl",
            "lab \"home\" {\n    domain \"home.example.com\"\n    network \"lan\" cidr=\"192.168.1.0/24\"\n}\n",
        ),
        ("nodes/nas.kdl", "node \"nas\" {\n    address \"192.168.1.119\"\n    arch \"amd64\"\n    server\n}\n"),
        ("services/web.kdl", "service \"web\" {\n    image \"nginx\"\n    port \"http\" to=80\n    route \"web\"\n}\n"),
    ];
    for (path, text) in texts {
        fs::create_dir_all(lab.join(path).parent().unwrap()).unwrap();
        fs::write(lab.join(path), text).unwrap();
    }
    let (file, saved) = (lab.join("services/web.kdl"), texts[2].1);
    // The editor was started in a folder around the lab.
    let mut server = Server::start(&folder, &recipe());
    let latest = "1:10-11 2 hlmc [latest-image] `web` runs `nginx`, which may be another image each time it starts";
    let check = "3:10-11 3 hlmc [check-missing] nothing looks whether `web` works: it has no check";
    let provider = "3:10-11 2 hlmc [no-provider] nothing serves the route of `web`: the lab has no reverse proxy";
    let unknown = "1:4-9 1 hlmc [unknown-name] `imgae` is not known in `service`";
    let shows = |server: &Server, what: &[&str]| {
        assert_eq!(server.shown(), (uri(&file), what.iter().map(ToString::to_string).collect()))
    };
    server.open(&file, saved);
    shows(&server, &[latest, check, provider]);
    server.change(&file, &saved.replace("image", "imgae"));
    shows(&server, &[unknown]);
    server.change(&file, &saved.replace("nginx", "nginx:1.29.3"));
    shows(&server, &[check, provider]);
    server.tell("textDocument/didSave", &json!({ "textDocument": { "uri": uri(&file) }, "text": saved }));
    shows(&server, &[latest, check, provider]);

    // Nothing is shown of other texts in this language, until something is shown of the lab.
    let (outside, about) = (folder.join("outside.kdl"), lab.join("lab.kdl"));
    server.open(&outside, "anything \"else\"\n");
    server.open(&about, texts[0].1);
    loop {
        let (which, what) = server.shown();
        assert_eq!(what, Vec::<String>::new(), "{which}");
        if which == uri(&about) {
            break;
        }
        assert_eq!(which, uri(&outside));
    }
}
