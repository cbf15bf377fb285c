//! A record that the service does not take, sealed so that only the organisation's support can read
//! it.
//!
//! # What is kept, and what is not
//!
//! The file holds the AuditEvent or Communication as it would be sent, and what became of it: it names the child and
//! the person who looked or wrote. It is sealed to the public key in the file of policy
//! `audit.support_key_file`, as a JSON Web Encryption (RFC 7516). Nothing is kept here: not the plain
//! text, and no key.

use chrono::{DateTime, FixedOffset};
use cpis_audit::{EntryState, Kind, StoredRecord};
use cpis_vault::{SupportKey, SupportKeyError};
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// To whom records are sealed, and where they are saved.
pub(crate) struct Support {
    pub key: SupportKey,
    pub folder: PathBuf,
}

/// A key cannot be read from its file. The IT department can mend it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SupportFileError {
    /// The file cannot be read.
    #[error("audit.support_key_file: {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// It holds no key that can be used.
    #[error("audit.support_key_file: {0} {1}")]
    Key(PathBuf, SupportKeyError),
}

impl Support {
    /// Reads the key from the file that policy names.
    pub fn read(key_file: &Path, folder: PathBuf) -> Result<Self, SupportFileError> {
        let text = std::fs::read(key_file)
            .map_err(|error| SupportFileError::Unreadable(key_file.to_owned(), error))?;
        let key = SupportKey::from_pem(&text)
            .map_err(|error| SupportFileError::Key(key_file.to_owned(), error))?;
        Ok(Self { key, folder })
    }
}

/// A record could not be saved for support.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SupportError {
    /// The text could not be made. A fault of the program.
    #[error("the record cannot be written as text: {0}")]
    Text(#[from] serde_json::Error),
    /// The encryption failed. A fault of the program.
    #[error("the record cannot be sealed: {0}")]
    Seal(#[from] SupportKeyError),
    /// The folder cannot be written. The IT department can mend its permissions, or free some disk.
    #[error("the file cannot be written: {0}")]
    File(#[from] std::io::Error),
}

/// What support reads.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Case<'a> {
    program: &'static str,
    workstation: &'a str,
    saved_at: String,
    reference: &'a str,
    state: &'static str,
    reason: Option<&'static str>,
    tries: u32,
    begun_at: String,
    tried_at: Option<String>,
    /// `null` when this computer itself cannot read it, and of a note.
    audit_event: Option<serde_json::Value>,
    /// The note to a local authority, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    communication: Option<serde_json::Value>,
}

/// Seals a record and saves it; a file of the same record is replaced. Returns the file.
///
/// # Errors
/// [`SupportError`]; nothing is left then.
pub(crate) fn save(
    record: &StoredRecord,
    workstation: &str,
    support: &Support,
    now: DateTime<FixedOffset>,
) -> Result<PathBuf, SupportError> {
    let text = Zeroizing::new(serde_json::to_vec_pretty(&Case::of(
        record,
        workstation,
        now,
    )?)?);
    let sealed = support.key.seal(&text)?;
    std::fs::create_dir_all(&support.folder)?;
    let mut file = tempfile::NamedTempFile::new_in(&support.folder)?;
    file.write_all(sealed.as_bytes())?;
    file.as_file().sync_all()?;
    let name = format!("cpis-check-record-{}.jwe", record.entry.id);
    let path = support.folder.join(name);
    file.persist(&path).map_err(|error| error.error)?;
    Ok(path)
}

impl<'a> Case<'a> {
    fn of(
        record: &'a StoredRecord,
        workstation: &'a str,
        now: DateTime<FixedOffset>,
    ) -> Result<Self, serde_json::Error> {
        let entry = &record.entry;
        let body: Option<serde_json::Value> = record
            .body
            .as_deref()
            .map(serde_json::from_str)
            .transpose()?;
        let (audit_event, communication) = match entry.kind {
            Kind::AuditEvent => (body, None),
            Kind::Communication => (None, body),
        };
        Ok(Self {
            program: concat!("cpis-check/", env!("CARGO_PKG_VERSION")),
            workstation,
            saved_at: now.to_rfc3339(),
            reference: &entry.id,
            state: match entry.state {
                EntryState::Attempted => "attempted",
                EntryState::Waiting => "waiting",
                EntryState::Sending => "sending",
                EntryState::Sent => "sent",
                EntryState::NeedsAttention => "needs-attention",
            },
            reason: entry.reason.map(cpis_audit::WaitReason::name),
            tries: entry.tries,
            begun_at: entry.begun_at.to_rfc3339(),
            tried_at: entry.tried_at.map(|at| at.to_rfc3339()),
            audit_event,
            communication,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cpis_audit::{Entry, WaitReason};

    #[test]
    fn support_reads_the_record_and_what_became_of_it() {
        let at = DateTime::parse_from_rfc3339("2026-11-22T09:12:00+00:00").unwrap();
        let record = StoredRecord {
            entry: Entry {
                number: 1,
                kind: Kind::AuditEvent,
                id: "0198f000-0000-7000-8000-000000000001".to_owned(),
                state: EntryState::NeedsAttention,
                begun_at: at,
                tries: 2,
                tried_at: Some(at),
                reason: Some(WaitReason::Refused),
                next_try: None,
                sent_at: None,
            },
            body: Some(r#"{"resourceType":"AuditEvent"}"#.to_owned()),
        };
        let case = Case::of(&record, "workstation-7", at).unwrap();
        let wanted = serde_json::json!({
            "program": concat!("cpis-check/", env!("CARGO_PKG_VERSION")),
            "workstation": "workstation-7",
            "savedAt": "2026-11-22T09:12:00+00:00",
            "reference": "0198f000-0000-7000-8000-000000000001",
            "state": "needs-attention",
            "reason": "refused",
            "tries": 2,
            "begunAt": "2026-11-22T09:12:00+00:00",
            "triedAt": "2026-11-22T09:12:00+00:00",
            "auditEvent": { "resourceType": "AuditEvent" },
        });
        assert_eq!(serde_json::to_value(case).unwrap(), wanted);
    }
}
