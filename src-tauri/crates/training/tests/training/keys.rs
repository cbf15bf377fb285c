//! Keys of cards and workstations, and what they sign.

use crate::bench::{CLIENT, beginning};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA512, RsaKeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, FixedOffset};
use cpis_training::{CardDescription, cards, write_cards};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use p12_keystore::{KeyStore, Pkcs12ImportPolicy};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::LazyLock;
use uuid::Uuid;

/// A card's key and certificates, without going through its file each time.
pub(crate) struct TestCard {
    pub(crate) key: Vec<u8>,
    pub(crate) chain: Vec<String>,
}

impl TestCard {
    pub(crate) fn assertion(&self, audience: &str, now: DateTime<FixedOffset>) -> String {
        self.sign(&claims(audience, now))
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.x5c = Some(self.chain.clone());
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_ec_der(&self.key)).unwrap()
    }
}

/// What an assertion of a card says, as the client writes it.
pub(crate) fn claims(audience: &str, now: DateTime<FixedOffset>) -> Value {
    json!({
        "iss": CLIENT,
        "sub": CLIENT,
        "aud": audience,
        "jti": Uuid::new_v4(),
        "iat": now.timestamp(),
        "exp": now.timestamp() + 120,
    })
}

/// The cards of seed 1, opened once.
static CARDS: LazyLock<Vec<(String, TestCard)>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    write_cards(folder.path(), 1, beginning()).unwrap();
    let open = |card: CardDescription| {
        let name = card.file_name.trim_end_matches(".p12").to_owned();
        (
            name,
            open_file(&folder.path().join(&card.file_name), &card.passcode),
        )
    };
    cards(1).into_iter().map(open).collect()
});

pub(crate) fn open_file(file: &Path, passcode: &str) -> TestCard {
    let bytes = std::fs::read(file).unwrap();
    let store = KeyStore::from_pkcs12(&bytes, passcode, Pkcs12ImportPolicy::Strict).unwrap();
    let (_, chain) = store.private_key_chain().unwrap();
    TestCard {
        key: chain.key().as_der().to_vec(),
        chain: chain
            .certs()
            .iter()
            .map(|c| STANDARD.encode(c.as_der()))
            .collect(),
    }
}

pub(crate) fn card(name: &str) -> &'static TestCard {
    &CARDS.iter().find(|(n, _)| n == name).unwrap().1
}

/// The RSA key of a workstation.
pub(crate) struct WorkstationKey(RsaKeyPair);

impl WorkstationKey {
    pub(crate) fn generate() -> Self {
        Self(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
    }

    fn jwk(&self) -> Value {
        let public = self.0.public_key();
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        json!({
            "kty": "RSA",
            "n": encode(public.modulus().big_endian_without_leading_zero()),
            "e": encode(public.exponent().big_endian_without_leading_zero()),
        })
    }

    pub(crate) fn metadata(&self) -> Value {
        json!({
            "client_name": "Room 3",
            "grant_types": ["client_credentials"],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": { "keys": [self.jwk()] },
        })
    }

    /// RFC 7638, written out here so that it is not the backend's own arithmetic that is compared.
    pub(crate) fn thumbprint(&self) -> String {
        use sha2::Digest;
        let jwk = self.jwk();
        let text = format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, jwk["e"], jwk["n"]);
        URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(text))
    }

    pub(crate) fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: DateTime<FixedOffset>,
    ) -> String {
        self.sign(
            &self.header(),
            &workstation_claims(client_id, audience, now),
        )
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "alg": "RS512", "typ": "JWT", "kid": self.thumbprint() })
    }

    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let message = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA512,
                &SystemRandom::new(),
                message.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(crate) fn workstation_claims(
    client_id: &str,
    audience: &str,
    now: DateTime<FixedOffset>,
) -> Value {
    json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": Uuid::new_v4(),
        "exp": now.timestamp() + 120,
    })
}
