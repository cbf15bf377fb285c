//! Taking in audit records: one by `PUT`, up to a hundred in a batch. Only workstations send them.
//!
//! A record is created once. The same content again is answered as before, whatever the order of
//! its members; other content under a known id is refused and changes nothing. What makes a record
//! unusable is refused with 422: it could never be delivered, and its sender must know.

use super::AUDIT;
use super::caller::access;
use super::refusal::{Refusal, answer};
use crate::app::App;
use crate::http::whole_body;
use crate::oauth::access_token::bearer;
use crate::population::TrainingAccess;
use crate::store::{Bearer, Creation, Link, Look, NewAuditRecord, ReportedLook, Way};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cpis_fhir::{AuditFacts, BATCH_LIMIT, is_fhir_json, read_audit_event};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::sync::Arc;

/// Bytes of one record at most.
const RECORD_LIMIT: usize = 256 * 1024;
/// Entries of a batch that are kept at a time.
const AT_A_TIME: usize = 16;
/// Bytes of a batch at most.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Answers `PUT AuditEvent/{id}`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let workstation = workstation(&app, &parts).await?;
    let body = json_body(&parts.headers, body, RECORD_LIMIT).await?;
    let record = serde_json::from_slice(&body).map_err(|_| not_json())?;
    let status = keep(&app, &workstation, &id, record, &body).await?;
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_static("W/\"1\""));
    if let Ok(location) = HeaderValue::from_str(&location(&app, &id)) {
        headers.insert(header::LOCATION, location);
    }
    Ok(response)
}

/// Answers a batch. Each entry stands alone; the answers come in the order of the entries.
pub(super) async fn batch(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let workstation = workstation(&app, &parts).await?;
    let body = json_body(&parts.headers, body, BATCH_BYTES).await?;
    let bundle: Value = serde_json::from_slice(&body).map_err(|_| not_json())?;
    if bundle["resourceType"] != "Bundle" || bundle["type"] != "batch" {
        return Err(Refusal::malformed("The body is not a Bundle of type batch"));
    }
    let entries = match &bundle["entry"] {
        Value::Array(entries) => entries.as_slice(),
        Value::Null => &[],
        _ => return Err(Refusal::malformed("entry is not an array")),
    };
    if entries.len() > BATCH_LIMIT {
        return Err(Refusal::too_large("A batch holds at most 100 entries"));
    }
    // Some at a time, which the store writes together; the answers keep their order.
    let asking: Vec<_> = entries
        .iter()
        .map(|entry| answer_entry(&app, &workstation, entry))
        .collect();
    let answers: Vec<Value> = stream::iter(asking)
        .buffered(AT_A_TIME)
        .map(|response| json!({ "response": response }))
        .collect()
        .await;
    Ok(answer(StatusCode::OK, &batch_response(answers)))
}

/// Refuses whatever audit records a request brings, each by itself, as the trainer wishes.
pub(crate) async fn refuse(request: Request) -> Response {
    let refusal = Refusal::unprocessable("The trainer lets every audit record be refused");
    if request.method() != Method::POST {
        return refusal.into_response();
    }
    let Some(body) = whole_body(request.into_body(), BATCH_BYTES).await else {
        return Refusal::too_large("The body is too large").into_response();
    };
    let bundle: Value = serde_json::from_slice(&body).unwrap_or_default();
    let entries = bundle["entry"].as_array().map_or(0, Vec::len);
    let refused = || {
        json!({ "response": {
            "status": status_line(refusal.status()),
            "outcome": refusal.outcome(),
        } })
    };
    answer(
        StatusCode::OK,
        &batch_response((0..entries).map(|_| refused()).collect()),
    )
}

fn batch_response(entries: Vec<Value>) -> Value {
    json!({
        "resourceType": "Bundle",
        "id": uuid::Uuid::new_v4(),
        "type": "batch-response",
        "entry": entries,
    })
}

async fn answer_entry(app: &App, workstation: &str, entry: &Value) -> Value {
    match keep_entry(app, workstation, entry).await {
        Ok((id, status)) => json!({
            "status": status_line(status),
            "location": location(app, &id),
            "etag": "W/\"1\"",
        }),
        Err(refusal) => json!({
            "status": status_line(refusal.status()),
            "outcome": refusal.outcome(),
        }),
    }
}

async fn keep_entry(
    app: &App,
    workstation: &str,
    entry: &Value,
) -> Result<(String, StatusCode), Refusal> {
    if entry["request"]["method"] != "PUT" {
        return Err(Refusal::malformed("Only PUT is supported in a batch"));
    }
    let id = entry["request"]["url"]
        .as_str()
        .and_then(|url| url.strip_prefix("AuditEvent/"))
        .ok_or_else(|| Refusal::malformed("request.url is not AuditEvent/{id}"))?;
    let record = entry["resource"].clone();
    let text = record.to_string();
    let status = keep(app, workstation, id, record, text.as_bytes()).await?;
    Ok((id.to_owned(), status))
}

/// Creates a record, or finds it there. `text` is the record as it came, in which a member that
/// comes twice can still be seen.
async fn keep(
    app: &App,
    workstation: &str,
    id: &str,
    body: Value,
    text: &[u8],
) -> Result<StatusCode, Refusal> {
    let facts =
        read_audit_event(text).map_err(|error| Refusal::unprocessable(error.to_string()))?;
    if facts.id != id {
        return Err(Refusal::unprocessable(
            "The record's id is not the one in the address",
        ));
    }
    let look = unreported_look(app, &facts)?;
    let kept = body.to_string();
    let link = Link::with(&body, facts.chain);
    let (id, workstation, received) = (id.to_owned(), workstation.to_owned(), app.now());
    let creation = app
        .ask(move |store| {
            store.create_audit_record(&NewAuditRecord {
                id: &id,
                body: &body,
                text: &kept,
                link,
                workstation: &workstation,
                received,
                look,
            })
        })
        .await?;
    match creation {
        Creation::Created => Ok(StatusCode::CREATED),
        Creation::SameContent => Ok(StatusCode::OK),
        Creation::OtherContent => Err(Refusal::other_content()),
    }
}

/// The look that a record tells of if no request did: a kept copy that was opened offline, or a check
/// by a source that tells nobody. What was not shown, and what was scheduled, enters no history; a search for a person asked no register.
fn unreported_look(app: &App, facts: &AuditFacts) -> Result<Option<ReportedLook>, Refusal> {
    let Some(person) = &facts.person else {
        return Ok(None);
    };
    if !facts.unscheduled || facts.outcome != 0 {
        return Ok(None);
    }
    let organisation = facts
        .organisation
        .parse()
        .map_err(|_| Refusal::unprocessable("The organisation is not an ODS code"))?;
    let member = app.member(&facts.user_id);
    let held = member.and_then(|m| {
        m.roles.iter().find(|held| {
            held.role.organisation.ods_code == organisation
                && facts
                    .role
                    .as_deref()
                    .is_none_or(|name| name == held.role.name)
        })
    });
    let known = member
        .zip(held)
        .map(|(m, held)| access(m, held, facts.recorded));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let look = Look {
        trace_id: facts.id.clone(),
        nhs_number: person.clone(),
        unscheduled: true,
        access: known.unwrap_or_else(|| TrainingAccess {
            at: facts.recorded,
            viewer: text(&facts.viewer),
            role_profile: facts.user_id.clone(),
            role_code: String::new(),
            role_name: text(&facts.role),
            organisation,
            organisation_name: text(&facts.organisation_name),
        }),
    };
    let way = match facts.of_kept_copy {
        true => Way::Late,
        false => Way::Record,
    };
    Ok(Some(ReportedLook { look, way }))
}

pub(super) async fn workstation(app: &App, request: &Parts) -> Result<String, Refusal> {
    match bearer(app, request).await? {
        Bearer::Workstation { client_id } => Ok(client_id),
        Bearer::User { .. } => Err(Refusal::access_denied(
            "Audit records and notes are sent with a workstation's token",
        )),
    }
}

pub(super) async fn json_body(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Bytes, Refusal> {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok());
    if !media_type.is_some_and(is_fhir_json) {
        return Err(Refusal::unsupported_media_type());
    }
    whole_body(body, limit)
        .await
        .ok_or_else(|| Refusal::too_large("The body is too large"))
}

pub(super) fn not_json() -> Refusal {
    Refusal::malformed("The body is not JSON")
}

/// The receipt: the address of the first and only version.
fn location(app: &App, id: &str) -> String {
    format!("{}{AUDIT}/AuditEvent/{id}/_history/1", app.base_url)
}

fn status_line(status: StatusCode) -> String {
    format!(
        "{} {}",
        status.as_str(),
        status.canonical_reason().unwrap_or_default()
    )
}
