//! Identity tokens (OpenID Connect Core 2), with the claims of NHS CIS2.

use super::OAuthError;
use crate::app::App;
use crate::assurance::AssuranceLevel;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Seconds for which an identity token holds.
const SECONDS: i64 = 300;

/// A sign-in that an identity token tells of.
pub(super) struct SignIn<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) user_id: &'a str,
    pub(super) nonce: Option<&'a str>,
    /// The classes of sign-in that the program wished for.
    pub(super) acr_values: &'a str,
    pub(super) assurance: AssuranceLevel,
    pub(super) signed_in: i64,
    pub(super) now: i64,
    pub(super) access_token: &'a str,
}

/// The identity token of a sign-in.
pub(super) async fn sign(app: &App, sign_in: &SignIn<'_>) -> Result<String, OAuthError> {
    // The left half of the hash of the access token (OpenID Connect Core 3.1.3.6). Both algorithms
    // of the key hash with SHA-256.
    let at_hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(sign_in.access_token)[..16]);
    let mut claims = json!({
        "iss": sign_in.issuer,
        "aud": sign_in.client_id,
        "azp": sign_in.client_id,
        "sub": sign_in.user_id,
        "iat": sign_in.now,
        "exp": sign_in.now + SECONDS,
        "auth_time": sign_in.signed_in,
        "at_hash": at_hash,
        "amr": [sign_in.assurance.method()],
        "acr": sign_in.assurance.class(sign_in.acr_values),
        "id_assurance_level": 3,
        "authentication_assurance_level": sign_in.assurance.number(),
    });
    if let Some(nonce) = sign_in.nonce {
        claims["nonce"] = nonce.into();
    }
    let key = Arc::clone(&app.identity_key);
    Ok(app.ask(move |store| key.sign(store, &claims)).await?)
}
