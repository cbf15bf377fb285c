//! What the screen says because of the time alone: that a result has been there for long, and which
//! of a local authority's numbers is for now.

use super::{Controller, Person, check};
use crate::answer::Question;
use crate::clinic::{ChildState, ClinicChild};
use crate::shown::{ShownContent, ShownFinding, ShownHistory};
use crate::view::AuthorityHours;
use chrono::{DateTime, Duration, FixedOffset};
use cpis_record::{DateOfBirth, NhsNumber, NotCheckedCause};

/// After this time a result may have been overtaken, so the screen says how old it is.
const STALE: Duration = Duration::minutes(30);

/// Whether what was found at a time may have been overtaken.
pub(super) fn is_stale(at: DateTime<FixedOffset>, now: DateTime<FixedOffset>) -> bool {
    now - at >= STALE
}

/// What the time alone decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct ByClock {
    /// Whether the result has been on the screen for long.
    pub stale: bool,
    /// Which number of the local authority is for now, where policy gives its hours.
    pub authority_hours: Option<AuthorityHours>,
    /// How many children of the clinic list were checked long ago.
    stale_children: usize,
}

impl Controller {
    pub(super) fn by_clock(&self) -> ByClock {
        let now = self.now();
        let hours = self.wiring.policy.site.office_hours.as_ref();
        ByClock {
            stale: self.is_result_stale(),
            stale_children: self.stale_children(),
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
            .is_ok_and(|checked| is_stale(checked, self.now()))
    }

    fn stale_children(&self) -> usize {
        let Person::SignedIn(person) = &self.person else {
            return 0;
        };
        let now = self.now();
        let is_old = |child: &&ClinicChild| matches!(child.state, ChildState::Checked { at } if is_stale(at, now));
        let list = person.clinic.list.as_ref();
        list.map_or(0, |list| list.children.iter().filter(is_old).count())
    }

    /// The question of a result that is stale, or that came without its history, to be asked again as
    /// a new check when the person says so.
    pub(super) fn question_anew(&self) -> Option<Question> {
        let Person::SignedIn(person) = &self.person else {
            return None;
        };
        let check::Find::Result { shown, .. } = &person.find else {
            return None;
        };
        let content = shown.content();
        if !self.is_result_stale() && !lacks_history(content) {
            return None;
        }
        let patient = content.patient.as_ref()?;
        Some(Question {
            number: NhsNumber::received(&patient.nhs_number).ok()?,
            birth_date: DateOfBirth::received(patient.birth_date.parse().ok()?),
            // What was accepted before is decided anew: it is another look.
            accepted: Vec::new(),
        })
    }
}

/// Whether the records were read and who looked before was not, for a cause that may pass.
pub(super) fn lacks_history(content: &ShownContent) -> bool {
    content.copy.is_none()
        && !matches!(content.finding, ShownFinding::NotChecked { .. })
        && matches!(content.history, ShownHistory::NotChecked { cause } if NotCheckedCause::from(cause).may_pass())
}
