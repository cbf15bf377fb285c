//! What a card signs, and what is refused.

use crate::bench::{Bench, CLIENT, CLINIC, JWT_BEARER, NURSE, beginning};
use crate::keys::{TestCard, card, claims, open_file};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use cpis_training::{Clock, write_cards};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn an_assertion_is_used_once() {
    let bench = Bench::start().await;
    let assertion = card(CLINIC.card).assertion(&bench.token_endpoint(), bench.clock.now());
    assert_eq!(bench.present(&assertion).await.0, StatusCode::OK);
    refuses(
        &bench,
        &assertion,
        "invalid_grant",
        "the assertion's jti has been used",
    )
    .await;
    // The same jti in another assertion of the same card, too.
    let mut again = claims(&bench.token_endpoint(), bench.clock.now());
    again["jti"] = json!("one");
    assert_eq!(
        bench.present(&card(CLINIC.card).sign(&again)).await.0,
        StatusCode::OK
    );
    again["exp"] = json!(bench.clock.now().timestamp() + 60);
    refuses(
        &bench,
        &card(CLINIC.card).sign(&again),
        "invalid_grant",
        "the assertion's jti has been used",
    )
    .await;
}

#[tokio::test]
async fn an_assertion_that_says_something_else_is_refused() {
    let bench = Bench::start().await;
    let now = bench.clock.now().timestamp();
    let cases: [(&str, Value, &str); 8] = [
        (
            "aud",
            json!("https://elsewhere.example/token"),
            "aud must be the token endpoint",
        ),
        ("aud", Value::Null, "aud must be the token endpoint"),
        ("exp", json!(now), "the assertion has expired"),
        (
            "exp",
            json!(now + 311),
            "exp is more than 5 minutes in the future",
        ),
        ("exp", Value::Null, "exp is missing"),
        ("jti", json!(""), "jti is missing"),
        ("jti", Value::Null, "jti is missing"),
        (
            "sub",
            json!("555000000102"),
            "sub names another user than the card",
        ),
    ];
    for (claim, value, why) in cases {
        let mut changed = claims(&bench.token_endpoint(), bench.clock.now());
        changed[claim] = value;
        refuses(
            &bench,
            &card(CLINIC.card).sign(&changed),
            "invalid_grant",
            why,
        )
        .await;
    }
    let mut several = claims(&bench.token_endpoint(), bench.clock.now());
    several["aud"] = json!(["https://elsewhere.example", bench.token_endpoint()]);
    several["exp"] = json!(now + 300);
    assert_eq!(
        bench.present(&card(CLINIC.card).sign(&several)).await.0,
        StatusCode::OK
    );
}

#[tokio::test]
async fn only_cards_of_the_same_seed_that_are_valid_now_sign_in() {
    let bench = Bench::start().await;
    let present =
        |name: &'static str| card(name).assertion(&bench.token_endpoint(), bench.clock.now());
    refuses(
        &bench,
        &present("expired-card"),
        "invalid_grant",
        "the card's certificate has expired",
    )
    .await;

    let folder = tempfile::tempdir().unwrap();
    let other = write_cards(folder.path(), 2, beginning())
        .unwrap()
        .remove(0);
    let other = open_file(&folder.path().join(&other.file_name), &other.passcode);
    let foreign = other.assertion(&bench.token_endpoint(), bench.clock.now());
    let why = "the card was not issued by this backend's authority (another seed?)";
    refuses(&bench, &foreign, "invalid_grant", why).await;

    bench.clock.move_on(TimeDelta::days(-40));
    let early = card(CLINIC.card).assertion(&bench.token_endpoint(), bench.clock.now());
    refuses(
        &bench,
        &early,
        "invalid_grant",
        "the card's certificate is not valid yet",
    )
    .await;
}

#[tokio::test]
async fn an_authority_of_the_same_name_with_another_key_is_not_believed() {
    use rcgen::{CertificateParams, DistinguishedName, DnType, Issuer, KeyPair};
    let bench = Bench::start().await;
    let name = |parts: &[(DnType, &str)]| {
        let mut name = DistinguishedName::new();
        for (part, value) in parts {
            name.push(part.clone(), *value);
        }
        name
    };
    let mut authority = CertificateParams::default();
    authority.distinguished_name = name(&[
        (DnType::CommonName, "CP-IS Check practice cards, seed 1"),
        (DnType::OrganizationName, "Made-up Registration Authority"),
    ]);
    let mut holder = CertificateParams::default();
    holder.distinguished_name = name(&[
        (DnType::CommonName, "Dr Ada Practice-Heron"),
        (DnType::CustomDnType(vec![2, 5, 4, 5]), "555000000101"),
    ]);
    let key = KeyPair::generate().unwrap();
    let issuer = Issuer::new(authority, KeyPair::generate().unwrap());
    let certificate = holder.signed_by(&key, &issuer).unwrap();
    let forged = TestCard {
        key: key.serialize_der(),
        chain: vec![STANDARD.encode(certificate.der())],
    };
    let assertion = forged.assertion(&bench.token_endpoint(), bench.clock.now());
    let why = "the card was not issued by this backend's authority (another seed?)";
    refuses(&bench, &assertion, "invalid_grant", why).await;
}

#[tokio::test]
async fn a_signature_by_another_key_is_refused() {
    let bench = Bench::start().await;
    let mut forged = TestCard {
        key: card(NURSE.card).key.clone(),
        chain: card(CLINIC.card).chain.clone(),
    };
    let assertion = forged.assertion(&bench.token_endpoint(), bench.clock.now());
    refuses(
        &bench,
        &assertion,
        "invalid_grant",
        "the card's signature does not fit",
    )
    .await;
    forged.chain.clear();
    let assertion = forged.assertion(&bench.token_endpoint(), bench.clock.now());
    refuses(
        &bench,
        &assertion,
        "invalid_grant",
        "x5c does not hold a certificate",
    )
    .await;
    refuses(
        &bench,
        "not a token",
        "invalid_request",
        "the assertion is not a JSON Web Token",
    )
    .await;
}

#[tokio::test]
async fn requests_that_are_not_token_requests_are_refused() {
    let bench = Bench::start().await;
    let assertion = card(CLINIC.card).assertion(&bench.token_endpoint(), bench.clock.now());
    type Fields<'a> = &'a [(&'a str, &'a str)];
    let cases: [(Fields<'_>, &str, &str); 5] = [
        (&[], "invalid_request", "grant_type is missing"),
        (
            &[("grant_type", "password")],
            "unsupported_grant_type",
            "see grant_types_supported",
        ),
        (
            &[("grant_type", JWT_BEARER), ("assertion", &assertion)],
            "invalid_request",
            "client_id is missing",
        ),
        (
            &[("grant_type", JWT_BEARER), ("client_id", CLIENT)],
            "invalid_request",
            "assertion is missing",
        ),
        (
            &[
                ("grant_type", "refresh_token"),
                ("grant_type", "refresh_token"),
            ],
            "invalid_request",
            "a field comes twice",
        ),
    ];
    for (form, error, why) in cases {
        let (status, body) = bench.token(form).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(body, json!({ "error": error, "error_description": why }));
    }
    let json = bench
        .client
        .post(bench.token_endpoint())
        .json(&json!({}))
        .send()
        .await
        .unwrap();
    assert_eq!(json.status(), StatusCode::BAD_REQUEST);
}

async fn refuses(bench: &Bench, assertion: &str, error: &str, why: &str) {
    let (status, body) = bench.present(assertion).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
    assert_eq!(body, json!({ "error": error, "error_description": why }));
}
