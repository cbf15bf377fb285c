//! Drives [`cpis_fuzz::patient_flags`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::patient_flags(input);
});
