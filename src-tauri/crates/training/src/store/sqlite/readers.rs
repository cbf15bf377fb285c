//! Connections that read while another writes (WAL): each sees what was committed when it began.

use super::{Outcome, TrainingError};
use rusqlite::{Connection, OpenFlags};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Connections that are kept for the next reader.
const KEPT: usize = 32;
/// KiB of pages that one connection keeps in memory.
const CACHE: i64 = 2 * 1024;

/// The connections that read a file.
pub(super) struct Readers {
    file: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn of(file: PathBuf) -> Self {
        Self {
            file,
            idle: Mutex::default(),
        }
    }

    /// Reads with one statement.
    pub(super) fn read<T>(&self, read: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        let taken = self.idle().pop();
        let connection = taken.map_or_else(|| self.connection(), Ok)?;
        let answer = read(&connection);
        let mut idle = self.idle();
        if idle.len() < KEPT && connection.is_autocommit() {
            idle.push(connection);
        }
        answer
    }

    /// Reads with statements that all see the same moment.
    pub(super) fn snapshot<T>(&self, read: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        self.read(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let answer = read(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connection(&self) -> Result<Connection, TrainingError> {
        // Not opened read-only: such a connection leaves the files of the WAL behind, which the
        // backend of another user could not open.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.file, flags)?;
        connection.pragma_update(None, "query_only", true)?;
        connection.pragma_update(None, "cache_size", -CACHE)?;
        super::set_up(&connection)?;
        Ok(connection)
    }
}
