//! The handle to the audit trail, and the one thread that writes.
//!
//! SQLite is synchronous and one writer needs no pool: each call goes as a job to the writer thread
//! and its answer comes back through a channel. Jobs run in the order in which they were sent. A
//! caller that is dropped while it waits does not undo its job: it has run or will run.
//!
//! A second thread examines the whole ledger once after the start, from a connection of its own that
//! can only read, so that neither the start nor a look waits for it.

use crate::entry::Room;
use crate::examination::Report;
use crate::lane::Step;
use crate::ledger::{Ledger, LedgerOptions, Opening};
use crate::reader::examine_folder;
use crate::receipt::{Attempt, AuditReceipt, Sealed};
use crate::{Answer, AuditError, Clock, Counts, Entry, Figures, Look, StoredRecord};
use chrono::{DateTime, FixedOffset};
use cpis_fhir::NoteToAuthority;
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use tokio::sync::{oneshot, watch};

/// The audit trail. Cheap to clone; all clones write through one thread.
#[derive(Clone)]
pub struct AuditTrail {
    jobs: mpsc::Sender<Job>,
    changes: watch::Receiver<u64>,
    examined: watch::Receiver<Examination>,
}

/// How far the examination of the whole ledger has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Examination {
    /// So many rows have been read.
    UnderWay(u64),
    /// It has ended.
    Ended(Report),
    /// It could not be made, because the file is damaged.
    Damaged,
    /// It could not be made for another reason.
    Failed,
}

/// Does its work, answers its caller and says whether rows changed.
type Job = Box<dyn FnOnce(&mut Ledger) -> bool + Send>;

impl AuditTrail {
    /// Opens the trail, or makes a new one, puts right what a crash left, and begins to examine it.
    ///
    /// # Errors
    /// [`AuditError`] when the folder cannot be used, is in use by another run, or was written by a
    /// newer version.
    pub fn open(
        options: LedgerOptions,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Opening), AuditError> {
        let folder = options.folder.clone();
        let refused = |e: std::io::Error| AuditError::Open {
            path: folder.clone(),
            reason: e.to_string(),
        };
        std::fs::create_dir_all(&folder).map_err(refused)?;
        let lock = lock(&folder.join("audit.lock")).map_err(|e| match e {
            LockError::Held => AuditError::InUse,
            LockError::File(e) => refused(e),
        })?;
        let keys = options.protection.clone();
        let (mut ledger, opening) = Ledger::open(options, clock.now())?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let (changed, changes) = watch::channel(0);
        let (examining, examined) = watch::channel(Examination::UnderWay(0));
        let stopping = Arc::new(AtomicBool::new(false));
        let examiner = {
            let (folder, stopping) = (folder.clone(), stopping.clone());
            std::thread::Builder::new()
                .name("audit-examiner".to_owned())
                .spawn(move || {
                    let progress = |rows| {
                        examining.send_replace(Examination::UnderWay(rows));
                        !stopping.load(Ordering::Relaxed)
                    };
                    let ended = match examine_folder(&folder, keys.as_ref(), progress) {
                        Ok(Some(report)) => Examination::Ended(report),
                        Ok(None) => return,
                        Err(error) => {
                            tracing::error!(%error, "the audit trail could not be examined");
                            if error.is_damage() {
                                Examination::Damaged
                            } else {
                                Examination::Failed
                            }
                        }
                    };
                    examining.send_replace(ended);
                })
                .map_err(refused)?
        };
        std::thread::Builder::new()
            .name("audit-writer".to_owned())
            .spawn(move || {
                for job in queue {
                    if job(&mut ledger) {
                        changed.send_modify(|count| *count += 1);
                    }
                }
                stopping.store(true, Ordering::Relaxed);
                if examiner.join().is_err() {
                    tracing::error!("the examination of the audit trail panicked");
                }
                // In this order: whoever waits for the end of `changed` finds the folder free.
                drop(ledger);
                drop(lock);
                drop(changed);
            })
            .map_err(refused)?;
        let trail = Self {
            jobs,
            changes,
            examined,
        };
        Ok((trail, opening))
    }

    /// Writes down that a look begins. When this returns, the record is on the disk.
    ///
    /// # Errors
    /// As [`Ledger::begin`]. The look must not be made then.
    pub async fn begin(&self, look: Look) -> Result<Attempt, AuditError> {
        self.run(|_| true, move |ledger| ledger.begin(&look)).await
    }

    /// Puts a note to a local authority into the queue. When this returns, it is on the disk and will
    /// be sent.
    ///
    /// # Errors
    /// As [`Ledger::enclose`]. The note is not in the queue then.
    pub async fn enclose(&self, note: NoteToAuthority) -> Result<(), AuditError> {
        self.run(|()| true, move |ledger| ledger.enclose(&note))
            .await
    }

    /// Writes down how a look ended. When this returns, the record is on the disk, and its receipt
    /// opens what was sealed.
    ///
    /// # Errors
    /// [`AuditError`] when the record could not be written: the value stays sealed.
    pub async fn conclude<T>(
        &self,
        attempt: Attempt,
        sealed: &Sealed<T>,
    ) -> Result<AuditReceipt, AuditError> {
        let stub = sealed.stub();
        self.run(|_| true, move |ledger| ledger.conclude(attempt, &stub))
            .await
    }

    /// How many records are where.
    ///
    /// # Errors
    /// [`AuditError::Stopped`].
    pub async fn counts(&self) -> Result<Counts, AuditError> {
        self.run(|_| false, |ledger| Ok(ledger.counts())).await
    }

    /// How much room there is for further looks.
    ///
    /// # Errors
    /// [`AuditError::Stopped`].
    pub async fn room(&self) -> Result<Room, AuditError> {
        self.run(|_| false, |ledger| Ok(ledger.room())).await
    }

    /// Puts the file aside because it was found to be damaged, and goes on with a new one.
    ///
    /// # Errors
    /// [`AuditError`] when there can be no new file.
    pub async fn put_aside(&self, now: DateTime<FixedOffset>) -> Result<(), AuditError> {
        self.run(|()| true, move |ledger| ledger.put_aside(now))
            .await
    }

    /// Whether the file was damaged and put aside in this run.
    ///
    /// # Errors
    /// [`AuditError::Stopped`].
    pub async fn was_put_aside(&self) -> Result<bool, AuditError> {
        self.run(|_| false, |ledger| Ok(ledger.was_put_aside()))
            .await
    }

    /// The story of the queue in figures.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be read.
    pub async fn figures(&self) -> Result<Figures, AuditError> {
        self.run(|_| false, |ledger| ledger.figures()).await
    }

    /// The records for the screen: up to `unsent` that are not sent, those that need attention
    /// first, then the last `sent`.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be read.
    pub async fn entries(&self, unsent: u32, sent: u32) -> Result<Vec<Entry>, AuditError> {
        self.run(|_| false, move |ledger| ledger.entries(unsent, sent))
            .await
    }

    /// One record, if it is still kept.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be read.
    pub async fn record(&self, id: &str) -> Result<Option<StoredRecord>, AuditError> {
        let id = id.to_owned();
        self.run(|_| false, move |ledger| ledger.record(&id)).await
    }

    /// Makes every waiting record due now and ends a pause.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be written.
    pub async fn send_now(&self) -> Result<(), AuditError> {
        self.run(|()| true, Ledger::send_now).await
    }

    /// Puts a record that needs attention back in the queue.
    ///
    /// # Errors
    /// [`AuditError::WrongState`] when it does not need attention.
    pub async fn try_again(&self, id: &str) -> Result<(), AuditError> {
        let id = id.to_owned();
        self.run(|()| true, move |ledger| ledger.try_again(&id))
            .await
    }

    /// Writes down what an examination found.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be written.
    pub async fn note(&self, report: Report, now: DateTime<FixedOffset>) -> Result<(), AuditError> {
        self.run(|()| false, move |ledger| ledger.note(&report, now))
            .await
    }

    /// Changes whenever rows have changed, so that whoever shows figures computes them anew.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// How far the examination after the start has come, and what it found.
    #[must_use]
    pub fn examined(&self) -> watch::Receiver<Examination> {
        self.examined.clone()
    }

    /// Lets go of the trail, and waits until the writer has closed the file. Other clones must have
    /// been dropped.
    pub async fn close(self) {
        let Self {
            jobs, mut changes, ..
        } = self;
        drop(jobs);
        while changes.changed().await.is_ok() {}
    }

    pub(crate) async fn step(
        &self,
        now: DateTime<FixedOffset>,
        ready: bool,
    ) -> Result<Step, AuditError> {
        let sends = |step: &Step| matches!(step, Step::Send(_) | Step::Renew);
        self.run(sends, move |ledger| ledger.step(now, ready)).await
    }

    pub(crate) async fn renewed(
        &self,
        result: Result<(), Answer>,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.run(|()| true, move |ledger| ledger.renewed(result, now))
            .await
    }

    pub(crate) async fn answered(
        &self,
        answer: Answer,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.run(|()| true, move |ledger| ledger.answered(&answer, now))
            .await
    }

    pub(crate) async fn prune(&self, now: DateTime<FixedOffset>) -> Result<usize, AuditError> {
        self.run(|_| false, move |ledger| ledger.prune(now)).await
    }

    /// Runs a job; `changes` says of a successful one whether it changed rows.
    async fn run<T: Send + 'static>(
        &self,
        changes: fn(&T) -> bool,
        work: impl FnOnce(&mut Ledger) -> Result<T, AuditError> + Send + 'static,
    ) -> Result<T, AuditError> {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |ledger| {
            let result = work(ledger);
            let changed = result.as_ref().is_ok_and(changes);
            // Nobody waiting any more is fine: the work is done either way.
            let _ = answer.send(result);
            changed
        });
        self.jobs.send(job).map_err(|_| AuditError::Stopped)?;
        wait.await.map_err(|_| AuditError::Stopped)?
    }
}

enum LockError {
    Held,
    File(std::io::Error),
}

/// One run of the program per data folder: two would fork the chain.
fn lock(path: &Path) -> Result<File, LockError> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(LockError::File)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(LockError::Held),
        Err(std::fs::TryLockError::Error(e)) => Err(LockError::File(e)),
    }
}
