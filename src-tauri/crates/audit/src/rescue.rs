//! A damaged file: it is put aside, never deleted, and what can be read of it still goes out.
//!
//! # What is kept
//!
//! The damaged file with all that belongs to it, under a name with the time. Of its rows those that
//! can be read and unsealed and were not sent are taken into a new ledger: their bodies as they are,
//! so that the backend knows them by their ids and hashes. Their places in the chain stay in their
//! bodies; the new ledger's own chain begins anew, which the backend sees as a fork.

use crate::store::{Record, SCHEMA, SELECT_LOOK, schema_version, select};
use crate::{EntryState, Protection, RowAddress};
use chrono::{DateTime, FixedOffset};
use rusqlite::{Connection, OpenFlags};
use std::io;
use std::path::{Path, PathBuf};

/// Renames the files of a ledger. Returns the new path of the database file.
pub(crate) fn put_aside(folder: &Path, now: DateTime<FixedOffset>) -> io::Result<PathBuf> {
    let stem = format!("audit.damaged-{}", now.format("%Y%m%dT%H%M%S%3f"));
    for end in ["", "-wal", "-shm"] {
        let from = folder.join(format!("{}{end}", crate::ledger::FILE));
        if from.exists() {
            std::fs::rename(from, folder.join(format!("{stem}.sqlite{end}")))?;
        }
    }
    let witness = folder.join(crate::ledger::WITNESS);
    if witness.exists() {
        std::fs::rename(witness, folder.join(format!("{stem}.witness")))?;
    }
    Ok(folder.join(format!("{stem}.sqlite")))
}

/// The unsent rows that can be read, oldest first. Row by row: a page that cannot be read must not
/// hide the others.
pub(crate) fn read(file: &Path, keys: &dyn Protection) -> Vec<Record> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(connection) = Connection::open_with_flags(file, flags) else {
        return Vec::new();
    };
    let highest = "SELECT max(number) FROM record";
    let counted = "SELECT seq FROM sqlite_sequence WHERE name = 'record'";
    let begun = "SELECT begun FROM head";
    let last = [highest, counted, begun]
        .iter()
        .filter_map(|sql| {
            connection
                .query_row(sql, [], |row| row.get::<_, i64>(0))
                .ok()
        })
        .max()
        .unwrap_or(0);
    // It may be of an older program, whose rows could not be taken over.
    let schema = schema_version(&connection).unwrap_or(SCHEMA);
    let one = format!("{} WHERE number = ?1", select(schema));
    // A page of bodies that cannot be read must not hide the looks that were under way.
    let look = format!("{SELECT_LOOK} WHERE number = ?1");
    let read = |sql: &str, number| connection.query_row(sql, [number], Record::read);
    (1..=last)
        .filter_map(|number| read(&one, number).or_else(|_| read(&look, number)).ok())
        .filter(|row| row.state() != Some(EntryState::Sent) && is_readable(row, keys))
        .collect()
}

fn is_readable(row: &Record, keys: &dyn Protection) -> bool {
    u8::try_from(row.version).is_ok_and(|version| {
        let address = RowAddress {
            id: &row.id,
            version,
        };
        keys.open(address, &row.body).is_ok()
    })
}
