//! The database file of the audit trail. One thread owns it (see the `trail` module).
//!
//! # What is kept
//!
//! One row for each look, from its beginning, for good: this version deletes no row. A row holds,
//! in clear, the look's id, its state, when it began, how often and why sending failed, when it was
//! sent and the receipt. Who looked at whom is in `body`, sealed under a key of the vault with the
//! row's id and version as associated data: version 1 the look as attempted, version 2 the
//! AuditEvent as it is sent. The table `head` holds the sequence number and hash of the newest
//! record of the chain.
//!
//! # What is dropped
//!
//! Version 1 of a body, in the transaction that writes version 2. Nothing else: no refusal, no age,
//! no limit removes a row. A full trail refuses new looks.
//!
//! # What is durable when
//!
//! WAL with `synchronous=FULL`, read back at every start: when a call returns, its transaction has
//! been synced to the disk. Payload and state change in one transaction. Whether a transaction
//! whose call failed was committed is decided by looking the row up by id, never by writing anew.

use crate::outbox::WaitReason;
use crate::{AuditError, Look, OutgoingRecord, Protection, RowAddress, ViewId};
use chrono::{DateTime, FixedOffset};
use cpis_fhir::{AuditOutcome, ChainLink, Workstation};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior, params};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The newest schema this program knows.
const SCHEMA: i64 = 1;

/// Each entry takes the schema one step further. A step never deletes a row of `record`.
const MIGRATIONS: [&str; SCHEMA as usize] = ["
    CREATE TABLE record (
        number      INTEGER PRIMARY KEY AUTOINCREMENT,
        id          TEXT NOT NULL UNIQUE,
        state       TEXT NOT NULL
                    CHECK (state IN ('attempted', 'waiting', 'sending', 'sent', 'needs-attention')),
        begun_at    TEXT NOT NULL,
        version     INTEGER NOT NULL,
        body        BLOB NOT NULL,
        sequence    INTEGER UNIQUE,
        tries       INTEGER NOT NULL DEFAULT 0,
        next_try    INTEGER NOT NULL DEFAULT 0,
        lease_until INTEGER,
        reason      TEXT,
        receipt     TEXT,
        sent_at     TEXT
    ) STRICT;
    CREATE INDEX record_due ON record (state, next_try);
    CREATE TABLE head (
        one      INTEGER PRIMARY KEY CHECK (one = 1),
        sequence INTEGER NOT NULL,
        hash     TEXT NOT NULL
    ) STRICT;
    INSERT INTO head (one, sequence, hash)
        VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
"];

/// How many unsent records the trail may hold (policy `audit.capacity`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity(pub u32);

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// The look has begun and not ended.
    Attempted,
    /// Concluded, waiting to be sent.
    Waiting,
    /// Being sent.
    Sending,
    /// The backend gave a receipt.
    Sent,
    /// The backend refused it.
    NeedsAttention,
}

/// How many records are where. Computed from the rows at each call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Begun and not ended.
    pub attempted: u32,
    /// Waiting or being sent.
    pub waiting: u32,
    /// Needing attention.
    pub needs_attention: u32,
    /// Sent.
    pub sent: u32,
}

/// One record, without what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The look's id.
    pub id: String,
    /// Where it is.
    pub state: EntryState,
    /// When the look began.
    pub begun_at: DateTime<FixedOffset>,
    /// How often sending was tried.
    pub tries: u32,
    /// Why it is not sent, after a try.
    pub reason: Option<WaitReason>,
    /// When the next try is due, for a waiting record.
    pub next_try: Option<DateTime<FixedOffset>>,
    /// When the backend gave its receipt.
    pub sent_at: Option<DateTime<FixedOffset>>,
}

/// A record handed to the sender.
pub(crate) struct Leased {
    pub record: OutgoingRecord,
    pub tries: u32,
}

/// What the writer writes down after a try.
pub(crate) enum Written {
    Sent { receipt: String },
    Waiting { reason: WaitReason, after: Duration },
    NeedsAttention { reason: WaitReason },
}

pub(crate) struct Store {
    connection: Connection,
    protection: Arc<dyn Protection>,
    workstation: Workstation,
    backend: String,
    capacity: Capacity,
}

impl Store {
    pub(crate) fn open(
        file: &Path,
        protection: Arc<dyn Protection>,
        workstation: Workstation,
        backend: String,
        capacity: Capacity,
    ) -> Result<Self, AuditError> {
        let mut connection = Connection::open(file).map_err(|e| AuditError::Open {
            path: file.to_owned(),
            reason: e.to_string(),
        })?;
        make_durable(&connection)?;
        migrate(&mut connection)?;
        Ok(Self {
            connection,
            protection,
            workstation,
            backend,
            capacity,
        })
    }

    pub(crate) fn begin(&mut self, look: &Look) -> Result<(), AuditError> {
        let Capacity(capacity) = self.capacity;
        let id = look.id.to_string();
        let body = self.seal(&id, 1, &look.to_bytes())?;
        let write = self.write()?;
        let unsent: u32 = write.query_row(
            "SELECT count(*) FROM record WHERE state <> 'sent'",
            [],
            |r| r.get(0),
        )?;
        if unsent >= capacity {
            return Err(AuditError::Full(capacity));
        }
        write.execute(
            "INSERT INTO record (id, state, begun_at, version, body)
             VALUES (?1, 'attempted', ?2, 1, ?3)",
            params![id, look.at.to_rfc3339(), body],
        )?;
        write.commit()?;
        Ok(())
    }

    /// Concludes one look: the record gets its place in the chain and waits to be sent.
    pub(crate) fn conclude(
        &mut self,
        view: ViewId,
        outcome: &AuditOutcome,
    ) -> Result<(), AuditError> {
        let id = view.to_string();
        let attempted: Option<Vec<u8>> = self
            .connection
            .query_row(
                "SELECT body FROM record WHERE id = ?1 AND state = 'attempted' AND version = 1",
                [&id],
                |row| row.get(0),
            )
            .optional()?;
        let look =
            Look::from_bytes(&self.unseal(&id, 1, &attempted.ok_or(AuditError::WrongState)?)?)?;
        let (sequence, previous): (u64, String) =
            self.connection
                .query_row("SELECT sequence, hash FROM head", [], |row| {
                    Ok((row.get::<_, i64>(0)?.unsigned_abs(), row.get(1)?))
                })?;
        let sequence = sequence + 1;
        let chain = ChainLink { sequence, previous };
        let record = look.record(
            *outcome,
            self.workstation.clone(),
            self.backend.clone(),
            chain,
        );
        let event = cpis_fhir::write_audit_event(&record);
        let hash = hex(&self
            .protection
            .chain_hash(&cpis_fhir::canonical_json(&event)));
        let event = cpis_fhir::with_own_hash(event, &hash);
        let body = self.seal(&id, 2, &cpis_fhir::canonical_json(&event))?;
        let number = i64::try_from(sequence).map_err(|_| AuditError::WrongState)?;
        let write = self.write()?;
        write.execute(
            "UPDATE record SET state = 'waiting', version = 2, body = ?2, sequence = ?3
             WHERE id = ?1 AND state = 'attempted'",
            params![id, body, number],
        )?;
        write.execute(
            "UPDATE head SET sequence = ?1, hash = ?2",
            params![number, hash],
        )?;
        write.commit()?;
        Ok(())
    }

    /// Puts right what a crash left: a look that only began is concluded as attempted, a record
    /// that was being sent waits again. Returns how many looks were concluded.
    pub(crate) fn recover(&mut self) -> Result<u32, AuditError> {
        self.connection.execute(
            "UPDATE record SET state = 'waiting', lease_until = NULL WHERE state = 'sending'",
            [],
        )?;
        let begun: Vec<String> = self
            .connection
            .prepare("SELECT id FROM record WHERE state = 'attempted' ORDER BY number")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let mut concluded = 0;
        for id in begun {
            let view = ViewId::parse(&id).ok_or(AuditError::Unreadable)?;
            match self.conclude(view, &AuditOutcome::Attempted) {
                Ok(()) => concluded += 1,
                // One damaged row must not keep the others from leaving; it stays, and is counted.
                Err(AuditError::Unreadable) => self.set_aside(&id)?,
                Err(other) => return Err(other),
            }
        }
        Ok(concluded)
    }

    /// Takes up to `limit` records whose time has come and marks them as being sent until the
    /// lease ends.
    pub(crate) fn lease(
        &mut self,
        now: DateTime<FixedOffset>,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<Leased>, AuditError> {
        let now = now.timestamp_millis();
        let until = now.saturating_add(milliseconds(lease));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let write = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rows: Vec<(String, Vec<u8>, u32)> = write
            .prepare(
                "SELECT id, body, tries FROM record
                 WHERE (state = 'waiting' AND next_try <= ?1)
                    OR (state = 'sending' AND lease_until <= ?1)
                 ORDER BY number LIMIT ?2",
            )?
            .query_map(params![now, limit], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })?
            .collect::<Result<_, _>>()?;
        for (id, _, _) in &rows {
            write.execute(
                "UPDATE record SET state = 'sending', lease_until = ?2, tries = tries + 1
                 WHERE id = ?1",
                params![id, until],
            )?;
        }
        write.commit()?;
        let mut leased = Vec::with_capacity(rows.len());
        for (id, body, tries) in rows {
            match self
                .unseal(&id, 2, &body)
                .ok()
                .and_then(|b| String::from_utf8(b).ok())
            {
                Some(body) => {
                    leased.push(Leased {
                        record: OutgoingRecord { id, body },
                        tries: tries + 1,
                    });
                }
                None => self.set_aside(&id)?,
            }
        }
        Ok(leased)
    }

    /// Writes down what became of a record that was being sent.
    pub(crate) fn settle(
        &mut self,
        id: &str,
        written: &Written,
        now: DateTime<FixedOffset>,
    ) -> Result<(), AuditError> {
        let changed = match written {
            Written::Sent { receipt } => self.connection.execute(
                "UPDATE record SET state = 'sent', receipt = ?2, sent_at = ?3, lease_until = NULL,
                        reason = NULL WHERE id = ?1 AND state = 'sending'",
                params![id, receipt, now.to_rfc3339()],
            )?,
            Written::Waiting { reason, after } => self.connection.execute(
                "UPDATE record SET state = 'waiting', next_try = ?2, reason = ?3,
                        lease_until = NULL WHERE id = ?1 AND state = 'sending'",
                params![
                    id,
                    now.timestamp_millis().saturating_add(milliseconds(*after)),
                    reason.name()
                ],
            )?,
            Written::NeedsAttention { reason } => self.connection.execute(
                "UPDATE record SET state = 'needs-attention', reason = ?2, lease_until = NULL
                 WHERE id = ?1 AND state = 'sending'",
                params![id, reason.name()],
            )?,
        };
        if changed == 1 {
            Ok(())
        } else {
            Err(AuditError::WrongState)
        }
    }

    /// Makes every waiting record due now.
    pub(crate) fn make_due(&mut self) -> Result<(), AuditError> {
        self.connection
            .execute("UPDATE record SET next_try = 0 WHERE state = 'waiting'", [])?;
        Ok(())
    }

    /// Puts a record that needs attention back in the queue, because a person asked for it.
    pub(crate) fn try_again(&mut self, id: &str) -> Result<(), AuditError> {
        let changed = self.connection.execute(
            "UPDATE record SET state = 'waiting', next_try = 0
             WHERE id = ?1 AND state = 'needs-attention' AND version = 2",
            [id],
        )?;
        if changed == 1 {
            Ok(())
        } else {
            Err(AuditError::WrongState)
        }
    }

    /// When the next record is due; `None` when nothing waits.
    pub(crate) fn next_due(&self) -> Result<Option<DateTime<FixedOffset>>, AuditError> {
        let due: Option<i64> = self.connection.query_row(
            "SELECT min(CASE state WHEN 'waiting' THEN next_try ELSE lease_until END)
             FROM record WHERE state IN ('waiting', 'sending')",
            [],
            |row| row.get(0),
        )?;
        Ok(due.and_then(moment))
    }

    pub(crate) fn counts(&self) -> Result<Counts, AuditError> {
        let mut counts = Counts::default();
        let mut statement = self
            .connection
            .prepare("SELECT state, count(*) FROM record GROUP BY state")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let number: u32 = row.get(1)?;
            match row.get_ref(0)?.as_str().unwrap_or_default() {
                "attempted" => counts.attempted += number,
                "waiting" | "sending" => counts.waiting += number,
                "needs-attention" => counts.needs_attention += number,
                _ => counts.sent += number,
            }
        }
        Ok(counts)
    }

    /// The records for the screen: those that need attention first, then the unsent, oldest first,
    /// then the last `sent` that were sent.
    pub(crate) fn entries(&self, unsent: u32, sent: u32) -> Result<Vec<Entry>, AuditError> {
        let columns = "id, state, begun_at, tries, reason, next_try, sent_at";
        let mut entries: Vec<Entry> = self
            .connection
            .prepare(&format!(
                "SELECT {columns} FROM record WHERE state <> 'sent'
                 ORDER BY state <> 'needs-attention', number LIMIT ?1"
            ))?
            .query_map([unsent], entry)?
            .collect::<Result<_, _>>()?;
        let delivered: Vec<Entry> = self
            .connection
            .prepare(&format!(
                "SELECT {columns} FROM record WHERE state = 'sent' ORDER BY number DESC LIMIT ?1"
            ))?
            .query_map([sent], entry)?
            .collect::<Result<_, _>>()?;
        entries.extend(delivered);
        Ok(entries)
    }

    fn write(&mut self) -> Result<rusqlite::Transaction<'_>, AuditError> {
        Ok(self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?)
    }

    fn set_aside(&mut self, id: &str) -> Result<(), AuditError> {
        self.connection.execute(
            "UPDATE record SET state = 'needs-attention', reason = ?2, lease_until = NULL
             WHERE id = ?1",
            params![id, WaitReason::Unreadable.name()],
        )?;
        Ok(())
    }

    fn seal(&self, id: &str, version: u8, plain: &[u8]) -> Result<Vec<u8>, AuditError> {
        let row = RowAddress { id, version };
        self.protection
            .seal(row, plain)
            .map_err(|_| AuditError::Unreadable)
    }

    fn unseal(&self, id: &str, version: u8, sealed: &[u8]) -> Result<Vec<u8>, AuditError> {
        let row = RowAddress { id, version };
        self.protection
            .open(row, sealed)
            .map_err(|_| AuditError::Unreadable)
    }
}

/// FULL, not NORMAL: with NORMAL a power cut loses committed records. `fullfsync` makes macOS write
/// through the drive's cache. What SQLite took is read back, since it ignores what it does not know.
fn make_durable(connection: &Connection) -> Result<(), AuditError> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if !journal.eq_ignore_ascii_case("wal") {
        return Err(AuditError::NotDurable("journal_mode=WAL"));
    }
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if synchronous != 2 {
        return Err(AuditError::NotDurable("synchronous=FULL"));
    }
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), AuditError> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA {
        return Err(AuditError::NewerSchema {
            found,
            known: SCHEMA,
        });
    }
    for (step, sql) in (1..).zip(MIGRATIONS).filter(|(step, _)| *step > found) {
        let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        write.execute_batch(sql)?;
        write.pragma_update(None, "user_version", step)?;
        write.commit()?;
    }
    Ok(())
}

fn entry(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let state = match row.get_ref(1)?.as_str().unwrap_or_default() {
        "attempted" => EntryState::Attempted,
        "waiting" => EntryState::Waiting,
        "sending" => EntryState::Sending,
        "needs-attention" => EntryState::NeedsAttention,
        _ => EntryState::Sent,
    };
    let next: i64 = row.get(5)?;
    Ok(Entry {
        id: row.get(0)?,
        state,
        begun_at: row.get(2)?,
        tries: row.get(3)?,
        reason: row
            .get::<_, Option<String>>(4)?
            .as_deref()
            .and_then(WaitReason::from_name),
        next_try: (state == EntryState::Waiting && next > 0)
            .then(|| moment(next))
            .flatten(),
        sent_at: row.get(6)?,
    })
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn moment(milliseconds: i64) -> Option<DateTime<FixedOffset>> {
    DateTime::from_timestamp_millis(milliseconds).map(|at| at.fixed_offset())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
