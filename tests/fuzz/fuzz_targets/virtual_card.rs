//! Drives [`cpis_fuzz::virtual_card`] with libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    cpis_fuzz::virtual_card(input);
});
