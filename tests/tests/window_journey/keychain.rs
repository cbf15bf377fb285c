//! The keychain of the session in which the journeys run.

use keyring_core::{Entry, Error};

/// The name under which live mode keeps its keys, and theirs.
const SERVICE: &str = "CP-IS Check";
const KEYS: [&str; 2] = ["workstation-secret", "workstation-key"];

/// Takes out what an earlier journey left, so that the next begins on a computer on which the program
/// never ran: it would rightly say that its records are gone.
pub fn empty() {
    // Its calls wait on an event loop of their own, which no asynchronous test may wait for.
    let emptied = std::thread::spawn(|| {
        assert!(keyring::Entry::store_status().is_ok(), "a keychain");
        for key in KEYS {
            let entry = Entry::new(SERVICE, key).expect("an entry");
            match entry.delete_credential() {
                Ok(()) | Err(Error::NoEntry) => {}
                Err(error) => panic!("{key}: {error}"),
            }
        }
    });
    emptied.join().expect("an empty keychain");
}
