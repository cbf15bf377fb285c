//! Ending a look or a search before its answer is there.

use std::future::Future;
use tokio::sync::oneshot;

/// Ends the look when it is used or dropped; the look goes on record as cancelled.
pub(super) type Cancel = oneshot::Sender<()>;

/// What the future gives; nothing once it was cancelled, also when both are so at the same moment: a lock
/// takes the tokens away with it, which the look would then give as its reason.
pub(super) async fn unless_cancelled<T>(
    cancelled: oneshot::Receiver<()>,
    doing: impl Future<Output = T>,
) -> Option<T> {
    tokio::select! {
        biased;
        // A dropped sender means that the session went away: the same.
        _ = cancelled => None,
        done = doing => Some(done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_cancelled_and_done_at_once_is_cancelled() {
        // Without an order, one of the two would be taken at random.
        for _ in 0..64 {
            let (cancel, cancelled) = oneshot::channel();
            drop(cancel);
            assert_eq!(unless_cancelled(cancelled, async {}).await, None);
        }
    }

    #[tokio::test]
    async fn who_is_not_cancelled_is_done() {
        let (_cancel, cancelled) = oneshot::channel();
        assert_eq!(unless_cancelled(cancelled, async { 1 }).await, Some(1));
    }
}
