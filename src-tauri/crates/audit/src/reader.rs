//! Examining the ledger in a folder from outside: nothing in the folder changes, no file comes or
//! goes, and the program that owns it may be running.
//!
//! # How the file is opened
//!
//! SQLite makes `-wal` and `-shm` beside a WAL file as soon as somebody reads it, and one who cannot
//! write also leaves them there; made by an administrator, they would keep the program out of its own
//! ledger. So it depends on what is there:
//!
//! - both: the program runs, or a crash left them. They are used as they are.
//! - no log, or an empty one without `-shm`: nobody has it open, everything is in the file. It is read as
//!   a file that does not change; if it did, the examination begins anew.
//! - a log without `-shm`: a copy. The log is read with its index in memory.

use crate::examination::{self, Report};
use crate::ledger::{FILE, WITNESS};
use crate::store::{SCHEMA, schema_version};
use crate::witness::Witness;
use crate::{AuditError, Protection};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often an examination begins anew because the program started or stopped meanwhile.
const TIMES: u32 = 5;

/// Examines the ledger in a folder without changing anything in it. The program may be running.
/// `progress` is told how many rows have been read, and ends the examination with `false`.
///
/// # Errors
/// As [`find_ledger`]; [`AuditError::OlderSchema`] before the first start of this version,
/// [`AuditError::InUse`] when the program starts and stops all the time, others when it cannot be read.
pub fn examine_folder(
    folder: &Path,
    keys: &dyn Protection,
    mut progress: impl FnMut(u64) -> bool,
) -> Result<Option<Report>, AuditError> {
    let file = find_ledger(folder)?;
    for _ in 0..TIMES {
        let before = Beside::of(&file);
        let result = examine_file(&file, before.access(), keys, &mut progress);
        if before.access() != Access::Still || Beside::of(&file) == before {
            return result;
        }
    }
    Err(AuditError::InUse)
}

/// Finds the file of the ledger in a folder. Makes nothing, and needs no key.
///
/// # Errors
/// [`AuditError::Missing`] when there is no ledger, [`AuditError::Removed`] when only its witness is
/// there, [`AuditError::Open`] when the folder cannot be read.
pub fn find_ledger(folder: &Path) -> Result<PathBuf, AuditError> {
    let file = folder.join(FILE);
    if file.try_exists().map_err(|e| unreadable(&file, &e))? {
        Ok(file)
    } else if folder.join(WITNESS).exists() {
        Err(AuditError::Removed)
    } else {
        Err(AuditError::Missing(folder.to_owned()))
    }
}

fn examine_file(
    file: &Path,
    access: Access,
    keys: &dyn Protection,
    progress: impl FnMut(u64) -> bool,
) -> Result<Option<Report>, AuditError> {
    let mut connection = open(file, access)?;
    let found = schema_version(&connection)?;
    let known = SCHEMA;
    match found {
        0 => return Err(AuditError::Damaged),
        _ if found > known => return Err(AuditError::NewerSchema { found, known }),
        _ if found < known => return Err(AuditError::OlderSchema { found, known }),
        _ => {}
    }
    // The witness is read first: it never says more than what the ledger says afterwards.
    let said = Witness::read(&file.with_file_name(WITNESS), keys);
    // One transaction, so that rows and head are of the same moment.
    let moment = connection.transaction()?;
    examination::examine(&moment, keys, said.as_ref(), progress)
}

/// How a file is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Beside the program, with its log and index.
    Shared,
    /// As a file that does not change.
    Still,
    /// With its log, and no index beside it.
    Copy,
}

/// What stands beside the file, and the file's own length and time.
#[derive(Debug, PartialEq, Eq)]
struct Beside {
    log: Option<u64>,
    index: bool,
    file: Option<(u64, Option<SystemTime>)>,
}

impl Beside {
    fn of(file: &Path) -> Self {
        let length = |file: &Path| std::fs::metadata(file).ok().map(|found| found.len());
        Self {
            log: length(&beside(file, "-wal")),
            index: beside(file, "-shm").exists(),
            file: std::fs::metadata(file)
                .ok()
                .map(|found| (found.len(), found.modified().ok())),
        }
    }

    fn access(&self) -> Access {
        match (self.log, self.index) {
            (Some(_), true) => Access::Shared,
            (None | Some(0), _) => Access::Still,
            (Some(_), false) => Access::Copy,
        }
    }
}

fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn open(file: &Path, access: Access) -> Result<Connection, AuditError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let absolute = std::path::absolute(file).map_err(|e| unreadable(file, &e))?;
    let address = format!("{}?{}", address(&absolute), access.parameters());
    let connection =
        Connection::open_with_flags(address, flags).map_err(|e| unreadable(file, &e))?;
    connection.busy_timeout(Duration::from_secs(5))?;
    // Whoever closes last writes the log into the file, unless told not to.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    if access == Access::Copy {
        connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    }
    Ok(connection)
}

impl Access {
    fn parameters(self) -> &'static str {
        match self {
            Self::Shared => "mode=ro",
            Self::Still => "mode=ro&immutable=1",
            // Alone with the file, SQLite keeps the index in memory; the lock that this takes is one
            // that only a writer could take, so none is taken.
            Self::Copy if cfg!(windows) => "mode=ro&vfs=win32-none",
            Self::Copy => "mode=ro&vfs=unix-none",
        }
    }
}

/// An absolute path as an address that SQLite understands.
fn address(path: &Path) -> String {
    let mut address = String::from("file://");
    let bytes = path.as_os_str().as_encoded_bytes();
    if !bytes.starts_with(b"/") && !bytes.starts_with(b"\\") {
        // A drive of Windows.
        address.push('/');
    }
    for &byte in bytes {
        match byte {
            b'\\' if cfg!(windows) => address.push('/'),
            b'/' | b':' | b'.' | b'-' | b'_' => address.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address
}

fn unreadable(file: &Path, error: &dyn std::error::Error) -> AuditError {
    AuditError::Open {
        path: file.to_owned(),
        reason: error.to_string(),
    }
}
