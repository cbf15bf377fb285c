//! Sealed values, and the sealed session on the disk.

use crate::MEMORY;
use crate::secrets::{ASSOCIATED, ROWS, SESSION_ENDS, WORKSTATION, passcode};
use cpis_vault::{TRIES, untrusted};

const SEALED_VALUE: &[u8] = include_bytes!("../seeds/sealed_value/whole");
const SESSION_FILE: &[u8] = include_bytes!("../seeds/session_file/whole");

/// Less than any derivation that is permitted takes. A refusal takes next to nothing, but other tests may run
/// beside it.
const MOST_FOR_A_REFUSAL: usize = 16 * 1024 * 1024;

/// A sealed value opens as it was sealed, where it was sealed, or not at all. The first byte says how
/// many bytes of associated data follow.
pub fn sealed_value(input: &[u8]) -> bool {
    let (associated, sealed) = split(input);
    let opened = ROWS.open(associated, sealed);
    assert_eq!(
        opened.is_ok(),
        input == SEALED_VALUE,
        "a value is opened as it was sealed, and only so"
    );
    if let Ok(plain) = &opened {
        assert_eq!((associated, plain.as_slice()), (ASSOCIATED, &b"plain"[..]));
    }
    opened.is_ok()
}

/// A session file is accepted as it was written, to the last byte, or not at all.
pub fn session_file(input: &[u8]) -> bool {
    let held = untrusted::session_file(input, &WORKSTATION);
    assert_eq!(
        held.is_some(),
        input == SESSION_FILE,
        "a file is accepted as it was written, and only so"
    );
    if let Some(held) = &held {
        assert_eq!((held.ends, held.tries_left), (SESSION_ENDS, TRIES));
    }
    held.is_some()
}

/// Whatever parameters a sealed session names, its key is derived only within the limits, and a
/// refusal takes no memory.
pub fn sealed_session(input: &[u8]) -> bool {
    let Some(session) = untrusted::sealed_session(input) else {
        assert!(input.len() < 12 + 16, "a whole session was called cut off");
        return false;
    };
    let number = |at: usize| {
        let bytes = input[at..at + 4].try_into().expect("four bytes were taken");
        u32::from_be_bytes(bytes)
    };
    let (memory_kib, passes, lanes) = (number(0), number(4), number(8));
    let within = (19 * 1024..=256 * 1024).contains(&memory_kib)
        && (2..=16).contains(&passes)
        && (1..=8).contains(&lanes);
    let checked = untrusted::check_cost(&session);
    assert_eq!(
        checked.is_ok(),
        within,
        "{memory_kib} KiB, {passes} passes, {lanes} lanes"
    );
    let Err(refusal) = checked else {
        return true;
    };
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let opened = session.open(&passcode(), &[7; 32]);
    let taken = MEMORY.peak_usage().saturating_sub(before);
    assert_eq!(opened.err(), Some(refusal));
    assert!(taken < MOST_FOR_A_REFUSAL, "{taken} bytes for a refusal");
    false
}

fn split(input: &[u8]) -> (&[u8], &[u8]) {
    let Some((length, rest)) = input.split_first() else {
        return (&[], &[]);
    };
    rest.split_at(usize::from(*length).min(rest.len()))
}
