//! What can be done with a result on the screen besides reading it.

use super::FindBlocked;
use crate::printout::Printout;
use serde::Serialize;
use ts_rs::TS;

/// What became of copying the NHS number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CopyState {
    /// It is on the clipboard, for a minute.
    Copied,
    /// It was taken from the clipboard again.
    TakenBack,
    /// The clipboard could not be used.
    Failed,
}

/// What became of printing the result.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "state"
)]
pub enum PrintState {
    /// The print is on record: this, and nothing else, goes on paper.
    Ready {
        /// What goes on paper.
        printout: Box<Printout>,
    },
    /// The record could not be written, so nothing is printed.
    NotRecorded {
        /// Why.
        why: FindBlocked,
    },
}
