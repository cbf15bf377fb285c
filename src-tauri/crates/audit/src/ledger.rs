//! The ledger: file, queue, lane and witness together, without threads, time or network.
//!
//! [`crate::AuditTrail`] runs one on a thread of its own. A test can hold one itself, cut its power
//! at any point, and play the backend.

use crate::entry::Room;
use crate::examination::{self, Report};
use crate::failpoint::{Failpoint, failpoint};
use crate::lane::{Lane, Step};
use crate::receipt::{Attempt, AuditReceipt, Sealed};
use crate::rescue;
use crate::store::{Identity, Store};
use crate::witness::{Testimony, Witness};
use crate::{
    Answer, AuditError, Capacity, Counts, Disk, Entry, Figures, Jitter, Look, Pace, Protection,
    Retention, StoredRecord,
};
use chrono::{DateTime, FixedOffset};
use cpis_fhir::{NoteToAuthority, Workstation};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What a ledger needs to open.
#[derive(Clone)]
pub struct LedgerOptions {
    /// The folder that holds `audit.sqlite` and `audit.witness`; it is made if it is not there.
    pub folder: PathBuf,
    /// The SQLite file system to use; `None` is the system's. Tests have one that loses power.
    pub file_system: Option<String>,
    /// Seals the rows and keys the chain.
    pub protection: Arc<dyn Protection>,
    /// What the records say of this computer.
    pub workstation: Workstation,
    /// The backend's base address, for the records.
    pub backend: String,
    /// How many unsent records it may hold.
    pub capacity: Capacity,
    /// How long a record is kept after its receipt.
    pub retention: Retention,
    /// The least time between two calls.
    pub pace: Pace,
    /// Spreads retries.
    pub jitter: Arc<dyn Jitter>,
    /// Tells how much of the disk is free.
    pub disk: Arc<dyn Disk>,
}

/// How a ledger was found at its opening.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Opening {
    /// Looks that were only attempted and are now concluded as such.
    pub concluded: u32,
    /// What a glance found that is not as it was written.
    pub findings: Vec<crate::Finding>,
    /// A damaged file was put aside under this name; what could be read of it goes out.
    pub put_aside: Option<PathBuf>,
    /// How many records were read from the damaged file.
    pub rescued: u32,
}

/// The ledger.
pub struct Ledger {
    store: Store,
    lane: Lane,
    witness: Option<Witness>,
    testimony: Testimony,
    options: LedgerOptions,
    put_aside: bool,
}

impl Ledger {
    /// Opens the ledger, or makes a new one, and puts right what a crash left.
    ///
    /// # Errors
    /// [`AuditError`] when the folder cannot be used or the file was written by a newer version.
    pub fn open(
        options: LedgerOptions,
        now: DateTime<FixedOffset>,
    ) -> Result<(Self, Opening), AuditError> {
        std::fs::create_dir_all(&options.folder).map_err(|e| unusable(&options.folder, &e))?;
        match Self::open_file(options.clone(), now) {
            Err(error) if error.is_damage() => {
                tracing::error!(%error, "the ledger is damaged");
                Self::open_anew(options, now)
            }
            Err(error) if error.is_refusal() => Err(AuditError::Open {
                path: options.folder.join(FILE),
                reason: error.to_string(),
            }),
            other => other,
        }
    }

    /// Puts the damaged file aside and takes what can be read of it into a new one.
    fn open_anew(
        options: LedgerOptions,
        now: DateTime<FixedOffset>,
    ) -> Result<(Self, Opening), AuditError> {
        let aside =
            rescue::put_aside(&options.folder, now).map_err(|e| unusable(&options.folder, &e))?;
        let (mut ledger, mut opening) = Self::open_file(options, now)?;
        let found = rescue::read(&aside, ledger.options.protection.as_ref());
        let rescued = u32::try_from(found.len()).unwrap_or(u32::MAX);
        tracing::error!(aside = %aside.display(), rescued, "the ledger was put aside");
        ledger.store.take_in(found)?;
        let what = format!("the file was damaged; {rescued} records were read");
        ledger.store.note(now, &[what])?;
        opening.concluded += ledger.store.recover()?;
        opening.rescued = rescued;
        opening.put_aside = Some(aside);
        ledger.put_aside = true;
        ledger.testify();
        Ok((ledger, opening))
    }

    /// Puts the file aside because it was found to be damaged, and goes on with a new one. Looks
    /// under way are concluded as attempted.
    ///
    /// # Errors
    /// [`AuditError`] when there can be no new file.
    pub fn put_aside(&mut self, now: DateTime<FixedOffset>) -> Result<(), AuditError> {
        self.store.close()?;
        self.witness = None;
        let (ledger, _) = Self::open_anew(self.options.clone(), now)?;
        *self = ledger;
        Ok(())
    }

    /// Whether the file was damaged and put aside in this run.
    #[must_use]
    pub fn was_put_aside(&self) -> bool {
        self.put_aside
    }

    /// Does something, and once more with a new file if the old one turns out to be damaged.
    fn mending<T>(
        &mut self,
        now: DateTime<FixedOffset>,
        mut work: impl FnMut(&mut Self) -> Result<T, AuditError>,
    ) -> Result<T, AuditError> {
        match work(self) {
            Err(error) if error.is_damage() => {
                tracing::error!(%error, "the ledger is damaged");
                self.put_aside(now)?;
                work(self)
            }
            other => other,
        }
    }

    fn open_file(
        options: LedgerOptions,
        now: DateTime<FixedOffset>,
    ) -> Result<(Self, Opening), AuditError> {
        let keys = options.protection.clone();
        let identity = Identity {
            protection: keys.clone(),
            workstation: options.workstation.clone(),
            backend: options.backend.clone(),
        };
        let connection = connect(&options.folder, options.file_system.as_deref())?;
        let path = options.folder.join(WITNESS);
        let said = Witness::read(&path, keys.as_ref());
        let (mut store, findings) = Store::open(
            connection,
            identity,
            options.capacity,
            options.retention,
            said.as_ref(),
            now,
        )?;
        let mut opening = Opening {
            findings,
            ..Opening::default()
        };
        let witness = match Witness::open(&path) {
            Ok(witness) => Some(witness),
            Err(error) => {
                tracing::error!(%error, "there is no witness of the ledger");
                None
            }
        };
        opening.concluded = store.recover()?;
        let testimony = store.testimony();
        let mut ledger = Self {
            lane: Lane::new(
                options.pace,
                options.jitter.clone(),
                (store.counts().sent == 0).then_some(now),
            ),
            store,
            witness,
            testimony,
            options,
            put_aside: false,
        };
        ledger.write_witness();
        ledger.rely_on_witness()?;
        Ok((ledger, opening))
    }

    /// From now on a missing witness is a finding. It must be on the disk before the ledger says so.
    fn rely_on_witness(&mut self) -> Result<(), AuditError> {
        let Some(witness) = &self.witness else {
            return Ok(());
        };
        if self.store.head().witnessed {
            return Ok(());
        }
        if let Err(error) = witness.sync() {
            tracing::error!(%error, "the witness of the ledger cannot be written");
            return Ok(());
        }
        self.store.set_witnessed()?;
        self.testify();
        Ok(())
    }

    /// Writes down that a look begins. When this returns, the record is on the disk.
    ///
    /// # Errors
    /// [`AuditError::Full`] at capacity, [`AuditError::DiskFull`] when too little of the disk is
    /// free; others when the disk or database fails. The look must not be made then.
    pub fn begin(&mut self, look: &Look) -> Result<Attempt, AuditError> {
        if self.room() == Room::DiskFull {
            return Err(AuditError::DiskFull);
        }
        self.mending(look.at, |ledger| ledger.store.begin(look))?;
        self.testify();
        Ok(Attempt::committed(look.id))
    }

    /// Puts a note to a local authority into the queue. When this returns, it is on the disk and will
    /// be sent.
    ///
    /// # Errors
    /// As [`Ledger::begin`]. The note is not in the queue then.
    pub fn enclose(&mut self, note: &NoteToAuthority) -> Result<(), AuditError> {
        if self.room() == Room::DiskFull {
            return Err(AuditError::DiskFull);
        }
        self.mending(note.sent, |ledger| ledger.store.enclose(note))?;
        self.testify();
        Ok(())
    }

    /// Writes down how a look ended. When this returns, the record is on the disk, and its receipt
    /// opens what was sealed.
    ///
    /// # Errors
    /// [`AuditError`] when the record could not be written: the value stays sealed.
    pub fn conclude<T>(
        &mut self,
        attempt: Attempt,
        sealed: &Sealed<T>,
    ) -> Result<AuditReceipt, AuditError> {
        let view = attempt.view();
        if sealed.view() != view {
            return Err(AuditError::WrongState);
        }
        self.store.conclude(view, sealed.outcome())?;
        self.testify();
        failpoint(Failpoint::ConcludeBeforeShowing);
        Ok(AuditReceipt::committed(view))
    }

    /// What the sender is to do next. `ready` says whether a token is at hand.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be read or written.
    pub fn step(&mut self, now: DateTime<FixedOffset>, ready: bool) -> Result<Step, AuditError> {
        let step = self.mending(now, |ledger| {
            ledger.lane.step(&mut ledger.store, now, ready)
        });
        self.testify();
        step
    }

    /// Takes the outcome of [`Step::Renew`].
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be written.
    pub fn renewed(
        &mut self,
        result: Result<(), Answer>,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.lane.renewed(&mut self.store, result, now)?;
        self.testify();
        Ok(())
    }

    /// Takes the outcome of [`Step::Send`].
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be written. The records are taken again when their lease
    /// ends, and the backend knows them by their ids.
    pub fn answered(
        &mut self,
        answer: &Answer,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.lane.answered(&mut self.store, answer, now)?;
        self.testify();
        Ok(())
    }

    /// Makes every waiting record due now and ends a pause.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be written.
    pub fn send_now(&mut self) -> Result<(), AuditError> {
        self.lane.hurry();
        self.store.make_due()
    }

    /// Puts a record that needs attention back in the queue.
    ///
    /// # Errors
    /// [`AuditError::WrongState`] when it does not need attention.
    pub fn try_again(&mut self, id: &str) -> Result<(), AuditError> {
        self.store.try_again(id)?;
        self.testify();
        Ok(())
    }

    /// Lets some records go whose retention time is over. Returns how many went.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be read or written.
    pub fn prune(&mut self, now: DateTime<FixedOffset>) -> Result<usize, AuditError> {
        let gone = self.store.prune(now)?;
        self.testify();
        Ok(gone)
    }

    /// How many records are where.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.store.counts()
    }

    /// The story of the queue in figures.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be read.
    pub fn figures(&self) -> Result<Figures, AuditError> {
        let counts = self.store.counts();
        Ok(Figures {
            counts,
            oldest: self.store.oldest()?,
            next_try: self.store.next_due()?.filter(|at| at.timestamp() > 0),
            last_sent: self.store.last_sent()?,
            newest: self.store.newest()?,
        })
    }

    /// The records for the screen: up to `unsent` that are not sent, those that need attention
    /// first, then the last `sent`.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be read.
    pub fn entries(&self, unsent: u32, sent: u32) -> Result<Vec<Entry>, AuditError> {
        self.store.entries(unsent, sent)
    }

    /// One record, if it is still kept.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be read.
    pub fn record(&self, id: &str) -> Result<Option<StoredRecord>, AuditError> {
        self.store.stored(id)
    }

    /// How much room there is for further looks.
    #[must_use]
    pub fn room(&self) -> Room {
        let free = self.options.disk.free(&self.options.folder);
        Room::of(&self.store.counts(), self.store.capacity(), free)
    }

    /// Examines everything, here and now.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be read.
    pub fn examine(&self) -> Result<Report, AuditError> {
        let keys = self.options.protection.as_ref();
        let said = Witness::read(&self.options.folder.join(WITNESS), keys);
        let report = examination::examine(self.store.connection(), keys, said.as_ref(), |_| true)?;
        Ok(report.unwrap_or_default())
    }

    /// Writes down what an examination found, so that the finding outlives the run.
    ///
    /// # Errors
    /// [`AuditError`] when the rows cannot be written.
    pub fn note(&mut self, report: &Report, now: DateTime<FixedOffset>) -> Result<(), AuditError> {
        let new = |finding: &&crate::Finding| !matches!(finding, crate::Finding::Earlier(_));
        let what: Vec<String> = report
            .findings
            .iter()
            .filter(new)
            .map(ToString::to_string)
            .collect();
        if what.is_empty() {
            return Ok(());
        }
        self.store.note(now, &what)?;
        self.testify();
        Ok(())
    }

    /// Tells the witness what the ledger says now.
    fn testify(&mut self) {
        if self.store.head().revision != self.testimony.revision {
            self.write_witness();
        }
    }

    fn write_witness(&mut self) {
        self.testimony = self.store.testimony();
        if let Some(witness) = &mut self.witness {
            let keys = self.options.protection.as_ref();
            if let Err(error) = witness.write(&self.testimony, keys) {
                tracing::error!(%error, "the witness of the ledger cannot be written");
            }
        }
    }
}

/// The names of the files in the folder.
pub(crate) const FILE: &str = "audit.sqlite";
pub(crate) const WITNESS: &str = "audit.witness";

fn connect(folder: &Path, file_system: Option<&str>) -> Result<Connection, AuditError> {
    let file = folder.join(FILE);
    let flags = OpenFlags::default();
    let opened = match file_system {
        Some(name) => Connection::open_with_flags_and_vfs(&file, flags, name),
        None => Connection::open_with_flags(&file, flags),
    };
    opened.map_err(|e| {
        let error = AuditError::from(e);
        if error.is_damage() {
            return error;
        }
        AuditError::Open {
            path: file,
            reason: error.to_string(),
        }
    })
}

fn unusable(folder: &Path, error: &std::io::Error) -> AuditError {
    AuditError::Open {
        path: folder.to_owned(),
        reason: error.to_string(),
    }
}
