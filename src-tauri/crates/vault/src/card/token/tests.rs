//! Smartcards in states that a token in software does not have.

use super::module::PrivateKey;
use super::*;
use std::sync::MutexGuard;

const NOW: i64 = 1_795_000_000;

/// A token of which everything can be set.
#[derive(Clone, Debug)]
struct Fake(Arc<Mutex<State>>);

struct State {
    present: bool,
    serial: String,
    tries: u8,
    /// Whether the flags say that few tries are left.
    tells_tries: bool,
    certificates: Vec<Certificate>,
    hides_certificates: bool,
    keys: Vec<PrivateKey>,
    hides_keys: bool,
    refused: Option<Mechanism>,
    logged_in: bool,
    /// Every passcode that was looked at.
    looked_at: usize,
    signed: Vec<(Mechanism, Vec<u8>)>,
    login_fault: Option<Fault>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("State")
    }
}

impl Fake {
    fn with(certificates: Vec<Certificate>) -> Self {
        let keys = certificates.iter().map(|c| key(&c.id)).collect();
        Self(Arc::new(Mutex::new(State {
            present: true,
            serial: "0001".to_owned(),
            tries: 3,
            tells_tries: true,
            certificates,
            hides_certificates: false,
            keys,
            hides_keys: true,
            refused: None,
            logged_in: false,
            looked_at: 0,
            signed: Vec::new(),
            login_fault: None,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    fn there(&self) -> Result<MutexGuard<'_, State>, Fault> {
        let state = self.state();
        state.present.then_some(state).ok_or(Fault::Removed)
    }

    fn cards(&self) -> Vec<Arc<dyn Card>> {
        TokenModule(Arc::new(self.clone())).cards().unwrap()
    }

    fn card(&self) -> Arc<dyn Card> {
        let cards = self.cards();
        assert_eq!(cards.len(), 1);
        cards[0].clone()
    }
}

impl Module for Fake {
    fn tokens(&self) -> Result<Vec<Token>, Fault> {
        let state = self.state();
        let identity = Identity {
            manufacturer: "Maker".to_owned(),
            model: "Model".to_owned(),
            serial: state.serial.clone(),
            label: "Smartcard".to_owned(),
        };
        let token = Token { slot: 7, identity };
        Ok(state.present.then_some(token).into_iter().collect())
    }

    fn passcode_state(&self, _: u64) -> Result<PasscodeState, Fault> {
        let state = self.there()?;
        Ok(match state.tries {
            0 => PasscodeState::Locked,
            1 if state.tells_tries => PasscodeState::FinalTry,
            _ => PasscodeState::Open,
        })
    }

    fn session(&self, _: u64) -> Result<Box<dyn Session>, Fault> {
        drop(self.there()?);
        Ok(Box::new(self.clone()))
    }
}

impl Session for Fake {
    fn certificates(&self) -> Result<Vec<Certificate>, Fault> {
        let state = self.there()?;
        let seen = state.logged_in || !state.hides_certificates;
        Ok(if seen {
            state.certificates.clone()
        } else {
            Vec::new()
        })
    }

    fn private_keys(&self) -> Result<Vec<PrivateKey>, Fault> {
        let state = self.there()?;
        let seen = state.logged_in || !state.hides_keys;
        Ok(if seen { state.keys.clone() } else { Vec::new() })
    }

    fn log_in(&self, passcode: &Passcode) -> Result<(), Fault> {
        let mut state = self.there()?;
        if let Some(fault) = state.login_fault {
            return Err(fault);
        }
        if state.logged_in {
            return Err(Fault::AlreadyLoggedIn);
        }
        state.looked_at += 1;
        if state.tries == 0 {
            return Err(Fault::Locked);
        }
        if passcode.expose() == "123456" {
            (state.tries, state.logged_in) = (3, true);
            return Ok(());
        }
        state.tries -= 1;
        Err(Fault::WrongPasscode)
    }

    fn log_out(&self) -> Result<(), Fault> {
        self.there()?.logged_in = false;
        Ok(())
    }

    fn sign(&self, _: &[u8], mechanism: Mechanism, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let mut state = self.there()?;
        if !state.logged_in || state.refused == Some(mechanism) {
            return Err(Fault::MechanismRefused);
        }
        state.signed.push((mechanism, bytes.to_vec()));
        Ok(vec![0; 64])
    }
}

fn certificate(name: &str, id: u8, kind: &'static rcgen::SignatureAlgorithm) -> Certificate {
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2040, 1, 1);
    let key = rcgen::KeyPair::generate_for(kind).unwrap();
    Certificate {
        id: vec![id],
        label: format!("certificate {id}"),
        der: params.self_signed(&key).unwrap().der().to_vec(),
    }
}

fn dr_example() -> Certificate {
    certificate("Dr Example", 1, &rcgen::PKCS_ECDSA_P256_SHA256)
}

fn key(id: &[u8]) -> PrivateKey {
    PrivateKey {
        id: id.to_vec(),
        always_asks: false,
    }
}

fn passcode(digits: &str) -> Passcode {
    Passcode::new(digits).unwrap()
}

fn refused(card: &dyn Card, digits: &str) -> CardError {
    card.open(&passcode(digits), NOW).unwrap_err()
}

#[test]
fn the_last_try_is_told_and_a_locked_card_is_not_asked() {
    let fake = Fake::with(vec![dr_example()]);
    let card = fake.card();
    let wrong = |tries_left| CardError::WrongPasscode { tries_left };
    assert_eq!(refused(&*card, "000000"), wrong(None));
    assert_eq!(refused(&*card, "000000"), wrong(Some(1)));
    assert_eq!(refused(&*card, "000000"), CardError::Locked);
    assert_eq!(refused(&*card, "123456"), CardError::Locked);
    assert_eq!(fake.state().looked_at, 3, "the flag is read before a try");
}

#[test]
fn a_card_that_does_not_tell_is_not_guessed() {
    let fake = Fake::with(vec![dr_example()]);
    fake.state().tells_tries = false;
    let card = fake.card();
    for _ in 0..2 {
        let unknown = CardError::WrongPasscode { tries_left: None };
        assert_eq!(refused(&*card, "000000"), unknown);
    }
    assert_eq!(refused(&*card, "000000"), CardError::Locked);
}

#[test]
fn a_passcode_is_checked_although_another_session_is_logged_in() {
    let fake = Fake::with(vec![dr_example()]);
    let card = fake.card();
    let open = card.open(&passcode("123456"), NOW).unwrap();
    let refusal = refused(&*card, "000000");
    assert!(matches!(refusal, CardError::WrongPasscode { .. }));
    assert_eq!(fake.state().looked_at, 2);
    assert_eq!(open.sign(b"x"), None, "the earlier session is logged out");
    fake.state().login_fault = Some(Fault::AlreadyLoggedIn);
    assert_eq!(refused(&*card, "123456"), CardError::InUse);
}

#[test]
fn whatever_ends_an_open_card_logs_it_out() {
    let fake = Fake::with(vec![dr_example()]);
    let card = fake.card();
    let open = card.open(&passcode("123456"), NOW).unwrap();
    assert!(fake.state().logged_in);
    drop(open);
    assert!(!fake.state().logged_in);
    let late = card.open(&passcode("123456"), NOW * 2).unwrap_err();
    assert_eq!(late, CardError::Expired);
    let early = card.open(&passcode("123456"), 0).unwrap_err();
    assert_eq!(early, CardError::NotYetValid);
    assert!(!fake.state().logged_in);
    assert_eq!(fake.state().looked_at, 3);
}

#[test]
fn a_card_that_is_taken_out_signs_no_more() {
    let fake = Fake::with(vec![dr_example()]);
    let card = fake.card();
    let open = card.open(&passcode("123456"), NOW).unwrap();
    assert!(open.sign(b"x").is_some());
    assert!(card.is_present());
    fake.state().present = false;
    assert!(!card.is_present());
    assert_eq!(open.sign(b"x"), None);
    assert_eq!(refused(&*card, "123456"), CardError::Removed);
    drop(open);
    assert!(fake.cards().is_empty());
}

#[test]
fn another_card_in_the_same_slot_gets_no_passcode() {
    let fake = Fake::with(vec![dr_example()]);
    let card = fake.card();
    fake.state().serial = "0002".to_owned();
    assert!(!card.is_present());
    assert_eq!(refused(&*card, "123456"), CardError::Removed);
    assert_eq!(fake.state().looked_at, 0);
    assert_ne!(fake.card().id(), card.id());
}

#[test]
fn certificates_are_told_apart_by_name_and_chosen_by_their_key() {
    let mut fake = Fake::with(vec![
        dr_example(),
        certificate("Dr Example", 2, &rcgen::PKCS_RSA_SHA256),
        certificate("Nurse Example", 3, &rcgen::PKCS_ECDSA_P256_SHA256),
    ]);
    let names = |fake: &Fake| -> Vec<String> {
        let cards = fake.cards();
        cards.iter().map(|card| card.name().to_owned()).collect()
    };
    assert_eq!(
        names(&fake),
        [
            "Dr Example (Smartcard) (certificate 1)",
            "Dr Example (Smartcard) (certificate 2)",
            "Nurse Example"
        ]
    );
    let algorithm = |index: usize| {
        let open = fake.cards()[index].open(&passcode("123456"), NOW).unwrap();
        open.algorithm()
    };
    assert_eq!(
        (algorithm(0), algorithm(1)),
        (Algorithm::Es256, Algorithm::Rs256)
    );
    fake.state().keys.retain(|key| key.id == [3]);
    assert_eq!(
        refused(&*fake.cards()[0], "123456"),
        CardError::NoCertificate
    );
    fake.state().hides_keys = false;
    assert_eq!(names(&fake), ["Nurse Example"]);
    fake = Fake::with(vec![dr_example(), dr_example()]);
    let ids = fake.cards();
    assert_ne!(ids[0].id(), ids[1].id());
}

#[test]
fn a_card_that_hides_its_certificates_is_chosen_from_after_the_passcode() {
    let fake = Fake::with(vec![dr_example()]);
    fake.state().hides_certificates = true;
    let card = fake.card();
    assert_eq!(card.name(), "Smartcard");
    assert!(card.open(&passcode("123456"), NOW).is_ok());
    let another = certificate("Dr Example", 2, &rcgen::PKCS_ECDSA_P256_SHA256);
    fake.state().keys.push(key(&another.id));
    fake.state().certificates.push(another);
    assert_eq!(refused(&*card, "123456"), CardError::SeveralCertificates);
    fake.state().certificates.clear();
    assert_eq!(refused(&*card, "123456"), CardError::NoCertificate);
}

#[test]
fn a_key_that_cannot_be_used_is_named_so() {
    let p384 = certificate("Dr Example", 1, &rcgen::PKCS_ECDSA_P384_SHA384);
    let refusal = refused(&*Fake::with(vec![p384]).card(), "123456");
    assert_eq!(refusal, CardError::UnsupportedKey);
    let fake = Fake::with(vec![dr_example()]);
    fake.state().keys[0].always_asks = true;
    assert_eq!(refused(&*fake.card(), "123456"), CardError::UnsupportedKey);
}

#[test]
fn a_card_that_does_not_hash_is_given_the_hash() {
    let rsa = certificate("Dr Example", 1, &rcgen::PKCS_RSA_SHA256);
    let fake = Fake::with(vec![rsa]);
    let open = fake.card().open(&passcode("123456"), NOW).unwrap();
    open.sign(b"message").unwrap();
    fake.state().refused = Some(Mechanism::Sha256RsaPkcs);
    open.sign(b"message").unwrap();
    let signed = fake.state().signed.clone();
    assert_eq!(signed[0], (Mechanism::Sha256RsaPkcs, b"message".to_vec()));
    assert_eq!(signed[1].0, Mechanism::RsaPkcs);
    assert_eq!(signed[1].1[..19], DIGEST_INFO);
    assert_eq!(signed[1].1[19..], Sha256::digest(b"message")[..]);
}

#[test]
fn what_the_card_answers_is_passed_on() {
    let fake = Fake::with(vec![dr_example()]);
    let card = fake.card();
    for (fault, error) in [
        (Fault::Locked, CardError::Locked),
        (Fault::PasscodeNotSet, CardError::PasscodeNotSet),
        (Fault::Removed, CardError::Removed),
        (Fault::Cancelled, CardError::Cancelled),
        (Fault::InUse, CardError::InUse),
        (Fault::Failed, CardError::Unreadable),
    ] {
        fake.state().login_fault = Some(fault);
        assert_eq!(refused(&*card, "123456"), error);
    }
}
