//! Examining the ledger: whether every row is there, as it was written, in an unbroken chain.
//!
//! What can be found: a row that was altered, deleted, swapped with another, put back as it once
//! was, or cut off the end; a head that was altered; an old copy of the file put back. What cannot:
//! a change made with the workstation's key, and an old copy put back together with the witness of
//! its time. Against those stands the backend, which has what was sent, and sees gaps and forks.
//!
//! It reads row by row and keeps little: memory does not grow with the number of rows.

use crate::store::{NOTE, Record, SELECT, TAKEN_IN, hex, load_head};
use crate::witness::Testimony;
use crate::{AuditError, EntryState, Protection, RowAddress};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::fmt;

/// Findings that are listed; the rest are counted.
const LISTED: usize = 100;
/// How many links may be out of order before one is missing. Looks that are open at the same time
/// end in another order than they began.
const OUT_OF_ORDER: usize = 1000;

/// Something that is not as it was written. It names rows by their place, never a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Finding {
    /// The head was altered.
    Head,
    /// The rows are not those that the head stands for.
    Sum,
    /// A row is not there.
    RowMissing(i64),
    /// A row cannot be unsealed, or is in a state that its content does not fit.
    RowAltered(i64),
    /// A record of the chain is not there.
    RecordMissing(i64),
    /// A record does not follow the one before it.
    LinkBroken(i64),
    /// The head names another newest record than the rows.
    End,
    /// The ledger says less than its witness: an old copy was put back.
    OldCopy,
    /// The witness is gone, or was altered.
    WitnessMissing,
    /// The records from before are gone as a whole: whoever opened the ledger knows that there were
    /// some.
    Gone,
    /// An earlier examination found this.
    Earlier(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head => write!(f, "the head was altered"),
            Self::Sum => write!(f, "the rows are not those that the head stands for"),
            Self::RowMissing(number) => write!(f, "row {number} is missing"),
            Self::RowAltered(number) => write!(f, "row {number} was altered"),
            Self::RecordMissing(sequence) => {
                write!(f, "record {sequence} of the chain is missing")
            }
            Self::LinkBroken(sequence) => {
                write!(f, "record {sequence} does not follow the one before it")
            }
            Self::End => write!(f, "the chain does not end where the head says"),
            Self::OldCopy => write!(f, "an old copy of the records was put back"),
            Self::WitnessMissing => write!(f, "the witness is missing or was altered"),
            Self::Gone => write!(f, "the records from before are gone"),
            Self::Earlier(what) => write!(f, "found before: {what}"),
        }
    }
}

impl Finding {
    /// Whether it says, now or from an earlier run, that the records from before are gone.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        match self {
            Self::Gone => true,
            Self::Earlier(what) => *what == Self::Gone.to_string(),
            _ => false,
        }
    }
}

/// What an examination found. Without identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Rows read.
    pub rows: u64,
    /// Records of the chain read.
    pub records: u64,
    /// The first findings.
    pub findings: Vec<Finding>,
    /// Findings beyond those.
    pub more: u64,
    /// Nothing there opens with this key: it is another one, or everything was altered.
    pub other_key: bool,
}

impl Report {
    /// Whether everything is as it was written.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < LISTED {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }
}

/// What can be said without reading the rows: done at every start.
pub(crate) fn glance(
    connection: &Connection,
    keys: &dyn Protection,
    witness: Option<&Testimony>,
) -> Result<Vec<Finding>, AuditError> {
    let (head, right) = load_head(connection, keys)?;
    let mut findings = Vec::new();
    if !right {
        findings.push(Finding::Head);
    }
    match witness {
        None if head.witnessed => findings.push(Finding::WitnessMissing),
        Some(says) if says.revision > head.revision => findings.push(Finding::OldCopy),
        Some(says) if says.revision == head.revision && says.hash != head.hash => {
            findings.push(Finding::OldCopy);
        }
        _ => {}
    }
    let newest: Option<i64> =
        connection.query_row("SELECT max(number) FROM record", [], |row| row.get(0))?;
    if newest.unwrap_or(head.base_number) != head.begun {
        findings.push(Finding::End);
    }
    Ok(findings)
}

/// Reads everything. `progress` is told from time to time how many rows have been read; it ends the
/// examination by answering `false`, and the report then says nothing.
pub(crate) fn examine(
    connection: &Connection,
    keys: &dyn Protection,
    witness: Option<&Testimony>,
    mut progress: impl FnMut(u64) -> bool,
) -> Result<Option<Report>, AuditError> {
    let mut report = Report::default();
    for finding in glance(connection, keys, witness)? {
        report.find(finding);
    }
    for what in earlier(connection)? {
        report.find(Finding::Earlier(what));
    }
    let (mut head, right) = load_head(connection, keys)?;
    report.other_key = !right && witness.is_none();
    let mut chain = Chain {
        sequence: head.base_sequence,
        hash: head.base_hash.clone(),
        ahead: BTreeMap::new(),
    };
    let mut expected = head.base_number + 1;
    let mut bodies = 0_i64;
    let mut rows = connection.prepare(&format!("{SELECT} ORDER BY number"))?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let record = Record::read(row)?;
        report.rows += 1;
        if report.rows.is_multiple_of(1000) && !progress(report.rows) {
            return Ok(None);
        }
        while expected < record.number && report.more == 0 {
            report.find(Finding::RowMissing(expected));
            expected += 1;
        }
        expected = record.number + 1;
        bodies += i64::from(record.version != 1);
        head.toggle(&record.fingerprint(keys));
        let content = content(&record, keys);
        report.other_key &= matches!(content, Content::Altered);
        match content {
            Content::Attempted | Content::OutsideChain => {}
            Content::Concluded(link) => {
                report.records += 1;
                chain.add(link, &mut report);
            }
            Content::Altered => report.find(Finding::RowAltered(record.number)),
        }
    }
    chain.finish(&mut report);
    let kept: i64 = connection.query_row("SELECT count(*) FROM body", [], |row| row.get(0))?;
    if head.sum != [0; 32] || bodies != kept {
        report.find(Finding::Sum);
    }
    if chain.sequence != head.sequence || chain.hash != head.hash {
        report.find(Finding::End);
    }
    report.findings.dedup();
    Ok(Some(report))
}

fn earlier(connection: &Connection) -> Result<Vec<String>, AuditError> {
    Ok(connection
        .prepare("SELECT DISTINCT what FROM finding ORDER BY number LIMIT 100")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?)
}

struct Link {
    sequence: i64,
    previous: String,
    own: String,
}

enum Content {
    Attempted,
    Concluded(Link),
    /// Taken over from a damaged file, or a note.
    OutsideChain,
    Altered,
}

/// What a row holds, if it is what a row in its state holds.
fn content(record: &Record, keys: &dyn Protection) -> Content {
    let Ok(version) = u8::try_from(record.version) else {
        return Content::Altered;
    };
    let address = RowAddress {
        id: &record.id,
        version,
    };
    let Ok(plain) = keys.open(address, &record.body) else {
        return Content::Altered;
    };
    match (record.state(), version) {
        (Some(EntryState::Attempted), 1) if record.sequence.is_none() => Content::Attempted,
        (Some(EntryState::Attempted) | None, _) => Content::Altered,
        (Some(_), TAKEN_IN) if record.sequence.is_none() => Content::OutsideChain,
        (Some(_), NOTE) if record.sequence.is_none() && is_note(record, &plain) => {
            Content::OutsideChain
        }
        (Some(_), 2) => link(record, &plain, keys).map_or(Content::Altered, Content::Concluded),
        _ => Content::Altered,
    }
}

fn is_note(record: &Record, plain: &[u8]) -> bool {
    cpis_fhir::read_note(plain).is_ok_and(|note| note.id == record.id)
}

fn link(record: &Record, plain: &[u8], keys: &dyn Protection) -> Option<Link> {
    let facts = cpis_fhir::read_audit_event(plain).ok()?;
    let chain = facts.chain?;
    let event: serde_json::Value = serde_json::from_slice(plain).ok()?;
    let bare = cpis_fhir::without_own_hash(event);
    let own = hex(&keys.chain_hash(&cpis_fhir::canonical_json(&bare)));
    let sequence = i64::try_from(chain.sequence).ok()?;
    let fits = Some(sequence) == record.sequence
        && chain.own.as_deref() == Some(own.as_str())
        && facts.id == record.id;
    fits.then_some(Link {
        sequence,
        previous: chain.previous,
        own,
    })
}

/// The chain as far as it has been followed, and the links that came before their turn.
struct Chain {
    sequence: i64,
    hash: String,
    ahead: BTreeMap<i64, Link>,
}

impl Chain {
    fn add(&mut self, link: Link, report: &mut Report) {
        if link.sequence <= self.sequence || self.ahead.contains_key(&link.sequence) {
            report.find(Finding::LinkBroken(link.sequence));
            return;
        }
        self.ahead.insert(link.sequence, link);
        self.follow(report);
        if self.ahead.len() > OUT_OF_ORDER {
            self.skip(report);
        }
    }

    fn finish(&mut self, report: &mut Report) {
        while !self.ahead.is_empty() {
            self.skip(report);
        }
    }

    fn follow(&mut self, report: &mut Report) {
        while let Some(link) = self.ahead.remove(&(self.sequence + 1)) {
            if link.previous != self.hash {
                report.find(Finding::LinkBroken(link.sequence));
            }
            self.sequence = link.sequence;
            self.hash = link.own;
        }
    }

    /// Goes on behind a record that is not there.
    fn skip(&mut self, report: &mut Report) {
        let Some(next) = self.ahead.first_entry() else {
            return;
        };
        report.find(Finding::RecordMissing(self.sequence + 1));
        self.sequence = next.get().sequence - 1;
        self.hash.clone_from(&next.get().previous);
        self.follow(report);
    }
}
