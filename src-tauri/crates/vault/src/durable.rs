//! Files that are there whole or not at all, whatever ends the program, and locks between processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Write};
use std::path::Path;
use std::time::Duration;

/// How often and how long to wait for another process that holds a lock.
const LOCK_PAUSES: u32 = 50;
const LOCK_PAUSE: Duration = Duration::from_millis(100);

/// Replaces a file by new content: beside it, synced, then renamed over it, then the folder synced.
/// Only its owner may read it, where the system knows such a thing.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut name = path.file_name().ok_or(ErrorKind::InvalidInput)?.to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    sync_folder_of(path)
}

/// Removes a file, durably. One that is not there is no error.
pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(()) => sync_folder_of(path),
    }
}

/// Makes a rename or removal in a file's folder survive a loss of power. Windows has no such call,
/// and journals names by itself.
pub(crate) fn sync_folder_of(path: &Path) -> Result<(), Error> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
    {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Locks a file against other processes and other handles of this one, and waits up to five seconds
/// for whoever holds it.
pub(crate) fn lock(file: &File) -> Result<(), Error> {
    for _ in 0..LOCK_PAUSES {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => std::thread::park_timeout(LOCK_PAUSE),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
    Err(ErrorKind::WouldBlock.into())
}
