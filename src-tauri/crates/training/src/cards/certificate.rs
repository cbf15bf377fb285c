//! The certification authority of a seed, and the certificates on its cards.

use crate::TrainingError;
use crate::population::{CardState, StaffMember};
use crate::seeded::derive;
use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate};
use p256::SecretKey;
use p256::pkcs8::EncodePrivateKey;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, SerialNumber, date_time_ymd,
};
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate with its key.
pub(crate) struct IssuedCard {
    pub(crate) certificate: Vec<u8>,
    pub(crate) key_pkcs8: Vec<u8>,
}

/// The certification authority of a seed.
pub(crate) struct CardAuthority {
    seed: u64,
    issuer: Issuer<'static, KeyPair>,
    certificate: Vec<u8>,
}

/// The holder that a card's certificate names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The twelve-digit identifier.
    pub(crate) user_id: String,
    /// The public key as an uncompressed point (P-256) or DER (RSA).
    pub(crate) public_key: Vec<u8>,
}

/// Why a certificate is not accepted. It goes into the OAuth error description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateFault {
    /// Not a certificate.
    #[error("x5c does not hold a certificate")]
    Malformed,
    /// Signed by somebody else.
    #[error("the card was not issued by this backend's authority (another seed?)")]
    OtherAuthority,
    /// Before its first moment.
    #[error("the card's certificate is not valid yet")]
    NotYetValid,
    /// After its last moment.
    #[error("the card's certificate has expired")]
    Expired,
    /// The subject has no serial number.
    #[error("the card's certificate names no user")]
    NoUser,
}

impl CardAuthority {
    pub(crate) fn new(seed: u64) -> Result<Self, TrainingError> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2099, 12, 31);
        params.serial_number = Some(SerialNumber::from(1));
        params.distinguished_name.push(
            DnType::CommonName,
            format!("CP-IS Check practice cards, seed {seed}"),
        );
        params
            .distinguished_name
            .push(DnType::OrganizationName, "Made-up Registration Authority");
        let key = key_pair(&secret(seed, "authority"))?;
        let certificate = params.self_signed(&key).map_err(making)?.der().to_vec();
        Ok(Self {
            seed,
            issuer: Issuer::new(params, key),
            certificate,
        })
    }

    /// The authority's own certificate, DER.
    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The card of a member of staff: valid for two years from the month before `now`, or until
    /// the month before it.
    pub(crate) fn issue(
        &self,
        member: &StaffMember,
        now: DateTime<FixedOffset>,
    ) -> Result<IssuedCard, TrainingError> {
        let today = now.date_naive();
        let (from, until) = if member.card == CardState::Expired {
            (today - Days::new(760), today - Days::new(30))
        } else {
            (today - Days::new(30), today + Days::new(700))
        };
        let user_id = member.user_id.as_str();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::NoCa;
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        params.not_before = date_time_ymd(from.year(), month(from), day(from));
        params.not_after = date_time_ymd(until.year(), month(until), day(until));
        let serial = &derive(self.seed, "serial", &format!("{user_id} {from}"))[..8];
        params.serial_number = Some(SerialNumber::from_slice(serial));
        params
            .distinguished_name
            .push(DnType::CommonName, member.name());
        params.distinguished_name.push(
            DnType::CustomDnType(SUBJECT_SERIAL_NUMBER.to_vec()),
            user_id,
        );
        let key_pkcs8 = pkcs8(&secret(self.seed, user_id))?;
        let key = KeyPair::try_from(key_pkcs8.as_slice()).map_err(making)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(making)?;
        Ok(IssuedCard {
            certificate: certificate.der().to_vec(),
            key_pkcs8,
        })
    }

    /// Reads the holder from a certificate that this authority issued and that is valid now.
    pub(crate) fn holder(
        &self,
        certificate: &[u8],
        now: DateTime<FixedOffset>,
    ) -> Result<Holder, CertificateFault> {
        let malformed = |_| CertificateFault::Malformed;
        let (rest, card) = X509Certificate::from_der(certificate).map_err(malformed)?;
        if !rest.is_empty() {
            return Err(CertificateFault::Malformed);
        }
        let (_, own) = X509Certificate::from_der(&self.certificate).map_err(malformed)?;
        if card.issuer() != own.subject() || card.verify_signature(Some(own.public_key())).is_err()
        {
            return Err(CertificateFault::OtherAuthority);
        }
        let validity = card.validity();
        if now.timestamp() < validity.not_before.timestamp() {
            return Err(CertificateFault::NotYetValid);
        }
        if now.timestamp() > validity.not_after.timestamp() {
            return Err(CertificateFault::Expired);
        }
        let user_id = card
            .subject()
            .iter_attributes()
            .find(|a| *a.attr_type() == x509_parser::oid_registry::OID_X509_SERIALNUMBER)
            .and_then(|a| a.as_str().ok())
            .ok_or(CertificateFault::NoUser)?;
        Ok(Holder {
            user_id: user_id.to_owned(),
            public_key: card.public_key().subject_public_key.data.to_vec(),
        })
    }
}

/// X.520 serialNumber of a subject.
const SUBJECT_SERIAL_NUMBER: [u64; 4] = [2, 5, 4, 5];

fn making(error: impl std::error::Error + Send + Sync + 'static) -> TrainingError {
    TrainingError::CardMaking(Box::new(error))
}

fn key_pair(secret: &SecretKey) -> Result<KeyPair, TrainingError> {
    let der = pkcs8(secret)?;
    KeyPair::from_pkcs8_der_and_sign_algo(&der.as_slice().into(), &PKCS_ECDSA_P256_SHA256)
        .map_err(making)
}

fn pkcs8(secret: &SecretKey) -> Result<Vec<u8>, TrainingError> {
    Ok(secret.to_pkcs8_der().map_err(making)?.as_bytes().to_vec())
}

/// A P-256 key from the seed. Nearly every 32 bytes are a scalar of the curve; the attempt number
/// covers the rest.
fn secret(seed: u64, name: &str) -> SecretKey {
    (0u32..)
        .find_map(|attempt| {
            let bytes = derive(seed, "card key", &format!("{name} {attempt}"));
            SecretKey::from_slice(&bytes).ok()
        })
        .expect("one of four billion draws is a scalar")
}

fn month(date: NaiveDate) -> u8 {
    u8::try_from(date.month()).unwrap_or(1)
}

fn day(date: NaiveDate) -> u8 {
    u8::try_from(date.day()).unwrap_or(1)
}
