//! One row of the ledger, and the head that stands for all of them.
//!
//! # How a change is found
//!
//! Each row has a fingerprint: HMAC-SHA-256 over everything in it that is evidence, its body by a
//! code of its own. The head keeps the sum (exclusive or) of all fingerprints and is itself
//! authenticated. So a row that is altered, deleted, swapped or put back as it once was makes the sum
//! wrong; nobody without the workstation's key can make it right, because neither fingerprints nor
//! codes are stored. When a row is tried next (`next_try`, `lease_until`, `tried_at`) is no evidence
//! and stays outside.

use crate::outbox::WaitReason;
use crate::{EntryState, Kind, Protection};
use chrono::{DateTime, FixedOffset};
use rusqlite::Row;
use rusqlite::types::ValueRef;
use std::sync::Arc;

/// The rows with their bodies, in the columns that [`Record::read`] takes.
pub(crate) const SELECT: &str = "SELECT number, id, state, begun_at, version, \
     coalesce(look, sealed), sequence, tries, next_try, lease_until, tried_at, reason, receipt, \
     sent_at FROM record LEFT JOIN body ON body.record = number";

/// The rows alone, with the looks that stand in them as their bodies.
pub(crate) const SELECT_LOOK: &str = "SELECT number, id, state, begun_at, version, look, \
     sequence, tries, next_try, lease_until, tried_at, reason, receipt, sent_at FROM record";

/// One row with its body.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Record {
    /// The row's place: 1, 2, 3 without a gap.
    pub number: i64,
    pub id: String,
    pub state: String,
    pub begun_at: String,
    /// What the body is: 1 the look as attempted, 2 the AuditEvent, [`TAKEN_IN`](super::TAKEN_IN) or
    /// [`NOTE`](super::NOTE).
    pub version: i64,
    /// The body as it is sealed.
    pub body: Arc<[u8]>,
    /// The record's place in the chain, from its conclusion on.
    pub sequence: Option<i64>,
    pub tries: u32,
    /// Milliseconds since 1970.
    pub next_try: i64,
    pub lease_until: Option<i64>,
    pub tried_at: i64,
    pub reason: Option<String>,
    pub receipt: Option<String>,
    pub sent_at: Option<String>,
}

impl Record {
    /// A row that nothing has happened to. State, version and body are the caller's.
    pub fn new(id: &str, at: DateTime<FixedOffset>) -> Self {
        Self {
            number: 0,
            id: id.to_owned(),
            state: String::new(),
            begun_at: at.to_rfc3339(),
            version: 0,
            body: Arc::default(),
            sequence: None,
            tries: 0,
            next_try: 0,
            lease_until: None,
            tried_at: 0,
            reason: None,
            receipt: None,
            sent_at: None,
        }
    }

    pub fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            id: text(row, 1)?,
            state: text(row, 2)?,
            begun_at: text(row, 3)?,
            version: row.get(4)?,
            body: bytes(row, 5)?.into(),
            sequence: row.get(6)?,
            tries: row.get(7)?,
            next_try: row.get(8)?,
            lease_until: row.get(9)?,
            tried_at: row.get(10)?,
            reason: row.get(11)?,
            receipt: row.get(12)?,
            sent_at: row.get(13)?,
        })
    }

    pub fn state(&self) -> Option<EntryState> {
        state_from(&self.state)
    }

    pub fn kind(&self) -> Kind {
        kind_of(self.version)
    }

    pub fn set_reason(&mut self, reason: WaitReason) {
        self.reason = Some(reason.name().to_owned());
    }

    /// The row with its fingerprint.
    pub fn marked(self, keys: &dyn Protection) -> Marked {
        let body_code = self.body_code(keys);
        self.marked_with(body_code, keys)
    }

    /// The row with its fingerprint, for a body whose code is known.
    pub fn marked_with(self, body_code: [u8; 32], keys: &dyn Protection) -> Marked {
        let fingerprint = self.fingerprint_with(&body_code, keys);
        Marked {
            record: self,
            body_code,
            fingerprint,
        }
    }

    /// The fingerprint.
    pub fn fingerprint(&self, keys: &dyn Protection) -> [u8; 32] {
        self.fingerprint_with(&self.body_code(keys), keys)
    }

    fn body_code(&self, keys: &dyn Protection) -> [u8; 32] {
        let mut evidence = Evidence::new("body");
        evidence.part(&self.body);
        keys.chain_hash(&evidence.0)
    }

    /// Each part goes in with its length, so that no two rows read the same.
    fn fingerprint_with(&self, body_code: &[u8; 32], keys: &dyn Protection) -> [u8; 32] {
        let mut evidence = Evidence::new("record");
        evidence.number(self.number);
        evidence.part(self.id.as_bytes());
        evidence.part(self.state.as_bytes());
        evidence.part(self.begun_at.as_bytes());
        evidence.number(self.version);
        evidence.part(body_code);
        evidence.optional(self.sequence.map(i64::to_be_bytes).as_ref().map(|b| &b[..]));
        evidence.number(i64::from(self.tries));
        evidence.optional(self.reason.as_deref().map(str::as_bytes));
        evidence.optional(self.receipt.as_deref().map(str::as_bytes));
        evidence.optional(self.sent_at.as_deref().map(str::as_bytes));
        keys.chain_hash(&evidence.0)
    }

    /// The fingerprint that schema 2 had.
    pub fn fingerprint_of_schema_2(&self, keys: &dyn Protection) -> [u8; 32] {
        let mut evidence = Evidence::new("row");
        evidence.number(self.number);
        evidence.part(self.id.as_bytes());
        evidence.part(self.state.as_bytes());
        evidence.part(self.begun_at.as_bytes());
        evidence.number(self.version);
        evidence.part(&self.body);
        evidence.optional(self.sequence.map(i64::to_be_bytes).as_ref().map(|b| &b[..]));
        evidence.number(i64::from(self.tries));
        evidence.optional(self.reason.as_deref().map(str::as_bytes));
        evidence.optional(self.receipt.as_deref().map(str::as_bytes));
        evidence.optional(self.sent_at.as_deref().map(str::as_bytes));
        keys.chain_hash(&evidence.0)
    }
}

/// A row as it stands in the file, with its fingerprint and the code of its body, which are made
/// once: hashing is a good part of what a write costs.
pub(crate) struct Marked {
    pub record: Record,
    pub body_code: [u8; 32],
    pub fingerprint: [u8; 32],
}

/// What a row of this version holds.
pub(crate) fn kind_of(version: i64) -> Kind {
    if version == i64::from(super::NOTE) {
        Kind::Communication
    } else {
        Kind::AuditEvent
    }
}

pub(crate) fn state_name(state: EntryState) -> &'static str {
    match state {
        EntryState::Attempted => "attempted",
        EntryState::Waiting => "waiting",
        EntryState::Sending => "sending",
        EntryState::Sent => "sent",
        EntryState::NeedsAttention => "needs-attention",
    }
}

pub(crate) fn state_from(name: &str) -> Option<EntryState> {
    Some(match name {
        "attempted" => EntryState::Attempted,
        "waiting" => EntryState::Waiting,
        "sending" => EntryState::Sending,
        "sent" => EntryState::Sent,
        "needs-attention" => EntryState::NeedsAttention,
        _ => return None,
    })
}

/// What stands for all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// How many transactions there have been.
    pub revision: i64,
    /// The number of the newest row.
    pub begun: i64,
    /// The place and hash of the newest record of the chain.
    pub sequence: i64,
    pub hash: String,
    /// The newest row and record that went with the retention time: what is left follows them.
    pub base_number: i64,
    pub base_sequence: i64,
    pub base_hash: String,
    /// The sum of the fingerprints of all rows.
    pub sum: [u8; 32],
    /// Whether a witness was ever written: from then on a missing one is a finding.
    pub witnessed: bool,
    /// Records sent before this one (time and number) are in doubt: the backend lost a newer one.
    pub doubt: Option<(String, i64)>,
}

impl Head {
    /// What authenticates the head.
    pub fn code(&self, keys: &dyn Protection) -> [u8; 32] {
        let mut evidence = Evidence::new("head");
        for number in [
            self.revision,
            self.begun,
            self.sequence,
            self.base_number,
            self.base_sequence,
            i64::from(self.witnessed),
        ] {
            evidence.number(number);
        }
        evidence.part(self.hash.as_bytes());
        evidence.part(self.base_hash.as_bytes());
        evidence.part(&self.sum);
        evidence.optional(self.doubt.as_ref().map(|(at, _)| at.as_bytes()));
        evidence.number(self.doubt.as_ref().map_or(0, |(_, number)| *number));
        keys.chain_hash(&evidence.0)
    }

    /// Adds a fingerprint to the sum, or takes it away: both are the same.
    pub fn toggle(&mut self, fingerprint: &[u8; 32]) {
        for (sum, byte) in self.sum.iter_mut().zip(fingerprint) {
            *sum ^= byte;
        }
    }
}

/// Bytes to authenticate. The name at the start keeps rows, heads and records of the chain apart:
/// a record begins with `{`.
struct Evidence(Vec<u8>);

impl Evidence {
    fn new(name: &str) -> Self {
        let mut evidence = Self(Vec::with_capacity(4096));
        evidence.part(name.as_bytes());
        evidence
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0
            .extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: i64) {
        self.part(&number.to_be_bytes());
    }

    fn optional(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => {
                self.0.push(1);
                self.part(bytes);
            }
            None => self.0.push(0),
        }
    }
}

/// The bytes of a text column, whatever was put there: a row that somebody altered must still be
/// read, to be found.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    Ok(String::from_utf8_lossy(&bytes(row, column)?).into_owned())
}

fn bytes(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    Ok(match row.get_ref(column)? {
        ValueRef::Null => Vec::new(),
        ValueRef::Integer(number) => number.to_string().into_bytes(),
        ValueRef::Real(number) => number.to_string().into_bytes(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes.to_vec(),
    })
}
