//! The guided tasks of practice: each is done when the program has seen it happen, never because somebody
//! says so.
//!
//! # What is kept
//!
//! In memory, until the program closes: the times at which tasks were done, of the person who practised
//! last. Nothing about a child goes on paper; the number whose date of birth did not match is forgotten with
//! the person.

use crate::shown::{ShownCause, ShownContent, ShownFinding};
use crate::view::{GuidedTask, PracticeTask};
use chrono::{DateTime, FixedOffset};
use cpis_record::UserId;
use std::collections::HashMap;

/// What one person has practised.
#[derive(Default)]
pub(crate) struct GuidedTasks {
    of: Option<UserId>,
    done: HashMap<PracticeTask, DateTime<FixedOffset>>,
    /// The number whose date of birth did not match when it was last checked.
    differed: Option<String>,
    locked: bool,
}

/// What the program is doing, as far as the tasks ask.
pub(crate) enum Scene<'a> {
    /// Somebody is signed in.
    Open {
        /// Who.
        user: &'a UserId,
        /// The result on the screen, or behind it.
        result: Option<&'a ShownContent>,
        /// Help is on the screen.
        help: bool,
        /// The service cannot be reached, and a child waits to be checked later.
        saved_offline: bool,
        /// The record on the screen has been tried again.
        tried_again: bool,
    },
    /// The program is locked.
    Locked,
    /// Nobody is signed in.
    SignedOut,
}

impl GuidedTasks {
    /// Sees what the program is doing.
    pub fn see(&mut self, scene: &Scene<'_>, now: DateTime<FixedOffset>) {
        let Scene::Open {
            user,
            result,
            help,
            saved_offline,
            tried_again,
        } = scene
        else {
            self.locked = matches!(scene, Scene::Locked);
            return;
        };
        if self.of.as_ref() != Some(*user) {
            *self = Self {
                of: Some((*user).clone()),
                ..Self::default()
            };
        }
        if std::mem::take(&mut self.locked) {
            self.done(PracticeTask::LockedAndUnlocked, now);
        }
        if *saved_offline {
            self.done(PracticeTask::SavedWhileOffline, now);
        }
        if *tried_again {
            self.done(PracticeTask::RecordTriedAgain, now);
        }
        if let Some(result) = result {
            self.see_result(result, *help, now);
        }
    }

    fn see_result(&mut self, result: &ShownContent, help: bool, now: DateTime<FixedOffset>) {
        match &result.finding {
            ShownFinding::NotChecked { cause, .. } => {
                if *cause == ShownCause::BirthDateDiffers {
                    self.differed = Some(result.asked.clone());
                }
                return;
            }
            ShownFinding::Record { current, .. } => {
                if !current.is_empty() {
                    self.done(PracticeTask::CurrentPlanFound, now);
                }
            }
            ShownFinding::Nothing => {
                if help {
                    self.done(PracticeTask::NothingFoundExplained, now);
                }
            }
        }
        if result.copy.is_some() {
            self.done(PracticeTask::CopyOpened, now);
        }
        if self
            .differed
            .take_if(|number| *number == result.asked)
            .is_some()
        {
            self.done(PracticeTask::OtherBirthDateNoticed, now);
        }
    }

    /// A task keeps the time at which it was first done.
    fn done(&mut self, task: PracticeTask, now: DateTime<FixedOffset>) {
        self.done.entry(task).or_insert(now);
    }

    /// The tasks as they are shown.
    pub fn shown(&self) -> Vec<GuidedTask> {
        PracticeTask::ALL
            .into_iter()
            .map(|task| GuidedTask {
                task,
                done_at: self.done.get(&task).map(DateTime::to_rfc3339),
            })
            .collect()
    }
}
