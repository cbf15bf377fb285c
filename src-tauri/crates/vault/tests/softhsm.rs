//! Smartcards through a real PKCS#11 module: SoftHSM, a token in software.
//!
//! SoftHSM finds its tokens by an environment variable, which must be set before the process
//! starts. So each test runs itself again in a process of its own that has it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test stops at what is missing")]

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use cpis_vault::{
    Algorithm, Card, CardError, CardSource, CardSourceError, OpenCard, Passcode, TokenModule,
};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, CertificateType, ObjectClass};
use cryptoki::session::UserType;
use cryptoki::types::AuthPin;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, SignatureAlgorithm};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

const NOW: i64 = 1_795_000_000;
const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const PASSCODE: &str = "123456";
const TOKEN: &str = "Smartcard";

#[test]
fn a_right_passcode_signs_with_rsa_and_with_p256() {
    with_tokens(
        "a_right_passcode_signs_with_rsa_and_with_p256",
        "",
        |folder| {
            let token = Token::make(folder);
            token.certify("Dr Rsa", 1, &rcgen::PKCS_RSA_SHA256, 2020..2040);
            token.certify("Dr Elliptic", 2, &rcgen::PKCS_ECDSA_P256_SHA256, 2020..2040);
            let cards = cards();
            assert_eq!(names(&cards), ["Dr Elliptic", "Dr Rsa"]);
            let elliptic = cards[0].open(&passcode(PASSCODE), NOW).unwrap();
            assert_eq!(elliptic.algorithm(), Algorithm::Es256);
            verifies(&elliptic, &ECDSA_P256_SHA256_FIXED);
            drop(elliptic);
            let rsa = cards[1].open(&passcode(PASSCODE), NOW).unwrap();
            assert_eq!(rsa.algorithm(), Algorithm::Rs256);
            verifies(&rsa, &RSA_PKCS1_2048_8192_SHA256);
            assert_eq!(rsa.chain().len(), 2, "the issuer is on the card");
            assert!(cards[0].is_present());
        },
    );
}

#[test]
fn a_card_without_the_hashing_mechanism_signs_all_the_same() {
    // SoftHSM overlooks a list of a single mechanism to leave out, so this names what is left.
    let without = "slots.mechanisms = CKM_RSA_PKCS,CKM_ECDSA\n";
    with_tokens(
        "a_card_without_the_hashing_mechanism_signs_all_the_same",
        without,
        |folder| {
            let token = Token::make(folder);
            token.certify("Dr Rsa", 1, &rcgen::PKCS_RSA_SHA256, 2020..2040);
            let rsa = cards()[0].open(&passcode(PASSCODE), NOW).unwrap();
            verifies(&rsa, &RSA_PKCS1_2048_8192_SHA256);
        },
    );
}

#[test]
fn a_wrong_passcode_is_refused_even_while_the_card_is_open() {
    with_tokens(
        "a_wrong_passcode_is_refused_even_while_the_card_is_open",
        "",
        |folder| {
            let token = Token::make(folder);
            token.certify("Dr Example", 1, &rcgen::PKCS_ECDSA_P256_SHA256, 2020..2040);
            let card = cards()[0].clone();
            let wrong = CardError::WrongPasscode { tries_left: None };
            assert_eq!(refused(&*card, "000000"), wrong);
            let open = card.open(&passcode(PASSCODE), NOW).unwrap();
            assert_eq!(refused(&*card, "000000"), wrong);
            assert_eq!(open.sign(b"x"), None, "the card is logged out");
            let again = card.open(&passcode(PASSCODE), NOW).unwrap();
            verifies(&again, &ECDSA_P256_SHA256_FIXED);
        },
    );
}

#[test]
fn validity_is_that_of_the_certificate() {
    with_tokens("validity_is_that_of_the_certificate", "", |folder| {
        let token = Token::make(folder);
        let kind = &rcgen::PKCS_ECDSA_P256_SHA256;
        token.certify("A expired", 1, kind, 2020..2022);
        token.certify("B not yet valid", 2, kind, 2039..2040);
        let cards = cards();
        assert_eq!(names(&cards), ["A expired", "B not yet valid"]);
        assert_eq!(refused(&*cards[0], PASSCODE), CardError::Expired);
        assert_eq!(refused(&*cards[1], PASSCODE), CardError::NotYetValid);
        let wrong = refused(&*cards[0], "000000");
        assert!(matches!(wrong, CardError::WrongPasscode { .. }));
    });
}

#[test]
fn a_card_without_a_certificate_says_so() {
    with_tokens("a_card_without_a_certificate_says_so", "", |folder| {
        Token::make(folder);
        let cards = cards();
        assert_eq!(names(&cards), [TOKEN]);
        assert_eq!(refused(&*cards[0], PASSCODE), CardError::NoCertificate);
    });
}

#[test]
fn two_certificates_of_one_name_are_two_cards() {
    with_tokens("two_certificates_of_one_name_are_two_cards", "", |folder| {
        let token = Token::make(folder);
        for id in [1, 2] {
            let kind = &rcgen::PKCS_ECDSA_P256_SHA256;
            token.certify("Dr Example", id, kind, 2020..2040);
        }
        let cards = cards();
        let expected = [1, 2].map(|id| format!("Dr Example (Smartcard) (certificate {id})"));
        assert_eq!(names(&cards), expected);
        assert_ne!(cards[0].id(), cards[1].id());
        for card in &cards {
            let open = card.open(&passcode(PASSCODE), NOW).unwrap();
            verifies(&open, &ECDSA_P256_SHA256_FIXED);
        }
        let ids: Vec<String> = cards.iter().map(|card| card.id().to_owned()).collect();
        let again: Vec<String> = self::cards()
            .iter()
            .map(|card| card.id().to_owned())
            .collect();
        assert_eq!(ids, again, "ids are stable");
    });
}

#[test]
fn what_is_no_module_is_told_apart() {
    let load = |path: &Path| TokenModule::load(path).unwrap_err();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("module.so");
    assert_eq!(load(&file), CardSourceError::ModuleMissing);
    std::fs::write(&file, "no library").unwrap();
    assert_eq!(load(&file), CardSourceError::NotAModule);
    let another = load(Path::new("/proc/self/exe"));
    assert_eq!(another, CardSourceError::NotAModule);
    // SoftHSM without a folder of tokens cannot be initialised.
    with_tokens("what_is_no_module_is_told_apart", "", |folder| {
        std::fs::remove_dir_all(folder.join("tokens")).unwrap();
        std::fs::write(folder.join("tokens"), "").unwrap();
        let failed = TokenModule::load(Path::new(MODULE)).map(drop);
        assert_eq!(failed, Err(CardSourceError::ModuleFailed));
    });
}

const FOLDER: &str = "CPIS_TEST_TOKENS";

/// Runs a test in a process of its own whose SoftHSM has a fresh folder.
fn with_tokens(test: &str, settings: &str, body: impl FnOnce(&Path)) {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = PathBuf::from(folder);
        body(&folder);
        std::fs::write(folder.join("passed"), "").unwrap();
        return;
    }
    assert!(
        Path::new(MODULE).exists() && in_path("softhsm2-util"),
        "SoftHSM is not installed: apt-get install softhsm2"
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("tokens")).unwrap();
    let configuration = folder.path().join("softhsm2.conf");
    let tokens = folder.path().join("tokens");
    let text = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n{settings}",
        tokens.display()
    );
    std::fs::write(&configuration, text).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SOFTHSM2_CONF", &configuration)
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let passed = output.status.success() && folder.path().join("passed").exists();
    let [out, err] =
        [output.stdout, output.stderr].map(|b| String::from_utf8_lossy(&b).into_owned());
    assert!(passed, "{out}\n{err}");
}

fn in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A smartcard and the authority that issued it.
struct Token {
    folder: PathBuf,
    context: Pkcs11,
    root: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Token {
    fn make(folder: &Path) -> Self {
        softhsm(&[
            "--init-token",
            "--free",
            "--label",
            TOKEN,
            "--pin",
            PASSCODE,
            "--so-pin",
            "87654321",
        ]);
        let context = Pkcs11::new(MODULE).unwrap();
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        context.initialize(arguments).unwrap();
        let mut params = named("Authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let root = params.self_signed(&key).unwrap().der().to_vec();
        Self {
            folder: folder.to_owned(),
            context,
            root,
            issuer: Issuer::new(params, key),
        }
    }

    /// Puts a key and its certificate on the card, and the issuer's.
    fn certify(
        &self,
        name: &str,
        id: u8,
        kind: &'static SignatureAlgorithm,
        years: std::ops::Range<i32>,
    ) {
        let key = KeyPair::generate_for(kind).unwrap();
        let mut params = named(name);
        params.not_before = rcgen::date_time_ymd(years.start, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.end, 1, 1);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let file = self.folder.join("key.pem");
        std::fs::write(&file, key.serialize_pem()).unwrap();
        softhsm(&[
            "--import",
            file.to_str().unwrap(),
            "--token",
            TOKEN,
            "--label",
            "key",
            "--id",
            &format!("{id:02x}"),
            "--pin",
            PASSCODE,
        ]);
        let label = format!("certificate {id}");
        self.write_certificate(certificate.der(), vec![id], &label);
        self.write_certificate(&self.root, Vec::new(), "issuer");
    }

    fn write_certificate(&self, der: &[u8], id: Vec<u8>, label: &str) {
        let slots = self.context.get_slots_with_initialized_token().unwrap();
        let session = self.context.open_rw_session(slots[0]).unwrap();
        session
            .login(UserType::User, Some(&AuthPin::from(PASSCODE)))
            .unwrap();
        let (_, parsed) = x509_parser::parse_x509_certificate(der).unwrap();
        session
            .create_object(&[
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::CertificateType(CertificateType::X_509),
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Label(label.into()),
                Attribute::Id(id),
                Attribute::Subject(parsed.subject().as_raw().to_vec()),
                Attribute::Value(der.to_vec()),
            ])
            .unwrap();
        session.logout().unwrap();
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    params
}

fn softhsm(arguments: &[&str]) {
    let output = Command::new("softhsm2-util").args(arguments).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "softhsm2-util: {said}");
}

fn cards() -> Vec<Arc<dyn Card>> {
    TokenModule::load(Path::new(MODULE))
        .unwrap()
        .cards()
        .unwrap()
}

fn names(cards: &[Arc<dyn Card>]) -> Vec<String> {
    cards.iter().map(|card| card.name().to_owned()).collect()
}

fn passcode(digits: &str) -> Passcode {
    Passcode::new(digits).unwrap()
}

fn refused(card: &dyn Card, digits: &str) -> CardError {
    card.open(&passcode(digits), NOW).unwrap_err()
}

/// The signature is good under the key of the card's own certificate.
fn verifies(open: &OpenCard, algorithm: &'static dyn VerificationAlgorithm) {
    let (_, certificate) = x509_parser::parse_x509_certificate(&open.chain()[0]).unwrap();
    let key = &certificate.public_key().subject_public_key.data;
    let key = UnparsedPublicKey::new(algorithm, key);
    let signature = open.sign(b"message").unwrap();
    key.verify(b"message", &signature).unwrap();
    key.verify(b"other", &signature).unwrap_err();
}
