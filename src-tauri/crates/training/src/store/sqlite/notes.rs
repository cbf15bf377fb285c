//! The notes' rows.

use super::page::Entries;
use super::{Creation, Outcome, SqliteStore, moment, register, unreadable};
use crate::store::{InboxAsked, InboxNote, NewNote, NoteStore, Page, PageAsked, StoredNote};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};
use serde_json::Value;

/// Schema 5: notes to local authorities.
pub(super) const TABLE: &str = "
CREATE TABLE communication (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    workstation TEXT NOT NULL, received TEXT NOT NULL, received_instant INTEGER NOT NULL,
    nhs_number TEXT NOT NULL, authority TEXT NOT NULL, kind TEXT NOT NULL, sent TEXT NOT NULL) STRICT;
CREATE INDEX communication_since ON communication (authority, received_instant);
";

/// Schema 6: of the notes that a reset dropped, ids and SHA-256.
pub(super) const FORGOTTEN: &str = "
CREATE TABLE forgotten_note (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL) STRICT;
";

impl NoteStore for SqliteStore {
    fn create_note(&self, note: &NewNote<'_>) -> Outcome<Option<Creation>> {
        self.transaction(|t| create(t, note))
    }

    fn notes(&self, asked: &PageAsked<'_>) -> Outcome<Page<StoredNote>> {
        self.snapshot(|t| NOTES.page(t, asked, stored))
    }
}

fn create(t: &Connection, note: &NewNote<'_>) -> Outcome<Option<Creation>> {
    let there: Option<String> = t
        .query_row(
            "SELECT body FROM communication WHERE id = ?1",
            [note.id],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(body) = there {
        return Ok(Some(if read(&body)? == *note.body {
            Creation::SameContent
        } else {
            Creation::OtherContent
        }));
    }
    let forgotten: Option<String> = t
        .query_row(
            "SELECT sha256 FROM forgotten_note WHERE id = ?1",
            [note.id],
            |row| row.get(0),
        )
        .optional()?;
    if let Some(sha256) = forgotten {
        return Ok(Some(Creation::of_forgotten(&sha256, note.body)));
    }
    let today = note.received.date_naive();
    let shown = register::shown_plans(t, note.nhs_number, today)?;
    let Some(authority) = note.authority(&shown) else {
        return Ok(None);
    };
    t.execute(
        "INSERT INTO communication (id, body, workstation, received, received_instant, \
         nhs_number, authority, kind, sent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            note.id,
            note.body.to_string(),
            note.workstation,
            note.received.to_rfc3339(),
            note.received.timestamp_micros(),
            note.nhs_number.digits(),
            authority,
            note.kind,
            note.sent.to_rfc3339(),
        ],
    )?;
    Ok(Some(Creation::Created))
}

/// The notes as an authority reads them.
const NOTES: Entries<'static> = Entries {
    table: "communication",
    join: "",
    columns: "n.body, n.received",
};

fn stored(row: &Row<'_>) -> Outcome<StoredNote> {
    Ok(StoredNote {
        body: read(&row.get::<_, String>(0)?)?,
        received: moment(&row.get::<_, String>(1)?)?,
    })
}

/// Notes in the trainer's inbox, oldest first.
pub(super) fn inbox(t: &Connection, asked: &InboxAsked) -> Outcome<Vec<InboxNote>> {
    let order = if asked.after.is_some() { "ASC" } else { "DESC" };
    let mut statement = t.prepare_cached(&format!(
        "SELECT number, authority, body, received FROM communication \
         WHERE number > :after AND (:authority IS NULL OR authority = :authority) \
         ORDER BY number {order} LIMIT :limit"
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":after": asked.after.unwrap_or_default(),
            ":authority": asked.authority.as_ref().map(|code| code.as_str()),
            ":limit": i64::try_from(asked.limit).unwrap_or(i64::MAX),
        },
        |row| {
            Ok((|| {
                Ok(InboxNote {
                    number: row.get(0)?,
                    authority: row.get(1)?,
                    body: read(&row.get::<_, String>(2)?)?,
                    received: moment(&row.get::<_, String>(3)?)?,
                })
            })())
        },
    )?;
    let mut notes: Vec<InboxNote> = rows.map(|row| row?).collect::<Outcome<_>>()?;
    notes.sort_by_key(|note| note.number);
    Ok(notes)
}

fn read(body: &str) -> Outcome<Value> {
    serde_json::from_str(body).map_err(|_| unreadable("a note"))
}
