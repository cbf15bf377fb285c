//! Drives [`cpis_fuzz::key_set`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::key_set(input);
});
