//! What the "To send" screen shows.

use serde::Serialize;
use ts_rs::TS;

/// The records on their way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// The records, those that need attention first, then the oldest.
    pub records: Vec<QueuedRecord>,
    /// When the oldest unsent look began or note was written (RFC 3339 with offset).
    pub oldest: Option<String>,
    /// When a record last reached the service (RFC 3339 with offset).
    pub last_sent: Option<String>,
    /// When the next try is due, if one waits (RFC 3339 with offset).
    pub next_try: Option<String>,
    /// Whether something is being sent now.
    pub sending: bool,
    /// Whether the oldest has waited for long.
    pub delay: Delay,
    /// How many children were saved to be checked, and have not been.
    pub saved_checks: u32,
}

/// Whether the oldest unsent record has waited for long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Delay {
    /// No.
    None,
    /// More than 4 hours.
    Hours,
    /// More than a day.
    Days,
}

/// One record on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueuedRecord {
    /// The record's reference, the id of the look or note.
    pub id: String,
    /// What it is.
    pub kind: QueuedKind,
    /// When the look began or the note was written (RFC 3339 with offset).
    pub at: String,
    /// Where the record is.
    pub state: QueuedState,
    /// When it was sent (RFC 3339 with offset).
    pub sent_at: Option<String>,
    /// How often sending was tried.
    pub tries: u32,
    /// When it was last tried (RFC 3339 with offset).
    pub tried_at: Option<String>,
    /// Why it needs attention or still waits.
    pub reason: Option<QueueReason>,
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum QueuedKind {
    /// The record of a look, search or print.
    Look,
    /// A note to a local authority that something in a record is wrong.
    Note,
    /// A notice to a local authority that a child was not brought.
    NotBrought,
    /// A notice to a local authority that an earlier one no longer holds.
    Withdrawal,
}

/// The file in which a record goes to support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum SupportFile {
    /// Policy names no key that it could be sealed to.
    NotOffered,
    /// It can be saved.
    Offered,
    /// It has been saved.
    Saved {
        /// Where.
        file: String,
    },
    /// It could not be saved.
    Failed,
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum QueuedState {
    /// The look has not ended.
    Attempted,
    /// Waiting to be sent.
    Waiting,
    /// Being sent.
    Sending,
    /// The service gave a receipt.
    Sent,
    /// The service refused it.
    NeedsAttention,
}

/// Why a record has not been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum QueueReason {
    /// The service cannot be reached.
    Unreachable,
    /// The service is not available or asked to wait.
    ServiceUnavailable,
    /// The answer was not a receipt.
    NotAReceipt,
    /// This computer is not enrolled, or its credential was refused.
    Credential,
    /// Another record with the same reference is there with other content.
    Conflict,
    /// The service refused the record.
    Refused,
    /// The record cannot be read on this computer.
    Unreadable,
}
