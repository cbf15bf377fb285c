//! Drives [`cpis_fuzz::discovery`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::discovery(input);
});
