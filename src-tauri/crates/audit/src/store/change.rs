//! One transaction on the ledger: rows and head change together or not at all.

use super::record::{Head, Marked, Record};
use crate::{AuditError, Counts, EntryState, Protection};
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::sync::Arc;

/// A transaction under way.
pub(crate) struct Change<'a> {
    write: Transaction<'a>,
    keys: &'a dyn Protection,
    pub head: Head,
    counts: Counts,
}

impl<'a> Change<'a> {
    pub fn begin(
        connection: &'a mut Connection,
        keys: &'a dyn Protection,
        head: Head,
        counts: Counts,
    ) -> Result<Self, AuditError> {
        let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        Ok(Self {
            write,
            keys,
            head,
            counts,
        })
    }

    /// Adds a row with the next number.
    pub fn insert(&mut self, mut record: Record) -> Result<Marked, AuditError> {
        record.number = self.head.begun + 1;
        self.write
            .prepare_cached(
                "INSERT INTO record (number, id, state, begun_at, version, look, sequence, tries,
                    next_try, lease_until, tried_at, reason, receipt, sent_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
            )?
            .execute(params![
                record.number,
                record.id,
                record.state,
                record.begun_at,
                record.version,
                look(&record),
                record.sequence,
                record.tries,
                record.next_try,
                record.lease_until,
                record.tried_at,
                record.reason,
                record.receipt,
                record.sent_at,
            ])?;
        self.write_body(&record)?;
        self.head.begun = record.number;
        self.count(&record, true);
        let is = record.marked(self.keys);
        self.head.toggle(&is.fingerprint);
        Ok(is)
    }

    /// Puts a row in the place of what it was.
    pub fn replace(&mut self, was: &Marked, is: Record) -> Result<Marked, AuditError> {
        let changed = self
            .write
            .prepare_cached(
                "UPDATE record SET state = ?2, version = ?3, look = ?4, sequence = ?5, tries = ?6,
                    next_try = ?7, lease_until = ?8, tried_at = ?9, reason = ?10, receipt = ?11,
                    sent_at = ?12
                 WHERE number = ?1 AND state = ?13",
            )?
            .execute(params![
                is.number,
                is.state,
                is.version,
                look(&is),
                is.sequence,
                is.tries,
                is.next_try,
                is.lease_until,
                is.tried_at,
                is.reason,
                is.receipt,
                is.sent_at,
                was.record.state,
            ])?;
        if changed != 1 {
            return Err(AuditError::WrongState);
        }
        self.head.toggle(&was.fingerprint);
        self.count(&was.record, false);
        self.count(&is, true);
        let is = if Arc::ptr_eq(&was.record.body, &is.body) {
            is.marked_with(was.body_code, self.keys)
        } else {
            self.write_body(&is)?;
            is.marked(self.keys)
        };
        self.head.toggle(&is.fingerprint);
        Ok(is)
    }

    /// Writes a body that does not stand in the row itself. One that somebody put there before is
    /// overwritten.
    fn write_body(&self, record: &Record) -> Result<(), AuditError> {
        if look(record).is_none() {
            self.write
                .prepare_cached("INSERT OR REPLACE INTO body (record, sealed) VALUES (?1, ?2)")?
                .execute(params![record.number, record.body])?;
        }
        Ok(())
    }

    /// Lets a row go whose retention time is over.
    pub fn remove(&mut self, record: &Record) -> Result<(), AuditError> {
        self.write
            .prepare_cached("DELETE FROM record WHERE number = ?1 AND state = 'sent'")?
            .execute([record.number])?;
        self.write
            .prepare_cached("DELETE FROM body WHERE record = ?1")?
            .execute([record.number])?;
        self.head.toggle(&record.fingerprint(self.keys));
        self.count(record, false);
        Ok(())
    }

    /// Writes down what an examination found.
    pub fn note(&mut self, at: &str, what: &str) -> Result<(), AuditError> {
        self.write.execute(
            "INSERT INTO finding (at, what) VALUES (?1, ?2)",
            params![at, what],
        )?;
        Ok(())
    }

    /// Commits. When this returns, rows and head are on the disk.
    pub fn commit(self) -> Result<(Head, Counts), AuditError> {
        let Self {
            write,
            keys,
            mut head,
            counts,
        } = self;
        head.revision += 1;
        save(&write, &head, keys)?;
        write.commit()?;
        Ok((head, counts))
    }

    fn count(&mut self, record: &Record, more: bool) {
        let figure = match record.state() {
            Some(EntryState::Attempted) => &mut self.counts.attempted,
            Some(EntryState::Waiting | EntryState::Sending) => &mut self.counts.waiting,
            Some(EntryState::NeedsAttention) => &mut self.counts.needs_attention,
            Some(EntryState::Sent) => &mut self.counts.sent,
            None => return,
        };
        *figure = if more {
            figure.saturating_add(1)
        } else {
            figure.saturating_sub(1)
        };
    }
}

/// The body of a look under way, which stands in the row.
fn look(record: &Record) -> Option<&[u8]> {
    (record.version == 1).then_some(&record.body)
}

/// Writes the head with the code that authenticates it.
pub(crate) fn save(
    connection: &Connection,
    head: &Head,
    keys: &dyn Protection,
) -> Result<(), AuditError> {
    connection
        .prepare_cached(
            "UPDATE head SET sequence = ?1, hash = ?2, revision = ?3, begun = ?4, base_number = ?5,
                base_sequence = ?6, base_hash = ?7, sum = ?8, witnessed = ?9, doubt_at = ?10,
                doubt_number = ?11, code = ?12",
        )?
        .execute(params![
            head.sequence,
            head.hash,
            head.revision,
            head.begun,
            head.base_number,
            head.base_sequence,
            head.base_hash,
            head.sum,
            head.witnessed,
            head.doubt.as_ref().map(|(at, _)| at),
            head.doubt.as_ref().map(|(_, number)| number),
            head.code(keys),
        ])?;
    Ok(())
}

/// The head as it is written, and whether its code is right.
pub(crate) fn load(
    connection: &Connection,
    keys: &dyn Protection,
) -> Result<(Head, bool), AuditError> {
    let found = connection
        .query_row(
            "SELECT sequence, hash, revision, begun, base_number, base_sequence, base_hash, sum,
                witnessed, doubt_at, doubt_number, code FROM head",
            [],
            |row| {
                let sum: Vec<u8> = row.get(7)?;
                let doubt: Option<String> = row.get(9)?;
                let doubt_number: Option<i64> = row.get(10)?;
                let head = Head {
                    sequence: row.get(0)?,
                    hash: row.get(1)?,
                    revision: row.get(2)?,
                    begun: row.get(3)?,
                    base_number: row.get(4)?,
                    base_sequence: row.get(5)?,
                    base_hash: row.get(6)?,
                    sum: sum.try_into().unwrap_or_default(),
                    witnessed: row.get(8)?,
                    doubt: doubt.zip(doubt_number),
                };
                Ok((head, row.get::<_, Vec<u8>>(11)?))
            },
        )
        .optional()?;
    let (head, code) = found.ok_or(AuditError::Damaged)?;
    let right = head.code(keys).as_slice() == code.as_slice();
    Ok((head, right))
}
