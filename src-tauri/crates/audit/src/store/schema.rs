//! The tables, how they grew, and the settings that make a commit durable.

use crate::AuditError;
use rusqlite::{Connection, TransactionBehavior};
use std::time::Duration;

/// The newest schema this program knows.
pub(crate) const SCHEMA: i64 = 2;

/// Each entry takes the schema one step further. A step never deletes a row of `record`.
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

/// Brings the tables to the newest schema and then has their rows adopted, all in one transaction: a
/// cut between them would leave a head that looks altered. Returns whether there was anything to do.
pub(crate) fn migrate(
    connection: &mut Connection,
    adopt: impl FnOnce(&Connection) -> Result<(), AuditError>,
) -> Result<bool, AuditError> {
    let found = refuse_newer(connection)?;
    if found == SCHEMA {
        return Ok(false);
    }
    let write = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for (step, sql) in (1..).zip(MIGRATIONS).filter(|(step, _)| *step > found) {
        write.execute_batch(sql)?;
        write.pragma_update(None, "user_version", step)?;
    }
    adopt(&write)?;
    write.commit()?;
    Ok(true)
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
