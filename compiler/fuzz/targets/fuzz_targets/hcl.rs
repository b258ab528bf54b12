//! Any text as a job file, through all stages.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| hlmc_fuzz::hcl(bytes));
