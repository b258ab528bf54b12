//! Random hostile texts through the HCL writer and back.

use crate::hcl::{block, body, map, text};
use hlmc_core::nomad::form::{Body, Value};
use hlmc_core::nomad::hcl::{Dialect, write};
use std::process::Command;

/// A generator of numbers, the same in every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

/// Pieces that mean something to one parser or another.
const PIECES: [&str; 54] = [
    "$",
    "%",
    "{",
    "}",
    "${",
    "%{",
    "$${",
    "%%{",
    "~",
    "\"",
    "\\",
    "\\n",
    "\\u0041",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "\u{feff}",
    "\u{e123}",
    "\u{fffd}",
    "\u{ffff}",
    "é",
    "\u{1f469}\u{200d}\u{1f680}",
    "\u{10ffff}",
    "EOF",
    "\nEOF\n",
    "EOF_",
    " ",
    "  }",
    "#",
    "//",
    "/*",
    "*/",
    "<<EOF",
    "<<-",
    "'",
    "`",
    "${attr.cpu.arch}",
    "${NOMAD_PORT_http}",
    "${env[\"A\"]}",
    "${var.a}",
    "${true}",
    "${file(\"/etc/passwd\")}",
    "%{if true}",
    "%{endif}",
    "{{",
    "}}",
    "null",
    "=",
    "a",
];

fn hostile(random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..random.below(9) {
        text.push_str(PIECES[random.below(PIECES.len())]);
    }
    if random.below(3) == 0 {
        text.push_str("line\n");
    }
    text
}

/// Texts whose names are `k0`, `k1` …, half of them fit for heredocs.
fn texts(random: &mut Random, count: usize) -> Vec<(String, String)> {
    (0..count).map(|at| (format!("k{at}"), hostile(random))).collect()
}

fn job(texts: &[(String, String)]) -> Body {
    let pairs: Vec<(&str, Value)> = texts.iter().map(|(name, it)| (name.as_str(), text(it))).collect();
    let by_value: Vec<(&str, Value)> = texts.iter().map(|(name, it)| (it.as_str(), text(name))).collect();
    let templates = texts
        .iter()
        .map(|(name, it)| block("template", &[], body(&[("data", text(it)), ("destination", text(name))], vec![])));
    let config = block("config", &[], body(&[("labels", map(&by_value))], vec![]));
    let mut blocks = vec![config, block("env", &[], body(&pairs, vec![]))];
    blocks.extend(templates);
    let task = block("task", &["t"], body(&[("driver", text("docker"))], blocks));
    let meta = block("meta", &[], body(&by_value, vec![]));
    let group = block("group", &["g"], body(&[], vec![meta, task]));
    body(&[], vec![block("job", &["j"], body(&[], vec![group]))])
}

fn nomad() -> Option<std::path::PathBuf> {
    let path = std::env::var_os("HLMC_NOMAD").map(std::path::PathBuf::from)?;
    path.is_file().then_some(path)
}

/// Runs with `HLMC_NOMAD=path/to/nomad`: Nomad's own parser reads back what was written, and its formatter has nothing to do.
#[test]
#[ignore = "needs the nomad program in HLMC_NOMAD"]
fn nomad_reads_every_text_back() {
    let nomad = nomad().expect("HLMC_NOMAD names the nomad program");
    let folder = std::env::temp_dir().join("hlmc-hcl-random");
    std::fs::create_dir_all(&folder).unwrap();
    for seed in 1..40 {
        let texts = texts(&mut Random(seed * 0x9e37_79b9), 60);
        let file = folder.join(format!("{seed}.nomad.hcl"));
        std::fs::write(&file, write(&job(&texts), Dialect::Job)).unwrap();
        let fmt = Command::new(&nomad).args(["fmt", "-check"]).arg(&file).output().unwrap();
        assert!(fmt.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&fmt.stderr));
        let run = Command::new(&nomad).args(["job", "run", "-output"]).arg(&file).output().unwrap();
        assert!(run.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&run.stderr));
        let json: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
        let group = &json["Job"]["TaskGroups"][0];
        let task = &group["Tasks"][0];
        for (at, (name, text)) in texts.iter().enumerate() {
            assert_eq!(task["Env"][name], text.as_str(), "seed {seed}");
            assert_eq!(task["Templates"][at]["EmbeddedTmpl"], text.as_str(), "seed {seed}");
            assert!(group["Meta"][text].is_string(), "seed {seed}: {text:?}");
        }
    }
}

/// The same without the program, read by another implementation of HCL 2.
#[test]
fn another_parser_reads_every_text_back() {
    use hcl::eval::Evaluate;
    for seed in 1..200 {
        let texts = texts(&mut Random(seed * 0x9e37_79b9), 30);
        let pairs: Vec<(&str, Value)> = texts.iter().map(|(name, it)| (name.as_str(), text(it))).collect();
        let written = write(&body(&pairs, vec![]), Dialect::Hcl2);
        let read = hcl::parse(&written).unwrap_or_else(|error| panic!("seed {seed}: {error}\n{written}"));
        let read = read.evaluate(&hcl::eval::Context::new()).unwrap();
        for (attribute, (name, text)) in read.attributes().zip(&texts) {
            assert_eq!(attribute.key(), name);
            let hcl::Expression::String(value) = attribute.expr() else { panic!("{attribute:?}") };
            assert_eq!(value, text, "seed {seed}");
        }
    }
}
