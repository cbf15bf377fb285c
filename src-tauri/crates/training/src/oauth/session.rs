//! Sessions and their tokens: opaque, random, kept as hashes. A session lasts twelve hours at
//! most; a refresh token is used once, and a second use ends the session (RFC 9700 section 4.14). A
//! session that was begun with a proof of a key is bound to that key for as long as it lasts.

use super::{OAuthError, token::Form};
use crate::app::{App, random_secret};
use crate::assurance::AssuranceLevel;
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

/// A session to begin.
pub(super) struct Opening<'a> {
    pub(super) user_id: String,
    pub(super) client_id: &'a str,
    pub(super) assurance: AssuranceLevel,
    /// The thumbprint of the key that was proven.
    pub(super) bound_to: Option<&'a str>,
    /// The authorisation code that opens it.
    pub(super) code: Option<Hash>,
}

/// Begins a session of a user.
pub(super) async fn open(app: &App, opening: Opening<'_>) -> Result<Tokens, OAuthError> {
    let (access, refresh) = (random_secret()?, random_secret()?);
    let now = app.now().timestamp();
    let bound_to = opening.bound_to.map(str::to_owned);
    let tokens = UserTokens {
        access: &access,
        refresh: &refresh,
        holds: app.token_seconds,
        session_holds: SESSION_SECONDS,
        bound: bound_to.is_some(),
    }
    .answer();
    let client_id = opening.client_id.to_owned();
    let (user_id, assurance, code) = (opening.user_id, opening.assurance, opening.code);
    let access_until = now + app.token_seconds;
    app.ask(move |store| {
        store.open_session(&NewSession {
            id: &Uuid::new_v4().to_string(),
            user_id: &user_id,
            client_id: &client_id,
            assurance,
            bound_to: bound_to.as_deref(),
            code: code.as_ref(),
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
pub(super) async fn renew(
    app: &App,
    form: &Form,
    proven: Option<String>,
) -> Result<Tokens, OAuthError> {
    let client_id = form.required("client_id")?.to_owned();
    let presented = Hash::of(form.required("refresh_token")?);
    let (access, refresh) = (random_secret()?, random_secret()?);
    let (access_hash, refresh_hash) = (Hash::of(&access), Hash::of(&refresh));
    let has_proof = proven.is_some();
    let now = app.now().timestamp();
    let access_until = now + app.token_seconds;
    let renewed = app
        .ask(move |store| {
            store.renew(&Renewal {
                presented: &presented,
                client_id: &client_id,
                proven: proven.as_deref(),
                now,
                access: &access_hash,
                access_until,
                refresh: &refresh_hash,
            })
        })
        .await?;
    match renewed {
        Renewed::Until { until, bound } => Ok(UserTokens {
            access: &access,
            refresh: &refresh,
            holds: app.token_seconds.min(until - now),
            session_holds: until - now,
            bound,
        }
        .answer()),
        Renewed::Refused => Err(OAuthError::invalid_grant("refresh_token is invalid")),
        Renewed::UsedBefore => Err(OAuthError::invalid_grant(
            "refresh_token was used before; the session has been ended",
        )),
        Renewed::KeyNotProven if has_proof => Err(OAuthError::invalid_grant(
            "refresh_token is bound to another key",
        )),
        Renewed::KeyNotProven => Err(OAuthError::invalid_dpop_proof(
            "refresh_token is bound to a key and comes with a proof of it",
        )),
    }
}

/// How tokens are used (RFC 6749 section 7.1, RFC 9449 section 5).
pub(super) fn token_type(bound: bool) -> &'static str {
    if bound { "DPoP" } else { "Bearer" }
}

/// New tokens of a user; times in seconds.
struct UserTokens<'a> {
    access: &'a str,
    refresh: &'a str,
    holds: i64,
    session_holds: i64,
    bound: bool,
}

impl UserTokens<'_> {
    fn answer(&self) -> Tokens {
        Tokens(json!({
            "access_token": self.access,
            "token_type": token_type(self.bound),
            "expires_in": self.holds,
            "refresh_token": self.refresh,
            "refresh_token_expires_in": self.session_holds,
        }))
    }
}
