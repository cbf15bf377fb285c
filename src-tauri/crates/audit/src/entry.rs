//! What the screen and the lights of the program show of the ledger.

use crate::Kind;
use crate::outbox::WaitReason;
use chrono::{DateTime, FixedOffset};
use std::path::Path;

/// How many unsent records the trail may hold (policy `audit.capacity`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(pub u32);

/// How many days a record is kept after the backend gave its receipt (policy
/// `audit.retention_days`), so that it can be sent again to a backend that lost it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention(pub u32);

impl Default for Retention {
    fn default() -> Self {
        Self(90)
    }
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// The look has begun and not ended.
    Attempted,
    /// Concluded, waiting to be sent.
    Waiting,
    /// Being sent.
    Sending,
    /// The backend gave a receipt.
    Sent,
    /// The backend refused it.
    NeedsAttention,
}

/// How many records are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Begun and not ended.
    pub attempted: u32,
    /// Waiting or being sent.
    pub waiting: u32,
    /// Needing attention.
    pub needs_attention: u32,
    /// Sent, and still kept.
    pub sent: u32,
}

impl Counts {
    /// All that the backend has no receipt for.
    #[must_use]
    pub fn unsent(&self) -> u32 {
        self.attempted
            .saturating_add(self.waiting)
            .saturating_add(self.needs_attention)
    }
}

/// The story of the queue in figures, read from the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figures {
    /// How many records are where.
    pub counts: Counts,
    /// When the oldest unsent look began.
    pub oldest: Option<DateTime<FixedOffset>>,
    /// When the next record is due.
    pub next_try: Option<DateTime<FixedOffset>>,
    /// When the backend last gave a receipt.
    pub last_sent: Option<DateTime<FixedOffset>>,
    /// When the newest look began. A clock that is before it is wrong, or was.
    pub newest: Option<DateTime<FixedOffset>>,
}

/// One record, without what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place among the rows.
    pub number: i64,
    /// What it is.
    pub kind: Kind,
    /// The id of the look or note.
    pub id: String,
    /// Where it is.
    pub state: EntryState,
    /// When the look began or the note was written.
    pub begun_at: DateTime<FixedOffset>,
    /// How often sending was tried.
    pub tries: u32,
    /// When it was last tried.
    pub tried_at: Option<DateTime<FixedOffset>>,
    /// Why it is not sent, after a try.
    pub reason: Option<WaitReason>,
    /// When the next try is due, for a waiting record.
    pub next_try: Option<DateTime<FixedOffset>>,
    /// When the backend gave its receipt.
    pub sent_at: Option<DateTime<FixedOffset>>,
}

/// One record with its resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Where it is.
    pub entry: Entry,
    /// The resource, as it is sent. `None`: the look has not ended, or it cannot be unsealed here.
    pub body: Option<String>,
}

/// How much room there is for further looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Room {
    /// Enough.
    #[default]
    Enough,
    /// Nine tenths of the capacity are used.
    QueueNearlyFull,
    /// As many unsent records as policy permits: no look can be begun.
    QueueFull,
    /// Less free disk than [`LOW_DISK`].
    DiskNearlyFull,
    /// Less free disk than [`LEAST_DISK`]: no look can be begun.
    DiskFull,
}

/// Free bytes below which the person is told.
pub const LOW_DISK: u64 = 512 * 1024 * 1024;
/// Free bytes below which no look is begun. It is more than the rows of a day need, so that looks
/// under way can be concluded and records be sent.
pub const LEAST_DISK: u64 = 64 * 1024 * 1024;

/// Tells how much of the disk is free. Passed in, so that tests own it.
pub trait Disk: Send + Sync {
    /// Free bytes for a folder; `None` when the system does not say.
    fn free(&self, folder: &Path) -> Option<u64>;
}

impl Room {
    pub(crate) fn of(counts: &Counts, capacity: Capacity, free: Option<u64>) -> Self {
        let Capacity(capacity) = capacity;
        let free = free.unwrap_or(u64::MAX);
        let unsent = u64::from(counts.unsent());
        if free < LEAST_DISK {
            Self::DiskFull
        } else if unsent >= u64::from(capacity) {
            Self::QueueFull
        } else if free < LOW_DISK {
            Self::DiskNearlyFull
        } else if unsent * 10 >= u64::from(capacity) * 9 {
            Self::QueueNearlyFull
        } else {
            Self::Enough
        }
    }
}
