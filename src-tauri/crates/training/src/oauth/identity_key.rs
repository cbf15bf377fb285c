//! The key that signs identity tokens.
//!
//! It is made when it is first needed and kept in the store, so that every backend on it signs with the
//! same. The JWK Set holds the current key alone: an identity token is verified once, right after
//! sign-in.

use crate::TrainingError;
use crate::shared::{self, IDENTITY_KEY};
use crate::store::Store;
use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, PoisonError};

/// The signature of identity tokens (RFC 7518 section 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
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

/// The key that signs identity tokens now: the one in the store, as read the last time.
#[derive(Default)]
pub(crate) struct IdentityKey(Mutex<Option<(Kept, Arc<Made>)>>);

/// The key in the store.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    algorithm: IdentityAlgorithm,
    /// PKCS#8; `None` until it is first needed.
    pem: Option<String>,
}

struct Made {
    algorithm: Algorithm,
    key: EncodingKey,
    public: Jwk,
    id: String,
}

impl IdentityKey {
    /// Signs claims, with the key's identifier in the header.
    pub(super) fn sign(&self, store: &dyn Store, claims: &Value) -> Result<String, TrainingError> {
        let made = self.made(store)?;
        let mut header = Header::new(made.algorithm);
        header.kid = Some(made.id.clone());
        jsonwebtoken::encode(&header, claims, &made.key)
            .map_err(|e| TrainingError::Signing(e.into()))
    }

    /// The public key as a JWK Set.
    pub(super) fn public_keys(&self, store: &dyn Store) -> Result<Value, TrainingError> {
        let made = self.made(store)?;
        let mut key = json!(made.public);
        key["kid"] = made.id.as_str().into();
        key["use"] = "sig".into();
        Ok(json!({ "keys": [key] }))
    }

    /// The current key. Others wait while it is made, so that all are given the same.
    fn made(&self, store: &dyn Store) -> Result<Arc<Made>, TrainingError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept: Option<Kept> = shared::read(store, IDENTITY_KEY)?;
        if kept.as_ref().is_none_or(|kept| kept.pem.is_none()) {
            // Made once, however often the change is tried.
            let algorithm = kept.map(|kept| kept.algorithm).unwrap_or_default();
            let pem = pair(algorithm)?;
            kept = shared::change(store, IDENTITY_KEY, |there: &mut Option<Kept>| {
                if there.as_ref().is_none_or(|there| there.pem.is_none()) {
                    *there = Some(Kept {
                        algorithm,
                        pem: Some(pem.clone()),
                    });
                }
                Ok(there.clone())
            })?;
        }
        let kept = kept.ok_or(TrainingError::Unreadable("a key"))?;
        match last.as_ref() {
            Some((same, made)) if *same == kept => Ok(Arc::clone(made)),
            _ => {
                let made = Arc::new(read(&kept)?);
                *last = Some((kept, Arc::clone(&made)));
                Ok(made)
            }
        }
    }
}

/// Signs from now on with this algorithm, and so with another key; `None` keeps the algorithm.
pub(crate) fn exchange(
    store: &dyn Store,
    algorithm: Option<IdentityAlgorithm>,
) -> Result<(), TrainingError> {
    shared::change(store, IDENTITY_KEY, |there: &mut Option<Kept>| {
        let present = there.take().map(|kept| kept.algorithm).unwrap_or_default();
        *there = Some(Kept {
            algorithm: algorithm.unwrap_or(present),
            pem: None,
        });
        Ok(())
    })
}

/// A new key.
fn pair(algorithm: IdentityAlgorithm) -> Result<String, TrainingError> {
    let pair = match algorithm {
        IdentityAlgorithm::Rs256 => {
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)
        }
        IdentityAlgorithm::Es256 => rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
    }
    .map_err(|e| TrainingError::Signing(e.into()))?;
    Ok(pair.serialize_pem())
}

fn read(kept: &Kept) -> Result<Made, TrainingError> {
    let failed = |e: Box<dyn std::error::Error + Send + Sync>| TrainingError::Signing(e);
    let pem = kept.pem.as_deref().unwrap_or_default();
    let key = match kept.algorithm {
        IdentityAlgorithm::Rs256 => EncodingKey::from_rsa_pem(pem.as_bytes()),
        IdentityAlgorithm::Es256 => EncodingKey::from_ec_pem(pem.as_bytes()),
    }
    .map_err(|e| failed(e.into()))?;
    let algorithm = kept.algorithm.of_tokens();
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
