//! Smartcards, through the PKCS#11 module that their maker supplies.
//!
//! # What is kept
//!
//! While a card is open: a session with it, in which it is logged in. The key stays on the card,
//! and so does the count of tries.
//!
//! # What is not kept
//!
//! The passcode. So a key that asks for it at each signature cannot be used.
//!
//! # Which certificates are shown
//!
//! Those that can be read before the passcode, are not an issuer's, may sign, and belong to a
//! private key by their `CKA_ID`, as far as private keys can be seen before the passcode. A card
//! that shows none is shown itself, and chosen from after the passcode.

mod module;
mod pkcs11;
#[cfg(test)]
mod tests;

use super::{Card, CardSource, OpenCard, Signer, certificate};
use crate::{Algorithm, CardError, CardSourceError, Passcode};
use module::{Certificate, Fault, Identity, Mechanism, Module, PasscodeState, Session, Token};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// What stands before a SHA-256 hash in a PKCS#1 signature (RFC 8017 section 9.2, note 1).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
/// A P-256 signature: two numbers of 32 bytes (RFC 7518 section 3.4).
const ECDSA_SIGNATURE: usize = 64;

/// The smartcards that a PKCS#11 module knows.
#[derive(Debug, Clone)]
pub struct TokenModule(Arc<dyn Module>);

impl TokenModule {
    /// Loads a PKCS#11 module, which then runs as part of this program: the path must come from the
    /// machine's policy. A module that this process has loaded before is found again. Blocks.
    ///
    /// # Errors
    /// [`CardSourceError`] tells a missing file, a file that is no module, and a module that fails.
    pub fn load(path: &Path) -> Result<Self, CardSourceError> {
        pkcs11::load(path).map(Self)
    }

    fn describe(&self, token: &Token) -> Vec<Described> {
        let card = |certificate: Option<Certificate>| Described::new(&token.identity, certificate);
        // A card that cannot be read now is shown, so that opening it says why.
        let found = self.0.session(token.slot).and_then(|session| {
            let keys = session.private_keys()?;
            let mut certificates = session.certificates()?;
            certificates.retain(|found| {
                certificate::is_for_signing_in(&found.der)
                    && (keys.is_empty() || keys.iter().any(|key| key.id == found.id))
            });
            Ok(certificates)
        });
        match found {
            Ok(certificates) if !certificates.is_empty() => {
                certificates.into_iter().map(Some).map(card).collect()
            }
            Ok(_) => vec![card(None)],
            Err(fault) => {
                tracing::warn!(?fault, "a smartcard cannot be looked at");
                vec![card(None)]
            }
        }
    }
}

impl CardSource for TokenModule {
    fn cards(&self) -> Result<Vec<Arc<dyn Card>>, CardSourceError> {
        let tokens = self.0.tokens().map_err(|_| CardSourceError::ModuleFailed)?;
        let mut found: Vec<Described> = tokens
            .iter()
            .flat_map(|token| self.describe(token))
            .collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found.dedup_by(|a, b| a.id == b.id);
        tell_apart(&mut found);
        found.sort_by(|a, b| a.name.cmp(&b.name));
        let card = |described: Described| -> Arc<dyn Card> {
            Arc::new(TokenCard {
                module: self.0.clone(),
                id: described.id,
                name: described.name,
                identity: described.identity,
                certificate: described.certificate,
            })
        };
        Ok(found.into_iter().map(card).collect())
    }
}

/// A card before its name is settled.
struct Described {
    id: String,
    name: String,
    /// What tells it from others of the same name, best first.
    marks: Vec<String>,
    identity: Identity,
    certificate: Option<Vec<u8>>,
}

impl Described {
    fn new(identity: &Identity, certificate: Option<Certificate>) -> Self {
        let (own_label, der) = certificate.map(|c| (c.label, c.der)).unzip();
        let common_name = der.as_deref().and_then(certificate::common_name);
        let id = id(identity, der.as_deref());
        let marks = [
            Some(identity.label.clone()),
            own_label,
            Some(id[id.len() - 4..].to_owned()),
        ];
        Self {
            name: common_name.unwrap_or_else(|| identity.label.clone()),
            marks: marks
                .into_iter()
                .flatten()
                .filter(|m| !m.is_empty())
                .collect(),
            identity: identity.clone(),
            certificate: der,
            id,
        }
    }
}

/// A slash stands in no file name, so no virtual card has such an id. Nothing in it names a person.
fn id(identity: &Identity, certificate: Option<&[u8]>) -> String {
    let mut hash = Sha256::new();
    for text in [
        &identity.manufacturer,
        &identity.model,
        &identity.serial,
        &identity.label,
    ] {
        hash.update(text.as_bytes());
        hash.update([0]);
    }
    hash.update(certificate.unwrap_or_default());
    let digits: String = hash.finalize()[..16]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("pkcs11/{digits}")
}

/// Adds marks to names until no two are the same.
fn tell_apart(cards: &mut [Described]) {
    loop {
        let mut count = BTreeMap::new();
        for card in cards.iter() {
            *count.entry(card.name.clone()).or_insert(0) += 1;
        }
        let mut changed = false;
        for card in cards.iter_mut() {
            if count[&card.name] > 1 && !card.marks.is_empty() {
                card.name = format!("{} ({})", card.name, card.marks.remove(0));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// One certificate on a smartcard; or the smartcard, when it shows no certificate yet.
struct TokenCard {
    module: Arc<dyn Module>,
    id: String,
    name: String,
    identity: Identity,
    certificate: Option<Vec<u8>>,
}

impl Card for TokenCard {
    fn id(&self) -> &str {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self, passcode: &Passcode, now: i64) -> Result<OpenCard, CardError> {
        let slot = self.slot()?;
        if self.module.passcode_state(slot)? == PasscodeState::Locked {
            return Err(CardError::Locked);
        }
        let session = self.log_in(slot, passcode)?;
        let certificates = session.0.certificates()?;
        let own = self.own(&session, &certificates)?;
        certificate::check_validity(&own.der, now)?;
        let algorithm = certificate::algorithm(&own.der).ok_or(CardError::UnsupportedKey)?;
        let others: Vec<Vec<u8>> = certificates.iter().map(|c| c.der.clone()).collect();
        let chain = certificate::chain(&own.der, &others);
        let signer = TokenSigner {
            key: own.id.clone(),
            algorithm,
            session: Mutex::new(session),
        };
        Ok(OpenCard::new(algorithm, chain, signer))
    }

    fn is_present(&self) -> bool {
        self.slot().is_ok()
    }
}

impl TokenCard {
    /// The slot that the card is in now, which need not be the one it was found in.
    fn slot(&self) -> Result<u64, CardError> {
        let tokens = self.module.tokens()?;
        let token = tokens.iter().find(|token| token.identity == self.identity);
        token.map(|token| token.slot).ok_or(CardError::Removed)
    }

    /// Gives the passcode to the card, and only once.
    fn log_in(&self, slot: u64, passcode: &Passcode) -> Result<LoggedIn, CardError> {
        let session = self.module.session(slot)?;
        let mut answer = session.log_in(passcode);
        if answer == Err(Fault::AlreadyLoggedIn) {
            // Another session of this process is logged in, so this passcode was not looked at.
            // A second such answer is a refusal.
            session.log_out()?;
            answer = session.log_in(passcode);
        }
        match answer {
            Ok(()) => Ok(LoggedIn(session)),
            Err(Fault::WrongPasscode) => Err(match self.module.passcode_state(slot) {
                Ok(PasscodeState::Locked) => CardError::Locked,
                Ok(PasscodeState::FinalTry) => CardError::WrongPasscode {
                    tries_left: Some(1),
                },
                Ok(PasscodeState::Open) | Err(_) => CardError::WrongPasscode { tries_left: None },
            }),
            Err(fault) => Err(fault.into()),
        }
    }

    /// The certificate to sign in with: the one that was chosen, or the only one that has a key.
    fn own<'a>(
        &self,
        session: &LoggedIn,
        certificates: &'a [Certificate],
    ) -> Result<&'a Certificate, CardError> {
        let keys = session.0.private_keys()?;
        let key_of = |found: &Certificate| keys.iter().find(|key| key.id == found.id);
        let mut fitting = certificates.iter().filter(|found| {
            let is_chosen = match &self.certificate {
                Some(chosen) => *chosen == found.der,
                None => certificate::is_for_signing_in(&found.der),
            };
            is_chosen && key_of(found).is_some()
        });
        let own = fitting.next().ok_or(CardError::NoCertificate)?;
        // The same certificate may lie on a card twice.
        if fitting.any(|other| other.der != own.der) {
            return Err(CardError::SeveralCertificates);
        }
        match key_of(own) {
            Some(key) if key.always_asks => Err(CardError::UnsupportedKey),
            _ => Ok(own),
        }
    }
}

impl std::fmt::Debug for TokenCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenCard({})", self.id)
    }
}

/// A session that is logged in until it is dropped. A later session of this process with the same
/// card logs this one out, which then signs nothing more.
struct LoggedIn(Box<dyn Session>);

impl Drop for LoggedIn {
    fn drop(&mut self) {
        // A card that was taken out has logged out by itself.
        if let Err(fault) = self.0.log_out() {
            tracing::debug!(?fault, "not logged out of the smartcard");
        }
    }
}

struct TokenSigner {
    key: Vec<u8>,
    algorithm: Algorithm,
    session: Mutex<LoggedIn>,
}

impl Signer for TokenSigner {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let sign = |mechanism, bytes: &[u8]| session.0.sign(&self.key, mechanism, bytes);
        let hash = Sha256::digest(message);
        let signature = match self.algorithm {
            Algorithm::Rs256 => match sign(Mechanism::Sha256RsaPkcs, message) {
                Err(Fault::MechanismRefused) => sign(
                    Mechanism::RsaPkcs,
                    &[DIGEST_INFO.as_slice(), &hash].concat(),
                ),
                answer => answer,
            },
            Algorithm::Es256 => sign(Mechanism::Ecdsa, &hash).and_then(|signature| {
                let fits = signature.len() == ECDSA_SIGNATURE;
                fits.then_some(signature).ok_or(Fault::Failed)
            }),
            Algorithm::Rs512 => Err(Fault::MechanismRefused),
        };
        signature
            .inspect_err(|fault| tracing::warn!(?fault, "the smartcard did not sign"))
            .ok()
    }
}
