//! What may be shown of a person: the only type that carries a result to the window.

mod cause;
mod flags;
mod from_answer;
mod search;

pub use cause::ShownCause;
pub use flags::{ShownFlag, ShownFlagKind};
pub(crate) use search::SearchCircumstances;
pub use search::{ShownMatches, ShownSearch, ShownSearchContent};

use crate::answer::Answer;
use crate::clinic::{CopyStamp, KeptCopy};
use crate::view::LookMode;
use chrono::{DateTime, FixedOffset};
use cpis_audit::Opened;
use cpis_record::{Mode, NhsNumber, RoleProfileId};
use from_answer::{decision, shown_finding, shown_history, shown_patient};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The result of one check. Its only constructor takes a value that an audit receipt has opened,
/// so a path that forgets the audit does not compile (invariant I1).
///
/// ```compile_fail
/// # use cpis_client::shown::{Shown, ShownContent};
/// fn forget_the_audit(content: ShownContent) -> Shown {
///     Shown(content)
/// }
/// ```
///
/// ```compile_fail
/// # use cpis_client::shown::Shown;
/// fn read_from_elsewhere(text: &str) -> Shown {
///     serde_json::from_str(text).unwrap()
/// }
/// ```
#[derive(Clone, Serialize, TS)]
pub struct Shown(ShownContent);

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shown(redacted)")
    }
}

/// What is shown of one check.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownContent {
    /// The reference of the check: the id of its audit record.
    pub reference: String,
    /// The number asked for, ten digits.
    pub asked: String,
    /// The person, once traced and confirmed by date of birth.
    pub patient: Option<ShownPatient>,
    /// The answer.
    pub finding: ShownFinding,
    /// Who looked before.
    pub history: ShownHistory,
    /// Flags of other kinds that the source gave beside the records: never part of the finding, and
    /// none here does not mean that there is none.
    #[serde(default)]
    pub other_flags: Vec<ShownFlag>,
    /// When the check ended (RFC 3339 with offset).
    pub checked_at: String,
    /// In which mode the check was made.
    pub mode: LookMode,
    /// Whether the local authority has been told.
    pub told: Told,
    /// What the person may decide next, when the check was not made.
    pub decision: Option<Decision>,
    /// That it is a copy, and of which age; absent for an answer of the service.
    #[serde(default)]
    pub copy: Option<ShownCopy>,
}

/// A copy of an earlier answer. `checked_at` says when the service gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ShownCopy {
    /// When the copy was opened (RFC 3339 with offset).
    pub opened_at: String,
    /// Minutes from the answer to the opening.
    pub minutes_old: u32,
    /// Whether that is more than a working day.
    #[serde(default)]
    pub out_of_date: bool,
}

/// When, how and for which number the check was made.
pub(crate) struct Circumstances<'a> {
    pub asked: &'a NhsNumber,
    /// The role profiles of the person who looks.
    pub own: &'a [RoleProfileId],
    pub mode: Mode,
    pub ended: DateTime<FixedOffset>,
}

impl Shown {
    /// What may be shown of an answer whose record is on the disk.
    pub(crate) fn new(opened: Opened<Answer>, circumstances: &Circumstances<'_>) -> Self {
        let reference = opened.view().to_string();
        let answer = opened.into_value();
        let decision = decision(&answer);
        let today = circumstances.ended.date_naive();
        Self(ShownContent {
            reference,
            asked: circumstances.asked.digits(),
            patient: answer
                .patient
                .and_then(|patient| shown_patient(patient, today)),
            finding: shown_finding(answer.finding, today),
            history: shown_history(answer.history, circumstances.own),
            other_flags: flags::shown_flags(answer.other_flags),
            checked_at: circumstances.ended.to_rfc3339(),
            mode: circumstances.mode.into(),
            told: answer.told,
            decision,
            copy: None,
        })
    }

    /// A kept copy whose opening is on record.
    pub(crate) fn kept(opened: Opened<KeptCopy>, mode: Mode, now: DateTime<FixedOffset>) -> Self {
        let reference = opened.view().to_string();
        let copy = opened.into_value();
        let age = now.signed_duration_since(copy.checked_at).num_minutes();
        Self(ShownContent {
            reference,
            mode: mode.into(),
            told: if mode.tells_local_authority() {
                Told::Later
            } else {
                Told::No
            },
            decision: None,
            copy: Some(ShownCopy {
                opened_at: now.to_rfc3339(),
                minutes_old: u32::try_from(age).unwrap_or_default(),
                out_of_date: CopyStamp {
                    at: copy.checked_at,
                }
                .is_out_of_date(now),
            }),
            ..copy.content
        })
    }

    /// What was shown before a lock and has been sealed since: its record is on the disk already.
    /// A decision that it asked for is over, but for asking the same again, if `again`.
    pub(crate) fn restored(content: ShownContent, again: bool) -> Self {
        Self(ShownContent {
            decision: again.then_some(Decision::CheckAgain),
            ..content
        })
    }

    /// Whether the check was not made, and the same can be asked again.
    pub(crate) fn can_be_asked_again(&self) -> bool {
        matches!(self.0.decision, Some(Decision::CheckAgain))
    }

    /// Whether the service answered: a record, or nothing.
    pub(crate) fn is_answer(&self) -> bool {
        !matches!(self.0.finding, ShownFinding::NotChecked { .. })
    }

    /// What is shown.
    #[must_use]
    pub fn content(&self) -> &ShownContent {
        &self.0
    }
}

/// Whether the local authority has been told about this check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// It is told.
    Yes,
    /// It is not told.
    No,
    /// The question may have arrived although the answer did not.
    NotKnown,
    /// The check would have told one, but none holds a record.
    NobodyToTell,
    /// A copy was opened: it is told when the record of that has reached the service.
    Later,
    /// The source tells nobody: it is told when the record of the check has reached the service.
    WithRecord,
}

/// The person.
#[derive(Clone, Serialize, Deserialize, TS)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
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
#[derive(Clone, Serialize, Deserialize, TS)]
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
#[derive(Clone, Serialize, Deserialize, TS)]
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
#[derive(Clone, Serialize, Deserialize, TS)]
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
#[derive(Clone, Serialize, Deserialize, TS)]
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
#[derive(Clone, Serialize, Deserialize, TS)]
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
    /// Whether it was the signed-in person, in one of their roles.
    #[serde(default)]
    pub you: bool,
}

/// What the person may decide when a check was not made.
#[derive(Clone, Serialize, Deserialize, TS)]
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
    /// Ask the same again (a new check).
    CheckAgain,
}
