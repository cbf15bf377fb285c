//! The tables, and the made-up people in them. Versions are numbered as SQLite's are.

use super::{Connection, Outcome, chains, column, flags, notes, people, register};
use crate::TrainingError;
use crate::population::Population;
use chrono::NaiveDate;

/// The newest schema this program knows.
const SCHEMA: i64 = 6;

/// Under this lock tables are made: two backends that start together make them once.
pub(super) const LOCK: &str = "SELECT pg_advisory_xact_lock(
    hashtextextended('cpis-training tables ' || current_schema(), 0))";

/// Schema 1. Text that is sorted or compared is so by its bytes, as in SQLite.
const TABLES: &str = r#"
CREATE TABLE schema_version (version bigint NOT NULL, one boolean PRIMARY KEY DEFAULT true CHECK (one));
INSERT INTO schema_version (version) VALUES (0);

CREATE TABLE made (name text PRIMARY KEY, value text NOT NULL);

CREATE TABLE person (
    nhs_number text COLLATE "C" PRIMARY KEY, replaced_by text, family text COLLATE "C" NOT NULL,
    given text COLLATE "C" NOT NULL, gender text NOT NULL, birth_date date NOT NULL, deceased date,
    restricted boolean NOT NULL, invalidated boolean NOT NULL, address text NOT NULL,
    postcode text NOT NULL);
CREATE INDEX person_born ON person (birth_date);

CREATE TABLE plan (
    id text COLLATE "C" PRIMARY KEY, nhs_number text COLLATE "C" NOT NULL, code text NOT NULL,
    display text, start_date date, end_date date, authority_name text, authority_code text,
    office_hours text, emergency_duty text, last_updated text);
CREATE INDEX plan_of ON plan (nhs_number);

-- made_up: part of the made-up world, and made anew with it. trace_id is null for those.
CREATE TABLE access (
    id text COLLATE "C" PRIMARY KEY, nhs_number text COLLATE "C" NOT NULL,
    trace_id text COLLATE "C", made_up boolean NOT NULL, recorded text NOT NULL,
    instant bigint NOT NULL, viewer text NOT NULL, role_profile text NOT NULL,
    role_code text NOT NULL, role_name text NOT NULL, organisation_code text NOT NULL,
    organisation_name text NOT NULL, UNIQUE (nhs_number, trace_id));
CREATE INDEX access_newest ON access (nhs_number, instant DESC, id);

-- Every trace that is known, by a request or an audit record: one that is adds nothing when its
-- audit record arrives.
CREATE TABLE trace (trace_id text COLLATE "C" PRIMARY KEY);

-- Every look, scheduled or not.
CREATE TABLE look (
    trace_id text COLLATE "C" NOT NULL REFERENCES trace, nhs_number text COLLATE "C" NOT NULL,
    unscheduled boolean NOT NULL, PRIMARY KEY (trace_id, nhs_number, unscheduled));

CREATE TABLE notification (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, trace_id text COLLATE "C" NOT NULL,
    nhs_number text COLLATE "C" NOT NULL, authority text COLLATE "C" NOT NULL,
    access_id text COLLATE "C" NOT NULL REFERENCES access (id), UNIQUE (trace_id, nhs_number));

CREATE TABLE authority_to_share (
    organisation text COLLATE "C" NOT NULL, care_setting text COLLATE "C" NOT NULL,
    from_date date NOT NULL, until_date date, PRIMARY KEY (organisation, care_setting));

CREATE TABLE audit_record (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id text COLLATE "C" NOT NULL UNIQUE,
    body text NOT NULL, workstation text COLLATE "C" NOT NULL, received text NOT NULL);

CREATE TABLE enrolment_code (code text COLLATE "C" PRIMARY KEY, until bigint NOT NULL);
CREATE TABLE workstation (
    client_id text COLLATE "C" PRIMARY KEY, name text, keys text NOT NULL,
    enrolled bigint NOT NULL);
CREATE TABLE assertion (
    issuer text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL, until bigint NOT NULL,
    PRIMARY KEY (issuer, id));
CREATE TABLE session (
    id text COLLATE "C" PRIMARY KEY, user_id text NOT NULL, client_id text NOT NULL,
    until bigint NOT NULL, ended boolean NOT NULL DEFAULT false);
CREATE TABLE refresh_token (
    token text COLLATE "C" PRIMARY KEY,
    session text COLLATE "C" NOT NULL REFERENCES session (id), used boolean NOT NULL DEFAULT false);
CREATE TABLE access_token (
    token text COLLATE "C" PRIMARY KEY, session text COLLATE "C" REFERENCES session (id),
    workstation text, until bigint NOT NULL, CHECK ((session IS NULL) <> (workstation IS NULL)));
CREATE TABLE authorisation_code (
    code text COLLATE "C" PRIMARY KEY, granted text NOT NULL, until bigint NOT NULL);
"#;

/// Schema 2, before its columns are filled: the place of each audit record in the chain of its
/// workstation.
const CHAIN_COLUMNS: &str = r#"
ALTER TABLE audit_record ADD COLUMN observer text COLLATE "C";
ALTER TABLE audit_record ADD COLUMN sequence bigint;
ALTER TABLE audit_record ADD COLUMN previous text COLLATE "C";
ALTER TABLE audit_record ADD COLUMN hash text COLLATE "C";
"#;

/// Schema 2, once its columns are filled. Records without a place come first, as in SQLite.
const CHAIN_INDEX: &str = "
CREATE INDEX audit_record_chain
    ON audit_record (observer, sequence NULLS FIRST, hash, previous);
";

/// Schema 3: the key to which tokens are bound, how surely the person signed in, and the hash of the
/// authorisation code that opened the session.
const SESSION_COLUMNS: &str = r#"
ALTER TABLE session ADD COLUMN bound_to text;
ALTER TABLE session ADD COLUMN assurance bigint NOT NULL DEFAULT 3;
ALTER TABLE session ADD COLUMN code text COLLATE "C";
CREATE INDEX session_code ON session (code);
ALTER TABLE access_token ADD COLUMN bound_to text;
CREATE INDEX assertion_until ON assertion (until);
"#;

/// Schema 4: what authorities submit, beside the made-up records, which are made anew every day and
/// so have a mark; the person's date of birth on each plan; when and how each notification came;
/// credentials and files of authorities; people of a rehearsal, who stay.
const AUTHORITY_TABLES: &str = r#"
ALTER TABLE plan ADD COLUMN made_up boolean NOT NULL DEFAULT true;
ALTER TABLE plan ADD COLUMN birth_date date;
UPDATE plan SET birth_date =
    (SELECT birth_date FROM person WHERE person.nhs_number = plan.nhs_number);
ALTER TABLE person ADD COLUMN made_up boolean NOT NULL DEFAULT true;

ALTER TABLE notification ADD COLUMN received text NOT NULL DEFAULT '';
ALTER TABLE notification ADD COLUMN received_instant bigint NOT NULL DEFAULT 0;
ALTER TABLE notification ADD COLUMN late boolean NOT NULL DEFAULT false;
UPDATE notification SET (received, received_instant) =
    (SELECT recorded, instant FROM access WHERE access.id = notification.access_id);
CREATE INDEX notification_since ON notification (authority, received_instant);
CREATE INDEX notification_on ON notification (authority, substr(received, 1, 10));

CREATE TABLE authority_credential (
    credential text COLLATE "C" PRIMARY KEY, authority text COLLATE "C" NOT NULL,
    issued text NOT NULL);
-- result: null while a file is being loaded, and when its loading broke off.
CREATE TABLE authority_file (
    authority text COLLATE "C" NOT NULL, sequence bigint NOT NULL, sha256 text COLLATE "C" NOT NULL,
    received text NOT NULL, result text, PRIMARY KEY (authority, sequence));
CREATE INDEX authority_file_content ON authority_file (authority, sha256);
"#;

/// Schema 5: a notification for each authority that holds a record, and in which way it came; flags
/// that are none of CP-IS.
const FLAG_TABLES: &str = r#"
ALTER TABLE notification ADD COLUMN way text NOT NULL DEFAULT 'live';
UPDATE notification SET way = 'late' WHERE late;
ALTER TABLE notification ALTER COLUMN way DROP DEFAULT, DROP COLUMN late,
    DROP CONSTRAINT notification_trace_id_nhs_number_key,
    ADD UNIQUE (trace_id, nhs_number, authority);

CREATE TABLE patient_flag (
    id text COLLATE "C" PRIMARY KEY, nhs_number text COLLATE "C" NOT NULL, code text NOT NULL,
    display text, active boolean NOT NULL, start_date date, made_up boolean NOT NULL);
CREATE INDEX patient_flag_of ON patient_flag (nhs_number);
"#;

/// Schema 5 too: trainers' sessions and wrong tries; values that every backend on the store shares; of
/// what a reset dropped, audit records by id and SHA-256, and the last place of each chain; the
/// classes of the store at the root.
const CONSOLE_TABLES: &str = r#"
CREATE TABLE trainer_session (
    token text COLLATE "C" PRIMARY KEY, until bigint NOT NULL, used bigint NOT NULL);
CREATE TABLE trainer_try (second bigint PRIMARY KEY, tries bigint NOT NULL);
CREATE TABLE shared (name text COLLATE "C" PRIMARY KEY, value text NOT NULL);
CREATE TABLE forgotten_record (id text COLLATE "C" PRIMARY KEY, sha256 text COLLATE "C" NOT NULL);
CREATE TABLE chain_base (
    observer text COLLATE "C" PRIMARY KEY, sequence bigint NOT NULL, hash text COLLATE "C" NOT NULL);
CREATE TABLE class (
    code text COLLATE "C" PRIMARY KEY, name text NOT NULL, seed bigint NOT NULL, made text NOT NULL, ended text);
CREATE INDEX audit_record_by_sender ON audit_record (workstation, number);
"#;

/// Makes the tables if need be, and the made-up people if they are not those of today.
pub(super) fn prepare(
    c: &Connection,
    seed: u64,
    today: NaiveDate,
    population: &Population,
) -> Outcome<()> {
    c.batch(LOCK)?;
    warn_of_weak_promises(c)?;
    let found = version(c)?;
    if found < 1 {
        c.batch(TABLES)?;
        set_made(c, "seed", &seed.to_string())?;
        for agreement in &population.authorities_to_share {
            register::set_authority_to_share(c, agreement)?;
        }
    }
    if found < 2 {
        c.batch(CHAIN_COLUMNS)?;
        chains::fill(c)?;
        c.batch(CHAIN_INDEX)?;
    }
    if found < 3 {
        c.batch(SESSION_COLUMNS)?;
    }
    if found < 4 {
        c.batch(AUTHORITY_TABLES)?;
    }
    if found < 5 {
        c.batch(notes::TABLE)?;
        c.batch(FLAG_TABLES)?;
        c.batch(CONSOLE_TABLES)?;
    }
    if found < 6 {
        c.batch(notes::FORGOTTEN)?;
    }
    if found < SCHEMA {
        c.execute("UPDATE schema_version SET version = $1", &[&SCHEMA])?;
    }
    let made_with = made(c, "seed")?.unwrap_or_default();
    if made_with != seed.to_string() {
        return Err(TrainingError::OtherSeed {
            asked: seed,
            found: made_with,
        });
    }
    // An older program made other people.
    if found < SCHEMA || made(c, "day")?.as_deref() != Some(&today.to_string()) {
        c.batch(
            "DELETE FROM access WHERE made_up; DELETE FROM plan WHERE made_up; \
             DELETE FROM patient_flag WHERE made_up; DELETE FROM person WHERE made_up;",
        )?;
        add_people(c, seed, today, population)?;
    }
    Ok(())
}

/// Makes the made-up people, of whom none is there.
pub(super) fn add_people(
    c: &Connection,
    seed: u64,
    today: NaiveDate,
    population: &Population,
) -> Outcome<()> {
    people::add(c, &population.patients)?;
    register::add(c, &population.patients, seed)?;
    flags::add(c, &population.patients, seed)?;
    set_made(c, "day", &today.to_string())
}

/// Refuses a database whose tables are not those of this program.
pub(super) fn require_current(c: &Connection) -> Outcome<()> {
    let found = version(c)?;
    if found < SCHEMA {
        return Err(TrainingError::OlderSchema {
            found,
            known: SCHEMA,
        });
    }
    Ok(())
}

fn version(c: &Connection) -> Outcome<i64> {
    let there = c.query_opt(
        "SELECT 1 WHERE to_regclass('schema_version') IS NOT NULL",
        &[],
    )?;
    if there.is_none() {
        return Ok(0);
    }
    let row = c.query_opt("SELECT version FROM schema_version", &[])?;
    let found = row.map_or(Ok(0), |row| column(&row, 0))?;
    if found > SCHEMA {
        return Err(TrainingError::NewerSchema {
            found,
            known: SCHEMA,
        });
    }
    Ok(found)
}

/// A server that does not write through forgets what it answered when the power fails.
fn warn_of_weak_promises(c: &Connection) -> Outcome<()> {
    let weak = c.query_opt("SELECT 1 WHERE current_setting('fsync') = 'off'", &[])?;
    if weak.is_some() {
        tracing::warn!("the database server runs with fsync=off: a power cut loses what it kept");
    }
    Ok(())
}

/// The seed that the people follow from.
pub(super) fn made_with(c: &Connection) -> Outcome<u64> {
    let seed = made(c, "seed")?.and_then(|seed| seed.parse().ok());
    seed.ok_or(TrainingError::Unreadable("the seed"))
}

fn made(c: &Connection, name: &str) -> Outcome<Option<String>> {
    c.query_opt("SELECT value FROM made WHERE name = $1", &[&name])?
        .map(|row| column(&row, 0))
        .transpose()
}

fn set_made(c: &Connection, name: &str, value: &str) -> Outcome<()> {
    c.execute(
        "INSERT INTO made (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        &[&name, &value],
    )?;
    Ok(())
}
