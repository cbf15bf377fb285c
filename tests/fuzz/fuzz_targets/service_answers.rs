//! Drives [`cpis_fuzz::service_answers`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::service_answers(input);
});
