//! A keychain for tests that lasts as long as it is held, whatever opens it.

use cpis_client::Keychains;
use cpis_vault::{Keychain, KeychainError, RunKeychain};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Keychains by service name, kept in memory across restarts of the program in one process.
#[must_use]
pub fn kept_in_memory() -> Keychains {
    let opened: Mutex<BTreeMap<String, Arc<RunKeychain>>> = Mutex::default();
    Arc::new(move |name: &str| {
        let mut opened = opened.lock().map_err(|_| KeychainError::Failed)?;
        let keychain = opened.entry(name.to_owned()).or_default().clone();
        let shared: Box<dyn Keychain> = Box::new(Shared(keychain));
        Ok(shared)
    })
}

/// No keychain at all, as on a computer without one.
#[must_use]
pub fn absent() -> Keychains {
    Arc::new(|_| Err(KeychainError::Absent))
}

struct Shared(Arc<RunKeychain>);

impl Keychain for Shared {
    fn read(&self, name: &str) -> Result<Option<zeroize::Zeroizing<Vec<u8>>>, KeychainError> {
        self.0.read(name)
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.0.write(name, secret)
    }
}
