//! Drives [`cpis_fuzz::session_file`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::session_file(input);
});
