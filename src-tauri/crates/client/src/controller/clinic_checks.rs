//! Checks of many children of the clinic list, for roles whose checks tell nobody.
//!
//! Each child is a look of its own, with its own record. A few are under way at a time; that their
//! questions keep within the platform's limit is the network's affair. A service that asks for a pause
//! gets it, and the screen says until when. What ends one ends all: a service that cannot be reached, a
//! role that is refused, a trail that cannot be written.

use super::cancel::Cancel;
use super::look::{self, Purpose};
use super::{Controller, Person, not_now};
use crate::clinic::ChildState;
use crate::view::{ChecksStopped, CommandError, FindBlocked, Place};
use chrono::{DateTime, FixedOffset, TimeDelta};
use std::collections::{HashMap, VecDeque};
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
    /// The service asked for a pause until then.
    paused_until: Option<DateTime<FixedOffset>>,
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

    /// Until when nothing is asked, because the service wants so.
    pub fn paused_until(&self) -> Option<DateTime<FixedOffset>> {
        self.paused_until
    }

    fn pause(&mut self, until: DateTime<FixedOffset>) {
        self.paused_until = self.paused_until.max(Some(until));
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
            paused_until: None,
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
        if let Some(pause) = ended
            .pause
            .and_then(|pause| TimeDelta::from_std(pause).ok())
        {
            checks.pause(now + pause);
        }
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

    /// Goes on after a pause. Returns whether one is over.
    pub(super) async fn go_on_when_due(&mut self) -> bool {
        let now = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return false;
        };
        let checks = person.clinic.checks.as_mut();
        let over =
            checks.is_some_and(|checks| checks.paused_until.take_if(|at| *at <= now).is_some());
        if over {
            self.go_on_checking().await;
        }
        over
    }

    /// Begins as many looks as may be under way, and ends when none is left. What is under way when a
    /// pause begins ends as it will.
    async fn go_on_checking(&mut self) {
        loop {
            let Person::SignedIn(person) = &mut self.person else {
                return;
            };
            let clinic = &mut person.clinic;
            let (Some(checks), Some(list)) = (&mut clinic.checks, &mut clinic.list) else {
                return;
            };
            let paused = checks.paused_until.is_some() && !checks.waiting.is_empty();
            if paused || checks.under_way.len() >= AT_A_TIME {
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
            let run = checks.run;
            let purpose = Purpose::Clinic { run, child: id };
            let begun = self.begin_look(question, purpose).await;
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
