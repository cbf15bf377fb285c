//! The places of audit records in the chains of their workstations: columns of the records' rows,
//! read from each row's own body, so that no second account of them can drift from the first.

use super::{Outcome, unreadable};
use crate::chain::{self, BEGINNING, Place, WorkstationChain};
use crate::store::link::Link;
use rusqlite::{Connection, Row, named_params};

/// How many rows are read at a time while columns are filled.
const ROWS_AT_A_TIME: i64 = 500;

/// One row for each workstation and number, in that order. The index has all that is asked for, in
/// this order: nothing is sorted, nothing is kept, and no body is read.
pub(super) const PLACES: &str = "
SELECT observer, sequence, count(*), sum(
    CASE sequence WHEN 1 THEN previous IS NOT :beginning ELSE NOT EXISTS (
        SELECT 1 FROM audit_record AS before
        WHERE before.observer = record.observer AND before.sequence = record.sequence - 1
            AND before.hash = record.previous)
        AND NOT EXISTS (
            SELECT 1 FROM chain_base AS base
            WHERE base.observer = record.observer AND base.sequence = record.sequence - 1
                AND base.hash = record.previous) END)
FROM audit_record AS record GROUP BY observer, sequence ORDER BY observer, sequence";

/// The chain of every workstation, by its name.
pub(super) fn all(t: &Connection) -> Outcome<Vec<WorkstationChain>> {
    let mut statement = t.prepare(PLACES)?;
    let mut bases = t.prepare("SELECT observer, sequence FROM chain_base")?;
    let bases = bases
        .query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?
        .collect::<Result<_, _>>()?;
    let places = statement.query_map(named_params! { ":beginning": BEGINNING }, place)?;
    Ok(chain::chains(&bases, places)?)
}

/// Fills the columns of the records that came before there were columns, a few rows at a time.
pub(super) fn fill(t: &Connection) -> Outcome<()> {
    let mut select = t.prepare(
        "SELECT number, body FROM audit_record WHERE number > ?1 ORDER BY number LIMIT ?2",
    )?;
    let mut update = t.prepare(
        "UPDATE audit_record SET observer = coalesce(:observer, workstation),
             sequence = :sequence, previous = :previous, hash = :hash WHERE number = :number",
    )?;
    let mut last = 0;
    loop {
        let rows: Vec<(i64, String)> = select
            .query_map((last, ROWS_AT_A_TIME), |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        let Some((newest, _)) = rows.last() else {
            return Ok(());
        };
        last = *newest;
        for (number, text) in rows {
            let body = serde_json::from_str(&text).map_err(|_| unreadable("an audit record"))?;
            let link = Link::of(&body, &text);
            update.execute(named_params! {
                ":observer": link.observer,
                ":sequence": link.sequence,
                ":previous": link.previous,
                ":hash": link.hash,
                ":number": number,
            })?;
        }
    }
}

fn place(row: &Row<'_>) -> rusqlite::Result<Place> {
    Ok(Place {
        workstation: row.get(0)?,
        sequence: row.get::<_, Option<i64>>(1)?.map(i64::unsigned_abs),
        records: row.get::<_, i64>(2)?.unsigned_abs(),
        astray: row.get::<_, i64>(3)?.unsigned_abs(),
    })
}
