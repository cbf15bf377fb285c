//! The sender without its network: it hands out what to do next and takes the outcome back.
//!
//! Time and chance are passed in, so a test can play an hour of trouble in a millisecond. What must
//! outlive a crash is in the rows; what is here (the pause, the pace, what is in flight) may be lost.
//!
//! # The rules
//!
//! - At most one call at a time, and at least [`Pace`] between two: the platform permits 5 a second.
//! - A refusal of a whole batch, or an answer that makes no sense of it, is followed by its records
//!   one by one: one bad record must not hold up the others. Two in a row that get no good answer
//!   mean that it is the service: the lane pauses.
//! - A note to a local authority is sent alone, in its turn: the batch is of audit records.
//! - During such a pause a record that was never tried is still sent, because it may not be like
//!   those that failed. Without a network, without a credential, or when the service named a time,
//!   nothing is sent.
//! - 401 is answered by one new token; refused again, the lane pauses.

use crate::outbox::{Settlement, settle, settle_batch};
use crate::store::{Leased, Place, Store, Written};
use crate::{Answer, AuditError, EntryAnswer, Jitter, Kind, OutgoingRecord, WaitReason};
use chrono::{DateTime, FixedOffset};
use cpis_fhir::BATCH_LIMIT;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How long a record counts as being sent before it may be taken again.
const LEASE: Duration = Duration::from_secs(60);
const LEAST_PAUSE: Duration = Duration::from_secs(1);
const MOST_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Single records in a row that get no good answer before the lane pauses.
const PATIENCE: u32 = 2;
/// How often the backend is asked whether it still has the newest records that it gave receipts for.
const PROBE_EVERY: chrono::Duration = chrono::Duration::hours(12);

/// The least time between two calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace(pub Duration);

impl Default for Pace {
    /// Just below the platform's limit of 5 requests a second (NHS England API platform, default quota).
    fn default() -> Self {
        Self(Duration::from_millis(202))
    }
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Send these in one call, then say what was answered.
    Send(Vec<OutgoingRecord>),
    /// Get a token for this workstation, then say how that went.
    Renew,
    /// Come back after this time, or when rows change.
    Wait(Duration),
    /// Come back when rows change.
    Nothing,
}

/// Why nothing, or not everything, is sent for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pause {
    /// Nothing is sent.
    All,
    /// What was tried before waits.
    Tried,
}

pub(crate) struct Lane {
    pace: Pace,
    jitter: Arc<dyn Jitter>,
    not_before: Option<DateTime<FixedOffset>>,
    pause: Option<(Pause, DateTime<FixedOffset>)>,
    /// Calls in a row that failed as a whole.
    failures: u32,
    in_flight: Vec<Leased>,
    renew: bool,
    renewed: bool,
    singles: VecDeque<Leased>,
    single_failures: u32,
    last_seen: Option<DateTime<FixedOffset>>,
    probed: Option<DateTime<FixedOffset>>,
    /// Where the records end that are being asked about, newest first.
    asking: Option<Place>,
    /// How many it had since it was found to have lost one, or since it was first asked.
    asked: usize,
    /// Whether the call holds fewer than it could, because a note goes alone.
    cut: bool,
}

impl Lane {
    /// `probed` is when the backend was last asked about what it has: now, if there is nothing yet
    /// that it could have lost.
    pub fn new(pace: Pace, jitter: Arc<dyn Jitter>, probed: Option<DateTime<FixedOffset>>) -> Self {
        Self {
            pace,
            jitter,
            not_before: None,
            pause: None,
            failures: 0,
            in_flight: Vec::new(),
            renew: false,
            renewed: false,
            singles: VecDeque::new(),
            single_failures: 0,
            last_seen: None,
            probed,
            asking: None,
            asked: 0,
            cut: false,
        }
    }

    /// What to do next. `ready` says whether a token is at hand that has not ended.
    pub fn step(
        &mut self,
        store: &mut Store,
        now: DateTime<FixedOffset>,
        ready: bool,
    ) -> Result<Step, AuditError> {
        self.notice_clock(store, now)?;
        if let Some(until) = self.not_before
            && now < until
        {
            return Ok(wait(now, until));
        }
        let pause = self.pause.filter(|(_, until)| now < *until);
        if let Some((Pause::All, until)) = pause {
            return Ok(wait(now, until));
        }
        if self.in_flight.is_empty() {
            self.in_flight = match self.singles.pop_front() {
                Some(single) => vec![single],
                None => store.lease(now, LEASE, BATCH_LIMIT, pause.is_some())?,
            };
        }
        if self.in_flight.is_empty() && pause.is_none() {
            self.in_flight = self.doubtful(store, now)?;
        }
        if self.in_flight.is_empty() {
            let due = store.next_due()?;
            let until = match (pause, due) {
                (Some((_, until)), Some(_)) => Some(until),
                (None, due) => due,
                (Some(_), None) => None,
            };
            return Ok(until.map_or(Step::Nothing, |until| wait(now, until)));
        }
        self.not_before = Some(now + self.pace.0);
        if self.renew || !ready {
            self.renew = true;
            return Ok(Step::Renew);
        }
        Ok(Step::Send(
            self.in_flight.iter().map(|l| l.record.clone()).collect(),
        ))
    }

    /// Takes the outcome of [`Step::Renew`]; an error says what stood in the way.
    pub fn renewed(
        &mut self,
        store: &mut Store,
        result: Result<(), Answer>,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.renew = false;
        match result {
            Ok(()) => {
                self.renewed = true;
                Ok(())
            }
            Err(answer) => self.without_token(store, &answer, now),
        }
    }

    /// Takes the outcome of [`Step::Send`].
    pub fn answered(
        &mut self,
        store: &mut Store,
        answer: &Answer,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        if *answer == Answer::Credential && !self.renewed {
            self.renew = true;
            return Ok(());
        }
        self.renewed = false;
        let flown = std::mem::take(&mut self.in_flight);
        if flown.is_empty() {
            return Ok(());
        }
        if flown.iter().any(|one| one.again) {
            return self.asked_again(store, &flown, answer, now);
        }
        let ids: Vec<String> = flown.iter().map(|one| one.record.id.clone()).collect();
        let tries: Vec<u32> = flown.iter().map(|one| one.tries).collect();
        let kind = flown
            .first()
            .map_or(Kind::AuditEvent, |one| one.record.kind);
        let settlements = settle_batch(kind, &ids, &tries, answer);
        if settlements
            .iter()
            .all(|settlement| *settlement == Settlement::OneByOne)
        {
            self.singles = flown.into();
            self.single_failures = 0;
            return Ok(());
        }
        let settled: Vec<(String, Written)> = ids
            .into_iter()
            .zip(&settlements)
            .map(|(id, settlement)| (id, self.written(settlement)))
            .collect();
        store.settle(&settled, now)?;
        self.consider(store, answer, &settlements, now)
    }

    /// There is no token: what waited for it goes back, and nothing is sent for a while.
    fn without_token(
        &mut self,
        store: &mut Store,
        answer: &Answer,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.renewed = false;
        let flown = std::mem::take(&mut self.in_flight);
        let mut reason = None;
        if flown.iter().any(|one| one.again) {
            self.asking = None;
            self.probed = None;
        } else {
            let mut settled = Vec::with_capacity(flown.len());
            for one in flown {
                let id = std::slice::from_ref(&one.record.id);
                let settlements = settle_batch(one.record.kind, id, &[one.tries], answer);
                reason = reason.or(reason_to_wait(&settlements));
                let written = settlements.first().map(|s| self.written(s));
                let released = Written::Released { reason: None };
                settled.push((one.record.id, written.unwrap_or(released)));
            }
            store.settle(&settled, now)?;
        }
        self.pause(store, Pause::All, reason, None, now)
    }

    /// A person, or the network, says that now is the time.
    pub fn hurry(&mut self) {
        self.pause = None;
        self.failures = 0;
    }

    /// Whether the lane pauses, after an answer.
    fn consider(
        &mut self,
        store: &mut Store,
        answer: &Answer,
        settlements: &[Settlement],
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        let good = settlements.iter().any(|settlement| {
            matches!(
                settlement,
                Settlement::Sent { .. } | Settlement::NeedsAttention { .. }
            )
        });
        let asked = match answer {
            Answer::Refused { retry_after, .. } => *retry_after,
            _ => None,
        };
        let all = matches!(answer, Answer::Unreachable | Answer::Credential) || asked.is_some();
        if good {
            self.failures = 0;
            self.single_failures = 0;
            return Ok(());
        }
        self.single_failures = self.single_failures.saturating_add(1);
        if all || self.single_failures >= PATIENCE {
            let kind = if all { Pause::All } else { Pause::Tried };
            self.pause(store, kind, reason_to_wait(settlements), asked, now)?;
        }
        Ok(())
    }

    /// Pauses, longer each time, or as long as the service asked. What was to be sent one by one
    /// goes back, and waits for the same reason.
    fn pause(
        &mut self,
        store: &mut Store,
        kind: Pause,
        reason: Option<WaitReason>,
        asked: Option<Duration>,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        self.single_failures = 0;
        self.failures = self.failures.saturating_add(1);
        let most = LEAST_PAUSE.saturating_mul(1 << self.failures.min(16));
        let drawn = || self.jitter.between(LEAST_PAUSE, most.min(MOST_PAUSE));
        self.pause = Some((kind, now + asked.unwrap_or_else(drawn)));
        let released: Vec<(String, Written)> = self
            .singles
            .drain(..)
            .map(|one| (one.record.id, Written::Released { reason }))
            .collect();
        if !released.is_empty() {
            store.settle(&released, now)?;
        }
        Ok(())
    }

    fn written(&self, settlement: &Settlement) -> Written {
        match settlement {
            Settlement::Sent { receipt } => Written::Sent {
                receipt: receipt.clone(),
            },
            Settlement::NeedsAttention { reason } => Written::NeedsAttention { reason: *reason },
            Settlement::Retry {
                reason,
                most,
                exactly,
            } => Written::Waiting {
                reason: *reason,
                after: exactly.unwrap_or_else(|| self.jitter.between(LEAST_PAUSE, *most)),
            },
            // Only ever said of a whole batch, which was taken apart before.
            Settlement::OneByOne => Written::Released { reason: None },
        }
    }

    /// Sent records that the backend is asked about: the newest from time to time, and after it was
    /// found to have lost one, the ones before, until it has them.
    fn doubtful(
        &mut self,
        store: &mut Store,
        now: DateTime<FixedOffset>,
    ) -> Result<Vec<Leased>, AuditError> {
        let doubt = store.head().doubt.clone();
        if doubt.is_none() && self.probed.is_some_and(|at| now - at < PROBE_EVERY) {
            return Ok(Vec::new());
        }
        self.probed = Some(now);
        let (sent, cut) = store.sent_before(doubt.as_ref(), BATCH_LIMIT)?;
        if doubt.is_none() {
            self.asked = 0;
        }
        self.cut = cut;
        if sent.is_empty() {
            // All have been asked about. The newest are again, when it is time.
            store.set_doubt(None)?;
        }
        self.asking = sent.last().map(|(_, place)| place.clone());
        Ok(sent.into_iter().map(|(leased, _)| leased).collect())
    }

    /// A record that had to be created anew was lost: the ones before it are in doubt.
    fn asked_again(
        &mut self,
        store: &mut Store,
        flown: &[Leased],
        answer: &Answer,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        let asking = self.asking.take();
        let entries: &[EntryAnswer] = match answer {
            Answer::Entries(entries) if entries.len() == flown.len() => entries,
            // Nothing learnt. What was in doubt still is, and is asked about after the pause.
            _ => {
                self.probed = None;
                return self.pause(store, Pause::Tried, None, None, now);
            }
        };
        self.failures = 0;
        let mut lost = false;
        for (one, entry) in flown.iter().zip(entries) {
            match settle(one.record.kind, &one.record.id, one.tries, entry, None) {
                Settlement::Sent { .. } => lost |= entry.status == 201,
                // It gave no receipt this time, so nobody knows that it has the record.
                other => store.dispute(&one.record.id, &self.written(&other), now)?,
            }
        }
        // A note goes alone: one that the backend has says nothing of the records before it.
        self.asked = if lost { 0 } else { self.asked + flown.len() };
        let too_few = self.cut && self.asked < BATCH_LIMIT;
        store.set_doubt(asking.filter(|_| lost || too_few))
    }

    /// A clock that went back would make records wait for a time that was meant to be soon.
    fn notice_clock(
        &mut self,
        store: &mut Store,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        let back = match self.last_seen {
            Some(seen) => now + chrono::Duration::seconds(5) < seen,
            None => store.is_clock_behind(now)?,
        };
        self.last_seen = Some(now);
        if back {
            self.not_before = None;
            self.pause = None;
            self.probed = None;
            store.make_due()?;
        }
        Ok(())
    }
}

/// Why a record of these waits, if one does.
fn reason_to_wait(settlements: &[Settlement]) -> Option<WaitReason> {
    settlements.iter().find_map(|settlement| match settlement {
        Settlement::Retry { reason, .. } => Some(*reason),
        _ => None,
    })
}

fn wait(now: DateTime<FixedOffset>, until: DateTime<FixedOffset>) -> Step {
    Step::Wait(
        (until - now)
            .to_std()
            .unwrap_or_default()
            .max(Duration::from_millis(1)),
    )
}
