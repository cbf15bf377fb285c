//! What the screens of finding a child show, up to the result.

use serde::Serialize;
use ts_rs::TS;

/// One fault of the find form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldFault {
    /// Which field to go to.
    pub field: FindField,
    /// What is wrong.
    pub code: FindFault,
}

/// A field of the find form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindField {
    /// NHS number.
    NhsNumber,
    /// Day of birth.
    Day,
    /// Month of birth.
    Month,
    /// Year of birth.
    Year,
}

/// What is wrong with a field of the find form or the search form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindFault {
    /// No NHS number.
    NhsNumberMissing,
    /// A National Insurance number.
    NationalInsuranceNumber,
    /// Letters or signs in the NHS number.
    NhsNumberNotDigits,
    /// Fewer than ten digits.
    NhsNumberTooShort,
    /// More than ten digits.
    NhsNumberTooLong,
    /// The check digit does not fit.
    NhsNumberCheckDigit,
    /// A number of Scotland.
    ScottishNumber,
    /// A number of Northern Ireland.
    NorthernIrishNumber,
    /// A number of Ireland.
    IrishNumber,
    /// Practice takes numbers that no real person has, and this is not one of them.
    NhsNumberNotPractice,
    /// No date of birth.
    BirthDateMissing,
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
    BirthDateNotReal,
    /// In the future.
    BirthDateFuture,
    /// Before 1900.
    BirthDateTooLongAgo,
    /// No family name.
    FamilyMissing,
    /// Signs in the family name that no name has.
    FamilyCharacters,
    /// More than 35 characters in the family name.
    FamilyTooLong,
    /// Signs in the first name that no name has.
    GivenCharacters,
    /// More than 35 characters in the first name.
    GivenTooLong,
    /// Not a whole postcode.
    PostcodeForm,
}

/// What has been filled into the form for the person. Nothing has been asked.
#[derive(Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FilledIn {
    /// Tells one filling from the next.
    pub ordinal: u32,
    /// What filled it.
    pub by: FilledBy,
    /// NHS number, ten digits.
    pub nhs_number: String,
    /// Date of birth (ISO 8601 date), if that is filled in too.
    pub birth_date: Option<String>,
}

/// What fills the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FilledBy {
    /// A link of another program.
    Link,
    /// The scenario of practice.
    Practice,
}

impl std::fmt::Debug for FilledIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FilledIn(redacted)")
    }
}

/// Why no check can be begun now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindBlocked {
    /// The audit trail cannot write: no look without a record.
    AuditTrail,
    /// The audit trail holds as many unsent records as policy permits.
    QueueFull,
    /// Too little of the disk is free to keep records.
    DiskFull,
    /// Practice takes numbers that no real person has, and this one, which was not typed, is not
    /// one of them.
    NotPractice,
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CheckingStage {
    /// The person is being traced.
    Identity,
    /// The register is being asked.
    Records,
}
