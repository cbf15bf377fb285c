//! Drives [`cpis_fuzz::sealed_session`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::sealed_session(input);
});
