//! Identity tokens, and the keys that the service publishes for them.

use crate::secrets::{SERVICE, STRANGER};
use crate::{NOW, json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cpis_client::untrusted::{self, Answer, Assurance, Expected, IdentityTokenError};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::Value;
use sha2::{Digest, Sha256};

const ISSUER: &str = "https://lookup.example";
const CLIENT: &str = "cpis-check";
const NONCE: &str = "n-0S6_WzA2Mj";
const ACCESS_TOKEN: &str = "access";
const LEEWAY: i64 = 60;
const OLDEST: i64 = 300;

/// What the service publishes: an RSA key, whose private half is forgotten, and [`SERVICE`].
const KEY_SET: &[u8] = include_bytes!("../seeds/key_set/whole.json");
/// Tokens that the service signed, after the line that says what kind of input they are.
const SIGNED: [&str; 2] = [
    include_str!("../seeds/identity_token/rs256"),
    include_str!("../seeds/identity_token/es256"),
];

/// A token is believed only if the service signed these very bytes and everything in them is in
/// order. The first line of the input says how the rest becomes a token:
///
/// - `token`: it is one;
/// - `service`, `stranger`: header and claims on a line each, signed by this one's key;
/// - `shared`: the same, signed with the published keys as if they were a shared secret;
/// - `unsigned`: the same, without a signature.
pub fn identity_token(input: &[u8]) -> bool {
    let Ok(input) = std::str::from_utf8(input) else {
        return false;
    };
    let (kind, rest) = lines(input);
    let (header, claims) = lines(rest);
    let token = match kind {
        "service" => signed(header, claims, &SERVICE, Algorithm::ES256),
        "stranger" => signed(header, claims, &STRANGER, Algorithm::ES256),
        "shared" => {
            let secret = EncodingKey::from_secret(KEY_SET);
            signed(header, claims, &secret, Algorithm::HS256)
        }
        "unsigned" => format!("{}.", signing_input(header, claims)),
        _ => rest.to_owned(),
    };
    let is_believed = believed(KEY_SET, &token).is_ok();
    if is_believed {
        match kind {
            "service" => in_order(header, claims),
            "stranger" => panic!("a stranger's signature was believed"),
            "shared" => panic!("a public key was taken for a shared secret"),
            "unsigned" => panic!("a token without a signature was believed"),
            _ => {
                let is_ours = SIGNED
                    .iter()
                    .any(|known| input_of(lines(known).1) == input_of(rest));
                assert!(is_ours, "the service never signed this");
            }
        }
    }
    is_believed
}

/// With whatever keys the service is said to publish, its tokens are believed only if its own key is
/// among them.
pub fn key_set(input: &[u8]) -> bool {
    let mut accepted = false;
    for known in SIGNED {
        let is_believed = believed(input, lines(known).1).is_ok();
        accepted |= is_believed;
        if is_believed {
            let (Some(ours), Some(given)) = (json(KEY_SET), json(input)) else {
                continue;
            };
            let keys = |set: &Value| set["keys"].as_array().cloned().unwrap_or_default();
            let own = keys(&ours);
            assert!(
                keys(&given)
                    .iter()
                    .any(|key| own.iter().any(|own| same(key, own))),
                "a token was believed without the key that signed it"
            );
        }
    }
    accepted
}

fn believed(keys: &[u8], token: &str) -> Result<String, IdentityTokenError> {
    let keys = Answer {
        status: 200,
        body: keys,
    };
    let expected = Expected {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce: NONCE,
        access_token: ACCESS_TOKEN,
        now: NOW,
        least: Assurance(2),
    };
    untrusted::identity_token(&keys, token, &expected)
}

/// Panics unless the claims are in order: said again, without the program's own words.
fn in_order(header: &str, claims: &str) {
    let (Some(header), Some(claims)) = (json(header.as_bytes()), json(claims.as_bytes())) else {
        return;
    };
    assert_eq!(header["alg"], "ES256", "another algorithm than the key's");
    assert!(
        header.get("crit").is_none_or(Value::is_null),
        "a demand that nobody understands"
    );
    assert_eq!(claims["iss"], ISSUER, "another service");
    let to = &claims["aud"];
    let several = to.as_array();
    assert!(
        *to == CLIENT || several.is_some_and(|all| all.iter().any(|one| *one == CLIENT)),
        "for another program"
    );
    if several.is_some_and(|all| all.len() > 1) {
        assert_eq!(claims["azp"], CLIENT, "for several, and no word for whom");
    }
    let time = |name: &str| claims[name].as_i64();
    let (ends, made) = (time("exp"), time("iat"));
    assert!(ends.is_some_and(|ends| ends > NOW - LEEWAY), "expired");
    assert!(
        made.is_some_and(|made| made <= NOW + LEEWAY),
        "made in the future"
    );
    assert!(
        made.is_some_and(|made| made >= NOW - OLDEST - LEEWAY),
        "too old"
    );
    assert!(
        time("nbf").is_none_or(|begins| begins <= NOW + LEEWAY),
        "not yet valid"
    );
    assert_eq!(claims["nonce"], NONCE, "of another sign-in");
    let hash = URL_SAFE_NO_PAD.encode(&Sha256::digest(ACCESS_TOKEN)[..16]);
    let named = &claims["at_hash"];
    assert!(named.is_null() || *named == hash, "of another access token");
    assert!(claims["sub"].is_string(), "about nobody");
    assert!(is_sure(&claims), "not sure enough");
}

fn is_sure(claims: &Value) -> bool {
    match &claims["authentication_assurance_level"] {
        Value::Null => {
            let named = claims["acr"].as_str().unwrap_or_default();
            let mut levels = named.split("AAL").skip(1).peekable();
            levels.peek().is_some()
                && levels.all(|level| ('2'..='9').any(|digit| level.starts_with(digit)))
        }
        Value::String(level) => level.trim().parse().is_ok_and(|level: u8| level >= 2),
        level => level.as_u64().is_some_and(|level| level >= 2),
    }
}

/// The first line, and the rest.
fn lines(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or((text, ""))
}

fn signing_input(header: &str, claims: &str) -> String {
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}", encode(header), encode(claims))
}

fn signed(header: &str, claims: &str, key: &EncodingKey, algorithm: Algorithm) -> String {
    let input = signing_input(header, claims);
    let signature = crypto::sign(input.as_bytes(), key, algorithm);
    format!(
        "{input}.{}",
        signature.expect("the key is of this algorithm")
    )
}

/// What a token's signature stands for: all before its last part.
fn input_of(token: &str) -> &str {
    token.rsplit_once('.').map_or("", |(input, _)| input)
}

/// Whether two keys are the same number, or the same point.
fn same(a: &Value, b: &Value) -> bool {
    let number = |key: &Value, name: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(key[name].as_str()?).ok()?;
        let start = bytes.iter().position(|byte| *byte != 0)?;
        Some(bytes[start..].to_vec())
    };
    let both = |name: &str| number(a, name).is_some_and(|n| Some(n) == number(b, name));
    both("n") && both("e") || both("x") && both("y")
}
