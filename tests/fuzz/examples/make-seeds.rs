//! Makes the seeds that need a key, a passcode or a signature. They are in the tree as they once were made, and
//! need not be made again; all of them belong together.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cpis_fuzz::NOW;
use cpis_fuzz::secrets::{
    ASSOCIATED, PASSCODE, ROWS, SERVICE, SESSION_ENDS, WORKSTATION, passcode, service_secret,
};
use cpis_vault::{SessionFile, SessionKey};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use p256::elliptic_curve::sec1::ToSec1Point;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;

type Made = Result<(), Box<dyn Error>>;

fn main() -> Made {
    identity()?;
    sealed()?;
    session()?;
    card()?;
    certificates()
}

fn write(path: &str, bytes: &[u8]) -> Made {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seeds")
        .join(path);
    Ok(std::fs::write(path, bytes)?)
}

fn identity() -> Made {
    let rsa = KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048)?;
    let rsa = EncodingKey::from_rsa_pem(rsa.serialize_pem().as_bytes())?;
    let mut public = jsonwebtoken::jwk::Jwk::from_encoding_key(&rsa, Algorithm::RS256)?;
    public.common.key_id = Some("rsa".to_owned());
    let public = serde_json::to_value(public)?;
    let point = service_secret().public_key().to_sec1_point(false);
    let coordinate = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let ec = json!({
        "kty": "EC", "crv": "P-256", "kid": "ec", "alg": "ES256", "use": "sig",
        "x": coordinate(point.x().ok_or("no point")?),
        "y": coordinate(point.y().ok_or("no point")?),
    });
    let keys = json!({ "keys": [public, ec] });
    write("key_set/whole.json", keys.to_string().as_bytes())?;
    // A kind of key that nobody knows yet (RFC 7517 section 5).
    let unknown = json!({ "kty": "AKP", "kid": "new", "alg": "ML-DSA-65", "pub": "AAAA" });
    let keys = json!({ "keys": [unknown, public, ec] });
    write("key_set/unknown-kind.json", keys.to_string().as_bytes())?;
    let token = |algorithm, kid: &str, key: &EncodingKey| {
        let mut header = Header::new(algorithm);
        header.kid = Some(kid.to_owned());
        encode(&header, &claims(), key).map(|token| format!("token\n{token}"))
    };
    let rs256 = token(Algorithm::RS256, "rsa", &rsa)?;
    write("identity_token/rs256", rs256.as_bytes())?;
    let es256 = token(Algorithm::ES256, "ec", &SERVICE)?;
    write("identity_token/es256", es256.as_bytes())
}

fn claims() -> Value {
    json!({
        "iss": "https://lookup.example",
        "aud": "cpis-check",
        "sub": "910000000001",
        "iat": NOW,
        "exp": NOW + 300,
        "nonce": "n-0S6_WzA2Mj",
        "acr": "AAL3_ANY",
        "authentication_assurance_level": 3,
    })
}

fn sealed() -> Made {
    let mut bytes = vec![u8::try_from(ASSOCIATED.len())?];
    bytes.extend_from_slice(ASSOCIATED);
    bytes.extend_from_slice(&ROWS.seal(ASSOCIATED, b"plain")?);
    write("sealed_value/whole", &bytes)
}

fn session() -> Made {
    let key = SessionKey::new(&passcode(), &WORKSTATION.passcode_pepper())?;
    let session = key.seal(b"tokens")?;
    let folder = tempfile::tempdir()?;
    let file = SessionFile::new(folder.path(), &WORKSTATION);
    file.keep(&session, SESSION_ENDS, NOW)?;
    let bytes = std::fs::read(folder.path().join("session.sealed"))?;
    write("session_file/whole", &bytes)?;
    // Between the head of the file and its authentication.
    let inside = &bytes[42..bytes.len() - 32];
    write("sealed_session/whole", inside)?;
    let with = |at: usize, number: u32| {
        let mut bytes = inside.to_vec();
        bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    write("sealed_session/too-much-memory", &with(0, u32::MAX))?;
    write("sealed_session/too-little-memory", &with(0, 8))?;
    write("sealed_session/too-many-passes", &with(4, u32::MAX))?;
    write("sealed_session/too-many-lanes", &with(8, 1 << 24))?;
    write("sealed_session/no-lanes", &with(8, 0))
}

fn card() -> Made {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256)?;
    let certificate = named("Dr Example")?.self_signed(&key)?;
    let chain = PrivateKeyChain::new(
        b"1".to_vec(),
        PrivateKey::from_der(&key.serialize_der())?,
        [Certificate::from_der(certificate.der())?],
    );
    let mut store = KeyStore::new();
    store.add_entry("card", KeyStoreEntry::PrivateKeyChain(chain));
    // A derivation that costs nothing, so that many changes can be read in a second.
    let writer = store
        .writer(PASSCODE)
        .encryption_iterations(1)
        .mac_iterations(1);
    write("virtual_card/whole", &writer.write()?)
}

fn certificates() -> Made {
    let mut params = named("Root")?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    let root = params.self_signed(&key)?;
    write("certificate/issuer", root.der())?;
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate()?;
    let own = named("Dr Example")?.signed_by(&own, &issuer)?;
    write("certificate/own", own.der())
}

fn named(name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2020, 1, 1);
    params.not_after = rcgen::date_time_ymd(2050, 1, 1);
    Ok(params)
}
