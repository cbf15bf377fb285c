//! Taking in notes to local authorities: `PUT Communication/{id}`. Only workstations send them.
//!
//! A note is created once, as an audit record is. One that no authority could act on, because none
//! has a record of the child, is refused with 422: its sender must know that nobody reads it.

use super::AUDIT;
use super::audit::{json_body, not_json, workstation};
use super::refusal::Refusal;
use crate::app::App;
use crate::store::{Creation, NewNote};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cpis_fhir::read_note;
use std::sync::Arc;

/// Bytes of one note at most.
const NOTE_LIMIT: usize = 16 * 1024;

/// Answers `PUT Communication/{id}`.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    let workstation = workstation(&app, &parts).await?;
    let text = json_body(&parts.headers, body, NOTE_LIMIT).await?;
    let body = serde_json::from_slice(&text).map_err(|_| not_json())?;
    let facts = read_note(&text).map_err(|error| Refusal::unprocessable(error.to_string()))?;
    if facts.id != id {
        return Err(Refusal::unprocessable(
            "The note's id is not the one in the address",
        ));
    }
    let location = format!("{}{AUDIT}/Communication/{id}/_history/1", app.base_url);
    let received = app.now();
    let creation = app
        .ask(move |store| {
            store.create_note(&NewNote {
                id: &id,
                body: &body,
                workstation: &workstation,
                received,
                nhs_number: &facts.person,
                recipient: facts.recipient.as_ref(),
                kind: facts.about.code(),
                sent: facts.sent,
            })
        })
        .await?;
    let status = match creation {
        Some(Creation::Created) => StatusCode::CREATED,
        Some(Creation::SameContent) => StatusCode::OK,
        Some(Creation::OtherContent) => return Err(Refusal::other_content()),
        None => {
            return Err(Refusal::unprocessable(
                "No such authority has a record of this person",
            ));
        }
    };
    let mut response = status.into_response();
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_static("W/\"1\""));
    if let Ok(location) = HeaderValue::from_str(&location) {
        headers.insert(header::LOCATION, location);
    }
    Ok(response)
}
