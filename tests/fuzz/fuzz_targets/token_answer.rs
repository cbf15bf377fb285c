//! Drives [`cpis_fuzz::token_answer`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::token_answer(input);
});
