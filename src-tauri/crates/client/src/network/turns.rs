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
    left: Arc<Mutex<Left>>,
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
        while let Err(rest) = left.leave(self.clock.now(), span) {
            tokio::time::sleep(rest.min(GLANCE)).await;
        }
    }
}

/// When the last calls left, oldest first.
#[derive(Default)]
struct Left(VecDeque<DateTime<FixedOffset>>);

impl Left {
    /// Lets a call leave now, or says how long it must wait for the next look.
    fn leave(&mut self, now: DateTime<FixedOffset>, span: TimeDelta) -> Result<(), Duration> {
        // A clock that was put back says nothing of when they left.
        self.0.retain(|at| *at <= now && now - *at < span);
        match self.0.front() {
            Some(first) if self.0.len() >= usize::from(TOGETHER) => {
                Err((*first + span - now).to_std().unwrap_or_default())
            }
            _ => {
                self.0.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_five_leave_in_any_second_and_none_waits_longer_than_it_must() {
        let start = DateTime::from_timestamp(0, 0).unwrap().fixed_offset();
        let Pace(pace) = Pace::default();
        let span = TimeDelta::from_std(pace * u32::from(TOGETHER)).unwrap();
        let (mut now, mut turns, mut left) = (start, Left::default(), Vec::new());
        while left.len() < 23 {
            match turns.leave(now, span) {
                Ok(()) => left.push(now),
                Err(rest) => {
                    assert!(!rest.is_zero());
                    now += TimeDelta::milliseconds(7);
                }
            }
        }
        for (first, sixth) in left.iter().zip(&left[5..]) {
            assert!(*sixth - *first >= TimeDelta::seconds(1), "{left:?}");
        }
        assert_eq!(left[4], start, "the first five wait for nothing");
        assert!(left[22] - start <= (span + TimeDelta::milliseconds(7)) * 4);
    }

    #[test]
    fn a_clock_that_was_put_back_keeps_nobody_waiting() {
        let start = DateTime::from_timestamp(1_000_000, 0)
            .unwrap()
            .fixed_offset();
        let span = TimeDelta::seconds(1);
        let mut turns = Left::default();
        for _ in 0..TOGETHER {
            turns.leave(start, span).unwrap();
        }
        assert_eq!(turns.leave(start, span), Err(Duration::from_secs(1)));
        turns.leave(start - TimeDelta::days(1), span).unwrap();
    }
}
