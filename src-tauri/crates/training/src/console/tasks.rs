//! The guided exercises: what a trainee does, and how the backend sees that it was done.
//!
//! A step is judged by what arrived: the workstation's audit records and what the authority was told.
//! Nothing is asked of the trainee's program.

use crate::population::{Case, Population};
use chrono::{DateTime, FixedOffset};
use cpis_fhir::AuditFacts;
use std::collections::HashSet;

/// An exercise.
pub(super) struct Exercise {
    /// In addresses.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    /// What the trainer prepares, if anything.
    pub(super) prepare: Option<&'static str>,
    pub(super) steps: &'static [Step],
}

/// A step of an exercise.
pub(super) struct Step {
    /// What the trainee does, before the child's name.
    pub(super) words: &'static str,
    /// The child whom the step is about: the first person of the case.
    pub(super) child: Option<Case>,
    pub(super) sign: Sign,
}

/// By what a step is seen to be done.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    /// A look at the child was shown.
    Shown,
    /// A look at the child was shown, and the authority was told.
    Told,
    /// A look at the child was shown in a role that tells nobody.
    NotTold,
    /// A look at the child ended as not checked.
    NotChecked,
    /// A look at the child reached the authority late.
    Late,
    /// Somebody was searched for by name.
    Searched,
}

const fn step(words: &'static str, child: Case, sign: Sign) -> Step {
    Step {
        words,
        child: Some(child),
        sign,
    }
}

/// Every exercise, the first to do first.
pub(super) const EXERCISES: &[Exercise] = &[
    Exercise {
        id: "first-check",
        title: "Check a child with a plan",
        prepare: None,
        steps: &[step(
            "Check a child with a child protection plan",
            Case::ChildProtection,
            Sign::Shown,
        )],
    },
    Exercise {
        id: "nothing-found",
        title: "Tell \"nothing found\" from \"not checked\"",
        prepare: Some("After the first step, set the weather to \"Service down\""),
        steps: &[
            step(
                "Check a child of whom nothing is held",
                Case::NothingHeld,
                Sign::Shown,
            ),
            step(
                "Check the same child while the service is down",
                Case::NothingHeld,
                Sign::NotChecked,
            ),
        ],
    },
    Exercise {
        id: "told",
        title: "A check of which the authority is told",
        prepare: None,
        steps: &[step(
            "As an emergency dentist, check a looked after child",
            Case::LookedAfter,
            Sign::Told,
        )],
    },
    Exercise {
        id: "not-told",
        title: "A check of which the authority is not told",
        prepare: None,
        steps: &[step(
            "As a community paediatrician in a clinic, check a child with a plan",
            Case::ChildProtection,
            Sign::NotTold,
        )],
    },
    Exercise {
        id: "unborn",
        title: "An unborn child",
        prepare: None,
        steps: &[step(
            "Check a mother by her own number",
            Case::UnbornChild,
            Sign::Shown,
        )],
    },
    Exercise {
        id: "ended",
        title: "A plan that has ended",
        prepare: None,
        steps: &[
            step(
                "Check a child whose plan ended 10 days ago",
                Case::EndedTenDaysAgo,
                Sign::Shown,
            ),
            step(
                "Check a child whose plan ended over a year ago",
                Case::Ended366DaysAgo,
                Sign::Shown,
            ),
        ],
    },
    Exercise {
        id: "search",
        title: "Find a child without a number",
        prepare: None,
        steps: &[
            Step {
                words: "Search for a child by family name and date of birth",
                child: None,
                sign: Sign::Searched,
            },
            step(
                "Check the child who has a twin",
                Case::NoEndDate,
                Sign::Shown,
            ),
        ],
    },
    Exercise {
        id: "old-number",
        title: "A number that has been replaced",
        prepare: None,
        steps: &[
            step("Check the old number", Case::Superseded, Sign::NotChecked),
            step(
                "Go on with the new number",
                Case::ReplacesSuperseded,
                Sign::Shown,
            ),
        ],
    },
    Exercise {
        id: "offline",
        title: "A clinic without a network",
        prepare: Some(
            "Let trainees prepare a clinic with this child for offline. Then set the weather to \
             \"Offline\", and to \"Good\" again when they have opened the kept copy",
        ),
        steps: &[step(
            "On call, open the kept copy of a child while offline, then go online",
            Case::EveryField,
            Sign::Late,
        )],
    },
    Exercise {
        id: "restricted",
        title: "A restricted record",
        prepare: None,
        steps: &[step(
            "Check a child whose demographic record is restricted",
            Case::RestrictedWithRecord,
            Sign::Shown,
        )],
    },
];

/// What arrived from one workstation since the exercise began.
pub(super) struct Arrived<'a> {
    pub(super) facts: &'a [AuditFacts],
    /// Traces of which an authority was told, and those told late.
    pub(super) told: &'a HashSet<String>,
    pub(super) late: &'a HashSet<String>,
    pub(super) begun: Option<DateTime<FixedOffset>>,
}

impl Step {
    /// Whether it is seen to be done.
    pub(super) fn is_done(&self, people: &Population, arrived: &Arrived<'_>) -> bool {
        let number = self.child.map(|case| &people.first(case).nhs_number);
        let since = |facts: &&AuditFacts| arrived.begun.is_none_or(|at| facts.recorded >= at);
        arrived.facts.iter().filter(since).any(|facts| {
            if facts.person.as_ref() != number {
                return false;
            }
            let shown = facts.outcome == 0;
            let told = || arrived.told.contains(&facts.id);
            match self.sign {
                Sign::Shown | Sign::Searched => shown,
                Sign::Told => shown && facts.unscheduled && told(),
                Sign::NotTold => shown && !facts.unscheduled && !told(),
                Sign::NotChecked => facts.outcome == 4,
                Sign::Late => shown && arrived.late.contains(&facts.id),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exercise_has_an_address_of_its_own_and_steps() {
        let ids: HashSet<&str> = EXERCISES.iter().map(|exercise| exercise.id).collect();
        assert_eq!(ids.len(), EXERCISES.len());
        assert!(EXERCISES.len() >= 8);
        assert!(EXERCISES.iter().all(|exercise| !exercise.steps.is_empty()));
    }
}
