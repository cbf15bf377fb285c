//! `workstation --jwk`: this computer's public key for whoever registers it at a service.
//!
//! The key goes to standard output, everything else to standard error. Nothing secret is printed.

use crate::Switches;
use crate::folders::Folders;
use crate::launcher::system_keychains;
use cpis_client::view::ProgramMode;
use cpis_client::{WorkstationKeyError, workstation_jwk};
use std::io::Write;
use std::process::ExitCode;

/// It was printed.
const PRINTED: u8 = 0;
/// There is none yet.
const NOT_MADE: u8 = 1;
/// It cannot be read.
const NOT_READ: u8 = 2;

/// Prints the public key of the mode that the switches name.
#[must_use]
pub fn run(switches: &Switches) -> ExitCode {
    let read = match Folders::find(switches) {
        Ok(folders) => {
            let folder = match switches.mode() {
                ProgramMode::Live => &folders.live,
                ProgramMode::Practice => &folders.practice,
            };
            workstation_jwk(switches.mode(), folder, &system_keychains())
        }
        Err(_) => Err(WorkstationKeyError::Unreadable),
    };
    // The exit code says it all to a script that has closed the other end.
    let (code, _) = match read {
        Ok(jwk) => (PRINTED, writeln!(std::io::stdout(), "{jwk}")),
        Err(error) => {
            let (sentence, code) = said(error);
            (code, writeln!(std::io::stderr(), "{sentence}"))
        }
    };
    ExitCode::from(code)
}

fn said(error: WorkstationKeyError) -> (&'static str, u8) {
    match error {
        WorkstationKeyError::NotMade => (
            "This computer has no key yet: CP-IS Check makes it when it first starts. Start it once as the \
             person who uses it, then try again. If it has been started before, the keychain may be locked: \
             unlock it and try again.",
            NOT_MADE,
        ),
        WorkstationKeyError::NoKeychain => (
            "This computer has no keychain, so it can have no key. Sign in as the person who uses CP-IS \
             Check; on Linux, a Secret Service such as gnome-keyring must be running.",
            NOT_READ,
        ),
        WorkstationKeyError::KeychainLocked => (
            "The keychain is locked or does not answer. Unlock it and try again.",
            NOT_READ,
        ),
        WorkstationKeyError::KeyMissing => (
            "CP-IS Check has been used on this computer, but the keychain does not hold its keys. It may be \
             locked, emptied or another person's. Unlock it, or run this as the person who uses CP-IS Check.",
            NOT_READ,
        ),
        WorkstationKeyError::OtherKey => (
            "The keychain holds other keys than those with which CP-IS Check has been used here. Run this as \
             the person who uses CP-IS Check, or name the folder that belongs to this keychain with --data-dir.",
            NOT_READ,
        ),
        WorkstationKeyError::Unreadable => (
            "The folder of CP-IS Check cannot be read. Make sure that you may read it, then try again.",
            NOT_READ,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[test]
    fn every_error_has_a_sentence_of_its_own_and_its_code() {
        let sentences = [
            WorkstationKeyError::NotMade,
            WorkstationKeyError::NoKeychain,
            WorkstationKeyError::KeychainLocked,
            WorkstationKeyError::KeyMissing,
            WorkstationKeyError::OtherKey,
            WorkstationKeyError::Unreadable,
        ]
        .map(said);
        for (place, (sentence, code)) in sentences.iter().enumerate() {
            assert_eq!(*code, if place == 0 { NOT_MADE } else { NOT_READ });
            assert!(sentence.ends_with('.'), "{sentence}");
            assert!(!sentence.contains("  "), "{sentence}");
            let before = &sentences[..place];
            assert!(!before.iter().any(|(earlier, _)| earlier == sentence));
        }
    }

    #[test]
    fn the_switch_says_what_is_printed() {
        let parse = |arguments: &[&str]| Switches::try_parse_from(arguments);
        let read = parse(&["cpis-desktop", "workstation", "--jwk"]).unwrap();
        let wanted = crate::Command::Workstation { jwk: true };
        assert_eq!(read.command, Some(wanted));
        parse(&["cpis-desktop", "workstation"]).unwrap_err();
    }
}
