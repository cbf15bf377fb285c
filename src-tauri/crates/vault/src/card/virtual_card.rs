//! Virtual cards: PKCS#12 files that behave like smartcards.
//!
//! # What is kept
//!
//! Beside each card `NAME.p12` lies `NAME.tries.json` with the number of passcode tries left, the
//! counter that a real card keeps in its chip. It is written and synced before each check, so that
//! a crash, a restart or a second process gives no try for free, and set back to three by a right
//! passcode. A counter that cannot be read counts as a damaged card, never as a fresh one; a card
//! that has none gets one with three tries.
//!
//! # What is not kept
//!
//! The passcode, and the key once [`OpenCard`] is dropped.

mod counter;

use super::{Card, CardSource, OpenCard, Signer, certificate};
use crate::{Algorithm, CardError, CardSourceError, Passcode};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use counter::{Counter, Failed};
use p12_keystore::error::Error;
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many wrong passcodes lock a card.
pub const TRIES: u8 = 3;

/// A folder of virtual cards.
#[derive(Debug, Clone)]
pub struct CardFolder(PathBuf);

impl CardFolder {
    /// A folder; it need not exist.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }
}

impl CardSource for CardFolder {
    fn cards(&self) -> Result<Vec<Arc<dyn Card>>, CardSourceError> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(_) => return Err(CardSourceError::FolderUnreadable),
        };
        let mut cards: Vec<VirtualCard> = entries
            .filter_map(|entry| VirtualCard::at(&entry.ok()?.path()))
            .collect();
        cards.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(cards
            .into_iter()
            .map(|card| Arc::new(card) as Arc<dyn Card>)
            .collect())
    }
}

/// A virtual card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualCard {
    name: String,
    file: PathBuf,
}

impl VirtualCard {
    /// The card in a file `NAME.p12`; `None` for other files.
    #[must_use]
    pub fn at(file: &Path) -> Option<Self> {
        let is_card = file
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("p12"));
        let name = file.file_stem()?.to_str()?.to_owned();
        is_card.then(|| Self {
            name,
            file: file.to_owned(),
        })
    }
}

impl Card for VirtualCard {
    /// The file's name without its ending. It holds no slash, as the ids of smartcards do.
    fn id(&self) -> &str {
        &self.name
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn open(&self, passcode: &Passcode, now: i64) -> Result<OpenCard, CardError> {
        let file = std::fs::read(&self.file).map_err(|error| match error.kind() {
            ErrorKind::NotFound => CardError::Removed,
            _ => CardError::Unreadable,
        })?;
        let counter = Counter::lock(&self.file.with_extension("tries.json"))?;
        let store = counter.spend_on(|| unlocked(&file, passcode))?;
        opened(&store, now)
    }

    fn is_present(&self) -> bool {
        self.file.is_file()
    }
}

/// What the file holds, if the passcode is right.
pub(crate) fn unlocked(file: &[u8], passcode: &Passcode) -> Result<KeyStore, Failed> {
    let store = KeyStore::from_pkcs12(file, passcode.expose(), Pkcs12ImportPolicy::Strict);
    store.map_err(|error| match error {
        Error::MacError(_) | Error::Pkcs5Error(_) | Error::UnpadError => Failed::Wrong,
        _ => Failed::NotACard,
    })
}

/// The card whose passcode was right.
pub(crate) fn opened(store: &KeyStore, now: i64) -> Result<OpenCard, CardError> {
    let (_, chain) = store.private_key_chain().ok_or(CardError::Unreadable)?;
    let der = chain.key().as_der();
    let key = match RsaKeyPair::from_pkcs8(der) {
        Ok(key) => Key::Rsa(key),
        Err(_) => EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der)
            .map(Key::Ecdsa)
            .map_err(|_| CardError::Unreadable)?,
    };
    let algorithm = match key {
        Key::Rsa(_) => Algorithm::Rs256,
        Key::Ecdsa(_) => Algorithm::Es256,
    };
    let chain: Vec<Vec<u8>> = chain.certs().iter().map(|c| c.as_der().to_vec()).collect();
    let own = chain.first().ok_or(CardError::Unreadable)?;
    certificate::check_validity(own, now)?;
    Ok(OpenCard::new(algorithm, chain, key))
}

enum Key {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

impl Signer for Key {
    fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(key) => {
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .ok()?;
                Some(signature)
            }
            Self::Ecdsa(key) => Some(key.sign(&random, message).ok()?.as_ref().to_vec()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use p12_keystore::{Certificate, KeyStoreEntry, PrivateKey, PrivateKeyChain};

    const NOW: i64 = 1_795_000_000;

    fn card(folder: &Path, passcode: &str, years: std::ops::Range<i32>) -> VirtualCard {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let mut names = rcgen::CertificateParams::new(Vec::new()).unwrap();
        names.not_before = rcgen::date_time_ymd(years.start, 1, 1);
        names.not_after = rcgen::date_time_ymd(years.end, 1, 1);
        let certificate = names.self_signed(&key).unwrap();
        let chain = PrivateKeyChain::new(
            b"1".to_vec(),
            PrivateKey::from_der(&key.serialize_der()).unwrap(),
            [Certificate::from_der(certificate.der()).unwrap()],
        );
        let mut store = KeyStore::new();
        store.add_entry("card", KeyStoreEntry::PrivateKeyChain(chain));
        let file = folder.join("Dr Example.p12");
        std::fs::write(&file, store.writer(passcode).write().unwrap()).unwrap();
        VirtualCard::at(&file).unwrap()
    }

    fn passcode(digits: &str) -> Passcode {
        Passcode::new(digits).unwrap()
    }

    #[test]
    fn a_right_passcode_opens_and_signs() {
        let folder = tempfile::tempdir().unwrap();
        card(folder.path(), "123456", 2020..2040);
        std::fs::write(folder.path().join("notes.txt"), "not a card").unwrap();
        let cards = CardFolder::new(folder.path().to_owned()).cards().unwrap();
        let names: Vec<_> = cards.iter().map(|card| card.name()).collect();
        assert_eq!(names, ["Dr Example"]);
        let open = cards[0].open(&passcode("123456"), NOW).unwrap();
        assert_eq!(open.algorithm(), Algorithm::Es256);
        assert_eq!(
            open.sign(b"x").unwrap().len(),
            64,
            "the fixed form of RFC 7518 section 3.4"
        );
        assert_eq!(open.chain().len(), 1);
    }

    #[test]
    fn three_wrong_tries_lock_across_restarts_and_a_right_one_restores() {
        let folder = tempfile::tempdir().unwrap();
        let card = card(folder.path(), "123456", 2020..2040);
        let wrong = |left| CardError::WrongPasscode {
            tries_left: Some(left),
        };
        let again = || VirtualCard::at(&card.file).unwrap();
        assert_eq!(
            again().open(&passcode("000000"), NOW).unwrap_err(),
            wrong(2)
        );
        assert_eq!(
            again().open(&passcode("000000"), NOW).unwrap_err(),
            wrong(1)
        );
        again().open(&passcode("123456"), NOW).unwrap();
        assert_eq!(
            again().open(&passcode("000000"), NOW).unwrap_err(),
            wrong(2)
        );
        assert_eq!(
            again().open(&passcode("000000"), NOW).unwrap_err(),
            wrong(1)
        );
        assert_eq!(
            again().open(&passcode("000000"), NOW).unwrap_err(),
            CardError::Locked
        );
        assert_eq!(
            again().open(&passcode("123456"), NOW).unwrap_err(),
            CardError::Locked
        );
    }

    #[test]
    fn an_unwritable_or_damaged_counter_checks_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let card = card(folder.path(), "123456", 2020..2040);
        let counter = card.file.with_extension("tries.json");
        std::fs::write(&counter, "three").unwrap();
        assert_eq!(
            card.open(&passcode("123456"), NOW).unwrap_err(),
            CardError::Unreadable
        );
        std::fs::write(&counter, "{\"triesLeft\":200}").unwrap();
        assert_eq!(
            card.open(&passcode("000000"), NOW).unwrap_err(),
            CardError::WrongPasscode {
                tries_left: Some(2)
            }
        );
        std::fs::remove_file(&counter).unwrap();
        std::fs::create_dir(&counter).unwrap();
        assert_eq!(
            card.open(&passcode("123456"), NOW).unwrap_err(),
            CardError::CannotCount
        );
    }

    #[test]
    fn validity_is_checked_after_the_passcode() {
        let folder = tempfile::tempdir().unwrap();
        let expired = card(folder.path(), "123456", 2020..2022);
        assert!(matches!(
            expired.open(&passcode("000000"), NOW),
            Err(CardError::WrongPasscode { .. })
        ));
        assert_eq!(
            expired.open(&passcode("123456"), NOW).unwrap_err(),
            CardError::Expired
        );
        let future = card(folder.path(), "123456", 2035..2040);
        assert_eq!(
            future.open(&passcode("123456"), NOW).unwrap_err(),
            CardError::NotYetValid
        );
    }

    #[test]
    fn a_damaged_card_uses_up_no_try() {
        let folder = tempfile::tempdir().unwrap();
        let card = card(folder.path(), "123456", 2020..2040);
        std::fs::write(&card.file, b"nonsense").unwrap();
        for _ in 0..5 {
            assert_eq!(
                card.open(&passcode("123456"), NOW).unwrap_err(),
                CardError::Unreadable
            );
        }
    }

    #[test]
    fn a_card_that_was_taken_away_is_told_from_a_damaged_one() {
        let folder = tempfile::tempdir().unwrap();
        let card = card(folder.path(), "123456", 2020..2040);
        assert!(card.is_present());
        std::fs::remove_file(&card.file).unwrap();
        assert!(!card.is_present());
        let refused = card.open(&passcode("123456"), NOW).unwrap_err();
        assert_eq!(refused, CardError::Removed);
    }

    #[test]
    fn a_folder_that_is_not_there_has_no_cards_and_one_that_is_a_file_is_a_fault() {
        let folder = tempfile::tempdir().unwrap();
        let cards = |path: PathBuf| CardFolder::new(path).cards().map(|cards| cards.len());
        assert_eq!(cards(folder.path().join("nowhere")), Ok(0));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert_eq!(cards(file), Err(CardSourceError::FolderUnreadable));
    }
}
