//! Secrets that only these tests use. They are in the open, so they protect nothing.

use crate::NOW;
use cpis_vault::{
    AuditKeys, Keychain, Passcode, RunKeychain, SealingKey, Workstation, WorkstationState,
};
use jsonwebtoken::EncodingKey;
use p256::SecretKey;
use p256::pkcs8::EncodePrivateKey;
use std::path::Path;
use std::sync::LazyLock;

/// The passcode of the virtual card and of the sealed session.
pub const PASSCODE: &str = "123456";

/// When the session in the seeds ends, in seconds since 1970.
pub const SESSION_ENDS: i64 = NOW + 8 * 3600;

/// What the sealed value in the seeds belongs to.
pub const ASSOCIATED: &[u8] = b"row 7 version 1";

/// The service's P-256 key.
pub static SERVICE: LazyLock<EncodingKey> = LazyLock::new(|| signing_key(&secret_key(7)));

/// Somebody else's P-256 key.
pub static STRANGER: LazyLock<EncodingKey> = LazyLock::new(|| signing_key(&secret_key(8)));

/// The key that seals rows.
pub static ROWS: LazyLock<SealingKey> = LazyLock::new(|| {
    let keys = AuditKeys::read(&keychain()).expect("the keychain holds the secret");
    keys.rows
});

/// The workstation whose session is in the seeds. Its private key is made anew each time: nothing
/// that is read here depends on it.
pub static WORKSTATION: LazyLock<Workstation> = LazyLock::new(|| {
    let folder = Path::new("no such folder");
    let opened = Workstation::open(&keychain(), folder, WorkstationState::InUse);
    opened.expect("the keychain holds the secret").workstation
});

/// The passcode.
///
/// # Panics
/// Never: six digits are a passcode.
#[must_use]
pub fn passcode() -> Passcode {
    Passcode::new(PASSCODE).expect("six digits are a passcode")
}

/// The service's P-256 key, for its public half.
#[must_use]
pub fn service_secret() -> SecretKey {
    secret_key(7)
}

fn secret_key(byte: u8) -> SecretKey {
    SecretKey::from_slice(&[byte; 32]).expect("a small number is a secret key")
}

fn signing_key(key: &SecretKey) -> EncodingKey {
    let pkcs8 = key.to_pkcs8_der().expect("a key has a PKCS#8 form");
    EncodingKey::from_ec_der(pkcs8.as_bytes())
}

fn keychain() -> RunKeychain {
    let keychain = RunKeychain::default();
    keychain
        .write("workstation-secret", &[7; 32])
        .expect("memory takes a secret");
    keychain
}
