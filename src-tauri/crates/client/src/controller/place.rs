//! From place to place: what may be left, what may be gone to, and what does not come along.

use super::{Controller, Person, class, not_now, sign_in};
use crate::view::{CommandError, Place, SessionEnd};

impl Controller {
    /// Goes to a place that the person named.
    pub(super) fn go(&mut self, place: Place) -> Result<(), CommandError> {
        self.last_used = self.now();
        if let Person::SignedIn(person) = &self.person
            && person.session.is_over()
        {
            self.end(SessionEnd::ServiceEnded);
            return Ok(());
        }
        if place == Place::JoinClass && !self.may_join() {
            return Err(not_now("no class can be joined now"));
        }
        match (&mut self.person, place) {
            (Person::Locked(_), _) => return Err(not_now("the program is locked")),
            (Person::SignedIn(person), Place::Result) if person.find.is_result() => {}
            (_, Place::Result) => return Err(not_now("there is no result to go back to")),
            (_, Place::PracticeTasks) if self.guided.is_none() => {
                return Err(not_now("this is not practice"));
            }
            (Person::Ended(_), _) => self.person = Person::Nobody(sign_in::SignedOut::default()),
            // "Find a child" begins anew: an ended result must not stay under the next child.
            (Person::SignedIn(person), Place::Find) => person.leave_result(),
            (_, Place::Search) => self.go_to_search()?,
            (_, Place::Note) => self.begin_note()?,
            (Person::SignedIn(_) | Person::Nobody(_), _) => {}
        }
        if let Person::SignedIn(person) = &mut self.person {
            person.clinic.leave_page();
            if place != Place::Note {
                person.find.drop_note();
            }
        }
        self.completion = None;
        self.joining = class::Joining::default();
        if matches!(self.place, Place::ClinicList | Place::ClinicImport) {
            self.clinic_gone = false;
        }
        self.closing = false;
        self.open_record = None;
        self.place = match place {
            Place::Result | Place::Search => Place::Find,
            other => other,
        };
        Ok(())
    }
}
