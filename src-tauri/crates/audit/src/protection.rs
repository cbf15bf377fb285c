//! How rows are protected. The keys live in the vault; this crate never sees them.

/// Where a sealed value stands. It is authenticated with the value, so that a value moved to
/// another row, or an older version put back, cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowAddress<'a> {
    /// The row's id.
    pub id: &'a str,
    /// The value's version in that row: 1 attempted, 2 concluded, 3 taken over
    /// from a damaged file, 4 a note.
    pub version: u8,
}

/// The value could not be opened: altered, misplaced, or sealed under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value cannot be opened")]
pub struct ProtectionError;

/// Seals values and keys the hash chain.
pub trait Protection: Send + Sync {
    /// Seals a value for one row.
    ///
    /// # Errors
    /// [`ProtectionError`] when the system gives no randomness.
    fn seal(&self, row: RowAddress<'_>, plain: &[u8]) -> Result<Vec<u8>, ProtectionError>;

    /// Opens a value of one row.
    ///
    /// # Errors
    /// [`ProtectionError`] unless it is the very value that was sealed for this row.
    fn open(&self, row: RowAddress<'_>, sealed: &[u8]) -> Result<Vec<u8>, ProtectionError>;

    /// HMAC-SHA-256 over a record, under the workstation's chain key.
    fn chain_hash(&self, record: &[u8]) -> [u8; 32];
}
