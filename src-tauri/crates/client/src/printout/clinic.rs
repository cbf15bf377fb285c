//! The clinic list on paper: the only type that carries one to the printer.

use crate::view::{ChosenRole, ShownClinicChild};
use chrono::{DateTime, FixedOffset};
use cpis_audit::{Audited, Opened};
use cpis_fhir::AuditOutcome;
use serde::Serialize;
use ts_rs::TS;

/// The clinic list as it goes on paper. What the service told about a child is disclosed by the print
/// once more, so each such child has an audit record of its own, and only that record's receipt puts
/// the child's row on paper (invariant I1).
///
/// ```compile_fail
/// # use cpis_client::printout::{ClinicPrintout, ClinicPrintoutContent};
/// fn forget_the_audit(content: ClinicPrintoutContent) -> ClinicPrintout {
///     ClinicPrintout(content)
/// }
/// ```
#[derive(Clone, Serialize, TS)]
pub struct ClinicPrintout(ClinicPrintoutContent);

impl std::fmt::Debug for ClinicPrintout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClinicPrintout(redacted)")
    }
}

/// What goes on paper.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClinicPrintoutContent {
    /// The children, in the order of the list.
    pub children: Vec<PrintedChild>,
    /// When it was printed (RFC 3339 with offset).
    pub printed_at: String,
    /// The name of who printed it.
    pub printed_by: String,
    /// The role in which they printed it.
    pub role: ChosenRole,
    /// Whether the service could not be reached then, so that no row could be checked again.
    pub offline: bool,
}

/// A row on paper.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PrintedChild {
    /// The reference of the print: the id of its audit record. Absent where the row holds nothing
    /// but what the person brought in.
    pub reference: Option<String>,
    /// The row.
    pub child: ShownClinicChild,
}

impl ClinicPrintout {
    pub(crate) fn new(
        children: Vec<PrintedRow>,
        at: DateTime<FixedOffset>,
        by: String,
        role: ChosenRole,
        offline: bool,
    ) -> Self {
        Self(ClinicPrintoutContent {
            children: children.into_iter().map(|row| row.0).collect(),
            printed_at: at.to_rfc3339(),
            printed_by: by,
            role,
            offline,
        })
    }

    /// What goes on paper.
    #[must_use]
    pub fn content(&self) -> &ClinicPrintoutContent {
        &self.0
    }
}

/// A row of which the print is on record, or that needs no record.
pub(crate) struct PrintedRow(PrintedChild);

impl PrintedRow {
    /// A child of whom the service told something.
    pub(crate) fn opened(opened: Opened<ClinicRow>) -> Self {
        let reference = Some(opened.view().to_string());
        let child = opened.into_value().0;
        Self(PrintedChild { reference, child })
    }

    /// A child of whom the list holds only what the person brought in; gives nothing for another.
    pub(crate) fn brought_in(child: ShownClinicChild) -> Option<Self> {
        let reference = None;
        (!child.tells_something()).then_some(Self(PrintedChild { reference, child }))
    }
}

/// A row whose print is not on record yet.
pub(crate) struct ClinicRow(pub ShownClinicChild);

impl Audited for ClinicRow {
    /// On paper, or as near to it as this program can tell.
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}
