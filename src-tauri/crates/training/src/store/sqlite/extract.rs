//! What an extract takes from the tables, one row at a time. Nothing is sorted: records and accesses
//! come in the order in which they are kept, so that memory does not grow with their number.

use super::{Outcome, date, number, register};
use crate::store::{ExtractTaker, ExtractedRecord, Period};
use chrono::NaiveDate;
use rusqlite::Connection;

/// A record belongs to a period if it was in force on one of its days.
const RECORDS: &str =
    "FROM plan WHERE coalesce(start_date <= ?2, TRUE) AND coalesce(end_date >= ?1, TRUE)";
/// An access belongs to the day that it had where it took place.
const ACCESSES: &str = "FROM access a WHERE substr(a.recorded, 1, 10) BETWEEN ?1 AND ?2";

/// Hands over counts, records and accesses.
pub(super) fn hand_over(
    t: &Connection,
    period: Period,
    taker: &mut dyn ExtractTaker,
) -> Outcome<()> {
    let days = [period.from.to_string(), period.to.to_string()];
    let count = |what: &str| -> Outcome<u64> {
        let found: i64 = t.query_row(
            &format!("SELECT count(*) {what}"),
            [&days[0], &days[1]],
            |row| row.get(0),
        )?;
        Ok(found.unsigned_abs())
    };
    taker.counts(count(RECORDS)?, count(ACCESSES)?)?;
    let mut records = t.prepare(&format!(
        "SELECT {}, nhs_number {RECORDS} ORDER BY rowid",
        register::PLAN_COLUMNS
    ))?;
    let mut rows = records.query([&days[0], &days[1]])?;
    while let Some(row) = rows.next()? {
        let stored = register::read_plan(row)?;
        taker.record(ExtractedRecord {
            nhs_number: number(&row.get::<_, String>(11)?)?,
            birth_date: stored.birth_date,
            plan: stored.plan,
        })?;
    }
    let mut accesses = t.prepare(&format!(
        "SELECT {} {ACCESSES} ORDER BY a.rowid",
        register::ACCESS_COLUMNS
    ))?;
    let mut rows = accesses.query([&days[0], &days[1]])?;
    while let Some(row) = rows.next()? {
        taker.access(register::read_access(row)?)?;
    }
    Ok(())
}

/// The periods of all agreements.
pub(super) fn periods_to_share(t: &Connection) -> Outcome<Vec<(NaiveDate, Option<NaiveDate>)>> {
    let mut statement =
        t.prepare("SELECT DISTINCT from_date, until_date FROM authority_to_share")?;
    let mut rows = statement.query([])?;
    let mut periods = Vec::new();
    while let Some(row) = rows.next()? {
        let until: Option<String> = row.get(1)?;
        periods.push((
            date(&row.get::<_, String>(0)?)?,
            until.map(|d| date(&d)).transpose()?,
        ));
    }
    Ok(periods)
}
