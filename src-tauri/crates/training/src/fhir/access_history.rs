//! The access history: a searchset of AuditEvent with the PractitionerRoles it refers to.
//!
//! The published example has string booleans, a type without a code and SNOMED occupations for
//! roles; this answer has booleans, a code and job roles of the Spine Directory Service.

use super::bundle::{Entry, searchset};
use super::refusal::{Refusal, answer};
use super::{CPIS, admission};
use crate::app::App;
use crate::population::TrainingAccess;
use crate::seeded::derive;
use crate::store::StoredAccess;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::SecondsFormat;
use cpis_fhir::system;
use cpis_record::{HISTORY_LIMIT, NhsNumber};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;

/// Answers a search for accesses, and takes note of the look. Who has no record has no history.
/// The PractitionerRoles are included whether `_include` asks for them or not, as in the guide's
/// worked example.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    uri: Uri,
    request: Parts,
) -> Result<Response, Refusal> {
    let (look, accesses) = admission::look(&app, request, |store, look| {
        store.look_at_history(look, HISTORY_LIMIT)
    })
    .await?;
    let mut included = HashSet::new();
    let mut entries = Vec::new();
    for stored in &accesses {
        entries.push(Entry::matching(audit_event(stored, &look.nhs_number)));
    }
    for stored in &accesses {
        let id = role_id(&stored.access);
        if included.insert(id.clone()) {
            entries.push(Entry::included(practitioner_role(&id, &stored.access)));
        }
    }
    Ok(answer(
        StatusCode::OK,
        &searchset(&app, CPIS, &uri, entries),
    ))
}

pub(super) fn audit_event(stored: &StoredAccess, person: &NhsNumber) -> Value {
    let viewer = format!("PractitionerRole/{}", role_id(&stored.access));
    let class = |code: &str, display: &str| json!({ "coding": [{ "system": system::ROLE_CLASS, "code": code, "display": display }] });
    json!({
        "resourceType": "AuditEvent",
        "id": stored.id,
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",
            "code": "access",
            "display": "Access/View Record Lifecycle Event",
        },
        "recorded": stored.access.at.to_rfc3339_opts(SecondsFormat::Secs, false),
        "agent": [
            {
                "type": class("PAT", "patient"),
                "who": {
                    "identifier": { "system": system::NHS_NUMBER, "value": person.digits() },
                },
                "requestor": false,
            },
            {
                "type": class("ASSIGNED", "assigned entity"),
                "who": { "reference": viewer },
                "requestor": true,
            },
        ],
        "source": { "observer": { "reference": viewer } },
    })
}

pub(super) fn practitioner_role(id: &str, access: &TrainingAccess) -> Value {
    let organisation = access.organisation.as_str();
    json!({
        "resourceType": "PractitionerRole",
        "id": id,
        "identifier": [{ "system": system::SDS_ROLE_PROFILE, "value": access.role_profile }],
        "practitioner": { "display": access.viewer },
        "organization": {
            "identifier": { "system": system::ODS, "value": organisation },
            "display": format!("{} ({organisation})", access.organisation_name),
        },
        "code": [{ "coding": [{
            "system": system::SDS_JOB_ROLE,
            "code": access.role_code,
            "display": access.role_name,
        }] }],
    })
}

/// One id for one role of one person, so that accesses share their PractitionerRole.
pub(super) fn role_id(access: &TrainingAccess) -> String {
    let who = [
        access.role_profile.as_str(),
        &access.viewer,
        &access.role_code,
        access.organisation.as_str(),
    ]
    .join("\n");
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&derive(0, "practitioner role", &who)[..16]);
    uuid::Builder::from_random_bytes(bytes)
        .into_uuid()
        .to_string()
}
