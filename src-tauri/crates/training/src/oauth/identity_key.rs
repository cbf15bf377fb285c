//! The key that signs identity tokens.
//!
//! It is made when it is first needed and lives no longer than the backend: an identity token is
//! verified once, right after sign-in. The JWK Set holds the current key alone.

use crate::TrainingError;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The signature of identity tokens (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IdentityAlgorithm {
    /// RSA with 2,048 bits, which every OpenID provider offers.
    #[default]
    Rs256,
    /// ECDSA on P-256.
    Es256,
}

impl IdentityAlgorithm {
    /// What discovery names.
    pub(super) const NAMES: [&'static str; 2] = ["RS256", "ES256"];

    fn of_tokens(self) -> Algorithm {
        match self {
            Self::Rs256 => Algorithm::RS256,
            Self::Es256 => Algorithm::ES256,
        }
    }
}

/// The key that signs identity tokens now.
#[derive(Default)]
pub(crate) struct IdentityKey(Mutex<State>);

#[derive(Default)]
struct State {
    algorithm: IdentityAlgorithm,
    made: Option<Arc<Made>>,
}

struct Made {
    algorithm: Algorithm,
    key: EncodingKey,
    public: Jwk,
    id: String,
}

impl IdentityKey {
    /// Signs from now on with this algorithm, and so with another key.
    pub(crate) fn sign_with(&self, algorithm: IdentityAlgorithm) {
        *self.lock() = State {
            algorithm,
            made: None,
        };
    }

    /// Signs from now on with another key of the same kind.
    pub(crate) fn roll_over(&self) {
        self.lock().made = None;
    }

    /// Signs claims, with the key's identifier in the header.
    pub(super) fn sign(&self, claims: &Value) -> Result<String, TrainingError> {
        let made = self.made()?;
        let mut header = Header::new(made.algorithm);
        header.kid = Some(made.id.clone());
        jsonwebtoken::encode(&header, claims, &made.key)
            .map_err(|e| TrainingError::Signing(e.into()))
    }

    /// The public key as a JWK Set.
    pub(super) fn public_keys(&self) -> Result<Value, TrainingError> {
        let made = self.made()?;
        let mut key = json!(made.public);
        key["kid"] = made.id.as_str().into();
        key["use"] = "sig".into();
        Ok(json!({ "keys": [key] }))
    }

    /// The current key. Others wait while it is made, so that all are given the same.
    fn made(&self) -> Result<Arc<Made>, TrainingError> {
        let mut state = self.lock();
        if let Some(made) = &state.made {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new(make(state.algorithm)?);
        state.made = Some(Arc::clone(&made));
        Ok(made)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make(algorithm: IdentityAlgorithm) -> Result<Made, TrainingError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| TrainingError::Signing(e);
    let pair = match algorithm {
        IdentityAlgorithm::Rs256 => {
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
        }
        IdentityAlgorithm::Es256 => rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
    }
    .map_err(|e| failed(e.into()))?;
    let pem = pair.serialize_pem();
    let key = match algorithm {
        IdentityAlgorithm::Rs256 => EncodingKey::from_rsa_pem(pem.as_bytes()),
        IdentityAlgorithm::Es256 => EncodingKey::from_ec_pem(pem.as_bytes()),
    }
    .map_err(|e| failed(e.into()))?;
    let algorithm = algorithm.of_tokens();
    let public = Jwk::from_encoding_key(&key, algorithm).map_err(|e| failed(e.into()))?;
    let id = public
        .thumbprint(ThumbprintHash::SHA256)
        .map_err(|e| failed(e.into()))?;
    Ok(Made {
        algorithm,
        key,
        public,
        id,
    })
}
