//! The rows as a queue: taking what is due, writing down what became of it.

use super::record::{Marked, Record, state_name};
use super::{Store, hex};
use crate::failpoint::{Failpoint, failpoint};
use crate::outbox::WaitReason;
use crate::{AuditError, EntryState, Kind, OutgoingRecord, Retention};
use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use rusqlite::{OptionalExtension, params};
use std::time::Duration;

/// How many rows housekeeping takes in one transaction.
const SOME: i64 = 100;

/// A sent record's place: when it was sent, and its number.
pub(crate) type Place = (String, i64);

/// A record handed to the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leased {
    pub record: OutgoingRecord,
    /// How often it was tried, this time included.
    pub tries: u32,
    /// Whether the backend gave a receipt for it before: it is asked whether it still has it.
    pub again: bool,
}

/// What is written down after a try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Written {
    Sent {
        receipt: String,
    },
    Waiting {
        reason: WaitReason,
        after: Duration,
    },
    NeedsAttention {
        reason: WaitReason,
    },
    /// It was not sent by itself after all, because the lane paused: it waits for the lane.
    Released {
        /// Why the lane paused.
        reason: Option<WaitReason>,
    },
}

impl Store {
    /// Takes up to `limit` records whose time has come, as many as go into one call, and marks them as being sent until the lease
    /// ends. While the lane is paused, only those that were never tried.
    pub fn lease(
        &mut self,
        now: DateTime<FixedOffset>,
        lease: Duration,
        limit: usize,
        untried_only: bool,
    ) -> Result<Vec<Leased>, AuditError> {
        let now = now.timestamp_millis();
        let until = now.saturating_add(milliseconds(lease));
        let mut rows = self.select(
            "WHERE state = 'sending' AND (lease_until <= ?1 OR lease_until > ?2)
             ORDER BY number LIMIT ?3",
            // A lease that ends later than one taken now was taken before the clock went back.
            params![now, until, rows(limit)],
        )?;
        let room = limit.saturating_sub(rows.len());
        let latest = if untried_only { 0 } else { now };
        rows.extend(self.select(
            "WHERE state = 'waiting' AND next_try <= ?1 ORDER BY next_try, number LIMIT ?2",
            params![latest, self::rows(room)],
        )?);
        if untried_only {
            rows.retain(|row| row.tries == 0);
        }
        let together = first_call(rows.iter().map(Record::kind));
        rows.truncate(together);
        let mut leased = Vec::with_capacity(rows.len());
        let mut taken = Vec::with_capacity(rows.len());
        let mut unreadable = Vec::new();
        for row in rows {
            let body = self.body(&row);
            match body.and_then(|body| String::from_utf8(body).ok()) {
                Some(body) => {
                    let was = self.mark(row);
                    let is = Record {
                        state: state_name(EntryState::Sending).to_owned(),
                        lease_until: Some(until),
                        tried_at: now,
                        tries: was.record.tries.saturating_add(1),
                        ..was.record.clone()
                    };
                    leased.push(Leased {
                        record: OutgoingRecord {
                            kind: is.kind(),
                            id: is.id.clone(),
                            body,
                        },
                        tries: is.tries,
                        again: false,
                    });
                    taken.push((was, is));
                }
                None => unreadable.push(row),
            }
        }
        for row in unreadable {
            self.set_aside(row)?;
        }
        self.leased.clear();
        if !taken.is_empty() {
            let rows: Vec<Marked> = self.change(|change| {
                taken
                    .into_iter()
                    .map(|(was, is)| change.replace(&was, is))
                    .collect()
            })?;
            let by_id = rows.into_iter().map(|row| (row.record.id.clone(), row));
            self.leased = by_id.collect();
            failpoint(Failpoint::LeaseAfterCommit);
        }
        Ok(leased)
    }

    /// Writes down what became of records that were being sent, all in one transaction. One that is
    /// in another state by now is left as it is.
    pub fn settle(
        &mut self,
        settled: &[(String, Written)],
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        let mut changes = Vec::with_capacity(settled.len());
        for (id, written) in settled {
            let was = match self.leased.remove(id) {
                Some(leased) => leased,
                None => match self.find(id)? {
                    Some(row) if row.state() == Some(EntryState::Sending) => self.mark(row),
                    _ => continue,
                },
            };
            let is = after(&was.record, written, now);
            changes.push((was, is));
        }
        self.change(|change| {
            for (was, is) in changes {
                change.replace(&was, is)?;
            }
            failpoint(Failpoint::SettleBeforeCommit);
            Ok(())
        })?;
        failpoint(Failpoint::SettleAfterCommit);
        Ok(())
    }

    /// The resource of a row, or `None` if it cannot be unsealed.
    pub(super) fn body(&self, row: &Record) -> Option<Vec<u8>> {
        let version = u8::try_from(row.version).ok()?;
        self.unseal(&row.id, version, &row.body).ok()
    }

    /// Makes every waiting record due now. That changes no evidence.
    pub fn make_due(&mut self) -> Result<(), AuditError> {
        self.connection.execute(
            "UPDATE record SET next_try = 0 WHERE state = 'waiting' AND next_try > 0",
            [],
        )?;
        Ok(())
    }

    /// Whether a record waits for a time that was set by a clock that has gone back since.
    pub fn is_clock_behind(&self, now: DateTime<FixedOffset>) -> Result<bool, AuditError> {
        let latest = "SELECT tried_at FROM record WHERE state = 'waiting'
                      ORDER BY next_try DESC, number DESC LIMIT 1";
        let tried: Option<i64> = self
            .connection
            .prepare_cached(latest)?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(tried.is_some_and(|at| at > now.timestamp_millis()))
    }

    /// When the next record is due: a waiting one, or one whose lease ends.
    pub fn next_due(&self) -> Result<Option<DateTime<FixedOffset>>, AuditError> {
        let of = |sql: &str| {
            self.connection
                .prepare_cached(sql)?
                .query_row([], |row| row.get::<_, Option<i64>>(0))
                .optional()
                .map(Option::flatten)
        };
        let waiting = of(
            "SELECT next_try FROM record WHERE state = 'waiting' ORDER BY next_try, number LIMIT 1",
        )?;
        let sending = of("SELECT min(lease_until) FROM record WHERE state = 'sending'")?;
        let first = match (waiting, sending) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Ok(first.and_then(moment))
    }

    /// Puts a record that needs attention back in the queue, because a person asked for it.
    pub fn try_again(&mut self, id: &str) -> Result<(), AuditError> {
        let was = self
            .find(id)?
            .filter(|row| row.state() == Some(EntryState::NeedsAttention) && row.version != 1)
            .ok_or(AuditError::WrongState)?;
        let was = self.mark(was);
        let is = Record {
            next_try: 0,
            ..waiting_again(&was.record)
        };
        self.change(|change| change.replace(&was, is).map(drop))
    }

    /// Sent records to ask the backend about in one call, newest first, before a time and number, and
    /// whether there would be more of them if a note did not go alone.
    pub fn sent_before(
        &self,
        before: Option<&Place>,
        limit: usize,
    ) -> Result<(Vec<(Leased, Place)>, bool), AuditError> {
        let (at, number) = before
            .cloned()
            .unwrap_or_else(|| ("9999".to_owned(), i64::MAX));
        let found = self.select(
            "WHERE state = 'sent' AND (sent_at, number) < (?1, ?2)
             ORDER BY sent_at DESC, number DESC LIMIT ?3",
            params![at, number, rows(limit)],
        )?;
        let mut sent = Vec::with_capacity(found.len());
        for row in found {
            let body = self.body(&row);
            let Some(body) = body.and_then(|body| String::from_utf8(body).ok()) else {
                continue;
            };
            let leased = Leased {
                record: OutgoingRecord {
                    kind: row.kind(),
                    id: row.id,
                    body,
                },
                tries: row.tries,
                again: true,
            };
            sent.push((leased, (row.sent_at.unwrap_or_default(), row.number)));
        }
        let together = first_call(sent.iter().map(|(leased, _)| leased.record.kind));
        let cut = together < sent.len();
        sent.truncate(together);
        Ok((sent, cut))
    }

    /// Writes down from where on backwards the backend must still be asked; `None`: it has all.
    pub fn set_doubt(&mut self, doubt: Option<Place>) -> Result<(), AuditError> {
        if self.head.doubt == doubt {
            return Ok(());
        }
        self.change(|change| {
            change.head.doubt = doubt;
            Ok(())
        })
    }

    /// A record of which the backend, asked again, gave no receipt: it waits again, or somebody must
    /// look.
    pub fn dispute(
        &mut self,
        id: &str,
        written: &Written,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        let was = self
            .find(id)?
            .filter(|row| row.state() == Some(EntryState::Sent));
        let Some(was) = was else { return Ok(()) };
        let was = self.mark(was);
        let is = after(&was.record, written, now);
        self.change(|change| change.replace(&was, is).map(drop))
    }

    /// Lets the oldest rows go that were sent longer ago than the retention time, some at a time.
    /// Returns how many went.
    pub fn prune(&mut self, now: DateTime<FixedOffset>) -> Result<usize, AuditError> {
        let Retention(days) = self.retention;
        let before = now - chrono::Duration::days(i64::from(days));
        let rows = self.select("ORDER BY number LIMIT ?1", [SOME])?;
        let over = |row: &&Record| {
            row.state() == Some(EntryState::Sent)
                && row
                    .sent_at
                    .as_deref()
                    .and_then(|at| DateTime::parse_from_rfc3339(at).ok())
                    .is_some_and(|at| at < before)
        };
        let old: Vec<Record> = rows.iter().take_while(over).cloned().collect();
        // Records may have been concluded in another order than they were begun: what goes must
        // be a whole piece of the chain.
        let (mut newest, mut links, mut whole) = (self.head.base_sequence, 0, 0);
        for (place, row) in old.iter().enumerate() {
            if let Some(sequence) = row.sequence {
                newest = newest.max(sequence);
                links += 1;
            }
            if newest - self.head.base_sequence == links {
                whole = place + 1;
            }
        }
        let gone = &old[..whole];
        let Some(number) = gone.last().map(|row| row.number) else {
            return Ok(0);
        };
        let newest = gone.iter().filter(|row| row.sequence.is_some());
        let base = newest
            .max_by_key(|row| row.sequence)
            .map(|row| self.place_in_chain(row))
            .transpose()?;
        self.change(|change| {
            for row in gone {
                change.remove(row)?;
            }
            change.head.base_number = number;
            if let Some((sequence, hash)) = base {
                change.head.base_sequence = sequence;
                change.head.base_hash = hash;
            }
            Ok(())
        })?;
        Ok(gone.len())
    }

    /// A concluded record's place in the chain, and its hash.
    fn place_in_chain(&self, row: &Record) -> Result<(i64, String), AuditError> {
        let body = self.body(row).ok_or(AuditError::Unreadable)?;
        let event = serde_json::from_slice(&body).map_err(|_| AuditError::Unreadable)?;
        let bare = cpis_fhir::canonical_json(&cpis_fhir::without_own_hash(event));
        let hash = hex(&self.identity.protection.chain_hash(&bare));
        Ok((row.sequence.ok_or(AuditError::Unreadable)?, hash))
    }
}

/// How many records, from the first on, go into one call: several looks, or one note.
fn first_call(mut kinds: impl Iterator<Item = Kind>) -> usize {
    match kinds.next() {
        Some(Kind::AuditEvent) => 1 + kinds.take_while(|kind| *kind == Kind::AuditEvent).count(),
        Some(Kind::Communication) => 1,
        None => 0,
    }
}

/// The row as it waits again after a try that did not end.
pub(super) fn waiting_again(was: &Record) -> Record {
    Record {
        state: state_name(EntryState::Waiting).to_owned(),
        lease_until: None,
        ..was.clone()
    }
}

fn after(was: &Record, written: &Written, now: DateTime<FixedOffset>) -> Record {
    let mut is = waiting_again(was);
    match written {
        Written::Sent { receipt } => {
            state_name(EntryState::Sent).clone_into(&mut is.state);
            is.receipt = Some(receipt.clone());
            // In UTC, so that the text sorts as the time does.
            is.sent_at = Some(
                now.with_timezone(&Utc)
                    .to_rfc3339_opts(SecondsFormat::Millis, false),
            );
            is.reason = None;
        }
        Written::Waiting { reason, after } => {
            is.next_try = now.timestamp_millis().saturating_add(milliseconds(*after));
            is.set_reason(*reason);
        }
        Written::NeedsAttention { reason } => {
            state_name(EntryState::NeedsAttention).clone_into(&mut is.state);
            is.set_reason(*reason);
        }
        Written::Released { reason } => {
            if let Some(reason) = reason {
                is.set_reason(*reason);
            }
        }
    }
    is
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

pub(super) fn moment(milliseconds: i64) -> Option<DateTime<FixedOffset>> {
    DateTime::from_timestamp_millis(milliseconds).map(|at| at.fixed_offset())
}
