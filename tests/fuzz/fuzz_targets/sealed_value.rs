//! Drives [`cpis_fuzz::sealed_value`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::sealed_value(input);
});
