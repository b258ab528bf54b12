//! The real parsers, each asked for many texts in one process, and what they took from an artifact as a tree.

use super::scripts;
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What a parser took from a text, or why it didn't take it.
pub(super) type Read = Result<Json, String>;

/// How one kind of artifact is read, by its path.
pub(super) fn kind(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    Some(match parts.as_slice() {
        ["nomad", "jobs", _, _] => "nomad job",
        ["nomad", "namespaces", _] => "nomad namespace",
        ["nomad", "node-pools", _] => "nomad node-pool",
        ["nodes", _, "etc", "nomad.d", _] => "nomad agent",
        ["nodes", _, "etc", "consul.d", _] => "consul agent",
        ["nodes", _, "etc", "systemd", ..] => "systemd unit",
        ["nodes", _, "etc", "dnsmasq.d", _] => "dnsmasq",
        ["nodes", _, "etc", "samba", _] => "samba",
        ["nodes", _, "install.sh"] => "sh install",
        ["nodes", _, "ufw.sh"] => "sh ufw",
        ["deploy.sh"] => "sh deploy",
        ["proxy", "Caddyfile"] => "caddy",
        ["monitoring", "prometheus.yml"] => "promtool",
        ["report", "exposure.txt"] => "exposure",
        ["vault", "policies", _, _] => "vault policy",
        ["bundle.json"] | ["vault", "login.json"] | ["vault", "roles", _, _] => "json",
        _ => return None,
    })
}

/// The parsers of one thread.
pub(super) struct Readers {
    running: HashMap<&'static str, Running>,
    known: HashMap<(&'static str, String), Read>,
    /// How often each kind was read.
    pub(super) reads: std::collections::BTreeMap<&'static str, usize>,
    /// For files of the programs that take no text.
    pub(super) folder: PathBuf,
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Readers {
    /// Parsers whose files lie in this folder.
    pub(super) fn new(folder: PathBuf) -> Self {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self { running: HashMap::new(), known: HashMap::new(), reads: Default::default(), folder }
    }

    /// What the parser of this kind takes from a text.
    pub(super) fn read(&mut self, kind: &'static str, text: &str) -> Read {
        if let Some(known) = self.known.get(&(kind, text.to_owned())) {
            return known.clone();
        }
        *self.reads.entry(kind).or_default() += 1;
        let read = self.read_anew(kind, text);
        if self.known.len() > 2000 {
            self.known.clear();
        }
        self.known.insert((kind, text.to_owned()), read.clone());
        read
    }

    fn read_anew(&mut self, kind: &'static str, text: &str) -> Read {
        match kind.split_once(' ') {
            Some(("nomad", "job")) => {
                let mut job = self.ask("read-nomad", &json!({ "Kind": "job", "Text": text }))?;
                self.templates(&mut job)?;
                Ok(job)
            }
            Some(("nomad", what)) => self.ask("read-nomad", &json!({ "Kind": what, "Text": text })),
            Some(("sh", what)) => scripts::read(what, text),
            _ => match kind {
                "consul agent" => self.ask("read-consul", &json!({ "Text": text })),
                "vault policy" => self.ask("read-vault", &json!({ "Text": text })),
                "caddy" => self.ask("read-caddy", &json!({ "Text": text })),
                "promtool" => self.ask("read-promtool", &json!({ "Text": text })),
                "systemd unit" => super::units::load(&self.folder, text),
                "dnsmasq" => self.dnsmasq(text),
                "samba" => self.samba(text),
                "json" => serde_json::from_str(text).map_err(|error| error.to_string()).map(without_sums),
                "exposure" => Ok(exposure(text)),
                _ => panic!("no parser for {kind}"),
            },
        }
    }

    /// Asks one of our readers, which is started the first time.
    pub(super) fn ask(&mut self, program: &'static str, question: &Json) -> Read {
        let running = self.running.entry(program).or_insert_with(|| start(program));
        // In one piece: written as it is made, a pipe is given a few bytes at a time.
        running.input.write_all(format!("{question}\n").as_bytes()).unwrap();
        let mut line = String::new();
        running.output.read_line(&mut line).unwrap();
        let mut answer: Json = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{program}: {error}: {line}"));
        match answer.get("error").and_then(Json::as_str) {
            Some(error) => Err(error.replace('\n', " ")),
            None => Ok(answer["value"].take()),
        }
    }

    /// Reads the templates of a job too: what the files say once they are written, and what those ask for that hlmc makes.
    fn templates(&mut self, json: &mut Json) -> Result<(), String> {
        match json {
            Json::Array(list) => list.iter_mut().try_for_each(|value| self.templates(value)),
            Json::Object(map) if map.contains_key("EmbeddedTmpl") => {
                let text = |name: &str| map[name].as_str().unwrap_or_default().to_owned();
                let (data, left, right) = (text("EmbeddedTmpl"), text("LeftDelim"), text("RightDelim"));
                let said = if text("DestPath").ends_with("/hlmc.env") {
                    self.ask("read-nomad", &json!({ "Kind": "environment", "Text": data }))?
                } else if !left.is_empty() || data == "{{ \"\" }}" {
                    self.ask("read-nomad", &json!({ "Kind": "template", "Text": data, "Left": left, "Right": right }))?
                } else {
                    Json::from(data)
                };
                map.insert("EmbeddedTmpl".to_owned(), said);
                map.remove("LeftDelim");
                map.remove("RightDelim");
                Ok(())
            }
            Json::Object(map) => map.values_mut().try_for_each(|value| self.templates(value)),
            _ => Ok(()),
        }
    }

    /// What systemd takes from the units of a node.
    pub(super) fn units(&mut self, files: &str) -> Read {
        self.read("systemd unit", files)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.folder.join(name);
        std::fs::write(&file, text).unwrap();
        file
    }

    /// dnsmasq says only whether it takes a file; what it takes is a line by itself.
    fn dnsmasq(&self, text: &str) -> Read {
        let file = self.write("dnsmasq.conf", text);
        said(Command::new("/usr/sbin/dnsmasq").arg("--test").arg(format!("--conf-file={}", file.display())))?;
        Ok(lines(text))
    }

    /// Samba's own listing of what it took.
    fn samba(&self, text: &str) -> Read {
        let file = self.write("smb.conf", text);
        let listed = said(Command::new("/usr/bin/testparm").args(["-s", "--suppress-prompt"]).arg(file))?;
        // It writes the name of a workgroup in capitals, the mark's too.
        let small = |line: &str| if line.starts_with("\tworkgroup") { line.to_lowercase() } else { line.to_owned() };
        Ok(Json::from(listed.lines().map(small).map(Json::from).collect::<Vec<_>>()))
    }
}

fn lines(text: &str) -> Json {
    Json::from(text.split('\n').map(Json::from).collect::<Vec<_>>())
}

/// The lines of a list that is for people, each with what it quotes: a group may have any name.
fn exposure(text: &str) -> Json {
    let line = |line: &str| match line.find('"') {
        Some(at) => json!([line[..at], serde_json::from_str::<String>(&line[at..]).unwrap_or_default()]),
        None => Json::from(line),
    };
    Json::from(text.split('\n').map(line).collect::<Vec<_>>())
}

/// What a program prints, where it ends well.
pub(super) fn said(command: &mut Command) -> Result<String, String> {
    let output = command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    match output.status.success() {
        true => Ok(text(output.stdout)),
        false => Err(text(output.stderr)),
    }
}

/// A bundle's list says of each file that it is another one when its content is; that is no text of a manifest.
fn without_sums(mut list: Json) -> Json {
    for file in list["files"].as_array_mut().into_iter().flatten() {
        file.as_object_mut().unwrap().remove("sha256");
    }
    list
}

fn start(program: &str) -> Running {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../consumers/bin").join(program);
    let mut command = Command::new(path);
    command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", env!("CARGO_TARGET_TMPDIR"));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot run `{program}`: {error}; `golden/consumers/build.sh` builds it"));
    let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    Running { child, input, output }
}
