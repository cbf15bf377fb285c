//! What the screen says because of the time alone: that a result has been there for long, and which
//! of a local authority's numbers is for now.

use super::{Controller, Person, check};
use crate::answer::Question;
use crate::shown::ShownFinding;
use crate::view::AuthorityHours;
use chrono::{DateTime, Duration};
use cpis_record::{DateOfBirth, NhsNumber};

/// After this time a result may have been overtaken, so the screen says how old it is.
const STALE: Duration = Duration::minutes(30);

/// What the time alone decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ByClock {
    /// Whether the result has been on the screen for long.
    pub stale: bool,
    /// Which number of the local authority is for now, where policy gives its hours.
    pub authority_hours: Option<AuthorityHours>,
}

impl Controller {
    pub(super) fn by_clock(&self) -> ByClock {
        let now = self.now();
        let hours = self.wiring.policy.site.office_hours.as_ref();
        ByClock {
            stale: self.is_result_stale(),
            authority_hours: hours.map(|hours| match hours.are_now(now) {
                true => AuthorityHours::Office,
                false => AuthorityHours::OutOfHours,
            }),
        }
    }

    /// Whether the passing of time has changed what the screen says.
    pub(super) fn changed_by_clock(&mut self) -> bool {
        let now = self.by_clock();
        std::mem::replace(&mut self.shown_by_clock, now) != now
    }

    fn is_result_stale(&self) -> bool {
        let Person::SignedIn(person) = &self.person else {
            return false;
        };
        let check::Find::Result { shown, .. } = &person.find else {
            return false;
        };
        let content = shown.content();
        // What was not checked has no age.
        if matches!(content.finding, ShownFinding::NotChecked { .. }) {
            return false;
        }
        DateTime::parse_from_rfc3339(&content.checked_at)
            .is_ok_and(|checked| self.now() - checked >= STALE)
    }

    /// The question of a stale result, to be asked again as a new check when the person says so.
    pub(super) fn stale_question(&self) -> Option<Question> {
        if !self.is_result_stale() {
            return None;
        }
        let Person::SignedIn(person) = &self.person else {
            return None;
        };
        let check::Find::Result { shown, .. } = &person.find else {
            return None;
        };
        let patient = shown.content().patient.as_ref()?;
        Some(Question {
            number: NhsNumber::received(&patient.nhs_number).ok()?,
            birth_date: DateOfBirth::received(patient.birth_date.parse().ok()?),
            // What was accepted before is decided anew: it is another look.
            accepted: Vec::new(),
        })
    }
}
