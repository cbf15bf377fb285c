//! What the connection check shows: each part of the way to the service, and whether it works. Nothing
//! about a person, and no secret: a report of it can be given to anybody.

use super::CertificateFault;
use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use ts_rs::TS;

/// A connection check, under way or over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionCheck {
    /// The parts, in the order in which they are checked.
    pub parts: Vec<CheckedPart>,
    /// When it began (RFC 3339 with offset).
    pub begun_at: String,
    /// Whether it is over.
    pub over: bool,
}

/// One part of the way, and whether it works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CheckedPart {
    /// Which part.
    pub part: ConnectionPart,
    /// Whether it works.
    pub outcome: PartOutcome,
}

/// The parts of the way to the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ConnectionPart {
    /// This computer has a network.
    Computer,
    /// The proxy that the system names for the service.
    Proxy,
    /// The service's certificate.
    Certificate,
    /// What the service publishes about signing in.
    Identity,
    /// The demographics service.
    Demographics,
    /// The register of child protection information.
    Register,
    /// The service that takes the records of checks.
    Audit,
}

/// Whether a part works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "state"
)]
pub enum PartOutcome {
    /// It has not been checked yet.
    Waiting,
    /// It is being checked.
    Checking,
    /// It works.
    Works {
        /// The proxy, or who issued the certificate.
        detail: Option<String>,
    },
    /// It is not needed here.
    NotNeeded,
    /// It could not be checked, because an earlier part does not work.
    NotReached,
    /// It does not work.
    Fails {
        /// Why.
        fault: ConnectionFault,
    },
}

/// Why a part does not work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "code"
)]
pub enum ConnectionFault {
    /// This computer has no way to any network.
    NoNetwork,
    /// No service is set up.
    NoService,
    /// Nobody answers at the address.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// The connection broke.
    ConnectionLost,
    /// No trusted connection came about.
    Certificate {
        /// Why.
        fault: CertificateFault,
        /// Who issued the certificate that was shown, as far as it says.
        issuer: Option<String>,
        /// What this computer's clock said then (RFC 3339 with offset).
        #[ts(type = "string")]
        clock: DateTime<FixedOffset>,
    },
    /// The service answered that it cannot answer now.
    Status {
        /// Its HTTP status.
        status: u16,
    },
    /// Something answered that is not the service, such as a page for signing in to a network.
    Unreadable,
    /// This computer is not enrolled, so the service takes no records from it.
    NotEnrolled,
    /// The service no longer accepts this computer.
    Refused,
}
