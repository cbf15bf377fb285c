//! Random traffic on one ledger: looks, sending, a backend in all moods, crashes, odd clocks.
//!
//! The same traffic runs on a real folder, and on a disk that loses power (`power`).

use crate::backend::{ModelBackend, Mood};
use crate::history::History;
use chrono::{DateTime, FixedOffset};
use cpis_audit::{
    Attempt, AuditError, AuditOutcome, Audited, Capacity, Disk, EntryState, Jitter, Kind, Ledger,
    LedgerOptions, Look, NoteToAuthority, OutgoingRecord, Pace, Protection, Retention, Sealed,
    Step, ViewId, Workstation,
};
use cpis_fhir::{About, CallbackNumber};
use cpis_record::{
    ActivityCode, CareSetting, Mode, NhsNumber, Organisation, Role, RoleProfileId, UserId, Viewer,
};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// The moods of a bad day.
const MOODS: [Mood; 18] = [
    Mood::Good,
    Mood::Good,
    Mood::Good,
    Mood::Unreachable,
    Mood::AnswerLost,
    Mood::AnswerLost,
    Mood::Silent,
    Mood::Status(503),
    Mood::Status(500),
    Mood::Status(413),
    Mood::Status(422),
    Mood::RetryAfter(30),
    Mood::Portal,
    Mood::Credential,
    Mood::SomeEntries(503),
    Mood::SomeEntries(422),
    Mood::WrongReceipt,
    Mood::ShortAnswer,
];

/// One run.
pub struct Traffic {
    options: LedgerOptions,
    ledger: Option<Ledger>,
    /// What an observer notes.
    pub history: History,
    /// The backend.
    pub backend: ModelBackend,
    chance: fastrand::Rng,
    now: DateTime<FixedOffset>,
    /// Time as it really passes, which a wrong clock does not show.
    elapsed: i64,
    looking: Vec<Attempt>,
    looks: u64,
    /// How often the clock was set.
    pub clock_jumps: u64,
    mood: Mood,
    ready: bool,
    backup: Option<BTreeMap<String, String>>,
}

impl Traffic {
    /// Traffic on a folder. The seed decides everything.
    ///
    /// # Panics
    /// Never: the beginning is a date.
    #[must_use]
    pub fn new(options: LedgerOptions, seed: u64) -> Self {
        let now = DateTime::parse_from_rfc3339("2026-11-22T09:12:00+00:00")
            .expect("this is a date and a time");
        Self {
            options,
            ledger: None,
            history: History::default(),
            backend: ModelBackend::default(),
            chance: fastrand::Rng::with_seed(seed),
            now,
            elapsed: 0,
            looking: Vec::new(),
            looks: 0,
            clock_jumps: 0,
            mood: Mood::Good,
            ready: false,
            backup: None,
        }
    }

    /// Takes note of what is in the ledger already.
    ///
    /// # Errors
    /// [`AuditError`] when it cannot be opened or read.
    pub fn inherit(&mut self) -> Result<(), AuditError> {
        self.open()?;
        let entries = self.ledger()?.entries(u32::MAX, u32::MAX)?;
        self.looks = u64::from(u16::MAX);
        let ids = entries.into_iter().map(|entry| entry.id);
        self.history.begun.extend(ids);
        Ok(())
    }

    /// Does one thing at random. An error is the disk's.
    ///
    /// # Errors
    /// [`AuditError`] when the ledger refuses for another reason than its limits.
    pub fn act(&mut self) -> Result<(), AuditError> {
        self.open()?;
        match self.chance.u32(0..100) {
            0..20 => self.begin(),
            20..25 => self.enclose(),
            25..45 => self.conclude(),
            45..75 => self.step().map(|_| ()),
            75..80 => {
                self.mood = MOODS[self.chance.usize(..MOODS.len())];
                Ok(())
            }
            80..88 => {
                let milliseconds = 1 << self.chance.u32(5..20);
                self.pass(milliseconds);
                Ok(())
            }
            88 => {
                // The clock is put right, or wrong, by somebody's hand.
                self.pass(1000);
                self.now += chrono::Duration::hours(self.chance.i64(-25..25));
                self.clock_jumps += 1;
                Ok(())
            }
            89 => self.ledger()?.send_now(),
            90 => self.try_all_again(),
            91 => {
                let now = self.now;
                self.ledger()?.prune(now).map(|_| ())
            }
            92 => {
                self.poison();
                Ok(())
            }
            93 => {
                self.backup_or_restore();
                Ok(())
            }
            94..97 => {
                self.crash();
                Ok(())
            }
            _ => {
                self.ready = false;
                Ok(())
            }
        }
    }

    /// The process is gone: what was not committed is lost, and so is what was in memory.
    pub fn crash(&mut self) {
        // No program starts in less than a second.
        self.pass(1000);
        self.ledger = None;
        self.looking.clear();
        self.ready = false;
    }

    /// All is well from now on: everything leaves. Then the observer looks around.
    ///
    /// # Errors
    /// [`AuditError`] of the ledger; nothing should be in its way.
    pub fn settle(&mut self) -> Result<(), AuditError> {
        self.mood = Mood::Good;
        self.backend.poison.clear();
        self.crash();
        self.open()?;
        // Twice half a day: a backend that lost records is asked about them.
        for _ in 0..3 {
            self.pass(13 * 3_600_000);
            for _ in 0..10_000 {
                self.try_all_again()?;
                if self.step()? {
                    break;
                }
            }
        }
        self.observe()
    }

    fn observe(&mut self) -> Result<(), AuditError> {
        let ledger = self.ledger()?;
        let entries = ledger.entries(u32::MAX, u32::MAX)?;
        let findings = ledger.examine()?.findings;
        let history = &mut self.history;
        for entry in entries {
            let state = match entry.state {
                EntryState::Attempted => "attempted",
                EntryState::Waiting => "waiting",
                EntryState::Sending => "sending",
                EntryState::Sent => "sent",
                EntryState::NeedsAttention => "needs-attention",
            };
            if entry.state == EntryState::Sent {
                history.claimed_sent.push(entry.id.clone());
            }
            history.rows.insert(entry.id, state.to_owned());
        }
        history.findings = findings.iter().map(ToString::to_string).collect();
        history.stored.clone_from(&self.backend.stored);
        Ok(())
    }

    /// Opens the ledger, if it is not open.
    ///
    /// # Errors
    /// [`AuditError`] when it cannot be opened.
    pub fn open(&mut self) -> Result<(), AuditError> {
        if self.ledger.is_none() {
            let (ledger, opening) = Ledger::open(self.options.clone(), self.now)?;
            for finding in opening.findings {
                let text = format!("a glance at the start found: {finding}");
                self.history.failures.push(text);
            }
            self.ledger = Some(ledger);
        }
        Ok(())
    }

    fn ledger(&mut self) -> Result<&mut Ledger, AuditError> {
        self.ledger.as_mut().ok_or(AuditError::Stopped)
    }

    fn begin(&mut self) -> Result<(), AuditError> {
        self.looks += 1;
        let look = look(self.looks, self.now);
        match self.ledger()?.begin(&look) {
            Ok(attempt) => {
                self.history.begun.push(look.id.to_string());
                self.looking.push(attempt);
                Ok(())
            }
            // A limit, which refuses the look before it is made.
            Err(AuditError::Full(_) | AuditError::DiskFull) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// A note to a local authority. It is on record like a look that has ended.
    fn enclose(&mut self) -> Result<(), AuditError> {
        self.looks += 1;
        let note = note(self.looks, self.now);
        match self.ledger()?.enclose(&note) {
            Ok(()) => {
                self.history.begun.push(note.id);
                Ok(())
            }
            Err(AuditError::Full(_) | AuditError::DiskFull) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn conclude(&mut self) -> Result<(), AuditError> {
        if self.looking.is_empty() {
            return Ok(());
        }
        let place = self.chance.usize(..self.looking.len());
        let attempt = self.looking.swap_remove(place);
        let view = attempt.view();
        let sealed = Sealed::new(&attempt, Fetched);
        let receipt = self.ledger()?.conclude(attempt, &sealed)?;
        if receipt.open(sealed).is_ok() {
            self.history.shown.push(view.to_string());
        }
        Ok(())
    }

    /// One step of the sender. Returns whether there is nothing to do for a long time.
    fn step(&mut self) -> Result<bool, AuditError> {
        let (now, ready) = (self.now, self.ready);
        match self.ledger()?.step(now, ready)? {
            Step::Send(records) => {
                self.history.calls.push(self.elapsed);
                if records.len() > 1 && records.iter().any(|r| r.kind == Kind::Communication) {
                    let text = "a note was sent together with other records".to_owned();
                    self.history.failures.push(text);
                }
                let mood = self.mood;
                let answer = self.backend.call(&records, mood, &mut self.chance);
                let took = self.chance.i64(1..50);
                self.pass(took);
                let now = self.now;
                let missing = self.not_taken(&records)?;
                self.ledger()?.answered(&answer, now)?;
                self.judge_receipts(missing)?;
                Ok(false)
            }
            Step::Renew => {
                self.history.calls.push(self.elapsed);
                self.ready = self.mood != Mood::Credential && self.mood != Mood::Unreachable;
                let result = if self.ready {
                    Ok(())
                } else {
                    Err(cpis_audit::Answer::Unreachable)
                };
                let now = self.now;
                self.ledger()?.renewed(result, now)?;
                Ok(false)
            }
            Step::Wait(time) => {
                let long = time > Duration::from_secs(3600);
                let wait = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
                self.pass(wait.min(3_600_000));
                Ok(long)
            }
            Step::Nothing => Ok(true),
        }
    }

    /// The records of a call that were on their way and that the backend has not.
    fn not_taken(&mut self, records: &[OutgoingRecord]) -> Result<Vec<String>, AuditError> {
        let stored = &self.backend.stored;
        let ledger = self.ledger.as_ref().ok_or(AuditError::Stopped)?;
        let mut missing = Vec::new();
        for OutgoingRecord { id, .. } in records {
            if !stored.contains_key(id) && state(ledger, id)? == Some(EntryState::Sending) {
                missing.push(id.clone());
            }
        }
        Ok(missing)
    }

    /// Judges at once whether the ledger takes for sent what the backend has not: later it would be asked
    /// about them, and send them again.
    fn judge_receipts(&mut self, missing: Vec<String>) -> Result<(), AuditError> {
        let ledger = self.ledger.as_ref().ok_or(AuditError::Stopped)?;
        for id in missing {
            if state(ledger, &id)? == Some(EntryState::Sent) {
                let text = format!("{id} was marked sent, and the backend did not take it");
                self.history.failures.push(text);
            }
        }
        Ok(())
    }

    fn try_all_again(&mut self) -> Result<(), AuditError> {
        let ledger = self.ledger()?;
        if ledger.counts().needs_attention == 0 {
            return Ok(());
        }
        for entry in ledger.entries(u32::MAX, 0)? {
            if entry.state == EntryState::NeedsAttention {
                ledger.try_again(&entry.id)?;
            }
        }
        Ok(())
    }

    fn poison(&mut self) {
        if let Some(id) = self.history.begun.last() {
            self.backend.poison.insert(id.clone());
        }
    }

    fn backup_or_restore(&mut self) {
        match self.backup.take() {
            Some(backup) => self.backend.restore(backup),
            None => self.backup = Some(self.backend.backup()),
        }
    }

    fn pass(&mut self, milliseconds: i64) {
        self.now += chrono::Duration::milliseconds(milliseconds);
        self.elapsed += milliseconds;
    }
}

/// What a ledger for traffic needs.
#[must_use]
pub fn options(folder: &Path, keys: Arc<dyn Protection>) -> LedgerOptions {
    LedgerOptions {
        folder: folder.to_owned(),
        file_system: None,
        protection: keys,
        workstation: Workstation {
            id: "torture".to_owned(),
            product: "cpis-check/torture".to_owned(),
        },
        backend: "https://lookup.example".to_owned(),
        capacity: Capacity(40),
        retention: Retention(90),
        pace: Pace::default(),
        jitter: Arc::new(Longest),
        disk: Arc::new(Roomy),
    }
}

struct Longest;

impl Jitter for Longest {
    fn between(&self, _: Duration, most: Duration) -> Duration {
        most
    }
}

struct Roomy;

impl Disk for Roomy {
    fn free(&self, _: &Path) -> Option<u64> {
        None
    }
}

struct Fetched;

impl Audited for Fetched {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

/// A note about a made-up child by a made-up person.
///
/// # Panics
/// Never: the made-up values are well formed.
#[must_use]
pub fn note(number: u64, at: DateTime<FixedOffset>) -> NoteToAuthority {
    const REASON: &str = "the made-up values are well formed";
    let Look { id, viewer, .. } = look(number, at);
    NoteToAuthority {
        id: id.to_string(),
        sent: at,
        sender: viewer,
        person: NhsNumber::parse("9990000018").expect(REASON),
        recipient: None,
        recipient_name: None,
        about: About::NotBrought {
            day: at.date_naive(),
            time: None,
            callback: CallbackNumber::new("01632 960001").expect(REASON),
        },
    }
}

/// A look at a made-up child by a made-up person.
///
/// # Panics
/// Never: the made-up values are well formed.
#[must_use]
pub fn look(number: u64, at: DateTime<FixedOffset>) -> Look {
    const REASON: &str = "the made-up values are well formed";
    let id = ViewId::new(Uuid::from_u128(
        0x0198_f000_0000_7000_8000_0000_0000_0000 + u128::from(number),
    ));
    Look {
        id,
        at,
        viewer: Viewer {
            user: UserId::new("910000000001").expect(REASON),
            name: "Dr Example".to_owned(),
            role: Role {
                profile: RoleProfileId::new("555254240100").expect(REASON),
                code: "S8000:G8000:R8000".to_owned(),
                name: "Clinical Practitioner".to_owned(),
                organisation: Organisation {
                    ods_code: "RCU".parse().expect(REASON),
                    name: None,
                },
                activities: vec![ActivityCode("B0107".to_owned())],
            },
        },
        person: Some(NhsNumber::parse("9990000018").expect(REASON)),
        mode: Mode::Unscheduled,
        care_setting: Some(CareSetting::CommunityPaediatrics),
        request: format!("GET CareTeam\nTraceID: {id}\n"),
    }
}

/// Where a record is, if it is still kept.
fn state(ledger: &Ledger, id: &str) -> Result<Option<EntryState>, AuditError> {
    Ok(ledger.record(id)?.map(|stored| stored.entry.state))
}
