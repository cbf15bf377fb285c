//! Identity tokens (OpenID Connect Core 2), with the claims of NHS CIS2, signed RS256 as every
//! OpenID provider must be able to.
//!
//! The key is made when it is first needed and lives as long as the backend: an identity token is
//! verified once, right after sign-in.

use super::OAuthError;
use crate::TrainingError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// Seconds for which an identity token holds.
const SECONDS: i64 = 300;

/// The key that signs identity tokens.
#[derive(Default)]
pub(crate) struct IdentityKey(OnceLock<Made>);

struct Made {
    key: EncodingKey,
    public: Jwk,
    id: String,
}

impl IdentityKey {
    fn made(&self) -> Result<&Made, TrainingError> {
        if let Some(made) = self.0.get() {
            return Ok(made);
        }
        // Two requests at once make two keys, and one of them is kept.
        let made = make()?;
        Ok(self.0.get_or_init(|| made))
    }

    /// The public key as a JWK Set.
    pub(super) fn public_keys(&self) -> Result<Value, TrainingError> {
        let made = self.made()?;
        let mut key = json!(made.public);
        key["kid"] = made.id.as_str().into();
        key["use"] = "sig".into();
        Ok(json!({ "keys": [key] }))
    }
}

fn make() -> Result<Made, TrainingError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| TrainingError::Signing(e);
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
        .map_err(|e| failed(e.into()))?;
    let key =
        EncodingKey::from_rsa_pem(pair.serialize_pem().as_bytes()).map_err(|e| failed(e.into()))?;
    let public = Jwk::from_encoding_key(&key, Algorithm::RS256).map_err(|e| failed(e.into()))?;
    let id = public
        .thumbprint(ThumbprintHash::SHA256)
        .map_err(|e| failed(e.into()))?;
    Ok(Made { key, public, id })
}

/// A sign-in that an identity token tells of.
pub(super) struct SignIn<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) user_id: &'a str,
    pub(super) nonce: Option<&'a str>,
    pub(super) signed_in: i64,
    pub(super) now: i64,
    pub(super) access_token: &'a str,
}

/// The identity token of a sign-in.
pub(super) fn sign(key: &IdentityKey, sign_in: &SignIn<'_>) -> Result<String, OAuthError> {
    let made = key.made()?;
    let mut header = Header::new(Algorithm::RS256);
    header.kid = Some(made.id.clone());
    // The left half of the hash of the access token (OpenID Connect Core 3.1.3.6).
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
        "amr": ["N3_SMARTCARD"],
        "acr": "AAL3_ANY",
        "id_assurance_level": 3,
        "authentication_assurance_level": 3,
    });
    if let Some(nonce) = sign_in.nonce {
        claims["nonce"] = nonce.into();
    }
    jsonwebtoken::encode(&header, &claims, &made.key)
        .map_err(|e| TrainingError::Signing(e.into()).into())
}
