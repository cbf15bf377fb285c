//! What the settings screen shows, and why a program cannot start.

use super::{CertificateFault, ConnectionCheck, PolicySetting};
use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use ts_rs::TS;

/// What the settings screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The program's version.
    pub version: String,
    /// The commit that it was built from, if it is known.
    pub commit: Option<String>,
    /// The service's address, if one is set up.
    pub service: Option<String>,
    /// The organisation's ODS code from policy, if set.
    pub organisation: Option<String>,
    /// The policy file in force, if any.
    pub policy_file: Option<String>,
    /// Whether this computer is enrolled.
    pub enrolled: bool,
    /// Whether the service refused this computer's credential when it was last asked.
    pub refused: bool,
    /// This computer's public key, by which the service knows it. Not in practice.
    pub key: Option<PublicKey>,
    /// Whether a try to enrol is under way.
    pub enrolling: bool,
    /// Why the last try to enrol failed.
    pub enrolment_fault: Option<EnrolmentFault>,
    /// Everything that policy may set, with what is in force.
    pub in_force: Vec<PolicySetting>,
    /// The last connection check, if one was begun.
    pub connection: Option<ConnectionCheck>,
    /// Where the logs are.
    pub logs: LogFolder,
}

/// The folder with the logs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LogFolder {
    /// Where it is.
    pub path: String,
    /// Whether it could not be opened when it was last asked for.
    pub not_opened: bool,
}

/// This computer's public key. Nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    /// Its thumbprint (RFC 7638), by which people can compare it.
    pub thumbprint: String,
    /// The whole key as a JSON Web Key (RFC 7517).
    pub jwk: String,
}

/// Why enrolment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "code"
)]
pub enum EnrolmentFault {
    /// No code was typed.
    CodeMissing,
    /// The code is wrong, used or expired.
    CodeRefused,
    /// The service could not be reached or did not answer.
    Unreachable,
    /// No trusted connection to the service came about.
    Certificate {
        /// Why.
        fault: CertificateFault,
        /// What this computer's clock said then (RFC 3339 with offset).
        #[ts(type = "string")]
        clock: DateTime<FixedOffset>,
    },
}

/// Why the program cannot do its work on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum StartFault {
    /// No keychain, which live mode needs.
    NoKeychain,
    /// The keychain is locked or refused.
    KeychainLocked,
    /// Sealed records exist, but the keychain no longer holds their key.
    KeyMissing,
    /// Sealed records exist, and the keychain holds another key: another person's keychain, or one
    /// that was emptied and used again.
    OtherKey,
    /// The policy file has a fault; the detail names the key and the line.
    Policy,
    /// The data folder cannot be written.
    DataFolder,
    /// The audit trail cannot be opened.
    AuditTrail,
    /// Another run of the program has the data folder open.
    InUse,
    /// The audit trail was written by a newer version of the program.
    NewerVersion,
}
