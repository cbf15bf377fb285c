//! The audit records' rows.

use super::{Creation, NewAuditRecord, Outcome, register, unreadable};
use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value;

/// Creates a record unless one has its id.
pub(super) fn create(t: &Connection, record: &NewAuditRecord<'_>) -> Outcome<Creation> {
    let there: Option<String> = t
        .prepare_cached("SELECT body FROM audit_record WHERE id = ?1")?
        .query_row([record.id], |row| row.get(0))
        .optional()?;
    if let Some(body) = there {
        return Ok(if read(&body)? == *record.body {
            Creation::SameContent
        } else {
            Creation::OtherContent
        });
    }
    let forgotten: Option<String> = t
        .prepare_cached("SELECT sha256 FROM forgotten_record WHERE id = ?1")?
        .query_row([record.id], |row| row.get(0))
        .optional()?;
    if let Some(sha256) = forgotten {
        return Ok(Creation::of_forgotten(&sha256, record.body));
    }
    let link = &record.link;
    t.prepare_cached(
        "INSERT INTO audit_record
             (id, body, workstation, received, observer, sequence, previous, hash)
         VALUES (?1, ?2, ?3, ?4, coalesce(?5, ?3), ?6, ?7, ?8)",
    )?
    .execute(params![
        record.id,
        record.text,
        record.workstation,
        record.received.to_rfc3339(),
        link.observer,
        link.sequence,
        link.previous,
        link.hash,
    ])?;
    if let Some(reported) = &record.look
        && !register::is_known(t, &reported.look.trace_id)?
    {
        register::late_look(t, reported, record.received)?;
    }
    Ok(Creation::Created)
}

/// Every record, oldest first.
pub(super) fn all(t: &Connection) -> Outcome<Vec<(String, Value)>> {
    let mut statement = t.prepare("SELECT id, body FROM audit_record ORDER BY number")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| {
        let (id, body) = row?;
        Ok((id, read(&body)?))
    })
    .collect()
}

fn read(body: &str) -> Outcome<Value> {
    serde_json::from_str(body).map_err(|_| unreadable("an audit record"))
}
