//! The tables, how they grew, and the settings that make a commit durable.

use crate::AuditError;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use std::time::Duration;

/// The newest schema this program knows.
pub(crate) const SCHEMA: i64 = 3;

/// Each entry takes the schema one step further. A step keeps every row of `record`, as [`migrate`]
/// makes sure.
const MIGRATIONS: [&str; SCHEMA as usize] = [
    "
    CREATE TABLE record (
        number      INTEGER PRIMARY KEY AUTOINCREMENT,
        id          TEXT NOT NULL UNIQUE,
        state       TEXT NOT NULL
                    CHECK (state IN ('attempted', 'waiting', 'sending', 'sent', 'needs-attention')),
        begun_at    TEXT NOT NULL,
        version     INTEGER NOT NULL,
        body        BLOB NOT NULL,
        sequence    INTEGER UNIQUE,
        tries       INTEGER NOT NULL DEFAULT 0,
        next_try    INTEGER NOT NULL DEFAULT 0,
        lease_until INTEGER,
        reason      TEXT,
        receipt     TEXT,
        sent_at     TEXT
    ) STRICT;
    CREATE INDEX record_due ON record (state, next_try);
    CREATE TABLE head (
        one      INTEGER PRIMARY KEY CHECK (one = 1),
        sequence INTEGER NOT NULL,
        hash     TEXT NOT NULL
    ) STRICT;
    INSERT INTO head (one, sequence, hash)
        VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
    ",
    // One index a state, each as small as what stands in that state: no call reads what it does not
    // need, however many rows there are. `code` is written by the program: it needs the key.
    "
    ALTER TABLE record ADD COLUMN tried_at INTEGER NOT NULL DEFAULT 0;
    DROP INDEX record_due;
    CREATE INDEX record_attempted ON record (number) WHERE state = 'attempted';
    CREATE INDEX record_waiting   ON record (next_try, number) WHERE state = 'waiting';
    CREATE INDEX record_oldest    ON record (number) WHERE state = 'waiting';
    CREATE INDEX record_sending   ON record (number) WHERE state = 'sending';
    CREATE INDEX record_attention ON record (number) WHERE state = 'needs-attention';
    CREATE INDEX record_sent      ON record (sent_at, number) WHERE state = 'sent';
    ALTER TABLE head ADD COLUMN revision      INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE head ADD COLUMN begun         INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE head ADD COLUMN base_number   INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE head ADD COLUMN base_sequence INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE head ADD COLUMN base_hash     TEXT NOT NULL
        DEFAULT '0000000000000000000000000000000000000000000000000000000000000000';
    ALTER TABLE head ADD COLUMN sum           BLOB NOT NULL DEFAULT x'';
    ALTER TABLE head ADD COLUMN witnessed     INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE head ADD COLUMN doubt_at      TEXT;
    ALTER TABLE head ADD COLUMN doubt_number  INTEGER;
    ALTER TABLE head ADD COLUMN code          BLOB NOT NULL DEFAULT x'';
    CREATE TABLE finding (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at     TEXT NOT NULL,
        what   TEXT NOT NULL
    ) STRICT;
    ",
    // The body leaves the row, so that sending writes small rows only. Numbers come from the head, and
    // an examination finds a place in the chain that is there twice: neither needs an index. That of
    // the unsent rows is written when a look begins and when it is sent, and not between.
    "
    DROP INDEX record_attempted;
    DROP INDEX record_waiting;
    DROP INDEX record_oldest;
    DROP INDEX record_sending;
    DROP INDEX record_attention;
    DROP INDEX record_sent;
    ALTER TABLE record RENAME TO record_2;
    CREATE TABLE record (
        number      INTEGER PRIMARY KEY,
        id          TEXT NOT NULL UNIQUE,
        state       TEXT NOT NULL
                    CHECK (state IN ('attempted', 'waiting', 'sending', 'sent', 'needs-attention')),
        begun_at    TEXT NOT NULL,
        version     INTEGER NOT NULL,
        look        BLOB,
        sequence    INTEGER,
        tries       INTEGER NOT NULL,
        next_try    INTEGER NOT NULL,
        lease_until INTEGER,
        tried_at    INTEGER NOT NULL,
        reason      TEXT,
        receipt     TEXT,
        sent_at     TEXT
    ) STRICT;
    CREATE TABLE body (
        record INTEGER PRIMARY KEY,
        sealed BLOB NOT NULL
    ) STRICT;
    INSERT INTO record
        SELECT number, id, state, begun_at, version, iif(version = 1, body, NULL), sequence, tries,
            next_try, lease_until, tried_at, reason, receipt, sent_at
        FROM record_2 ORDER BY number;
    INSERT INTO body SELECT number, body FROM record_2 WHERE version <> 1 ORDER BY number;
    DROP TABLE record_2;
    CREATE INDEX record_unsent    ON record (number)           WHERE state <> 'sent';
    CREATE INDEX record_attempted ON record (number)           WHERE state = 'attempted';
    CREATE INDEX record_due       ON record (next_try, number) WHERE state = 'waiting';
    CREATE INDEX record_sending   ON record (number)           WHERE state = 'sending';
    CREATE INDEX record_attention ON record (number)           WHERE state = 'needs-attention';
    CREATE INDEX record_sent      ON record (sent_at, number)  WHERE state = 'sent';
    ",
];

/// FULL, not NORMAL: with NORMAL a power cut loses committed records. `fullfsync` makes macOS write
/// through the drive's cache. What SQLite took is read back, since it ignores what it does not know.
pub(crate) fn make_durable(connection: &Connection) -> Result<(), AuditError> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    let journal: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
    if !journal.eq_ignore_ascii_case("wal") {
        return Err(AuditError::NotDurable("journal_mode=WAL"));
    }
    let synchronous: i64 = connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
    if synchronous != 2 {
        return Err(AuditError::NotDurable("synchronous=FULL"));
    }
    Ok(())
}

/// Has a kept statement planned once. SQLite would plan it anew for each state that it is given, to see
/// whether an index of that state alone may serve.
pub(crate) fn plan_once(connection: &Connection) -> Result<(), AuditError> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Brings the tables to the newest schema. `examine` looks at the rows before a step touches them,
/// and `adopt` stands for them afterwards, with what was found. All is one transaction: a cut within it
/// would leave a head that looks altered, or a finding that is forgotten. Returns what `examine` found,
/// or `None` if there was nothing to do.
pub(crate) fn migrate<F>(
    connection: &mut Connection,
    examine: impl FnOnce(&Connection, i64) -> Result<F, AuditError>,
    adopt: impl FnOnce(&Connection, &F) -> Result<(), AuditError>,
) -> Result<Option<F>, AuditError> {
    let schema = refuse_newer(connection)?;
    if schema == SCHEMA {
        return Ok(None);
    }
    // A row in a state that there is not was put there by somebody. It comes along, and is found.
    connection.pragma_update(None, "ignore_check_constraints", true)?;
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = examine(&write, schema)?;
    let before = if schema == 0 { 0 } else { rows(&write)? };
    for (step, sql) in (1..).zip(MIGRATIONS).filter(|(step, _)| *step > schema) {
        write.execute_batch(sql).map_err(damaged)?;
        write.pragma_update(None, "user_version", step)?;
    }
    if rows(&write)? != before {
        return Err(AuditError::Damaged);
    }
    adopt(&write, &found)?;
    write.commit()?;
    connection.pragma_update(None, "ignore_check_constraints", false)?;
    Ok(Some(found))
}

fn rows(connection: &Connection) -> Result<i64, AuditError> {
    Ok(connection.query_row("SELECT count(*) FROM record", [], |row| row.get(0))?)
}

/// Rows that do not fit into their tables are damage: what can be read of them goes out.
fn damaged(error: rusqlite::Error) -> AuditError {
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => AuditError::Damaged,
        _ => error.into(),
    }
}

/// Refuses a file of a newer program before anything in it is changed, its journal included.
/// Returns the schema that was found.
pub(crate) fn refuse_newer(connection: &Connection) -> Result<i64, AuditError> {
    let found = version(connection)?;
    if found > SCHEMA {
        return Err(AuditError::NewerSchema {
            found,
            known: SCHEMA,
        });
    }
    Ok(found)
}

pub(crate) fn version(connection: &Connection) -> Result<i64, AuditError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}
