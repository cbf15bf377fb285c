//! The clinic list: the children whom one user means to check in some hours.
//!
//! # What is kept
//!
//! On the disk, sealed under the user's passcode ([`cpis_vault::KeptFolder`]): NHS number and date of
//! birth, the appointment's time and initials as they were brought in, whether and when a child was
//! checked, what the person marked, and that they had the local authority told of it (the id of the
//! notice, which is on record in the queue). Beside it, if the person had the clinic prepared, copies
//! of answers, each of which is opened as a look with its own audit record.
//!
//! # What is dropped, and when
//!
//! What a check found, and the name of the child, are in memory only, and sealed there at a lock: a list
//! that comes from the disk says when a child was checked and not what was found, since nobody would
//! be on record as having seen it. Everything goes at the list's end, on a policy that keeps nothing,
//! and when another user signs in.

mod import;

pub(crate) use import::{Line, LineFault, MOST_CHILDREN, Problem, read_lines};

use crate::answer::Question;
use crate::shown::{Decision, Shown, ShownAge, ShownCause, ShownContent, ShownFinding, ShownPlan};
use chrono::{DateTime, Duration, FixedOffset, NaiveDate, NaiveTime};
use cpis_audit::{AuditOutcome, Audited};
use cpis_record::{DateOfBirth, NhsNumber};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The list of one user.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ClinicList {
    /// Whose list it is: the user's number at the service.
    pub user: String,
    /// Which service the children are checked against.
    pub service: String,
    /// When it was made.
    pub made_at: DateTime<FixedOffset>,
    /// When it disappears.
    pub ends: DateTime<FixedOffset>,
    /// The person had the clinic prepared: a copy of each answer is kept.
    pub keeping: bool,
    /// The children, by time, then as they were brought in.
    pub children: Vec<ClinicChild>,
}

/// A child on the list.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ClinicChild {
    pub id: Uuid,
    /// Ten digits.
    number: String,
    birth_date: NaiveDate,
    pub time: Option<NaiveTime>,
    pub initials: Option<String>,
    /// Saved while the service could not be reached, to be checked later.
    pub saved: bool,
    /// The person marked that the child was not brought.
    pub not_brought: bool,
    /// The notice of that to the local authority, once it is stored.
    #[serde(default)]
    pub notice: Option<StoredNotice>,
    /// The id of the next notice, after one was withdrawn.
    #[serde(default)]
    next_notice: Option<Uuid>,
    pub state: ChildState,
    /// The copy that is kept of the last answer.
    pub copy: Option<CopyStamp>,
    /// What the last check found, while it is in memory.
    pub found: Option<Found>,
}

/// A notice to the local authority in the audit trail's queue.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredNotice {
    pub id: Uuid,
    pub at: DateTime<FixedOffset>,
}

/// Where a child's check stands.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChildState {
    ToCheck,
    Checking,
    Checked {
        at: DateTime<FixedOffset>,
    },
    NotChecked {
        at: DateTime<FixedOffset>,
        cause: ShownCause,
        /// Whether the same check may succeed later.
        may_pass: bool,
    },
}

/// A copy that is older than a working day is out of date: it is not shown before the person has read
/// that it is old.
const WORKING_DAY: Duration = Duration::hours(12);

/// A copy of an answer that lies in the folder, under the child's id.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CopyStamp {
    /// When the check was made.
    pub at: DateTime<FixedOffset>,
}

impl CopyStamp {
    /// Whether it is too old to be shown without a word. A copy from the future is of a wrong clock.
    pub fn is_out_of_date(self, now: DateTime<FixedOffset>) -> bool {
        now - self.at >= WORKING_DAY || self.at > now
    }
}

/// What a check found, as the list shows it. Only what an audit receipt has opened makes one.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Found {
    pub family: Option<String>,
    pub given: Vec<String>,
    pub answer: Option<FoundAnswer>,
    /// The authorities of the records in place, that of the newest first.
    pub authorities: Vec<FoundAuthority>,
}

/// An authority that holds a record in place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FoundAuthority {
    pub name: Option<String>,
    pub code: Option<String>,
    pub office_hours: Option<String>,
    pub emergency_duty: Option<String>,
}

/// The answer in short.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum FoundAnswer {
    Record { current: usize, ended: usize },
    Nothing,
}

/// An answer as it lies in the folder.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptCopy {
    pub user: String,
    pub service: String,
    pub child: Uuid,
    pub checked_at: DateTime<FixedOffset>,
    pub ends: DateTime<FixedOffset>,
    pub content: ShownContent,
}

impl ClinicList {
    pub fn new(
        user: &str,
        service: &str,
        made_at: DateTime<FixedOffset>,
        ends: DateTime<FixedOffset>,
    ) -> Self {
        Self {
            user: user.to_owned(),
            service: service.to_owned(),
            made_at,
            ends,
            keeping: false,
            children: Vec::new(),
        }
    }

    /// Whether somebody may go on with it.
    pub fn belongs_to(&self, user: &str, service: &str) -> bool {
        self.user == user && self.service == service
    }

    pub fn is_over(&self, now: DateTime<FixedOffset>) -> bool {
        now >= self.ends
    }

    /// Takes children in. Those with a time come first, by time.
    pub fn add(&mut self, children: impl IntoIterator<Item = ClinicChild>) {
        self.children.extend(children);
        self.children
            .sort_by_key(|child| (child.time.is_none(), child.time));
    }

    /// The child of that number, if it is on the list.
    pub fn with_number(&self, number: &NhsNumber) -> Option<&ClinicChild> {
        let digits = number.digits();
        self.children.iter().find(|child| child.number == digits)
    }

    pub fn child(&self, id: Uuid) -> Option<&ClinicChild> {
        self.children.iter().find(|child| child.id == id)
    }

    pub fn child_mut(&mut self, id: Uuid) -> Option<&mut ClinicChild> {
        self.children.iter_mut().find(|child| child.id == id)
    }

    /// The next child below one that is to be checked: not checked yet, and brought.
    pub fn next_after(&self, id: Uuid) -> Option<&ClinicChild> {
        let place = self.children.iter().position(|child| child.id == id)?;
        self.children[place + 1..]
            .iter()
            .find(|child| child.is_open())
    }

    /// Those who were saved while the service could not be reached, and have not been checked since.
    pub fn saved(&self) -> impl Iterator<Item = &ClinicChild> {
        let open = |child: &&ClinicChild| child.saved && child.is_open();
        self.children.iter().filter(open)
    }

    /// The list as it may lie on the disk: without names and without what was found.
    pub fn for_disk(&self) -> Self {
        let mut list = self.clone();
        for child in &mut list.children {
            child.found = None;
            child.settle();
        }
        list
    }

    /// The children that "check all" checks; with `keeping` those as well of whom no copy is kept.
    pub fn to_check(&self, keeping: bool) -> Vec<Uuid> {
        let wanted = |child: &&ClinicChild| {
            let without_copy =
                child.copy.is_none() && matches!(child.state, ChildState::Checked { .. });
            child.is_open() || (keeping && without_copy && !child.not_brought)
        };
        self.children
            .iter()
            .filter(wanted)
            .map(|child| child.id)
            .collect()
    }

    /// Nobody is being checked any more.
    pub fn settle(&mut self) {
        self.children.iter_mut().for_each(ClinicChild::settle);
    }
}

impl ClinicChild {
    pub fn new(id: Uuid, number: &NhsNumber, birth_date: DateOfBirth) -> Self {
        Self {
            id,
            number: number.digits(),
            birth_date: birth_date.date(),
            time: None,
            initials: None,
            saved: false,
            not_brought: false,
            notice: None,
            next_notice: None,
            state: ChildState::ToCheck,
            copy: None,
            found: None,
        }
    }

    /// What is asked about the child. `None` when what lies on the disk is no number.
    pub fn question(&self) -> Option<Question> {
        Some(Question {
            number: NhsNumber::received(&self.number).ok()?,
            birth_date: DateOfBirth::received(self.birth_date),
            accepted: Vec::new(),
        })
    }

    pub fn digits(&self) -> &str {
        &self.number
    }

    pub fn birth_date(&self) -> NaiveDate {
        self.birth_date
    }

    pub fn age_on(&self, today: NaiveDate) -> Option<ShownAge> {
        let age = DateOfBirth::received(self.birth_date).age_on(today)?;
        Some(ShownAge {
            years: age.years,
            months: age.months,
            days: age.days,
        })
    }

    /// Whether the last check found a record in place. A list that comes from the disk does not know.
    pub fn has_record_in_place(&self) -> bool {
        let answer = self.found.as_ref().and_then(|found| found.answer);
        matches!(answer, Some(FoundAnswer::Record { current, .. }) if current > 0)
    }

    /// The id of the notice that the child was not brought: the appointment's own, so that there is one.
    pub fn notice_id(&self) -> Uuid {
        self.next_notice.unwrap_or(self.id)
    }

    /// The notice no longer holds; another would have this id.
    pub fn withdraw_notice(&mut self, next: Uuid) {
        self.notice = None;
        self.next_notice = Some(next);
    }

    /// Whether the child waits to be checked.
    pub fn is_open(&self) -> bool {
        let open = match self.state {
            ChildState::ToCheck => true,
            ChildState::NotChecked { may_pass, .. } => may_pass,
            ChildState::Checking | ChildState::Checked { .. } => false,
        };
        open && !self.not_brought
    }

    /// Takes in what a check showed.
    pub fn checked(&mut self, shown: &Shown, at: DateTime<FixedOffset>) {
        let content = shown.content();
        let answer = match &content.finding {
            ShownFinding::Record { current, ended } => Some(FoundAnswer::Record {
                current: current.len(),
                ended: ended.len(),
            }),
            ShownFinding::Nothing => Some(FoundAnswer::Nothing),
            ShownFinding::NotChecked { .. } => None,
        };
        self.state = match &content.finding {
            ShownFinding::NotChecked { cause, .. } => ChildState::NotChecked {
                at,
                cause: *cause,
                may_pass: matches!(content.decision, Some(Decision::CheckAgain)),
            },
            ShownFinding::Record { .. } | ShownFinding::Nothing => ChildState::Checked { at },
        };
        let patient = content.patient.as_ref();
        self.found = Some(Found {
            family: patient.and_then(|patient| patient.family.clone()),
            given: patient.map(|p| p.given.clone()).unwrap_or_default(),
            answer,
            authorities: authorities(&content.finding),
        });
        if answer.is_some() {
            self.saved = false;
        }
    }

    /// A check that did not end leaves the child where it was: to check.
    fn settle(&mut self) {
        if matches!(self.state, ChildState::Checking) {
            self.state = ChildState::ToCheck;
        }
    }
}

/// The authorities of the records in place. Two records of one authority are one.
fn authorities(finding: &ShownFinding) -> Vec<FoundAuthority> {
    let ShownFinding::Record { current, .. } = finding else {
        return Vec::new();
    };
    let mut authorities: Vec<FoundAuthority> = Vec::new();
    for authority in current.iter().map(of_plan) {
        let same = |other: &FoundAuthority| match (&other.code, &authority.code) {
            (Some(one), Some(other)) => one == other,
            _ => other.name == authority.name,
        };
        if !authorities.iter().any(same) {
            authorities.push(authority);
        }
    }
    authorities
}

fn of_plan(plan: &ShownPlan) -> FoundAuthority {
    FoundAuthority {
        name: plan.authority.clone(),
        code: plan.authority_code.clone(),
        office_hours: plan.office_hours.clone(),
        emergency_duty: plan.emergency_duty.clone(),
    }
}

impl Audited for KeptCopy {
    /// Only answers are kept, so that is what is shown.
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

impl KeptCopy {
    /// Whether it may be opened by this user, for this child, now. What was sealed says so itself: a
    /// file could have been put in another's place.
    pub fn fits(&self, list: &ClinicList, child: Uuid, now: DateTime<FixedOffset>) -> bool {
        self.child == child
            && self.user == list.user
            && self.service == list.service
            && now < self.ends
    }
}

#[cfg(test)]
mod tests;
