//! A note to a local authority on paper: the only type that carries one to the printer.

use crate::shown::{ShownPatient, ShownPlan};
use crate::view::{ChosenRole, WrittenNote};
use chrono::{DateTime, FixedOffset};
use cpis_audit::{Audited, Opened};
use cpis_fhir::AuditOutcome;
use serde::Serialize;
use ts_rs::TS;

/// A note as it goes on paper. It names the child and a record of theirs, so its print is a disclosure
/// with an audit record of its own, and only that record's receipt opens it (invariant I1).
///
/// ```compile_fail
/// # use cpis_client::printout::{NotePrintout, NotePrintoutContent};
/// fn forget_the_audit(content: NotePrintoutContent) -> NotePrintout {
///     NotePrintout(content)
/// }
/// ```
#[derive(Clone, Serialize, TS)]
pub struct NotePrintout(NotePrintoutContent);

impl std::fmt::Debug for NotePrintout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NotePrintout(redacted)")
    }
}

/// What goes on paper.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NotePrintoutContent {
    /// The reference of the print: the id of its audit record.
    pub reference: String,
    /// The reference of the check that showed the record.
    pub check: String,
    /// When that check was made (RFC 3339 with offset).
    pub checked_at: String,
    /// About which child.
    pub patient: ShownPatient,
    /// Which record is wrong.
    pub record: ShownPlan,
    /// What the note says.
    pub note: WrittenNote,
    /// When it was printed (RFC 3339 with offset).
    pub printed_at: String,
    /// The name of who wrote and printed it.
    pub printed_by: String,
    /// The role in which they did.
    pub role: ChosenRole,
}

/// A note whose print is not written down yet.
pub(crate) struct NotePrint {
    pub check: String,
    pub checked_at: String,
    pub patient: ShownPatient,
    pub record: ShownPlan,
    pub note: WrittenNote,
    pub at: DateTime<FixedOffset>,
    pub by: String,
    pub role: ChosenRole,
}

impl Audited for NotePrint {
    /// On paper, or as near to it as this program can tell.
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

impl NotePrintout {
    /// What may be printed of a note whose print is on record.
    pub(crate) fn new(opened: Opened<NotePrint>) -> Self {
        let reference = opened.view().to_string();
        let print = opened.into_value();
        Self(NotePrintoutContent {
            reference,
            check: print.check,
            checked_at: print.checked_at,
            patient: print.patient,
            record: print.record,
            note: print.note,
            printed_at: print.at.to_rfc3339(),
            printed_by: print.by,
            role: print.role,
        })
    }

    /// What goes on paper.
    #[must_use]
    pub fn content(&self) -> &NotePrintoutContent {
        &self.0
    }
}
