//! Every input in `corpus/` through its target: what fuzzing found worth keeping holds without a nightly toolchain.

use std::fs;
use std::path::Path;

fn replay(target: &str, run: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut inputs = 0;
    for entry in fs::read_dir(folder).unwrap() {
        run(&fs::read(entry.unwrap().path()).unwrap());
        inputs += 1;
    }
    assert!(inputs > 20, "only {inputs} inputs for `{target}`");
}

#[test]
fn parse_holds_for_the_corpus() {
    replay("parse", hlmc_fuzz::parse);
}

#[test]
fn decode_holds_for_the_corpus() {
    replay("decode", hlmc_fuzz::decode);
}

#[test]
fn compile_holds_for_the_corpus() {
    replay("compile", hlmc_fuzz::compile);
}

#[test]
fn every_seed_holds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for input in hlmc_fuzz::seeds("compile", &root).unwrap() {
        hlmc_fuzz::compile(&input);
    }
}
