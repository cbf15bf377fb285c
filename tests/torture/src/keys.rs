//! The keys of a made-up workstation: the vault's own, from a keychain that lasts for the run.

use cpis_audit::{Protection, ProtectionError, RowAddress};
use cpis_vault::{SealingKey, VaultError, Workstation};
use zeroize::Zeroizing;

/// Seals and hashes as the program does.
pub struct TortureKeys {
    rows: SealingKey,
    chain: Zeroizing<[u8; 32]>,
}

impl TortureKeys {
    /// Fresh keys.
    ///
    /// # Errors
    /// [`VaultError`] when the system gives no randomness.
    pub fn new() -> Result<Self, VaultError> {
        Ok(Self::of(&Workstation::for_this_run()?))
    }

    /// The keys of a workstation.
    #[must_use]
    pub fn of(workstation: &Workstation) -> Self {
        let keys = workstation.audit_keys();
        Self {
            rows: keys.rows,
            chain: keys.chain,
        }
    }
}

impl Protection for TortureKeys {
    fn seal(&self, row: RowAddress<'_>, plain: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        self.rows
            .seal(&associated(row), plain)
            .map_err(|_| ProtectionError)
    }

    fn open(&self, row: RowAddress<'_>, sealed: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        self.rows
            .open(&associated(row), sealed)
            .map_err(|_| ProtectionError)
    }

    fn chain_hash(&self, record: &[u8]) -> [u8; 32] {
        cpis_vault::keyed_hash(&self.chain, record)
    }
}

fn associated(row: RowAddress<'_>) -> Vec<u8> {
    let mut bytes = vec![row.version];
    bytes.extend_from_slice(row.id.as_bytes());
    bytes
}
