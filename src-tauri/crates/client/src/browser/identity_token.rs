//! The identity token: whether it may be believed (OpenID Connect Core 1.0 section 3.1.3.7).
//!
//! Nothing is kept. The clock comes in; the library verifies the signature only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// How far the service's clock may be from this computer's, in seconds.
const LEEWAY: i64 = 60;
/// A token is verified at once after it was made; an older one was kept by somebody (seconds).
const OLDEST: i64 = 300;

/// How sure the service is that the person is who they say: NHS authentication assurance level,
/// 1 to 3 (NIST SP 800-63B).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assurance(pub u8);

impl Assurance {
    /// The classes of NHS CIS2 that are sure enough, best first (OpenID Connect Core 1.0 section
    /// 3.1.2.1, acr_values). They are a wish; what the person did stands in the identity token.
    pub(super) const fn classes(self) -> &'static str {
        match self.0 {
            0 | 1 => "AAL2_OR_AAL3_ANY AAL1_USERPASS",
            2 => "AAL2_OR_AAL3_ANY",
            _ => "AAL3_ANY",
        }
    }
}

/// Why an identity token is not believed. For support, but for the clock and the assurance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityTokenError {
    /// The service sent none.
    #[error("there is none")]
    Missing,
    /// It is not a JSON Web Token with the claims that it must have, or demands to be understood in
    /// a way that this program does not know.
    #[error("it cannot be read")]
    Unreadable,
    /// It is signed with an algorithm that is not accepted, or with none.
    #[error("its algorithm is not accepted")]
    Algorithm,
    /// No key of the service has its `kid`, or there is no `kid` and not exactly one key fits.
    #[error("its key is not known")]
    UnknownKey,
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Signature,
    /// It speaks for another service.
    #[error("its issuer is another one")]
    Issuer,
    /// It is for another program.
    #[error("its audience is another one")]
    Audience,
    /// It is over, not valid yet, or too old. The computer's clock may be wrong.
    #[error("its time is over or has not come")]
    Time,
    /// It belongs to another sign-in.
    #[error("its nonce is another one")]
    Nonce,
    /// It came with another access token.
    #[error("its access token is another one")]
    AccessToken,
    /// The person signed in with less assurance than policy asks for.
    #[error("its level of assurance is too low")]
    Assurance,
    /// The user's claims are about somebody else.
    #[error("the user's claims are of another person")]
    Subject,
}

/// What a token must say to be believed.
pub struct Expected<'a> {
    /// The service, as its discovery document names it.
    pub issuer: &'a str,
    /// This program.
    pub client_id: &'a str,
    /// What was sent with this sign-in.
    pub nonce: &'a str,
    /// The access token that came with it.
    pub access_token: &'a str,
    /// In seconds since 1970.
    pub now: i64,
    /// The least level of assurance that policy accepts.
    pub least: Assurance,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Value,
    azp: Option<String>,
    sub: String,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    nonce: Option<String>,
    at_hash: Option<String>,
    acr: Option<String>,
    authentication_assurance_level: Option<Value>,
}

/// Verifies a token and gives its subject.
pub(crate) fn verify(
    token: &str,
    keys: &JwkSet,
    expected: &Expected<'_>,
) -> Result<String, IdentityTokenError> {
    let claims = signed_claims(token, keys)?;
    if claims.iss != expected.issuer {
        return Err(IdentityTokenError::Issuer);
    }
    if !claims.is_for(expected.client_id) {
        return Err(IdentityTokenError::Audience);
    }
    let now = expected.now;
    let begun = claims.iat.max(claims.nbf.unwrap_or(claims.iat));
    if now >= claims.exp.saturating_add(LEEWAY)
        || now < begun.saturating_sub(LEEWAY)
        || now > claims.iat.saturating_add(OLDEST + LEEWAY)
    {
        return Err(IdentityTokenError::Time);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(IdentityTokenError::Nonce);
    }
    // Section 3.1.3.6; both algorithms that are accepted hash with SHA-256.
    let half = &Sha256::digest(expected.access_token)[..16];
    let of_access_token = URL_SAFE_NO_PAD.encode(half);
    if claims
        .at_hash
        .as_ref()
        .is_some_and(|hash| *hash != of_access_token)
    {
        return Err(IdentityTokenError::AccessToken);
    }
    if claims.assurance() < expected.least {
        return Err(IdentityTokenError::Assurance);
    }
    Ok(claims.sub)
}

impl Claims {
    fn is_for(&self, client_id: &str) -> bool {
        let (named, alone) = match &self.aud {
            Value::String(one) => (one == client_id, true),
            Value::Array(several) => (several.iter().any(|a| a == client_id), several.len() == 1),
            _ => (false, false),
        };
        let party = self.azp.as_deref();
        named && party.is_none_or(|azp| azp == client_id) && (alone || party.is_some())
    }

    /// CIS2 says it as a number, elsewhere as text, and always in `acr` ("AAL3_ANY"; of
    /// "AAL2_OR_AAL3_ANY" only the lower is sure). Nothing said is no assurance.
    fn assurance(&self) -> Assurance {
        let level = match &self.authentication_assurance_level {
            Some(Value::Number(level)) => level.as_u64(),
            Some(Value::String(level)) => level.trim().parse().ok(),
            Some(_) => Some(0),
            None => {
                let named = self.acr.as_deref().unwrap_or_default();
                let levels = named.split("AAL").skip(1);
                levels
                    .map(|rest| rest.bytes().next().map_or(0, level_of))
                    .min()
            }
        };
        Assurance(
            level
                .and_then(|level| u8::try_from(level).ok())
                .unwrap_or(0),
        )
    }
}

fn level_of(digit: u8) -> u64 {
    if digit.is_ascii_digit() {
        u64::from(digit - b'0')
    } else {
        0
    }
}

fn signed_claims(token: &str, keys: &JwkSet) -> Result<Claims, IdentityTokenError> {
    let header = decode_header(token).map_err(|_| IdentityTokenError::Algorithm)?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
        return Err(IdentityTokenError::Algorithm);
    }
    // RFC 7515 section 4.1.11: no extension is understood here, so none may be demanded.
    if header.crit.is_some() {
        return Err(IdentityTokenError::Unreadable);
    }
    let key = key(keys, header.kid.as_deref(), header.alg)?;
    let key = DecodingKey::from_jwk(key).map_err(|_| IdentityTokenError::UnknownKey)?;
    let mut validation = Validation::new(header.alg);
    // Time and audience are compared below, with the clock that comes in.
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    match decode::<Claims>(token, &key, &validation) {
        Ok(token) => Ok(token.claims),
        Err(error) => Err(match error.kind() {
            jsonwebtoken::errors::ErrorKind::InvalidSignature
            | jsonwebtoken::errors::ErrorKind::InvalidAlgorithm => IdentityTokenError::Signature,
            _ => IdentityTokenError::Unreadable,
        }),
    }
}

/// The key with the token's `kid`, if it may sign with the token's algorithm.
fn key<'a>(
    keys: &'a JwkSet,
    kid: Option<&str>,
    algorithm: Algorithm,
) -> Result<&'a Jwk, IdentityTokenError> {
    let name = match algorithm {
        Algorithm::RS256 => "RS256",
        _ => "ES256",
    };
    let fits = |key: &&Jwk| {
        let common = &key.common;
        let signs = !matches!(common.public_key_use, Some(PublicKeyUse::Encryption));
        let bound = common
            .key_algorithm
            .is_none_or(|alg| alg.to_string() == name);
        let family = match &key.algorithm {
            AlgorithmParameters::RSA(_) => "RS256",
            AlgorithmParameters::EllipticCurve(_) => "ES256",
            _ => "",
        };
        signs
            && bound
            && family == name
            && kid.is_none_or(|kid| common.key_id.as_deref() == Some(kid))
    };
    let mut fitting = keys.keys.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (Some(key), None) => Ok(key),
        _ => Err(IdentityTokenError::UnknownKey),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jsonwebtoken::jwk::ThumbprintHash;
    use jsonwebtoken::{EncodingKey, Header, encode};
    use serde_json::json;
    use std::sync::LazyLock;

    const NOW: i64 = 1_795_000_000;
    const ISSUER: &str = "https://lookup.example";

    /// A service's key of each kind, and its half for everybody.
    struct Keys {
        rsa: EncodingKey,
        ec: EncodingKey,
        public: JwkSet,
    }

    static KEYS: LazyLock<Keys> = LazyLock::new(|| keys_of("rsa", "ec"));
    static OTHERS: LazyLock<Keys> = LazyLock::new(|| keys_of("rsa", "ec"));

    fn keys_of(rsa_id: &str, ec_id: &str) -> Keys {
        let rsa =
            rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048);
        let rsa = EncodingKey::from_rsa_pem(rsa.unwrap().serialize_pem().as_bytes()).unwrap();
        let ec = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let ec = EncodingKey::from_ec_pem(ec.serialize_pem().as_bytes()).unwrap();
        let public = |key: &EncodingKey, algorithm, id: &str| {
            let mut jwk = Jwk::from_encoding_key(key, algorithm).unwrap();
            assert!(jwk.thumbprint(ThumbprintHash::SHA256).is_ok());
            jwk.common.key_id = Some(id.to_owned());
            jwk
        };
        let keys = vec![
            public(&rsa, Algorithm::RS256, rsa_id),
            public(&ec, Algorithm::ES256, ec_id),
        ];
        Keys {
            rsa,
            ec,
            public: JwkSet { keys },
        }
    }

    fn expected() -> Expected<'static> {
        Expected {
            issuer: ISSUER,
            client_id: "cpis-check",
            nonce: "n-0S6_WzA2Mj",
            access_token: "access",
            now: NOW,
            least: Assurance(2),
        }
    }

    fn claims() -> Value {
        json!({
            "iss": ISSUER,
            "aud": "cpis-check",
            "sub": "910000000001",
            "iat": NOW,
            "exp": NOW + 300,
            "nonce": "n-0S6_WzA2Mj",
            "at_hash": URL_SAFE_NO_PAD.encode(&Sha256::digest("access")[..16]),
            "acr": "AAL3_ANY",
            "authentication_assurance_level": 3,
        })
    }

    fn header(algorithm: Algorithm, kid: &str) -> Header {
        let mut header = Header::new(algorithm);
        header.kid = Some(kid.to_owned());
        header
    }

    fn signed(claims: &Value) -> String {
        encode(&header(Algorithm::RS256, "rsa"), claims, &KEYS.rsa).unwrap()
    }

    fn with(change: impl FnOnce(&mut Value)) -> Result<String, IdentityTokenError> {
        let mut claims = claims();
        change(&mut claims);
        verify(&signed(&claims), &KEYS.public, &expected())
    }

    fn refused(token: &str) -> IdentityTokenError {
        verify(token, &KEYS.public, &expected()).unwrap_err()
    }

    #[test]
    fn a_good_token_is_believed_under_both_algorithms() {
        assert_eq!(with(|_| {}).unwrap(), "910000000001");
        let token = encode(&header(Algorithm::ES256, "ec"), &claims(), &KEYS.ec).unwrap();
        assert!(verify(&token, &KEYS.public, &expected()).is_ok());
        let token = encode(&Header::new(Algorithm::ES256), &claims(), &KEYS.ec).unwrap();
        assert!(
            verify(&token, &KEYS.public, &expected()).is_ok(),
            "one key fits"
        );
    }

    #[test]
    fn every_forged_claim_is_refused_by_name() {
        use IdentityTokenError::{
            AccessToken, Assurance, Audience, Issuer, Nonce, Time, Unreadable,
        };
        let forgeries: [(&str, Value, IdentityTokenError); 26] = [
            ("iss", json!("https://lookup.example.evil"), Issuer),
            ("iss", json!(""), Issuer),
            ("iss", Value::Null, Unreadable),
            ("aud", json!("another"), Audience),
            ("aud", json!([]), Audience),
            ("aud", json!(["another"]), Audience),
            ("aud", json!(["cpis-check", "another"]), Audience),
            ("aud", Value::Null, Unreadable),
            ("azp", json!("another"), Audience),
            ("sub", Value::Null, Unreadable),
            ("sub", json!(910_000_000_001_u64), Unreadable),
            ("exp", json!(NOW - 61), Time),
            ("exp", json!("tomorrow"), Unreadable),
            ("exp", Value::Null, Unreadable),
            ("iat", json!(NOW + 61), Time),
            ("iat", json!(NOW - 400), Time),
            ("iat", Value::Null, Unreadable),
            ("nbf", json!(NOW + 61), Time),
            ("nonce", json!("another"), Nonce),
            ("nonce", Value::Null, Nonce),
            ("at_hash", json!("another"), AccessToken),
            ("authentication_assurance_level", json!(1), Assurance),
            ("authentication_assurance_level", json!("1"), Assurance),
            ("authentication_assurance_level", json!("high"), Assurance),
            ("authentication_assurance_level", json!(true), Assurance),
            ("authentication_assurance_level", json!(-3), Assurance),
        ];
        for (claim, value, error) in forgeries {
            let got = with(|claims| {
                if value.is_null() {
                    claims.as_object_mut().unwrap().remove(claim);
                } else {
                    claims[claim] = value.clone();
                }
            });
            assert_eq!(got, Err(error), "{claim}: {value}");
        }
    }

    #[test]
    fn the_named_class_is_the_level_when_no_number_is_there() {
        for (acr, level) in [
            ("AAL3_ANY", 3),
            ("AAL2_OR_AAL3_ANY", 2),
            ("AAL1_USERPASS", 1),
            ("urn:mace:incommon:iap:silver", 0),
            ("AAL", 0),
            ("", 0),
        ] {
            let got = with(|claims| {
                claims["acr"] = json!(acr);
                claims
                    .as_object_mut()
                    .unwrap()
                    .remove("authentication_assurance_level");
            });
            assert_eq!(got.is_ok(), level >= 2, "{acr}");
        }
    }

    #[test]
    fn forged_signatures_and_headers_are_refused() {
        use IdentityTokenError::{Algorithm as Alg, Signature, UnknownKey};
        let good = signed(&claims());
        let parts: Vec<&str> = good.split('.').collect();
        let encode_json = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let none = encode_json(&json!({ "alg": "none", "typ": "JWT" }));
        for token in [
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            good.replacen(parts[0], "", 1),
            String::new(),
            "..".to_owned(),
        ] {
            assert_eq!(refused(&token), Alg, "{token}");
        }
        // Signed with the public key as if it were a shared secret (RFC 8725 section 2.1).
        let public = serde_json::to_vec(&KEYS.public.keys[0]).unwrap();
        let shared = EncodingKey::from_secret(&public);
        let token = encode(&header(Algorithm::HS256, "rsa"), &claims(), &shared).unwrap();
        assert_eq!(refused(&token), Alg);
        // Another service's key under the same name, and the same service's other key.
        let token = encode(&header(Algorithm::RS256, "rsa"), &claims(), &OTHERS.rsa).unwrap();
        assert_eq!(refused(&token), Signature);
        let token = encode(&header(Algorithm::ES256, "rsa"), &claims(), &KEYS.ec).unwrap();
        assert_eq!(refused(&token), UnknownKey);
        let token = encode(&header(Algorithm::RS256, "gone"), &claims(), &KEYS.rsa).unwrap();
        assert_eq!(refused(&token), UnknownKey);
        let mut other = claims();
        other["sub"] = json!("910000000002");
        let payload = encode_json(&other);
        let token = format!("{}.{payload}.{}", parts[0], parts[2]);
        assert_eq!(refused(&token), Signature);
        let token = format!("{}.{}.", parts[0], parts[1]);
        assert_eq!(refused(&token), Signature);
    }

    #[test]
    fn a_demand_that_is_not_understood_is_refused() {
        let mut header = header(Algorithm::ES256, "ec");
        header.crit = Some(vec!["exp".to_owned()]);
        let token = encode(&header, &claims(), &KEYS.ec).unwrap();
        assert_eq!(refused(&token), IdentityTokenError::Unreadable);
    }

    #[test]
    fn a_key_for_another_use_verifies_nothing() {
        let mut keys = KEYS.public.clone();
        keys.keys[0].common.public_key_use = Some(PublicKeyUse::Encryption);
        let got = verify(&signed(&claims()), &keys, &expected());
        assert_eq!(got, Err(IdentityTokenError::UnknownKey));
        let mut keys = KEYS.public.clone();
        keys.keys[0].common.key_algorithm = Some(jsonwebtoken::jwk::KeyAlgorithm::PS256);
        let got = verify(&signed(&claims()), &keys, &expected());
        assert_eq!(got, Err(IdentityTokenError::UnknownKey));
    }
}
