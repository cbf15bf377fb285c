//! Drives [`cpis_fuzz::userinfo`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::userinfo(input);
});
