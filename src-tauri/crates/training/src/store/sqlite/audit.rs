//! The audit records' rows.

use super::{Creation, NewAuditRecord, Outcome, register, unreadable};
use rusqlite::{OptionalExtension, Transaction, params};
use serde_json::Value;

/// Creates a record unless one has its id.
pub(super) fn create(t: &Transaction<'_>, record: &NewAuditRecord<'_>) -> Outcome<Creation> {
    let there: Option<String> = t
        .query_row(
            "SELECT body FROM audit_record WHERE id = ?1",
            [record.id],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(body) = there {
        return Ok(if read(&body)? == *record.body {
            Creation::SameContent
        } else {
            Creation::OtherContent
        });
    }
    t.execute(
        "INSERT INTO audit_record (id, body, workstation, received) VALUES (?1, ?2, ?3, ?4)",
        params![
            record.id,
            record.body.to_string(),
            record.workstation,
            record.received.to_rfc3339(),
        ],
    )?;
    if let Some(look) = &record.look
        && !register::is_known(t, &look.trace_id)?
    {
        register::look(t, look)?;
    }
    Ok(Creation::Created)
}

/// Every record, oldest first.
pub(super) fn all(t: &Transaction<'_>) -> Outcome<Vec<(String, Value)>> {
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
