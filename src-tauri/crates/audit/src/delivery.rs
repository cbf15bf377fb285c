//! The way to the backend, as a trait: the client has the network, this crate has the rules.

use std::time::Duration;

/// A record on its way. `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// The record's id.
    pub id: String,
    /// The AuditEvent as JSON text.
    pub body: String,
}

impl std::fmt::Debug for OutgoingRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OutgoingRecord({})", self.id)
    }
}

/// What came back for one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryAnswer {
    /// HTTP status, of the call or of the batch entry.
    pub status: u16,
    /// `Location`, which is the receipt.
    pub location: Option<String>,
}

/// What came back for one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// One answer for each record, in the order sent.
    Entries(Vec<EntryAnswer>),
    /// The call as a whole was answered with this status instead.
    Refused {
        /// HTTP status.
        status: u16,
        /// `Retry-After`, if given.
        retry_after: Option<Duration>,
    },
    /// Something answered that is not the backend: no FHIR, another shape, another count.
    NotAReceipt,
    /// No answer: no network, time-out, connection lost, certificate not trusted.
    Unreachable,
    /// This workstation has no credential, or it was refused after one renewal.
    Credential,
}

/// Sends records with the workstation's credential.
#[async_trait::async_trait]
pub trait Delivery: Send + Sync {
    /// Sends one record or several in one call.
    async fn deliver(&self, records: &[OutgoingRecord]) -> Answer;
}
