//! Where everything is (OpenID Connect Discovery 1.0, RFC 8414).

use super::identity_key::IdentityAlgorithm;
use super::{AUTHORISE, JWKS, OAuthError, REGISTER, REVOKE, TOKEN, USERINFO, dpop};
use crate::app::App;
use crate::assurance::AssuranceLevel;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::sync::Arc;

/// The addresses of the endpoints.
pub(super) async fn configuration(State(app): State<Arc<App>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", app.base_url);
    Json(json!({
        "issuer": app.base_url,
        "authorization_endpoint": at(AUTHORISE),
        "token_endpoint": at(TOKEN),
        "userinfo_endpoint": at(USERINFO),
        "registration_endpoint": at(REGISTER),
        "revocation_endpoint": at(REVOKE),
        "jwks_uri": at(JWKS),
        "grant_types_supported": [
            "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "authorization_code",
            "refresh_token",
            "client_credentials",
        ],
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS512"],
        "scopes_supported": ["openid"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "response_modes_supported": ["query"],
        "acr_values_supported": AssuranceLevel::CLASSES,
        "prompt_values_supported": ["login"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": IdentityAlgorithm::NAMES,
        "dpop_signing_alg_values_supported": dpop::ALGORITHMS.map(|(name, _)| name),
    }))
}

/// The key that signs identity tokens.
pub(super) async fn keys(State(app): State<Arc<App>>) -> Result<Json<Value>, OAuthError> {
    let key = Arc::clone(&app.identity_key);
    let keys = app.ask(move |store| key.public_keys(store)).await?;
    Ok(Json(keys))
}
