//! Drives [`cpis_fuzz::identity_token`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::identity_token(input);
});
