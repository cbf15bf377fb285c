//! The certified provider: a program of Node.js on loopback, set up by lines on its standard input.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/oidc-provider");

/// How the provider is set up (`tests/oidc-provider/provider.mjs`).
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Setting {
    pub issuer: String,
    /// Its clock, in seconds since 1970.
    pub now: i64,
    pub keys: Vec<Key>,
    /// With which algorithm it signs identity tokens.
    pub id_token_algorithm: &'static str,
    /// Whether and how it binds tokens.
    pub dpop: Option<Dpop>,
    /// Whether each renewal gives a new refresh token.
    pub rotation: bool,
    /// Whether it gives refresh tokens at all.
    pub refresh_tokens: bool,
    /// What it says of how surely the person signed in.
    pub acr: Option<&'static str>,
    pub enrolment_code: &'static str,
}

#[derive(Clone, Serialize)]
pub struct Dpop {
    pub algorithms: Vec<&'static str>,
    /// Whether it asks for its own nonce in each proof.
    pub nonce: bool,
}

/// A private key of the provider.
#[derive(Clone, Serialize)]
pub struct Key {
    pub kid: &'static str,
    pub alg: &'static str,
    pem: String,
}

impl Key {
    pub fn rsa(kid: &'static str) -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        Self::of(kid, "RS256", &pair)
    }

    pub fn elliptic(kid: &'static str) -> Self {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        Self::of(kid, "ES256", &pair)
    }

    fn of(kid: &'static str, alg: &'static str, pair: &KeyPair) -> Self {
        Self {
            kid,
            alg,
            pem: pair.serialize_pem(),
        }
    }

    /// A token of this key under its own name, as the provider would sign it.
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_as(self.kid, claims)
    }

    /// A token of this key under any name.
    pub fn sign_as(&self, kid: &str, claims: &Value) -> String {
        let (algorithm, key) = self.signing();
        let mut header = Header::new(algorithm);
        header.kid = Some(kid.to_owned());
        encode(&header, claims, &key).unwrap()
    }

    /// A token of this key under another's name, with this key in its header.
    pub fn sign_and_bring(&self, kid: &str, claims: &Value) -> String {
        let (algorithm, key) = self.signing();
        let mut header = Header::new(algorithm);
        header.kid = Some(kid.to_owned());
        header.jwk = Some(self.public_jwk());
        encode(&header, claims, &key).unwrap()
    }

    /// The half that everybody may know, in PEM.
    pub fn public_pem(&self) -> String {
        KeyPair::from_pem(&self.pem).unwrap().public_key_pem()
    }

    /// The half that everybody may know, as a JSON Web Key (RFC 7517).
    pub fn public_jwk(&self) -> Jwk {
        let (algorithm, key) = self.signing();
        Jwk::from_encoding_key(&key, algorithm).unwrap()
    }

    fn signing(&self) -> (Algorithm, EncodingKey) {
        let (algorithm, key) = match self.alg {
            "RS256" => (
                Algorithm::RS256,
                EncodingKey::from_rsa_pem(self.pem.as_bytes()),
            ),
            _ => (
                Algorithm::ES256,
                EncodingKey::from_ec_pem(self.pem.as_bytes()),
            ),
        };
        (algorithm, key.unwrap())
    }
}

impl Setting {
    pub fn new(issuer: String, now: i64) -> Self {
        Self {
            issuer,
            now,
            keys: vec![Key::rsa("rsa-1"), Key::elliptic("elliptic-1")],
            id_token_algorithm: "RS256",
            dpop: None,
            rotation: true,
            refresh_tokens: true,
            acr: Some("AAL3_ANY"),
            enrolment_code: "an-enrolment-code",
        }
    }
}

/// The running provider; it ends with this.
pub struct Provider {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    port: u16,
}

#[derive(Deserialize)]
struct Answer {
    port: u16,
}

impl Provider {
    pub fn start(setting: &Setting) -> Self {
        let package = Path::new(FOLDER).join("node_modules/oidc-provider");
        assert!(
            package.is_dir(),
            "The certified provider is not installed. Run `npm ci` in tests/oidc-provider; \
             `cargo xtask test` does it by itself."
        );
        let mut child = Command::new("node")
            .arg("provider.mjs")
            .current_dir(FOLDER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Node.js runs the certified provider and must be on the PATH");
        let commands = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        let mut provider = Self {
            child,
            commands,
            answers,
            port: 0,
        };
        provider.set(setting);
        provider
    }

    /// Sets it up anew; sessions, grants and tokens stay. When this returns, the setting holds.
    pub fn set(&mut self, setting: &Setting) {
        let line = serde_json::to_string(setting).unwrap();
        writeln!(self.commands, "{line}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        let answer: Answer = serde_json::from_str(&answer)
            .unwrap_or_else(|_| panic!("the certified provider has stopped: {answer}"));
        self.port = answer.port;
    }

    /// Somebody else asks for a renewal with a token of the program, past the wire; the answer.
    pub async fn steal(&self, refresh_token: &str) -> Value {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", "cpis-check"),
        ];
        let address = format!("http://{}/token", self.address());
        let call = reqwest::Client::new().post(address).form(&form);
        call.send().await.unwrap().json().await.unwrap()
    }

    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
