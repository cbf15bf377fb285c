//! The rows of flags that are none of CP-IS.

use super::{Outcome, StoredFlag, date};
use crate::population::{TrainingFlag, TrainingPatient};
use crate::store::reading::made_up_id;
use cpis_record::NhsNumber;
use rusqlite::{Connection, params};

/// Adds the flags of a made-up person.
pub(super) fn add(t: &Connection, patient: &TrainingPatient, seed: u64) -> Outcome<()> {
    let digits = patient.nhs_number.digits();
    for (place, flag) in patient.other_flags.iter().enumerate() {
        t.prepare_cached(
            "INSERT INTO patient_flag (id, nhs_number, code, display, active, start_date, made_up) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
        )?
        .execute(params![
            made_up_id(seed, "flag", &digits, place).to_string(),
            digits,
            flag.code,
            flag.display,
            flag.active,
            flag.start.map(|day| day.to_string()),
        ])?;
    }
    Ok(())
}

/// The flags of a person, in the order of their ids.
pub(super) fn of(t: &Connection, person: &NhsNumber) -> Outcome<Vec<StoredFlag>> {
    let mut statement = t.prepare_cached(
        "SELECT id, code, display, active, start_date FROM patient_flag WHERE nhs_number = ?1 \
         ORDER BY id",
    )?;
    let mut rows = statement.query([person.digits()])?;
    let mut flags = Vec::new();
    while let Some(row) = rows.next()? {
        let start: Option<String> = row.get(4)?;
        flags.push(StoredFlag {
            id: row.get(0)?,
            flag: TrainingFlag {
                code: row.get(1)?,
                display: row.get(2)?,
                active: row.get(3)?,
                start: start.map(|day| date(&day)).transpose()?,
            },
        });
    }
    Ok(flags)
}
