//! Pinned keys: a connection needs, besides a trusted certificate, a key that policy names.
//!
//! A pin is the SHA-256 hash of a certificate's SubjectPublicKeyInfo (RFC 7469 section 2.4). It may be the
//! key of the service's own certificate or of an authority in the chain that the service presents.
//! A presented authority counts only when signatures lead to it from the service's certificate:
//! anybody can put a public certificate into a chain.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use sha2::{Digest, Sha256};
use std::str::FromStr;
use x509_parser::certificate::X509Certificate;
use x509_parser::parse_x509_certificate;

/// What stands before the hash.
const PREFIX: &str = "sha256/";
/// More authorities than any real chain has; the rest is not looked at.
const MOST_AUTHORITIES: usize = 16;

/// The SHA-256 hash of a key that policy pins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PinnedKey(pub(super) [u8; 32]);

/// A text that is no pinned key. The IT department can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "is sha256/ and then the base64 of the SHA-256 hash of a public key (SubjectPublicKeyInfo), 44 characters"
)]
pub struct PinnedKeyError;

impl FromStr for PinnedKey {
    type Err = PinnedKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let hash = text.strip_prefix(PREFIX).ok_or(PinnedKeyError)?;
        let hash = STANDARD.decode(hash).map_err(|_| PinnedKeyError)?;
        hash.try_into().map(Self).map_err(|_| PinnedKeyError)
    }
}

impl PinnedKey {
    fn is_of(&self, certificate: &X509Certificate<'_>) -> bool {
        Sha256::digest(certificate.public_key().raw)[..] == self.0
    }
}

/// Whether the service's own certificate, or an authority that certified it within the presented
/// chain, has one of the keys.
pub(super) fn is_pinned(
    pins: &[PinnedKey],
    own: &CertificateDer<'_>,
    presented: &[CertificateDer<'_>],
) -> bool {
    let Some(own) = parse(own) else {
        return false;
    };
    let mut others: Vec<_> = presented
        .iter()
        .take(MOST_AUTHORITIES)
        .filter_map(|der| parse(der))
        .filter(|authority| authority.is_ca())
        .collect();
    let mut certified = vec![own];
    while let Some(subject) = certified.pop() {
        if pins.iter().any(|pin| pin.is_of(&subject)) {
            return true;
        }
        let (issuers, rest) = others
            .into_iter()
            .partition(|authority| certifies(authority, &subject));
        others = rest;
        certified.extend::<Vec<_>>(issuers);
    }
    false
}

fn parse<'a>(der: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    parse_x509_certificate(der.as_ref()).ok().map(|(_, c)| c)
}

fn certifies(authority: &X509Certificate<'_>, subject: &X509Certificate<'_>) -> bool {
    authority.subject() == subject.issuer()
        && subject
            .verify_signature(Some(authority.public_key()))
            .is_ok()
}
