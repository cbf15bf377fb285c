//! What an extract takes from the tables, one row at a time. Nothing is sorted: records and accesses
//! come in the order in which they are kept, so that memory does not grow with their number.

use super::{Connection, Outcome, column, number, register};
use crate::store::{ExtractTaker, ExtractedRecord, Period};
use chrono::NaiveDate;

/// A record belongs to a period if it was in force on one of its days.
const RECORDS: &str =
    "FROM plan WHERE coalesce(start_date <= $2, true) AND coalesce(end_date >= $1, true)";
/// An access belongs to the day that it had where it took place.
const ACCESSES: &str =
    "FROM access a WHERE substr(a.recorded, 1, 10) COLLATE \"C\" BETWEEN $1 AND $2";
/// The order in which rows are kept is that of one reader who begins at the beginning.
const IN_ORDER: &str =
    "SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL synchronize_seqscans = off";

/// Hands over counts, records and accesses.
pub(super) fn hand_over(
    c: &Connection,
    period: Period,
    taker: &mut dyn ExtractTaker,
) -> Outcome<()> {
    let days = [period.from.to_string(), period.to.to_string()];
    let records = count(c.query_opt(
        &format!("SELECT count(*) {RECORDS}"),
        &[&period.from, &period.to],
    )?)?;
    let accesses = count(c.query_opt(
        &format!("SELECT count(*) {ACCESSES}"),
        &[&days[0], &days[1]],
    )?)?;
    taker.counts(records, accesses)?;
    c.batch(IN_ORDER)?;
    let records = format!("SELECT {}, nhs_number {RECORDS}", register::PLAN_COLUMNS);
    for row in c.stream(&records, &[&period.from, &period.to])? {
        let row = row?;
        let stored = register::read_plan(&row)?;
        taker.record(ExtractedRecord {
            nhs_number: number(column(&row, 11)?)?,
            birth_date: stored.birth_date,
            plan: stored.plan,
        })?;
    }
    let accesses = format!("SELECT {} {ACCESSES}", register::ACCESS_COLUMNS);
    for row in c.stream(&accesses, &[&days[0], &days[1]])? {
        taker.access(register::read_access(&row?)?)?;
    }
    Ok(())
}

/// The periods of all agreements.
pub(super) fn periods_to_share(c: &Connection) -> Outcome<Vec<(NaiveDate, Option<NaiveDate>)>> {
    let rows = c.query(
        "SELECT DISTINCT from_date, until_date FROM authority_to_share",
        &[],
    )?;
    rows.iter()
        .map(|row| Ok((column(row, 0)?, column(row, 1)?)))
        .collect()
}

fn count(row: Option<tokio_postgres::Row>) -> Outcome<u64> {
    row.map_or(Ok(0), |row| Ok(column::<i64>(&row, 0)?.unsigned_abs()))
}
