//! What the screen of finding a child without an NHS number shows beside the result itself.

use super::find::{FieldFault, FindFault, FindField};
use crate::shown::ShownPatient;
use serde::Serialize;
use ts_rs::TS;

/// One fault of the search form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SearchFieldFault {
    /// Which field to go to.
    pub field: SearchField,
    /// What is wrong.
    pub code: FindFault,
}

/// A field of the search form that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SearchField {
    /// Family name.
    Family,
    /// First name.
    Given,
    /// Day of birth.
    Day,
    /// Month of birth.
    Month,
    /// Year of birth.
    Year,
    /// Postcode.
    Postcode,
}

impl SearchFieldFault {
    /// A fault of the date of birth, as the find form names it.
    pub(crate) fn of_birth_date(fault: FieldFault) -> Self {
        Self {
            field: match fault.field {
                FindField::Month => SearchField::Month,
                FindField::Year => SearchField::Year,
                FindField::Day | FindField::NhsNumber => SearchField::Day,
            },
            code: fault.code,
        }
    }
}

/// A find form that is filled in with a person whom a search found. Nothing has been checked yet.
#[derive(Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FilledForm {
    /// NHS number, ten digits.
    pub nhs_number: String,
    /// Date of birth (ISO 8601 date).
    pub birth_date: String,
    /// Family name, if known.
    pub family: Option<String>,
    /// Given names.
    pub given: Vec<String>,
}

impl std::fmt::Debug for FilledForm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FilledForm(redacted)")
    }
}

impl FilledForm {
    /// Fills the form with somebody who has been shown, and so is on record as seen.
    pub(crate) fn of(person: &ShownPatient) -> Self {
        Self {
            nhs_number: person.nhs_number.clone(),
            birth_date: person.birth_date.clone(),
            family: person.family.clone(),
            given: person.given.clone(),
        }
    }
}
