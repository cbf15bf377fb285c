//! The clinic list as the window shows it.

use super::Controller;
use super::by_clock::is_stale;
use super::clinic::Clinic;
use super::clinic_saved::Interruption;
use super::drawing::queued_state;
use super::sign_in::SignedIn;
use crate::clinic::{ChildState, ClinicChild, ClinicList, FoundAnswer, StoredNotice};
use crate::shown::{Shown, ShownFinding};
use crate::view::{
    ChecksEnded, ChecksUnderWay, LookMode, Place, ResultOnClinic, Screen, ShownClinic,
    ShownClinicAnswer, ShownClinicChild, ShownClinicNotice, ShownClinicState,
};
use chrono::{DateTime, FixedOffset};
use cpis_audit::EntryState;
use std::collections::HashMap;
use uuid::Uuid;

impl Controller {
    /// The page of the clinic list that the person is on, if they are on one.
    pub(super) fn clinic_screen(&self, person: &SignedIn, mode: LookMode) -> Option<Screen> {
        let clinic = &person.clinic;
        let permitted = self.wiring.policy.keep_hours > 0;
        if !matches!(
            self.place,
            Place::ClinicList | Place::ClinicImport | Place::PrepareOffline
        ) && clinic.back_online != Interruption::Now
        {
            return None;
        }
        let Some(list) = &clinic.list else {
            return Some(self.import_screen(clinic, 0));
        };
        let open = list.children.iter().filter(|child| child.is_open()).count();
        Some(match self.place {
            _ if clinic.back_online == Interruption::Now => Screen::BackOnline {
                saved: list.saved().count(),
                mode,
            },
            _ if clinic.old.is_some() => self.out_of_date(clinic, list, mode)?,
            _ if clinic.notice.is_some() => self.notice_screen(clinic, list)?,
            _ if clinic.asked.is_some() => Screen::OneAtATime { waiting: open },
            Place::ClinicImport => self.import_screen(clinic, list.children.len()),
            Place::PrepareOffline => Screen::PrepareOffline {
                to_check: list.to_check(true).len(),
                children: list.children.len(),
                until: permitted.then(|| list.ends.to_rfc3339()),
                mode,
            },
            _ => Screen::ClinicList {
                clinic: Box::new(self.shown_clinic(clinic, list, mode)),
            },
        })
    }

    fn import_screen(&self, clinic: &Clinic, on_list: usize) -> Screen {
        Screen::ClinicImport {
            import: clinic.import.clone(),
            on_list,
            permitted: self.wiring.policy.keep_hours > 0,
        }
    }

    fn out_of_date(&self, clinic: &Clinic, list: &ClinicList, mode: LookMode) -> Option<Screen> {
        let child = list.child(clinic.old?)?;
        let at = child.copy?.at.with_timezone(&self.now().timezone());
        Some(Screen::OutOfDate {
            id: child.id.to_string(),
            nhs_number: child.digits().to_owned(),
            at: at.to_rfc3339(),
            mode,
        })
    }

    fn shown_clinic(&self, clinic: &Clinic, list: &ClinicList, mode: LookMode) -> ShownClinic {
        let now = self.now();
        let here = |at: DateTime<FixedOffset>| at.with_timezone(&now.timezone()).to_rfc3339();
        ShownClinic {
            children: list
                .children
                .iter()
                .map(|child| shown_child(child, &clinic.notices, now))
                .collect(),
            as_at: now.to_rfc3339(),
            ends: here(list.ends),
            mode,
            under_way: clinic.checks.as_ref().map(|checks| ChecksUnderWay {
                done: checks.done(),
                total: checks.total(),
                keeping: checks.keeping(),
                paused_until: checks.paused_until().map(here),
            }),
            ended: clinic.ended.as_ref().map(|ended| {
                let children = || ended.children.iter().filter_map(|id| list.child(*id));
                let is_checked = |c: &&ClinicChild| matches!(c.state, ChildState::Checked { .. });
                ChecksEnded {
                    at: here(ended.at),
                    total: ended.children.len(),
                    checked: children().filter(is_checked).count(),
                    kept: ended
                        .keeping
                        .then(|| children().filter(|child| child.copy.is_some()).count()),
                    stopped: ended.stopped,
                }
            }),
            copies_permitted: self.wiring.policy.keep_hours > 0,
            came_from: clinic.open.map(|id| id.to_string()),
            not_kept: clinic.not_kept,
            print: clinic.paper.clone(),
        }
    }
}

/// Where a result stands on the list.
pub(super) fn result_on_clinic(clinic: &Clinic, shown: &Shown) -> Option<ResultOnClinic> {
    let list = clinic.list.as_ref()?;
    let child = list.child(clinic.open?)?;
    let content = shown.content();
    // Another number was checked since, at the person's wish.
    if child.digits() != content.asked {
        return None;
    }
    let not_checked = matches!(content.finding, ShownFinding::NotChecked { .. });
    let copy = child.copy.filter(|_| not_checked);
    Some(ResultOnClinic {
        id: child.id.to_string(),
        has_next: list.next_after(child.id).is_some(),
        copy: copy.map(|copy| copy.at.to_rfc3339()),
    })
}

/// A row; `notices` says where the children's notices are.
pub(super) fn shown_child(
    child: &ClinicChild,
    notices: &HashMap<Uuid, EntryState>,
    now: DateTime<FixedOffset>,
) -> ShownClinicChild {
    let found = child.found.as_ref();
    ShownClinicChild {
        id: child.id.to_string(),
        time: child.time.map(|time| time.format("%H:%M").to_string()),
        initials: child.initials.clone(),
        nhs_number: child.digits().to_owned(),
        birth_date: child.birth_date().to_string(),
        age: child.age_on(now.date_naive()),
        family: found.and_then(|found| found.family.clone()),
        given: found.map(|found| found.given.clone()).unwrap_or_default(),
        state: match child.state {
            ChildState::ToCheck => ShownClinicState::ToCheck,
            ChildState::Checking => ShownClinicState::Checking,
            ChildState::Checked { at } => ShownClinicState::Checked {
                at: at.to_rfc3339(),
                answer: found
                    .and_then(|found| found.answer)
                    .map(|answer| match answer {
                        FoundAnswer::Record { current, ended } => {
                            ShownClinicAnswer::Record { current, ended }
                        }
                        FoundAnswer::Nothing => ShownClinicAnswer::Nothing,
                    }),
                stale: is_stale(at, now),
            },
            ChildState::NotChecked { at, cause, .. } => ShownClinicState::NotChecked {
                at: at.to_rfc3339(),
                cause,
            },
        },
        copy: child.copy.map(|copy| copy.at.to_rfc3339()),
        saved: child.saved,
        not_brought: child.not_brought,
        notice: child
            .notice
            .map(|StoredNotice { id, at }| ShownClinicNotice {
                at: at.with_timezone(&now.timezone()).to_rfc3339(),
                state: notices.get(&id).copied().map(queued_state),
            }),
    }
}
