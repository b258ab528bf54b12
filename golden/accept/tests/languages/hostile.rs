//! Texts that mean something to some language on their way: what comes back is what went in.

use crate::job::read;
use crate::lab::{build, folder, program};
use serde_json::Value as Json;
use std::io::{Read as _, Write as _};

/// Texts by what is odd about them.
fn texts() -> Vec<(&'static str, String)> {
    let mut texts: Vec<(&str, String)> = [
        ("quotes", "a \"b\" 'c' `d` \"\"\" e"),
        ("backslashes", r"a\b\\c\n\u0041\"),
        ("newlines", "a\nb\n\nc"),
        ("lines", "a\nb\n\n  c\n"),
        ("only newlines", "\n\n\n"),
        ("carriage returns", "a\r\nb\rc\r\n"),
        ("tabs and blanks", "\t a \t\n\t b\n"),
        ("ends in blanks", "a  \nb \n  \n"),
        ("indented", "    a\n      b\n    c\n"),
        ("interpolation", "${x} ${var.x} ${local.x} ${1 + 1} ${file(\"x\")}"),
        ("runtime interpolation", "${NOMAD_PORT_http} ${attr.cpu.arch} ${node.class} ${meta.a} ${env[\"A\"]}"),
        ("runtime interpolation in lines", "a ${NOMAD_TASK_DIR}\n${meta.owner}\n"),
        ("escaped interpolation", "$${x} $$${y} $$$${z} $$ $ ${"),
        ("an open end", "${"),
        ("an open end after others", "$$$$${"),
        ("a closing brace", "${attr.cpu.arch}} }${attr.cpu.arch} } ${x}}}"),
        ("nested", "${attr.${x}} ${\"${y}\"}"),
        ("strips", "${~ attr.cpu.arch ~} %{~ if true ~}x%{~ endif ~}"),
        ("directives", "%{if true}x%{endif} %%{y} %%%{z} % %{"),
        ("directives in lines", "%{for x in y}\n%{endfor}\n"),
        ("mixed sigils", "$%{x} %${y} $%$%{z}"),
        ("templates behind an at", "postgres://a:b@{{ .Address }}"),
        ("templates", "{{ env \"A\" }} {{`x`}} {{- /* c */ -}} }}"),
        ("parameters", "@ {x} @x {@} @"),
        ("heredocs", "<<EOF\nEOF\nEOF_\n  EOF\nEOF\n<<-EOF\n"),
        ("comments", "# a\n// b\n/* c */\n/- d\n"),
        ("assignments", "a = \"b\"\nc { d = 1 }\n}\n"),
        ("controls", "\u{1}\u{2}\u{7}\u{8}\u{b}\u{c}\u{e}\u{1b}[31m\u{1f}\u{7f}\u{80}\u{85}\u{9f}"),
        ("zero", "a\0b"),
        ("right to left", "a\u{202e}b\u{2066}c\u{200f}d\u{061c}"),
        ("invisible", "a\u{200b}b\u{2060}c\u{feff}d\u{ad}e"),
        ("separators", "a\u{2028}b\u{2029}c\u{a0}d\u{3000}e"),
        ("byte order mark", "\u{feff}a"),
        ("beyond the basic plane", "\u{1f4a9}\u{10348}\u{10ffff}\u{e0001}"),
        ("non-characters", "\u{fffe}\u{ffff}\u{fdd0}\u{fffd}"),
        ("private use", "\u{e000}\u{e123}\u{f8ff}"),
        ("composed", "é ü Å 한"),
        ("empty", ""),
        ("blank", " "),
        ("a keyword", "null"),
        ("a number", "0123"),
        ("a truth value", "true"),
    ]
    .map(|(name, text)| (name, text.to_owned()))
    .to_vec();
    texts.push(("long", "x${y}\"\\\n".repeat(1024)));
    texts.push(("long line", "0123456789abcdef".repeat(4 * 1024)));
    texts
}

/// A text as KDL.
fn quoted(text: &str) -> String {
    let escaped: String = text.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect();
    format!("\"{escaped}\"")
}

#[test]
#[ignore = "needs the real programs; `make accept` runs it"]
fn a_job_holds_any_text_as_it_was() {
    let folder = folder("hostile");
    let texts = texts();
    let mut job = "job \"hostile\" {\nnode_pool \"pool\"\n".to_owned();
    for (at, (_, text)) in texts.iter().enumerate() {
        let text = quoted(text);
        job.push_str(&format!(
            "group \"g{at}\" {{\n meta {{ a {text}; {text} \"key\" }}\n task \"t{at}\" {{\n driver \"docker\"\n user {text}\n \
             env {{ A {text}; {text} \"key\" }}\n config {{ image \"x\"; args {text} \"-\" {text}; entrypoint {text}; labels {{ a {text}; {text} \"key\" }} }}\n \
             template {{ data {text}; destination \"x\" }}\n service {{ tags {text}; check {{ header {{ a {text} }} }} }}\n \
             constraint attribute={text} value={text}\n artifact {{ options {{ a {text} }} }}\n action {text} {{ command {text} }} }} }}\n"
        ));
    }
    job.push_str("}\n");
    let json = read(&folder, &job);
    let groups = json["Job"]["TaskGroups"].as_array().unwrap();
    let mut wrong = Vec::new();
    for ((name, text), group) in texts.iter().zip(groups) {
        let task = &group["Tasks"][0];
        let config = &task["Config"];
        let places = [
            ("meta", &group["Meta"]["a"]),
            ("user", &task["User"]),
            ("env", &task["Env"]["A"]),
            ("list", &config["args"][2]),
            ("one of a list", &config["entrypoint"][0]),
            ("map", &config["labels"][0]["a"]),
            ("data", &task["Templates"][0]["EmbeddedTmpl"]),
            ("tag", &task["Services"][0]["Tags"][0]),
            ("header", &task["Services"][0]["Checks"][0]["Header"]["a"][0]),
            ("attribute", &task["Constraints"][0]["LTarget"]),
            ("value", &task["Constraints"][0]["RTarget"]),
            ("option", &task["Artifacts"][0]["GetterOptions"]["a"]),
            ("label", &task["Actions"][0]["Name"]),
            ("command", &task["Actions"][0]["Command"]),
        ];
        let values = places.iter().filter(|(_, value)| value.as_str() != Some(text));
        wrong.extend(values.map(|(place, value)| format!("{name} as {place}: {:.90?}", value.to_string())));
        for (place, map) in [("meta", &group["Meta"]), ("env", &task["Env"]), ("map", &config["labels"][0])] {
            if map.get(text) != Some(&Json::from("key")) {
                wrong.push(format!("{name} as key of {place}: {:.90?}", map.to_string()));
            }
        }
    }
    assert_eq!(groups.len(), texts.len());
    assert!(wrong.is_empty(), "{} came back otherwise:\n{}", wrong.len(), wrong.join("\n"));
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

/// Texts for agents, whose configuration isn't composed.
fn agents_texts() -> Vec<(&'static str, String)> {
    let mut texts = texts();
    texts.push(("decomposed", "e\u{301} \u{1100}\u{1161} A\u{30a} \u{212b} \u{340}".to_owned()));
    texts
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
