//! Keys of programs, and the proofs of possession and forgeries that are made with them.

use crate::bench::{ASSERTION_TYPE, Bench, CLIENT, JWT_BEARER, SignedIn, Who};
use crate::keys::{WorkstationKey, card};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA512, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cpis_training::Clock;
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A key that a program proves.
pub(crate) enum ProofKey {
    Ec(EcdsaKeyPair),
    Rsa(RsaKeyPair, &'static str),
}

impl ProofKey {
    pub(crate) fn ec() -> Self {
        Self::Ec(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    /// `alg` is RS256 or RS512.
    pub(crate) fn rsa(alg: &'static str) -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap(), alg)
    }

    pub(crate) fn alg(&self) -> &'static str {
        match self {
            Self::Ec(_) => "ES256",
            Self::Rsa(_, alg) => alg,
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        match self {
            Self::Ec(pair) => {
                // 4, then the two coordinates.
                let point = pair.public_key().as_ref();
                json!({
                    "kty": "EC",
                    "crv": "P-256",
                    "x": encoded(&point[1..33]),
                    "y": encoded(&point[33..]),
                })
            }
            Self::Rsa(pair, _) => json!({
                "kty": "RSA",
                "n": encoded(pair.public_key().modulus().big_endian_without_leading_zero()),
                "e": encoded(pair.public_key().exponent().big_endian_without_leading_zero()),
            }),
        }
    }

    /// RFC 7638, written out here so that it is not the backend's own arithmetic that is compared.
    pub(crate) fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let text = match self {
            Self::Ec(_) => format!(
                r#"{{"crv":"P-256","kty":"EC","x":{},"y":{}}}"#,
                jwk["x"], jwk["y"]
            ),
            Self::Rsa(..) => format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, jwk["e"], jwk["n"]),
        };
        encoded(&Sha256::digest(text))
    }

    pub(crate) fn header(&self) -> Value {
        json!({ "typ": "dpop+jwt", "alg": self.alg(), "jwk": self.jwk() })
    }

    /// Signs as the header's `alg` says; with `none` not at all, with HMAC under the public key.
    pub(crate) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(header, &header.to_string(), &claims.to_string())
    }

    /// Signs texts, which may say what JSON values cannot, as `header` says.
    pub(crate) fn sign_text(&self, header: &Value, head: &str, claims: &str) -> String {
        let message = format!(
            "{}.{}",
            encoded(head.as_bytes()),
            encoded(claims.as_bytes())
        );
        let random = SystemRandom::new();
        let signature = match (self, header["alg"].as_str().unwrap_or_default()) {
            (_, "none") => Vec::new(),
            (_, "HS256") => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, header["jwk"].to_string().as_bytes());
                hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
            }
            (Self::Ec(pair), _) => {
                let signature = pair.sign(&random, message.as_bytes()).unwrap();
                signature.as_ref().to_vec()
            }
            (Self::Rsa(pair, _), alg) => {
                let padding = match alg {
                    "RS256" => &RSA_PKCS1_SHA256,
                    _ => &RSA_PKCS1_SHA512,
                };
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message.as_bytes(), &mut signature)
                    .unwrap();
                signature
            }
        };
        format!("{message}.{}", encoded(&signature))
    }

    /// The proof for a request.
    pub(crate) fn proof(&self, claims: &Value) -> String {
        self.sign(&self.header(), claims)
    }
}

pub(crate) fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// `ath` of an access token.
pub(crate) fn hash_of(token: &str) -> String {
    encoded(&hash_bytes(token))
}

pub(crate) fn hash_bytes(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

impl Bench {
    /// What a proof for a request to the token endpoint says.
    pub(crate) fn token_claims(&self) -> Value {
        json!({
            "htm": "POST",
            "htu": self.token_endpoint(),
            "iat": self.clock.now().timestamp(),
            "jti": Uuid::new_v4(),
        })
    }

    /// What a proof for a GET with an access token says. `path` may have a query.
    pub(crate) fn call_claims(&self, path: &str, token: &str) -> Value {
        json!({
            "htm": "GET",
            "htu": format!("{}{}", self.base, path.split('?').next().unwrap()),
            "iat": self.clock.now().timestamp(),
            "jti": Uuid::new_v4(),
            "ath": hash_of(token),
        })
    }

    /// A request for tokens, with proofs in as many headers.
    pub(crate) async fn ask_with(
        &self,
        form: &[(&str, &str)],
        proofs: &[&str],
    ) -> reqwest::Response {
        let request = self.client.post(self.token_endpoint()).form(form);
        let request = proofs
            .iter()
            .fold(request, |r, proof| r.header("DPoP", *proof));
        request.send().await.unwrap()
    }

    pub(crate) async fn token_with(
        &self,
        form: &[(&str, &str)],
        proof: &str,
    ) -> (StatusCode, Value) {
        let response = self.ask_with(form, &[proof]).await;
        (response.status(), response.json().await.unwrap())
    }

    /// Signs in with a card and a proof of a key.
    pub(crate) async fn sign_in_with(&self, who: Who, key: &ProofKey) -> SignedIn {
        let assertion = card(who.card).assertion(&self.token_endpoint(), self.clock.now());
        let (status, tokens) = self
            .token_with(&card_form(&assertion), &key.proof(&self.token_claims()))
            .await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        assert_eq!(tokens["token_type"], "DPoP");
        let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
        SignedIn {
            access: text("access_token"),
            refresh: text("refresh_token"),
            role: who.role,
        }
    }

    /// A call with a token of the scheme DPoP, and the headers that every call has.
    pub(crate) fn get_with(&self, user: &SignedIn, path: &str, proof: &str) -> RequestBuilder {
        self.client
            .get(format!("{}{path}", self.base))
            .header("Authorization", format!("DPoP {}", user.access))
            .header("DPoP", proof)
            .header("X-Request-ID", Uuid::new_v4().to_string())
            .header("NHSD-Session-URID", user.role)
            .header("TraceID", Uuid::now_v7().to_string())
    }

    /// A call with the right proof.
    pub(crate) fn proven(&self, user: &SignedIn, path: &str, key: &ProofKey) -> RequestBuilder {
        let proof = key.proof(&self.call_claims(path, &user.access));
        self.get_with(user, path, &proof)
    }

    /// Enrols a workstation and fetches a token for it with a proof.
    pub(crate) async fn workstation_with(&self, key: &ProofKey) -> Value {
        let own = WorkstationKey::generate();
        let client_id = self.enrol(&own).await;
        let assertion = own.assertion(&client_id, &self.token_endpoint(), self.clock.now());
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
        ];
        let (status, answer) = self
            .token_with(&form, &key.proof(&self.token_claims()))
            .await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer
    }
}

pub(crate) fn card_form(assertion: &str) -> [(&'static str, &str); 3] {
    [
        ("grant_type", JWT_BEARER),
        ("client_id", CLIENT),
        ("assertion", assertion),
    ]
}
