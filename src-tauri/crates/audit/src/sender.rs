//! The sender: takes what is due, sends it, writes down what became of it. It needs nobody to be
//! signed in.
//!
//! It never gives up and never holds state of its own: what is due and when is in the rows, so a
//! restart goes on where the last run stopped.

use crate::outbox::{Settlement, settle_batch};
use crate::store::{Leased, Written};
use crate::{AuditError, AuditTrail, Clock, Delivery, Jitter};
use chrono::{DateTime, FixedOffset};
use cpis_fhir::BATCH_LIMIT;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// The pause between two calls: the platform permits 5 requests a second.
const PAUSE: Duration = Duration::from_millis(250);
/// How long to wait when the trail itself fails: a broken disk must not spin.
const AFTER_FAILURE: Duration = Duration::from_secs(30);
/// A look at the rows at least this often, so that a wrong clock cannot make the sender sleep on.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Delivers concluded records.
pub struct Sender {
    trail: AuditTrail,
    delivery: Arc<dyn Delivery>,
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
}

impl Sender {
    /// A sender for one trail.
    pub fn new(
        trail: AuditTrail,
        delivery: Arc<dyn Delivery>,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
    ) -> Self {
        Self {
            trail,
            delivery,
            clock,
            jitter,
        }
    }

    /// Sends until it is dropped. Cancel-safe: a record in flight is taken again when its lease ends
    /// or at the next start, and the backend knows it by its id.
    pub async fn run(self) {
        let mut changes = self.trail.changes();
        loop {
            changes.mark_unchanged();
            match self.send_due().await {
                Ok(true) => tokio::time::sleep(PAUSE).await,
                Ok(false) => {
                    let sleep = self.until_next_due().await;
                    if !wait(sleep, &mut changes).await {
                        return;
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the audit trail failed while sending");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Sends one batch of what is due. Returns whether anything was.
    ///
    /// # Errors
    /// [`AuditError`] when the trail cannot be read or written.
    pub async fn send_due(&self) -> Result<bool, AuditError> {
        let leased = self.trail.lease(self.clock.now(), BATCH_LIMIT).await?;
        if leased.is_empty() {
            return Ok(false);
        }
        let left = self.send(leased).await?;
        for one in left {
            tokio::time::sleep(PAUSE).await;
            self.send(vec![one]).await?;
        }
        Ok(true)
    }

    /// Sends records in one call and settles them; returns those to be sent one by one.
    async fn send(&self, leased: Vec<Leased>) -> Result<Vec<Leased>, AuditError> {
        let records: Vec<_> = leased.iter().map(|l| l.record.clone()).collect();
        let ids: Vec<String> = records.iter().map(|r| r.id.clone()).collect();
        let tries: Vec<u32> = leased.iter().map(|l| l.tries).collect();
        let answer = self.delivery.deliver(&records).await;
        let mut left = Vec::new();
        for (one, settlement) in leased.into_iter().zip(settle_batch(&ids, &tries, &answer)) {
            let written = match settlement {
                Settlement::OneByOne => {
                    left.push(one);
                    continue;
                }
                Settlement::Sent { receipt } => Written::Sent { receipt },
                Settlement::NeedsAttention { reason } => Written::NeedsAttention { reason },
                Settlement::Retry {
                    reason,
                    most,
                    exactly,
                } => {
                    let drawn = || self.jitter.between(Duration::from_secs(1), most);
                    Written::waiting(reason, exactly.unwrap_or_else(drawn))
                }
            };
            self.trail
                .settle(one.record.id, written, self.clock.now())
                .await?;
        }
        Ok(left)
    }

    async fn until_next_due(&self) -> Duration {
        match self.trail.next_due().await {
            Ok(Some(due)) => until(self.clock.now(), due).min(LONGEST_SLEEP),
            Ok(None) => LONGEST_SLEEP,
            Err(_) => AFTER_FAILURE,
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

fn until(now: DateTime<FixedOffset>, due: DateTime<FixedOffset>) -> Duration {
    (due - now)
        .to_std()
        .unwrap_or_default()
        .max(Duration::from_millis(10))
}
