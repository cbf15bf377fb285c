//! Drives [`cpis_fuzz::history`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::history(input);
});
