//! The session while the program is locked: sealed under the passcode.
//!
//! The key is Argon2id of the passcode, peppered with a value derived from the workstation's secret.
//! A six-digit passcode has a million values, which no derivation protects by itself; the pepper in
//! the keychain and the card's three tries do. Parameters stand in the blob, so that they can be
//! raised later; weaker ones than the minimum are refused on reading.

use crate::{Passcode, SealingKey, SessionError};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
const SALT: usize = 16;

/// The least that is accepted when reading (OWASP Password Storage Cheat Sheet: 19 MiB, 2 passes).
const LEAST_MEMORY_KIB: u32 = 19 * 1024;
const LEAST_PASSES: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Derivation {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: [u8; SALT],
}

/// The key of a session, held while it is unlocked. Wiped when dropped.
pub struct SessionKey {
    key: SealingKey,
    derivation: Derivation,
}

/// A session that only the passcode opens, on this computer.
#[derive(Clone, Serialize, Deserialize)]
pub struct SealedSession {
    derivation: Derivation,
    sealed: Vec<u8>,
}

impl SessionKey {
    /// Derives a key with a fresh salt. Takes about 0.2 s and 64 MiB: call it outside async code.
    ///
    /// # Errors
    /// [`SessionError::Derivation`].
    pub fn new(passcode: &Passcode, pepper: &[u8; 32]) -> Result<Self, SessionError> {
        let mut salt = [0; SALT];
        getrandom::fill(&mut salt).map_err(|_| SessionError::Derivation)?;
        let derivation = Derivation {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt,
        };
        Self::derive(passcode, pepper, derivation)
    }

    fn derive(
        passcode: &Passcode,
        pepper: &[u8; 32],
        derivation: Derivation,
    ) -> Result<Self, SessionError> {
        let params = Params::new(
            derivation.memory_kib,
            derivation.passes,
            derivation.lanes,
            Some(32),
        )
        .map_err(|_| SessionError::Derivation)?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
            .map_err(|_| SessionError::Derivation)?
            .hash_password_into(
                passcode.expose().as_bytes(),
                &derivation.salt,
                key.as_mut_slice(),
            )
            .map_err(|_| SessionError::Derivation)?;
        Ok(Self {
            key: SealingKey::new(*key),
            derivation,
        })
    }

    /// Seals a session.
    ///
    /// # Errors
    /// [`SessionError::Seal`].
    pub fn seal(&self, session: &[u8]) -> Result<SealedSession, SessionError> {
        let sealed = self.key.seal(&associated(&self.derivation), session)?;
        Ok(SealedSession {
            derivation: self.derivation,
            sealed,
        })
    }
}

impl SealedSession {
    /// Opens the session. Takes about 0.2 s and 64 MiB: call it outside async code. The caller
    /// counts the tries.
    ///
    /// # Errors
    /// [`SessionError`].
    pub fn open(
        &self,
        passcode: &Passcode,
        pepper: &[u8; 32],
    ) -> Result<(SessionKey, Zeroizing<Vec<u8>>), SessionError> {
        let Derivation {
            memory_kib, passes, ..
        } = self.derivation;
        if memory_kib < LEAST_MEMORY_KIB || passes < LEAST_PASSES {
            return Err(SessionError::TooWeak);
        }
        let key = SessionKey::derive(passcode, pepper, self.derivation)?;
        let session = key
            .key
            .open(&associated(&self.derivation), &self.sealed)
            .map_err(|_| SessionError::NotAuthentic)?;
        Ok((key, Zeroizing::new(session)))
    }
}

impl std::fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionKey(redacted)")
    }
}

impl std::fmt::Debug for SealedSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedSession(redacted)")
    }
}

fn associated(derivation: &Derivation) -> Vec<u8> {
    let mut bytes = b"session".to_vec();
    for number in [derivation.memory_kib, derivation.passes, derivation.lanes] {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(&derivation.salt);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passcode(digits: &str) -> Passcode {
        Passcode::new(digits).unwrap()
    }

    #[test]
    fn only_the_passcode_on_this_computer_opens_it() {
        let key = SessionKey::new(&passcode("123456"), &[1; 32]).unwrap();
        let sealed = key.seal(b"token").unwrap();
        let (_, session) = sealed.open(&passcode("123456"), &[1; 32]).unwrap();
        assert_eq!(session.as_slice(), b"token");
        let refused = |digits, pepper: u8| sealed.open(&passcode(digits), &[pepper; 32]).err();
        assert_eq!(refused("123457", 1), Some(SessionError::NotAuthentic));
        assert_eq!(refused("123456", 2), Some(SessionError::NotAuthentic));
    }

    #[test]
    fn weakened_parameters_are_refused() {
        let key = SessionKey::new(&passcode("123456"), &[1; 32]).unwrap();
        let mut weak = key.seal(b"token").unwrap();
        weak.derivation.memory_kib = 8;
        let refused = weak.open(&passcode("123456"), &[1; 32]).err();
        assert_eq!(refused, Some(SessionError::TooWeak));
        let mut altered = key.seal(b"token").unwrap();
        altered.derivation.passes = 2;
        let refused = altered.open(&passcode("123456"), &[1; 32]).err();
        assert_eq!(refused, Some(SessionError::NotAuthentic));
    }
}
