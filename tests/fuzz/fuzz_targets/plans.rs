//! Drives [`cpis_fuzz::plans`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::plans(input);
});
