//! The rows as a list: what the screen shows of them. It reads, and changes nothing.

use super::{Store, queue, record};
use crate::outbox::WaitReason;
use crate::{AuditError, Entry, EntryState, StoredRecord};
use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, Row};

/// The columns of an entry, in the order in which [`entry`] takes them.
const SHOWN: &str =
    "number, id, state, begun_at, tries, reason, next_try, sent_at, tried_at, version";

impl Store {
    /// The records for the screen: those that need attention first, then the unsent, oldest first,
    /// then the last `sent` that were sent.
    pub fn entries(&self, unsent: u32, sent: u32) -> Result<Vec<Entry>, AuditError> {
        let attention = "WHERE state = 'needs-attention' ORDER BY number LIMIT ?1";
        let mut entries = self.list(attention, u64::from(unsent))?;
        let others = "INDEXED BY record_unsent
             WHERE state <> 'sent' AND state <> 'needs-attention' ORDER BY number LIMIT ?1";
        let room = u64::from(unsent).saturating_sub(entries.len() as u64);
        entries.extend(self.list(others, room)?);
        let newest = "WHERE state = 'sent' ORDER BY sent_at DESC, number DESC LIMIT ?1";
        entries.extend(self.list(newest, u64::from(sent))?);
        Ok(entries)
    }

    /// When the oldest unsent look began.
    pub fn oldest(&self) -> Result<Option<DateTime<FixedOffset>>, AuditError> {
        let first = "SELECT begun_at FROM record INDEXED BY record_unsent
             WHERE state <> 'sent' ORDER BY number LIMIT 1";
        Ok(self
            .connection
            .prepare_cached(first)?
            .query_row([], |row| row.get(0))
            .optional()?)
    }

    /// When the newest look began.
    pub fn newest(&self) -> Result<Option<DateTime<FixedOffset>>, AuditError> {
        Ok(self
            .connection
            .prepare_cached("SELECT begun_at FROM record ORDER BY number DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?)
    }

    /// When the backend last gave a receipt.
    pub fn last_sent(&self) -> Result<Option<DateTime<FixedOffset>>, AuditError> {
        let newest =
            "SELECT sent_at FROM record WHERE state = 'sent' ORDER BY sent_at DESC LIMIT 1";
        Ok(self
            .connection
            .prepare_cached(newest)?
            .query_row([], |row| row.get(0))
            .optional()?)
    }

    /// One record with its resource.
    pub fn stored(&self, id: &str) -> Result<Option<StoredRecord>, AuditError> {
        let Some(row) = self.find(id)? else {
            return Ok(None);
        };
        let entry = self
            .connection
            .prepare_cached(&format!("SELECT {SHOWN} FROM record WHERE id = ?1"))?
            .query_row([id], entry)?;
        let body = match entry.state {
            EntryState::Attempted => None,
            _ => self.body(&row),
        };
        Ok(Some(StoredRecord {
            entry,
            body: body.and_then(|body| String::from_utf8(body).ok()),
        }))
    }

    fn list(&self, clause: &str, limit: u64) -> Result<Vec<Entry>, AuditError> {
        Ok(self
            .connection
            .prepare_cached(&format!("SELECT {SHOWN} FROM record {clause}"))?
            .query_map([i64::try_from(limit).unwrap_or(i64::MAX)], entry)?
            .collect::<Result<_, _>>()?)
    }
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let state = record::state_from(row.get_ref(2)?.as_str().unwrap_or_default())
        .unwrap_or(EntryState::NeedsAttention);
    let next: i64 = row.get(6)?;
    let tried: i64 = row.get(8)?;
    Ok(Entry {
        number: row.get(0)?,
        kind: record::kind_of(row.get(9)?),
        id: row.get(1)?,
        state,
        begun_at: row.get(3)?,
        tries: row.get(4)?,
        reason: row
            .get::<_, Option<String>>(5)?
            .as_deref()
            .and_then(WaitReason::from_name),
        next_try: (state == EntryState::Waiting && next > 0)
            .then(|| queue::moment(next))
            .flatten(),
        sent_at: row.get(7)?,
        tried_at: (tried > 0).then(|| queue::moment(tried)).flatten(),
    })
}
