//! Proofs of possession (DPoP, RFC 9449): who asks for a token or uses one shows that they hold
//! the key to which it is bound.

use super::assertion;
use super::dpop_nonce;
use crate::app::App;
use crate::http::header_text;
use crate::store::{AssertionId, Store};
use crate::unavailable::Unavailable;
use axum::http::request::Parts;
use axum::http::{HeaderName, Method};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use url::Url;

/// The header that carries the proof.
pub(crate) const PROOF: HeaderName = HeaderName::from_static("dpop");
/// The signatures that a proof may have: asymmetric ones only (RFC 9449 section 4.3).
pub(crate) const ALGORITHMS: [(&str, Algorithm); 3] = [
    ("RS512", Algorithm::RS512),
    ("RS256", Algorithm::RS256),
    ("ES256", Algorithm::ES256),
];

/// Seconds by which `iat` may differ from the server's clock, before or after.
const AGE: i64 = 300;
/// Bytes of an RSA modulus of 2,048 bits.
const SHORTEST_MODULUS: usize = 256;
/// What only private and symmetric keys have (RFC 7518 section 6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Marks a request whose proof must hold the server's current nonce.
#[derive(Clone, Copy)]
pub(crate) struct NonceAsked;

/// Why a proof is not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProofFault {
    /// It breaks a rule.
    #[error("{0}")]
    Invalid(&'static str),
    /// It does not hold the server's current nonce; nothing else is wrong with it.
    #[error("the proof must hold the nonce of the DPoP-Nonce header")]
    NonceNeeded,
    /// It cannot be checked now.
    #[error("the proof cannot be checked")]
    Unavailable(Unavailable),
}

impl From<Unavailable> for ProofFault {
    fn from(why: Unavailable) -> Self {
        Self::Unavailable(why)
    }
}

/// Checks the proof that a request carries, which is good once, and answers with the thumbprint
/// of its key (RFC 7638, SHA-256); `None` when the request carries no proof. `access_token` is the
/// token with which the request comes, if it comes with one.
pub(crate) async fn proven_key(
    app: &App,
    request: &Parts,
    access_token: Option<&str>,
) -> Result<Option<String>, ProofFault> {
    if !request.headers.contains_key(PROOF) {
        return Ok(None);
    }
    let proof = header_text(&request.headers, &PROOF).ok_or(ProofFault::Invalid(
        "there must be one DPoP header, in plain text",
    ))?;
    let now = app.now().timestamp();
    let (key, claims) = verified(proof).map_err(ProofFault::Invalid)?;
    let target = format!("{}{}", app.base_url, request.uri.path());
    let (jti, until) = claims
        .check(&request.method, &target, access_token, now)
        .map_err(ProofFault::Invalid)?;
    if request.extensions.get::<NonceAsked>().is_some() {
        let held = claims.nonce.clone();
        let is_current =
            move |store: &dyn Store| dpop_nonce::is_current(store, held.as_deref(), now);
        if !app.ask(is_current).await? {
            return Err(ProofFault::NonceNeeded);
        }
    }
    let (issuer, id) = (format!("dpop {key}"), jti.to_owned());
    let first = app
        .ask(move |store| {
            let id = AssertionId {
                issuer: &issuer,
                id: &id,
                until,
            };
            store.first_use(&id, now)
        })
        .await?;
    match first {
        true => Ok(Some(key)),
        false => Err(ProofFault::Invalid("jti has been used")),
    }
}

/// The header of a proof. A member that comes twice is an error.
#[derive(Deserialize)]
struct Header {
    typ: Option<String>,
    alg: String,
    jwk: Option<Map<String, Value>>,
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Claims {
    htm: Option<String>,
    htu: Option<String>,
    iat: Option<i64>,
    jti: Option<String>,
    ath: Option<String>,
    nonce: Option<String>,
}

/// Verifies the signature under the key in the header: the key's thumbprint, and what was signed.
fn verified(proof: &str) -> Result<(String, Claims), &'static str> {
    let header: Header = proof
        .split_once('.')
        .and_then(|(header, _)| URL_SAFE_NO_PAD.decode(header).ok())
        .and_then(|header| serde_json::from_slice(&header).ok())
        .ok_or("the proof is not a JSON Web Token")?;
    if header.typ.as_deref() != Some("dpop+jwt") {
        return Err("typ must be dpop+jwt");
    }
    if header.crit.is_some() {
        return Err("crit names what is not understood");
    }
    let (_, algorithm) = ALGORITHMS
        .into_iter()
        .find(|(name, _)| *name == header.alg)
        .ok_or("alg must be one of dpop_signing_alg_values_supported")?;
    let (key, thumbprint) = public_key(header.jwk.ok_or("jwk is missing")?, algorithm)?;
    let claims = assertion::verify(proof, &key, &[algorithm])
        .ok_or("the signature does not fit jwk, or a claim is not of its type")?;
    Ok((thumbprint, claims))
}

fn public_key(
    members: Map<String, Value>,
    algorithm: Algorithm,
) -> Result<(DecodingKey, String), &'static str> {
    if PRIVATE_MEMBERS.iter().any(|m| members.contains_key(*m)) {
        return Err("jwk must hold a public key and nothing private");
    }
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let fits = match algorithm {
        Algorithm::ES256 => text("kty") == Some("EC") && text("crv") == Some("P-256"),
        _ => text("kty") == Some("RSA"),
    };
    if !fits {
        return Err("jwk is not a key for alg");
    }
    let modulus = text("n").and_then(|n| URL_SAFE_NO_PAD.decode(n).ok());
    if modulus.is_some_and(|n| n.len() < SHORTEST_MODULUS) {
        return Err("the key has fewer than 2048 bits");
    }
    let unreadable = "jwk cannot be read";
    let jwk: Jwk = serde_json::from_value(Value::Object(members)).map_err(|_| unreadable)?;
    // The key is read before its thumbprint, which would take any text.
    let key = DecodingKey::from_jwk(&jwk).map_err(|_| unreadable)?;
    let thumbprint = jwk
        .thumbprint(ThumbprintHash::SHA256)
        .map_err(|_| unreadable)?;
    Ok((key, thumbprint))
}

impl Claims {
    /// Checks what was signed against the request. The proof's identifier, and the time until
    /// which it must be remembered.
    fn check(
        &self,
        method: &Method,
        target: &str,
        access_token: Option<&str>,
        now: i64,
    ) -> Result<(&str, i64), &'static str> {
        if self.htm.as_deref() != Some(method.as_str()) {
            return Err("htm must be the method of the request");
        }
        if !self.htu.as_deref().is_some_and(|htu| is_same(htu, target)) {
            return Err("htu must be the address of the request without query and fragment");
        }
        let iat = self.iat.ok_or("iat is missing")?;
        if iat.abs_diff(now) > AGE.unsigned_abs() {
            return Err("iat is more than 5 minutes from the server's clock");
        }
        if let Some(token) = access_token {
            let hash = URL_SAFE_NO_PAD.encode(Sha256::digest(token));
            if self.ath.as_deref() != Some(hash.as_str()) {
                return Err("ath must be the hash of the access token");
            }
        }
        match &self.jti {
            Some(id) if !id.is_empty() && id.len() <= 200 => Ok((id, iat + AGE)),
            _ => Err("jti is missing or too long"),
        }
    }
}

/// Compares addresses after normalising them (RFC 3986 section 6). An `htu` with a query is
/// refused though RFC 9449 lets servers ignore it: queries here hold NHS numbers.
fn is_same(htu: &str, target: &str) -> bool {
    match (Url::parse(htu), Url::parse(target)) {
        (Ok(htu), Ok(target)) => htu.query().is_none() && htu.fragment().is_none() && htu == target,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn addresses_are_compared_after_normalising_them() {
        let target = "https://backend.example/oauth2/token";
        assert!(is_same("HTTPS://Backend.Example:443/oauth2/token", target));
        assert!(is_same("https://backend.example/x/../oauth2/token", target));
        for other in [
            "http://backend.example/oauth2/token",
            "https://backend.example:8443/oauth2/token",
            "https://backend.example/oauth2/token/",
            "https://backend.example/oauth2/token?x=1",
            "https://backend.example/oauth2/token?",
            "https://backend.example/oauth2/token#x",
            "https://user@backend.example/oauth2/token",
            "/oauth2/token",
            "",
        ] {
            assert!(!is_same(other, target), "{other}");
        }
    }
}
