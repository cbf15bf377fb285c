//! The way to the backend, as a trait: the client has the network, this crate has the rules.

use std::time::Duration;

/// What a record is, as FHIR names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A look at a child's record.
    AuditEvent,
    /// A note to a local authority. It is never sent together with others.
    Communication,
}

impl Kind {
    /// The type of the resource.
    #[must_use]
    pub fn resource_type(self) -> &'static str {
        match self {
            Self::AuditEvent => "AuditEvent",
            Self::Communication => "Communication",
        }
    }
}

/// A record on its way. `Debug` shows no content.
#[derive(Clone, PartialEq, Eq)]
pub struct OutgoingRecord {
    /// What it is.
    pub kind: Kind,
    /// The record's id.
    pub id: String,
    /// The resource as JSON text.
    pub body: String,
}

impl std::fmt::Debug for OutgoingRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "OutgoingRecord({}/{})",
            self.kind.resource_type(),
            self.id
        )
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
    /// Nobody was reached: no network, nobody listening, certificate not trusted.
    Unreachable,
    /// It was sent, and no answer came: time-out, connection lost. The backend may have it.
    Lost,
    /// This workstation has no credential, or it was refused.
    Credential,
}

/// Sends records with the workstation's credential.
#[async_trait::async_trait]
pub trait Delivery: Send + Sync {
    /// Whether a token is at hand that has not ended.
    async fn is_ready(&self) -> bool;

    /// Gets a new token, in one call.
    ///
    /// # Errors
    /// What was answered instead: it is taken as the answer to the records that waited for it.
    async fn renew(&self) -> Result<(), Answer>;

    /// Sends one record, or several looks, in one call, with the token at hand.
    async fn deliver(&self, records: &[OutgoingRecord]) -> Answer;
}
