//! The rows of the trainer's console.

use super::{
    Connection, Outcome, PostgresStore, column, moment, notes, number, register, schema,
    unreadable, way,
};
use crate::population::Population;
use crate::store::console::{IDLE_SECONDS, TRAINER_TRIES, TRIES_SECONDS};
use crate::store::{
    ConsoleStore, Hash, InboxAsked, InboxEntry, InboxNote, SentRecord, StoredClass, Trainee,
};
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::OdsCode;
use tokio_postgres::Row;

impl ConsoleStore for PostgresStore {
    fn shared(&self, name: &str) -> Outcome<Option<String>> {
        self.read(|c| {
            c.query_opt("SELECT value FROM shared WHERE name = $1", &[&name])?
                .map(|row| column(&row, 0))
                .transpose()
        })
    }

    fn share(&self, name: &str, seen: Option<&str>, value: &str) -> Outcome<bool> {
        self.transaction(|c| {
            let changed = match seen {
                None => c.execute(
                    "INSERT INTO shared (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING",
                    &[&name, &value],
                )?,
                Some(seen) => c.execute(
                    "UPDATE shared SET value = $3 WHERE name = $1 AND value = $2",
                    &[&name, &seen, &value],
                )?,
            };
            Ok(changed == 1)
        })
    }

    fn count_trainer_try(&self, now: i64) -> Outcome<Option<i64>> {
        self.transaction(|c| count_try(c, now))
    }

    fn add_trainer_session(&self, session: &Hash, until: i64, now: i64) -> Outcome<()> {
        self.transaction(|c| {
            c.execute("DELETE FROM trainer_session WHERE until <= $1", &[&now])?;
            c.execute(
                "INSERT INTO trainer_session (token, until, used) VALUES ($1, $2, $3)",
                &[&session.as_str(), &until, &now],
            )?;
            Ok(())
        })
    }

    fn use_trainer_session(&self, session: &Hash, now: i64) -> Outcome<bool> {
        self.transaction(|c| {
            let used = c.execute(
                "UPDATE trainer_session SET used = $2 WHERE token = $1 AND until > $2 \
                 AND used > $3",
                &[&session.as_str(), &now, &(now - IDLE_SECONDS)],
            )?;
            Ok(used == 1)
        })
    }

    fn end_trainer_session(&self, session: &Hash) -> Outcome<()> {
        self.transaction(|c| {
            c.execute(
                "DELETE FROM trainer_session WHERE token = $1",
                &[&session.as_str()],
            )?;
            Ok(())
        })
    }

    fn expire_access_tokens(&self, now: i64) -> Outcome<u64> {
        self.transaction(|c| {
            c.execute(
                "UPDATE access_token SET until = $1 WHERE until > $1",
                &[&now],
            )
        })
    }

    fn inbox(&self, asked: &InboxAsked) -> Outcome<Vec<InboxEntry>> {
        self.read(|c| inbox(c, asked))
    }

    fn inbox_notes(&self, asked: &InboxAsked) -> Outcome<Vec<InboxNote>> {
        self.read(|c| notes::inbox(c, asked))
    }

    fn trainees(&self) -> Outcome<Vec<Trainee>> {
        self.read(trainees)
    }

    fn records_of(&self, client_id: &str, limit: usize) -> Outcome<Vec<SentRecord>> {
        self.read(|c| records_of(c, client_id, limit))
    }

    fn observers_of(&self, client_id: &str) -> Outcome<Vec<String>> {
        self.read(|c| {
            let rows = c.query(
                "SELECT DISTINCT observer FROM audit_record WHERE workstation = $1 ORDER BY 1",
                &[&client_id],
            )?;
            rows.iter().map(|row| column(row, 0)).collect()
        })
    }

    fn seed(&self) -> Outcome<u64> {
        self.read(schema::made_with)
    }

    fn classes(&self) -> Outcome<Vec<StoredClass>> {
        self.read(|c| {
            let rows = c.query(
                &format!(
                    "SELECT {CLASS_COLUMNS} FROM class WHERE ended IS NULL ORDER BY made DESC, code"
                ),
                &[],
            )?;
            rows.iter().map(read_class).collect()
        })
    }

    fn class(&self, code: &str) -> Outcome<Option<StoredClass>> {
        self.read(|c| {
            c.query_opt(
                &format!("SELECT {CLASS_COLUMNS} FROM class WHERE ended IS NULL AND code = $1"),
                &[&code],
            )?
            .map(|row| read_class(&row))
            .transpose()
        })
    }

    fn add_class(&self, class: &StoredClass) -> Outcome<()> {
        self.transaction(|c| {
            c.execute(
                "INSERT INTO class (code, name, seed, made) VALUES ($1, $2, $3, $4)",
                &[
                    &class.code,
                    &class.name,
                    &class.seed.cast_signed(),
                    &class.made.to_rfc3339(),
                ],
            )?;
            Ok(())
        })
    }

    fn end_class(&self, code: &str, now: DateTime<FixedOffset>) -> Outcome<bool> {
        self.transaction(|c| {
            let ended = c.execute(
                "UPDATE class SET ended = $2 WHERE code = $1 AND ended IS NULL",
                &[&code, &now.to_rfc3339()],
            )?;
            Ok(ended == 1)
        })
    }

    fn reset(&self, seed: u64, today: NaiveDate, population: &Population) -> Outcome<()> {
        self.transaction(|c| {
            c.batch(NOBODY_WRITES)?;
            remember(c, "audit_record", "forgotten_record")?;
            remember(c, "communication", "forgotten_note")?;
            c.batch(RESET)?;
            schema::add_people(c, seed, today, population)
        })
    }
}

/// Nobody writes during a reset: what came in between would be dropped and not remembered.
const NOBODY_WRITES: &str = "LOCK TABLE audit_record, trace, look, access, notification, communication, patient_flag, plan, person IN EXCLUSIVE MODE";

/// How many rows are remembered at a time.
const AT_A_TIME: i64 = 500;

/// Everything that happened goes, in an order that references permit.
const RESET: &str = "
INSERT INTO chain_base (observer, sequence, hash)
    SELECT DISTINCT ON (observer) observer, sequence, hash FROM audit_record
    WHERE sequence IS NOT NULL ORDER BY observer, sequence DESC
    ON CONFLICT (observer) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
    WHERE excluded.sequence > chain_base.sequence;
DELETE FROM audit_record;
DELETE FROM notification;
DELETE FROM communication;
DELETE FROM patient_flag WHERE made_up;
DELETE FROM look;
DELETE FROM trace;
DELETE FROM access;
DELETE FROM plan;
DELETE FROM person WHERE made_up;
DELETE FROM authority_file;
DELETE FROM shared WHERE name IN ('weather', 'withdrawn-roles', 'wrong-passcodes', 'exercises');
";

const CLASS_COLUMNS: &str = "code, name, seed, made";

fn read_class(row: &Row) -> Outcome<StoredClass> {
    Ok(StoredClass {
        code: column(row, 0)?,
        name: column(row, 1)?,
        seed: column::<i64>(row, 2)?.cast_unsigned(),
        made: moment(column(row, 3)?)?,
    })
}

/// Keeps of everything that was sent with an id of its own the id and the SHA-256 of the content.
fn remember(c: &Connection, from: &str, into: &str) -> Outcome<()> {
    let mut last = 0_i64;
    loop {
        let rows = c.query(
            &format!(
                "SELECT number, id, body FROM {from} WHERE number > $1 ORDER BY number LIMIT $2"
            ),
            &[&last, &AT_A_TIME],
        )?;
        let Some(newest) = rows.last() else {
            return Ok(());
        };
        last = column(newest, 0)?;
        let (mut ids, mut hashes) = (Vec::new(), Vec::new());
        for row in &rows {
            let body =
                serde_json::from_str(column(row, 2)?).map_err(|_| unreadable("what was sent"))?;
            ids.push(column::<String>(row, 1)?);
            hashes.push(Hash::of_content(&body).as_str().to_owned());
        }
        c.execute(
            &format!(
                "INSERT INTO {into} (id, sha256) \
                 SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING"
            ),
            &[&ids, &hashes],
        )?;
    }
}

fn count_try(c: &Connection, now: i64) -> Outcome<Option<i64>> {
    // One at a time: a hundred that come at once are a hundred.
    c.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended('trainer tries ' || current_schema(), 0))",
        &[],
    )?;
    let begins = now - TRIES_SECONDS;
    c.execute("DELETE FROM trainer_try WHERE second <= $1", &[&begins])?;
    let row = c.query_opt(
        "SELECT coalesce(sum(tries), 0)::bigint, min(second) FROM trainer_try",
        &[],
    )?;
    let row = row.ok_or_else(|| unreadable("a trainer's tries"))?;
    if column::<i64>(&row, 0)? >= TRAINER_TRIES {
        let oldest: Option<i64> = column(&row, 1)?;
        return Ok(Some((oldest.unwrap_or(now) - begins).max(1)));
    }
    c.execute(
        "INSERT INTO trainer_try (second, tries) VALUES ($1, 1) \
         ON CONFLICT (second) DO UPDATE SET tries = trainer_try.tries + 1",
        &[&now],
    )?;
    Ok(None)
}

fn inbox(c: &Connection, asked: &InboxAsked) -> Outcome<Vec<InboxEntry>> {
    let order = if asked.after.is_some() { "ASC" } else { "DESC" };
    let rows = c.query(
        &format!(
            "SELECT {}, n.number, n.trace_id, n.nhs_number, n.authority, n.received, n.way \
             FROM notification n JOIN access a ON a.id = n.access_id \
             WHERE n.number > $1 AND ($2::text IS NULL OR n.authority = $2) \
             ORDER BY n.number {order} LIMIT $3",
            register::ACCESS_COLUMNS
        ),
        &[
            &asked.after.unwrap_or_default(),
            &asked.authority.as_ref().map(OdsCode::as_str),
            &i64::try_from(asked.limit).unwrap_or(i64::MAX),
        ],
    )?;
    let mut entries: Vec<InboxEntry> = rows.iter().map(read_entry).collect::<Outcome<_>>()?;
    entries.sort_by_key(|entry| entry.number);
    Ok(entries)
}

fn read_entry(row: &Row) -> Outcome<InboxEntry> {
    Ok(InboxEntry {
        access: register::read_access(row)?.access,
        number: column(row, 8)?,
        trace_id: column(row, 9)?,
        nhs_number: number(column(row, 10)?)?,
        authority: column(row, 11)?,
        received: moment(column(row, 12)?)?,
        way: way(column(row, 13)?)?,
    })
}

fn trainees(c: &Connection) -> Outcome<Vec<Trainee>> {
    let rows = c.query(
        "SELECT client_id, name, enrolled, \
             (SELECT count(*) FROM audit_record r WHERE r.workstation = w.client_id) \
         FROM workstation w ORDER BY enrolled DESC, client_id",
        &[],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Trainee {
                client_id: column(row, 0)?,
                name: column(row, 1)?,
                enrolled: column(row, 2)?,
                records: column::<i64>(row, 3)?.unsigned_abs(),
            })
        })
        .collect()
}

fn records_of(c: &Connection, client_id: &str, limit: usize) -> Outcome<Vec<SentRecord>> {
    let rows = c.query(
        "SELECT body, received FROM audit_record WHERE workstation = $1 \
         ORDER BY number DESC LIMIT $2",
        &[&client_id, &i64::try_from(limit).unwrap_or(i64::MAX)],
    )?;
    rows.iter()
        .map(|row| {
            Ok(SentRecord {
                body: serde_json::from_str(column(row, 0)?)
                    .map_err(|_| unreadable("an audit record"))?,
                received: moment(column(row, 1)?)?,
            })
        })
        .collect()
}
