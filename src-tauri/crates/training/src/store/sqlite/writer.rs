//! The one connection that writes, and the writing together of what waits for it.
//!
//! A transaction is answered once it is committed, which costs a write through to the disk. So those
//! that come while another is at work join its transaction: each does its part under the lock, and
//! the one after whom nobody waits commits for all. A part that fails is undone alone; where the
//! commit itself fails, nothing of any part is kept and every one is told. Alone, a transaction is
//! what it would be without this.

use super::Outcome;
use crate::TrainingError;
use rusqlite::{Connection, ffi};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Parts of one transaction at most, so that the first of them is not kept waiting.
const PARTS: usize = 128;

/// The connection that writes.
pub(super) struct Writer {
    shared: Mutex<Shared>,
    /// How many threads wait for the lock, each of which will hold it.
    waiting: AtomicUsize,
}

struct Shared {
    connection: Connection,
    /// The transaction that is open, with at least one part that is to be kept.
    open: Option<(Arc<Group>, usize)>,
}

/// Those who share a transaction.
#[derive(Default)]
struct Group {
    ended: Mutex<Option<Result<(), ffi::Error>>>,
    told: Condvar,
}

impl Writer {
    pub(super) fn new(connection: Connection) -> Self {
        Self {
            shared: Mutex::new(Shared {
                connection,
                open: None,
            }),
            waiting: AtomicUsize::new(0),
        }
    }

    /// Does a part of a transaction, and answers once it is committed.
    pub(super) fn transaction<T>(&self, act: impl FnOnce(&Connection) -> Outcome<T>) -> Outcome<T> {
        let mut shared = self.lock();
        let (done, kept) = match shared.begin() {
            Err(failed) => (Ok(Err(failed)), Ok(None)),
            Ok(()) => {
                let done = catch_unwind(AssertUnwindSafe(|| act(&shared.connection)));
                let kept = if matches!(done, Ok(Ok(_))) {
                    shared.keep()
                } else {
                    shared.undo();
                    Ok(None)
                };
                (done, kept)
            }
        };
        // Whoever waits takes the transaction over. Nobody else can: the lock is held.
        let last = self.waiting.load(Ordering::SeqCst) == 0;
        shared.commit_if(last);
        drop(shared);
        let answer = done.unwrap_or_else(|panic| resume_unwind(panic))?;
        if let Some(group) = kept? {
            group.wait()?;
        }
        Ok(answer)
    }

    /// The connection, outside any transaction.
    #[cfg(test)]
    pub(super) fn with_connection<T>(&self, act: impl FnOnce(&Connection) -> T) -> T {
        act(&self.lock().connection)
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        shared
    }
}

impl Shared {
    /// Begins a transaction, or a part of the one that is open.
    fn begin(&self) -> Outcome<()> {
        let sql = match self.open {
            None => "BEGIN IMMEDIATE",
            Some(_) => "SAVEPOINT part",
        };
        self.connection.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Keeps the part that was done; those with whom it will be committed.
    fn keep(&mut self) -> Outcome<Option<Arc<Group>>> {
        match &mut self.open {
            None => {
                let group = Arc::new(Group::default());
                self.open = Some((Arc::clone(&group), 1));
                Ok(Some(group))
            }
            Some((group, parts)) => {
                let release = || self.connection.prepare_cached("RELEASE part")?.execute([]);
                match release() {
                    Ok(_) => {
                        *parts += 1;
                        Ok(Some(Arc::clone(group)))
                    }
                    Err(error) => {
                        self.undo();
                        Err(error.into())
                    }
                }
            }
        }
    }

    /// Undoes the part that failed. Where SQLite has undone the whole transaction, as for want of
    /// room, or cannot undo the part alone, the others are told.
    fn undo(&mut self) {
        let alone = self.open.is_none();
        let undone = !alone
            && !self.connection.is_autocommit()
            && self
                .connection
                .execute_batch("ROLLBACK TO part; RELEASE part")
                .is_ok();
        if !undone {
            self.roll_back();
            if let Some((group, _)) = self.open.take() {
                group.end(Err(ffi::Error::new(ffi::SQLITE_FULL)));
            }
        }
    }

    /// Commits what is open if nobody else will, and tells everybody.
    fn commit_if(&mut self, last: bool) {
        let Some((group, _)) = self.open.take_if(|(_, parts)| last || *parts >= PARTS) else {
            return;
        };
        let commit = || self.connection.prepare_cached("COMMIT")?.execute([]);
        let ended = commit().map(|_| ()).map_err(|error| match error {
            rusqlite::Error::SqliteFailure(error, _) => error,
            _ => ffi::Error::new(ffi::SQLITE_ERROR),
        });
        if ended.is_err() {
            self.roll_back();
        }
        group.end(ended);
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.connection.execute_batch("ROLLBACK")
        {
            tracing::error!(%error, "a transaction could not be undone");
        }
    }
}

impl Group {
    fn end(&self, ended: Result<(), ffi::Error>) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
        self.told.notify_all();
    }

    /// Waits until the transaction has ended.
    fn wait(&self) -> Outcome<()> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match *ended {
                Some(ended) => {
                    return ended.map_err(|error| {
                        TrainingError::Store(rusqlite::Error::SqliteFailure(error, None))
                    });
                }
                None => {
                    ended = self
                        .told
                        .wait(ended)
                        .unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}
