//! What the register holds about a child: plans, with whom to ring about them.
//!
//! Plan dates are calendar dates; no time-zone arithmetic is done on them.

use crate::OdsCode;
use chrono::{DateTime, FixedOffset, NaiveDate};

/// SNOMED CT code "Subject to child protection plan" (England-ChildProtectionPlan 1.0.0).
pub const CHILD_PROTECTION_PLAN_CODE: &str = "342191000000101";
/// SNOMED CT code "Looked after child" (England-ChildProtectionPlan 1.0.0).
pub const LOOKED_AFTER_CODE: &str = "764841000000100";
/// SNOMED CT code "Unborn child subject to child protection plan" (England-ChildProtectionPlan 1.0.0).
pub const UNBORN_CHILD_PLAN_CODE: &str = "818901000000100";

/// How many days after its end the service still shows a child protection or looked-after record.
pub const ENDED_PLAN_SHOWN_DAYS: i64 = 365;

/// What kind of record the local authority holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PlanKind {
    /// Child protection plan (CPP).
    ChildProtection,
    /// Looked after child (LAC), under sections 20, 31 or 38 of the Children Act 1989.
    LookedAfter,
    /// Child protection plan for an unborn child (UCPP), filed under the mother's NHS number.
    UnbornChild,
    /// A code this program does not know. It is shown as a record, never dropped (I3).
    Other {
        /// The code as received; empty when the answer gave none.
        code: String,
        /// The words that came with it, if any.
        display: Option<String>,
    },
}

impl PlanKind {
    /// The kind for a SNOMED CT code of the value set England-ChildProtectionPlan.
    #[must_use]
    pub fn from_snomed(code: &str, display: Option<&str>) -> Self {
        match code {
            CHILD_PROTECTION_PLAN_CODE => Self::ChildProtection,
            LOOKED_AFTER_CODE => Self::LookedAfter,
            UNBORN_CHILD_PLAN_CODE => Self::UnbornChild,
            other => Self::Other {
                code: other.to_owned(),
                display: display.map(str::to_owned),
            },
        }
    }

    /// The SNOMED CT code.
    #[must_use]
    pub fn snomed(&self) -> &str {
        match self {
            Self::ChildProtection => CHILD_PROTECTION_PLAN_CODE,
            Self::LookedAfter => LOOKED_AFTER_CODE,
            Self::UnbornChild => UNBORN_CHILD_PLAN_CODE,
            Self::Other { code, .. } => code,
        }
    }
}

/// A telephone number as the authority gave it. It is shown, never dialled or parsed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Telephone(String);

impl Telephone {
    /// Takes the text as received, without surrounding white space; `None` if nothing is left.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The local authority that is responsible for a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its name as received. It may carry a code before the name; it is not parsed.
    pub name: Option<String>,
    /// Its ODS code, where the source gives one.
    pub ods_code: Option<OdsCode>,
    /// The number to ring in office hours (FHIR `telecom.use = work`).
    pub office_hours: Option<Telephone>,
    /// The emergency duty team's number (FHIR `telecom.use = mobile`, which here does not mean a
    /// mobile telephone).
    pub emergency_duty: Option<Telephone>,
}

/// One record of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What kind of record it is.
    pub kind: PlanKind,
    /// First day, if recorded.
    pub start: Option<NaiveDate>,
    /// Last day, if it has ended or an end is set. Inclusive, as FHIR `Period.end` is.
    pub end: Option<NaiveDate>,
    /// Who is responsible and whom to ring.
    pub authority: Authority,
    /// When the record was last updated on the Spine, where the source says so.
    pub last_updated: Option<DateTime<FixedOffset>>,
}

/// Whether a plan holds on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanStatus {
    /// In place, or to begin later: both call for the same action.
    Current,
    /// Ended this many whole days ago (at least 1).
    Ended {
        /// Days since the last day of the plan.
        days: i64,
    },
}

impl Plan {
    /// Whether the plan holds on `today`, the calendar date where the user is.
    #[must_use]
    pub fn status_on(&self, today: NaiveDate) -> PlanStatus {
        match self.end {
            Some(end) if end < today => PlanStatus::Ended {
                days: (today - end).num_days(),
            },
            _ => PlanStatus::Current,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(end: Option<NaiveDate>) -> Plan {
        Plan {
            kind: PlanKind::ChildProtection,
            start: None,
            end,
            authority: Authority {
                name: None,
                ods_code: None,
                office_hours: None,
                emergency_duty: None,
            },
            last_updated: None,
        }
    }

    #[test]
    fn a_plan_holds_through_its_last_day() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        assert_eq!(plan(None).status_on(day(22)), PlanStatus::Current);
        assert_eq!(plan(Some(day(23))).status_on(day(22)), PlanStatus::Current);
        assert_eq!(plan(Some(day(22))).status_on(day(22)), PlanStatus::Current);
        assert_eq!(
            plan(Some(day(21))).status_on(day(22)),
            PlanStatus::Ended { days: 1 }
        );
    }

    #[test]
    fn an_unknown_code_is_kept_with_its_words() {
        let kind = PlanKind::from_snomed("123", Some("Something new"));
        assert_eq!(kind.snomed(), "123");
        assert_eq!(
            kind,
            PlanKind::Other {
                code: "123".into(),
                display: Some("Something new".into())
            }
        );
        for code in [
            CHILD_PROTECTION_PLAN_CODE,
            LOOKED_AFTER_CODE,
            UNBORN_CHILD_PLAN_CODE,
        ] {
            assert_eq!(PlanKind::from_snomed(code, None).snomed(), code);
            assert!(!matches!(
                PlanKind::from_snomed(code, None),
                PlanKind::Other { .. }
            ));
        }
    }

    #[test]
    fn a_blank_telephone_is_none() {
        assert_eq!(Telephone::new("  "), None);
        assert_eq!(
            Telephone::new(" 01632 960001 ").unwrap().as_str(),
            "01632 960001"
        );
    }
}
