//! What the backend can do; asked by programs that want to know whether it can be reached.

use super::refusal::answer;
use crate::app::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use cpis_fhir::system;
use serde_json::json;
use std::sync::Arc;

/// The capability statement, after the one of the CP-IS producer. Nobody needs to be signed in.
pub(super) async fn metadata(State(app): State<Arc<App>>) -> Response {
    let searched = |kind: &str| {
        json!({
            "type": kind,
            "interaction": [{ "code": "search-type" }],
            "searchParam": [{
                "name": "patient",
                "type": "reference",
                "documentation": "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{number}",
            }],
        })
    };
    let body = json!({
        "resourceType": "CapabilityStatement",
        "id": "cpis-training",
        "extension": [{ "url": system::TRAINING_EXTENSION, "valueBoolean": true }],
        "name": "CPISTraining",
        "title": "CP-IS Check training backend, made-up people only",
        "status": "active",
        "date": "2026-11-22",
        "kind": "instance",
        "software": { "name": "cpis-training", "version": env!("CARGO_PKG_VERSION") },
        "implementation": {
            "description": "Training backend, made-up people only",
            "url": format!("{}{}", app.base_url, super::CPIS),
        },
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [{
            "mode": "server",
            "security": {
                "cors": false,
                "service": [{ "coding": [{
                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                    "code": "OAuth",
                }] }],
                "description": "A person signs in; see .well-known/openid-configuration",
            },
            "resource": [
                searched("CareTeam"),
                searched("AuditEvent"),
                // Taken in beside the audit records, for the local authority.
                { "type": "Communication", "interaction": [{ "code": "update" }] },
            ],
        }],
    });
    answer(StatusCode::OK, &body)
}
