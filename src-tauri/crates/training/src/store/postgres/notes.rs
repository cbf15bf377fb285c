//! The notes' rows.

use super::page::Entries;
use super::{Connection, Outcome, PostgresStore, column, moment, register};
use crate::store::reading::unreadable;
use crate::store::{
    Creation, InboxAsked, InboxNote, NewNote, NoteStore, Page, PageAsked, StoredNote,
};
use cpis_record::OdsCode;
use serde_json::Value;
use tokio_postgres::Row;

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

    fn notes(&self, asked: &PageAsked<'_>) -> Outcome<Page<StoredNote>> {
        self.snapshot(|c| NOTES.page(c, asked, stored))
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

/// The notes as an authority reads them.
const NOTES: Entries<'static> = Entries {
    table: "communication",
    join: "",
    columns: "n.body, n.received",
};

fn stored(row: &Row) -> Outcome<StoredNote> {
    Ok(StoredNote {
        body: read(column(row, 0)?)?,
        received: moment(column(row, 1)?)?,
    })
}

/// Notes in the trainer's inbox, oldest first.
pub(super) fn inbox(c: &Connection, asked: &InboxAsked) -> Outcome<Vec<InboxNote>> {
    let order = if asked.after.is_some() { "ASC" } else { "DESC" };
    let rows = c.query(
        &format!(
            "SELECT number, authority, body, received FROM communication \
             WHERE number > $1 AND ($2::text IS NULL OR authority = $2) \
             ORDER BY number {order} LIMIT $3"
        ),
        &[
            &asked.after.unwrap_or_default(),
            &asked.authority.as_ref().map(OdsCode::as_str),
            &i64::try_from(asked.limit).unwrap_or(i64::MAX),
        ],
    )?;
    let note = |row: &Row| {
        Ok(InboxNote {
            number: column(row, 0)?,
            authority: column(row, 1)?,
            body: read(column(row, 2)?)?,
            received: moment(column(row, 3)?)?,
        })
    };
    let mut notes: Vec<InboxNote> = rows.iter().map(note).collect::<Outcome<_>>()?;
    notes.sort_by_key(|note| note.number);
    Ok(notes)
}

fn read(body: &str) -> Outcome<Value> {
    serde_json::from_str(body).map_err(|_| unreadable("a note"))
}
