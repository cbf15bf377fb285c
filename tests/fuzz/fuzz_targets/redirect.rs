//! Drives [`cpis_fuzz::redirect`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::redirect(input);
});
