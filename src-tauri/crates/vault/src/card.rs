//! Cards that a person signs in with, wherever they are: files ([`CardFolder`]) or smartcards
//! ([`TokenModule`]).
//!
//! Nothing is kept here. A card checks its own passcode and counts its own tries; a key never
//! leaves the card that it belongs to.

pub(crate) mod certificate;
mod token;
pub(crate) mod virtual_card;

pub use token::TokenModule;
pub use virtual_card::{CardFolder, TRIES, VirtualCard};

use crate::{Algorithm, CardError, CardSourceError, Passcode};
use std::sync::Arc;

/// A card that a person signs in with.
pub trait Card: Send + Sync + std::fmt::Debug {
    /// Names the card in commands: stable while the card is there, unique over all sources.
    fn id(&self) -> &str;

    /// What a person reads on the choice of cards.
    fn name(&self) -> &str;

    /// Checks the passcode and opens the card. `now` is in seconds since 1970. Blocks: it talks to
    /// a reader, or reads and writes files.
    ///
    /// # Errors
    /// [`CardError`]; only a wrong passcode uses up a try.
    fn open(&self, passcode: &Passcode, now: i64) -> Result<OpenCard, CardError>;

    /// Whether the card is there now. Blocks.
    fn is_present(&self) -> bool;
}

/// A place where cards are.
pub trait CardSource: Send + Sync {
    /// The cards that are there now, in the order of their names. Blocks.
    ///
    /// # Errors
    /// [`CardSourceError`] when the place cannot be looked at. A place without a card is no error.
    fn cards(&self) -> Result<Vec<Arc<dyn Card>>, CardSourceError>;
}

/// A card whose passcode was right: it can sign. Dropping it forgets its key, or logs out of the
/// smartcard.
pub struct OpenCard {
    algorithm: Algorithm,
    chain: Vec<Vec<u8>>,
    signer: Box<dyn Signer>,
}

/// What holds the key of an open card.
pub(crate) trait Signer: Send + Sync {
    /// Signs a message in the form that JSON Web Signatures have (RFC 7518 section 3.3, 3.4).
    /// `None` when nothing could be signed.
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>>;
}

impl OpenCard {
    pub(crate) fn new(
        algorithm: Algorithm,
        chain: Vec<Vec<u8>>,
        signer: impl Signer + 'static,
    ) -> Self {
        Self {
            algorithm,
            chain,
            signer: Box::new(signer),
        }
    }

    /// The algorithm that the card's key signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The certificate and its issuers, DER, the card's own first (RFC 7515 `x5c`).
    #[must_use]
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// Signs; on a smartcard this blocks while the card works. `None` when the system gives no
    /// randomness, or the smartcard was removed or refuses.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.signer.sign(message)
    }
}

impl std::fmt::Debug for OpenCard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenCard(redacted)")
    }
}
