//! What the screens of the clinic list show.

use super::{FindBlocked, QueuedState};
use crate::printout::ClinicPrintout;
use crate::shown::{ShownAge, ShownCause};
use crate::view::LookMode;
use serde::Serialize;
use ts_rs::TS;

/// The clinic list.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownClinic {
    /// The children, by time, then as they were brought in.
    pub children: Vec<ShownClinicChild>,
    /// When the list was drawn (RFC 3339 with offset).
    pub as_at: String,
    /// When the list and its copies disappear (RFC 3339 with offset).
    pub ends: String,
    /// Whether a check tells the local authority. Then children are checked one at a time.
    pub mode: LookMode,
    /// The checks of many children that are under way.
    pub under_way: Option<ChecksUnderWay>,
    /// How the last such checks ended.
    pub ended: Option<ChecksEnded>,
    /// Whether policy permits that copies are kept on this computer.
    pub copies_permitted: bool,
    /// The child whose page the person comes back from.
    pub came_from: Option<String>,
    /// Whether the last change could not be written to the disk.
    pub not_kept: bool,
    /// The last print of the list; absent when it is over.
    pub print: Option<ClinicPrintState>,
}

/// What became of printing the list.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "state"
)]
pub enum ClinicPrintState {
    /// The print is on record: this, and nothing else, goes on paper.
    Ready {
        /// What goes on paper.
        printout: Box<ClinicPrintout>,
    },
    /// A record could not be written, so nothing is printed.
    NotRecorded {
        /// Why.
        why: FindBlocked,
    },
}

/// A child on the list.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownClinicChild {
    /// The row's id.
    pub id: String,
    /// Time of the appointment (HH:MM).
    pub time: Option<String>,
    /// Initials, as they were brought in.
    pub initials: Option<String>,
    /// NHS number, ten digits.
    pub nhs_number: String,
    /// Date of birth (ISO 8601 date).
    pub birth_date: String,
    /// Age today.
    pub age: Option<ShownAge>,
    /// Family name, once a check has shown it.
    pub family: Option<String>,
    /// Given names, once a check has shown them.
    pub given: Vec<String>,
    /// Where the check stands.
    pub state: ShownClinicState,
    /// When the answer was given of which a copy is kept (RFC 3339 with offset).
    pub copy: Option<String>,
    /// Saved while the service could not be reached.
    pub saved: bool,
    /// Marked as not brought.
    pub not_brought: bool,
    /// The notice of that to the local authority, if one is in the queue to the service.
    pub notice: Option<ShownClinicNotice>,
}

/// A notice to the local authority that a child was not brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownClinicNotice {
    /// When it was stored (RFC 3339 with offset).
    pub at: String,
    /// Where it is; absent where the queue does not say.
    pub state: Option<QueuedState>,
}

impl ShownClinicChild {
    /// Whether the row holds something that the service told.
    #[must_use]
    pub fn tells_something(&self) -> bool {
        let answered = matches!(
            self.state,
            ShownClinicState::Checked {
                answer: Some(_),
                ..
            }
        );
        answered || self.family.is_some() || !self.given.is_empty()
    }
}

/// Where a child's check stands.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum ShownClinicState {
    /// Not checked yet.
    ToCheck,
    /// Being checked.
    Checking,
    /// Checked.
    Checked {
        /// When (RFC 3339 with offset).
        at: String,
        /// What was found; absent when the list comes from the disk, which does not hold it.
        answer: Option<ShownClinicAnswer>,
        /// Whether that was half an hour ago or more, so that it may have been overtaken.
        stale: bool,
    },
    /// Tried, and not checked.
    NotChecked {
        /// When (RFC 3339 with offset).
        at: String,
        /// Why.
        cause: ShownCause,
    },
}

/// An answer in short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ShownClinicAnswer {
    /// At least one record.
    Record {
        /// How many are in place.
        current: usize,
        /// How many have ended.
        ended: usize,
    },
    /// Nothing is held for this number.
    Nothing,
}

/// Checks of many children.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChecksUnderWay {
    /// How many are done.
    pub done: usize,
    /// Of how many.
    pub total: usize,
    /// Whether copies are kept.
    pub keeping: bool,
    /// Until when they pause, because the service asked for it (RFC 3339 with offset).
    pub paused_until: Option<String>,
}

/// How checks of many children ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChecksEnded {
    /// When (RFC 3339 with offset).
    pub at: String,
    /// How many children were to be checked.
    pub total: usize,
    /// How many were checked.
    pub checked: usize,
    /// Of how many of them a copy is on the disk; absent when none was to be kept.
    pub kept: Option<usize>,
    /// Why it ended before all were tried.
    pub stopped: Option<ChecksStopped>,
}

/// Why checks of many children ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ChecksStopped {
    /// The person stopped them.
    Asked,
    /// The service cannot be reached any more.
    Offline,
    /// The service refused the role.
    NotAllowed,
    /// No record can be written, so no child can be checked.
    AuditTrail,
}

/// A line that could not be brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClinicLineFault {
    /// The line, from 1; 0 is the whole text.
    pub line: usize,
    /// What is wrong.
    pub code: ClinicLineProblem,
    /// The earlier line with the same number, if that is what is wrong.
    pub first: Option<usize>,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ClinicLineProblem {
    /// There is no text, or nothing but a heading.
    Empty,
    /// More text than a list can be.
    TooLong,
    /// More children than a list holds.
    TooMany,
    /// A quotation mark is opened and not closed.
    Quotation,
    /// No NHS number.
    NumberMissing,
    /// Two NHS numbers, and no heading that says which is meant.
    TwoNumbers,
    /// A National Insurance number.
    NationalInsurance,
    /// Letters or signs in the NHS number.
    NumberNotDigits,
    /// Fewer than ten digits.
    NumberTooShort,
    /// More than ten digits.
    NumberTooLong,
    /// The check digit does not fit.
    NumberCheckDigit,
    /// Practice takes numbers that no real person has, and this is not one of them.
    NumberNotPractice,
    /// No date of birth.
    BirthDateMissing,
    /// Two dates, and no heading that says which is meant.
    TwoDates,
    /// Not a date.
    BirthDateUnclear,
    /// The year has two digits.
    YearDigits,
    /// In the future.
    BirthDateFuture,
    /// Before 1900.
    BirthDateTooLongAgo,
    /// The same number stands on an earlier line.
    Twice,
    /// The number is on the list already.
    OnList,
}

/// What happened to an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClinicImport {
    /// The lines that could not be read. The person still has the text.
    pub faults: Vec<ClinicLineFault>,
    /// How many children the other lines hold.
    pub readable: usize,
    /// Whether there is a list that they are added to.
    pub adding: bool,
}

/// Where a result stands on the clinic list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ResultOnClinic {
    /// The row's id.
    pub id: String,
    /// Whether another child waits to be checked below.
    pub has_next: bool,
    /// When the answer was given of which a copy is kept (RFC 3339 with offset), if this check was not
    /// made.
    pub copy: Option<String>,
}
