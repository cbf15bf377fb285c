//! The demographics service's rows.

use super::{Outcome, Person, date, number};
use crate::population::{Case, TrainingPatient};
use crate::store::reading::{gender, gender_code};
use chrono::NaiveDate;
use cpis_record::NhsNumber;
use rusqlite::{Connection, OptionalExtension, Row, params};

const COLUMNS: &str = "nhs_number, replaced_by, family, given, gender, birth_date, deceased, \
                       restricted, invalidated, address, postcode";

/// Adds a made-up person.
pub(super) fn add(t: &Connection, patient: &TrainingPatient) -> Outcome<()> {
    t.execute(
        &format!(
            "INSERT INTO person ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        ),
        params![
            patient.nhs_number.digits(),
            patient.replaced_by.as_ref().map(NhsNumber::digits),
            patient.family,
            patient.given.join("\n"),
            gender_code(patient.gender),
            patient.birth_date.to_string(),
            patient.deceased.map(|d| d.to_string()),
            patient.restricted,
            patient.case == Case::Invalidated,
            patient.address.join("\n"),
            patient.postcode,
        ],
    )?;
    Ok(())
}

/// Adds a person of a rehearsal, who stays when the made-up people are made anew.
pub(super) fn add_to_stay(t: &Connection, person: &Person) -> Outcome<()> {
    t.prepare_cached(&format!(
        "INSERT INTO person ({COLUMNS}, made_up) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0) ON CONFLICT DO NOTHING"
    ))?
    .execute(params![
        person.nhs_number.digits(),
        person.replaced_by.as_ref().map(NhsNumber::digits),
        person.family,
        person.given.join("\n"),
        gender_code(person.gender),
        person.birth_date.to_string(),
        person.deceased.map(|d| d.to_string()),
        person.restricted,
        person.invalidated,
        person.address.join("\n"),
        person.postcode,
    ])?;
    Ok(())
}

/// A person by number.
pub(super) fn person(t: &Connection, asked: &NhsNumber) -> Outcome<Option<Person>> {
    t.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM person WHERE nhs_number = ?1"
    ))?
    .query_row([asked.digits()], |row| Ok(read(row)))
    .optional()?
    .transpose()
}

/// Everybody born within the dates, except under replaced numbers.
pub(super) fn born(t: &Connection, from: NaiveDate, until: NaiveDate) -> Outcome<Vec<Person>> {
    let mut statement = t.prepare(&format!(
        "SELECT {COLUMNS} FROM person WHERE birth_date BETWEEN ?1 AND ?2 AND replaced_by IS NULL \
         ORDER BY family, given, nhs_number"
    ))?;
    let rows = statement.query_map([from.to_string(), until.to_string()], |row| Ok(read(row)))?;
    rows.map(|row| row?).collect()
}

fn read(row: &Row<'_>) -> Outcome<Person> {
    let lines = |text: String| text.lines().map(str::to_owned).collect();
    Ok(Person {
        nhs_number: number(&row.get::<_, String>(0)?)?,
        replaced_by: row
            .get::<_, Option<String>>(1)?
            .map(|n| number(&n))
            .transpose()?,
        family: row.get(2)?,
        given: lines(row.get(3)?),
        gender: gender(&row.get::<_, String>(4)?)?,
        birth_date: date(&row.get::<_, String>(5)?)?,
        deceased: row
            .get::<_, Option<String>>(6)?
            .map(|d| date(&d))
            .transpose()?,
        restricted: row.get(7)?,
        invalidated: row.get(8)?,
        address: lines(row.get(9)?),
        postcode: row.get(10)?,
    })
}
