//! What one look found out, sealed until its record is on the disk.

use crate::shown::Told;
use cpis_audit::{AuditOutcome, Audited};
use cpis_fhir::{OtherFlag, PatientFlags};
use cpis_record::{
    AccessHistory, DateOfBirth, Finding, IdentityProblem, Mode, NhsNumber, NotChecked,
    NotCheckedCause, Patient, Records,
};

/// What a person asks: whose record, and which identity problems they have decided to accept.
#[derive(Clone)]
pub(crate) struct Question {
    pub number: NhsNumber,
    pub birth_date: DateOfBirth,
    pub accepted: Vec<NotCheckedCause>,
}

/// What one look found out. It goes into a `Sealed` as soon as it exists.
pub(crate) struct Answer {
    pub patient: Option<Patient>,
    pub finding: Finding,
    pub history: History,
    /// What the source holds beside, which is no part of the finding.
    pub other_flags: Vec<OtherFlag>,
    pub told: Told,
    pub problem: Option<IdentityProblem>,
}

/// The access history, as far as it is known.
pub(crate) enum History {
    Known(AccessHistory),
    NotChecked(NotCheckedCause),
    /// There is nothing to have a history of.
    None,
}

/// What came of asking the register.
pub(crate) struct Asked<T> {
    pub result: Result<T, NotChecked>,
    pub arrival: Arrival,
}

/// Whether a question reached the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// It was answered.
    Answered,
    /// It was not sent, or refused.
    NotActedOn,
    /// It may have arrived although no answer came.
    Unknown,
}

impl Answer {
    /// Whether the same question, asked again, may be answered.
    pub fn may_be_asked_again(&self) -> bool {
        matches!(&self.finding, Finding::NotChecked(why) if why.cause.may_pass())
    }

    /// A look that ended before the register was asked.
    pub fn not_asked(why: NotChecked) -> Self {
        Self {
            patient: None,
            finding: Finding::NotChecked(why),
            history: History::None,
            other_flags: Vec::new(),
            told: Told::No,
            problem: None,
        }
    }

    /// A look that the person's identity stopped. Nothing about the person held is given.
    pub fn stopped(problem: IdentityProblem) -> Self {
        let why = NotChecked::from(problem.cause());
        Self {
            problem: Some(problem),
            ..Self::not_asked(why)
        }
    }

    /// A look that was cancelled. `arrival` says whether its questions may have reached the register.
    pub fn cancelled(mode: Mode, arrival: Arrival) -> Self {
        Self {
            told: told(mode, [arrival; 2]),
            ..Self::not_asked(NotCheckedCause::Cancelled.into())
        }
    }

    /// Joins what the register said of plans and of history.
    ///
    /// "Nothing found" needs a complete empty answer about plans, and no access recorded: the
    /// register keeps a history only of people with a record, so an access without a plan is a
    /// contradiction, and a contradiction is a doubt. An access is told whatever became of the
    /// plans, since it proves that there is or was a record. That nobody looked proves nothing, so
    /// beside plans that were not read it is not said.
    pub fn joined(
        patient: Patient,
        mode: Mode,
        plans: Asked<Vec<cpis_record::Plan>>,
        history: Asked<AccessHistory>,
    ) -> Self {
        let told = told(mode, [plans.arrival, history.arrival]);
        let has_access = matches!(&history.result, Ok(AccessHistory::Known(a)) if !a.is_empty());
        let finding = match plans.result.map(Records::new) {
            Ok(Some(records)) => Finding::Record(records),
            Ok(None) if has_access => Finding::NotChecked(NotCheckedCause::IncompleteAnswer.into()),
            Ok(None) => Finding::Nothing,
            Err(why) => Finding::NotChecked(why),
        };
        let history = match (&finding, history.result) {
            (Finding::Record(_), Err(why)) => History::NotChecked(why.cause),
            (Finding::Record(_), Ok(history)) => History::Known(history),
            (Finding::NotChecked(_), Ok(history)) if has_access => History::Known(history),
            (Finding::Nothing | Finding::NotChecked(_), _) => History::None,
        };
        // A register without a record has no local authority to tell.
        let told = match (&finding, told) {
            (Finding::Nothing, Told::Yes) => Told::NobodyToTell,
            (_, told) => told,
        };
        Self {
            patient: Some(patient),
            finding,
            history,
            other_flags: Vec::new(),
            told,
            problem: None,
        }
    }

    /// What a source said that keeps no access history and tells nobody that it was asked: the local
    /// authority hears of the look from its record alone, and of a look without a record never.
    pub fn of_silent_source(
        patient: Patient,
        mode: Mode,
        flags: Result<PatientFlags, NotChecked>,
    ) -> Self {
        let (plans, other_flags) = match flags {
            Ok(flags) => (Ok(flags.plans), flags.other_flags),
            Err(why) => (Err(why), Vec::new()),
        };
        let asked = |result| Asked {
            result,
            arrival: Arrival::NotActedOn,
        };
        let history = Asked {
            result: Ok(AccessHistory::NotFromThisSource),
            arrival: Arrival::NotActedOn,
        };
        let answer = Self::joined(patient, mode, asked(plans), history);
        let told = match (&answer.finding, mode.tells_local_authority()) {
            (Finding::Record(_), true) => Told::WithRecord,
            (Finding::Nothing, true) => Told::NobodyToTell,
            _ => Told::No,
        };
        Self {
            other_flags,
            told,
            ..answer
        }
    }
}

impl Audited for Answer {
    /// What became of the check, and so what the heading says: earlier views may stand beside "not
    /// checked", but whoever reads the record must not take it for a finding that somebody saw.
    fn outcome(&self) -> AuditOutcome {
        match &self.finding {
            Finding::Record(_) | Finding::Nothing => AuditOutcome::Shown,
            Finding::NotChecked(why) => AuditOutcome::NotChecked(why.cause),
        }
    }
}

fn told(mode: Mode, arrivals: [Arrival; 2]) -> Told {
    if !mode.tells_local_authority() {
        Told::No
    } else if arrivals.contains(&Arrival::Answered) {
        Told::Yes
    } else if arrivals.contains(&Arrival::Unknown) {
        Told::NotKnown
    } else {
        Told::No
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveDate};
    use cpis_record::{Access, Authority, Plan, PlanKind};

    fn patient() -> Patient {
        Patient {
            nhs_number: NhsNumber::parse("9990000018").unwrap(),
            family: None,
            given: Vec::new(),
            birth_date: NaiveDate::from_ymd_opt(2019, 3, 7).map(DateOfBirth::received),
            gender: None,
            deceased: None,
            restricted: false,
        }
    }

    fn plan() -> Plan {
        let authority = Authority {
            name: None,
            ods_code: None,
            office_hours: None,
            emergency_duty: None,
        };
        let kind = PlanKind::ChildProtection;
        Plan {
            kind,
            start: None,
            end: None,
            authority,
            last_updated: None,
        }
    }

    fn access() -> AccessHistory {
        let at = DateTime::from_timestamp(0, 0).unwrap().fixed_offset();
        AccessHistory::Known(vec![Access {
            at,
            viewer: None,
            role: None,
            organisation: None,
            role_profile: None,
        }])
    }

    fn answered<T>(value: T) -> Asked<T> {
        Asked {
            result: Ok(value),
            arrival: Arrival::Answered,
        }
    }

    fn failed<T>(cause: NotCheckedCause, arrival: Arrival) -> Asked<T> {
        Asked {
            result: Err(cause.into()),
            arrival,
        }
    }

    fn joined(mode: Mode, plans: Asked<Vec<Plan>>, history: Asked<AccessHistory>) -> Answer {
        Answer::joined(patient(), mode, plans, history)
    }

    #[test]
    fn nothing_is_found_only_without_any_doubt() {
        let none = || AccessHistory::Known(Vec::new());
        let mode = Mode::Scheduled;
        let finding = |plans, history| joined(mode, plans, history).finding;
        assert_eq!(
            finding(answered(Vec::new()), answered(none())),
            Finding::Nothing
        );
        assert_eq!(
            finding(answered(Vec::new()), answered(access())),
            Finding::NotChecked(NotCheckedCause::IncompleteAnswer.into()),
        );
        for cause in NotCheckedCause::ALL {
            let plans = failed(*cause, Arrival::Unknown);
            assert_eq!(
                finding(plans, answered(none())),
                Finding::NotChecked((*cause).into())
            );
        }
    }

    #[test]
    fn earlier_views_are_shown_though_the_plans_were_not_read() {
        let views = |answer: &Answer| match &answer.history {
            History::Known(AccessHistory::Known(views)) => views.len(),
            _ => 0,
        };
        let nobody = || answered(AccessHistory::Known(Vec::new()));
        let elsewhere = || answered(AccessHistory::NotFromThisSource);
        for cause in NotCheckedCause::ALL {
            let plans = || failed(*cause, Arrival::Unknown);
            let answer = joined(Mode::Unscheduled, plans(), answered(access()));
            assert_eq!(answer.finding, Finding::NotChecked((*cause).into()));
            assert_eq!((views(&answer), answer.told), (1, Told::Yes), "{cause:?}");
            assert_eq!(answer.outcome(), AuditOutcome::NotChecked(*cause));
            for history in [nobody(), elsewhere(), failed(*cause, Arrival::Unknown)] {
                let answer = joined(Mode::Unscheduled, plans(), history);
                assert!(matches!(answer.history, History::None), "{cause:?}");
                assert_eq!(answer.outcome(), AuditOutcome::NotChecked(*cause));
            }
        }
        let contradiction = joined(Mode::Scheduled, answered(Vec::new()), answered(access()));
        assert_eq!(views(&contradiction), 1);
        assert!(matches!(
            contradiction.outcome(),
            AuditOutcome::NotChecked(_)
        ));
    }

    #[test]
    fn a_record_is_shown_though_its_history_failed() {
        let history = failed(NotCheckedCause::TimedOut, Arrival::Unknown);
        let answer = joined(Mode::Unscheduled, answered(vec![plan()]), history);
        assert!(matches!(answer.finding, Finding::Record(_)));
        assert!(matches!(
            answer.history,
            History::NotChecked(NotCheckedCause::TimedOut)
        ));
        assert_eq!(answer.outcome(), AuditOutcome::Shown);
    }

    #[test]
    fn who_was_told_is_never_overstated() {
        use Arrival::{Answered, NotActedOn, Unknown};
        for (arrivals, wanted) in [
            ([Answered, Answered], Told::Yes),
            ([Answered, NotActedOn], Told::Yes),
            ([NotActedOn, Unknown], Told::NotKnown),
            ([NotActedOn, NotActedOn], Told::No),
        ] {
            assert_eq!(told(Mode::Unscheduled, arrivals), wanted);
            assert_eq!(told(Mode::Scheduled, arrivals), Told::No);
        }
        let none = AccessHistory::Known(Vec::new());
        let nothing = joined(Mode::Unscheduled, answered(Vec::new()), answered(none));
        assert_eq!(nothing.told, Told::NobodyToTell);
    }

    #[test]
    fn of_a_silent_source_the_authority_hears_with_the_record_and_only_of_a_record() {
        let flags = |plans| {
            Ok(PatientFlags {
                plans,
                other_flags: Vec::new(),
            })
        };
        let doubt = || Err(NotChecked::from(NotCheckedCause::TimedOut));
        for (mode, flags, told) in [
            (Mode::Unscheduled, flags(vec![plan()]), Told::WithRecord),
            (Mode::Unscheduled, flags(Vec::new()), Told::NobodyToTell),
            (Mode::Unscheduled, doubt(), Told::No),
            (Mode::Scheduled, flags(vec![plan()]), Told::No),
            (Mode::Scheduled, flags(Vec::new()), Told::No),
        ] {
            assert_eq!(Answer::of_silent_source(patient(), mode, flags).told, told);
        }
    }

    #[test]
    fn the_record_says_what_the_value_is() {
        let stopped = Answer::stopped(IdentityProblem::Deceased);
        assert_eq!(
            stopped.outcome(),
            AuditOutcome::NotChecked(NotCheckedCause::Deceased)
        );
        let cancelled = Answer::cancelled(Mode::Unscheduled, Arrival::Unknown);
        assert_eq!(cancelled.told, Told::NotKnown);
        let earlier = Answer::cancelled(Mode::Unscheduled, Arrival::NotActedOn);
        assert_eq!(earlier.told, Told::No);
        assert_eq!(
            cancelled.outcome(),
            AuditOutcome::NotChecked(NotCheckedCause::Cancelled)
        );
    }
}
