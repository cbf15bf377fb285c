//! What a local authority asks of the backend, with its own credential: to load its records, and
//! what it was told and written.

mod messages;
mod notifications;
mod paging;
mod records;

use super::refusal::Refusal;
use crate::app::App;
use crate::http::bearer_token;
use crate::store::Hash;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use cpis_record::OdsCode;
use std::sync::Arc;

const BASE: &str = "/local-authority";

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route(&format!("{BASE}/{{ods}}/records"), post(records::submit))
        .route(
            &format!("{BASE}/{{ods}}/notifications"),
            get(notifications::search),
        )
        .route(&format!("{BASE}/{{ods}}/messages"), get(messages::search))
        .route(
            &format!("{BASE}/{{ods}}/report"),
            get(notifications::report),
        )
}

/// The authority in the address, whose credential the request holds.
async fn admit(app: &App, headers: &HeaderMap, ods: &str) -> Result<OdsCode, Refusal> {
    let credential = bearer_token(headers)
        .map(Hash::of)
        .ok_or_else(Refusal::unknown_authority)?;
    let authority = app
        .ask(move |store| store.authority_of(&credential))
        .await?
        .ok_or_else(Refusal::unknown_authority)?;
    if ods.parse().is_ok_and(|asked: OdsCode| asked == authority) {
        Ok(authority)
    } else {
        Err(Refusal::access_denied(
            "The credential is not the one of the authority in the address",
        ))
    }
}
