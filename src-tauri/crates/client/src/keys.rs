//! The vault's keys as the audit trail uses them, and where each mode keeps its own.

use crate::class::ClassCode;
use crate::view::ProgramMode;
use cpis_audit::{Protection, ProtectionError, RowAddress};
use cpis_vault::AuditKeys;

/// The service name under which the secrets of a mode, or of a class, are in the keychain.
pub(crate) fn keychain_name(mode: ProgramMode, class: Option<&ClassCode>) -> String {
    match (mode, class) {
        (ProgramMode::Practice, Some(code)) => format!("CP-IS Check practice-{code}"),
        (ProgramMode::Practice, None) => "CP-IS Check practice".to_owned(),
        (ProgramMode::Live, _) => "CP-IS Check".to_owned(),
    }
}

/// The vault's keys, as the audit trail uses them.
pub(crate) struct RowKeys(pub AuditKeys);

impl Protection for RowKeys {
    fn seal(&self, row: RowAddress<'_>, plain: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        self.0
            .rows
            .seal(&associated(row), plain)
            .map_err(|_| ProtectionError)
    }

    fn open(&self, row: RowAddress<'_>, sealed: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        self.0
            .rows
            .open(&associated(row), sealed)
            .map_err(|_| ProtectionError)
    }

    fn chain_hash(&self, record: &[u8]) -> [u8; 32] {
        cpis_vault::keyed_hash(&self.0.chain, record)
    }
}

fn associated(row: RowAddress<'_>) -> Vec<u8> {
    let mut bytes = vec![row.version];
    bytes.extend_from_slice(row.id.as_bytes());
    bytes
}
