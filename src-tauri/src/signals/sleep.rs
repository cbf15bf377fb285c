//! Sleep that was not told: the clock on the wall went on while the program stood still.
//!
//! On every platform, because telling can fail. It locks at the latest half a second after the
//! computer woke up.

use super::{Report, looks, report};
use cpis_client::{Clock, LockSignal};
use tokio::sync::mpsc;

/// Seconds between two looks that only a sleeping computer leaves. A busy one can leave some.
const ASLEEP: i64 = 20;

pub(super) async fn listen(clock: impl Clock, reports: &mpsc::Sender<Report>) {
    let mut ticks = looks();
    let mut gap = Gap::new(clock);
    loop {
        ticks.tick().await;
        if gap.is_sleep() {
            report(reports, LockSignal::Sleep).await;
        }
    }
}

/// The time since the last look.
struct Gap<C> {
    clock: C,
    last: i64,
}

impl<C: Clock> Gap<C> {
    fn new(clock: C) -> Self {
        let last = clock.now().timestamp();
        Self { clock, last }
    }

    /// Whether the computer slept since the last look.
    fn is_sleep(&mut self) -> bool {
        let now = self.clock.now().timestamp();
        let gap = now - self.last;
        self.last = now;
        gap >= ASLEEP
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, FixedOffset};
    use std::sync::atomic::{AtomicI64, Ordering};

    #[derive(Default)]
    struct Hand(AtomicI64);

    impl Clock for &Hand {
        fn now(&self) -> DateTime<FixedOffset> {
            let seconds = self.0.load(Ordering::Relaxed);
            DateTime::from_timestamp(seconds, 0).unwrap().fixed_offset()
        }
    }

    #[test]
    fn a_jump_of_the_clock_is_sleep_once_and_a_busy_computer_is_not() {
        let hand = Hand::default();
        let mut gap = Gap::new(&hand);
        let mut after = |seconds| {
            hand.0.fetch_add(seconds, Ordering::Relaxed);
            gap.is_sleep()
        };
        assert!(!after(ASLEEP - 1));
        assert!(after(ASLEEP));
        assert!(!after(0));
        assert!(!after(-3600));
        assert!(!after(1));
    }
}
