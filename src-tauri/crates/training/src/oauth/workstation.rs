//! Tokens for enrolled workstations: `client_credentials` with `private_key_jwt`, as NHS England's
//! platform asks for it: RS512, `kid`, five minutes, one use.

use super::session::{self, Tokens};
use super::{OAuthError, assertion, token::Form};
use crate::app::{App, random_secret};
use crate::store::{AssertionId, Hash, NewWorkstationToken};
use jsonwebtoken::jwk::{Jwk, JwkSet, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::json;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Answers `grant_type=client_credentials`.
pub(super) async fn grant(
    app: &App,
    form: &Form,
    proven: Option<String>,
) -> Result<Tokens, OAuthError> {
    if form.required("client_assertion_type")? != ASSERTION_TYPE {
        return Err(OAuthError::invalid_client(
            "client_assertion_type is not supported",
        ));
    }
    let client_id = authenticate(app, form).await?;
    let token = random_secret()?;
    let answer = json!({
        "access_token": token,
        "token_type": session::token_type(proven.is_some()),
        "expires_in": app.token_seconds,
    });
    let until = app.now().timestamp() + app.token_seconds;
    app.ask(move |store| {
        store.add_workstation_token(&NewWorkstationToken {
            client_id: &client_id,
            token: &Hash::of(&token),
            until,
            bound_to: proven.as_deref(),
        })
    })
    .await?;
    Ok(Tokens(answer))
}

/// Verifies the assertion of a workstation, and says which it is.
async fn authenticate(app: &App, form: &Form) -> Result<String, OAuthError> {
    let assertion = form.required("client_assertion")?;
    let header = assertion::header(assertion)?;
    if header.alg != Algorithm::RS512 {
        return Err(OAuthError::invalid_client("alg must be RS512"));
    }
    let kid = header
        .kid
        .ok_or_else(|| OAuthError::invalid_client("kid is missing"))?;
    // Nothing of this is believed before the signature fits the key registered for it.
    let client_id = jsonwebtoken::dangerous::insecure_decode_claims::<assertion::Claims>(assertion)
        .ok()
        .and_then(|claims| claims.iss)
        .ok_or_else(|| OAuthError::invalid_client("iss is missing"))?;
    let asked = client_id.clone();
    let workstation = app
        .ask(move |store| store.workstation(&asked))
        .await?
        .ok_or_else(|| OAuthError::invalid_client("the workstation is not enrolled"))?;
    let key = key(workstation.keys, &kid).ok_or_else(|| {
        OAuthError::invalid_client("kid is not the thumbprint of a registered key")
    })?;
    let claims: assertion::Claims = assertion::verify(assertion, &key, &[Algorithm::RS512])
        .ok_or_else(|| OAuthError::invalid_client("the signature does not fit"))?;
    let is_own = |claim: &Option<String>| claim.as_deref() == Some(client_id.as_str());
    if !is_own(&claims.iss) || !is_own(&claims.sub) {
        return Err(OAuthError::invalid_client(
            "iss and sub must be the client_id",
        ));
    }
    if form.get("client_id").is_some_and(|id| id != client_id) {
        return Err(OAuthError::invalid_client("client_id differs from iss"));
    }
    let now = app.now().timestamp();
    let once = claims
        .check(&app.token_endpoint(), now)
        .map_err(OAuthError::invalid_client)?;
    let issuer = client_id.clone();
    let first = app
        .ask(move |store| {
            let id = AssertionId {
                issuer: &issuer,
                id: &once.id,
                until: once.until,
            };
            store.first_use(&id, now)
        })
        .await?;
    if first {
        Ok(client_id)
    } else {
        Err(OAuthError::invalid_client(
            "the assertion's jti has been used",
        ))
    }
}

/// The registered key whose thumbprint (RFC 7638, SHA-256) is `kid`.
fn key(keys: serde_json::Value, kid: &str) -> Option<DecodingKey> {
    let keys: JwkSet = serde_json::from_value(keys).ok()?;
    let fits = |key: &&Jwk| {
        key.thumbprint(ThumbprintHash::SHA256)
            .is_ok_and(|t| t == kid)
    };
    DecodingKey::from_jwk(keys.keys.iter().find(fits)?).ok()
}
