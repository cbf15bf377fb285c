//! Searching for a person, as on the Personal Demographics Service FHIR API: family name and date
//! of birth at least; at most 50 matches; restricted people are left out when a postcode is given.
//!
//! Not here: fuzzy matches, former names and addresses. A search that asks for them is refused.

use super::DEMOGRAPHICS;
use super::caller::Caller;
use super::patient::{gender_code, patient};
use super::query::Query;
use super::refusal::{Refusal, answer};
use crate::app::App;
use crate::store::Person;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::{NaiveDate, SecondsFormat};
use serde_json::{Value, json};
use std::sync::Arc;

/// Matches that a search gives at most.
const MOST: usize = 50;

/// Answers a search.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    uri: Uri,
    request: Parts,
) -> Result<Response, Refusal> {
    find(&app, uri.query(), &request)
        .await
        .map_err(Refusal::of_demographics)
}

async fn find(app: &App, query: Option<&str>, request: &Parts) -> Result<Response, Refusal> {
    Caller::of(app, request).await?;
    let sought = Sought::read(&Query::read(query))?;
    let (from, until) = sought.born;
    let candidates = app.ask(move |store| store.people_born(from, until)).await?;
    let found: Vec<&Person> = candidates.iter().filter(|p| sought.fits(p)).collect();
    if found.len() > sought.most {
        return Err(Refusal::too_many_matches());
    }
    let mut bundle = json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": app.now().to_rfc3339_opts(SecondsFormat::Secs, false),
        "total": found.len(),
    });
    if !found.is_empty() {
        bundle["entry"] = found.iter().map(|person| entry(app, person)).collect();
    }
    Ok(answer(StatusCode::OK, &bundle))
}

/// An entry. Every match fits every term, so every score is 1.
fn entry(app: &App, person: &Person) -> Value {
    let number = person.nhs_number.digits();
    json!({
        "fullUrl": format!("{}{DEMOGRAPHICS}/Patient/{number}", app.base_url),
        "search": { "score": 1 },
        "resource": patient(person),
    })
}

/// The terms of a search.
struct Sought {
    family: Term,
    given: Vec<Term>,
    born: (NaiveDate, NaiveDate),
    gender: Option<String>,
    postcode: Option<Term>,
    most: usize,
}

impl Sought {
    fn read(query: &Query) -> Result<Self, Refusal> {
        const KNOWN: [&str; 9] = [
            "family",
            "given",
            "birthdate",
            "gender",
            "address-postalcode",
            "address-postcode",
            "_exact-match",
            "_max-results",
            "_format",
        ];
        if query.names().any(|name| !KNOWN.contains(&name)) {
            return Err(Refusal::additional_properties());
        }
        let too_few = || {
            Refusal::invalid_search("Not enough search parameters: family and birthdate are needed")
        };
        let family = query
            .one("family")?
            .and_then(Term::read)
            .ok_or_else(too_few)?;
        let postcode = match query.one("address-postalcode")? {
            Some(postcode) => Some(postcode),
            None => query.one("address-postcode")?,
        };
        let most = match query.one("_max-results")? {
            None => MOST,
            Some(text) => match text.parse() {
                Ok(most) if (1..=MOST).contains(&most) => most,
                _ => return Err(Refusal::invalid_search("_max-results must be 1 to 50")),
            },
        };
        Ok(Self {
            family,
            given: query.all("given").filter_map(Term::read).collect(),
            born: born(query)?.ok_or_else(too_few)?,
            gender: query.one("gender")?.map(str::to_owned),
            postcode: postcode.and_then(Term::read),
            most,
        })
    }

    fn fits(&self, person: &Person) -> bool {
        let postcode_fits = match &self.postcode {
            Some(term) => !person.restricted && term.fits(&person.postcode),
            None => true,
        };
        !person.invalidated
            && postcode_fits
            && self.family.fits(&person.family)
            && self
                .given
                .iter()
                .all(|term| person.given.iter().any(|name| term.fits(name)))
            && self
                .gender
                .as_deref()
                .is_none_or(|g| g == gender_code(person.gender))
    }
}

/// The dates between which the person was born, both included. `eq` and no prefix mean the day
/// itself; `ge` and `le`, once each, a range.
fn born(query: &Query) -> Result<Option<(NaiveDate, NaiveDate)>, Refusal> {
    let invalid = || Refusal::invalid_search("Invalid birthdate");
    let mut range = (NaiveDate::MIN, NaiveDate::MAX);
    let mut given = false;
    for text in query.all("birthdate") {
        let (prefix, day) = match text.get(..2) {
            Some(prefix @ ("eq" | "ge" | "le")) => (prefix, &text[2..]),
            _ => ("eq", text),
        };
        let day: NaiveDate = day.parse().map_err(|_| invalid())?;
        if prefix != "le" {
            range.0 = range.0.max(day);
        }
        if prefix != "ge" {
            range.1 = range.1.min(day);
        }
        given = true;
    }
    // SQLite compares dates as text, which holds for four-digit years.
    let bound = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
    Ok(given.then_some((range.0.max(bound(1000)), range.1.min(bound(9999)))))
}

/// A text to compare: case and spaces do not count, `*` at the end stands for anything.
struct Term {
    text: String,
    open: bool,
}

impl Term {
    fn read(text: &str) -> Option<Self> {
        let (text, open) = match text.strip_suffix('*') {
            // The service wants two letters before a wildcard.
            Some(start) if start.chars().count() >= 2 => (start, true),
            Some(_) => return None,
            None => (text, false),
        };
        let text = plain(text);
        (!text.is_empty()).then_some(Self { text, open })
    }

    fn fits(&self, value: &str) -> bool {
        let value = plain(value);
        if self.open {
            value.starts_with(&self.text)
        } else {
            value == self.text
        }
    }
}

fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms() {
        let fits = |term: &str, value: &str| Term::read(term).is_some_and(|t| t.fits(value));
        assert!(fits("testchild", "Testchild"));
        assert!(fits("Te*", "Testchild"));
        assert!(fits("xx1 1zz", "XX11ZZ"));
        assert!(!fits("Test", "Testchild"));
        assert!(!fits("T*", "Testchild"));
        assert!(!fits("", "Testchild"));
    }

    #[test]
    fn dates_of_birth() {
        let range = |raw: &str| born(&Query::read(Some(raw))).ok().flatten();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(
            range("birthdate=eq2019-03-14"),
            Some((day("2019-03-14"), day("2019-03-14")))
        );
        assert_eq!(
            range("birthdate=2019-03-14"),
            range("birthdate=eq2019-03-14")
        );
        assert_eq!(
            range("birthdate=ge2019-01-01&birthdate=le2019-12-31"),
            Some((day("2019-01-01"), day("2019-12-31")))
        );
        assert_eq!(range("family=x"), None);
        assert!(born(&Query::read(Some("birthdate=14-03-2019"))).is_err());
    }
}
