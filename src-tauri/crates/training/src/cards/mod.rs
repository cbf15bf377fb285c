//! Virtual smartcards: PKCS#12 files that stand in for cards, and the certification authority that
//! issues them.
//!
//! A card is two files. `NAME.p12` holds the key, the certificate and the authority's certificate,
//! encrypted with the card's passcode (PBES2: PBKDF2 with HMAC-SHA-256, AES-256). `NAME.tries.json`
//! is the card's own retry counter, `{"triesLeft":3}`: on a real card it lives in the chip, so here
//! it lives with the card and is written before a passcode is tried. Writing the cards again keeps
//! files that exist, so used-up tries stay used up; only overwriting on request makes them anew.
//!
//! The authority's key and every card's key follow from the seed. A backend and a folder of cards
//! that share the seed fit together; nothing else is shared.

mod certificate;
mod open;

pub(crate) use certificate::CardAuthority;
pub use open::{OpenCard, open_card};

use crate::TrainingError;
use crate::population::{CardState, StaffMember, population};
use crate::seeded::derive;
use chrono::{DateTime, FixedOffset, NaiveDate};
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use std::path::Path;

/// How many wrong passcodes a card takes before it locks.
pub const CARD_TRIES: u8 = 3;

/// A virtual card and its holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardDescription {
    /// The name of the card's file, for example `dental-nurse.p12`.
    pub file_name: String,
    /// The holder's name with title.
    pub holder: String,
    /// The holder's twelve-digit identifier.
    pub user_id: String,
    /// What the card is for, in plain words.
    pub description: String,
    /// The practice passcode, six digits. It protects nothing but a made-up card, and is meant to
    /// be shown to whoever practises.
    pub passcode: String,
    /// What is special about the card.
    pub state: CardState,
}

/// Rounds of key derivation, as many as OpenSSL takes. More would only slow practice down: the
/// passcode is shown to everybody.
const ROUNDS: u32 = 2048;

/// What to do with card files that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingCards {
    /// Leave them, with their used-up tries.
    Keep,
    /// Write them anew, with all tries.
    Overwrite,
}

/// The cards of a seed.
#[must_use]
pub fn cards(seed: u64) -> Vec<CardDescription> {
    staff(seed)
        .iter()
        .map(|member| describe(member, seed))
        .collect()
}

/// Writes the cards of a seed into a folder, which is made if need be. Files that exist are kept,
/// and so are their used-up tries.
///
/// # Errors
/// [`TrainingError::File`] when a file cannot be written; [`TrainingError::CardMaking`] when a card
/// cannot be made.
pub fn write_cards(
    folder: &Path,
    seed: u64,
    now: DateTime<FixedOffset>,
) -> Result<Vec<CardDescription>, TrainingError> {
    write_cards_with(folder, seed, now, ExistingCards::Keep)
}

/// Writes the cards of a seed, and says what happens to files that exist.
///
/// # Errors
/// As [`write_cards`].
pub fn write_cards_with(
    folder: &Path,
    seed: u64,
    now: DateTime<FixedOffset>,
    existing: ExistingCards,
) -> Result<Vec<CardDescription>, TrainingError> {
    std::fs::create_dir_all(folder).map_err(|cause| in_file(folder, cause))?;
    let authority = CardAuthority::new(seed)?;
    let mut written = Vec::new();
    for member in staff(seed) {
        let card = describe(&member, seed);
        let path = folder.join(&card.file_name);
        if existing == ExistingCards::Overwrite || !path.exists() {
            let bytes = pkcs12(&authority, &member, &card, now)?;
            std::fs::write(&path, bytes).map_err(|cause| in_file(&path, cause))?;
        }
        let tries = open::tries_file(&path);
        if existing == ExistingCards::Overwrite || !tries.exists() {
            let left = if member.card == CardState::Locked {
                0
            } else {
                CARD_TRIES
            };
            open::write_tries(&path, left)?;
        }
        written.push(card);
    }
    Ok(written)
}

pub(crate) fn in_file(path: &Path, cause: std::io::Error) -> TrainingError {
    TrainingError::File {
        path: path.to_owned(),
        cause,
    }
}

/// The staff do not depend on the day.
fn staff(seed: u64) -> Vec<StaffMember> {
    population(seed, NaiveDate::default()).staff
}

fn describe(member: &StaffMember, seed: u64) -> CardDescription {
    CardDescription {
        file_name: format!("{}.p12", member.card_name),
        holder: member.name(),
        user_id: member.user_id.as_str().to_owned(),
        description: member.card_purpose.to_owned(),
        passcode: passcode(seed, member),
        state: member.card,
    }
}

/// Six digits of the card's own.
pub(crate) fn passcode(seed: u64, member: &StaffMember) -> String {
    derive(seed, "passcode", member.user_id.as_str())[..6]
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .collect()
}

fn pkcs12(
    authority: &CardAuthority,
    member: &StaffMember,
    card: &CardDescription,
    now: DateTime<FixedOffset>,
) -> Result<Vec<u8>, TrainingError> {
    let issued = authority.issue(member, now)?;
    let making = |e: p12_keystore::error::Error| TrainingError::CardMaking(e.into());
    let chain = PrivateKeyChain::new(
        member.user_id.as_str(),
        PrivateKey::from_der(&issued.key_pkcs8).map_err(making)?,
        [
            Certificate::from_der(&issued.certificate).map_err(making)?,
            Certificate::from_der(authority.certificate()).map_err(making)?,
        ],
    );
    let mut store = KeyStore::new();
    store.add_entry(&card.holder, KeyStoreEntry::PrivateKeyChain(chain));
    store
        .writer(&card.passcode)
        .encryption_iterations(ROUNDS)
        .mac_iterations(ROUNDS)
        .write()
        .map_err(making)
}
