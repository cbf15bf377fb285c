//! What a card's certificate says (RFC 5280): whose it is, until when, what its key signs with.

use crate::{Algorithm, CardError};
use x509_parser::certificate::X509Certificate;
use x509_parser::oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY, OID_PKCS1_RSAENCRYPTION};
use x509_parser::parse_x509_certificate;

/// More issuers than any real hierarchy has.
const MOST_ISSUERS: usize = 8;

/// Whether a certificate is valid at a time, in seconds since 1970.
///
/// # Errors
/// [`CardError::Expired`], [`CardError::NotYetValid`], [`CardError::Unreadable`].
pub(crate) fn check_validity(der: &[u8], now: i64) -> Result<(), CardError> {
    let validity = parse(der).ok_or(CardError::Unreadable)?.validity().clone();
    if now > validity.not_after.timestamp() {
        return Err(CardError::Expired);
    }
    if now < validity.not_before.timestamp() {
        return Err(CardError::NotYetValid);
    }
    Ok(())
}

/// What the certificate's key signs with; `None` for a key that JSON Web Signatures of a sign-in do
/// not use.
pub(crate) fn algorithm(der: &[u8]) -> Option<Algorithm> {
    let certificate = parse(der)?;
    let key = &certificate.public_key().algorithm;
    if key.algorithm == OID_PKCS1_RSAENCRYPTION {
        return Some(Algorithm::Rs256);
    }
    let curve = key.parameters.as_ref()?.as_oid().ok()?;
    let is_p256 = key.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && curve == OID_EC_P256;
    is_p256.then_some(Algorithm::Es256)
}

/// Whether a person can sign in with the certificate: it is not an issuer's, and its key may sign.
pub(crate) fn is_for_signing_in(der: &[u8]) -> bool {
    let Some(certificate) = parse(der) else {
        return false;
    };
    let may_sign = match certificate.key_usage() {
        Ok(Some(usage)) => usage.value.digital_signature(),
        Ok(None) => true,
        Err(_) => false,
    };
    may_sign && !certificate.is_ca()
}

/// The common name of the certificate's subject.
pub(crate) fn common_name(der: &[u8]) -> Option<String> {
    let certificate = parse(der)?;
    let name = certificate.subject().iter_common_name().next()?;
    let name = name.as_str().ok()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

/// A certificate and its issuers as far as they are among others: its own first, each certified by
/// the next.
pub(crate) fn chain(own: &[u8], others: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut chain = vec![own.to_vec()];
    while chain.len() <= MOST_ISSUERS {
        let Some(last) = chain.last() else { break };
        let issuer = others
            .iter()
            .find(|other| !chain.contains(other) && certifies(other, last));
        match issuer {
            Some(issuer) => chain.push(issuer.clone()),
            None => break,
        }
    }
    chain
}

fn certifies(issuer: &[u8], subject: &[u8]) -> bool {
    let (Some(issuer), Some(subject)) = (parse(issuer), parse(subject)) else {
        return false;
    };
    issuer.is_ca()
        && issuer.subject() == subject.issuer()
        && subject.verify_signature(Some(issuer.public_key())).is_ok()
}

fn parse(der: &[u8]) -> Option<X509Certificate<'_>> {
    parse_x509_certificate(der)
        .ok()
        .map(|(_, certificate)| certificate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose};

    fn named(name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, name);
        params
    }

    fn issuer(name: &str) -> (Vec<u8>, Issuer<'static, KeyPair>) {
        let mut params = named(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let der = params.self_signed(&key).unwrap().der().to_vec();
        (der, Issuer::new(params, key))
    }

    #[test]
    fn the_chain_holds_whoever_certified_it_and_nobody_else() {
        let (root, root_key) = issuer("Root");
        let (impostor, _) = issuer("Root");
        let own = named("Dr Example")
            .signed_by(&KeyPair::generate().unwrap(), &root_key)
            .unwrap();
        let own = own.der().to_vec();
        let found = chain(&own, &[impostor, own.clone(), root.clone()]);
        assert_eq!(found, [own, root]);
    }

    #[test]
    fn an_issuer_or_a_key_that_may_not_sign_is_not_for_signing_in() {
        let own = |usage: &[KeyUsagePurpose]| {
            let mut params = named(" Dr Example ");
            params.key_usages = usage.to_vec();
            let key = KeyPair::generate().unwrap();
            params.self_signed(&key).unwrap().der().to_vec()
        };
        assert!(is_for_signing_in(&own(&[])));
        assert!(is_for_signing_in(&own(&[
            KeyUsagePurpose::DigitalSignature
        ])));
        assert!(!is_for_signing_in(&own(&[
            KeyUsagePurpose::KeyEncipherment
        ])));
        assert!(!is_for_signing_in(&issuer("Root").0));
        assert!(!is_for_signing_in(b"nonsense"));
        assert_eq!(common_name(&own(&[])).unwrap(), "Dr Example");
    }

    #[test]
    fn keys_of_other_kinds_are_not_used() {
        let of = |kind| {
            let key = KeyPair::generate_for(kind).unwrap();
            algorithm(named("Dr Example").self_signed(&key).unwrap().der())
        };
        assert_eq!(of(&rcgen::PKCS_ECDSA_P256_SHA256), Some(Algorithm::Es256));
        assert_eq!(of(&rcgen::PKCS_RSA_SHA256), Some(Algorithm::Rs256));
        assert_eq!(of(&rcgen::PKCS_ECDSA_P384_SHA384), None);
        assert_eq!(of(&rcgen::PKCS_ED25519), None);
    }
}
