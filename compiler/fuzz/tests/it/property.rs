//! Random labs from the schema tables: nothing panics, every diagnostic is sound, and there is a bundle exactly when there is no
//! error. That Nomad takes what compiles is tried by `make accept`.

use hlmc_fuzz::{Lab, Random, compiled, generate, smaller};
use std::collections::BTreeMap;
use std::panic::catch_unwind;

/// How many labs are tried.
const CASES: u64 = 2000;

#[test]
fn a_random_lab_compiles_or_gets_a_diagnostic() {
    let mut accepted = 0;
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 0..CASES {
        let lab = generate(&mut Random::new(seed));
        let Ok(compiled) = catch_unwind(|| compiled(&lab)) else { fail(seed, &lab) };
        accepted += u64::from(compiled.bundle.is_some());
        for found in &compiled.diagnostics {
            *codes.entry(found.code.name).or_default() += 1;
        }
    }
    println!("{accepted} of {CASES} random labs compile; of the others: {codes:?}");
    assert!(accepted > CASES / 8 && accepted < CASES * 9 / 10, "{accepted} of {CASES} compile: {codes:?}");
    assert!(codes.len() > 15, "{codes:?}");
}

/// Says which lab it was, as small as it still shows the fault.
fn fail(seed: u64, lab: &Lab) -> ! {
    let breaks = |text: &str| catch_unwind(|| compiled(&Lab::read(text.as_bytes()))).is_err();
    let small = smaller(String::from_utf8(lab.input()).unwrap(), breaks);
    panic!("seed {seed}:\n{small}");
}
