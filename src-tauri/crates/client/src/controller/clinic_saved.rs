//! Children saved while there is no connection, to be checked when a person asks for it, and the page that says
//! that the service is back.

use super::check::{Find, read};
use super::{Controller, Person, not_now};
use crate::clinic::ClinicChild;
use crate::request::TypedQuestion;
use crate::view::{CommandError, Place};
use chrono::Duration;

/// At most one interruption in this time.
const BETWEEN_INTERRUPTIONS: Duration = Duration::minutes(15);

/// Whether a full page tells that the service can be reached again.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Interruption {
    #[default]
    No,
    /// When the person goes somewhere else: what they are typing must not be lost.
    WithTheNextPage,
    Now,
}

impl Controller {
    /// Puts a child on the list, to be checked when a person asks for it.
    pub(super) fn save_for_later(&mut self, typed: &TypedQuestion) -> Result<(), CommandError> {
        let now = self.now();
        self.last_used = now;
        let fresh = self.new_list()?;
        let id = self.wiring.world.identifiers.timed(now);
        let mode = self.wiring.mode;
        let person = self.with_role()?;
        if person.find.is_checking() {
            return Err(not_now("a check is under way"));
        }
        let question = match read(typed, now, mode) {
            Ok(question) => question,
            Err(faults) => {
                person.find = Find::Form {
                    faults,
                    blocked: None,
                    filled: person.find.take_filled(),
                };
                return Ok(());
            }
        };
        let list = person.clinic.list.get_or_insert(fresh);
        let known = list.with_number(&question.number).map(|child| child.id);
        let id = known.unwrap_or(id);
        if known.is_none() {
            list.add([ClinicChild::new(id, &question.number, question.birth_date)]);
        }
        if let Some(child) = list.child_mut(id) {
            child.saved = true;
        }
        person.find = Find::default();
        person.clinic.open = Some(id);
        self.place = Place::ClinicList;
        self.keep_clinic();
        Ok(())
    }

    /// The service can be reached again after a time in which it could not.
    pub(super) fn interrupt_back_online(&mut self) {
        let (now, place) = (self.now(), self.place);
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        let saved = person.clinic.list.as_ref();
        let lately = self
            .interrupted_at
            .is_some_and(|at| now - at < BETWEEN_INTERRUPTIONS);
        if lately || saved.is_none_or(|list| list.saved().next().is_none()) {
            return;
        }
        self.interrupted_at = Some(now);
        person.clinic.back_online = match place {
            Place::ClinicList => Interruption::Now,
            _ => Interruption::WithTheNextPage,
        };
    }

    pub(super) fn leave_saved(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        self.with_role()?.clinic.back_online = Interruption::No;
        self.place = Place::ClinicList;
        Ok(())
    }
}
