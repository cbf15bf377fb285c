//! The view of the present state. It reads, and changes nothing.

use super::by_clock::lacks_history;
use super::clinic_drawing::result_on_clinic;
use super::note_queue::kind_of;
use super::role::Choice;
use super::search::Search;
use super::sign_in::{SignedIn, Unlocking};
use super::{Controller, Person, check};
use crate::jwt::{jwk, thumbprint};
use crate::view::{
    Delay, EnrolmentFault, FindBlocked, Notice, Place, ProgramMode, PublicKey, Queue, QueueReason,
    QueuedKind, QueuedRecord, QueuedState, Screen, SignedInUser, ToSendCount, View,
};
use crate::workstation::WorkstationCredential;
use chrono::TimeDelta;
use cpis_audit::{Entry, EntryState, Figures, Room, WaitReason};

/// From when on a record has waited for long.
const HOURS: TimeDelta = TimeDelta::hours(4);
/// By how much a clock may be put right before it is said.
const SLACK: TimeDelta = TimeDelta::minutes(5);
/// From when on support should know.
const DAY: TimeDelta = TimeDelta::days(1);

impl Controller {
    pub(super) fn view(&self, revision: u64) -> View {
        View {
            revision,
            program: self.wiring.mode,
            notices: self.notices(),
            connectivity: self.connectivity.clone(),
            tasks: self.task_states,
            to_send: ToSendCount {
                waiting: self.counts.waiting,
                needs_attention: self.counts.needs_attention,
            },
            user: self.user(),
            result_kept: self.is_result_kept(),
            link: self.links.remark(),
            copy: self.copy_state(),
            print: self.print_state(),
            safeguarding_contacts: self.wiring.policy.site.contacts.clone(),
            authority_hours: self.by_clock().authority_hours,
            practice: self.scenario(),
            lock_warning: self.lock_warning(),
            screen: self.screen(),
        }
    }

    fn screen(&self) -> Screen {
        if let Err((fault, detail)) = &self.wiring.engine {
            return match self.place {
                Place::Help => Screen::Help,
                _ => Screen::CannotStart {
                    fault: *fault,
                    detail: detail.clone(),
                },
            };
        }
        if self.closing {
            return Screen::Closing;
        }
        match &self.person {
            Person::Locked(locked) => Screen::Locked {
                at: locked.at.to_rfc3339(),
                cause: locked.cause,
                busy: locked.busy,
                fault: locked.fault,
            },
            Person::Ended(cause) => Screen::SessionEnded {
                cause: *cause,
                clinic_until: self.clinic_ends.map(|ends| ends.to_rfc3339()),
            },
            Person::Nobody(signed_out) => self.common_place().unwrap_or_else(|| Screen::SignIn {
                cards: self.cards(),
                service_configured: self.wiring.policy.backend.is_some(),
                practice_offered: self.wiring.mode == ProgramMode::Live,
                browser_offered: self.wiring.policy.session.browser,
                reader: self.reader_state(),
                busy: signed_out.busy,
                in_browser: signed_out.in_browser.is_some(),
                fault: signed_out.fault,
            }),
            Person::SignedIn(person) => self
                .common_place()
                .unwrap_or_else(|| self.find_screen(person)),
        }
    }

    /// The places that need no role.
    fn common_place(&self) -> Option<Screen> {
        match self.place {
            Place::Find
            | Place::Result
            | Place::Note
            | Place::Search
            | Place::ClinicList
            | Place::ClinicImport
            | Place::PrepareOffline => None,
            Place::ToSend => Some(match &self.open_record {
                Some(open) => Screen::Record {
                    record: queued(&open.stored.entry, kind_of(&open.stored)),
                    support: self.support_file(open),
                    tried_again: open.tried_again,
                },
                None => Screen::ToSend {
                    queue: self.queue(),
                },
            }),
            Place::Settings => Some(Screen::Settings {
                settings: self.settings(),
            }),
            Place::Help => Some(Screen::Help),
            Place::PracticeTasks => Some(Screen::PracticeTasks {
                printout: self.completion.clone(),
            }),
            Place::JoinClass => Some(self.joining.screen()),
        }
    }

    fn find_screen(&self, person: &SignedIn) -> Screen {
        if let Unlocking::NotChosen { busy, fault } = person.unlocking {
            return Screen::ChoosePasscode { busy, fault };
        }
        if person.choice.is_none() {
            let (choices, ineligible) = self.roles(&person.user);
            let choices = choices.iter().map(|choice| choice.drawn()).collect();
            return Screen::ChooseRole {
                choices,
                ineligible,
                withdrawn: person.withdrawn.clone(),
                last: self.last_roles.get(&person.user.id).cloned(),
            };
        }
        let mode = person.choice.as_ref().map(|choice| choice.mode.into());
        if let Some(screen) = mode.and_then(|mode| self.clinic_screen(person, mode)) {
            return screen;
        }
        if let Some(screen) = self.note_screen(person) {
            return screen;
        }
        match &person.find {
            check::Find::Form {
                faults,
                blocked,
                filled,
            } => Screen::Find {
                faults: faults.clone(),
                blocked: blocked.or(self.no_room()),
                filled: filled.clone(),
                chosen: None,
            },
            check::Find::Filled(form) => Screen::Find {
                faults: Vec::new(),
                blocked: self.no_room(),
                filled: None,
                chosen: Some(form.clone()),
            },
            check::Find::Search(search) => self.search_screen(search),
            check::Find::Checking { stage, since, .. } => Screen::Checking {
                stage: *stage,
                since: since.to_rfc3339(),
            },
            check::Find::Result { shown, .. } => Screen::Result {
                shown: shown.clone(),
                clinic: result_on_clinic(&person.clinic, shown),
                stale: self.by_clock().stale,
                history_again: lacks_history(shown.content()),
            },
        }
    }

    fn search_screen(&self, search: &Search) -> Screen {
        let (faults, blocked) = match search {
            Search::Form { faults, blocked } => (faults.clone(), *blocked),
            Search::Asking { .. } | Search::Answered { .. } => (Vec::new(), None),
        };
        Screen::Search {
            faults,
            blocked: blocked.or(self.no_room()),
            since: match search {
                Search::Asking { since, .. } => Some(since.to_rfc3339()),
                _ => None,
            },
            answer: match search {
                Search::Answered { shown } => Some(shown.clone()),
                _ => None,
            },
        }
    }

    /// Why no check is offered, whatever is typed.
    fn no_room(&self) -> Option<FindBlocked> {
        match self.room {
            Room::QueueFull => Some(FindBlocked::QueueFull),
            Room::DiskFull => Some(FindBlocked::DiskFull),
            Room::Enough | Room::QueueNearlyFull | Room::DiskNearlyFull => None,
        }
    }

    fn is_result_kept(&self) -> bool {
        matches!(&self.person, Person::SignedIn(person) if person.find.is_result())
            && self.place != Place::Find
    }

    fn user(&self) -> Option<SignedInUser> {
        let Person::SignedIn(person) = &self.person else {
            return None;
        };
        let (choices, _) = self.roles(&person.user);
        Some(SignedInUser {
            name: person.user.name.clone(),
            may_change_role: choices.len() > 1 && person.choice.is_some(),
            role: person.choice.as_ref().map(Choice::shown),
        })
    }

    fn notices(&self) -> Vec<Notice> {
        let mut notices = self.wiring.notices.clone();
        if self.altered && !notices.contains(&Notice::AuditTrailAltered) {
            notices.push(Notice::AuditTrailAltered);
        }
        if self.records_gone && !notices.contains(&Notice::RecordsGone) {
            notices.push(Notice::RecordsGone);
        }
        if self.put_aside {
            notices.push(Notice::AuditTrailPutAside);
        }
        match self.room {
            Room::QueueNearlyFull => notices.push(Notice::QueueNearlyFull),
            Room::DiskNearlyFull => notices.push(Notice::DiskNearlyFull),
            Room::Enough | Room::QueueFull | Room::DiskFull => {}
        }
        if self.delay() == Delay::Days {
            notices.push(Notice::RecordsLate);
        }
        if self
            .figures
            .newest
            .is_some_and(|at| at - self.now() > SLACK)
        {
            notices.push(Notice::ClockBehind);
        }
        if self.clinic_gone && matches!(self.person, Person::SignedIn(_)) {
            notices.push(Notice::ClinicListGone);
        }
        if self.wiring.mode == ProgramMode::Live && self.is_refused() {
            notices.push(Notice::WorkstationRefused);
        }
        if self.wiring.mode == ProgramMode::Live && !self.is_enrolled() {
            let has_code = self
                .wiring
                .policy
                .backend
                .as_ref()
                .is_some_and(|backend| backend.enrolment_code.is_some());
            match self.enrolment_fault {
                Some(EnrolmentFault::CodeRefused) => notices.push(Notice::EnrolmentRefused),
                _ if !has_code && self.wiring.policy.backend.is_some() => {
                    notices.push(Notice::NotEnrolled);
                }
                _ => {}
            }
        }
        notices
    }

    pub(super) fn is_enrolled(&self) -> bool {
        self.credential()
            .is_some_and(|credential| *credential.enrolled().borrow())
    }

    pub(super) fn is_refused(&self) -> bool {
        self.credential().is_some_and(|c| c.is_refused())
    }

    fn credential(&self) -> Option<&WorkstationCredential> {
        self.wiring.engine.as_ref().ok()?.credential.as_deref()
    }

    pub(super) fn public_key(&self) -> Option<PublicKey> {
        let engine = self.wiring.engine.as_ref().ok()?;
        let key = engine.keys.key().public_key();
        (self.wiring.mode == ProgramMode::Live).then(|| PublicKey {
            thumbprint: thumbprint(&key),
            jwk: jwk(&key).to_string(),
        })
    }

    fn queue(&self) -> Queue {
        let text = |at: chrono::DateTime<chrono::FixedOffset>| {
            at.with_timezone(&self.now().timezone()).to_rfc3339()
        };
        let Figures {
            oldest,
            next_try,
            last_sent,
            ..
        } = self.figures;
        let sending = self
            .entries
            .iter()
            .any(|entry| entry.state == EntryState::Sending);
        Queue {
            records: self
                .entries
                .iter()
                .map(|entry| queued(entry, self.queued_kind(entry)))
                .collect(),
            oldest: oldest.map(text),
            last_sent: last_sent.map(text),
            next_try: next_try.map(text),
            sending,
            delay: self.delay(),
            saved_checks: self.saved_checks(),
        }
    }

    /// How many children of the person's list were saved to be checked.
    fn saved_checks(&self) -> u32 {
        let Person::SignedIn(person) = &self.person else {
            return 0;
        };
        let saved = person
            .clinic
            .list
            .as_ref()
            .map_or(0, |list| list.saved().count());
        u32::try_from(saved).unwrap_or(u32::MAX)
    }

    pub(super) fn delay(&self) -> Delay {
        let Some(oldest) = self.figures.oldest else {
            return Delay::None;
        };
        match self.now() - oldest {
            waited if waited > DAY => Delay::Days,
            waited if waited > HOURS => Delay::Hours,
            _ => Delay::None,
        }
    }
}

/// A record as the window shows it.
pub(super) fn queued(entry: &Entry, kind: QueuedKind) -> QueuedRecord {
    QueuedRecord {
        id: entry.id.clone(),
        kind,
        at: entry.begun_at.to_rfc3339(),
        state: queued_state(entry.state),
        sent_at: entry.sent_at.map(|at| at.to_rfc3339()),
        tries: entry.tries,
        tried_at: entry.tried_at.map(|at| at.to_rfc3339()),
        reason: entry.reason.map(|reason| match reason {
            WaitReason::Unreachable => QueueReason::Unreachable,
            WaitReason::ServiceUnavailable => QueueReason::ServiceUnavailable,
            WaitReason::NotAReceipt => QueueReason::NotAReceipt,
            WaitReason::Credential => QueueReason::Credential,
            WaitReason::Conflict => QueueReason::Conflict,
            WaitReason::Refused => QueueReason::Refused,
            WaitReason::Unreadable => QueueReason::Unreadable,
        }),
    }
}

/// Where a record is, as the window names it.
pub(super) fn queued_state(state: EntryState) -> QueuedState {
    match state {
        EntryState::Attempted => QueuedState::Attempted,
        EntryState::Waiting => QueuedState::Waiting,
        EntryState::Sending => QueuedState::Sending,
        EntryState::Sent => QueuedState::Sent,
        EntryState::NeedsAttention => QueuedState::NeedsAttention,
    }
}
