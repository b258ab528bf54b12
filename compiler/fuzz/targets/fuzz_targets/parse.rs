//! Any bytes through the parser and the formatter.

#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| hlmc_fuzz::parse(bytes));

fuzz_mutator!(|bytes: &mut [u8], size: usize, most: usize, seed: u32| {
    let own = |bytes: &mut [u8], size| hlmc_fuzz::mutate(bytes, size, most, seed);
    own(bytes, size).unwrap_or_else(|| libfuzzer_sys::fuzzer_mutate(bytes, size, most))
});
