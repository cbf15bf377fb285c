//! The search for a person, as the Personal Demographics Service FHIR API takes it.

use cpis_record::{Gender, SoughtPerson};
use url::form_urlencoded;

/// The most matches that may be chosen from. Beyond it the search must be made narrower.
pub const MATCH_LIMIT: usize = 10;

/// How the question of such a search begins in an audit record.
pub(crate) const PATIENT_SEARCH: &str = "GET personal-demographics/FHIR/R4/Patient?";

/// The address of a search, from the base of the service on.
///
/// It asks for one match more than may be chosen from: a service that leaves out what is beyond
/// `_max-results`, rather than saying that there are too many, is then found out by its count.
#[must_use]
pub fn patient_query(sought: &SoughtPerson) -> String {
    let mut terms = form_urlencoded::Serializer::new(String::new());
    terms.append_pair("family", sought.family.as_str());
    if let Some(given) = &sought.given {
        terms.append_pair("given", given.as_str());
    }
    let day = sought.birth_date.date();
    terms.append_pair("birthdate", &format!("eq{day}"));
    if let Some(gender) = sought.gender {
        let code = match gender {
            Gender::Female => "female",
            Gender::Male => "male",
            Gender::Other => "other",
            Gender::Unknown => "unknown",
        };
        terms.append_pair("gender", code);
    }
    if let Some(postcode) = &sought.postcode {
        terms.append_pair("address-postalcode", postcode.as_str());
    }
    terms.append_pair("_max-results", &(MATCH_LIMIT + 1).to_string());
    // `+` for a space is a custom of forms only; a path is read by RFC 3986.
    let terms = terms.finish().replace('+', "%20");
    format!("personal-demographics/FHIR/R4/Patient?{terms}")
}

/// The search as an audit record holds it.
#[must_use]
pub fn patient_query_text(sought: &SoughtPerson) -> String {
    format!("GET {}\n", patient_query(sought))
}
