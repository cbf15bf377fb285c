//! The tables, and the made-up people in them.

use super::{Outcome, chains, flags, notes, people, register};
use crate::TrainingError;
use crate::population::Population;
use chrono::NaiveDate;
use rusqlite::{Connection, OptionalExtension};

/// The newest schema this program knows.
const SCHEMA: i64 = 6;

/// Schema 1.
const TABLES: &str = "
CREATE TABLE made (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE person (
    nhs_number TEXT PRIMARY KEY, replaced_by TEXT, family TEXT NOT NULL, given TEXT NOT NULL,
    gender TEXT NOT NULL, birth_date TEXT NOT NULL, deceased TEXT, restricted INTEGER NOT NULL,
    invalidated INTEGER NOT NULL, address TEXT NOT NULL, postcode TEXT NOT NULL) STRICT;
CREATE INDEX person_born ON person (birth_date);

CREATE TABLE plan (
    id TEXT PRIMARY KEY, nhs_number TEXT NOT NULL, code TEXT NOT NULL, display TEXT,
    start_date TEXT, end_date TEXT, authority_name TEXT, authority_code TEXT,
    office_hours TEXT, emergency_duty TEXT, last_updated TEXT) STRICT;
CREATE INDEX plan_of ON plan (nhs_number);

-- made_up: part of the made-up world, and made anew with it. trace_id is null for those.
CREATE TABLE access (
    id TEXT PRIMARY KEY, nhs_number TEXT NOT NULL, trace_id TEXT, made_up INTEGER NOT NULL,
    recorded TEXT NOT NULL, instant INTEGER NOT NULL, viewer TEXT NOT NULL,
    role_profile TEXT NOT NULL, role_code TEXT NOT NULL, role_name TEXT NOT NULL,
    organisation_code TEXT NOT NULL, organisation_name TEXT NOT NULL,
    UNIQUE (nhs_number, trace_id)) STRICT;
CREATE INDEX access_newest ON access (nhs_number, instant);

-- Every look that came as a request, scheduled or not: a trace that is known here adds nothing
-- when its audit record arrives.
CREATE TABLE look (
    trace_id TEXT NOT NULL, nhs_number TEXT NOT NULL, unscheduled INTEGER NOT NULL,
    PRIMARY KEY (trace_id, nhs_number, unscheduled)) STRICT;

CREATE TABLE notification (
    number INTEGER PRIMARY KEY AUTOINCREMENT, trace_id TEXT NOT NULL, nhs_number TEXT NOT NULL,
    authority TEXT NOT NULL, access_id TEXT NOT NULL REFERENCES access (id),
    UNIQUE (trace_id, nhs_number)) STRICT;

CREATE TABLE authority_to_share (
    organisation TEXT NOT NULL, care_setting TEXT NOT NULL, from_date TEXT NOT NULL,
    until_date TEXT, PRIMARY KEY (organisation, care_setting)) STRICT;

CREATE TABLE audit_record (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL,
    workstation TEXT NOT NULL, received TEXT NOT NULL) STRICT;

CREATE TABLE enrolment_code (code TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
CREATE TABLE workstation (
    client_id TEXT PRIMARY KEY, name TEXT, keys TEXT NOT NULL, enrolled INTEGER NOT NULL) STRICT;
CREATE TABLE assertion (
    issuer TEXT NOT NULL, id TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (issuer, id)) STRICT;
CREATE TABLE session (
    id TEXT PRIMARY KEY, user_id TEXT NOT NULL, client_id TEXT NOT NULL, until INTEGER NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE refresh_token (
    token TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES session (id),
    used INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE access_token (
    token TEXT PRIMARY KEY, session TEXT REFERENCES session (id), workstation TEXT,
    until INTEGER NOT NULL, CHECK ((session IS NULL) <> (workstation IS NULL))) STRICT;
CREATE TABLE authorisation_code (
    code TEXT PRIMARY KEY, granted TEXT NOT NULL, until INTEGER NOT NULL) STRICT;
";

/// Schema 2, before its columns are filled: the place of each audit record in the chain of its
/// workstation. `workstation` is the client id whose token sent the record; `observer` is the
/// workstation as the record itself names it, which outlives an enrolment. The other three are null
/// together for a record without a place.
const CHAIN_COLUMNS: &str = "
ALTER TABLE audit_record ADD COLUMN observer TEXT;
ALTER TABLE audit_record ADD COLUMN sequence INTEGER;
ALTER TABLE audit_record ADD COLUMN previous TEXT;
ALTER TABLE audit_record ADD COLUMN hash TEXT;
";

/// Schema 2, once its columns are filled.
const CHAIN_INDEX: &str = "
CREATE INDEX audit_record_chain ON audit_record (observer, sequence, hash, previous);
";

/// Schema 3: the key to which tokens are bound, by its thumbprint (null: to none), how surely the
/// person signed in, and the hash of the authorisation code that opened the session. Sessions from
/// before were all opened with a card.
const SESSION_COLUMNS: &str = "
ALTER TABLE session ADD COLUMN bound_to TEXT;
ALTER TABLE session ADD COLUMN assurance INTEGER NOT NULL DEFAULT 3;
ALTER TABLE session ADD COLUMN code TEXT;
CREATE INDEX session_code ON session (code);
ALTER TABLE access_token ADD COLUMN bound_to TEXT;
CREATE INDEX assertion_until ON assertion (until);
";

/// Schema 4: what authorities submit, beside the made-up records, which are made anew every day and
/// so have a mark; the person's date of birth on each plan, since a plan ends with childhood; when
/// and how each notification came (earlier ones count as live: it had not been kept); credentials
/// and files of authorities; people of a rehearsal, who stay.
const AUTHORITY_TABLES: &str = "
ALTER TABLE plan ADD COLUMN made_up INTEGER NOT NULL DEFAULT 1;
ALTER TABLE plan ADD COLUMN birth_date TEXT;
UPDATE plan SET birth_date = (SELECT birth_date FROM person WHERE person.nhs_number = plan.nhs_number);
ALTER TABLE person ADD COLUMN made_up INTEGER NOT NULL DEFAULT 1;

ALTER TABLE notification ADD COLUMN received TEXT NOT NULL DEFAULT '';
ALTER TABLE notification ADD COLUMN received_instant INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notification ADD COLUMN late INTEGER NOT NULL DEFAULT 0;
UPDATE notification SET (received, received_instant) =
    (SELECT recorded, instant FROM access WHERE access.id = notification.access_id);
CREATE INDEX notification_since ON notification (authority, received_instant);
CREATE INDEX notification_on ON notification (authority, substr(received, 1, 10));

CREATE TABLE authority_credential (
    credential TEXT PRIMARY KEY, authority TEXT NOT NULL, issued TEXT NOT NULL) STRICT;
-- result: null while a file is being loaded, and when its loading broke off.
CREATE TABLE authority_file (
    authority TEXT NOT NULL, sequence INTEGER NOT NULL, sha256 TEXT NOT NULL,
    received TEXT NOT NULL, result TEXT, PRIMARY KEY (authority, sequence)) STRICT;
CREATE INDEX authority_file_content ON authority_file (authority, sha256);
";

/// Schema 5: a notification for each authority that holds a record, and in which way it came; flags
/// that are none of CP-IS.
const FLAG_TABLES: &str = "
CREATE TABLE notification_of_each (
    number INTEGER PRIMARY KEY AUTOINCREMENT, trace_id TEXT NOT NULL, nhs_number TEXT NOT NULL,
    authority TEXT NOT NULL, access_id TEXT NOT NULL REFERENCES access (id),
    received TEXT NOT NULL, received_instant INTEGER NOT NULL, way TEXT NOT NULL,
    UNIQUE (trace_id, nhs_number, authority)) STRICT;
INSERT INTO notification_of_each
    SELECT number, trace_id, nhs_number, authority, access_id, received, received_instant,
        iif(late, 'late', 'live') FROM notification;
DROP TABLE notification;
ALTER TABLE notification_of_each RENAME TO notification;
CREATE INDEX notification_since ON notification (authority, received_instant);
CREATE INDEX notification_on ON notification (authority, substr(received, 1, 10));

CREATE TABLE patient_flag (
    id TEXT PRIMARY KEY, nhs_number TEXT NOT NULL, code TEXT NOT NULL, display TEXT,
    active INTEGER NOT NULL, start_date TEXT, made_up INTEGER NOT NULL) STRICT;
CREATE INDEX patient_flag_of ON patient_flag (nhs_number);
";

/// Schema 5 too: trainers' sessions and wrong tries; values that every backend on the store shares; of
/// what a reset dropped, audit records by id and SHA-256, and the last place of each chain; the
/// classes of the store at the root.
const CONSOLE_TABLES: &str = "
CREATE TABLE trainer_session (
    token TEXT PRIMARY KEY, until INTEGER NOT NULL, used INTEGER NOT NULL) STRICT;
CREATE TABLE trainer_try (second INTEGER PRIMARY KEY, tries INTEGER NOT NULL) STRICT;
CREATE TABLE shared (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE forgotten_record (id TEXT PRIMARY KEY, sha256 TEXT NOT NULL) STRICT;
CREATE TABLE chain_base (
    observer TEXT PRIMARY KEY, sequence INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE class (
    code TEXT PRIMARY KEY, name TEXT NOT NULL, seed INTEGER NOT NULL, made TEXT NOT NULL, ended TEXT) STRICT;
CREATE INDEX audit_record_by_sender ON audit_record (workstation, number);
";

/// Makes the tables if need be, and the made-up people if they are not those of today.
pub(super) fn prepare(
    t: &Connection,
    seed: u64,
    today: NaiveDate,
    population: &Population,
) -> Outcome<()> {
    let found = version(t)?;
    if found < 1 {
        t.execute_batch(TABLES)?;
        set_made(t, "seed", &seed.to_string())?;
        for agreement in &population.authorities_to_share {
            register::set_authority_to_share(t, agreement)?;
        }
    }
    if found < 2 {
        t.execute_batch(CHAIN_COLUMNS)?;
        chains::fill(t)?;
        t.execute_batch(CHAIN_INDEX)?;
    }
    if found < 3 {
        t.execute_batch(SESSION_COLUMNS)?;
    }
    if found < 4 {
        t.execute_batch(AUTHORITY_TABLES)?;
    }
    if found < 5 {
        t.execute_batch(notes::TABLE)?;
        t.execute_batch(FLAG_TABLES)?;
        t.execute_batch(CONSOLE_TABLES)?;
    }
    if found < 6 {
        t.execute_batch(notes::FORGOTTEN)?;
    }
    if found < SCHEMA {
        t.pragma_update(None, "user_version", SCHEMA)?;
    }
    let made_with = made(t, "seed")?.unwrap_or_default();
    if made_with != seed.to_string() {
        return Err(TrainingError::OtherSeed {
            asked: seed,
            found: made_with,
        });
    }
    // An older program made other people.
    if found < SCHEMA || made(t, "day")?.as_deref() != Some(&today.to_string()) {
        t.execute_batch(
            "DELETE FROM access WHERE made_up; DELETE FROM plan WHERE made_up;
             DELETE FROM patient_flag WHERE made_up; DELETE FROM person WHERE made_up;",
        )?;
        add_people(t, seed, today, population)?;
    }
    Ok(())
}

/// Makes the made-up people, of whom none is there.
pub(super) fn add_people(
    t: &Connection,
    seed: u64,
    today: NaiveDate,
    population: &Population,
) -> Outcome<()> {
    for patient in &population.patients {
        people::add(t, patient)?;
        register::add(t, patient, seed)?;
        flags::add(t, patient, seed)?;
    }
    set_made(t, "day", &today.to_string())
}

/// Refuses a file whose tables are not those of this program.
pub(super) fn require_current(connection: &Connection) -> Outcome<()> {
    let found = version(connection)?;
    if found < SCHEMA {
        return Err(TrainingError::OlderSchema {
            found,
            known: SCHEMA,
        });
    }
    Ok(())
}

fn version(connection: &Connection) -> Outcome<i64> {
    let found = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > SCHEMA {
        return Err(TrainingError::NewerSchema {
            found,
            known: SCHEMA,
        });
    }
    Ok(found)
}

/// The seed that the people follow from.
pub(super) fn made_with(t: &Connection) -> Outcome<u64> {
    let seed = made(t, "seed")?.and_then(|seed| seed.parse().ok());
    seed.ok_or(TrainingError::Unreadable("the seed"))
}

fn made(t: &Connection, name: &str) -> Outcome<Option<String>> {
    let found = t
        .query_row("SELECT value FROM made WHERE name = ?1", [name], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(found)
}

fn set_made(t: &Connection, name: &str, value: &str) -> Outcome<()> {
    t.execute(
        "INSERT OR REPLACE INTO made (name, value) VALUES (?1, ?2)",
        [name, value],
    )?;
    Ok(())
}

/// The tables as the program of an older schema made them.
#[cfg(test)]
pub(super) fn older(t: &Connection, seed: u64, schema: usize) -> Outcome<()> {
    let chains = format!("{CHAIN_COLUMNS}{CHAIN_INDEX}");
    let batches = [TABLES, &chains, SESSION_COLUMNS, AUTHORITY_TABLES];
    for batch in batches.iter().take(schema) {
        t.execute_batch(batch)?;
    }
    set_made(t, "seed", &seed.to_string())?;
    t.pragma_update(None, "user_version", i64::try_from(schema).unwrap_or(0))?;
    Ok(())
}
