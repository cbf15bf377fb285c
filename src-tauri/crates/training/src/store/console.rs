//! What a store keeps for the trainer's console, and what all backends on one store share.
//!
//! Kept: trainers' sessions as SHA-256 only; values that every backend reads (the weather, withdrawn
//! roles, the key of identity tokens); of what a reset dropped, the ids and SHA-256 of audit records and
//! notes and the last place of each chain, so that a program that sends one again adds nothing and no
//! chain is broken. Dropped: wrong tries after a minute, sessions that have ended.

use super::{Hash, Outcome, Way};
use crate::population::{Population, TrainingAccess};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{NhsNumber, OdsCode};
use serde_json::Value;

/// Wrong passcodes of trainers within [`TRIES_SECONDS`], over every backend on the store.
pub(crate) const TRAINER_TRIES: i64 = 10;
/// Seconds for which a try counts.
pub(crate) const TRIES_SECONDS: i64 = 60;
/// Seconds without a request after which a trainer's session ends.
pub(crate) const IDLE_SECONDS: i64 = 60 * 60;

/// The part of a store that serves the trainer's console. Each method is one transaction.
pub(crate) trait ConsoleStore: Send + Sync {
    /// A value that every backend on the store shares.
    fn shared(&self, name: &str) -> Outcome<Option<String>>;
    /// Puts a value in the place of the one that was seen; `None`: there was none. Whether it was
    /// still there.
    fn share(&self, name: &str, seen: Option<&str>, value: &str) -> Outcome<bool>;

    /// Counts a try of the trainer's passcode, unless there have been too many: then the seconds
    /// to wait.
    fn count_trainer_try(&self, now: i64) -> Outcome<Option<i64>>;
    /// Begins a trainer's session.
    fn add_trainer_session(&self, session: &Hash, until: i64, now: i64) -> Outcome<()>;
    /// Whether a trainer's session holds; if so, it has been used now.
    fn use_trainer_session(&self, session: &Hash, now: i64) -> Outcome<bool>;
    /// Ends a trainer's session.
    fn end_trainer_session(&self, session: &Hash) -> Outcome<()>;

    /// Lets every access token expire; how many held.
    fn expire_access_tokens(&self, now: i64) -> Outcome<u64>;
    /// Notifications, oldest first.
    fn inbox(&self, asked: &InboxAsked) -> Outcome<Vec<InboxEntry>>;
    /// Notes, oldest first.
    fn inbox_notes(&self, asked: &InboxAsked) -> Outcome<Vec<InboxNote>>;
    /// Every enrolled workstation, newest first.
    fn trainees(&self) -> Outcome<Vec<Trainee>>;
    /// The newest audit records that a workstation sent.
    fn records_of(&self, client_id: &str, limit: usize) -> Outcome<Vec<SentRecord>>;
    /// The names under which the records of a workstation stand in chains.
    fn observers_of(&self, client_id: &str) -> Outcome<Vec<String>>;

    /// The seed that the people of the store follow from.
    fn seed(&self) -> Outcome<u64>;
    /// Every class that has not ended, newest first. Only the store at the root has any.
    fn classes(&self) -> Outcome<Vec<StoredClass>>;
    /// A class that has not ended.
    fn class(&self, code: &str) -> Outcome<Option<StoredClass>>;
    /// Adds a class.
    fn add_class(&self, class: &StoredClass) -> Outcome<()>;
    /// Ends a class; whether there was one that had not ended.
    fn end_class(&self, code: &str, now: DateTime<FixedOffset>) -> Outcome<bool>;

    /// Drops everything that happened, and makes the made-up people anew. Workstations stay
    /// enrolled, people signed in, credentials issued.
    fn reset(&self, seed: u64, today: NaiveDate, population: &Population) -> Outcome<()>;
}

/// Which notifications or notes are asked for.
#[derive(Clone)]
pub(crate) struct InboxAsked {
    /// Those of one authority.
    pub(crate) authority: Option<OdsCode>,
    /// Only those with a greater number; `None`: the newest.
    pub(crate) after: Option<i64>,
    pub(crate) limit: usize,
}

/// A notification in the inbox.
#[derive(Clone)]
pub(crate) struct InboxEntry {
    pub(crate) number: i64,
    pub(crate) trace_id: String,
    pub(crate) nhs_number: NhsNumber,
    pub(crate) authority: String,
    pub(crate) access: TrainingAccess,
    pub(crate) received: DateTime<FixedOffset>,
    pub(crate) way: Way,
}

/// A note in the inbox.
pub(crate) struct InboxNote {
    pub(crate) number: i64,
    pub(crate) authority: String,
    pub(crate) body: Value,
    pub(crate) received: DateTime<FixedOffset>,
}

/// A workstation of a trainee.
pub(crate) struct Trainee {
    pub(crate) client_id: String,
    pub(crate) name: Option<String>,
    pub(crate) enrolled: i64,
    /// How many audit records it sent.
    pub(crate) records: u64,
}

/// An audit record as it came.
pub(crate) struct SentRecord {
    pub(crate) body: Value,
    pub(crate) received: DateTime<FixedOffset>,
}

/// A class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredClass {
    pub(crate) code: String,
    /// As the trainer named it.
    pub(crate) name: String,
    /// What its people follow from.
    pub(crate) seed: u64,
    pub(crate) made: DateTime<FixedOffset>,
}
