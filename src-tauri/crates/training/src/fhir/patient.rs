//! Tracing one person by number, as on the Personal Demographics Service FHIR API.

use super::caller::Caller;
use super::query::plain_number;
use super::refusal::{Refusal, answer};
use crate::app::App;
use crate::store::Person;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use cpis_fhir::system;
use cpis_record::Gender;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers with the person. A number that has been replaced answers with the person under the new
/// number.
pub(super) async fn read(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Parts,
) -> Result<Response, Refusal> {
    trace(&app, &id, &request)
        .await
        .map_err(Refusal::of_demographics)
}

async fn trace(app: &App, id: &str, request: &Parts) -> Result<Response, Refusal> {
    Caller::of(app, request).await?;
    let asked = plain_number(id).ok_or_else(Refusal::invalid_resource_id)?;
    let found = app
        .ask(move |store| {
            let found = store.person(&asked)?;
            match found.as_ref().and_then(|p| p.replaced_by.as_ref()) {
                Some(newer) => store.person(newer),
                None => Ok(found),
            }
        })
        .await?;
    let person = found.ok_or_else(Refusal::not_found)?;
    if person.invalidated {
        return Err(Refusal::invalidated());
    }
    let mut response = answer(StatusCode::OK, &patient(&person));
    response
        .headers_mut()
        .insert(header::ETAG, HeaderValue::from_static("W/\"1\""));
    Ok(response)
}

/// The person as a Patient. Of a restricted one, everything that says where they are is left out.
pub(super) fn patient(person: &Person) -> Value {
    let number = person.nhs_number.digits();
    let (security, display) = match person.restricted {
        true => ("R", "restricted"),
        false => ("U", "unrestricted"),
    };
    let mut patient = json!({
        "resourceType": "Patient",
        "id": number,
        "identifier": [{
            "system": system::NHS_NUMBER,
            "value": number,
            "extension": [{
                "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
                "valueCodeableConcept": { "coding": [{
                    "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus",
                    "version": "1.0.0",
                    "code": "01",
                    "display": "Number present and verified",
                }] },
            }],
        }],
        "meta": {
            "versionId": "1",
            "security": [{
                "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
                "code": security,
                "display": display,
            }],
        },
        "name": [{
            "id": "1",
            "use": "usual",
            "family": person.family,
            "given": person.given,
        }],
        "gender": gender_code(person.gender),
        "birthDate": person.birth_date.to_string(),
    });
    if let Some(day) = person.deceased {
        let at = format!("{day}T00:00:00+00:00");
        patient["deceasedDateTime"] = at.as_str().into();
        patient["extension"] = json!([death_notification(&at)]);
    }
    if !person.restricted {
        patient["address"] = json!([{
            "id": "1",
            "use": "home",
            "line": person.address,
            "postalCode": person.postcode,
        }]);
        patient["telecom"] = json!([{
            "id": "1",
            "system": "phone",
            "value": home_telephone(&number),
            "use": "home",
        }]);
        patient["generalPractitioner"] = json!([{
            "id": "1",
            "type": "Organization",
            "identifier": { "system": system::ODS, "value": "Y12345" },
        }]);
    }
    patient
}

pub(super) fn gender_code(gender: Gender) -> &'static str {
    match gender {
        Gender::Female => "female",
        Gender::Male => "male",
        Gender::Other => "other",
        Gender::Unknown => "unknown",
    }
}

/// A number that Ofcom keeps for drama.
fn home_telephone(nhs_number: &str) -> String {
    format!("01632 960{}", nhs_number.get(6..9).unwrap_or("000"))
}

fn death_notification(at: &str) -> Value {
    json!({
        "url": system::DEATH_NOTIFICATION,
        "extension": [
            {
                "url": "deathNotificationStatus",
                "valueCodeableConcept": { "coding": [{
                    "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-DeathNotificationStatus",
                    "version": "1.0.0",
                    "code": "2",
                    "display": "Formal - death notice received from Registrar of Deaths",
                }] },
            },
            { "url": "systemEffectiveDate", "valueDateTime": at },
        ],
    })
}
