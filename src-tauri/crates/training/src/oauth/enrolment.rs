//! Enrolling workstations (RFC 7591) with a one-time code.

use super::OAuthError;
use crate::TrainingError;
use crate::app::App;
use crate::http::{bearer_token, whole_body};
use crate::store::{Hash, Store, Workstation};
use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, FixedOffset};
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// Seconds for which an enrolment code holds.
const CODE_SECONDS: i64 = 7 * 24 * 60 * 60;
/// Letters and digits that are not mistaken for one another (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of an RSA modulus of 2,048 bits.
const SHORTEST_MODULUS: usize = 256;

/// A fresh code of 60 random bits, in groups of four.
pub(crate) fn issue_code(
    store: &dyn Store,
    now: DateTime<FixedOffset>,
) -> Result<String, TrainingError> {
    let mut bytes = [0; 12];
    getrandom::fill(&mut bytes)?;
    let letters = bytes.map(|b| char::from(LETTERS[usize::from(b) % LETTERS.len()]));
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    let code = groups.join("-");
    store.add_enrolment_code(&hash_of(&code), now.timestamp() + CODE_SECONDS)?;
    Ok(code)
}

/// Answers a registration.
pub(super) async fn register(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<(StatusCode, Json<Value>), OAuthError> {
    let (parts, body) = request.into_parts();
    let code = bearer_token(&parts.headers)
        .map(hash_of)
        .ok_or_else(|| OAuthError::invalid_token("the enrolment code is missing"))?;
    let body = whole_body(body, 64 * 1024)
        .await
        .ok_or_else(|| OAuthError::invalid_client_metadata("the request is too large"))?;
    let metadata: Value = serde_json::from_slice(&body)
        .map_err(|_| OAuthError::invalid_client_metadata("the request is not JSON"))?;
    let keys = keys(&metadata)?;
    let client_id = format!("workstation-{}", Uuid::new_v4());
    let now = app.now().timestamp();
    let workstation = Workstation {
        client_id: client_id.clone(),
        name: metadata["client_name"].as_str().map(str::to_owned),
        keys: keys.clone(),
        enrolled: now,
    };
    let mut answer = json!({
        "client_id": client_id,
        "client_id_issued_at": now,
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["client_credentials"],
        "jwks": keys,
    });
    if let Some(name) = &workstation.name {
        answer["client_name"] = name.as_str().into();
    }
    if !app
        .ask(move |store| store.enrol(&code, &workstation))
        .await?
    {
        return Err(OAuthError::invalid_token(
            "the enrolment code is not known, used or too old",
        ));
    }
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Codes are typed by people: case and dashes do not count.
fn hash_of(code: &str) -> Hash {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Hash::of(&plain.to_ascii_uppercase())
}

/// The JWK Set of a registration: RSA public keys for RS512, nothing else.
fn keys(metadata: &Value) -> Result<Value, OAuthError> {
    let refused = |why: &str| Err(OAuthError::invalid_client_metadata(why));
    match &metadata["token_endpoint_auth_method"] {
        Value::Null => {}
        Value::String(method) if method == "private_key_jwt" => {}
        _ => return refused("token_endpoint_auth_method must be private_key_jwt"),
    }
    match &metadata["grant_types"] {
        Value::Null => {}
        Value::Array(types) if types.iter().any(|t| t == "client_credentials") => {}
        _ => return refused("grant_types must hold client_credentials"),
    }
    let keys = metadata["jwks"]["keys"].as_array();
    let keys = match keys {
        Some(keys) if (1..=5).contains(&keys.len()) => keys,
        _ => return refused("jwks must hold one to five keys"),
    };
    for key in keys {
        let modulus = key["n"]
            .as_str()
            .and_then(|n| URL_SAFE_NO_PAD.decode(n).ok());
        if key["kty"] != "RSA" || !key["e"].is_string() || modulus.is_none() {
            return refused("a key is not an RSA key");
        }
        if modulus.is_some_and(|n| n.len() < SHORTEST_MODULUS) {
            return refused("a key has fewer than 2048 bits");
        }
        if key.get("d").is_some() {
            return refused("a key holds its private part");
        }
        if key.get("alg").is_some_and(|alg| alg != "RS512") {
            return refused("a key is not for RS512");
        }
    }
    Ok(json!({ "keys": keys }))
}
