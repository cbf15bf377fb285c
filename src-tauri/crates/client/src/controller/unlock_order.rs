//! The order of unlocks: the first waits until the session is on the disk, each later one until the
//! one before it has ended.
//!
//! An unlock that is given up (the screen was locked meanwhile) runs on, since a try that is being
//! counted must not be broken off. Without this order the next one could read the disk before the
//! session is there and take it for damaged, or before a wrong passcode was counted.

use super::kept::Keeping;
use super::lock::{NotUnlocked, UnlockResult};
use crate::view::SessionEnd;
use tokio::sync::oneshot;

/// What the next unlock of one locked program waits for.
#[derive(Default)]
pub(super) struct UnlockOrder {
    /// Nothing when the session has been on the disk since before the program started.
    before: Option<oneshot::Receiver<Result<(), SessionEnd>>>,
}

/// The place of one unlock in that order.
pub(super) struct Turn {
    before: Option<oneshot::Receiver<Result<(), SessionEnd>>>,
    ended: oneshot::Sender<Result<(), SessionEnd>>,
}

impl UnlockOrder {
    /// Begins with the session on its way to the disk.
    pub fn after(keeping: Keeping) -> Self {
        Self {
            before: Some(keeping),
        }
    }

    /// The turn of an unlock that is asked for now.
    pub fn next(&mut self) -> Turn {
        let (ended, after) = oneshot::channel();
        Turn {
            before: self.before.replace(after),
            ended,
        }
    }
}

impl Turn {
    /// Unlocks when the turn has come. When the session was over before, that is the result, and
    /// nothing is tried.
    pub async fn take(self, unlock: impl Future<Output = UnlockResult>) -> UnlockResult {
        let before = match self.before {
            // Whoever should have answered is gone, and with it the session's way to the disk.
            Some(before) => before.await.unwrap_or(Err(SessionEnd::NotKept)),
            None => Ok(()),
        };
        let result = match before {
            Ok(()) => unlock.await,
            Err(end) => Err(NotUnlocked::Over(end)),
        };
        let over = match &result {
            Err(NotUnlocked::Over(end)) => Err(*end),
            Ok(_) | Err(NotUnlocked::Fault(_)) => Ok(()),
        };
        // Mostly nobody waits for it.
        let _ = self.ended.send(over);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::SignInFault;
    use std::future::ready;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    const WRONG: SignInFault = SignInFault::WrongAtLock { tries_left: 2 };

    fn wrong() -> UnlockResult {
        Err(NotUnlocked::Fault(WRONG))
    }

    fn is_wrong(result: &Poll<UnlockResult>) -> bool {
        matches!(result, Poll::Ready(Err(NotUnlocked::Fault(WRONG))))
    }

    fn end(result: &Poll<UnlockResult>) -> Option<SessionEnd> {
        match result {
            Poll::Ready(Err(NotUnlocked::Over(end))) => Some(*end),
            _ => None,
        }
    }

    #[test]
    fn each_unlock_waits_for_the_disk_and_for_the_one_before() {
        let now = &mut Context::from_waker(Waker::noop());
        let (done, keeping) = oneshot::channel();
        let mut order = UnlockOrder::after(keeping);
        let mut given_up = pin!(order.next().take(ready(wrong())));
        let mut second = pin!(order.next().take(ready(wrong())));
        assert!(given_up.as_mut().poll(now).is_pending(), "not on the disk");
        assert!(second.as_mut().poll(now).is_pending(), "not on the disk");
        done.send(Ok(())).unwrap();
        assert!(second.as_mut().poll(now).is_pending(), "one before it");
        assert!(is_wrong(&given_up.as_mut().poll(now)));
        assert!(is_wrong(&second.as_mut().poll(now)));
    }

    #[test]
    fn what_ended_the_session_is_said_by_the_unlock_after_the_one_given_up() {
        let now = &mut Context::from_waker(Waker::noop());
        let mut order = UnlockOrder::default();
        let third_wrong = ready(Err(NotUnlocked::Over(SessionEnd::TooManyTries)));
        let mut given_up = pin!(order.next().take(third_wrong));
        let mut second = pin!(order.next().take(async { panic!("a try too many") }));
        assert!(second.as_mut().poll(now).is_pending());
        let first = given_up.as_mut().poll(now);
        assert_eq!(end(&first), Some(SessionEnd::TooManyTries));
        let second = second.as_mut().poll(now);
        assert_eq!(end(&second), Some(SessionEnd::TooManyTries));
    }

    #[test]
    fn a_session_that_did_not_reach_the_disk_is_over() {
        let now = &mut Context::from_waker(Waker::noop());
        let (done, keeping) = oneshot::channel();
        let mut order = UnlockOrder::after(keeping);
        drop(done);
        let mut unlock = pin!(order.next().take(async { panic!("nothing to open") }));
        let result = unlock.as_mut().poll(now);
        assert_eq!(end(&result), Some(SessionEnd::NotKept));
    }
}
