//! The readers of untrusted input, as functions of bytes alone: for tests that feed them anything.
//!
//! The program itself calls what is called here; nothing is read in another way.

use crate::card::{certificate, virtual_card};
use crate::session_file::layout::{Layout, Reading};
use crate::{
    Algorithm, CardError, HeldSession, OpenCard, Passcode, SealedSession, SessionError, Workstation,
};

/// The session in a file, if every byte is as this workstation wrote it.
#[must_use]
pub fn session_file(file: &[u8], workstation: &Workstation) -> Option<HeldSession> {
    match Layout::read(file, &workstation.session_secrets()) {
        Reading::Whole(layout) => Some(HeldSession {
            ends: layout.ends,
            tries_left: layout.tries_left,
        }),
        Reading::OtherComputer { .. } | Reading::Damaged => None,
    }
}

/// A sealed session as it stands inside a file. `None` when it is cut off.
#[must_use]
pub fn sealed_session(bytes: &[u8]) -> Option<SealedSession> {
    SealedSession::from_bytes(bytes)
}

/// Whether the key of a sealed session may be derived, before any memory is taken for it.
///
/// # Errors
/// [`SessionError::TooWeak`], [`SessionError::TooCostly`].
pub fn check_cost(session: &SealedSession) -> Result<(), SessionError> {
    session.check_cost()
}

/// The card in a file. `None`: wrong passcode, or no card. `now` is in seconds since 1970.
#[must_use]
pub fn virtual_card(
    file: &[u8],
    passcode: &Passcode,
    now: i64,
) -> Option<Result<OpenCard, CardError>> {
    let store = virtual_card::unlocked(file, passcode).ok()?;
    Some(virtual_card::opened(&store, now))
}

/// What a card's certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// Whether it is valid now.
    pub validity: Result<(), CardError>,
    /// What its key signs with.
    pub algorithm: Option<Algorithm>,
    /// Whether a person can sign in with it.
    pub is_for_signing_in: bool,
    /// Whose it is.
    pub common_name: Option<String>,
    /// How many certificates of `others` certify it, one after the other.
    pub issuers: usize,
}

/// Reads a certificate. `now` is in seconds since 1970.
#[must_use]
pub fn certificate(own: &[u8], others: &[Vec<u8>], now: i64) -> CertificateFacts {
    CertificateFacts {
        validity: certificate::check_validity(own, now),
        algorithm: certificate::algorithm(own),
        is_for_signing_in: certificate::is_for_signing_in(own),
        common_name: certificate::common_name(own),
        issuers: certificate::chain(own, others).len() - 1,
    }
}
