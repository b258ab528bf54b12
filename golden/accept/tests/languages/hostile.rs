//! Texts that mean something to some language on their way: what comes back is what went in.

use crate::lab::{build, folder, program};
use crate::texts::texts;
use serde_json::Value as Json;
use std::io::{Read as _, Write as _};

/// A text as KDL.
fn quoted(text: &str) -> String {
    let escaped: String = text.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
    format!("\"{escaped}\"")
}

/// Asks an agent for a document until it answers.
fn ask(address: &str, path: &str) -> Json {
    let answer = || -> Option<Json> {
        let mut stream = std::net::TcpStream::connect(address).ok()?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
    };
    let started = std::time::Instant::now();
    loop {
        match answer() {
            Some(json) => return json,
            None if started.elapsed().as_secs() > 60 => panic!("`{address}` doesn't answer"),
            None => std::thread::sleep(std::time::Duration::from_millis(200)),
        }
    }
}

/// What a running agent says of itself, with this in the manifest of its node. It keeps its data in `DATA`.
fn run_agent(name: &str, node: &str, address: &str, path: &str) -> Json {
    let folder = folder(&format!("hostile-{name}"));
    let bundle = build(&node.replace("DATA", folder.to_str().unwrap()), "");
    let (_, hcl) = bundle.iter().find(|(path, _)| path.ends_with(&format!("{name}.hcl"))).unwrap();
    let file = folder.join(format!("{name}.hcl"));
    std::fs::write(&file, hcl).unwrap();
    let argument = format!("-config{}={}", if name == "consul" { "-file" } else { "" }, file.display());
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let mut agent = program(name).args(["agent", &argument]).stdout(log).spawn().unwrap();
    let said = std::panic::catch_unwind(|| ask(address, path));
    let _ = agent.kill();
    let _ = agent.wait();
    said.unwrap()
}

/// Texts without what means something to the compiler itself.
fn agents_texts() -> Vec<(&'static str, String)> {
    texts().into_iter().filter(|(_, text)| !text.contains("@{")).collect()
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn consuls_configuration_holds_any_text_as_it_was() {
    let texts = agents_texts();
    let tags: Vec<String> = texts.iter().map(|(_, text)| quoted(text)).collect();
    let node = format!(
        "consul {{\n data_dir \"DATA/data\"; bind_addr \"127.0.0.1\"; advertise_addr \"127.0.0.1\"\n \
         client_addr \"127.0.0.1\"; addresses {{ http \"127.0.0.1\" }}\n \
         ports {{ http 28500; dns -1; grpc -1; grpc_tls -1; server 28300; serf_lan 28301; serf_wan -1 }}\n \
         service {{ name \"hostile\"; tags {} }} }}\n",
        tags.join(" ")
    );
    let services = run_agent("consul", &node, "127.0.0.1:28500", "/v1/agent/services");
    let tags = services["hostile"]["Tags"].as_array().unwrap();
    assert_eq!(tags.len(), texts.len());
    for ((name, text), tag) in texts.iter().zip(tags) {
        assert_eq!(tag.as_str(), Some(text.as_str()), "{name}");
    }
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn nomads_configuration_holds_any_text_as_it_was() {
    let texts = agents_texts();
    let meta: String = texts.iter().enumerate().map(|(at, (_, text))| format!("k{at} {}; ", quoted(text))).collect();
    let keys: String = texts
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(_, text)| format!("{} \"key\"; ", quoted(text)))
        .collect();
    let node = format!(
        "client #false\nnomad {{\n data_dir \"DATA/data\"; bind_addr \"127.0.0.1\"\n \
         addresses {{ http \"127.0.0.1\" }}; advertise {{ http \"127.0.0.1\"; rpc \"127.0.0.1\"; serf \"127.0.0.1\" }}\n \
         ports {{ http 28646; rpc 28647; serf 28648 }}; consul {{ address \"127.0.0.1:1\" }}\n \
         client {{ enabled #false; meta {{ {meta} }}; options {{ {keys} }} }} }}\n"
    );
    let agent = run_agent("nomad", &node, "127.0.0.1:28646", "/v1/agent/self");
    let client = &agent["config"]["Client"];
    for (at, (name, text)) in texts.iter().enumerate() {
        assert_eq!(client["Meta"][format!("k{at}")].as_str(), Some(text.as_str()), "{name}");
        assert!(text.is_empty() || client["Options"][text] == "key", "{name} as key");
    }
}
