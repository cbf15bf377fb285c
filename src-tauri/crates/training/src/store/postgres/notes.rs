//! The notes' rows.

use super::{Connection, Outcome, PostgresStore, column, moment, register};
use crate::store::note::{NewNote, NotePage, NoteStore, StoredNote};
use crate::store::reading::unreadable;
use crate::store::{Creation, NotificationsAsked, Received};
use serde_json::Value;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

/// Schema 5: notes to local authorities.
pub(super) const TABLE: &str = r#"
CREATE TABLE communication (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text COLLATE "C" NOT NULL UNIQUE, body text NOT NULL, workstation text COLLATE "C" NOT NULL,
    received text NOT NULL, received_instant bigint NOT NULL, nhs_number text COLLATE "C" NOT NULL,
    authority text COLLATE "C" NOT NULL, kind text NOT NULL, sent text NOT NULL);
CREATE INDEX communication_since ON communication (authority, received_instant);
"#;

/// Schema 6: of the notes that a reset dropped, ids and SHA-256.
pub(super) const FORGOTTEN: &str = r#"
CREATE TABLE forgotten_note (id text COLLATE "C" PRIMARY KEY, sha256 text COLLATE "C" NOT NULL);
"#;

impl NoteStore for PostgresStore {
    fn create_note(&self, note: &NewNote<'_>) -> Outcome<Option<Creation>> {
        self.transaction(|c| create(c, note))
    }

    fn notes(&self, asked: &NotificationsAsked<'_>) -> Outcome<NotePage> {
        self.snapshot(|c| notes(c, asked))
    }
}

fn create(c: &Connection, note: &NewNote<'_>) -> Outcome<Option<Creation>> {
    // One that is there was for an authority that held a record then.
    if let Some(creation) = compare(c, note)? {
        return Ok(Some(creation));
    }
    let forgotten = c.query_opt(
        "SELECT sha256 FROM forgotten_note WHERE id = $1",
        &[&note.id],
    )?;
    if let Some(row) = forgotten {
        let creation = Creation::of_forgotten(column(&row, 0)?, note.body);
        return Ok(Some(creation));
    }
    let today = note.received.date_naive();
    let shown = register::shown_plans(c, note.nhs_number, today)?;
    let Some(authority) = note.authority(&shown) else {
        return Ok(None);
    };
    // Numbered one transaction after the other: whoever has read up to a number never finds one
    // below it later.
    c.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('communication ' || $1, 0))",
        &[&authority],
    )?;
    // The unique key decides, also between two that come at once.
    let added = c.execute(
        "INSERT INTO communication (id, body, workstation, received, received_instant, \
         nhs_number, authority, kind, sent) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (id) DO NOTHING",
        &[
            &note.id,
            &note.body.to_string(),
            &note.workstation,
            &note.received.to_rfc3339(),
            &note.received.timestamp_micros(),
            &note.nhs_number.digits(),
            &authority,
            &note.kind,
            &note.sent.to_rfc3339(),
        ],
    )?;
    match added {
        1 => Ok(Some(Creation::Created)),
        _ => compare(c, note),
    }
}

/// Compares a note with the one that has its id.
fn compare(c: &Connection, note: &NewNote<'_>) -> Outcome<Option<Creation>> {
    let there = c.query_opt("SELECT body FROM communication WHERE id = $1", &[&note.id])?;
    there
        .map(|row| {
            Ok(if read(column(&row, 0)?)? == *note.body {
                Creation::SameContent
            } else {
                Creation::OtherContent
            })
        })
        .transpose()
}

fn notes(c: &Connection, asked: &NotificationsAsked<'_>) -> Outcome<NotePage> {
    let authority = asked.authority.as_str();
    let (condition, when): (_, Box<dyn ToSql + Sync>) = match asked.received {
        Received::AtAnyTime => ("$2::bigint IS NULL", Box::new(None::<i64>)),
        Received::Since(at) => (
            "received_instant >= $2::bigint",
            Box::new(at.timestamp_micros()),
        ),
        Received::On(day) => (
            "substr(received, 1, 10) = $2::text",
            Box::new(day.to_string()),
        ),
    };
    let row = c.query_opt(
        &format!("SELECT count(*) FROM communication WHERE authority = $1 AND {condition}"),
        &[&authority, when.as_ref()],
    )?;
    let total: i64 = row.map_or(Ok(0), |row| column(&row, 0))?;
    let limit = i64::try_from(asked.limit).unwrap_or(i64::MAX - 1);
    let rows = c.query(
        &format!(
            "SELECT number, body, received FROM communication \
             WHERE authority = $1 AND {condition} AND number > $3 ORDER BY number LIMIT $4"
        ),
        &[&authority, when.as_ref(), &asked.after, &(limit + 1)],
    )?;
    let mut notes: Vec<_> = rows.iter().map(stored).collect::<Outcome<_>>()?;
    let more = notes.len() > asked.limit;
    notes.truncate(asked.limit);
    Ok(NotePage {
        total: total.unsigned_abs(),
        notes,
        more,
    })
}

fn stored(row: &Row) -> Outcome<StoredNote> {
    Ok(StoredNote {
        number: column(row, 0)?,
        body: read(column(row, 1)?)?,
        received: moment(column(row, 2)?)?,
    })
}

fn read(body: &str) -> Outcome<Value> {
    serde_json::from_str(body).map_err(|_| unreadable("a note"))
}
