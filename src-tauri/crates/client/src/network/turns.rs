//! The one pace of the program: whichever part of it calls the service, no more calls leave than the
//! platform permits.

use chrono::{DateTime, FixedOffset, TimeDelta};
use cpis_audit::{Clock, Pace};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;

/// The platform counts whole seconds: so many calls may leave together, if as many paces pass before the
/// next ones. Somebody who looks at one child waits for nothing.
const TOGETHER: u8 = 5;
/// How often somebody who waits looks at the clock, which may have been put right meanwhile.
const GLANCE: Duration = Duration::from_millis(50);

/// How long a call that gives way lets others go first. It then takes its turn like any other, so what it carries
/// is late by no more than this, however many questions there are. Well below the time for which the audit trail
/// leases a record.
const GIVING_WAY: TimeDelta = TimeDelta::seconds(20);

/// Gives each call its turn, in the order in which they asked. Cheap to clone; clones share the turns.
#[derive(Clone)]
pub(super) struct Turns {
    clock: Arc<dyn Clock>,
    pace: Duration,
    /// When the last calls left.
    left: Arc<Mutex<Left>>,
    /// How many wait for a turn without giving way.
    asking: Arc<AtomicUsize>,
}

impl Turns {
    /// With a pace of nothing, nobody waits.
    pub fn new(Pace(pace): Pace, clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            pace,
            left: Arc::default(),
            asking: Arc::default(),
        }
    }

    /// Waits until a call may leave. It counts as having left.
    pub async fn wait(&self) {
        if self.pace.is_zero() {
            return;
        }
        let _asking = Asking::begin(&self.asking);
        self.take().await;
    }

    /// The same, and lets calls of [`wait`](Self::wait) go first for a while.
    pub async fn wait_giving_way(&self) {
        if self.pace.is_zero() {
            return;
        }
        let begun = self.clock.now();
        // A clock that was put back ends the giving way: it cannot say how long that has lasted.
        let lasts = |now| begun <= now && now - begun < GIVING_WAY;
        while self.asking.load(Ordering::Acquire) > 0 && lasts(self.clock.now()) {
            tokio::time::sleep(GLANCE).await;
        }
        self.take().await;
    }

    async fn take(&self) {
        let span = TimeDelta::from_std(self.pace * u32::from(TOGETHER)).unwrap_or_default();
        let mut left = self.left.lock().await;
        while let Err(rest) = left.leave(self.clock.now(), span) {
            tokio::time::sleep(rest.min(GLANCE)).await;
        }
    }
}

/// Somebody who waits for a turn, until it is dropped: a call that is cancelled asks no more.
struct Asking<'a>(&'a AtomicUsize);

impl<'a> Asking<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::AcqRel);
        Self(count)
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
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
    use std::future::{Future, poll_fn};
    use std::pin::{Pin, pin};
    use std::task::Poll;

    struct Hand(std::sync::Mutex<DateTime<FixedOffset>>);

    impl Clock for Hand {
        fn now(&self) -> DateTime<FixedOffset> {
            *self.0.lock().unwrap()
        }
    }

    impl Hand {
        fn pass(&self, time: TimeDelta) {
            *self.0.lock().unwrap() += time;
        }
    }

    /// Turns of which the first five are taken.
    async fn taken() -> (Turns, Arc<Hand>) {
        let start = DateTime::from_timestamp(0, 0).unwrap().fixed_offset();
        let clock = Arc::new(Hand(start.into()));
        let turns = Turns::new(Pace::default(), clock.clone());
        for _ in 0..TOGETHER {
            turns.wait().await;
        }
        (turns, clock)
    }

    async fn waits(mut turn: Pin<&mut impl Future<Output = ()>>) -> bool {
        poll_fn(|context| Poll::Ready(turn.as_mut().poll(context).is_pending())).await
    }

    #[tokio::test]
    async fn a_delivery_lets_those_who_wait_go_first() {
        let (turns, clock) = taken().await;
        let order = std::sync::Mutex::new(Vec::new());
        let question = async |name| {
            turns.wait().await;
            order.lock().unwrap().push(name);
        };
        let mut first = pin!(question("first question"));
        assert!(waits(first.as_mut()).await);
        let mut delivery = pin!(async {
            turns.wait_giving_way().await;
            order.lock().unwrap().push("delivery");
        });
        assert!(waits(delivery.as_mut()).await);
        let mut second = pin!(question("second question"));
        assert!(waits(second.as_mut()).await);
        clock.pass(TimeDelta::seconds(2));
        tokio::join!(delivery, first, second);
        let order = order.lock().unwrap();
        assert_eq!(*order, ["first question", "second question", "delivery"]);
    }

    #[tokio::test]
    async fn a_delivery_does_not_give_way_for_ever() {
        let (turns, clock) = taken().await;
        let _without_end = Asking::begin(&turns.asking);
        let mut delivery = pin!(turns.wait_giving_way());
        assert!(waits(delivery.as_mut()).await);
        clock.pass(GIVING_WAY);
        delivery.await;
    }

    #[tokio::test]
    async fn a_question_that_was_cancelled_keeps_no_delivery_waiting() {
        let (turns, clock) = taken().await;
        {
            let mut question = pin!(turns.wait());
            assert!(waits(question.as_mut()).await);
        }
        clock.pass(TimeDelta::seconds(2));
        turns.wait_giving_way().await;
    }

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
