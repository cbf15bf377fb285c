//! Where the workstation's two secrets live: the operating system's keychain, or, in practice mode
//! on a computer without one, the memory of this run.

use crate::KeychainError;
use keyring_core::{Entry, Error};
use std::collections::BTreeMap;
use std::sync::Mutex;
use zeroize::Zeroizing;

/// A place for named secrets.
pub trait Keychain: Send + Sync {
    /// Reads a secret; `None` when there is none of this name.
    ///
    /// A locked Secret Service can look like an empty one, so an absence proves nothing: see
    /// [`crate::Workstation::open`].
    ///
    /// # Errors
    /// [`KeychainError`].
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError>;

    /// Writes a secret.
    ///
    /// # Errors
    /// [`KeychainError`].
    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError>;
}

/// The operating system's keychain: Secret Service, Keychain Services or Credential Manager.
///
/// Its calls block, on Linux on another thread's event loop: call them outside async code.
pub struct SystemKeychain {
    service: String,
}

impl SystemKeychain {
    /// Entries under a service name; live and practice use different ones.
    ///
    /// # Errors
    /// [`KeychainError::Absent`] when this computer has none.
    pub fn open(service: &str) -> Result<Self, KeychainError> {
        // The facade chooses and starts the platform's store, once a process. Entries are then made
        // through the core, which can say how they persist.
        match keyring::Entry::store_status() {
            Ok(()) => Ok(Self {
                service: service.to_owned(),
            }),
            Err(error) => {
                tracing::warn!(%error, "no keychain");
                Err(KeychainError::Absent)
            }
        }
    }

    fn entry(&self, name: &str) -> Result<Entry, KeychainError> {
        entry(&self.service, name).map_err(|e| fault(&e))
    }
}

/// On Windows an entry roams with the domain profile unless told otherwise.
fn entry(service: &str, name: &str) -> keyring_core::Result<Entry> {
    if cfg!(windows) {
        let local = [("persistence", "Local")].into();
        Entry::new_with_modifiers(service, name, &local)
    } else {
        Entry::new(service, name)
    }
}

impl Keychain for SystemKeychain {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        match self.entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(fault(&error)),
        }
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.entry(name)?.set_secret(secret).map_err(|e| fault(&e))
    }
}

/// Never keeps the error itself: `BadEncoding` and `BadDataFormat` carry the secret.
fn fault(error: &Error) -> KeychainError {
    match error {
        Error::NoDefaultStore => KeychainError::Absent,
        Error::NoStorageAccess(_) => KeychainError::Locked,
        Error::BadEncoding(_)
        | Error::BadDataFormat(..)
        | Error::BadStoreFormat(_)
        | Error::Ambiguous(_) => KeychainError::Unexpected,
        _ => KeychainError::Failed,
    }
}

/// Secrets for the length of a run. What is sealed under them is lost when the program closes, so
/// it serves practice mode only, and the screen says so.
#[derive(Default)]
pub struct RunKeychain(Mutex<BTreeMap<String, Zeroizing<Vec<u8>>>>);

impl Keychain for RunKeychain {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        let secrets = self.0.lock().map_err(|_| KeychainError::Failed)?;
        Ok(secrets.get(name).cloned())
    }

    fn write(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        let mut secrets = self.0.lock().map_err(|_| KeychainError::Failed)?;
        secrets.insert(name.to_owned(), Zeroizing::new(secret.to_vec()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_told_apart_and_carry_no_secret() {
        let platform = || Box::new(std::io::Error::other("x"));
        assert_eq!(fault(&Error::NoDefaultStore), KeychainError::Absent);
        assert_eq!(
            fault(&Error::NoStorageAccess(platform())),
            KeychainError::Locked
        );
        assert_eq!(
            fault(&Error::PlatformFailure(platform())),
            KeychainError::Failed
        );
        let carrying = fault(&Error::BadEncoding(b"secret".to_vec()));
        assert_eq!(carrying, KeychainError::Unexpected);
        assert!(!format!("{carrying:?}").contains("secret"));
    }

    #[test]
    fn the_core_store_keeps_and_forgets() {
        keyring_core::set_default_store(keyring_core::mock::Store::new().unwrap());
        let chain = SystemKeychain {
            service: "test".into(),
        };
        assert_eq!(chain.read("secret").unwrap(), None);
        chain.write("secret", &[1, 2, 3]).unwrap();
        assert_eq!(chain.read("secret").unwrap().unwrap().as_slice(), [1, 2, 3]);
    }
}
