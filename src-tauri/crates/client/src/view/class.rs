//! What practice shows of classes.

use super::CertificateFault;
use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use ts_rs::TS;

/// The class of a training backend in which somebody practises.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PracticeClass {
    /// Its code, such as `7Q2M-X4KD`.
    pub code: String,
    /// The name that its trainer gave it.
    pub name: String,
    /// The address of its backend.
    pub address: String,
}

/// Why a class was not joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "code"
)]
pub enum ClassFault {
    /// No address was typed.
    AddressMissing,
    /// It is not an address.
    AddressUnreadable,
    /// Plain HTTP to another computer.
    AddressNotEncrypted,
    /// No code was typed.
    CodeMissing,
    /// A code has eight letters and digits.
    CodeUnreadable,
    /// The training backend has no such class, or it has ended.
    UnknownClass,
    /// Nobody answers at the address.
    Unreachable,
    /// No answer in time, or the answer that it cannot answer now.
    Unavailable,
    /// Whoever answers does not say that it is a training backend. Nothing was sent there.
    NotTraining,
    /// It is a training backend that says that its address is another one. Nothing was sent there.
    OtherAddress,
    /// It is a training backend of another version of the program.
    OtherVersion {
        /// Its version.
        theirs: String,
        /// This program's.
        ours: String,
    },
    /// No trusted connection came about.
    Certificate {
        /// Why.
        fault: CertificateFault,
        /// What this computer's clock said then (RFC 3339 with offset).
        #[ts(type = "string")]
        clock: DateTime<FixedOffset>,
    },
}
