//! The trace: a Patient of the Personal Demographics Service, and searches for one.
//!
//! Kept: NHS number, one name, date of birth, gender, death, restriction. Dropped: addresses,
//! contacts, general practitioner, other names.

use crate::bundle::{Bundle, Entry};
use crate::json::{self, Object};
use crate::patient_query::MATCH_LIMIT;
use crate::{ReadError, date, operation_outcome, system};
use chrono::NaiveDate;
use cpis_record::{DateOfBirth, Gender, NhsNumber, Patient};

/// The code of an OperationOutcome that stands for more matches than are given.
const TOO_MANY_MATCHES: &str = "TOO_MANY_MATCHES";

/// Codes of v3-Confidentiality that restrict nothing.
const NOT_RESTRICTED: [&str; 4] = ["U", "L", "M", "N"];

/// What a search for a person gave.
#[derive(Debug, Clone, PartialEq)]
pub enum PatientSearch {
    /// The matches, in the server's order, the best first. None may match.
    Matches(Vec<PatientMatch>),
    /// More than the service gives, or than [`crate::MATCH_LIMIT`]: the search must be narrowed.
    TooMany,
}

/// One match of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct PatientMatch {
    /// Who.
    pub patient: Patient,
    /// How well it matches, 0 to 1, where the service says so.
    pub score: Option<f64>,
}

/// Reads the answer to a trace by NHS number.
///
/// The number in it may differ from the one asked, when that has been superseded:
/// [`Patient::problem`] compares them.
///
/// # Errors
/// [`ReadError`] when the body is not a Patient, has no NHS number, or has two.
pub fn read_patient(body: &[u8]) -> Result<Patient, ReadError> {
    let resource = json::read_resource(body)?;
    if json::resource_type(&resource) != "Patient" {
        return Err(ReadError::Unreadable("another resource than a Patient"));
    }
    patient(&resource)
}

/// Reads the answer to a search for a person who was born on this day.
///
/// # Errors
/// [`ReadError`] when the body is neither a complete searchset of patients who were all born on that
/// day nor an OperationOutcome with the code `TOO_MANY_MATCHES`.
pub fn read_patient_search(body: &[u8], born: DateOfBirth) -> Result<PatientSearch, ReadError> {
    let body = json::read_resource(body)?;
    if json::resource_type(&body) == "OperationOutcome" {
        let issues = operation_outcome::issues(&body)?;
        let too_many = issues
            .iter()
            .any(|issue| issue.details_code.as_deref() == Some(TOO_MANY_MATCHES));
        return if too_many {
            Ok(PatientSearch::TooMany)
        } else {
            Err(ReadError::Incomplete("an outcome in place of the answer"))
        };
    }
    let bundle = Bundle::read(&body)?;
    if bundle.kind != "searchset" {
        return Err(ReadError::Unreadable("a Bundle that is not a searchset"));
    }
    if bundle.next.is_some() {
        return Err(ReadError::Incomplete("there is another page"));
    }
    if bundle.total != Some(bundle.entries.len() as u64) {
        return Err(ReadError::Incomplete(
            "the total disagrees with the records",
        ));
    }
    bundle.require_question(&["Patient"])?;
    let matches = bundle.entries.iter().map(patient_match);
    let matches: Vec<PatientMatch> = matches.collect::<Result<_, _>>()?;
    // The other terms may fit a name or an address that the answer does not show; this one must.
    for found in &matches {
        match found.patient.birth_date {
            Some(held) if held == born => {}
            Some(_) => return Err(ReadError::WrongPerson),
            None => return Err(ReadError::Incomplete("a match without a date of birth")),
        }
    }
    if matches.len() > MATCH_LIMIT {
        return Ok(PatientSearch::TooMany);
    }
    Ok(PatientSearch::Matches(matches))
}

fn patient_match(entry: &Entry<'_>) -> Result<PatientMatch, ReadError> {
    if entry.resource_type != "Patient" || !entry.is_match("Patient") {
        return Err(ReadError::Unreadable("an unexpected resource"));
    }
    Ok(PatientMatch {
        patient: patient(entry.resource)?,
        score: entry.score,
    })
}

fn patient(resource: &Object) -> Result<Patient, ReadError> {
    let name = usual_name(resource)?;
    Ok(Patient {
        nhs_number: nhs_number(resource)?,
        family: match name {
            Some(name) => json::words(name, "family")?,
            None => None,
        },
        given: match name {
            Some(name) => given(name)?,
            None => Vec::new(),
        },
        birth_date: birth_date(resource)?,
        gender: gender(resource)?,
        deceased: deceased(resource)?,
        restricted: restricted(resource)?,
    })
}

/// The number of the record: its `id`, with which every NHS number among the identifiers agrees.
fn nhs_number(resource: &Object) -> Result<NhsNumber, ReadError> {
    let id = json::text(resource, "id")?.ok_or(ReadError::Incomplete("a patient without an id"))?;
    for identifier in json::objects(resource, "identifier")? {
        let is_nhs_number = json::text(identifier, "system")? == Some(system::NHS_NUMBER);
        if is_nhs_number && json::text(identifier, "value")? != Some(id) {
            return Err(ReadError::Incomplete("a patient with two NHS numbers"));
        }
    }
    NhsNumber::received(id).map_err(|_| ReadError::Unreadable("an id that is not an NHS number"))
}

/// The name in use: the usual one, else the official one, else the first.
fn usual_name(resource: &Object) -> Result<Option<&Object>, ReadError> {
    let names = json::objects(resource, "name")?;
    for wanted in ["usual", "official"] {
        for name in &names {
            if json::text(name, "use")? == Some(wanted) {
                return Ok(Some(name));
            }
        }
    }
    Ok(names.first().copied())
}

fn given(name: &Object) -> Result<Vec<String>, ReadError> {
    let Some(given) = name.get("given") else {
        return Ok(Vec::new());
    };
    let texts = given
        .as_array()
        .ok_or(ReadError::Unreadable("a list has another type"))?;
    Ok(texts
        .iter()
        .filter_map(|text| text.as_str().map(str::trim))
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect())
}

/// The date of birth; `None` when absent or without a day, since it then confirms nobody.
fn birth_date(resource: &Object) -> Result<Option<DateOfBirth>, ReadError> {
    match json::text(resource, "birthDate")? {
        None => Ok(None),
        Some(text) if date::is_partial(text) => Ok(None),
        Some(text) => date::calendar_day(text).map(|day| Some(DateOfBirth::received(day))),
    }
}

fn gender(resource: &Object) -> Result<Option<Gender>, ReadError> {
    Ok(match json::text(resource, "gender")? {
        Some("female") => Some(Gender::Female),
        Some("male") => Some(Gender::Male),
        Some("other") => Some(Gender::Other),
        Some("unknown") => Some(Gender::Unknown),
        _ => None,
    })
}

/// Whether and when the person died. A notification of death counts, formal or informal, even
/// where no date is given.
fn deceased(resource: &Object) -> Result<Option<Option<NaiveDate>>, ReadError> {
    if let Some(text) = json::text(resource, "deceasedDateTime")? {
        return if date::is_partial(text) {
            Ok(Some(None))
        } else {
            date::calendar_day(text).map(|day| Some(Some(day)))
        };
    }
    let said = json::boolean(resource, "deceasedBoolean")?;
    if said == Some(true) || death_notified(resource)? {
        return Ok(Some(None));
    }
    Ok(None)
}

/// `DeathNotificationStatus` 1 (informal) or 2 (formal); `U` is a removed notification.
fn death_notified(resource: &Object) -> Result<bool, ReadError> {
    for extension in json::objects(resource, "extension")? {
        if json::text(extension, "url")? != Some(system::DEATH_NOTIFICATION) {
            continue;
        }
        for part in json::objects(extension, "extension")? {
            let Some(concept) = json::object(part, "valueCodeableConcept")? else {
                continue;
            };
            for coding in json::objects(concept, "coding")? {
                if matches!(json::text(coding, "code")?, Some("1" | "2")) {
                    return Ok(true);
                }
            }
        }
    }
    Ok(false)
}

/// Whether `meta.security` holds a code that restricts. A code that is not known restricts.
fn restricted(resource: &Object) -> Result<bool, ReadError> {
    let Some(meta) = json::object(resource, "meta")? else {
        return Ok(false);
    };
    for label in json::objects(meta, "security")? {
        let code = json::text(label, "code")?.unwrap_or_default();
        if !NOT_RESTRICTED.contains(&code) {
            return Ok(true);
        }
    }
    Ok(false)
}
