//! A result on paper: the only type that carries one to the printer.

mod clinic;
mod note;

pub use clinic::{ClinicPrintout, ClinicPrintoutContent, PrintedChild};
pub(crate) use clinic::{ClinicRow, PrintedRow};
pub(crate) use note::NotePrint;
pub use note::{NotePrintout, NotePrintoutContent};

use crate::shown::ShownContent;
use crate::view::ChosenRole;
use chrono::{DateTime, FixedOffset};
use cpis_audit::{Audited, Opened};
use cpis_fhir::AuditOutcome;
use serde::Serialize;
use ts_rs::TS;

/// A result as it goes on paper. A print is a disclosure of its own, so it has an audit record of its
/// own, and only that record's receipt opens it (invariant I1): a path that forgets the audit does not
/// compile.
///
/// ```compile_fail
/// # use cpis_client::printout::{Printout, PrintoutContent};
/// fn forget_the_audit(content: PrintoutContent) -> Printout {
///     Printout(content)
/// }
/// ```
///
/// ```compile_fail
/// # use cpis_client::printout::Printout;
/// fn read_from_elsewhere(text: &str) -> Printout {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
#[derive(Clone, Serialize, TS)]
pub struct Printout(PrintoutContent);

impl std::fmt::Debug for Printout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Printout(redacted)")
    }
}

/// What goes on paper.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PrintoutContent {
    /// The reference of the print: the id of its audit record.
    pub reference: String,
    /// The result that is printed.
    pub shown: ShownContent,
    /// Whether the list of earlier views goes on paper too.
    pub with_history: bool,
    /// When it was printed (RFC 3339 with offset).
    pub printed_at: String,
    /// The name of who printed it.
    pub printed_by: String,
    /// The role in which they printed it.
    pub role: ChosenRole,
}

/// A print whose record is not written yet.
pub(crate) struct Print {
    pub shown: ShownContent,
    pub with_history: bool,
    pub at: DateTime<FixedOffset>,
    pub by: String,
    pub role: ChosenRole,
}

impl Audited for Print {
    /// On paper, or as near to it as this program can tell.
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

impl Printout {
    /// What may be printed of a result whose print is on record.
    pub(crate) fn new(opened: Opened<Print>) -> Self {
        let reference = opened.view().to_string();
        let print = opened.into_value();
        let mut shown = print.shown;
        if !print.with_history {
            shown.history = crate::shown::ShownHistory::None;
        }
        Self(PrintoutContent {
            reference,
            shown,
            with_history: print.with_history,
            printed_at: print.at.to_rfc3339(),
            printed_by: print.by,
            role: print.role,
        })
    }

    /// What goes on paper.
    #[must_use]
    pub fn content(&self) -> &PrintoutContent {
        &self.0
    }
}
