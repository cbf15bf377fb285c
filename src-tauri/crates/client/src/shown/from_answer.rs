//! What the domain says, as the window shows it: text instead of types, and today's age and status.

use super::{
    Decision, ShownAccess, ShownAge, ShownFinding, ShownGender, ShownHistory, ShownPatient,
    ShownPlan, ShownPlanKind,
};
use crate::answer::{Answer, History};
use crate::view::LookMode;
use chrono::NaiveDate;
use cpis_record::{
    Access, AccessHistory, Finding, Gender, IdentityProblem, Mode, Patient, Plan, PlanKind,
    PlanStatus, RoleProfileId,
};

impl From<Mode> for LookMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Scheduled => Self::Scheduled,
            Mode::Unscheduled => Self::Unscheduled,
        }
    }
}

/// A traced person without a date of birth never passes the identity check, so there is always one.
pub(super) fn shown_patient(patient: Patient, today: NaiveDate) -> Option<ShownPatient> {
    let born = patient.birth_date?;
    let age = born.age_on(today)?;
    Some(ShownPatient {
        family: patient.family,
        given: patient.given,
        birth_date: born.date().to_string(),
        age: ShownAge {
            years: age.years,
            months: age.months,
            days: age.days,
        },
        gender: patient.gender.map(|gender| match gender {
            Gender::Female => ShownGender::Female,
            Gender::Male => ShownGender::Male,
            Gender::Other => ShownGender::Other,
            Gender::Unknown => ShownGender::Unknown,
        }),
        nhs_number: patient.nhs_number.digits(),
        deceased: patient.deceased.is_some(),
        deceased_on: patient.deceased.flatten().map(|date| date.to_string()),
        restricted: patient.restricted,
    })
}

pub(super) fn shown_finding(finding: Finding, today: NaiveDate) -> ShownFinding {
    match finding {
        Finding::Record(records) => {
            let (mut current, mut ended): (Vec<&Plan>, Vec<&Plan>) = records
                .plans()
                .iter()
                .partition(|plan| plan.status_on(today) == PlanStatus::Current);
            current.sort_by_key(|plan| std::cmp::Reverse(plan.start));
            ended.sort_by_key(|plan| std::cmp::Reverse(plan.end));
            let shown = |plans: Vec<&Plan>| plans.into_iter().map(shown_plan).collect();
            ShownFinding::Record {
                current: shown(current),
                ended: shown(ended),
            }
        }
        Finding::Nothing => ShownFinding::Nothing,
        Finding::NotChecked(why) => ShownFinding::NotChecked {
            cause: why.cause.into(),
            reason: why.reason,
        },
    }
}

fn shown_plan(plan: &Plan) -> ShownPlan {
    let text = |telephone: &cpis_record::Telephone| telephone.as_str().to_owned();
    ShownPlan {
        plan: match &plan.kind {
            PlanKind::ChildProtection => ShownPlanKind::ChildProtection,
            PlanKind::LookedAfter => ShownPlanKind::LookedAfter,
            PlanKind::UnbornChild => ShownPlanKind::UnbornChild,
            PlanKind::Other { code, display } => ShownPlanKind::Other {
                code: code.clone(),
                display: display.clone(),
            },
        },
        start: plan.start.map(|date| date.to_string()),
        end: plan.end.map(|date| date.to_string()),
        authority: plan.authority.name.clone(),
        authority_code: plan.authority.ods_code.as_ref().map(ToString::to_string),
        office_hours: plan.authority.office_hours.as_ref().map(text),
        emergency_duty: plan.authority.emergency_duty.as_ref().map(text),
        last_updated: plan.last_updated.map(|at| at.to_rfc3339()),
    }
}

pub(super) fn shown_history(history: History, own: &[RoleProfileId]) -> ShownHistory {
    match history {
        History::Known(AccessHistory::Known(accesses)) => ShownHistory::Known {
            accesses: accesses.into_iter().map(|a| shown_access(a, own)).collect(),
        },
        History::Known(AccessHistory::NotFromThisSource) => ShownHistory::NotFromThisSource,
        History::NotChecked(cause) => ShownHistory::NotChecked {
            cause: cause.into(),
        },
        History::None => ShownHistory::None,
    }
}

fn shown_access(access: Access, own: &[RoleProfileId]) -> ShownAccess {
    ShownAccess {
        you: access
            .role_profile
            .is_some_and(|profile| own.contains(&profile)),
        at: access.at.to_rfc3339(),
        viewer: access.viewer,
        role: access.role,
        organisation: access.organisation,
    }
}

pub(super) fn decision(answer: &Answer) -> Option<Decision> {
    let Some(problem) = &answer.problem else {
        return answer.may_be_asked_again().then_some(Decision::CheckAgain);
    };
    match problem {
        IdentityProblem::Superseded { current } => Some(Decision::UseCurrentNumber {
            current: current.digits(),
        }),
        IdentityProblem::Restricted | IdentityProblem::Deceased | IdentityProblem::GrownUp => {
            Some(Decision::GoOn)
        }
        IdentityProblem::BirthDateDiffers => None,
    }
}
