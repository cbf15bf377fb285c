//! Forgeries of identity tokens that the certified provider really gave: each is refused, and for
//! what is wrong with it. The signatures of those with a false claim are the provider's own.

use crate::place::{AloneInLog, KEYS, TOKEN, fault, parts};
use crate::provider::{Key, Setting};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cpis_client::view::SignInFault;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

/// What a forger has: a token that the provider gave for this sign-in, and in the worst case its keys.
struct Hand<'a> {
    token: &'a str,
    claims: Value,
    setting: &'a Setting,
    public: &'a Value,
    another: &'a Key,
}

/// Why the program refuses, what the person is told, and the forgeries that it refuses so.
type Refusal = (
    &'static str,
    SignInFault,
    &'static [(&'static str, fn(&Hand<'_>) -> Value)],
);

const REFUSALS: [Refusal; 11] = [
    (
        "there is none",
        SignInFault::IdentityNotTrusted,
        &[("no identity token", |_| Value::Null)],
    ),
    (
        "its algorithm is not accepted",
        SignInFault::IdentityNotTrusted,
        &[
            ("not a token", |_| "made up".into()),
            ("alg none, no signature", |hand| unsigned(hand, "none", "")),
            ("alg None, no signature", |hand| unsigned(hand, "None", "")),
            ("alg none, the old signature", |hand| {
                unsigned(hand, "none", part(hand, 2))
            }),
            ("HS256 with the public key as PEM", |hand| {
                shared(hand, hand.setting.keys[0].public_pem().as_bytes())
            }),
            ("HS256 with the public key as JWK", |hand| {
                shared(hand, published(hand).to_string().as_bytes())
            }),
            ("HS256 with the modulus", |hand| {
                shared(hand, &bytes(&published(hand)["n"]))
            }),
        ],
    ),
    (
        "its signature does not fit",
        SignInFault::IdentityNotTrusted,
        &[
            ("no signature", |hand| {
                format!("{}.{}.", part(hand, 0), part(hand, 1)).into()
            }),
            ("another person, the old signature", altered),
            ("the signature of another token", grafted),
            ("another key under the name of the provider's", |hand| {
                hand.another.sign_as("rsa-1", &hand.claims).into()
            }),
            // RFC 7515 section 4.1.3.
            ("another key, brought along in the header", |hand| {
                let another = hand.another;
                another.sign_and_bring("rsa-1", &hand.claims).into()
            }),
        ],
    ),
    (
        "its key is not known",
        SignInFault::IdentityNotTrusted,
        &[
            ("unknown kid", |hand| {
                hand.setting.keys[0].sign_as("rsa-9", &hand.claims).into()
            }),
            ("swapped keys: ES256, named as the RSA key", |hand| {
                hand.setting.keys[1].sign_as("rsa-1", &hand.claims).into()
            }),
            ("swapped keys: RS256, named as the elliptic key", |hand| {
                let rsa = &hand.setting.keys[0];
                rsa.sign_as("elliptic-1", &hand.claims).into()
            }),
        ],
    ),
    (
        "its issuer is another one",
        SignInFault::IdentityNotTrusted,
        &[
            ("wrong iss", |hand| {
                with(hand, "iss", "https://other.example")
            }),
            ("iss with a slash more", |hand| {
                with(hand, "iss", format!("{}/", hand.setting.issuer))
            }),
        ],
    ),
    (
        "its audience is another one",
        SignInFault::IdentityNotTrusted,
        &[
            ("wrong aud", |hand| with(hand, "aud", "another-client")),
            ("aud of several, no azp", |hand| {
                with(hand, "aud", json!(["cpis-check", "another-client"]))
            }),
            ("wrong azp", |hand| with(hand, "azp", "another-client")),
        ],
    ),
    (
        "its time is over or has not come",
        SignInFault::ClockDiffers,
        &[
            ("expired", |hand| with(hand, "exp", hand.setting.now - 61)),
            ("not yet valid", |hand| {
                with(hand, "nbf", hand.setting.now + 61)
            }),
            ("made in the future", |hand| {
                with(hand, "iat", hand.setting.now + 61)
            }),
            ("kept for ten minutes", |hand| {
                with(hand, "iat", hand.setting.now - 600)
            }),
        ],
    ),
    (
        "its nonce is another one",
        SignInFault::IdentityNotTrusted,
        &[
            ("stripped nonce", |hand| with(hand, "nonce", Value::Null)),
            ("nonce of another sign-in", |hand| {
                with(hand, "nonce", "another")
            }),
        ],
    ),
    (
        "its access token is another one",
        SignInFault::IdentityNotTrusted,
        &[("at_hash of another access token", |hand| {
            with(hand, "at_hash", "another")
        })],
    ),
    (
        "the user's claims are of another person",
        SignInFault::IdentityNotTrusted,
        &[("another person", |hand| with(hand, "sub", "910000000009"))],
    ),
    (
        "its level of assurance is too low",
        SignInFault::AssuranceTooLow,
        &[
            ("stripped acr", |hand| with(hand, "acr", Value::Null)),
            ("lower acr", |hand| with(hand, "acr", "AAL1_USERPASS")),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_forgery_of_the_providers_token_is_refused_by_name() {
    let mut alone = AloneInLog::start().await;
    alone.place.sign_in().await;
    alone.place.sign_out().await;
    let public = alone.place.wire.answers(KEYS).pop().unwrap();
    let another = Key::rsa("another");
    let mut refused = 0;
    for (reason, told, forgeries) in REFUSALS {
        for &(name, forge) in forgeries {
            let place = &mut alone.place;
            let (setting, public) = (place.setting.clone(), public.clone());
            let another = another.clone();
            place.wire.amend(TOKEN, move |answer| {
                let Some(token) = answer["id_token"].as_str() else {
                    return;
                };
                let hand = Hand {
                    token,
                    claims: parts(token).1,
                    setting: &setting,
                    public: &public,
                    another: &another,
                };
                answer["id_token"] = forge(&hand);
            });
            let view = place.try_to_sign_in().await;
            place.wire.pass_on();
            assert_eq!(fault(&view), told, "{name}");
            assert!(view.user.is_none(), "{name}");
            let said = format!("the identity token is not accepted: {reason}");
            assert_eq!(alone.reason(), said, "{name}");
            let code = serde_json::to_value(told).unwrap()["code"].clone();
            println!("{name:<48} {:<22} {reason}", code.as_str().unwrap());
            refused += 1;
        }
    }
    // What refuses them all would refuse the right one too.
    alone.place.sign_in().await;
    println!("{refused} forgeries refused, the provider's own token accepted");
}

/// The provider's token with another claim, or without it, under the provider's own signature.
fn with(hand: &Hand<'_>, claim: &str, value: impl Into<Value>) -> Value {
    let mut claims = hand.claims.clone();
    let members = claims.as_object_mut().unwrap();
    match value.into() {
        Value::Null => members.remove(claim),
        value => members.insert(claim.to_owned(), value),
    };
    hand.setting.keys[0].sign(&claims).into()
}

fn part<'a>(hand: &Hand<'a>, number: usize) -> &'a str {
    hand.token.split('.').nth(number).unwrap()
}

fn unsigned(hand: &Hand<'_>, algorithm: &str, signature: &str) -> Value {
    let header = json!({ "alg": algorithm, "typ": "JWT", "kid": "rsa-1" });
    let header = URL_SAFE_NO_PAD.encode(header.to_string());
    format!("{header}.{}.{signature}", part(hand, 1)).into()
}

/// Signed with what everybody knows, as if it were a secret that both sides share (RFC 8725
/// section 2.1).
fn shared(hand: &Hand<'_>, secret: &[u8]) -> Value {
    let mut header = Header::new(Algorithm::HS256);
    header.kid = Some("rsa-1".to_owned());
    let secret = EncodingKey::from_secret(secret);
    encode(&header, &hand.claims, &secret).unwrap().into()
}

fn published<'a>(hand: &Hand<'a>) -> &'a Value {
    let keys = hand.public["keys"].as_array().unwrap();
    keys.iter().find(|key| key["kid"] == "rsa-1").unwrap()
}

fn bytes(text: &Value) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap()
}

fn altered(hand: &Hand<'_>) -> Value {
    let mut claims = hand.claims.clone();
    claims["sub"] = json!("910000000009");
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    format!("{}.{claims}.{}", part(hand, 0), part(hand, 2)).into()
}

fn grafted(hand: &Hand<'_>) -> Value {
    let mut claims = hand.claims.clone();
    claims["iat"] = json!(hand.setting.now - 1);
    let other = hand.setting.keys[0].sign(&claims);
    let (_, signature) = other.rsplit_once('.').unwrap();
    format!("{}.{}.{signature}", part(hand, 0), part(hand, 1)).into()
}
