//! Random single changes to a stored ledger. Each must be found, and none in an untouched one.

use crate::traffic::{Traffic, options};
use cpis_audit::{AuditError, LedgerOptions, Protection, examine_folder};
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::Arc;

/// How many changes of one kind were made and how many of them were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// What was done.
    pub kind: &'static str,
    /// How often.
    pub made: u32,
    /// How often an examination said so.
    pub found: u32,
}

/// Kinds of change.
const KINDS: [(&str, Change); 15] = [
    ("flip a bit of a sealed body", flip_body),
    ("delete a sealed body", delete_body),
    ("put a sealed body in another's place", copy_body),
    ("add a sealed body that no row has", add_body),
    ("change a state", change_state),
    ("change a time", change_time),
    ("change an id", change_id),
    ("change a receipt", change_receipt),
    ("change a place in the chain", change_sequence),
    ("delete a row", delete_row),
    ("cut off the newest rows", truncate),
    ("swap two rows", swap),
    ("put a row back as it once was", replay),
    ("change the head", change_head),
    ("put an old copy of the file back", old_copy),
];

/// Makes a change. Returns `false` when this ledger has nothing to change in that way.
type Change = fn(&Stand, &Connection, &mut fastrand::Rng) -> rusqlite::Result<bool>;

/// A ledger with a past.
struct Stand {
    /// Rows as they were some time ago.
    earlier: Vec<Row>,
    rows: i64,
}

/// What a row said.
#[derive(Clone)]
struct Row {
    number: i64,
    state: String,
    version: i64,
    look: Option<Vec<u8>>,
    sealed: Option<Vec<u8>>,
    sequence: Option<i64>,
    receipt: Option<String>,
    sent_at: Option<String>,
}

/// Makes `count` changes, each to an untouched copy. Returns what was found, and how often an
/// untouched copy was said to be changed.
///
/// # Errors
/// [`AuditError`] when the untouched ledger cannot be made or read.
///
/// # Panics
/// When a folder for the copies cannot be made.
pub fn run(
    count: u32,
    seed: u64,
    keys: &Arc<dyn Protection>,
) -> Result<(Vec<Tally>, u64), AuditError> {
    let reason = "a temporary folder can be made and written";
    let folder = tempfile::tempdir().expect(reason);
    let mut chance = fastrand::Rng::with_seed(seed);
    let options = LedgerOptions {
        capacity: cpis_audit::Capacity(100_000),
        ..options(folder.path(), keys.clone())
    };
    let mut traffic = Traffic::new(options, seed);
    while traffic.history.begun.len() < 15 {
        traffic.act()?;
    }
    traffic.crash();
    let old = folder.path().join("old.sqlite");
    copy(folder.path(), &old).expect(reason);
    let earlier = rows(&old)?;
    while traffic.history.begun.len() < 40 {
        traffic.act()?;
    }
    traffic.settle()?;
    traffic.crash();
    let whole = folder.path().join("whole.sqlite");
    copy(folder.path(), &whole).expect(reason);
    let stand = Stand {
        earlier,
        rows: i64::try_from(rows(&whole)?.len()).unwrap_or(i64::MAX),
    };

    let mut tallies: Vec<Tally> = KINDS
        .iter()
        .map(|(kind, _)| Tally {
            kind,
            made: 0,
            found: 0,
        })
        .collect();
    let file = folder.path().join("audit.sqlite");
    let mut false_alarms = 0;
    let mut made = 0;
    while made < count {
        restore(&whole, &file).expect(reason);
        let place = chance.usize(..KINDS.len());
        let (kind, change) = KINDS[place];
        if kind == "put an old copy of the file back" {
            restore(&old, &file).expect(reason);
        }
        let connection = Connection::open(&file)?;
        connection.pragma_update(None, "ignore_check_constraints", true)?;
        let changed = change(&stand, &connection, &mut chance)?;
        drop(connection);
        let report = examine_folder(folder.path(), keys.as_ref(), |_| true);
        let found = !matches!(report, Ok(Some(report)) if report.is_whole());
        if changed {
            made += 1;
            tallies[place].made += 1;
            tallies[place].found += u32::from(found);
        } else if found {
            false_alarms += 1;
        }
    }
    Ok((tallies, false_alarms))
}

fn rows(file: &Path) -> Result<Vec<Row>, AuditError> {
    let connection = Connection::open(file)?;
    let columns = "number, state, version, look, sealed, sequence, receipt, sent_at";
    let rows = "record LEFT JOIN body ON body.record = number";
    let mut statement = connection.prepare(&format!("SELECT {columns} FROM {rows}"))?;
    let found = statement.query_map([], |row| {
        Ok(Row {
            number: row.get(0)?,
            state: row.get(1)?,
            version: row.get(2)?,
            look: row.get(3)?,
            sealed: row.get(4)?,
            sequence: row.get(5)?,
            receipt: row.get(6)?,
            sent_at: row.get(7)?,
        })
    })?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// A copy of the file with all that belongs in it.
fn copy(folder: &Path, to: &Path) -> rusqlite::Result<()> {
    let connection = Connection::open(folder.join("audit.sqlite"))?;
    connection.execute("VACUUM INTO ?1", [to.display().to_string()])?;
    Ok(())
}

fn restore(from: &Path, to: &Path) -> std::io::Result<()> {
    for end in ["-wal", "-shm"] {
        let beside = to.with_file_name(format!("audit.sqlite{end}"));
        if beside.exists() {
            std::fs::remove_file(beside)?;
        }
    }
    std::fs::copy(from, to).map(|_| ())
}

fn any(stand: &Stand, chance: &mut fastrand::Rng) -> i64 {
    chance.i64(1..=stand.rows)
}

fn flip_body(stand: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let number = any(stand, chance);
    let mut body: Vec<u8> = c.query_row(
        "SELECT coalesce(look, sealed) FROM record LEFT JOIN body ON body.record = number
         WHERE number = ?1",
        [number],
        |row| row.get(0),
    )?;
    let at = chance.usize(..body.len());
    body[at] ^= 1 << chance.u8(..8);
    let changed = c.execute(
        "UPDATE body SET sealed = ?2 WHERE record = ?1",
        params![number, body],
    )?;
    let look = "UPDATE record SET look = ?2 WHERE number = ?1 AND look IS NOT NULL";
    Ok(changed + c.execute(look, params![number, body])? == 1)
}

fn delete_body(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    Ok(c.execute("DELETE FROM body WHERE record = ?1", [any(s, chance)])? == 1)
}

fn copy_body(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let (from, to) = (any(s, chance), any(s, chance));
    let sql = "UPDATE body SET sealed = (SELECT sealed FROM body WHERE record = ?1)
               WHERE record = ?2 AND ?1 <> ?2";
    Ok(c.execute(sql, [from, to])? == 1)
}

fn add_body(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let sql = "INSERT INTO body SELECT ?2, sealed FROM body WHERE record = ?1";
    Ok(c.execute(sql, [any(s, chance), s.rows + 1 + chance.i64(0..10)])? == 1)
}

fn change_state(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let states = [
        "attempted",
        "waiting",
        "sending",
        "sent",
        "needs-attention",
        "gone",
    ];
    let state = states[chance.usize(..states.len())];
    let sql = "UPDATE record SET state = ?2 WHERE number = ?1 AND state <> ?2";
    Ok(c.execute(sql, params![any(s, chance), state])? == 1)
}

fn change_time(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let column = if chance.bool() { "begun_at" } else { "sent_at" };
    let time = format!("2026-01-{:02}T09:00:00+00:00", chance.u8(1..29));
    let sql = format!("UPDATE record SET {column} = ?2 WHERE number = ?1 AND {column} IS NOT ?2");
    Ok(c.execute(&sql, params![any(s, chance), time])? == 1)
}

fn change_id(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let id = format!(
        "0198f000-0000-7000-8000-{:012x}",
        chance.u64(1 << 40..1 << 44)
    );
    let sql = "UPDATE record SET id = ?2 WHERE number = ?1";
    Ok(c.execute(sql, params![any(s, chance), id])? == 1)
}

fn change_receipt(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let sql =
        "UPDATE record SET receipt = receipt || 'x' WHERE number = ?1 AND receipt IS NOT NULL";
    Ok(c.execute(sql, [any(s, chance)])? == 1)
}

fn change_sequence(
    s: &Stand,
    c: &Connection,
    chance: &mut fastrand::Rng,
) -> rusqlite::Result<bool> {
    // A note has no place in the chain.
    let sql = "UPDATE record SET sequence = sequence + 1000000
               WHERE number = ?1 AND sequence IS NOT NULL";
    Ok(c.execute(sql, [any(s, chance)])? == 1)
}

fn delete_row(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    Ok(c.execute("DELETE FROM record WHERE number = ?1", [any(s, chance)])? == 1)
}

fn truncate(s: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    Ok(c.execute("DELETE FROM record WHERE number >= ?1", [any(s, chance)])? > 0)
}

fn swap(stand: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let (a, b) = (any(stand, chance), any(stand, chance));
    if a == b {
        return Ok(false);
    }
    let renumber = "UPDATE record SET number = ?2 WHERE number = ?1";
    c.execute(renumber, [a, -1])?;
    c.execute(renumber, [b, a])?;
    c.execute(renumber, [-1, b])?;
    Ok(true)
}

fn replay(stand: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let was = &stand.earlier[chance.usize(..stand.earlier.len())];
    let same = "SELECT 1 FROM record LEFT JOIN body ON body.record = number
                WHERE number = ?1 AND state = ?2 AND version = ?3 AND sealed IS ?4";
    let values = params![was.number, was.state, was.version, was.sealed];
    if c.prepare(same)?.exists(values)? {
        return Ok(false);
    }
    let sql = "UPDATE record SET state = ?2, version = ?3, look = ?4, sequence = ?5, receipt = ?6,
                   sent_at = ?7
               WHERE number = ?1";
    let values = params![
        was.number,
        was.state,
        was.version,
        was.look,
        was.sequence,
        was.receipt,
        was.sent_at
    ];
    let changed = c.execute(sql, values)?;
    c.execute("DELETE FROM body WHERE record = ?1", [was.number])?;
    if let Some(sealed) = &was.sealed {
        let sql = "INSERT INTO body (record, sealed) VALUES (?1, ?2)";
        c.execute(sql, params![was.number, sealed])?;
    }
    Ok(changed == 1)
}

fn change_head(_: &Stand, c: &Connection, chance: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    let changes = [
        "UPDATE head SET sequence = sequence + 1",
        "UPDATE head SET sequence = sequence - 1",
        "UPDATE head SET hash = replace(hash, substr(hash, 1, 1), 'g')",
        "UPDATE head SET begun = begun - 1",
        "UPDATE head SET revision = revision + 1",
        "UPDATE head SET sum = zeroblob(32)",
        "UPDATE head SET code = zeroblob(32)",
        "UPDATE head SET base_sequence = base_sequence + 1",
        "UPDATE head SET witnessed = 0",
        "DELETE FROM head",
    ];
    Ok(c.execute(changes[chance.usize(..changes.len())], [])? == 1)
}

fn old_copy(_: &Stand, _: &Connection, _: &mut fastrand::Rng) -> rusqlite::Result<bool> {
    Ok(true)
}
