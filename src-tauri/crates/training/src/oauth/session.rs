//! Sessions and their tokens: opaque, random, kept as hashes. A session lasts twelve hours at
//! most; a refresh token is used once, and a second use ends the session (RFC 9700 section 4.14).

use super::{OAuthError, token::Form};
use crate::app::{App, random_secret};
use crate::store::{Hash, NewSession, Renewal, Renewed};
use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// Seconds after which the person signs in again, however often the session was renewed.
const SESSION_SECONDS: i64 = 12 * 60 * 60;

/// The answer of the token endpoint.
pub(super) struct Tokens(pub(super) Value);

impl IntoResponse for Tokens {
    fn into_response(self) -> Response {
        Json(self.0).into_response()
    }
}

/// Begins a session of a user.
pub(super) async fn open(
    app: &App,
    user_id: String,
    client_id: &str,
) -> Result<Tokens, OAuthError> {
    let (access, refresh) = (random_secret()?, random_secret()?);
    let now = app.now().timestamp();
    let tokens = user_tokens(&access, &refresh, app.token_seconds, SESSION_SECONDS);
    let client_id = client_id.to_owned();
    let access_until = now + app.token_seconds;
    app.ask(move |store| {
        store.open_session(&NewSession {
            id: &Uuid::new_v4().to_string(),
            user_id: &user_id,
            client_id: &client_id,
            access: &Hash::of(&access),
            access_until,
            refresh: &Hash::of(&refresh),
            until: now + SESSION_SECONDS,
        })
    })
    .await?;
    Ok(tokens)
}

/// Answers `grant_type=refresh_token`.
pub(super) async fn renew(app: &App, form: &Form) -> Result<Tokens, OAuthError> {
    let client_id = form.required("client_id")?.to_owned();
    let presented = Hash::of(form.required("refresh_token")?);
    let (access, refresh) = (random_secret()?, random_secret()?);
    let (access_hash, refresh_hash) = (Hash::of(&access), Hash::of(&refresh));
    let now = app.now().timestamp();
    let access_until = now + app.token_seconds;
    let renewed = app
        .ask(move |store| {
            store.renew(&Renewal {
                presented: &presented,
                client_id: &client_id,
                now,
                access: &access_hash,
                access_until,
                refresh: &refresh_hash,
            })
        })
        .await?;
    match renewed {
        Renewed::Until(until) => {
            let holds = app.token_seconds.min(until - now);
            Ok(user_tokens(&access, &refresh, holds, until - now))
        }
        Renewed::Refused => Err(OAuthError::invalid_grant("refresh_token is invalid")),
        Renewed::UsedBefore => Err(OAuthError::invalid_grant(
            "refresh_token was used before; the session has been ended",
        )),
    }
}

fn user_tokens(access: &str, refresh: &str, holds: i64, session_holds: i64) -> Tokens {
    Tokens(json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": holds,
        "refresh_token": refresh,
        "refresh_token_expires_in": session_holds,
    }))
}
