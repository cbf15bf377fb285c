//! Notes of health services to local authorities about their records.
//!
//! Kept: each note as it came, by its id, with the authority that it is for. A reset drops it, and keeps
//! its id and SHA-256: one that is sent again is answered as one that is there, and adds nothing.

use super::reading::authority_name;
use super::{Creation, Outcome, Page, PageAsked, StoredPlan};
use chrono::{DateTime, FixedOffset};
use cpis_record::{NhsNumber, OdsCode};
use serde_json::Value;

/// The part of a store that keeps notes. Each method is one transaction.
pub(crate) trait NoteStore: Send + Sync {
    /// Creates a note unless one has its id. `None`: the authority that it names has no record of
    /// this child that the register shows, or none has.
    fn create_note(&self, note: &NewNote<'_>) -> Outcome<Option<Creation>>;
    /// Notes to one authority.
    fn notes(&self, asked: &PageAsked<'_>) -> Outcome<Page<StoredNote>>;
}

/// A note as it came.
pub(crate) struct NewNote<'a> {
    pub(crate) id: &'a str,
    pub(crate) body: &'a Value,
    pub(crate) workstation: &'a str,
    pub(crate) received: DateTime<FixedOffset>,
    pub(crate) nhs_number: &'a NhsNumber,
    /// The authority that it names.
    pub(crate) recipient: Option<&'a OdsCode>,
    pub(crate) kind: &'a str,
    pub(crate) sent: DateTime<FixedOffset>,
}

impl NewNote<'_> {
    /// The authority that the note is for, of those whose records are shown, those in force first: the
    /// one it names, or the one that would be told of a look.
    pub(super) fn authority(&self, shown: &[StoredPlan]) -> Option<String> {
        let holds = |plan: &&StoredPlan| {
            self.recipient
                .is_none_or(|code| plan.plan.authority.ods_code.as_ref() == Some(code))
        };
        shown
            .iter()
            .find(holds)
            .map(|plan| authority_name(&plan.plan.authority))
    }
}

/// A note.
pub(crate) struct StoredNote {
    pub(crate) body: Value,
    /// When it reached us.
    pub(crate) received: DateTime<FixedOffset>,
}
