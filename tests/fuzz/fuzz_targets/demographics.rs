//! Drives [`cpis_fuzz::demographics`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::demographics(input);
});
