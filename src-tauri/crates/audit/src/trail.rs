//! The handle to the audit trail, and the one thread that writes.
//!
//! SQLite is synchronous and one writer needs no pool: each call goes as a job to the writer thread
//! and its answer comes back through a channel. Jobs run in the order in which they were sent. A
//! caller that is dropped while it waits does not undo its job: it has run or will run.

use crate::outbox::WaitReason;
use crate::receipt::{Attempt, AuditReceipt, Sealed};
use crate::store::{Leased, Store, Written};
use crate::{AuditError, Capacity, Counts, Entry, Look, Protection};
use chrono::{DateTime, FixedOffset};
use cpis_fhir::Workstation;
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// How long a record counts as being sent before it may be taken again.
const LEASE: Duration = Duration::from_secs(60);

/// What the trail needs to open.
pub struct TrailOptions {
    /// The folder that holds `audit.sqlite`; it is made if it is not there.
    pub folder: PathBuf,
    /// Seals the rows and keys the chain.
    pub protection: Arc<dyn Protection>,
    /// What the records say of this computer.
    pub workstation: Workstation,
    /// The backend's base address, for the records.
    pub backend: String,
    /// How many unsent records it may hold.
    pub capacity: Capacity,
}

/// The audit trail. Cheap to clone; all clones write through one thread.
#[derive(Clone)]
pub struct AuditTrail {
    jobs: mpsc::Sender<Job>,
    changes: watch::Receiver<u64>,
}

/// Does its work, answers its caller and says whether rows changed.
type Job = Box<dyn FnOnce(&mut Store) -> bool + Send>;

impl AuditTrail {
    /// Opens the trail, or makes a new one, and puts right what a crash left. Returns it with the
    /// number of looks that were only attempted and are now concluded as such.
    ///
    /// # Errors
    /// [`AuditError`] when the folder cannot be used, is in use by another run, or was written by a
    /// newer version.
    pub fn open(options: TrailOptions) -> Result<(Self, u32), AuditError> {
        let TrailOptions {
            folder,
            protection,
            workstation,
            backend,
            capacity,
        } = options;
        let refused = |e: std::io::Error| AuditError::Open {
            path: folder.clone(),
            reason: e.to_string(),
        };
        std::fs::create_dir_all(&folder).map_err(refused)?;
        let lock = lock(&folder.join("audit.lock")).map_err(|e| match e {
            LockError::Held => AuditError::InUse,
            LockError::File(e) => refused(e),
        })?;
        let file = folder.join("audit.sqlite");
        let mut store = Store::open(&file, protection, workstation, backend, capacity)?;
        let concluded = store.recover()?;
        let (jobs, queue) = mpsc::channel::<Job>();
        let (changed, changes) = watch::channel(0);
        std::thread::Builder::new()
            .name("audit-writer".to_owned())
            .spawn(move || {
                for job in queue {
                    if job(&mut store) {
                        changed.send_modify(|count| *count += 1);
                    }
                }
                // In this order: whoever waits for the end of `changed` finds the folder free.
                drop(store);
                drop(lock);
                drop(changed);
            })
            .map_err(refused)?;
        Ok((Self { jobs, changes }, concluded))
    }

    /// Writes down that a look begins. When this returns, the record is on the disk.
    ///
    /// # Errors
    /// [`AuditError::Full`] at capacity; others when the disk or database fails. The look must not
    /// be made then.
    pub async fn begin(&self, look: Look) -> Result<Attempt, AuditError> {
        let view = look.id;
        self.run(|_| true, move |store| store.begin(&look)).await?;
        Ok(Attempt::committed(view))
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
        let view = attempt.view();
        if sealed.view() != view {
            return Err(AuditError::WrongState);
        }
        let outcome = *sealed.outcome();
        self.run(|_| true, move |store| store.conclude(view, &outcome))
            .await?;
        Ok(AuditReceipt::committed(view))
    }

    /// How many records are where.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be read.
    pub async fn counts(&self) -> Result<Counts, AuditError> {
        self.run(|_| false, |store| store.counts()).await
    }

    /// The records for the screen: up to `unsent` that are not sent, those that need attention
    /// first, then the last `sent`.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be read.
    pub async fn entries(&self, unsent: u32, sent: u32) -> Result<Vec<Entry>, AuditError> {
        self.run(|_| false, move |store| store.entries(unsent, sent))
            .await
    }

    /// Makes every waiting record due now.
    ///
    /// # Errors
    /// [`AuditError`] when the database cannot be written.
    pub async fn send_now(&self) -> Result<(), AuditError> {
        self.run(|_| true, Store::make_due).await
    }

    /// Puts a record that needs attention back in the queue.
    ///
    /// # Errors
    /// [`AuditError::WrongState`] when it does not need attention.
    pub async fn try_again(&self, id: &str) -> Result<(), AuditError> {
        let id = id.to_owned();
        self.run(|_| true, move |store| store.try_again(&id)).await
    }

    /// Changes whenever rows have changed, so that whoever shows figures computes them anew.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }

    /// Lets go of the trail, and waits until the writer has closed the file. Other clones must have
    /// been dropped.
    pub async fn close(self) {
        let Self { jobs, mut changes } = self;
        drop(jobs);
        while changes.changed().await.is_ok() {}
    }

    pub(crate) async fn lease(
        &self,
        now: DateTime<FixedOffset>,
        limit: usize,
    ) -> Result<Vec<Leased>, AuditError> {
        self.run(
            |leased: &Vec<Leased>| !leased.is_empty(),
            move |store| store.lease(now, LEASE, limit),
        )
        .await
    }

    pub(crate) async fn settle(
        &self,
        id: String,
        written: Written,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.run(|_| true, move |store| store.settle(&id, &written, now))
            .await
    }

    pub(crate) async fn next_due(&self) -> Result<Option<DateTime<FixedOffset>>, AuditError> {
        self.run(|_| false, |store| store.next_due()).await
    }

    /// Runs a job; `changes` says of a successful one whether it changed rows.
    async fn run<T: Send + 'static>(
        &self,
        changes: fn(&T) -> bool,
        work: impl FnOnce(&mut Store) -> Result<T, AuditError> + Send + 'static,
    ) -> Result<T, AuditError> {
        let (answer, wait) = oneshot::channel();
        let job: Job = Box::new(move |store| {
            let result = work(store);
            let changed = result.as_ref().is_ok_and(changes);
            // Nobody waiting any more is fine: the work is done either way.
            let _ = answer.send(result);
            changed
        });
        self.jobs.send(job).map_err(|_| AuditError::Stopped)?;
        wait.await.map_err(|_| AuditError::Stopped)?
    }
}

impl Written {
    pub(crate) fn waiting(reason: WaitReason, after: Duration) -> Self {
        Self::Waiting { reason, after }
    }
}

enum LockError {
    Held,
    File(std::io::Error),
}

/// One run of the program per data folder: two would fork the chain.
fn lock(path: &std::path::Path) -> Result<File, LockError> {
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
