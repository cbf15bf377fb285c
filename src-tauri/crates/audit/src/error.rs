//! What can go wrong with the audit trail. No variant carries an identifier.

use std::path::PathBuf;

/// An error of the audit trail. While one stands, no look can be begun: no view without a record.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// As many records are unsent as policy permits. Gone once some are sent; the clinician can
    /// help by connecting the computer.
    #[error("the audit trail holds {0} unsent records, as many as policy permits")]
    Full(u32),
    /// So little of the disk is free that records might not fit. The clinician can free some, or the
    /// IT department.
    #[error("too little of the disk is free to keep records")]
    DiskFull,
    /// Another run of the program has this data folder open. The user can close it.
    #[error("another program has the audit trail open")]
    InUse,
    /// The database was written by a newer version. The IT department can install that version.
    #[error("the audit trail has schema {found}; this program knows up to {known}")]
    NewerSchema {
        /// Schema of the file.
        found: i64,
        /// Newest schema known here.
        known: i64,
    },
    /// The database was written by an older version and has not been brought up to date: it cannot be
    /// examined before the program has been started once. The user can start it.
    #[error("the audit trail has schema {found}; it is examined with schema {known}")]
    OlderSchema {
        /// Schema of the file.
        found: i64,
        /// The schema that this program reads.
        known: i64,
    },
    /// There is no audit trail in this folder. Whoever asked can name another folder.
    #[error("there is no audit trail in {0}")]
    Missing(PathBuf),
    /// The database is gone, and its witness is there: somebody removed it. For the IT department.
    #[error("the audit trail was removed: only its witness is there")]
    Removed,
    /// The folder or file cannot be opened or written. The IT department can mend its permissions.
    #[error("the audit trail at {path} cannot be opened: {reason}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// SQLite did not take the durability setting. Nobody should rely on this disk; for support.
    #[error("the database refused {0}, so records would not be durable")]
    NotDurable(&'static str),
    /// The database refused a transaction: full or broken disk, locked or damaged file. For the IT
    /// department.
    #[error("the audit trail could not be written: {0}")]
    Store(#[from] rusqlite::Error),
    /// What must be in the file is not there. The next start puts it aside and goes on.
    #[error("the audit trail is damaged")]
    Damaged,
    /// A stored record could not be unsealed: it was altered, or the key is another one. For
    /// support.
    #[error("a stored record cannot be read")]
    Unreadable,
    /// The record is not in the state that the call needs. A fault of the program.
    #[error("the record is not in a state for this")]
    WrongState,
    /// The writer has stopped. The program must be started again.
    #[error("the audit trail has stopped")]
    Stopped,
}

impl AuditError {
    /// Whether the system does not let the file be written: it is protected, another program holds
    /// it, or the disk is full.
    pub(crate) fn is_refusal(&self) -> bool {
        use rusqlite::ErrorCode::{
            CannotOpen, DatabaseBusy, DatabaseLocked, DiskFull, PermissionDenied, ReadOnly,
        };
        match self {
            Self::Store(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    CannotOpen
                        | DatabaseBusy
                        | DatabaseLocked
                        | DiskFull
                        | PermissionDenied
                        | ReadOnly
                )
            ),
            _ => false,
        }
    }

    /// Whether the file itself is damaged, so that it must be put aside.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Damaged => true,
            Self::Store(error) => matches!(
                error.sqlite_error_code(),
                Some(DatabaseCorrupt | NotADatabase)
            ),
            _ => false,
        }
    }
}
