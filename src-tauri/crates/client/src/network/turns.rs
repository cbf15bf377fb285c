//! The one pace of the program: whichever part of it calls the service, no more calls leave than the
//! platform permits.

use chrono::{DateTime, FixedOffset, TimeDelta};
use cpis_audit::{Clock, Pace};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The platform counts whole seconds: so many calls may leave together, if as many paces pass before the
/// next ones. Somebody who looks at one child waits for nothing.
const TOGETHER: u8 = 5;
/// How often somebody who waits looks at the clock, which may have been put right meanwhile.
const GLANCE: Duration = Duration::from_millis(50);

/// Gives each call its turn, in the order in which they asked. Cheap to clone; clones share the turns.
#[derive(Clone)]
pub(super) struct Turns {
    clock: Arc<dyn Clock>,
    pace: Duration,
    /// When the last calls left.
    left: Arc<Mutex<VecDeque<DateTime<FixedOffset>>>>,
}

impl Turns {
    /// With a pace of nothing, nobody waits.
    pub fn new(Pace(pace): Pace, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            pace,
            left: Arc::default(),
        }
    }

    /// Waits until a call may leave. It counts as having left.
    pub async fn wait(&self) {
        if self.pace.is_zero() {
            return;
        }
        let span = TimeDelta::from_std(self.pace * u32::from(TOGETHER)).unwrap_or_default();
        let mut left = self.left.lock().await;
        loop {
            let now = self.clock.now();
            // A clock that was put back says nothing of when they left.
            left.retain(|at| *at <= now && now - *at < span);
            let first = left
                .front()
                .copied()
                .filter(|_| left.len() >= usize::from(TOGETHER));
            let Some(first) = first else {
                left.push_back(now);
                return;
            };
            let rest = (first + span - now).to_std().unwrap_or_default();
            tokio::time::sleep(rest.min(GLANCE)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex as Held;

    struct Hand(Held<DateTime<FixedOffset>>);

    impl Clock for Hand {
        fn now(&self) -> DateTime<FixedOffset> {
            *self.0.lock().unwrap()
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_five_leave_in_any_second_whoever_asks() {
        let start = DateTime::from_timestamp(0, 0).unwrap().fixed_offset();
        let clock = Arc::new(Hand(Held::new(start)));
        let turns = Turns::new(Pace::default(), clock.clone());
        let others = turns.clone();
        let mut left = Vec::new();
        while left.len() < 23 {
            let turn = async {
                tokio::select! {
                    () = turns.wait() => true,
                    () = others.wait() => true,
                    () = tokio::time::sleep(GLANCE * 2) => false,
                }
            };
            match turn.await {
                true => left.push(clock.now()),
                false => *clock.0.lock().unwrap() += TimeDelta::milliseconds(7),
            }
        }
        for (first, sixth) in left.iter().zip(&left[5..]) {
            assert!(*sixth - *first >= TimeDelta::seconds(1), "{left:?}");
        }
        assert_eq!(left[4], start, "the first five wait for nothing");
        assert!(
            left[22] - start <= TimeDelta::milliseconds(4 * 1_020),
            "and none waits longer than it must: {left:?}"
        );
    }
}
