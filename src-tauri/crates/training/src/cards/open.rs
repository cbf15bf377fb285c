//! Using a virtual card: its passcode, its retry counter, its signature.

use super::{CARD_TRIES, in_file};
use crate::TrainingError;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy, PrivateKeyChain};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A card whose passcode was right.
pub struct OpenCard {
    chain: PrivateKeyChain,
}

impl std::fmt::Debug for OpenCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenCard(redacted)")
    }
}

/// Opens a card with its passcode.
///
/// A try is used up on disk before the passcode is tried, and given back when it was right, so
/// that a crash in between never gives a try away.
///
/// # Errors
/// [`TrainingError::CardLocked`] when no try is left, [`TrainingError::WrongPasscode`] when the
/// passcode is wrong, [`TrainingError::File`] when a file cannot be read or written.
pub fn open_card(file: &Path, passcode: &str) -> Result<OpenCard, TrainingError> {
    let bytes = std::fs::read(file).map_err(|cause| in_file(file, cause))?;
    let left = tries_left(file)?
        .checked_sub(1)
        .ok_or(TrainingError::CardLocked)?;
    write_tries(file, left)?;
    let wrong = || TrainingError::WrongPasscode { tries_left: left };
    let store =
        KeyStore::from_pkcs12(&bytes, passcode, Pkcs12ImportPolicy::Strict).map_err(|_| wrong())?;
    let (_, chain) = store.private_key_chain().ok_or_else(wrong)?;
    write_tries(file, CARD_TRIES)?;
    Ok(OpenCard {
        chain: chain.clone(),
    })
}

impl OpenCard {
    /// An assertion for the token endpoint (RFC 7523), signed by the card, with its certificates in
    /// `x5c`. It is valid for two minutes and once.
    ///
    /// # Errors
    /// [`TrainingError::Signing`] when the card's key does not sign.
    pub fn assertion(
        &self,
        token_endpoint: &str,
        client_id: &str,
        now: DateTime<FixedOffset>,
    ) -> Result<String, TrainingError> {
        let mut header = Header::new(Algorithm::ES256);
        header.x5c = Some(
            self.chain
                .certs()
                .iter()
                .map(|c| STANDARD.encode(c.as_der()))
                .collect(),
        );
        let claims = json!({
            "iss": client_id,
            "sub": String::from_utf8_lossy(self.chain.local_key_id().as_ref()),
            "aud": token_endpoint,
            "jti": uuid::Uuid::new_v4(),
            "iat": now.timestamp(),
            "exp": now.timestamp() + 120,
        });
        let key = EncodingKey::from_ec_der(self.chain.key().as_der());
        jsonwebtoken::encode(&header, &claims, &key)
            .map_err(|e| TrainingError::Signing(Box::new(e)))
    }
}

/// The retry counter beside a card: `NAME.tries.json` for `NAME.p12`.
pub(super) fn tries_file(card: &Path) -> PathBuf {
    card.with_extension("tries.json")
}

pub(super) fn write_tries(card: &Path, left: u8) -> Result<(), TrainingError> {
    let path = tries_file(card);
    std::fs::write(&path, json!({ "triesLeft": left }).to_string())
        .map_err(|cause| in_file(&path, cause))
}

/// A counter that is missing or damaged counts as used up: a lost counter must not give tries away.
fn tries_left(card: &Path) -> Result<u8, TrainingError> {
    let path = tries_file(card);
    let text = std::fs::read_to_string(&path).map_err(|cause| in_file(&path, cause))?;
    let counter: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let left = counter["triesLeft"].as_u64().unwrap_or(0);
    Ok(u8::try_from(left).unwrap_or(0).min(CARD_TRIES))
}
