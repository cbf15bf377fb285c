//! The session while the program is locked: sealed under the passcode.
//!
//! The key is Argon2id of the passcode, peppered with a value derived from the workstation's secret.
//! A six-digit passcode has a million values, which no derivation protects by itself; the pepper in
//! the keychain and the card's three tries do. Parameters stand in the blob, so that they can be
//! raised later; weaker ones than the minimum are refused on reading, and so are costlier ones than
//! any program of ours writes, which would fill the memory.

use crate::{Passcode, SealingKey, SessionError, leave_no_trace};
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
const LEAST_LANES: u32 = 1;

/// The most that is accepted when reading: a few seconds and a quarter of a gibibyte.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const MOST_LANES: u32 = 8;

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
        let argon2 = Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params)
            .map_err(|_| SessionError::Derivation)?;
        let passcode = passcode.expose().as_bytes();
        let key = leave_no_trace(|| {
            SealingKey::made_by(|key| argon2.hash_password_into(passcode, &derivation.salt, key))
        });
        Ok(Self {
            key: key.map_err(|_| SessionError::Derivation)?,
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

impl SessionKey {
    /// Opens another value that was sealed under this very key, without deriving it again.
    ///
    /// # Errors
    /// [`SessionError::NotAuthentic`] for a value that was altered or sealed under another key.
    pub fn open(&self, sealed: &SealedSession) -> Result<Zeroizing<Vec<u8>>, SessionError> {
        if sealed.derivation != self.derivation {
            return Err(SessionError::NotAuthentic);
        }
        self.key
            .open(&associated(&self.derivation), &sealed.sealed)
            .map(Zeroizing::new)
            .map_err(|_| SessionError::NotAuthentic)
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
        self.check_cost()?;
        let key = SessionKey::derive(passcode, pepper, self.derivation)?;
        let session = key.open(self)?;
        Ok((key, session))
    }

    /// Whether its key may be derived at all, before any memory is taken for it.
    ///
    /// # Errors
    /// [`SessionError::TooWeak`], [`SessionError::TooCostly`].
    pub(crate) fn check_cost(&self) -> Result<(), SessionError> {
        let Derivation {
            memory_kib,
            passes,
            lanes,
            ..
        } = self.derivation;
        if memory_kib < LEAST_MEMORY_KIB || passes < LEAST_PASSES || lanes < LEAST_LANES {
            return Err(SessionError::TooWeak);
        }
        if memory_kib > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES {
            return Err(SessionError::TooCostly);
        }
        Ok(())
    }

    /// Parameters, salt and sealed value, one after the other.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = parameters(&self.derivation);
        bytes.extend_from_slice(&self.sealed);
        bytes
    }

    /// Reads what [`SealedSession::to_bytes`] wrote. `None` when it is cut off; whether it is
    /// authentic shows on opening.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (memory_kib, rest) = bytes.split_first_chunk()?;
        let (passes, rest) = rest.split_first_chunk()?;
        let (lanes, rest) = rest.split_first_chunk()?;
        let (salt, sealed) = rest.split_first_chunk::<SALT>()?;
        Some(Self {
            derivation: Derivation {
                memory_kib: u32::from_be_bytes(*memory_kib),
                passes: u32::from_be_bytes(*passes),
                lanes: u32::from_be_bytes(*lanes),
                salt: *salt,
            },
            sealed: sealed.to_vec(),
        })
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
    [b"session".as_slice(), &parameters(derivation)].concat()
}

fn parameters(derivation: &Derivation) -> Vec<u8> {
    let mut bytes = Vec::new();
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
        let mut idle = key.seal(b"token").unwrap();
        idle.derivation.lanes = 0;
        let refused = idle.open(&passcode("123456"), &[1; 32]).err();
        assert_eq!(refused, Some(SessionError::TooWeak));
        let mut altered = key.seal(b"token").unwrap();
        altered.derivation.passes = 2;
        let refused = altered.open(&passcode("123456"), &[1; 32]).err();
        assert_eq!(refused, Some(SessionError::NotAuthentic));
    }

    #[test]
    fn parameters_that_would_fill_the_memory_are_refused() {
        let key = SessionKey::new(&passcode("123456"), &[1; 32]).unwrap();
        let sealed = key.seal(b"token").unwrap();
        let refused = |alter: fn(&mut Derivation)| {
            let mut costly = sealed.clone();
            alter(&mut costly.derivation);
            costly.open(&passcode("123456"), &[1; 32]).err()
        };
        let costly = Some(SessionError::TooCostly);
        assert_eq!(refused(|d| d.memory_kib = 100 * 1024 * 1024), costly);
        assert_eq!(refused(|d| d.passes = u32::MAX), costly);
        assert_eq!(refused(|d| d.lanes = 1000), costly);
    }

    #[test]
    fn a_key_opens_what_it_sealed_and_nothing_else() {
        let key = SessionKey::new(&passcode("123456"), &[1; 32]).unwrap();
        let session = key.seal(b"token").unwrap();
        let result = key.seal(b"result").unwrap();
        let (again, _) = session.open(&passcode("123456"), &[1; 32]).unwrap();
        assert_eq!(again.open(&result).unwrap().as_slice(), b"result");
        let other = SessionKey::new(&passcode("123456"), &[1; 32]).unwrap();
        let refused = other.open(&result).err();
        assert_eq!(refused, Some(SessionError::NotAuthentic));
        let read = SealedSession::from_bytes(&result.to_bytes()).unwrap();
        assert_eq!(again.open(&read).unwrap().as_slice(), b"result");
    }
}
