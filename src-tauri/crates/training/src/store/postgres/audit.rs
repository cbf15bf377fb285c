//! The audit records' rows.

use super::{Connection, Creation, NewAuditRecord, Outcome, column, register, unreadable};
use serde_json::Value;

/// Creates a record unless one has its id.
pub(super) fn create(c: &Connection, record: &NewAuditRecord<'_>) -> Outcome<Creation> {
    let forgotten = c.query_opt(
        "SELECT sha256 FROM forgotten_record WHERE id = $1",
        &[&record.id],
    )?;
    if let Some(row) = forgotten {
        return Ok(Creation::of_forgotten(column(&row, 0)?, record.body));
    }
    let link = &record.link;
    let observer = link.observer.as_deref().unwrap_or(record.workstation);
    // The unique key decides, also between two that come at once.
    let added = c.execute(
        "INSERT INTO audit_record \
             (id, body, workstation, received, observer, sequence, previous, hash) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING",
        &[
            &record.id,
            &record.text,
            &record.workstation,
            &record.received.to_rfc3339(),
            &observer,
            &link.sequence,
            &link.previous,
            &link.hash,
        ],
    )?;
    if added == 0 {
        let there = c.query_opt("SELECT body FROM audit_record WHERE id = $1", &[&record.id])?;
        let body = there.ok_or_else(|| unreadable("an audit record"))?;
        return Ok(if read(column(&body, 0)?)? == *record.body {
            Creation::SameContent
        } else {
            Creation::OtherContent
        });
    }
    if let Some(reported) = &record.look {
        register::late_look(c, reported, record.received)?;
    }
    Ok(Creation::Created)
}

/// Every record, oldest first.
pub(super) fn all(c: &Connection) -> Outcome<Vec<(String, Value)>> {
    let rows = c.query("SELECT id, body FROM audit_record ORDER BY number", &[])?;
    rows.iter()
        .map(|row| Ok((column(row, 0)?, read(column(row, 1)?)?)))
        .collect()
}

fn read(body: &str) -> Outcome<Value> {
    serde_json::from_str(body).map_err(|_| unreadable("an audit record"))
}
