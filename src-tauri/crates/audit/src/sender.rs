//! The sender: asks the lane what to do, does it, and says how it went. It needs nobody to be
//! signed in.
//!
//! It never gives up, and holds no state of its own: what is due and when is in the rows, so a
//! restart goes on where the last run stopped.

use crate::failpoint::{Failpoint, failpoint};
use crate::lane::Step;
use crate::{AuditError, AuditTrail, Clock, Delivery};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How long to wait when the trail itself fails: a broken disk must not spin.
const AFTER_FAILURE: Duration = Duration::from_secs(30);
/// A look at the rows at least this often, so that a wrong clock cannot make the sender sleep on.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Delivers concluded records.
pub struct Sender {
    trail: AuditTrail,
    delivery: Arc<dyn Delivery>,
    clock: Arc<dyn Clock>,
}

impl Sender {
    /// A sender for one trail.
    pub fn new(trail: AuditTrail, delivery: Arc<dyn Delivery>, clock: Arc<dyn Clock>) -> Self {
        Self {
            trail,
            delivery,
            clock,
        }
    }

    /// Sends until it is dropped. Cancel-safe: a record in flight is taken again when its lease ends
    /// or at the next start, and the backend knows it by its id.
    pub async fn run(self) {
        let mut changes = self.trail.changes();
        loop {
            changes.mark_unchanged();
            let sleep = match self.step().await {
                Ok(None) => continue,
                Ok(Some(sleep)) => sleep.min(LONGEST_SLEEP),
                Err(AuditError::Stopped) => return,
                Err(error) => {
                    tracing::error!(%error, "the audit trail failed while sending");
                    AFTER_FAILURE
                }
            };
            if !wait(sleep, &mut changes).await {
                return;
            }
        }
    }

    /// Does one thing. Returns how long there is nothing to do, if there is not.
    ///
    /// # Errors
    /// [`AuditError`] when the trail cannot be read or written.
    pub async fn step(&self) -> Result<Option<Duration>, AuditError> {
        let ready = self.delivery.is_ready().await;
        match self.trail.step(self.clock.now(), ready).await? {
            Step::Send(records) => {
                failpoint(Failpoint::SendBeforeCall);
                let answer = self.delivery.deliver(&records).await;
                failpoint(Failpoint::SendAfterAnswer);
                self.trail.answered(answer, self.clock.now()).await?;
                Ok(None)
            }
            Step::Renew => {
                let result = self.delivery.renew().await;
                self.trail.renewed(result, self.clock.now()).await?;
                Ok(None)
            }
            Step::Wait(time) => Ok(Some(time)),
            Step::Nothing => {
                let gone = self.trail.prune(self.clock.now()).await?;
                Ok(if gone > 0 { None } else { Some(LONGEST_SLEEP) })
            }
        }
    }
}

/// Waits for the time or for a change in the trail. `false` when the trail has stopped.
async fn wait(sleep: Duration, changes: &mut watch::Receiver<u64>) -> bool {
    tokio::select! {
        () = tokio::time::sleep(sleep) => true,
        changed = changes.changed() => changed.is_ok(),
    }
}
