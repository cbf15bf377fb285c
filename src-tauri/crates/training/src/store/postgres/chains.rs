//! The places of audit records in the chains of their workstations.

use super::{Connection, Outcome, column, unreadable};
use crate::chain::{self, BEGINNING, Place, WorkstationChain};
use crate::store::link::Link;
use tokio_postgres::Row;

/// How many rows are read at a time while columns are filled.
const ROWS_AT_A_TIME: i64 = 500;

/// One row for each workstation and number, in that order, as in SQLite; records without a place
/// come first.
const PLACES: &str = "
SELECT observer, sequence, count(*), sum(
    CASE sequence WHEN 1 THEN (previous IS DISTINCT FROM $1)::integer ELSE (NOT EXISTS (
        SELECT 1 FROM audit_record AS before
        WHERE before.observer = record.observer AND before.sequence = record.sequence - 1
            AND before.hash = record.previous)
        AND NOT EXISTS (
            SELECT 1 FROM chain_base AS base
            WHERE base.observer = record.observer AND base.sequence = record.sequence - 1
                AND base.hash = record.previous))::integer END)
FROM audit_record AS record GROUP BY observer, sequence ORDER BY observer, sequence NULLS FIRST";

/// The chain of every workstation, by its name.
pub(super) fn all(c: &Connection) -> Outcome<Vec<WorkstationChain>> {
    let bases = c.query("SELECT observer, sequence FROM chain_base", &[])?;
    let bases = bases
        .iter()
        .map(|row| Ok((column(row, 0)?, column::<i64>(row, 1)?.unsigned_abs())))
        .collect::<Outcome<_>>()?;
    let places = c.stream(PLACES, &[&BEGINNING])?;
    chain::chains(&bases, places.map(|row| place(&row?)))
}

/// Fills the columns of the records that came before there were columns, a few rows at a time.
pub(super) fn fill(c: &Connection) -> Outcome<()> {
    let mut last = 0_i64;
    loop {
        let rows = c.query(
            "SELECT number, body FROM audit_record WHERE number > $1 ORDER BY number LIMIT $2",
            &[&last, &ROWS_AT_A_TIME],
        )?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            last = column(row, 0)?;
            let text: &str = column(row, 1)?;
            let body = serde_json::from_str(text).map_err(|_| unreadable("an audit record"))?;
            let link = Link::of(&body, text);
            c.execute(
                "UPDATE audit_record SET observer = coalesce($1, workstation), sequence = $2, \
                 previous = $3, hash = $4 WHERE number = $5",
                &[
                    &link.observer,
                    &link.sequence,
                    &link.previous,
                    &link.hash,
                    &last,
                ],
            )?;
        }
    }
}

fn place(row: &Row) -> Outcome<Place> {
    Ok(Place {
        workstation: column(row, 0)?,
        sequence: column::<Option<i64>>(row, 1)?.map(i64::unsigned_abs),
        records: column::<i64>(row, 2)?.unsigned_abs(),
        astray: column::<i64>(row, 3)?.unsigned_abs(),
    })
}
