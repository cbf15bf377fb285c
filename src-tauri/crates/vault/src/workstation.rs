//! The workstation's secret and what is derived from it.
//!
//! # What is kept
//!
//! In the keychain: `workstation-secret` (32 random bytes) and `workstation-key` (the private key
//! with which this computer proves itself to the service). In the data folder: `workstation.check`,
//! an empty value sealed under a key derived from the secret. It tells a keychain that holds
//! another secret, of another user or restored from elsewhere, before anything is opened or made;
//! it names nobody.
//!
//! # What is not kept
//!
//! The keys derived with HKDF-SHA-256, each under its own label: the key that seals audit rows, the
//! key of the hash chain, the keys of sealed sessions, and the workstation's id.
//!
//! # What is never made anew
//!
//! The secret, once anything was sealed under it. The private key is, since it seals nothing: a new
//! one must be enrolled, and then what waits to be sent can leave.

use crate::{
    Keychain, KeychainError, RsaPublicKey, RunKeychain, SealingKey, VaultError, WorkstationKey,
    durable,
};
use hkdf::Hkdf;
use sha2::Sha256;
use std::io::ErrorKind;
use std::path::Path;
use zeroize::Zeroizing;

const SECRET: &str = "workstation-secret";
const KEY: &str = "workstation-key";
const CHECK: &str = "workstation.check";

/// Whether values sealed under an earlier secret exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkstationState {
    /// Nothing has been sealed in this folder yet: a secret may be made.
    Fresh,
    /// Sealed values exist: a missing secret is an error, since a new one would orphan them.
    InUse,
}

/// Where the secret of an opened workstation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretOrigin {
    /// It was made now.
    Made,
    /// It was in the keychain. In a folder where nothing is sealed this means that the records
    /// which were once kept under it are gone, or lie in another folder.
    Found,
}

/// A workstation whose secret could be had.
#[derive(Debug)]
pub struct Opened {
    /// Its keys.
    pub workstation: Workstation,
    /// Whether the secret was made for it.
    pub secret: SecretOrigin,
}

/// The workstation's keys. Wiped when dropped.
pub struct Workstation {
    secret: Zeroizing<[u8; 32]>,
    key: WorkstationKey,
}

impl Workstation {
    /// Reads the secrets, or makes them when nothing has been sealed in the data folder yet, which
    /// must exist. A check in the folder says that something has, whatever `state` says. Blocks.
    ///
    /// # Errors
    /// [`VaultError`]: the keychain cannot be used, the secret is gone while sealed values exist,
    /// or it is another one than theirs.
    pub fn open(
        keychain: &dyn Keychain,
        folder: &Path,
        state: WorkstationState,
    ) -> Result<Opened, VaultError> {
        let check = read_check(folder)?;
        let in_use = state == WorkstationState::InUse || check.is_some();
        let (secret, origin) = match keychain.read(SECRET)? {
            Some(secret) => (array(&secret)?, SecretOrigin::Found),
            None if in_use => return Err(VaultError::KeyMissing),
            None => (make_secret(keychain)?, SecretOrigin::Made),
        };
        if let Some(check) = check {
            compare(&secret, &check)?;
        }
        let (key, origin) = match read_key(keychain)? {
            Some(key) => (key, origin),
            // The key is made after the secret and takes seconds: a first start that was broken off
            // there has left no records.
            None => (make_key(keychain)?, SecretOrigin::Made),
        };
        let workstation = Self { secret, key };
        // What was sealed before there was a check may be under another secret: its owner vouches.
        if state == WorkstationState::Fresh {
            workstation.vouch_for(folder)?;
        }
        Ok(Opened {
            workstation,
            secret: origin,
        })
    }

    /// Reads the public half of the private key and makes nothing, for whoever registers this
    /// computer. `None`: there is no key yet, or a locked keychain looks empty. Blocks.
    ///
    /// # Errors
    /// [`VaultError`]: the keychain cannot be used, or it is not the one of the data folder.
    pub fn public_key(
        keychain: &dyn Keychain,
        folder: &Path,
    ) -> Result<Option<RsaPublicKey>, VaultError> {
        if let Some(check) = read_check(folder)? {
            let secret = keychain.read(SECRET)?.ok_or(VaultError::KeyMissing)?;
            compare(&array(&secret)?, &check)?;
        }
        Ok(read_key(keychain)?.map(|key| key.public_key()))
    }

    /// Makes keys that nothing outlives, for a practice run on a computer without a keychain. Blocks.
    ///
    /// # Errors
    /// [`VaultError::KeyGeneration`].
    pub fn for_this_run() -> Result<Self, VaultError> {
        let keychain = RunKeychain::default();
        Ok(Self {
            secret: make_secret(&keychain)?,
            key: make_key(&keychain)?,
        })
    }

    /// Writes the check into a data folder that has none: for a folder in use, once its sealed
    /// values have been opened. Blocks.
    ///
    /// # Errors
    /// [`VaultError::Check`] when it cannot be written.
    pub fn vouch_for(&self, folder: &Path) -> Result<(), VaultError> {
        if read_check(folder)?.is_some() {
            return Ok(());
        }
        let check = check_key(&self.secret)
            .seal(CHECK.as_bytes(), b"")
            .map_err(|_| VaultError::KeyGeneration)?;
        durable::replace(&folder.join(CHECK), &check).map_err(|_| VaultError::Check)
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
            rows: SealingKey::new(&derive(secret, "audit rows 1")),
            chain: derive(secret, "audit chain 1"),
        }
    }
}

/// Whether the secret is the one that the check in the folder was sealed under.
fn compare(secret: &Zeroizing<[u8; 32]>, check: &[u8]) -> Result<(), VaultError> {
    let opened = check_key(secret).open(CHECK.as_bytes(), check);
    opened.map(drop).map_err(|_| VaultError::OtherKey)
}

fn check_key(secret: &Zeroizing<[u8; 32]>) -> SealingKey {
    SealingKey::new(&derive(secret, "workstation check 1"))
}

/// The check in a folder, if there is one. It is written whole or not at all, so one of another
/// length is damaged, and says nothing about the secret.
fn read_check(folder: &Path) -> Result<Option<Vec<u8>>, VaultError> {
    match std::fs::read(folder.join(CHECK)) {
        Ok(check) if check.len() == SealingKey::OVERHEAD => Ok(Some(check)),
        Ok(_) => Err(VaultError::Check),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(_) => Err(VaultError::Check),
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

fn read_key(keychain: &dyn Keychain) -> Result<Option<WorkstationKey>, VaultError> {
    let Some(key) = keychain.read(KEY)? else {
        return Ok(None);
    };
    let key = WorkstationKey::from_pkcs8(&key);
    key.map(Some)
        .ok_or(VaultError::Keychain(KeychainError::Unexpected))
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
mod tests;
