//! Whether a row is loaded, and what it changes. A rule without a store, so that every store keeps
//! the same one.

use super::{Change, ResultCode, RowAnswer, SubmittedRecord, Submitter};
use crate::store::{Person, StoredPlan, is_the_same_record};
use chrono::NaiveDate;
use cpis_record::{DateOfBirth, PlanKind, PlanStatus};

/// What a store does with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    Refuse(RowAnswer),
    /// Adds a record.
    Add,
    /// Lets the record with this id say what the row says.
    Replace {
        /// The record's id.
        id: String,
        /// Whether it says something else than before. If not, the time of its last update stays,
        /// and it only counts as submitted from now on.
        changed: bool,
    },
}

/// Judges a row by the number's holder and everything that the register keeps under the number,
/// shown or not.
///
/// The date of birth is compared first: who does not know it learns nothing about a sensitive record.
pub(crate) fn verdict(
    record: &SubmittedRecord,
    submitter: &Submitter,
    person: Option<&Person>,
    plans: &[StoredPlan],
    today: NaiveDate,
) -> Verdict {
    let refuse = |code| Verdict::Refuse(RowAnswer::refused(code));
    let fail = |why| Verdict::Refuse(RowAnswer::because(ResultCode::Failed, why));
    let Some(person) = person else {
        return refuse(ResultCode::NoMatch);
    };
    if person.birth_date != record.birth_date {
        return refuse(ResultCode::NotVerified);
    }
    if person.replaced_by.is_some() {
        return refuse(ResultCode::Superseded);
    }
    if person.invalidated {
        return Verdict::Refuse(RowAnswer::because(
            ResultCode::NoMatch,
            "no match: this NHS number is no longer in use",
        ));
    }
    if person.restricted {
        return refuse(ResultCode::Sensitive);
    }
    if record.kind != PlanKind::UnbornChild {
        if is_adult(person.birth_date, today) {
            return fail("not loaded: the person is 18 or older");
        }
        if record.start < person.birth_date {
            return fail("not loaded: the plan starts before the child was born");
        }
    }
    let others = |stored: &&StoredPlan| {
        let code = stored.plan.authority.ods_code.as_ref();
        code.is_some_and(|code| *code != submitter.code)
    };
    let in_force = |stored: &StoredPlan| {
        stored.is_shown(today) && stored.plan.status_on(today) == PlanStatus::Current
    };
    if plans.iter().filter(others).any(in_force) {
        return fail(
            "not loaded: another authority is responsible for a plan in force; agree the transfer \
             with them, and send the row when they have ended theirs",
        );
    }
    match plans
        .iter()
        .find(|stored| is_the_same_record(stored, &submitter.code, record))
    {
        None => Verdict::Add,
        Some(stored) => Verdict::Replace {
            id: stored.id.clone(),
            changed: stored.plan.end != record.end
                || stored.plan.authority.office_hours != record.office_hours
                || stored.plan.authority.emergency_duty != record.emergency_duty,
        },
    }
}

impl Verdict {
    /// What the row is answered.
    pub(crate) fn answer(&self) -> RowAnswer {
        match self {
            Self::Refuse(answer) => *answer,
            Self::Add => RowAnswer::loaded(Change::New),
            Self::Replace { changed: true, .. } => RowAnswer::loaded(Change::Updated),
            Self::Replace { changed: false, .. } => RowAnswer::loaded(Change::Unchanged),
        }
    }
}

/// Whether somebody is 18 or older on a day.
pub(crate) fn is_adult(birth_date: NaiveDate, today: NaiveDate) -> bool {
    DateOfBirth::received(birth_date)
        .age_on(today)
        .is_some_and(|age| age.years >= 18)
}
