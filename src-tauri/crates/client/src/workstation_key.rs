//! This computer's public key for whoever registers it, without starting the program. Nothing is made
//! and nothing is changed. The program may be running.

use crate::jwt::jwk;
use crate::keys::keychain_name;
use crate::program::Keychains;
use crate::view::ProgramMode;
use cpis_vault::{KeychainError, VaultError, Workstation};
use std::path::Path;

/// Why the key could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WorkstationKeyError {
    /// There is no key yet: the program makes it when it first starts. A locked keychain can look
    /// so, too. Whoever asked starts the program once.
    #[error("this computer has no key yet")]
    NotMade,
    /// This computer has no keychain. The IT department can install one.
    #[error("this computer has no keychain")]
    NoKeychain,
    /// The keychain is locked or fails. The user can unlock it.
    #[error("the keychain is locked or fails")]
    KeychainLocked,
    /// The program has been used in this folder, and the keychain is empty. For the IT department.
    #[error("the keychain no longer holds the keys of this folder")]
    KeyMissing,
    /// The keychain is not the one with which the program has been used in this folder.
    #[error("the keychain holds the keys of another user or folder")]
    OtherKey,
    /// The folder cannot be read. The IT department can mend its permissions.
    #[error("the data folder cannot be read")]
    Unreadable,
}

/// This computer's public key in a mode as a JSON Web Key (RFC 7517) with its thumbprint (RFC 7638)
/// as `kid`. Blocks.
///
/// # Errors
/// [`WorkstationKeyError`].
pub fn workstation_jwk(
    mode: ProgramMode,
    folder: &Path,
    keychains: &Keychains,
) -> Result<String, WorkstationKeyError> {
    let keychain = keychains(&keychain_name(mode, None)).map_err(VaultError::from)?;
    let key = Workstation::public_key(keychain.as_ref(), folder)?;
    let key = key.ok_or(WorkstationKeyError::NotMade)?;
    Ok(jwk(&key).to_string())
}

impl From<VaultError> for WorkstationKeyError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Keychain(KeychainError::Absent) => Self::NoKeychain,
            VaultError::Keychain(_) | VaultError::KeyGeneration => Self::KeychainLocked,
            VaultError::KeyMissing => Self::KeyMissing,
            VaultError::OtherKey => Self::OtherKey,
            VaultError::Check => Self::Unreadable,
        }
    }
}
