//! The provider changes its keys (OpenID Connect Core 1.0 section 10.1.1).

use crate::place::{AloneInLog, KEYS, Place, fault, is_signed_in, parts};
use crate::provider::Key;
use cpis_client::view::SignInFault;
use serde_json::{Value, json};

fn kid(place: &Place) -> Value {
    let answers = place.token_answers();
    let newest = answers.last().unwrap()["id_token"].as_str().unwrap();
    parts(newest).0["kid"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_key_is_learnt_and_the_old_one_is_worth_nothing() {
    let mut alone = AloneInLog::start().await;
    let place = &mut alone.place;
    place.sign_in().await;
    assert_eq!(kid(place), "rsa-1");
    let old_keys = place.wire.answers(KEYS).pop().unwrap();
    let retired = place.setting.keys[0].clone();
    place.sign_out().await;

    // Both keys for a time: the new one signs.
    place.set(|setting| setting.keys.insert(0, Key::rsa("rsa-2")));
    place.sign_in().await;
    assert_eq!(kid(place), "rsa-2");
    place.sign_out().await;

    // The old one goes. The program is first shown the keys as they were before both changes.
    place.set(|setting| setting.keys.retain(|key| key.kid != "rsa-1"));
    let mut stale = Some(old_keys.clone());
    place.wire.amend(KEYS, move |keys| {
        if let Some(old) = stale.take() {
            *keys = old;
        }
    });
    let before = place.wire.requests(KEYS).len();
    place.sign_in().await;
    assert_eq!(kid(place), "rsa-2");
    assert_eq!(
        place.wire.requests(KEYS).len(),
        before + 2,
        "asked once more"
    );
    place.sign_out().await;
    place.wire.pass_on();

    // A token of the retired key.
    place.wire.amend("/token", move |answer| {
        if let Some(token) = answer["id_token"].as_str() {
            answer["id_token"] = retired.sign(&parts(token).1).into();
        }
    });
    let before = place.wire.requests(KEYS).len();
    let view = place.try_to_sign_in().await;
    assert_eq!(fault(&view), SignInFault::IdentityNotTrusted);
    assert_eq!(
        place.wire.requests(KEYS).len(),
        before + 2,
        "not asked for ever"
    );
    assert!(
        alone.reason().ends_with("its key is not known"),
        "{}",
        alone.reason()
    );
    let place = &mut alone.place;
    place.wire.pass_on();

    // Keys that stay stale.
    place.wire.amend(KEYS, move |keys| *keys = old_keys.clone());
    let before = place.wire.requests(KEYS).len();
    let view = place.try_to_sign_in().await;
    assert_eq!(fault(&view), SignInFault::IdentityNotTrusted);
    assert_eq!(
        place.wire.requests(KEYS).len(),
        before + 2,
        "not asked for ever"
    );
    place.wire.pass_on();
    place.sign_in().await;
}

/// A key set may hold what a program does not know (RFC 7517 section 5).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_other_kinds_are_passed_over() {
    let mut place = Place::start().await;
    let mut encryption = serde_json::to_value(Key::rsa("").public_jwk()).unwrap();
    (encryption["use"], encryption["alg"]) = ("enc".into(), "RSA-OAEP-256".into());
    // It has the name of the key that signs.
    encryption["kid"] = "rsa-1".into();
    place.wire.amend(KEYS, move |keys| {
        let keys = keys["keys"].as_array_mut().unwrap();
        for other in [
            encryption.clone(),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" }),
            json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "later", "pub": "AAAA" }),
            json!({ "kty": "EC", "crv": "secp256k1", "x": "AAAA", "y": "AAAA", "use": "sig" }),
            json!({ "kty": "RSA", "kid": "half", "n": "AQAB" }),
            json!({}),
        ] {
            keys.insert(0, other);
        }
    });
    let view = place.try_to_sign_in().await;
    assert!(is_signed_in(&view), "{:?}", view.screen);
}
