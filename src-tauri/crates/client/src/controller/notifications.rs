//! Notifications: each thing is told once, when it comes about. What was so before the program started is
//! on the screen that it opens with, and practice tells nothing.

use super::Controller;
use crate::notification::Notification;
use crate::view::{Delay, ProgramMode};
use chrono::{DateTime, FixedOffset, TimeDelta};

/// How long before its end the clinic list is said to end.
const BEFORE_THE_END: TimeDelta = TimeDelta::minutes(30);

/// What there is to tell.
#[derive(Clone, Copy)]
pub(super) struct Matters {
    needs_attention: u32,
    delay: Delay,
    /// The end of the list that is about to end.
    list_ends: Option<DateTime<FixedOffset>>,
}

impl Default for Matters {
    fn default() -> Self {
        Self {
            needs_attention: 0,
            delay: Delay::None,
            list_ends: None,
        }
    }
}

impl Matters {
    /// What is new in these since `before`.
    fn news(&self, before: &Self) -> Vec<Notification> {
        let list_ends = self.list_ends.is_some() && self.list_ends != before.list_ends;
        let news = [
            (
                self.needs_attention > before.needs_attention,
                Notification::RecordsNeedAttention,
            ),
            (self.delay > before.delay, Notification::RecordsWaitLong),
            (list_ends, Notification::ClinicListEnds),
        ];
        let told = news
            .into_iter()
            .filter_map(|(new, what)| new.then_some(what));
        told.collect()
    }
}

impl Controller {
    /// Takes what is so now as known.
    pub(super) fn know_matters(&mut self) {
        self.matters = self.matters_now();
    }

    /// Tells what has come about since the last time.
    pub(super) fn notify(&mut self) {
        if self.wiring.mode == ProgramMode::Practice {
            return;
        }
        let now = self.matters_now();
        let before = std::mem::replace(&mut self.matters, now);
        for notification in now.news(&before) {
            self.wiring.world.window.notify(notification);
        }
    }

    fn matters_now(&self) -> Matters {
        let soon = self.now() + BEFORE_THE_END;
        Matters {
            needs_attention: self.counts.needs_attention,
            delay: self.delay(),
            list_ends: self.clinic_ends.filter(|ends| *ends <= soon),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matters(needs_attention: u32, delay: Delay) -> Matters {
        Matters {
            needs_attention,
            delay,
            list_ends: None,
        }
    }

    #[test]
    fn only_what_gets_worse_is_told() {
        let ill = matters(2, Delay::Hours);
        assert_eq!(
            ill.news(&Matters::default()),
            [
                Notification::RecordsNeedAttention,
                Notification::RecordsWaitLong
            ]
        );
        assert_eq!(ill.news(&ill), []);
        assert_eq!(matters(1, Delay::None).news(&ill), []);
        assert_eq!(
            matters(2, Delay::Days).news(&ill),
            [Notification::RecordsWaitLong]
        );
    }

    #[test]
    fn each_list_is_told_of_once() {
        let at = |text| DateTime::parse_from_rfc3339(text).ok();
        let mut soon = matters(0, Delay::None);
        soon.list_ends = at("2026-11-25T18:00:00Z");
        assert_eq!(
            soon.news(&Matters::default()),
            [Notification::ClinicListEnds]
        );
        assert_eq!(soon.news(&soon), []);
        let mut next = soon;
        next.list_ends = at("2026-11-26T18:00:00Z");
        assert_eq!(next.news(&soon), [Notification::ClinicListEnds]);
        assert_eq!(Matters::default().news(&soon), []);
    }
}
