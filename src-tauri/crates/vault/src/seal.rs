//! Sealing: XChaCha20-Poly1305 with a random 24-byte nonce.
//!
//! A sealed value is `version (1 byte) ‖ nonce (24) ‖ ciphertext and tag`. The version is
//! authenticated together with the caller's associated data.

use crate::SealError;
use crate::stack::seal_without_trace;
use aws_lc_rs::hmac;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const KEY: usize = 32;
const NONCE: usize = 24;
const TAG: usize = 16;

/// A 32-byte key for sealing. Wiped when dropped. It stands on the heap, so that moving it leaves no copy
/// behind.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<Vec<u8>>);

impl SealingKey {
    /// How much longer a sealed value is than the plain one, in bytes.
    pub(crate) const OVERHEAD: usize = 1 + NONCE + TAG;

    pub(crate) fn new(key: &[u8; 32]) -> Self {
        Self(Zeroizing::new(key.to_vec()))
    }

    /// The key that `fill` writes; it is never anywhere else.
    pub(crate) fn made_by<E>(fill: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut key = Zeroizing::new(vec![0; KEY]);
        fill(&mut key)?;
        Ok(Self(key))
    }

    /// Seals a value together with associated data that must be given again to open it.
    ///
    /// # Errors
    /// [`SealError::NoRandomness`].
    pub fn seal(&self, associated: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce).map_err(|_| SealError::NoRandomness)?;
        let associated = with_version(VERSION, associated);
        let payload = Payload {
            msg: plain,
            aad: &associated,
        };
        let ciphertext =
            seal_without_trace(|| self.cipher().encrypt(&XNonce::from(nonce), payload))
                .map_err(|_| SealError::NotAuthentic)?;
        let mut sealed = Vec::with_capacity(1 + NONCE + ciphertext.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&ciphertext);
        Ok(sealed)
    }

    /// Opens a sealed value.
    ///
    /// # Errors
    /// [`SealError`] unless it is what [`SealingKey::seal`] made with this key and associated data.
    pub fn open(&self, associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (version, rest) = sealed.split_first().ok_or(SealError::Truncated)?;
        if *version != VERSION {
            return Err(SealError::UnknownVersion);
        }
        let (nonce, ciphertext) = rest
            .split_first_chunk::<NONCE>()
            .ok_or(SealError::Truncated)?;
        let associated = with_version(VERSION, associated);
        let payload = Payload {
            msg: ciphertext,
            aad: &associated,
        };
        seal_without_trace(|| self.cipher().decrypt(&XNonce::from(*nonce), payload))
            .map_err(|_| SealError::NotAuthentic)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new_from_slice(&self.0).expect("it is made with 32 bytes")
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(redacted)")
    }
}

/// HMAC-SHA-256 of a message.
#[must_use]
pub fn keyed_hash(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // Rows are hashed several times each, and this library is twice as fast where the processor has no
    // instructions for SHA-256.
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    let code = hmac::sign(&key, message);
    let mut hash = [0; 32];
    hash.copy_from_slice(code.as_ref());
    hash
}

fn with_version(version: u8, associated: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + associated.len());
    bytes.push(version);
    bytes.extend_from_slice(associated);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn opens_what_was_sealed_and_nothing_else(
            key in any::<[u8; 32]>(),
            plain in proptest::collection::vec(any::<u8>(), 0..200),
            associated in proptest::collection::vec(any::<u8>(), 0..40),
            place in any::<prop::sample::Index>(),
            flip in 1u8..,
        ) {
            let key = SealingKey::new(&key);
            let sealed = key.seal(&associated, &plain).unwrap();
            prop_assert_eq!(key.open(&associated, &sealed).unwrap(), plain.clone());

            let mut altered = sealed.clone();
            let place = place.index(altered.len());
            altered[place] ^= flip;
            prop_assert!(key.open(&associated, &altered).is_err());
            prop_assert!(key.open(&associated, &sealed[..place]).is_err());

            let mut elsewhere = associated.clone();
            elsewhere.push(0);
            prop_assert!(key.open(&elsewhere, &sealed).is_err());
            prop_assert!(SealingKey::new(&[7; 32]).open(&associated, &sealed).is_err());
        }
    }

    #[test]
    fn the_plain_text_is_not_in_the_sealed_value() {
        let key = SealingKey::new(&[1; 32]);
        let sealed = key.seal(b"row", b"9990000018").unwrap();
        assert!(!sealed.windows(10).any(|w| w == b"9990000018"));
        assert_ne!(
            sealed,
            key.seal(b"row", b"9990000018").unwrap(),
            "nonces are fresh"
        );
    }

    #[test]
    fn an_unknown_version_is_named() {
        let key = SealingKey::new(&[1; 32]);
        let mut sealed = key.seal(b"", b"x").unwrap();
        sealed[0] = 2;
        assert_eq!(key.open(b"", &sealed), Err(SealError::UnknownVersion));
        assert_eq!(key.open(b"", &[]), Err(SealError::Truncated));
        assert_eq!(key.open(b"", &[1, 2, 3]), Err(SealError::Truncated));
    }
}
