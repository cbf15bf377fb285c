//! The demographics service's rows.

use super::{Connection, Outcome, Person, column, number};
use crate::population::{Case, TrainingPatient};
use crate::store::reading::{gender, gender_code};
use chrono::NaiveDate;
use cpis_record::NhsNumber;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

const COLUMNS: &str = "nhs_number, replaced_by, family, given, gender, birth_date, deceased, \
                       restricted, invalidated, address, postcode";

/// Adds made-up people.
pub(super) fn add(c: &Connection, patients: &[TrainingPatient]) -> Outcome<()> {
    let types = [
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::TEXT,
        Type::DATE,
        Type::DATE,
        Type::BOOL,
        Type::BOOL,
        Type::TEXT,
        Type::TEXT,
    ];
    let rows = patients.iter().map(|patient| {
        let row: Vec<Box<dyn ToSql + Sync + '_>> = vec![
            Box::new(patient.nhs_number.digits()),
            Box::new(patient.replaced_by.as_ref().map(NhsNumber::digits)),
            Box::new(patient.family.as_str()),
            Box::new(patient.given.join("\n")),
            Box::new(gender_code(patient.gender)),
            Box::new(patient.birth_date),
            Box::new(patient.deceased),
            Box::new(patient.restricted),
            Box::new(patient.case == Case::Invalidated),
            Box::new(patient.address.join("\n")),
            Box::new(patient.postcode.as_str()),
        ];
        row
    });
    c.copy(&format!("person ({COLUMNS})"), &types, rows)
}

/// Adds people of a rehearsal, who stay when the made-up people are made anew.
pub(super) fn add_to_stay(c: &Connection, people: &[Person]) -> Outcome<()> {
    let texts = |of: &dyn Fn(&Person) -> String| people.iter().map(of).collect::<Vec<_>>();
    c.execute(
        &format!(
            "INSERT INTO person ({COLUMNS}, made_up) SELECT *, false FROM unnest( \
             $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], \
             $8::boolean[], $9::boolean[], $10::text[], $11::text[]) ON CONFLICT DO NOTHING"
        ),
        &[
            &texts(&|p| p.nhs_number.digits()),
            &people
                .iter()
                .map(|p| p.replaced_by.as_ref().map(NhsNumber::digits))
                .collect::<Vec<_>>(),
            &texts(&|p| p.family.clone()),
            &texts(&|p| p.given.join("\n")),
            &texts(&|p| gender_code(p.gender).to_owned()),
            &people.iter().map(|p| p.birth_date).collect::<Vec<_>>(),
            &people.iter().map(|p| p.deceased).collect::<Vec<_>>(),
            &people.iter().map(|p| p.restricted).collect::<Vec<_>>(),
            &people.iter().map(|p| p.invalidated).collect::<Vec<_>>(),
            &texts(&|p| p.address.join("\n")),
            &texts(&|p| p.postcode.clone()),
        ],
    )?;
    Ok(())
}

/// The people of these numbers. Until the transaction ends nobody else loads records about them.
pub(super) fn lock(c: &Connection, numbers: &[String]) -> Outcome<Vec<Person>> {
    // In one order, so that two who lock the same people wait instead of blocking one another.
    let rows = c.query(
        &format!(
            "SELECT {COLUMNS} FROM person WHERE nhs_number = ANY($1) ORDER BY nhs_number \
             FOR NO KEY UPDATE"
        ),
        &[&numbers],
    )?;
    rows.iter().map(read).collect()
}

/// A person by number.
pub(super) fn person(c: &Connection, asked: &NhsNumber) -> Outcome<Option<Person>> {
    c.query_opt(
        &format!("SELECT {COLUMNS} FROM person WHERE nhs_number = $1"),
        &[&asked.digits()],
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Everybody born within the dates, except under replaced numbers.
pub(super) fn born(c: &Connection, from: NaiveDate, until: NaiveDate) -> Outcome<Vec<Person>> {
    let rows = c.query(
        &format!(
            "SELECT {COLUMNS} FROM person \
             WHERE birth_date BETWEEN $1 AND $2 AND replaced_by IS NULL \
             ORDER BY family, given, nhs_number"
        ),
        &[&from, &until],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Outcome<Person> {
    let lines = |text: &str| text.lines().map(str::to_owned).collect();
    Ok(Person {
        nhs_number: number(column(row, 0)?)?,
        replaced_by: column::<Option<&str>>(row, 1)?.map(number).transpose()?,
        family: column(row, 2)?,
        given: lines(column(row, 3)?),
        gender: gender(column(row, 4)?)?,
        birth_date: column(row, 5)?,
        deceased: column(row, 6)?,
        restricted: column(row, 7)?,
        invalidated: column(row, 8)?,
        address: lines(column(row, 9)?),
        postcode: column(row, 10)?,
    })
}
