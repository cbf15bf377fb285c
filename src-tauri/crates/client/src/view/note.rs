//! What the pages of notes to a local authority show.

use super::{FindBlocked, QueuedRecord, ShownClinicChild};
use crate::printout::NotePrintout;
use crate::shown::{Shown, ShownPlanKind};
use serde::Serialize;
use ts_rs::TS;

/// The page of a note that something in a record is wrong.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownNote {
    /// The result that the note is about. Its records are numbered from 0: those in place, then
    /// those that have ended.
    pub shown: Box<Shown>,
    /// Whether it can be sent.
    pub way: NoteWay,
    /// How far it has come.
    pub stage: NoteStage,
    /// What became of printing it.
    pub print: Option<NotePrintState>,
}

/// Whether the service takes notes to local authorities, as its capability statement says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum NoteWay {
    /// It does.
    Send,
    /// It does not: a note can be printed.
    PrintOnly,
    /// It has not been heard since the program was started. A note can be printed.
    NotKnown,
}

/// How far a note has come.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum NoteStage {
    /// It is being written.
    Form {
        /// What was wrong with the last input.
        faults: Vec<NoteFieldFault>,
    },
    /// It is read once more. Nothing of it is on the disk.
    Review {
        /// What it says.
        note: WrittenNote,
        /// Why it could not be stored when the person last asked.
        blocked: Option<FindBlocked>,
    },
    /// It is on the disk, in the queue to the service.
    Stored {
        /// What it says.
        note: WrittenNote,
        /// How it fares there.
        record: QueuedRecord,
    },
}

/// A note that something in a record is wrong, as it was read from the form.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WrittenNote {
    /// The number of the record.
    pub record: usize,
    /// What is wrong in it.
    pub field: NotedField,
    /// What would be right, where the person knows it.
    pub correct: Option<NotedValue>,
    /// Whom to ring back.
    pub callback: String,
}

impl std::fmt::Debug for WrittenNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WrittenNote(redacted)")
    }
}

/// A part of a record that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum NotedField {
    /// The type of plan.
    PlanType,
    /// The first day.
    StartDate,
    /// The last day.
    EndDate,
    /// The responsible authority.
    Authority,
    /// The number for office hours.
    OfficeNumber,
    /// The number of the emergency duty team.
    EmergencyNumber,
    /// The record is about another child.
    NotThisChild,
}

/// What would be right.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum NotedValue {
    /// A type of plan.
    PlanType {
        /// The type.
        plan: ShownPlanKind,
    },
    /// A day.
    Date {
        /// ISO 8601 date.
        date: String,
    },
    /// The code of an authority, or a telephone number.
    Text {
        /// As it was typed.
        text: String,
    },
}

/// One fault of a note's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteFieldFault {
    /// Which field to go to.
    pub field: NoteFormField,
    /// What is wrong.
    pub code: NoteFault,
}

/// A field of a note's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum NoteFormField {
    /// Which record.
    Record,
    /// What is wrong in it.
    Field,
    /// The right type of plan.
    PlanType,
    /// The day of a date.
    Day,
    /// Its month.
    Month,
    /// Its year.
    Year,
    /// The right authority's code.
    Code,
    /// The right telephone number.
    Number,
    /// Whom to ring back.
    Callback,
    /// Whether the authority is to be told.
    Tell,
}

/// What is wrong with a field of a note's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum NoteFault {
    /// None of several records is chosen.
    RecordMissing,
    /// Nothing is chosen that is wrong.
    FieldMissing,
    /// What is said to be right stands in the record already.
    SameAsRecord,
    /// No date.
    DateMissing,
    /// No day.
    DayMissing,
    /// No month.
    MonthMissing,
    /// No year.
    YearMissing,
    /// The day is not a number.
    DayNotANumber,
    /// The month is not a number.
    MonthNotANumber,
    /// The year is not a number.
    YearNotANumber,
    /// The year does not have four digits.
    YearDigits,
    /// No such date.
    DateNotReal,
    /// A day that no such record can have, or an appointment of more than 31 days ago.
    DateTooLongAgo,
    /// An appointment that is still to come.
    DateFuture,
    /// Not the code of an organisation.
    CodeForm,
    /// Not a telephone number.
    NumberForm,
    /// No number to ring back.
    CallbackMissing,
    /// The number to ring back is no telephone number.
    CallbackForm,
    /// Neither yes nor no.
    TellMissing,
}

/// What became of printing a note.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "state"
)]
pub enum NotePrintState {
    /// The print is on record: this, and nothing else, goes on paper.
    Ready {
        /// What goes on paper.
        printout: Box<NotePrintout>,
    },
    /// The record could not be written, so nothing is printed.
    NotRecorded {
        /// Why.
        why: FindBlocked,
    },
}

/// The page that asks whether the local authority is told that a child was not brought, or that
/// this no longer holds.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownNotice {
    /// The child's row.
    pub child: ShownClinicChild,
    /// What the authority would be told.
    pub about: NoticeKind,
    /// The authorities of the records in place. The notice goes to the first.
    pub authorities: Vec<NoticeAuthority>,
    /// Today (ISO 8601 date), which is the day of the appointment unless the person says otherwise.
    pub today: String,
    /// Whether it can be sent.
    pub way: NoteWay,
    /// How far it has come.
    pub stage: NoticeStage,
}

/// What a notice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// The child was not brought.
    NotBrought,
    /// An earlier notice of that no longer holds.
    Withdrawal,
}

/// An authority that holds a record of a child.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeAuthority {
    /// Its name, if the record names it.
    pub name: Option<String>,
    /// Office hours telephone.
    pub office_hours: Option<String>,
    /// Emergency duty telephone.
    pub emergency_duty: Option<String>,
}

/// How far a notice has come.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum NoticeStage {
    /// The person is asked.
    Form {
        /// What was wrong with the last input.
        faults: Vec<NoteFieldFault>,
        /// Why it could not be stored when the person last asked.
        blocked: Option<FindBlocked>,
    },
    /// It is on the disk, in the queue to the service.
    Stored {
        /// How it fares there.
        record: QueuedRecord,
    },
}
