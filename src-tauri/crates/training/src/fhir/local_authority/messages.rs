//! What health services wrote to an authority about its records:
//! `GET /local-authority/{ods}/messages`, a searchset of Communication in pages.
//!
//! `since` counts from when a note reached us, not from when it was written: one from a computer that
//! had been offline is among the newest.

use super::super::bundle::{Entry, page};
use super::super::refusal::{Refusal, answer};
use super::paging::Asked;
use super::{BASE, admit};
use crate::app::App;
use crate::store::{NotificationsAsked, StoredNote};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use chrono::SecondsFormat;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers a search for notes, oldest first.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    Path(ods): Path<String>,
    uri: Uri,
    request: Parts,
) -> Result<Response, Refusal> {
    let authority = admit(&app, &request.headers, &ods).await?;
    let asked = Asked::read(&app, &uri)?;
    let (code, received, after, limit) =
        (authority.clone(), asked.received, asked.after, asked.limit);
    let found = app
        .ask(move |store| {
            store.notes(&NotificationsAsked {
                authority: &code,
                received,
                after,
                limit,
            })
        })
        .await?;
    let last = found.notes.last().filter(|_| found.more);
    let next = last.map(|last| asked.next(&uri, last.number));
    let entries = found.notes.iter().map(|n| Entry::matching(note(n)));
    let base = format!("{BASE}/{authority}");
    Ok(answer(
        StatusCode::OK,
        &page(
            &app,
            &base,
            &uri,
            entries.collect(),
            found.total,
            next.as_deref(),
        ),
    ))
}

fn note(note: &StoredNote) -> Value {
    let mut body = note.body.clone();
    let received = note.received.to_rfc3339_opts(SecondsFormat::Millis, false);
    body["meta"] = json!({ "lastUpdated": received });
    body
}
