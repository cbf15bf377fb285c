//! The FHIR side: demographics, the register, and audit.

mod access_history;
mod admission;
mod audit;
mod bundle;
mod caller;
mod care_team;
mod local_authority;
mod metadata;
mod note;
mod patient;
mod patient_flag;
mod patient_search;
mod query;
mod refusal;

use crate::app::App;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use refusal::Refusal;
use std::sync::Arc;

const CPIS: &str = "/cpis/FHIR/R4";
const DEMOGRAPHICS: &str = "/personal-demographics/FHIR/R4";
const FLAGS: &str = "/patient-flags-api/FHIR/R4";
const AUDIT: &str = "/audit/FHIR/R4";

pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(&format!("{CPIS}/metadata"), get(metadata::metadata))
        .route(&format!("{CPIS}/CareTeam"), get(care_team::search))
        .route(&format!("{CPIS}/AuditEvent"), get(access_history::search))
        .route(
            &format!("{DEMOGRAPHICS}/Patient"),
            get(patient_search::search),
        )
        .route(
            &format!("{DEMOGRAPHICS}/Patient/{{id}}"),
            get(patient::read),
        )
        .route(&format!("{FLAGS}/PatientFlag"), get(patient_flag::search))
        .route(&format!("{AUDIT}/AuditEvent/{{id}}"), put(audit::create))
        .route(&format!("{AUDIT}/Communication/{{id}}"), put(note::create))
        .route(AUDIT, post(audit::batch))
        .merge(local_authority::routes())
        .fallback(unsupported)
        .method_not_allowed_fallback(method_not_allowed)
}

/// A refusal of a role, made to fail.
pub(crate) fn denied() -> Response {
    Refusal::access_denied("Made to fail: this role may not look").into_response()
}

async fn unsupported() -> Refusal {
    Refusal::unsupported_service()
}

async fn method_not_allowed() -> Refusal {
    Refusal::method_not_allowed()
}

pub(crate) use audit::refuse as refuse_audit_records;
