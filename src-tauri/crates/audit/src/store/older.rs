//! Rows of older programs: examined as they are, before this program stands for them.
//!
//! A schema changes how rows are stored and what their fingerprints are made of, so a new sum has to
//! be made for them. Rows that somebody altered before would be in it as if they were right. So they
//! are compared with the sum that the older program left, and what is found is kept.

use super::change::{load, save};
use super::record::{Record, SELECT};
use super::schema::SCHEMA;
use crate::examination::{Finding, glance};
use crate::witness::Testimony;
use crate::{AuditError, Protection};
use chrono::{DateTime, FixedOffset};
use rusqlite::{Connection, params};

/// How rows are read in a file of this schema, in the columns that [`Record::read`] takes.
pub(crate) fn select(schema: i64) -> &'static str {
    match schema {
        1 => {
            "SELECT number, id, state, begun_at, version, body, sequence, tries, next_try, \
                lease_until, 0, reason, receipt, sent_at FROM record"
        }
        2 => {
            "SELECT number, id, state, begun_at, version, body, sequence, tries, next_try, \
                lease_until, tried_at, reason, receipt, sent_at FROM record"
        }
        _ => SELECT,
    }
}

/// What is not as an older program wrote it. Schema 1 had nothing to compare its rows with, and no
/// witness: one beside it was written later.
pub(super) fn examine(
    connection: &Connection,
    schema: i64,
    keys: &dyn Protection,
    witness: Option<&Testimony>,
) -> Result<Vec<Finding>, AuditError> {
    match schema {
        1 => Ok(witness.map(|_| Finding::OldCopy).into_iter().collect()),
        2.. if schema < SCHEMA => {
            let mut findings = glance(connection, keys, witness)?;
            let (mut head, _) = load(connection, keys)?;
            let mut rows = connection.prepare(select(schema))?;
            let mut rows = rows.query([])?;
            while let Some(row) = rows.next()? {
                let record = Record::read(row)?;
                head.toggle(&record.fingerprint_of_schema_2(keys));
            }
            if head.sum != [0; 32] {
                findings.push(Finding::Sum);
            }
            Ok(findings)
        }
        _ => Ok(Vec::new()),
    }
}

/// Makes a head that stands for the rows as they are, and writes down what was found of them before.
pub(super) fn adopt(
    connection: &Connection,
    keys: &dyn Protection,
    findings: &[Finding],
    now: DateTime<FixedOffset>,
) -> Result<(), AuditError> {
    let (mut head, _) = load(connection, keys)?;
    head.sum = [0; 32];
    let mut rows = connection.prepare(&format!("{SELECT} ORDER BY number"))?;
    let mut rows = rows.query([])?;
    while let Some(row) = rows.next()? {
        let record = Record::read(row)?;
        head.begun = head.begun.max(record.number);
        head.toggle(&record.fingerprint(keys));
    }
    for finding in findings {
        connection.execute(
            "INSERT INTO finding (at, what) VALUES (?1, ?2)",
            params![now.to_rfc3339(), finding.to_string()],
        )?;
    }
    save(connection, &head, keys)
}
