//! The rows of flags that are none of CP-IS.

use super::{Connection, Outcome, StoredFlag, column};
use crate::population::{TrainingFlag, TrainingPatient};
use crate::store::reading::made_up_id;
use cpis_record::NhsNumber;
use tokio_postgres::types::{ToSql, Type};

/// Adds the flags of made-up people.
pub(super) fn add(c: &Connection, patients: &[TrainingPatient], seed: u64) -> Outcome<()> {
    let rows = patients.iter().flat_map(|patient| {
        let digits = patient.nhs_number.digits();
        patient
            .other_flags
            .iter()
            .enumerate()
            .map(move |(place, flag)| {
                let id = made_up_id(seed, "flag", &digits, place);
                flag_row(id.to_string(), digits.clone(), flag)
            })
    });
    let types = [
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::BOOL,
        Type::DATE,
        Type::BOOL,
    ];
    c.copy(
        "patient_flag (id, nhs_number, code, display, active, start_date, made_up)",
        &types,
        rows,
    )
}

fn flag_row(id: String, digits: String, flag: &TrainingFlag) -> Vec<Box<dyn ToSql + Sync + '_>> {
    vec![
        Box::new(id),
        Box::new(digits),
        Box::new(flag.code.as_str()),
        Box::new(flag.display.as_deref()),
        Box::new(flag.active),
        Box::new(flag.start),
        Box::new(true),
    ]
}

/// The flags of a person, in the order of their ids.
pub(super) fn of(c: &Connection, person: &NhsNumber) -> Outcome<Vec<StoredFlag>> {
    let rows = c.query(
        "SELECT id, code, display, active, start_date FROM patient_flag WHERE nhs_number = $1 \
         ORDER BY id",
        &[&person.digits()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(StoredFlag {
                id: column(row, 0)?,
                flag: TrainingFlag {
                    code: column(row, 1)?,
                    display: column(row, 2)?,
                    active: column(row, 3)?,
                    start: column(row, 4)?,
                },
            })
        })
        .collect()
}
