//! What may be shown of a person: the only type that carries a result to the window.

use crate::view::LookMode;
use cpis_record::NotCheckedCause;
use serde::Serialize;
use ts_rs::TS;

/// The result of one check. Its only constructor takes a value that an audit receipt has opened,
/// so a path that forgets the audit does not compile (invariant I1).
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Shown {
    /// The reference of the check: the id of its audit record.
    reference: String,
    /// The number asked for, ten digits.
    asked: String,
    /// The person, once traced and confirmed by date of birth.
    patient: Option<ShownPatient>,
    /// The answer.
    finding: ShownFinding,
    /// Who looked before.
    history: ShownHistory,
    /// When the check ended (RFC 3339 with offset).
    checked_at: String,
    /// In which mode the check was made.
    mode: LookMode,
    /// Whether the local authority has been told.
    told: Told,
    /// What the person may decide next, when the identity stopped the check.
    decision: Option<Decision>,
}

/// Whether the local authority has been told about this check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// It is told.
    Yes,
    /// It is not told.
    No,
    /// The question may have arrived although the answer did not.
    NotKnown,
}

/// The person.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownPatient {
    /// Family name, if known.
    pub family: Option<String>,
    /// Given names.
    pub given: Vec<String>,
    /// Date of birth (ISO 8601 date).
    pub birth_date: String,
    /// Age in completed years, months and days.
    pub age: ShownAge,
    /// Gender, if known.
    pub gender: Option<ShownGender>,
    /// NHS number, ten digits.
    pub nhs_number: String,
    /// Whether the person has died.
    pub deceased: bool,
    /// The date of death (ISO 8601 date), if known.
    pub deceased_on: Option<String>,
    /// Whether the demographic record is restricted.
    pub restricted: bool,
}

/// Gender in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ShownGender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
    /// Recorded as unknown.
    Unknown,
}

/// An age in completed units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownAge {
    /// Years.
    pub years: u32,
    /// Months after the last completed year.
    pub months: u32,
    /// Days after the last completed month.
    pub days: u32,
}

/// The three answers.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ShownFinding {
    /// At least one record.
    Record {
        /// Records in place, newest start first.
        current: Vec<ShownPlan>,
        /// Records that have ended, latest end first.
        ended: Vec<ShownPlan>,
    },
    /// Nothing is held for this number.
    Nothing,
    /// Not checked.
    NotChecked {
        /// The code of the cause (`NotCheckedCause`).
        cause: ShownCause,
        /// What the service said, if it said something fit to show.
        reason: Option<String>,
    },
}

/// One record.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownPlan {
    /// What kind of record.
    pub plan: ShownPlanKind,
    /// First day (ISO 8601 date), if recorded.
    pub start: Option<String>,
    /// Last day (ISO 8601 date), if recorded.
    pub end: Option<String>,
    /// The responsible local authority, if named.
    pub authority: Option<String>,
    /// Its ODS code, where the source gives it.
    pub authority_code: Option<String>,
    /// Office hours telephone.
    pub office_hours: Option<String>,
    /// Emergency duty telephone.
    pub emergency_duty: Option<String>,
    /// Last update on the Spine (RFC 3339 with offset), where the source gives it.
    pub last_updated: Option<String>,
}

/// What kind of record.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "type")]
pub enum ShownPlanKind {
    /// Child protection plan.
    ChildProtection,
    /// Looked after child.
    LookedAfter,
    /// Unborn child protection plan; the record is the mother's.
    UnbornChild,
    /// A kind that this program does not know.
    Other {
        /// Its code.
        code: String,
        /// Its words, if any came with it.
        display: Option<String>,
    },
}

/// Who looked before.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum ShownHistory {
    /// The accesses, newest first.
    Known {
        /// At most 25.
        accesses: Vec<ShownAccess>,
    },
    /// This source carries no history.
    NotFromThisSource,
    /// The history could not be fetched or read.
    NotChecked {
        /// The code of the cause.
        cause: ShownCause,
    },
    /// There is nothing to have a history of: the check found nothing or was not made.
    None,
}

/// One earlier access.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownAccess {
    /// When (RFC 3339 with offset).
    pub at: String,
    /// The viewer's name.
    pub viewer: Option<String>,
    /// The viewer's role.
    pub role: Option<String>,
    /// The organisation.
    pub organisation: Option<String>,
}

/// What the person may decide when the identity stopped a check.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum Decision {
    /// Check the number that is in use now (a new check).
    UseCurrentNumber {
        /// The number, ten digits.
        current: String,
    },
    /// Go on although the record is restricted or the person has died (a new check).
    GoOn,
}

macro_rules! shown_causes {
    ($($name:ident),+ $(,)?) => {
        /// The causes of "not checked", as `NotCheckedCause` of the domain has them; the catalogue
        /// of the window has one sentence for each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
        #[serde(rename_all = "kebab-case")]
        #[allow(missing_docs, reason = "each is documented in cpis_record::NotCheckedCause")]
        pub enum ShownCause { $($name,)+ }

        impl From<NotCheckedCause> for ShownCause {
            fn from(cause: NotCheckedCause) -> Self {
                match cause { $(NotCheckedCause::$name => Self::$name,)+ }
            }
        }
    };
}

shown_causes! {
    Unreachable, TimedOut, ConnectionLost, CertificateNotTrusted, ServiceUnavailable,
    TooManyRequests, SignInNeeded, NotAllowed, Refused, NotKnown, NumberInvalidated,
    UnreadableAnswer, AnswerTooLarge, WrongPerson, IncompleteAnswer, BirthDateDiffers, Superseded,
    Restricted, Deceased, Cancelled,
}
