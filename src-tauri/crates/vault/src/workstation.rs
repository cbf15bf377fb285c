//! The workstation's secret and what is derived from it.
//!
//! Kept in the keychain: `workstation-secret` (32 random bytes) and `workstation-key` (the private
//! key with which this computer proves itself to the service). Derived with HKDF-SHA-256, each under
//! its own label, and never stored: the key that seals audit rows, the key of the hash chain, the
//! pepper of sealed sessions, and the workstation's id.

use crate::{Keychain, KeychainError, SealingKey, VaultError, WorkstationKey};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

const SECRET: &str = "workstation-secret";
const KEY: &str = "workstation-key";

/// Whether values sealed under an earlier secret exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkstationState {
    /// Nothing has been sealed on this computer yet: a secret may be made.
    Fresh,
    /// Sealed values exist: a missing secret is an error, since a new one would orphan them.
    InUse,
}

/// The workstation's keys. Wiped when dropped.
pub struct Workstation {
    secret: Zeroizing<[u8; 32]>,
    key: WorkstationKey,
}

impl Workstation {
    /// Reads the secrets, or makes them when nothing has been sealed yet. Blocks.
    ///
    /// # Errors
    /// [`VaultError`]: the keychain cannot be used, or the secret is gone while sealed values exist.
    pub fn open(keychain: &dyn Keychain, state: WorkstationState) -> Result<Self, VaultError> {
        let secret = match keychain.read(SECRET)? {
            Some(secret) => array(&secret)?,
            None if state == WorkstationState::InUse => return Err(VaultError::KeyMissing),
            None => make_secret(keychain)?,
        };
        let key = match keychain.read(KEY)? {
            Some(key) => WorkstationKey::from_pkcs8(&key)
                .ok_or(VaultError::Keychain(KeychainError::Unexpected))?,
            None => make_key(keychain)?,
        };
        Ok(Self { secret, key })
    }

    /// The private key with which this computer proves itself.
    #[must_use]
    pub fn key(&self) -> &WorkstationKey {
        &self.key
    }

    /// The keys of the audit trail.
    #[must_use]
    pub fn audit_keys(&self) -> AuditKeys {
        AuditKeys::derive(&self.secret)
    }

    /// What is mixed into every passcode, so that a stolen disk alone does not permit guessing.
    #[must_use]
    pub fn passcode_pepper(&self) -> Zeroizing<[u8; 32]> {
        derive(&self.secret, "passcode pepper 1")
    }

    /// What the session on the disk is kept with.
    pub(crate) fn session_secrets(&self) -> SessionSecrets {
        let mut owner = [0; 16];
        owner.copy_from_slice(&derive(&self.secret, "session owner 1")[..16]);
        SessionSecrets {
            owner,
            file: derive(&self.secret, "session file 1"),
            pepper: self.passcode_pepper(),
        }
    }

    /// The id by which records name this computer: 32 hexadecimal digits that say nothing about it.
    #[must_use]
    pub fn id(&self) -> String {
        derive(&self.secret, "workstation id 1")[..16]
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    }
}

impl std::fmt::Debug for Workstation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Workstation(redacted)")
    }
}

/// What the session on the disk is kept with. Wiped when dropped.
pub(crate) struct SessionSecrets {
    /// Names the workstation's secret and tells nothing about it.
    pub owner: [u8; 16],
    /// Authenticates the file.
    pub file: Zeroizing<[u8; 32]>,
    /// Mixed into the passcode.
    pub pepper: Zeroizing<[u8; 32]>,
}

/// The keys of the audit trail. Wiped when dropped.
pub struct AuditKeys {
    /// Seals the rows.
    pub rows: SealingKey,
    /// Keys the hash chain.
    pub chain: Zeroizing<[u8; 32]>,
}

impl AuditKeys {
    /// Reads the keys and makes nothing, for whoever only examines the trail. Blocks.
    ///
    /// # Errors
    /// [`VaultError::KeyMissing`] when the keychain holds no secret; others when it cannot be used.
    pub fn read(keychain: &dyn Keychain) -> Result<Self, VaultError> {
        let secret = keychain.read(SECRET)?.ok_or(VaultError::KeyMissing)?;
        Ok(Self::derive(&array(&secret)?))
    }

    fn derive(secret: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            rows: SealingKey::new(*derive(secret, "audit rows 1")),
            chain: derive(secret, "audit chain 1"),
        }
    }
}

fn derive(secret: &Zeroizing<[u8; 32]>, label: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(None, secret.as_slice())
        .expand(label.as_bytes(), key.as_mut_slice())
        .expect("32 bytes are within what HKDF-SHA-256 gives");
    key
}

fn make_secret(keychain: &dyn Keychain) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let mut secret = Zeroizing::new([0; 32]);
    getrandom::fill(secret.as_mut_slice()).map_err(|_| VaultError::KeyGeneration)?;
    keep(keychain, SECRET, secret.as_slice())?;
    Ok(secret)
}

fn make_key(keychain: &dyn Keychain) -> Result<WorkstationKey, VaultError> {
    let (key, pkcs8) = WorkstationKey::generate().ok_or(VaultError::KeyGeneration)?;
    keep(keychain, KEY, &pkcs8)?;
    Ok(key)
}

/// Writes and reads back: a keychain that forgets would orphan everything sealed from now on.
fn keep(keychain: &dyn Keychain, name: &str, secret: &[u8]) -> Result<(), VaultError> {
    keychain.write(name, secret)?;
    match keychain.read(name)? {
        Some(kept) if kept.as_slice() == secret => Ok(()),
        _ => Err(VaultError::Keychain(KeychainError::Failed)),
    }
}

fn array(secret: &[u8]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
    let secret: [u8; 32] = secret
        .try_into()
        .map_err(|_| VaultError::Keychain(KeychainError::Unexpected))?;
    Ok(Zeroizing::new(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RunKeychain;

    struct Broken(KeychainError);

    impl Keychain for Broken {
        fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
            Ok(None)
        }

        fn write(&self, _: &str, _: &[u8]) -> Result<(), KeychainError> {
            Err(self.0)
        }
    }

    /// Accepts everything and keeps nothing.
    struct Forgetful;

    impl Keychain for Forgetful {
        fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
            Ok(None)
        }

        fn write(&self, _: &str, _: &[u8]) -> Result<(), KeychainError> {
            Ok(())
        }
    }

    #[test]
    fn the_same_keychain_gives_the_same_keys() {
        let chain = RunKeychain::default();
        let first = Workstation::open(&chain, WorkstationState::Fresh).unwrap();
        let again = Workstation::open(&chain, WorkstationState::InUse).unwrap();
        assert_eq!(first.id(), again.id());
        let sealed = first.audit_keys().rows.seal(b"r", b"x").unwrap();
        assert_eq!(again.audit_keys().rows.open(b"r", &sealed).unwrap(), b"x");
        let read = AuditKeys::read(&chain).unwrap();
        assert_eq!(read.rows.open(b"r", &sealed).unwrap(), b"x");
        assert_eq!(read.chain, first.audit_keys().chain);
        assert_eq!(first.key().public_key(), again.key().public_key());
        assert_ne!(
            first.audit_keys().chain,
            first.passcode_pepper(),
            "labels separate keys"
        );
    }

    #[test]
    fn nothing_is_made_over_sealed_values() {
        let chain = RunKeychain::default();
        let opened = Workstation::open(&chain, WorkstationState::InUse);
        assert_eq!(opened.unwrap_err(), VaultError::KeyMissing);
        let read = AuditKeys::read(&chain).map(|_| ());
        assert_eq!(read.unwrap_err(), VaultError::KeyMissing);
        assert_eq!(chain.read(SECRET).unwrap(), None, "no secret was made");
        assert_eq!(chain.read(KEY).unwrap(), None);
    }

    #[test]
    fn a_keychain_that_refuses_or_forgets_is_not_trusted() {
        let locked = Workstation::open(&Broken(KeychainError::Locked), WorkstationState::Fresh);
        assert_eq!(
            locked.unwrap_err(),
            VaultError::Keychain(KeychainError::Locked)
        );
        let forgotten = Workstation::open(&Forgetful, WorkstationState::Fresh);
        assert_eq!(
            forgotten.unwrap_err(),
            VaultError::Keychain(KeychainError::Failed)
        );
    }
}
