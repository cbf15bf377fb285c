//! Idle time: how long nobody may use the program, and the warning before it locks.

use super::{Controller, Person};
use chrono::Duration;

/// How long before the lock the person is warned; half the idle time where that is shorter.
const WARNING: Duration = Duration::minutes(2);

impl Controller {
    pub(super) fn idle_limit(&self) -> Duration {
        Duration::minutes(i64::from(self.wiring.policy.session.idle_lock_minutes))
    }

    /// Seconds until the lock, once that is soon.
    pub(super) fn lock_warning(&self) -> Option<u32> {
        if !matches!(self.person, Person::SignedIn(_)) {
            return None;
        }
        let limit = self.idle_limit();
        let left = limit - (self.now() - self.last_used);
        let soon = left <= WARNING.min(limit / 2);
        soon.then(|| u32::try_from(left.num_seconds()).unwrap_or(0))
    }

    /// Returns whether the warning comes or goes.
    pub(super) fn warn_when_due(&mut self) -> bool {
        let due = self.lock_warning().is_some();
        std::mem::replace(&mut self.lock_warned, due) != due
    }
}
