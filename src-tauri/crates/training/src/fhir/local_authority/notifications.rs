//! What an authority was told: `GET /local-authority/{ods}/notifications`, a searchset of AuditEvent
//! in pages, and `GET /local-authority/{ods}/report`, one day as CSV.
//!
//! `since` counts from when a notification reached us, not from the look: one that came late, from
//! a clinic that had been offline, is among the newest.

use super::super::access_history::{audit_event, practitioner_role, role_id};
use super::super::bundle::Entry;
use super::super::query::Query;
use super::super::refusal::Refusal;
use super::{admit, paging};
use crate::TrainingError;
use crate::app::App;
use crate::local_authority::daily_report;
use crate::store::{PageAsked, Store, StoredNotification};
use crate::unavailable::Unavailable;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use cpis_fhir::system;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Answers a search for notifications, oldest first.
pub(super) async fn search(
    State(app): State<Arc<App>>,
    Path(ods): Path<String>,
    request: Parts,
) -> Result<Response, Refusal> {
    let read = |store: &dyn Store, asked: &PageAsked<'_>| store.authority_notifications(asked);
    paging::search(&app, &ods, &request, read, entries).await
}

/// Each notification as an event, and once each role in which somebody looked.
fn entries(notifications: &[StoredNotification]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = notifications
        .iter()
        .map(|notification| Entry::matching(event(notification)))
        .collect();
    let mut included = HashSet::new();
    for notification in notifications {
        let access = &notification.access.access;
        let id = role_id(access);
        if included.insert(id.clone()) {
            entries.push(Entry::included(practitioner_role(&id, access)));
        }
    }
    entries
}

fn event(notification: &StoredNotification) -> Value {
    let mut event = audit_event(&notification.access, &notification.nhs_number);
    let received = notification
        .received
        .to_rfc3339_opts(SecondsFormat::Millis, false);
    event["meta"] = json!({ "lastUpdated": received });
    event["extension"] = json!([{
        "url": system::NOTIFICATION_EXTENSION,
        "extension": [
            { "url": "way", "valueCode": notification.way.code() },
            { "url": "received", "valueInstant": received },
        ],
    }]);
    event
}

/// Answers with the report of a day, today's unless `date` says otherwise.
pub(super) async fn report(
    State(app): State<Arc<App>>,
    Path(ods): Path<String>,
    uri: Uri,
    request: Parts,
) -> Result<Response, Refusal> {
    let authority = admit(&app, &request.headers, &ods).await?;
    let day = match Query::read(uri.query()).one("date")? {
        None => app.now().date_naive(),
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::invalid_search("date is a day such as 2026-11-23"))?,
    };
    let asked = authority.clone();
    let (pieces, mut written) = mpsc::channel::<Result<Vec<u8>, TrainingError>>(2);
    let store = Arc::clone(&app.store);
    spawn_blocking(move || {
        let take = &mut |piece| pieces.blocking_send(Ok(piece)).is_ok();
        if let Err(error) = daily_report(store.as_ref(), &asked, day, take) {
            // Whoever does not want more has gone.
            let _ = pieces.blocking_send(Err(error));
        }
    });
    // A store that does not answer is told while the status can still say so.
    let first = match written.recv().await {
        Some(Ok(first)) => first,
        Some(Err(error)) => {
            tracing::error!(%error, "a report was not made");
            return Err(Unavailable::of(&error).into());
        }
        None => return Err(Unavailable::Failed.into()),
    };
    let rest = stream::poll_fn(move |context| written.poll_recv(context));
    // An error breaks the answer off, so that a part is never taken for the whole.
    let text = stream::iter([Ok(first)])
        .chain(rest)
        .map(|piece| piece.map(Bytes::from).map_err(std::io::Error::other));
    let name = format!("attachment; filename=\"cpis-notifications-{authority}-{day}.csv\"");
    Ok((
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        Body::from_stream(text),
    )
        .into_response())
}
