//! JSON Web Tokens that this computer and its cards sign (RFC 7515, 7519, 7521, 7523).
//!
//! Only the assembly is here; a card or the workstation's key signs.

use crate::dpop;
use crate::service::ServiceFault;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, FixedOffset};
use cpis_vault::{OpenCard, RsaPublicKey, WorkstationKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::{Position, Url};
use uuid::Uuid;

/// Assertions live this long; the service permits five minutes.
const LIFE_SECONDS: i64 = 120;

/// What every assertion says.
pub(crate) struct Claims<'a> {
    pub issuer: &'a str,
    pub audience: &'a str,
    pub id: Uuid,
    pub now: DateTime<FixedOffset>,
}

impl Claims<'_> {
    fn json(&self) -> Value {
        let now = self.now.timestamp();
        json!({
            "iss": self.issuer,
            "sub": self.issuer,
            "aud": self.audience,
            "jti": self.id.to_string(),
            "iat": now,
            "exp": now + LIFE_SECONDS,
        })
    }
}

/// An assertion signed by a card, with its certificate chain in `x5c`.
pub(crate) fn card_assertion(card: &OpenCard, claims: &Claims<'_>) -> Result<String, ServiceFault> {
    let chain: Vec<String> = card
        .chain()
        .iter()
        .map(|der| STANDARD.encode(der))
        .collect();
    let header = json!({ "alg": card.algorithm().name(), "typ": "JWT", "x5c": chain });
    signed(&header, &claims.json(), |input| card.sign(input))
}

/// An assertion signed by the workstation's key.
pub(crate) fn workstation_assertion(
    key: &WorkstationKey,
    claims: &Claims<'_>,
) -> Result<String, ServiceFault> {
    let header = json!({ "alg": "RS512", "typ": "JWT", "kid": thumbprint(&key.public_key()) });
    signed(&header, &claims.json(), |input| key.sign(input))
}

/// What a proof of possession says of a call (RFC 9449 section 4.2).
pub(crate) struct Proof<'a> {
    pub method: &'a str,
    pub address: &'a Url,
    /// The access token that the call carries, if it carries one.
    pub token: Option<&'a str>,
    /// The nonce that the service asked for.
    pub nonce: Option<&'a str>,
    pub id: Uuid,
    pub now: DateTime<FixedOffset>,
}

/// A proof that this computer holds the key to which tokens are bound.
pub(crate) fn proof(key: &WorkstationKey, proof: &Proof<'_>) -> Result<String, ServiceFault> {
    let header = json!({
        "typ": "dpop+jwt",
        "alg": dpop::ALGORITHM,
        "jwk": required_members(&key.public_key()),
    });
    let mut claims = json!({
        "jti": proof.id.to_string(),
        "htm": proof.method,
        "htu": &proof.address[..Position::AfterPath],
        "iat": proof.now.timestamp(),
    });
    if let Some(token) = proof.token {
        claims["ath"] = json!(URL_SAFE_NO_PAD.encode(Sha256::digest(token)));
    }
    if let Some(nonce) = proof.nonce {
        claims["nonce"] = json!(nonce);
    }
    signed(&header, &claims, |input| key.sign(input))
}

/// The workstation's public key as a JSON Web Key Set (RFC 7517 section 5).
pub(crate) fn key_set(key: &RsaPublicKey) -> Value {
    json!({ "keys": [jwk(key)] })
}

/// The workstation's public key as a JSON Web Key (RFC 7517 section 4). Nothing in it is secret.
pub(crate) fn jwk(key: &RsaPublicKey) -> Value {
    let mut jwk = required_members(key);
    jwk["kid"] = json!(thumbprint(key));
    jwk["use"] = json!("sig");
    jwk["alg"] = json!("RS512");
    jwk
}

/// The key's thumbprint (RFC 7638): SHA-256 over its required members in lexical order.
pub(crate) fn thumbprint(key: &RsaPublicKey) -> String {
    let members = required_members(key);
    let text = format!(
        r#"{{"e":{},"kty":{},"n":{}}}"#,
        members["e"], members["kty"], members["n"]
    );
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

fn required_members(key: &RsaPublicKey) -> Value {
    json!({
        "kty": "RSA",
        "n": URL_SAFE_NO_PAD.encode(&key.modulus),
        "e": URL_SAFE_NO_PAD.encode(&key.exponent),
    })
}

fn signed(
    header: &Value,
    claims: &Value,
    sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Result<String, ServiceFault> {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = sign(input.as_bytes()).ok_or(ServiceFault::CannotSign)?;
    Ok(format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprint_of_the_standards_example() {
        // RFC 7638 section 3.1.
        let modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxu\
                       hDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN\
                       5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5\
                       hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBni\
                       Iqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = RsaPublicKey {
            modulus: URL_SAFE_NO_PAD.decode(modulus).unwrap(),
            exponent: URL_SAFE_NO_PAD.decode("AQAB").unwrap(),
        };
        assert_eq!(
            thumbprint(&key),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }
}
