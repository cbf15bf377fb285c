//! The rows of the trainer's console.

use super::{Outcome, SqliteStore, moment, notes, number, register, schema, unreadable, way};
use crate::population::Population;
use crate::store::console::{IDLE_SECONDS, TRAINER_TRIES, TRIES_SECONDS};
use crate::store::{
    ConsoleStore, Hash, InboxAsked, InboxEntry, InboxNote, SentRecord, StoredClass, Trainee,
};
use chrono::{DateTime, FixedOffset, NaiveDate};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

impl ConsoleStore for SqliteStore {
    fn shared(&self, name: &str) -> Outcome<Option<String>> {
        self.read(|t| {
            let mut statement = t.prepare_cached("SELECT value FROM shared WHERE name = ?1")?;
            Ok(statement.query_row([name], |row| row.get(0)).optional()?)
        })
    }

    fn share(&self, name: &str, seen: Option<&str>, value: &str) -> Outcome<bool> {
        self.transaction(|t| {
            let changed = match seen {
                None => t.execute(
                    "INSERT INTO shared (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                    [name, value],
                )?,
                Some(seen) => t.execute(
                    "UPDATE shared SET value = ?3 WHERE name = ?1 AND value = ?2",
                    [name, seen, value],
                )?,
            };
            Ok(changed == 1)
        })
    }

    fn count_trainer_try(&self, now: i64) -> Outcome<Option<i64>> {
        self.transaction(|t| count_try(t, now))
    }

    fn add_trainer_session(&self, session: &Hash, until: i64, now: i64) -> Outcome<()> {
        self.transaction(|t| {
            t.execute("DELETE FROM trainer_session WHERE until <= ?1", [now])?;
            t.execute(
                "INSERT INTO trainer_session (token, until, used) VALUES (?1, ?2, ?3)",
                params![session.as_str(), until, now],
            )?;
            Ok(())
        })
    }

    fn use_trainer_session(&self, session: &Hash, now: i64) -> Outcome<bool> {
        self.transaction(|t| {
            let used = t.execute(
                "UPDATE trainer_session SET used = ?2 WHERE token = ?1 AND until > ?2 \
                 AND used > ?2 - ?3",
                params![session.as_str(), now, IDLE_SECONDS],
            )?;
            Ok(used == 1)
        })
    }

    fn end_trainer_session(&self, session: &Hash) -> Outcome<()> {
        self.transaction(|t| {
            t.execute(
                "DELETE FROM trainer_session WHERE token = ?1",
                [session.as_str()],
            )?;
            Ok(())
        })
    }

    fn expire_access_tokens(&self, now: i64) -> Outcome<u64> {
        self.transaction(|t| {
            let held = t.execute("UPDATE access_token SET until = ?1 WHERE until > ?1", [now])?;
            Ok(held as u64)
        })
    }

    fn inbox(&self, asked: &InboxAsked) -> Outcome<Vec<InboxEntry>> {
        self.snapshot(|t| inbox(t, asked))
    }

    fn inbox_notes(&self, asked: &InboxAsked) -> Outcome<Vec<InboxNote>> {
        self.snapshot(|t| notes::inbox(t, asked))
    }

    fn trainees(&self) -> Outcome<Vec<Trainee>> {
        self.snapshot(trainees)
    }

    fn records_of(&self, client_id: &str, limit: usize) -> Outcome<Vec<SentRecord>> {
        self.snapshot(|t| records_of(t, client_id, limit))
    }

    fn observers_of(&self, client_id: &str) -> Outcome<Vec<String>> {
        self.snapshot(|t| {
            let mut statement = t.prepare(
                "SELECT DISTINCT observer FROM audit_record WHERE workstation = ?1 ORDER BY 1",
            )?;
            let rows = statement.query_map([client_id], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn seed(&self) -> Outcome<u64> {
        self.snapshot(schema::made_with)
    }

    fn classes(&self) -> Outcome<Vec<StoredClass>> {
        self.snapshot(|t| {
            let mut statement = t.prepare(&format!(
                "SELECT {CLASS_COLUMNS} FROM class WHERE ended IS NULL ORDER BY made DESC, code"
            ))?;
            let rows = statement.query_map([], |row| Ok(read_class(row)))?;
            rows.map(|row| row?).collect()
        })
    }

    fn class(&self, code: &str) -> Outcome<Option<StoredClass>> {
        self.snapshot(|t| {
            t.prepare_cached(&format!(
                "SELECT {CLASS_COLUMNS} FROM class WHERE ended IS NULL AND code = ?1"
            ))?
            .query_row([code], |row| Ok(read_class(row)))
            .optional()?
            .transpose()
        })
    }

    fn add_class(&self, class: &StoredClass) -> Outcome<()> {
        self.transaction(|t| {
            t.execute(
                "INSERT INTO class (code, name, seed, made) VALUES (?1, ?2, ?3, ?4)",
                params![
                    class.code,
                    class.name,
                    class.seed.cast_signed(),
                    class.made.to_rfc3339(),
                ],
            )?;
            Ok(())
        })
    }

    fn end_class(&self, code: &str, now: DateTime<FixedOffset>) -> Outcome<bool> {
        self.transaction(|t| {
            let ended = t.execute(
                "UPDATE class SET ended = ?2 WHERE code = ?1 AND ended IS NULL",
                [code, &now.to_rfc3339()],
            )?;
            Ok(ended == 1)
        })
    }

    fn reset(&self, seed: u64, today: NaiveDate, population: &Population) -> Outcome<()> {
        self.transaction(|t| {
            remember(t, "audit_record", "forgotten_record")?;
            remember(t, "communication", "forgotten_note")?;
            t.execute_batch(RESET)?;
            schema::add_people(t, seed, today, population)
        })
    }
}

/// Everything that happened goes, in an order that references permit.
const RESET: &str = "
INSERT INTO chain_base (observer, sequence, hash)
    SELECT observer, max(sequence), hash FROM audit_record
    WHERE sequence IS NOT NULL GROUP BY observer
    ON CONFLICT (observer) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
    WHERE excluded.sequence > chain_base.sequence;
DELETE FROM audit_record;
DELETE FROM notification;
DELETE FROM communication;
DELETE FROM patient_flag WHERE made_up;
DELETE FROM look;
DELETE FROM access;
DELETE FROM plan;
DELETE FROM person WHERE made_up;
DELETE FROM authority_file;
DELETE FROM shared WHERE name IN ('weather', 'withdrawn-roles', 'wrong-passcodes', 'exercises');
";

const CLASS_COLUMNS: &str = "code, name, seed, made";

fn read_class(row: &Row<'_>) -> Outcome<StoredClass> {
    Ok(StoredClass {
        code: row.get(0)?,
        name: row.get(1)?,
        seed: row.get::<_, i64>(2)?.cast_unsigned(),
        made: moment(&row.get::<_, String>(3)?)?,
    })
}

/// Keeps of everything that was sent with an id of its own the id and the SHA-256 of the content.
fn remember(t: &Connection, from: &str, into: &str) -> Outcome<()> {
    let mut select = t.prepare(&format!("SELECT id, body FROM {from}"))?;
    let mut insert = t.prepare(&format!(
        "INSERT OR IGNORE INTO {into} (id, sha256) VALUES (?1, ?2)"
    ))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (id, body): (String, String) = (row.get(0)?, row.get(1)?);
        let body = serde_json::from_str(&body).map_err(|_| unreadable("what was sent"))?;
        insert.execute([id.as_str(), Hash::of_content(&body).as_str()])?;
    }
    Ok(())
}

fn count_try(t: &Connection, now: i64) -> Outcome<Option<i64>> {
    let begins = now - TRIES_SECONDS;
    t.execute("DELETE FROM trainer_try WHERE second <= ?1", [begins])?;
    let (tries, oldest): (i64, Option<i64>) = t.query_row(
        "SELECT coalesce(sum(tries), 0), min(second) FROM trainer_try",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if tries >= TRAINER_TRIES {
        return Ok(Some((oldest.unwrap_or(now) - begins).max(1)));
    }
    t.execute(
        "INSERT INTO trainer_try (second, tries) VALUES (?1, 1) \
         ON CONFLICT (second) DO UPDATE SET tries = tries + 1",
        [now],
    )?;
    Ok(None)
}

fn inbox(t: &Connection, asked: &InboxAsked) -> Outcome<Vec<InboxEntry>> {
    let order = if asked.after.is_some() { "ASC" } else { "DESC" };
    let mut statement = t.prepare_cached(&format!(
        "SELECT {}, n.number, n.trace_id, n.nhs_number, n.authority, n.received, n.way \
         FROM notification n JOIN access a ON a.id = n.access_id \
         WHERE n.number > :after AND (:authority IS NULL OR n.authority = :authority) \
         ORDER BY n.number {order} LIMIT :limit",
        register::ACCESS_COLUMNS
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":after": asked.after.unwrap_or_default(),
            ":authority": asked.authority.as_ref().map(|code| code.as_str()),
            ":limit": i64::try_from(asked.limit).unwrap_or(i64::MAX),
        },
        |row| {
            Ok((|| {
                Ok(InboxEntry {
                    access: register::read_access(row)?.access,
                    number: row.get(8)?,
                    trace_id: row.get(9)?,
                    nhs_number: number(&row.get::<_, String>(10)?)?,
                    authority: row.get(11)?,
                    received: moment(&row.get::<_, String>(12)?)?,
                    way: way(&row.get::<_, String>(13)?)?,
                })
            })())
        },
    )?;
    let mut entries: Vec<InboxEntry> = rows.map(|row| row?).collect::<Outcome<_>>()?;
    entries.sort_by_key(|entry| entry.number);
    Ok(entries)
}

fn trainees(t: &Connection) -> Outcome<Vec<Trainee>> {
    let mut statement = t.prepare(
        "SELECT client_id, name, enrolled, \
             (SELECT count(*) FROM audit_record r WHERE r.workstation = w.client_id) \
         FROM workstation w ORDER BY enrolled DESC, client_id",
    )?;
    let rows = statement.query_map([], |row| {
        Ok(Trainee {
            client_id: row.get(0)?,
            name: row.get(1)?,
            enrolled: row.get(2)?,
            records: row.get::<_, i64>(3)?.unsigned_abs(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn records_of(t: &Connection, client_id: &str, limit: usize) -> Outcome<Vec<SentRecord>> {
    let mut statement = t.prepare(
        "SELECT body, received FROM audit_record WHERE workstation = ?1 \
         ORDER BY number DESC LIMIT ?2",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map(params![client_id, limit], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    rows.map(|row| {
        let (body, received) = row?;
        Ok(SentRecord {
            body: serde_json::from_str(&body).map_err(|_| unreadable("an audit record"))?,
            received: moment(&received)?,
        })
    })
    .collect()
}
