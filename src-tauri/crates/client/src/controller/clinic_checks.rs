//! Checks of many children of the clinic list, for roles whose checks tell nobody.
//!
//! Each child is a look of its own, with its own record. A few are under way at a time, and their
//! questions wait for their turns, so that the platform's limit holds whatever the list's length. What
//! ends one ends all: a service that cannot be reached, a role that is refused, a trail that cannot be
//! written.

use super::look::{self, Cancel, Purpose};
use super::{Controller, Person, not_now};
use crate::clinic::ChildState;
use crate::lookup::Turns;
use crate::view::{ChecksStopped, CommandError, FindBlocked, Place};
use chrono::{DateTime, FixedOffset};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

/// How many looks are under way at a time: enough to use every turn while each waits for its answers.
const AT_A_TIME: usize = 6;

/// Checks under way.
pub(super) struct Checks {
    /// Which these are: what an earlier run reports belongs to nobody.
    run: u64,
    keeping: bool,
    children: Vec<Uuid>,
    waiting: VecDeque<Uuid>,
    under_way: HashMap<Uuid, Cancel>,
    turns: Arc<Turns>,
}

/// Checks that have ended.
pub(super) struct Ended {
    pub at: DateTime<FixedOffset>,
    pub children: Vec<Uuid>,
    pub keeping: bool,
    pub stopped: Option<ChecksStopped>,
}

impl Checks {
    pub fn total(&self) -> usize {
        self.children.len()
    }

    pub fn done(&self) -> usize {
        self.children.len() - self.waiting.len() - self.under_way.len()
    }

    pub fn keeping(&self) -> bool {
        self.keeping
    }
}

impl Controller {
    pub(super) async fn check_clinic(&mut self, keep: bool) -> Result<(), CommandError> {
        self.last_used = self.now();
        let permitted = self.wiring.policy.keep_hours > 0;
        let person = self.with_role()?;
        let Some(list) = &mut person.clinic.list else {
            return Err(not_now("there is no clinic list"));
        };
        if keep && !permitted {
            return Err(not_now("policy keeps no copies"));
        }
        list.keeping |= keep;
        let children = list.to_check(list.keeping);
        self.check_children(children, keep).await
    }

    pub(super) async fn check_saved(&mut self) -> Result<(), CommandError> {
        self.leave_saved()?;
        let person = self.with_role()?;
        let list = person.clinic.list.as_ref();
        let children: Vec<Uuid> = list
            .map(|list| list.saved().map(|child| child.id).collect())
            .unwrap_or_default();
        if children.is_empty() || self.tells() {
            return Ok(());
        }
        self.check_children(children, false).await
    }

    async fn check_children(
        &mut self,
        children: Vec<Uuid>,
        keeping: bool,
    ) -> Result<(), CommandError> {
        self.place = Place::ClinicList;
        if self.tells() {
            // Each of these children is opened by the person, one at a time.
            self.keep_clinic();
            return Ok(());
        }
        let run = self.next_run();
        let turns = Arc::new(Turns::new(self.wiring.world.pace));
        let clinic = &mut self.with_role()?.clinic;
        if clinic.checks.is_some() {
            return Err(not_now("children are being checked"));
        }
        clinic.ended = None;
        clinic.open = None;
        clinic.checks = Some(Checks {
            run,
            keeping,
            waiting: children.iter().copied().collect(),
            children,
            under_way: HashMap::new(),
            turns,
        });
        self.go_on_checking().await;
        Ok(())
    }

    pub(super) fn stop_clinic_checks(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        self.end_checks(Some(ChecksStopped::Asked));
        Ok(())
    }

    pub(super) async fn on_child_checked(&mut self, run: u64, child: Uuid, ended: look::Ended) {
        let now = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        let clinic = &mut person.clinic;
        let Some(checks) = clinic.checks.as_mut().filter(|checks| checks.run == run) else {
            return;
        };
        checks.under_way.remove(&child);
        let shown = ended.result.map(|(shown, _)| shown);
        let row = clinic.list.as_mut().and_then(|list| list.child_mut(child));
        match (&shown, row) {
            (Ok(shown), Some(row)) => row.checked(shown, now),
            (Err(_), Some(row)) => row.state = ChildState::ToCheck,
            (_, None) => {}
        }
        let answered = shown.as_ref().ok().filter(|shown| shown.is_answer());
        if let Some(shown) = answered {
            self.keep_copy(child, shown.content(), now);
        }
        let stopped = match (&shown, ended.denied, ended.reached) {
            (Err(_), _, _) => Some(ChecksStopped::AuditTrail),
            (_, true, _) => Some(ChecksStopped::NotAllowed),
            (_, _, Some(false)) => Some(ChecksStopped::Offline),
            _ => None,
        };
        match stopped {
            Some(_) => self.end_checks(stopped),
            None => self.go_on_checking().await,
        }
        self.keep_clinic();
    }

    /// Begins as many looks as may be under way, and ends when none is left.
    async fn go_on_checking(&mut self) {
        loop {
            let Person::SignedIn(person) = &mut self.person else {
                return;
            };
            let clinic = &mut person.clinic;
            let (Some(checks), Some(list)) = (&mut clinic.checks, &mut clinic.list) else {
                return;
            };
            if checks.under_way.len() >= AT_A_TIME {
                return;
            }
            let Some(id) = checks.waiting.pop_front() else {
                if checks.under_way.is_empty() {
                    self.end_checks(None);
                }
                return;
            };
            let Some((row, question)) = list
                .child_mut(id)
                .and_then(|row| row.question().map(|question| (row, question)))
            else {
                continue;
            };
            row.state = ChildState::Checking;
            let (run, turns) = (checks.run, checks.turns.clone());
            let purpose = Purpose::Clinic { run, child: id };
            let begun = self.begin_look(question, purpose, Some(turns)).await;
            let Person::SignedIn(person) = &mut self.person else {
                return;
            };
            match (begun, &mut person.clinic.checks) {
                (Ok(Ok(cancel)), Some(checks)) => {
                    checks.under_way.insert(id, cancel);
                }
                // On a list that an earlier version kept. The others are checked.
                (Ok(Err(FindBlocked::NotPractice)), Some(_)) => {
                    if let Some(row) = person.clinic.list.as_mut().and_then(|l| l.child_mut(id)) {
                        row.state = ChildState::ToCheck;
                    }
                }
                _ => return self.end_checks(Some(ChecksStopped::AuditTrail)),
            }
        }
    }

    /// Ends the checks. Those under way go on record as cancelled.
    pub(super) fn end_checks(&mut self, stopped: Option<ChecksStopped>) {
        let at = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        let clinic = &mut person.clinic;
        let Some(checks) = clinic.checks.take() else {
            return;
        };
        if let Some(list) = &mut clinic.list {
            list.settle();
        }
        clinic.ended = Some(Ended {
            at,
            children: checks.children,
            keeping: checks.keeping,
            stopped,
        });
        self.keep_clinic();
    }

    /// Whether a check in the present role tells the local authority.
    pub(super) fn tells(&self) -> bool {
        let Person::SignedIn(person) = &self.person else {
            return false;
        };
        let choice = person.choice.as_ref();
        choice.is_some_and(|choice| choice.mode.tells_local_authority())
    }

    fn next_run(&mut self) -> u64 {
        self.runs += 1;
        self.runs
    }
}
