//! Values that this program wrote into a database, read again.

use super::{Outcome, StoredPlan, Way};
use crate::TrainingError;
use crate::seeded::derive;
use chrono::{DateTime, FixedOffset, NaiveDate};
use cpis_record::{Authority, Gender, NhsNumber};
use uuid::Uuid;

pub(super) fn unreadable(what: &'static str) -> TrainingError {
    TrainingError::Unreadable(what)
}

/// Reads a number that this program wrote.
pub(super) fn number(text: &str) -> Outcome<NhsNumber> {
    NhsNumber::received(text).map_err(|_| unreadable("an NHS number"))
}

pub(super) fn moment(text: &str) -> Outcome<DateTime<FixedOffset>> {
    DateTime::parse_from_rfc3339(text).map_err(|_| unreadable("a time"))
}

pub(super) fn date(text: &str) -> Outcome<NaiveDate> {
    text.parse().map_err(|_| unreadable("a date"))
}

pub(super) fn way(code: &str) -> Outcome<Way> {
    Way::of_code(code).ok_or_else(|| unreadable("how a notification came"))
}

pub(super) fn gender(code: &str) -> Outcome<Gender> {
    match code {
        "female" => Ok(Gender::Female),
        "male" => Ok(Gender::Male),
        "other" => Ok(Gender::Other),
        "unknown" => Ok(Gender::Unknown),
        _ => Err(unreadable("a gender")),
    }
}

pub(super) fn gender_code(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Other => "other",
        Gender::Unknown => "unknown",
    }
}

/// The id of something made up, which follows from the seed.
pub(super) fn made_up_id(seed: u64, what: &str, digits: &str, place: usize) -> Uuid {
    let bytes = derive(seed, what, &format!("{digits} {place}"));
    let mut first = [0; 16];
    first.copy_from_slice(&bytes[..16]);
    uuid::Builder::from_random_bytes(first).into_uuid()
}

/// The authorities that are told of a look at somebody with these records, as notifications name
/// them: each once, in one order.
pub(super) fn told(plans: &[StoredPlan]) -> Vec<String> {
    let names = plans
        .iter()
        .map(|stored| authority_name(&stored.plan.authority));
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// How an authority is named in what is kept for it.
pub(super) fn authority_name(authority: &Authority) -> String {
    authority
        .ods_code
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| authority.name.clone())
        .unwrap_or_default()
}
