//! Drives [`cpis_fuzz::certificate`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::certificate(input);
});
