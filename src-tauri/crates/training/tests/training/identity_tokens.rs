//! What identity tokens say of a sign-in, and the keys that sign them.

use crate::bench::{Bench, CLIENT};
use crate::browser::{CALLBACK, VERIFIER, answer, code, redeem, request, sent_back, with};
use crate::proofs::ProofKey;
use chrono::TimeDelta;
use cpis_training::{AssuranceLevel, Clock, IdentityAlgorithm};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::StatusCode;
use serde_json::{Value, json};

const DENTISTS_CARD: &str = "emergency-dentist.p12";
const AS_IS: (&str, &str) = ("grant_type", "authorization_code");

async fn keys(bench: &Bench) -> JwkSet {
    let url = format!("{}/oauth2/jwks", bench.base);
    let answer = bench.client.get(url).send().await.unwrap();
    answer.json().await.unwrap()
}

/// Signs in after a request: the tokens.
async fn tokens(bench: &Bench, asked: Vec<(&'static str, String)>) -> Value {
    let back = sent_back(&answer(bench, asked, DENTISTS_CARD, None).await);
    let (status, tokens) = redeem(bench, &back["code"], AS_IS).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    tokens
}

/// The claims of an identity token that verifies under the keys, and the key's identifier.
async fn verified(bench: &Bench, tokens: &Value, algorithm: Algorithm) -> (Value, String) {
    let token = tokens["id_token"].as_str().unwrap();
    let header = jsonwebtoken::decode_header(token).unwrap();
    assert_eq!(header.alg, algorithm);
    let kid = header.kid.unwrap();
    let set = keys(bench).await;
    let key = DecodingKey::from_jwk(set.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(algorithm);
    validation.set_audience(&[CLIENT]);
    validation.set_issuer(&[&bench.base]);
    validation.validate_exp = false;
    let read = jsonwebtoken::decode(token, &key, &validation).unwrap();
    (read.claims, kid)
}

#[tokio::test]
async fn a_card_in_the_browser_is_level_three_in_the_words_asked_for() {
    let bench = Bench::start().await;
    for (asked, acr) in [
        ("", "AAL3_ANY"),
        ("AAL3_ANY", "AAL3_ANY"),
        ("AAL2_OR_AAL3_ANY", "AAL2_OR_AAL3_ANY"),
        ("AAL1_USERPASS", "AAL3_ANY"),
    ] {
        let tokens = tokens(&bench, with("acr_values", asked)).await;
        let (claims, _) = verified(&bench, &tokens, Algorithm::RS256).await;
        assert_eq!(claims["acr"], acr, "{asked}");
        assert_eq!(claims["authentication_assurance_level"], 3);
        assert_eq!(claims["id_assurance_level"], 3);
        assert_eq!(claims["amr"], json!(["N3_SMARTCARD"]));
    }
}

#[tokio::test]
async fn the_page_keeps_the_wish_for_a_level() {
    let bench = Bench::start().await;
    let asked = with("acr_values", "AAL2_OR_AAL3_ANY");
    let page = crate::browser::open(&bench, &asked).await;
    let html = page.text().await.unwrap();
    assert!(html.contains("name=\"acr_values\" value=\"AAL2_OR_AAL3_ANY\""));
}

#[tokio::test]
async fn a_lower_level_is_said_whatever_was_wished_for() {
    let bench = Bench::start().await;
    let levels = [
        (AssuranceLevel::One, "AAL1_USERPASS", "1"),
        (AssuranceLevel::Two, "AAL2_ANY", "2"),
    ];
    for (level, acr, number) in levels {
        bench.backend.set_browser_assurance(Some(level));
        let tokens = tokens(&bench, with("acr_values", "AAL3_ANY")).await;
        // The level is that of the sign-in, not of the moment at which its code is redeemed.
        bench.backend.set_browser_assurance(None);
        let (claims, _) = verified(&bench, &tokens, Algorithm::RS256).await;
        assert_eq!(claims["acr"], acr);
        assert_eq!(claims["authentication_assurance_level"], level.number());
        let userinfo = bench
            .client
            .get(format!("{}/oauth2/userinfo", bench.base))
            .bearer_auth(tokens["access_token"].as_str().unwrap());
        let seen: Value = userinfo.send().await.unwrap().json().await.unwrap();
        assert_eq!(seen["authentication_assurance_level"], number);
    }
    let tokens = tokens(&bench, request()).await;
    let (claims, _) = verified(&bench, &tokens, Algorithm::RS256).await;
    assert_eq!(claims["authentication_assurance_level"], 3);
}

#[tokio::test]
async fn times_are_those_of_the_sign_in_and_of_the_token() {
    let bench = Bench::start().await;
    let code = code(&bench).await;
    let signed_in = bench.clock.now().timestamp();
    bench.clock.move_on(TimeDelta::seconds(30));
    let (_, tokens) = redeem(&bench, &code, AS_IS).await;
    let (claims, _) = verified(&bench, &tokens, Algorithm::RS256).await;
    assert_eq!(claims["auth_time"], signed_in);
    assert_eq!(claims["iat"], signed_in + 30);
    assert_eq!(claims["exp"], signed_in + 330);
}

#[tokio::test]
async fn a_nonce_is_echoed_and_none_is_made_up() {
    let bench = Bench::start().await;
    let mut without = request();
    without.retain(|(name, _)| *name != "nonce");
    for (asked, nonce) in [(request(), json!("nonce-1")), (without, Value::Null)] {
        let tokens = tokens(&bench, asked).await;
        let (claims, _) = verified(&bench, &tokens, Algorithm::RS256).await;
        assert_eq!(claims["nonce"], nonce);
    }
}

#[tokio::test]
async fn either_algorithm_signs_and_the_hash_of_the_access_token_fits() {
    let bench = Bench::start().await;
    for (switch, algorithm) in [
        (IdentityAlgorithm::Es256, Algorithm::ES256),
        (IdentityAlgorithm::Rs256, Algorithm::RS256),
    ] {
        bench.backend.set_identity_algorithm(switch);
        let tokens = tokens(&bench, request()).await;
        let (claims, kid) = verified(&bench, &tokens, algorithm).await;
        let hash = crate::proofs::hash_bytes(tokens["access_token"].as_str().unwrap());
        assert_eq!(claims["at_hash"], crate::proofs::encoded(&hash[..16]));
        let set = keys(&bench).await;
        assert_eq!(set.keys.len(), 1);
        assert_eq!(set.keys[0].common.key_id, Some(kid));
    }
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_one() {
    let bench = Bench::start().await;
    bench
        .backend
        .set_identity_algorithm(IdentityAlgorithm::Es256);
    let (_, old) = verified(&bench, &tokens(&bench, request()).await, Algorithm::ES256).await;
    let (_, same) = verified(&bench, &tokens(&bench, request()).await, Algorithm::ES256).await;
    assert_eq!(old, same);
    bench.backend.roll_identity_key_over();
    let (_, new) = verified(&bench, &tokens(&bench, request()).await, Algorithm::ES256).await;
    assert_ne!(new, old);
    assert!(keys(&bench).await.find(&old).is_none());
}

#[tokio::test]
async fn a_code_may_be_asked_for_with_the_key_that_must_be_proven_for_it() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let asked = with("dpop_jkt", &key.thumbprint());
    for (proof, fits) in [
        (None, false),
        (Some(ProofKey::ec().proof(&bench.token_claims())), false),
        (Some(key.proof(&bench.token_claims())), true),
    ] {
        let page = crate::browser::open(&bench, &asked).await;
        assert!(page.text().await.unwrap().contains(&key.thumbprint()));
        let back = sent_back(&answer(&bench, asked.clone(), DENTISTS_CARD, None).await);
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("code", &back["code"]),
        ];
        let proofs: Vec<&str> = proof.iter().map(String::as_str).collect();
        let response = bench.ask_with(&form, &proofs).await;
        assert_eq!(response.status() == StatusCode::OK, fits);
        let body: Value = response.json().await.unwrap();
        if fits {
            assert_eq!(body["token_type"], "DPoP");
            verified(&bench, &body, Algorithm::RS256).await;
        } else {
            assert_eq!(body["error"], "invalid_grant");
        }
    }
}
