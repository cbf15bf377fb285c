//! Signing in by card, renewing, signing out.

use crate::bench::{
    Bench, CLIENT, CLINIC, DENTIST, JWT_BEARER, NURSE, SignedIn, TestCard, beginning, card, claims,
    open_file,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use cpis_training::{Clock, write_cards};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn discovery_names_the_endpoints() {
    let bench = Bench::start().await;
    let url = format!("{}/.well-known/openid-configuration", bench.base);
    let body: Value = bench
        .client
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    insta::assert_json_snapshot!("discovery", bench.stable(&body));
    for (name, value) in body.as_object().unwrap() {
        if name.ends_with("_endpoint") || name.ends_with("_uri") {
            let response = bench
                .client
                .get(value.as_str().unwrap())
                .send()
                .await
                .unwrap();
            assert_ne!(
                response.status(),
                StatusCode::NOT_FOUND,
                "{name} leads nowhere"
            );
        }
    }
}

#[tokio::test]
async fn a_card_signs_in_and_userinfo_has_cis2s_shape() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    insta::assert_json_snapshot!(
        "userinfo_of_two_roles",
        userinfo(&bench, &user.access).await.1
    );
    let user = bench.sign_in(DENTIST).await;
    let (_, one_role) = userinfo(&bench, &user.access).await;
    assert_eq!(one_role["selected_roleid"], DENTIST.role);
}

#[tokio::test]
async fn tokens_of_a_card_have_the_standards_form() {
    let bench = Bench::start().await;
    let assertion = card(NURSE.card).assertion(&bench.token_endpoint(), bench.clock.now());
    let (status, tokens) = bench.present(&assertion).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 600);
    assert_eq!(tokens["refresh_token_expires_in"], 12 * 3600);
}

#[tokio::test]
async fn an_access_token_holds_for_ten_minutes() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    bench.clock.move_on(TimeDelta::seconds(599));
    assert_eq!(userinfo(&bench, &user.access).await.0, StatusCode::OK);
    bench.clock.move_on(TimeDelta::seconds(1));
    assert_eq!(
        userinfo(&bench, &user.access).await.0,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_refresh_token_is_used_once_and_a_second_use_ends_the_session() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    let (status, renewed) = renew(&bench, &user.refresh, CLIENT).await;
    assert_eq!(status, StatusCode::OK, "{renewed}");
    let access = renewed["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&bench, access).await.0, StatusCode::OK);

    let (status, refusal) = renew(&bench, &user.refresh, CLIENT).await;
    assert_eq!(
        (status, &refusal["error"]),
        (StatusCode::BAD_REQUEST, &json!("invalid_grant"))
    );
    assert_eq!(userinfo(&bench, access).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(
        userinfo(&bench, &user.access).await.0,
        StatusCode::UNAUTHORIZED
    );
    let newest = renewed["refresh_token"].as_str().unwrap();
    assert_eq!(
        renew(&bench, newest, CLIENT).await.0,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn of_two_renewals_at_once_one_succeeds() {
    let bench = Bench::start().await;
    for _ in 0..5 {
        let user = bench.sign_in(CLINIC).await;
        let (one, two) = tokio::join!(
            renew(&bench, &user.refresh, CLIENT),
            renew(&bench, &user.refresh, CLIENT)
        );
        let statuses = [one.0.as_u16(), two.0.as_u16()];
        assert!(
            statuses == [200, 400] || statuses == [400, 200],
            "{statuses:?}"
        );
    }
}

#[tokio::test]
async fn a_refresh_token_is_bound_to_its_client() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    assert_eq!(
        renew(&bench, &user.refresh, "another").await.0,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(renew(&bench, &user.refresh, CLIENT).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_often_it_is_renewed() {
    let bench = Bench::start().await;
    let mut refresh = bench.sign_in(CLINIC).await.refresh;
    for _ in 0..2 {
        bench.clock.move_on(TimeDelta::minutes(5 * 60 + 58));
        let (status, renewed) = renew(&bench, &refresh, CLIENT).await;
        assert_eq!(status, StatusCode::OK);
        refresh = renewed["refresh_token"].as_str().unwrap().to_owned();
    }
    // Four minutes are left, so the tokens hold no longer.
    let (_, renewed) = renew(&bench, &refresh, CLIENT).await;
    assert_eq!(renewed["expires_in"], 240);
    assert_eq!(renewed["refresh_token_expires_in"], 240);
    bench.clock.move_on(TimeDelta::minutes(4));
    let last = renewed["refresh_token"].as_str().unwrap();
    assert_eq!(renew(&bench, last, CLIENT).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn signing_out_ends_the_session_by_either_token() {
    let bench = Bench::start().await;
    for by in [
        |u: &SignedIn| u.access.clone(),
        |u: &SignedIn| u.refresh.clone(),
    ] {
        let user = bench.sign_in(CLINIC).await;
        let other = bench.sign_in(CLINIC).await;
        assert_eq!(revoke(&bench, &by(&user)).await, StatusCode::OK);
        assert_eq!(
            userinfo(&bench, &user.access).await.0,
            StatusCode::UNAUTHORIZED
        );
        assert_eq!(
            renew(&bench, &user.refresh, CLIENT).await.0,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(userinfo(&bench, &other.access).await.0, StatusCode::OK);
    }
    assert_eq!(revoke(&bench, "no such token").await, StatusCode::OK);
}

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

async fn renew(bench: &Bench, refresh: &str, client: &str) -> (StatusCode, Value) {
    bench
        .token(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("client_id", client),
        ])
        .await
}

async fn revoke(bench: &Bench, token: &str) -> StatusCode {
    let url = format!("{}/oauth2/revoke", bench.base);
    let form = [("token", token), ("client_id", CLIENT)];
    bench
        .client
        .post(url)
        .form(&form)
        .send()
        .await
        .unwrap()
        .status()
}

async fn userinfo(bench: &Bench, access: &str) -> (StatusCode, Value) {
    let url = format!("{}/oauth2/userinfo", bench.base);
    let response = bench
        .client
        .get(url)
        .bearer_auth(access)
        .send()
        .await
        .unwrap();
    (response.status(), response.json().await.unwrap())
}
