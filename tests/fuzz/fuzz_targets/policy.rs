//! Drives [`cpis_fuzz::policy`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::policy(input);
});
