//! What health services wrote to an authority about its records:
//! `GET /local-authority/{ods}/messages`, a searchset of Communication in pages.
//!
//! `since` counts from when a note reached us, not from when it was written: one from a computer that
//! had been offline is among the newest.

use super::super::bundle::Entry;
use super::super::refusal::Refusal;
use super::paging;
use crate::app::App;
use crate::store::{PageAsked, Store, StoredNote};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use chrono::SecondsFormat;
use serde_json::{Value, json};
use std::sync::Arc;

/// Answers a search for notes, oldest first.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    Path(ods): Path<String>,
    request: Parts,
) -> Result<Response, Refusal> {
    let entries = |notes: &[StoredNote]| notes.iter().map(|n| Entry::matching(note(n))).collect();
    let read = |store: &dyn Store, asked: &PageAsked<'_>| store.notes(asked);
    paging::search(&app, &ods, &request, read, entries).await
}

fn note(note: &StoredNote) -> Value {
    let mut body = note.body.clone();
    let received = note.received.to_rfc3339_opts(SecondsFormat::Millis, false);
    body["meta"] = json!({ "lastUpdated": received });
    body
}
