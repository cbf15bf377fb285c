//! The database file of the audit trail. One thread owns it (see the `trail` module).
//!
//! # What is kept
//!
//! One row in the table `record` for each look, from its beginning, and for each note to a local
//! authority. A row holds, in clear, the id, its state, when it began, how often and why sending failed, when it was sent and the receipt.
//! Who looked at whom is in its body, sealed under a key of the vault with the row's id and version as
//! associated data: version 1 the look as attempted, which stands in the row (`look`), version 2 the
//! AuditEvent as it is sent, which stands in the table `body` so that sending it writes small rows
//! only. The table `head` stands for all rows with their bodies (see `record`). The table `finding`
//! keeps what an examination found.
//!
//! # What is dropped
//!
//! - Version 1 of a body, in the transaction that writes version 2.
//! - A row that the backend gave a receipt for, once the retention time of policy is over since
//!   then, oldest first: the head keeps the place and hash that the rest of the chain follows.
//!
//! Nothing else: no refusal, no age, no limit removes a row. A full trail refuses new looks.
//!
//! # What is durable when
//!
//! WAL with `synchronous=FULL`, read back at every start: when a call returns, its transaction has
//! been synced to the disk. Payload, state and head change in one transaction. Whether a transaction
//! whose call failed was committed is decided by looking at the file, never by writing anew.

mod change;
mod listing;
mod older;
mod queue;
mod record;
mod schema;

pub(crate) use change::load as load_head;
pub(crate) use older::select;
pub(crate) use queue::{Leased, Place, Written};
use record::Marked;
pub(crate) use record::{Head, Record, SELECT, SELECT_LOOK};
pub(crate) use schema::{SCHEMA, version as schema_version};

use crate::examination::{self, Finding};
use crate::failpoint::{Failpoint, failpoint};
use crate::outbox::WaitReason;
use crate::witness::Testimony;
use crate::{
    AuditError, Capacity, Counts, EntryState, Look, Protection, Retention, RowAddress, ViewId,
};
use change::Change;
use chrono::{DateTime, FixedOffset};
use cpis_fhir::{AuditOutcome, ChainLink, HashedAuditEvent, NoteToAuthority, Workstation};
use record::state_name;
use rusqlite::Connection;
use std::collections::HashMap;
use std::sync::Arc;

/// The version of a body that was taken over from a damaged file: an AuditEvent outside the chain.
pub(crate) const TAKEN_IN: u8 = 3;
/// The version of a body that is a note to a local authority: a Communication outside the chain.
pub(crate) const NOTE: u8 = 4;

/// What the rows are sealed with and say of this computer.
#[derive(Clone)]
pub(crate) struct Identity {
    pub protection: Arc<dyn Protection>,
    pub workstation: Workstation,
    pub backend: String,
}

pub(crate) struct Store {
    connection: Connection,
    identity: Identity,
    capacity: Capacity,
    retention: Retention,
    head: Head,
    counts: Counts,
    /// Looks that began in this run, so that they are not read back when they end. The file is what
    /// counts: what is not here is read from there.
    begun: HashMap<ViewId, (Marked, Look)>,
    /// Records that were handed out last, by their ids, for the same reason.
    leased: HashMap<String, Marked>,
}

impl Store {
    /// Opens the tables, or makes them. Reads the head and counts the rows, and no more, unless they
    /// are of an older program. Returns what is not as it was written; that is written down.
    pub fn open(
        mut connection: Connection,
        identity: Identity,
        capacity: Capacity,
        retention: Retention,
        witness: Option<&Testimony>,
        now: DateTime<FixedOffset>,
    ) -> Result<(Self, Vec<Finding>), AuditError> {
        schema::refuse_newer(&connection)?;
        schema::make_durable(&connection)?;
        schema::plan_once(&connection)?;
        let keys = identity.protection.as_ref();
        let migrated = schema::migrate(
            &mut connection,
            |rows, schema| older::examine(rows, schema, keys, witness),
            |rows, findings| older::adopt(rows, keys, findings, now),
        )?;
        let findings = match &migrated {
            Some(findings) => findings.clone(),
            None => examination::glance(&connection, keys, witness)?,
        };
        let (head, _) = change::load(&connection, keys)?;
        let counts = count(&connection)?;
        let mut store = Self {
            connection,
            identity,
            capacity,
            retention,
            head,
            counts,
            begun: HashMap::new(),
            leased: HashMap::new(),
        };
        if migrated.is_none() && !findings.is_empty() {
            let what: Vec<String> = findings.iter().map(ToString::to_string).collect();
            store.note(now, &what)?;
        }
        Ok((store, findings))
    }

    /// Lets go of the file.
    pub fn close(&mut self) -> Result<(), AuditError> {
        self.connection = Connection::open_in_memory()?;
        Ok(())
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    pub fn begin(&mut self, look: &Look) -> Result<(), AuditError> {
        self.require_room()?;
        let id = look.id.to_string();
        let record = Record {
            body: self.seal(&id, 1, &look.to_bytes())?.into(),
            state: state_name(EntryState::Attempted).to_owned(),
            version: 1,
            ..Record::new(&id, look.at)
        };
        let row = self.change(|change| {
            let row = change.insert(record)?;
            failpoint(Failpoint::BeginBeforeCommit);
            Ok(row)
        })?;
        failpoint(Failpoint::BeginAfterCommit);
        self.begun.insert(look.id, (row, look.clone()));
        Ok(())
    }

    /// Puts a note into the queue. It has no place in the chain.
    pub fn enclose(&mut self, note: &NoteToAuthority) -> Result<(), AuditError> {
        self.require_room()?;
        let body = cpis_fhir::write_note(note);
        let record = Record {
            body: self.seal(&note.id, NOTE, &body)?.into(),
            state: state_name(EntryState::Waiting).to_owned(),
            version: i64::from(NOTE),
            ..Record::new(&note.id, note.sent)
        };
        self.change(|change| {
            change.insert(record)?;
            failpoint(Failpoint::EncloseBeforeCommit);
            Ok(())
        })?;
        failpoint(Failpoint::EncloseAfterCommit);
        Ok(())
    }

    fn require_room(&self) -> Result<(), AuditError> {
        let Capacity(capacity) = self.capacity;
        if self.counts.unsent() >= capacity {
            return Err(AuditError::Full(capacity));
        }
        Ok(())
    }

    /// Concludes one look: the record gets its place in the chain and waits to be sent.
    pub fn conclude(&mut self, view: ViewId, outcome: &AuditOutcome) -> Result<(), AuditError> {
        let (was, look) = match self.begun.remove(&view) {
            Some(begun) => begun,
            None => self.read_attempt(view)?,
        };
        let sequence = self.head.sequence + 1;
        let chain = ChainLink {
            sequence: sequence.unsigned_abs(),
            previous: self.head.hash.clone(),
        };
        let Identity {
            protection,
            workstation,
            backend,
        } = self.identity.clone();
        let record = look.record(*outcome, workstation, backend, chain);
        let HashedAuditEvent { json, hash } =
            cpis_fhir::write_hashed_audit_event(&record, |json| hex(&protection.chain_hash(json)));
        let is = Record {
            state: state_name(EntryState::Waiting).to_owned(),
            version: 2,
            body: self.seal(&was.record.id, 2, &json)?.into(),
            sequence: Some(sequence),
            ..was.record.clone()
        };
        self.change(|change| {
            change.replace(&was, is)?;
            change.head.sequence = sequence;
            change.head.hash = hash;
            failpoint(Failpoint::ConcludeBeforeCommit);
            Ok(())
        })?;
        failpoint(Failpoint::ConcludeAfterCommit);
        Ok(())
    }

    /// A look of which only the file knows.
    fn read_attempt(&self, view: ViewId) -> Result<(Marked, Look), AuditError> {
        let id = view.to_string();
        let row = self
            .find(&id)?
            .filter(|row| row.state() == Some(EntryState::Attempted) && row.version == 1)
            .ok_or(AuditError::WrongState)?;
        let look = Look::from_bytes(&self.unseal(&id, 1, &row.body)?)?;
        Ok((self.mark(row), look))
    }

    /// Puts right what a crash left: a look that only began is concluded as attempted, a record
    /// that was being sent waits again. Returns how many looks were concluded.
    pub fn recover(&mut self) -> Result<u32, AuditError> {
        let sending = self.select("WHERE state = 'sending' ORDER BY number", [])?;
        if !sending.is_empty() {
            let sending = self.marked(sending);
            self.change(|change| {
                for was in &sending {
                    change.replace(was, queue::waiting_again(&was.record))?;
                }
                Ok(())
            })?;
        }
        failpoint(Failpoint::RecoverBeforeConcluding);
        let mut concluded = 0;
        for row in self.select("WHERE state = 'attempted' ORDER BY number", [])? {
            let view = ViewId::parse(&row.id).ok_or(AuditError::Unreadable);
            match view.and_then(|view| self.conclude(view, &AuditOutcome::Attempted)) {
                Ok(()) => concluded += 1,
                // One damaged row must not keep the others from leaving; it stays, and is counted.
                Err(AuditError::Unreadable) => self.set_aside(row)?,
                Err(other) => return Err(other),
            }
        }
        Ok(concluded)
    }

    /// Takes rows over from a damaged file. What was concluded there stays outside this chain: its
    /// place in the old one is in its body, which goes out as it is. A note stays a note.
    pub fn take_in(&mut self, rows: Vec<Record>) -> Result<(), AuditError> {
        let mut records = Vec::with_capacity(rows.len());
        for mut row in rows {
            let version = u8::try_from(row.version).map_err(|_| AuditError::Unreadable)?;
            let plain = self.unseal(&row.id, version, &row.body)?;
            if row.version != 1 {
                let version = if version == NOTE { NOTE } else { TAKEN_IN };
                row.version = i64::from(version);
                row.body = self.seal(&row.id, version, &plain)?.into();
                row.sequence = None;
                row = queue::waiting_again(&row);
            }
            records.push(row);
        }
        self.change(|change| {
            records
                .into_iter()
                .try_for_each(|row| change.insert(row).map(drop))
        })
    }

    /// Writes down what an examination found, so that the finding outlives the run.
    pub fn note(&mut self, now: DateTime<FixedOffset>, what: &[String]) -> Result<(), AuditError> {
        let at = now.to_rfc3339();
        self.change(|change| what.iter().try_for_each(|what| change.note(&at, what)))
    }

    /// How many records are where.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// How many unsent records the trail may hold.
    pub fn capacity(&self) -> Capacity {
        self.capacity
    }

    /// What the witness must say from now on.
    pub fn testimony(&self) -> Testimony {
        Testimony {
            revision: self.head.revision,
            begun: self.head.begun,
            sequence: self.head.sequence,
            hash: self.head.hash.clone(),
        }
    }

    pub fn head(&self) -> &Head {
        &self.head
    }

    /// One transaction. What it changed is taken over only when it is committed; when the commit
    /// itself failed, the file says whether it was.
    fn change<T>(
        &mut self,
        work: impl FnOnce(&mut Change<'_>) -> Result<T, AuditError>,
    ) -> Result<T, AuditError> {
        let keys = self.identity.protection.as_ref();
        let head = self.head.clone();
        let mut change = Change::begin(&mut self.connection, keys, head, self.counts)?;
        let value = work(&mut change)?;
        match change.commit() {
            Ok((head, counts)) => {
                self.head = head;
                self.counts = counts;
                Ok(value)
            }
            Err(error) => {
                let keys = self.identity.protection.as_ref();
                self.head = change::load(&self.connection, keys)?.0;
                self.counts = count(&self.connection)?;
                Err(error)
            }
        }
    }

    /// Marks the head as witnessed; from then on a missing witness is a finding.
    pub fn set_witnessed(&mut self) -> Result<(), AuditError> {
        self.change(|change| {
            change.head.witnessed = true;
            Ok(())
        })
    }

    fn find(&self, id: &str) -> Result<Option<Record>, AuditError> {
        Ok(self.select("WHERE id = ?1", [id])?.pop())
    }

    fn select(
        &self,
        clause: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Record>, AuditError> {
        Ok(self
            .connection
            .prepare_cached(&format!("{SELECT} {clause}"))?
            .query_map(values, Record::read)?
            .collect::<Result<_, _>>()?)
    }

    fn set_aside(&mut self, row: Record) -> Result<(), AuditError> {
        let was = self.mark(row);
        let mut is = Record {
            state: state_name(EntryState::NeedsAttention).to_owned(),
            lease_until: None,
            ..was.record.clone()
        };
        is.set_reason(WaitReason::Unreadable);
        self.change(|change| change.replace(&was, is).map(drop))
    }

    fn mark(&self, row: Record) -> Marked {
        row.marked(self.identity.protection.as_ref())
    }

    fn marked(&self, rows: Vec<Record>) -> Vec<Marked> {
        rows.into_iter().map(|row| self.mark(row)).collect()
    }

    fn seal(&self, id: &str, version: u8, plain: &[u8]) -> Result<Vec<u8>, AuditError> {
        let row = RowAddress { id, version };
        self.identity
            .protection
            .seal(row, plain)
            .map_err(|_| AuditError::Unreadable)
    }

    fn unseal(&self, id: &str, version: u8, sealed: &[u8]) -> Result<Vec<u8>, AuditError> {
        let row = RowAddress { id, version };
        self.identity
            .protection
            .open(row, sealed)
            .map_err(|_| AuditError::Unreadable)
    }
}

fn count(connection: &Connection) -> Result<Counts, AuditError> {
    let of = |state: &str| {
        connection.query_row(
            &format!("SELECT count(*) FROM record WHERE state = '{state}'"),
            [],
            |row| row.get::<_, u32>(0),
        )
    };
    Ok(Counts {
        attempted: of("attempted")?,
        waiting: of("waiting")?.saturating_add(of("sending")?),
        needs_attention: of("needs-attention")?,
        sent: of("sent")?,
    })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}
