//! The local authority's side: files of records that an authority submits, and what it is told of
//! looks at its children.
//!
//! An authority proves who it is with a credential of its own, sees its own children only, and gets
//! an answer for every row. A file is read twice, first as a whole (`file`: is it text, in which
//! encoding, has it come before), then row by row (`columns`, `row`), some hundred rows a
//! transaction. So memory does not grow with the file, a row that cannot be read costs no other, and
//! loading that broke off is made good by sending the same file again.
//!
//! Rows that are loaded are kept; refused rows are answered and dropped.

mod answer;
mod columns;
mod credential;
mod file;
mod loading;
#[cfg(test)]
mod loading_tests;
mod report;
mod row;
mod value;
mod verdict;

pub use answer::{Change, FileAnswer, FileResult, ResultCode, RowAnswer, RowCounts};
pub use credential::{authority_credential_for, known_authorities};
pub use loading::load_file;
pub use report::daily_report_of;

pub(crate) use answer::AnsweredRows;
pub(crate) use credential::{issue as issue_credential, submitter};
pub(crate) use loading::load;
pub(crate) use report::daily_report;
pub(crate) use verdict::{Verdict, is_adult, verdict};

use chrono::NaiveDate;
use cpis_record::{NhsNumber, OdsCode, PlanKind, Telephone};

/// Who submits a file: the authority as its records name it.
#[derive(Clone)]
pub(crate) struct Submitter {
    pub(crate) code: OdsCode,
    pub(crate) name: Option<String>,
    /// The numbers of records in files that have no column for them.
    pub(crate) office_hours: Option<Telephone>,
    pub(crate) emergency_duty: Option<Telephone>,
}

/// A row that could be read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SubmittedRecord {
    pub(crate) nhs_number: NhsNumber,
    /// Of the child, or of the mother of an unborn child.
    pub(crate) birth_date: NaiveDate,
    pub(crate) kind: PlanKind,
    pub(crate) start: NaiveDate,
    /// The last day; of an unborn child's plan the day on which the child is due.
    pub(crate) end: Option<NaiveDate>,
    pub(crate) office_hours: Option<Telephone>,
    pub(crate) emergency_duty: Option<Telephone>,
}
