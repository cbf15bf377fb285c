//! Examining the audit trail of a mode without starting the program. Nothing is made and nothing is
//! changed: no key, no folder, no file. The program may be running.

use crate::keys::{RowKeys, keychain_name};
use crate::program::Keychains;
use crate::view::ProgramMode;
use cpis_audit::{AuditError, Report, examine_folder, find_ledger};
use cpis_vault::{AuditKeys, KeychainError, VaultError};
use std::path::{Path, PathBuf};

/// Why an audit trail could not be examined. [`VerifyError::Removed`] and [`VerifyError::Damaged`]
/// say that it is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// There is no audit trail in this folder. Whoever asked can name another one.
    #[error("there is no audit trail in {0}")]
    NoTrail(PathBuf),
    /// The trail's file is gone, and its witness is there. For the IT department.
    #[error("the audit trail was removed")]
    Removed,
    /// The trail's file is no database any more. For the IT department; the next start puts it aside.
    #[error("the audit trail is damaged")]
    Damaged,
    /// This computer has no keychain. The IT department can install one.
    #[error("this computer has no keychain")]
    NoKeychain,
    /// The keychain is locked or fails. The user can unlock it.
    #[error("the keychain is locked or fails")]
    KeychainLocked,
    /// The keychain holds no key for this trail: another user's, or not restored.
    #[error("the keychain does not hold the key of the audit trail")]
    KeyMissing,
    /// Nothing in the trail opens with the key from the keychain: it is another computer's or user's
    /// key, or everything was altered.
    #[error("the key does not fit the audit trail")]
    OtherKey,
    /// A newer version wrote the trail: that version can examine it.
    #[error("the audit trail is of a newer version")]
    NewerVersion,
    /// An older version wrote the trail: this version can examine it once it has been started.
    #[error("the audit trail is of an older version")]
    OlderVersion,
    /// The program started and stopped meanwhile. Whoever asked can ask again.
    #[error("the audit trail changed during the examination")]
    Busy,
    /// The file or folder cannot be read. The IT department can mend its permissions.
    #[error("the audit trail cannot be read: {0}")]
    Unreadable(String),
}

/// Examines the audit trail in a mode's data folder, with the keys from the keychain. Blocks.
/// `progress` is told from time to time how many rows have been read.
///
/// # Errors
/// [`VerifyError`] when it could not be examined. The keychain is not asked when there is no trail.
pub fn verify_audit(
    mode: ProgramMode,
    folder: &Path,
    keychains: &Keychains,
    mut progress: impl FnMut(u64),
) -> Result<Report, VerifyError> {
    find_ledger(folder)?;
    let keychain = keychains(&keychain_name(mode, None)).map_err(VaultError::from)?;
    let keys = RowKeys(AuditKeys::read(keychain.as_ref())?);
    let report = examine_folder(folder, &keys, |rows| {
        progress(rows);
        true
    })?;
    match report {
        Some(report) if report.other_key => Err(VerifyError::OtherKey),
        Some(report) => Ok(report),
        // Only who is told of the progress can end it, and this one never does.
        None => Err(VerifyError::Busy),
    }
}

impl From<VaultError> for VerifyError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Keychain(KeychainError::Absent) => Self::NoKeychain,
            VaultError::KeyMissing => Self::KeyMissing,
            VaultError::OtherKey => Self::OtherKey,
            VaultError::Keychain(_) | VaultError::KeyGeneration | VaultError::Check => {
                Self::KeychainLocked
            }
        }
    }
}

impl From<AuditError> for VerifyError {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Missing(folder) => Self::NoTrail(folder),
            AuditError::Removed => Self::Removed,
            AuditError::NewerSchema { .. } => Self::NewerVersion,
            AuditError::OlderSchema { .. } => Self::OlderVersion,
            AuditError::InUse => Self::Busy,
            error if error.is_damage() => Self::Damaged,
            AuditError::Open { reason, .. } => Self::Unreadable(reason),
            other => Self::Unreadable(other.to_string()),
        }
    }
}
