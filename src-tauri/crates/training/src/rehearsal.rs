//! A rehearsal at full size: people for an authority to submit, its file with bad rows in it, and
//! accesses for an extract.
//!
//! The people stay in the store when the made-up people are made anew. Everybody has a number from
//! the range that nobody is given, and none of the made-up people's.

use crate::TrainingError;
use crate::local_authority::ResultCode;
use crate::population::{Case, Population, TrainingAccess, TrainingPatient, population};
use crate::seeded::Choices;
use crate::store::{LocalAuthorityStore, Person, StoredAccess};
use crate::store_location::StoreLocation;
use chrono::{DateTime, Days, FixedOffset, NaiveDate};
use cpis_record::{Gender, NhsNumber};
use std::collections::HashSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// People at most. Further rows are further plans of the same children.
const PEOPLE_LIMIT: u64 = 200_000;
/// Rows of one transaction.
const AT_A_TIME: usize = 20_000;

/// How large a rehearsal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsal {
    /// Rows of the file.
    pub rows: u64,
    /// Every so-manieth row is bad; 0: none.
    pub bad_every: u64,
    /// Accesses that are added.
    pub accesses: u64,
}

/// How many rows of a rehearsal's file must have each code, where the file is loaded for an
/// authority of its own.
pub type Expected = Vec<(ResultCode, u64)>;

/// Makes the store in `database` if need be, adds people and accesses, and writes the file.
///
/// # Errors
/// [`TrainingError::Store`] and its kin when the store cannot be used; [`TrainingError::File`] when
/// the file cannot be written.
pub fn rehearse(
    database: &StoreLocation,
    seed: u64,
    size: Rehearsal,
    file: &Path,
    now: DateTime<FixedOffset>,
) -> Result<Expected, TrainingError> {
    let store = database.open()?;
    let world = population(seed, now.date_naive());
    store.prepare(seed, now.date_naive(), &world)?;
    let children = add_children(
        store.as_ref(),
        &world,
        size.rows.clamp(1, PEOPLE_LIMIT),
        now.date_naive(),
    )?;
    add_accesses(store.as_ref(), &children, size.accesses, now)?;
    let out = File::create(file).map_err(|cause| TrainingError::File {
        path: file.to_owned(),
        cause,
    })?;
    let mut out = BufWriter::new(out);
    write_rows(&mut out, &world, &children, size, now.date_naive())
        .and_then(|counted| out.flush().map(|()| counted))
        .map_err(|cause| TrainingError::File {
            path: file.to_owned(),
            cause,
        })
}

type Child = (NhsNumber, NaiveDate);

fn add_children(
    store: &dyn LocalAuthorityStore,
    world: &Population,
    count: u64,
    today: NaiveDate,
) -> Result<Vec<Child>, TrainingError> {
    let taken: HashSet<&NhsNumber> = world.patients.iter().map(|p| &p.nhs_number).collect();
    let mut choices = Choices::new(0, "rehearsal");
    let children: Vec<Child> = (1_000..1_000_000)
        .filter_map(numbered)
        .filter(|number| !taken.contains(number))
        .take(usize::try_from(count).unwrap_or(usize::MAX))
        .map(|number| (number, today - Days::new(1_000 + choices.below(4_500))))
        .collect();
    for some in children.chunks(AT_A_TIME) {
        let people: Vec<Person> = some
            .iter()
            .map(|(number, born)| Person {
                nhs_number: number.clone(),
                replaced_by: None,
                family: "Rehearsal".to_owned(),
                given: vec!["Sample".to_owned()],
                gender: Gender::Unknown,
                birth_date: *born,
                deceased: None,
                restricted: false,
                invalidated: false,
                address: vec!["1 Made-up Lane".to_owned(), "Northmoor".to_owned()],
                postcode: "ZZ99 9ZZ".to_owned(),
            })
            .collect();
        store.add_people(&people)?;
    }
    Ok(children)
}

/// The number 999 and six digits make with their check digit.
fn numbered(serial: u32) -> Option<NhsNumber> {
    let mut nine = [9; 9];
    for (place, digit) in nine[3..].iter_mut().rev().enumerate() {
        let power = 10_u32.pow(u32::try_from(place).ok()?);
        *digit = u8::try_from(serial / power % 10).ok()?;
    }
    NhsNumber::complete(nine)
}

fn add_accesses(
    store: &dyn LocalAuthorityStore,
    children: &[Child],
    count: u64,
    now: DateTime<FixedOffset>,
) -> Result<(), TrainingError> {
    let organisation = "RCU"
        .parse()
        .map_err(|_| TrainingError::Unreadable("an organisation's code"))?;
    let access = TrainingAccess {
        at: now,
        viewer: "Dr Practice-Heron".to_owned(),
        role_profile: "555000099001".to_owned(),
        role_code: "R8000".to_owned(),
        role_name: "Clinical Practitioner Access Role".to_owned(),
        organisation,
        organisation_name: "Rehearsal Trust".to_owned(),
    };
    let mut some = Vec::with_capacity(AT_A_TIME);
    for (place, (child, _)) in (0..count).zip(children.iter().cycle()) {
        let minutes = i64::try_from(place % 500_000).unwrap_or_default();
        some.push((
            child.clone(),
            StoredAccess {
                // In the order of time, so that the index on ids grows at its end.
                id: uuid::Uuid::now_v7().to_string(),
                access: TrainingAccess {
                    at: now - chrono::TimeDelta::minutes(minutes),
                    ..access.clone()
                },
            },
        ));
        if some.len() == AT_A_TIME {
            store.add_accesses(&some)?;
            some.clear();
        }
    }
    store.add_accesses(&some)
}

fn write_rows(
    out: &mut impl Write,
    world: &Population,
    children: &[Child],
    size: Rehearsal,
    today: NaiveDate,
) -> std::io::Result<Expected> {
    let mut counts = vec![0_u64; ResultCode::ALL.len()];
    writeln!(
        out,
        "nhs_number,date_of_birth,plan_type,start_date,end_date,office_hours_telephone,\
         emergency_duty_telephone"
    )?;
    let mut plans: u64 = 0;
    for row in 1..=size.rows {
        let place = usize::try_from(row - 1).unwrap_or_default();
        let (number, born) = &children[place % children.len()];
        // A child that comes again has another plan, with another first day.
        let start = today - Days::new(10 + plans / PEOPLE_LIMIT + plans % 300);
        let good = |number: &str, born: NaiveDate, more: &str| {
            format!("{number},{born},CPP,{start},,01632 960101,07700 900101{more}")
        };
        let code = if size.bad_every > 0 && row % size.bad_every == 0 {
            let of = |case: Case| -> &TrainingPatient { world.first(case) };
            let (line, code) = match (row / size.bad_every) % 7 {
                0 => (good("9990000000", *born, ""), ResultCode::NoMatch),
                1 => {
                    let patient = of(Case::RestrictedWithoutRecord);
                    let line = good(&patient.nhs_number.digits(), patient.birth_date, "");
                    (line, ResultCode::Sensitive)
                }
                2 => {
                    let other = *born + Days::new(1);
                    (good(&number.digits(), other, ""), ResultCode::NotVerified)
                }
                3 => (good("XYZ 1234", *born, ""), ResultCode::OldStyle),
                4 => {
                    let patient = of(Case::Superseded);
                    let line = good(&patient.nhs_number.digits(), patient.birth_date, "");
                    (line, ResultCode::Superseded)
                }
                5 => (
                    good(&number.digits(), *born, ",too,many"),
                    ResultCode::Failed,
                ),
                _ => (good(&number.digits(), *born, "\""), ResultCode::Failed),
            };
            writeln!(out, "{line}")?;
            code
        } else {
            plans += 1;
            writeln!(out, "{}", good(&number.digits(), *born, ""))?;
            ResultCode::Loaded
        };
        if let Some(place) = ResultCode::ALL.iter().position(|known| *known == code) {
            counts[place] += 1;
        }
    }
    Ok(ResultCode::ALL.iter().copied().zip(counts).collect())
}
