//! The clinic list as a person works with it: bringing children in, and opening one after the other. Copies are in
//! `clinic_copy.rs`, children saved for later in `clinic_saved.rs`, checks of many children in `clinic_checks.rs`,
//! the disk in `clinic_disk.rs`.

use super::clinic_checks::{Checks, Ended};
use super::clinic_disk;
use super::clinic_saved::Interruption;
use super::notice::Notice;
use super::sign_in::Unlocking;
use super::{Controller, Person, not_now};
use crate::clinic::{ClinicChild, ClinicList, Line, LineFault, MOST_CHILDREN, Problem};
use crate::request::ClinicText;
use crate::view::{
    ClinicImport, ClinicLineFault, ClinicLineProblem, ClinicPrintState, CommandError, Place,
};
use chrono::{DateTime, Duration, FixedOffset};
use cpis_audit::{Entry, EntryState};
use std::collections::HashMap;
use uuid::Uuid;

/// The clinic list and what the person does with it.
#[derive(Default)]
pub(super) struct Clinic {
    pub list: Option<ClinicList>,
    pub checks: Option<Checks>,
    pub ended: Option<Ended>,
    /// What happened to the last text that was brought in.
    pub import: Option<ClinicImport>,
    /// The child whose result is on the screen, or was last.
    pub open: Option<Uuid>,
    /// The child that waits until the person has read that each check tells the local authority.
    pub asked: Option<Uuid>,
    /// The person has read that.
    pub understood: bool,
    /// The child whose copy is out of date, and is not shown until the person asks for it once more.
    pub old: Option<Uuid>,
    /// The person is to hear that they are online again.
    pub back_online: Interruption,
    /// The last change could not be written to the disk.
    pub not_kept: bool,
    /// The last print of the list.
    pub paper: Option<ClinicPrintState>,
    /// The question whether the local authority is told that a child was not brought.
    pub notice: Option<Notice>,
    /// Where the notices of the children are in the queue, by id.
    pub notices: HashMap<Uuid, EntryState>,
}

impl Clinic {
    /// Nothing is left of the list.
    pub fn forget(&mut self) {
        let understood = self.understood;
        *self = Self {
            understood,
            ..Self::default()
        };
    }

    /// Gives up the checks that are under way; they go on record as cancelled.
    pub fn stop(&mut self) {
        self.checks = None;
        if let Some(list) = &mut self.list {
            list.settle();
        }
    }

    /// The person goes to another page.
    pub fn leave_page(&mut self) {
        self.asked = None;
        self.old = None;
        self.import = None;
        self.paper = None;
        self.notice = None;
        self.back_online = match self.back_online {
            Interruption::WithTheNextPage => Interruption::Now,
            Interruption::No | Interruption::Now => Interruption::No,
        };
    }

    /// The row in the queue of the notice on the screen.
    pub fn notice_entry_mut(&mut self) -> Option<&mut Entry> {
        self.notice.as_mut()?.entry_mut()
    }

    pub fn child(&self, id: &str) -> Result<(Uuid, &ClinicChild), CommandError> {
        let id = Uuid::try_parse(id).map_err(|_| not_on_list())?;
        let list = self.list.as_ref().ok_or_else(not_on_list)?;
        Ok((id, list.child(id).ok_or_else(not_on_list)?))
    }
}

pub(super) fn not_on_list() -> CommandError {
    not_now("the child is not on the clinic list")
}

impl Controller {
    pub(super) fn import_clinic(
        &mut self,
        text: &ClinicText,
        leave_out: bool,
    ) -> Result<(), CommandError> {
        let now = self.now();
        self.last_used = now;
        let fresh = self.new_list()?;
        let identifiers = self.wiring.world.identifiers.clone();
        let mode = self.wiring.mode;
        let person = self.with_role()?;
        let clinic = &mut person.clinic;
        let (lines, faults) = crate::clinic::read_lines(&text.0, now.date_naive());
        let mut faults: Vec<ClinicLineFault> = faults.into_iter().map(shown_fault).collect();
        let (mut lines, real): (Vec<Line>, Vec<Line>) = lines
            .into_iter()
            .partition(|line| mode.permits(&line.number));
        faults.extend(real.iter().map(|line| ClinicLineFault {
            line: line.line,
            code: ClinicLineProblem::NumberNotPractice,
            first: None,
        }));
        faults.sort_by_key(|fault| fault.line);
        if let Some(list) = &clinic.list {
            let (known, new): (Vec<Line>, Vec<Line>) = lines
                .into_iter()
                .partition(|line| list.with_number(&line.number).is_some());
            faults.extend(known.iter().map(|line| ClinicLineFault {
                line: line.line,
                code: ClinicLineProblem::OnList,
                first: None,
            }));
            faults.sort_by_key(|fault| fault.line);
            lines = new;
        }
        let there = clinic.list.as_ref().map_or(0, |list| list.children.len());
        let too_many = there + lines.len() > MOST_CHILDREN;
        if too_many {
            faults = vec![ClinicLineFault {
                line: 0,
                code: ClinicLineProblem::TooMany,
                first: None,
            }];
            lines.clear();
        }
        if lines.is_empty() || (!faults.is_empty() && !leave_out) {
            clinic.import = Some(ClinicImport {
                faults,
                readable: lines.len(),
                adding: there > 0,
            });
            self.place = Place::ClinicImport;
            return Ok(());
        }
        clinic.import = None;
        let children = lines.into_iter().map(|line| {
            let id = identifiers.timed(now);
            let mut child = ClinicChild::new(id, &line.number, line.birth_date);
            (child.time, child.initials) = (line.time, line.initials);
            child
        });
        clinic.list.get_or_insert(fresh).add(children);
        self.place = Place::ClinicList;
        self.keep_clinic();
        Ok(())
    }

    pub(super) async fn open_clinic_child(&mut self, id: &str) -> Result<(), CommandError> {
        self.last_used = self.now();
        let person = self.with_role()?;
        let (id, _) = person.clinic.child(id)?;
        self.open_child(id).await
    }

    /// The person has read what a check in their role does.
    pub(super) async fn check_one(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let person = self.with_role()?;
        let asked = person.clinic.asked.take();
        let id = asked.ok_or_else(|| not_now("no child waits to be checked"))?;
        person.clinic.understood = true;
        self.open_child(id).await
    }

    pub(super) async fn next_child(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let clinic = &self.with_role()?.clinic;
        let next = match (&clinic.list, clinic.open) {
            (Some(list), Some(open)) => list.next_after(open).map(|child| child.id),
            _ => None,
        };
        let next = next.ok_or_else(|| not_now("no other child waits to be checked"))?;
        self.open_child(next).await
    }

    async fn open_child(&mut self, id: Uuid) -> Result<(), CommandError> {
        let person = self.with_role()?;
        if person.find.is_checking() {
            return Err(not_now("a check is under way"));
        }
        let child = person.clinic.list.as_ref().and_then(|list| list.child(id));
        let question = child.and_then(ClinicChild::question);
        let question = question.ok_or_else(not_on_list)?;
        let tells = person
            .choice
            .as_ref()
            .is_some_and(|choice| choice.mode.tells_local_authority());
        if tells && !person.clinic.understood {
            person.clinic.asked = Some(id);
            self.place = Place::ClinicList;
            return Ok(());
        }
        self.begin(question).await?;
        self.with_role()?.clinic.open = Some(id);
        Ok(())
    }

    pub(super) fn remove_clinic(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        self.with_role()?;
        self.clear_clinic();
        Ok(())
    }

    /// Goes on with the list of the user's last session. A list of anybody else goes: whoever signs in
    /// must not find it, and its owner has left this computer to them.
    pub(super) fn take_up_clinic(&mut self, bytes: Option<&[u8]>) {
        let now = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        if matches!(person.unlocking, Unlocking::NotChosen { .. }) {
            return;
        }
        let service = person.session.service().base().as_str();
        let list = taken_up(bytes, person.user.id.as_str(), service, now);
        match list.filter(|_| self.wiring.policy.keep_hours > 0) {
            Some(list) => {
                self.clinic_ends = Some(list.ends);
                person.clinic.list = Some(list);
            }
            None => self.clear_clinic(),
        }
    }

    /// Goes on with the list after an unlock, unless its time has come meanwhile.
    pub(super) fn go_on_with_clinic(&mut self, list: Option<ClinicList>) {
        let now = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        let (user, service) = (person.user.id.as_str(), person.session.service().base());
        let theirs = |list: &ClinicList| list.belongs_to(user, service.as_str());
        match list {
            Some(list) if theirs(&list) && !list.is_over(now) => {
                self.clinic_ends = Some(list.ends);
                person.clinic.list = Some(list);
            }
            Some(_) => self.clear_clinic(),
            None => {}
        }
    }

    /// The person, who must be signed in and have a role.
    pub(super) fn with_role(&mut self) -> Result<&mut super::sign_in::SignedIn, CommandError> {
        match &mut self.person {
            Person::SignedIn(person) if person.choice.is_some() => Ok(person),
            _ => Err(not_now("nobody is signed in")),
        }
    }

    /// A list without children, which ends at policy's hour, or with the session if nothing is kept.
    pub(super) fn new_list(&self) -> Result<ClinicList, CommandError> {
        let Person::SignedIn(person) = &self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let (now, hours) = (self.now(), self.wiring.policy.keep_hours);
        let ends: DateTime<FixedOffset> = match hours {
            0 => person.ends,
            hours => now + Duration::hours(i64::from(hours)),
        };
        let service = person.session.service().base().to_string();
        Ok(ClinicList::new(
            person.user.id.as_str(),
            &service,
            now,
            ends,
        ))
    }
}

/// The list that the last session of the same user left, or nothing; whoever else left one, it goes.
fn taken_up(
    bytes: Option<&[u8]>,
    user: &str,
    service: &str,
    now: DateTime<FixedOffset>,
) -> Option<ClinicList> {
    let list = clinic_disk::read_list(bytes?)?;
    (list.belongs_to(user, service) && !list.is_over(now)).then_some(list)
}

fn shown_fault(fault: LineFault) -> ClinicLineFault {
    use ClinicLineProblem as Shown;
    let mut first = None;
    let code = match fault.problem {
        Problem::Empty => Shown::Empty,
        Problem::TooLong => Shown::TooLong,
        Problem::TooMany => Shown::TooMany,
        Problem::Quotation => Shown::Quotation,
        Problem::NumberMissing => Shown::NumberMissing,
        Problem::TwoNumbers => Shown::TwoNumbers,
        Problem::NationalInsurance => Shown::NationalInsurance,
        Problem::NumberNotDigits => Shown::NumberNotDigits,
        Problem::NumberTooShort => Shown::NumberTooShort,
        Problem::NumberTooLong => Shown::NumberTooLong,
        Problem::NumberCheckDigit => Shown::NumberCheckDigit,
        Problem::BirthDateMissing => Shown::BirthDateMissing,
        Problem::TwoDates => Shown::TwoDates,
        Problem::BirthDateUnclear => Shown::BirthDateUnclear,
        Problem::YearDigits => Shown::YearDigits,
        Problem::BirthDateFuture => Shown::BirthDateFuture,
        Problem::BirthDateTooLongAgo => Shown::BirthDateTooLongAgo,
        Problem::Twice { first: line } => {
            first = Some(line);
            Shown::Twice
        }
    };
    ClinicLineFault {
        line: fault.line,
        code,
        first,
    }
}
