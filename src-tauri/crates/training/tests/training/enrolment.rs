//! Enrolling workstations and giving them tokens.

use crate::bench::{ASSERTION_TYPE, Bench, DENTIST, trace};
use crate::keys::{WorkstationKey, workstation_claims};
use chrono::TimeDelta;
use cpis_training::{Case, Clock};
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn a_code_enrols_one_workstation() {
    let bench = Bench::start().await;
    let key = WorkstationKey::generate();
    let code = bench.backend.enrolment_code();
    let (status, answer) = bench.register(&code, &key.metadata()).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["token_endpoint_auth_method"], "private_key_jwt");
    assert_eq!(answer["client_id_issued_at"], bench.clock.now().timestamp());
    assert_eq!(answer["jwks"], key.metadata()["jwks"]);
    let (status, again) = bench.register(&code, &key.metadata()).await;
    assert_eq!(
        (status, &again["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_token"))
    );
}

#[tokio::test]
async fn a_code_may_be_typed_in_small_letters_without_dashes() {
    let bench = Bench::start().await;
    let code = bench
        .backend
        .enrolment_code()
        .to_lowercase()
        .replace('-', "");
    let (status, _) = bench
        .register(&code, &WorkstationKey::generate().metadata())
        .await;
    assert_eq!(status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_code_holds_for_seven_days() {
    let bench = Bench::start().await;
    let metadata = WorkstationKey::generate().metadata();
    let code = bench.backend.enrolment_code();
    bench
        .clock
        .move_on(TimeDelta::days(7) + TimeDelta::seconds(1));
    assert_eq!(
        bench.register(&code, &metadata).await.0,
        StatusCode::UNAUTHORIZED
    );
    let made_up = bench.register("AAAA-AAAA-AAAA", &metadata).await;
    assert_eq!(made_up.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refused_registration_does_not_use_the_code_up() {
    let bench = Bench::start().await;
    let good = WorkstationKey::generate().metadata();
    let code = bench.backend.enrolment_code();
    let mut with_private_part = good.clone();
    with_private_part["jwks"]["keys"][0]["d"] = json!("AQAB");
    let mut short = good.clone();
    short["jwks"]["keys"][0]["n"] = json!("AQAB");
    let mut other_algorithm = good.clone();
    other_algorithm["jwks"]["keys"][0]["alg"] = json!("RS256");
    let mut other_method = good.clone();
    other_method["token_endpoint_auth_method"] = json!("client_secret_post");
    let mut other_grant = good.clone();
    other_grant["grant_types"] = json!(["authorization_code"]);
    let bad = [
        with_private_part,
        short,
        other_algorithm,
        other_method,
        other_grant,
        json!({}),
        json!({"jwks": {"keys": []}}),
    ];
    for metadata in bad {
        let (status, answer) = bench.register(&code, &metadata).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        assert_eq!(answer["error"], "invalid_client_metadata");
    }
    assert_eq!(bench.register(&code, &good).await.0, StatusCode::CREATED);
}

#[tokio::test]
async fn an_assertion_gives_a_token_once() {
    let bench = Bench::start().await;
    let key = WorkstationKey::generate();
    let client_id = bench.enrol(&key).await;
    let assertion = key.assertion(&client_id, &bench.token_endpoint(), bench.clock.now());
    let (status, answer) = bench.workstation_token(&assertion).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 600);
    assert_eq!(answer.get("refresh_token"), None);
    refuses(&bench, &assertion, "the assertion's jti has been used").await;
}

#[tokio::test]
async fn an_assertion_that_does_not_fit_is_refused() {
    let bench = Bench::start().await;
    let key = WorkstationKey::generate();
    let client_id = bench.enrol(&key).await;
    let now = bench.clock.now();
    let good = || workstation_claims(&client_id, &bench.token_endpoint(), now);
    let cases: [(&str, Value, &str); 6] = [
        (
            "aud",
            json!("https://elsewhere.example"),
            "aud must be the token endpoint",
        ),
        ("exp", json!(now.timestamp()), "the assertion has expired"),
        (
            "exp",
            json!(now.timestamp() + 311),
            "exp is more than 5 minutes in the future",
        ),
        ("jti", Value::Null, "jti is missing"),
        (
            "sub",
            json!("somebody"),
            "iss and sub must be the client_id",
        ),
        (
            "iss",
            json!("workstation-unknown"),
            "the workstation is not enrolled",
        ),
    ];
    for (claim, value, why) in cases {
        let mut claims = good();
        claims[claim] = value;
        refuses(&bench, &key.sign(&key.header(), &claims), why).await;
    }
    let headers = [
        (
            json!({ "alg": "RS256", "kid": key.thumbprint() }),
            "alg must be RS512",
        ),
        (json!({ "alg": "RS512" }), "kid is missing"),
        (
            json!({ "alg": "RS512", "kid": "key-1" }),
            "kid is not the thumbprint of a registered key",
        ),
    ];
    for (header, why) in headers {
        refuses(&bench, &key.sign(&header, &good()), why).await;
    }
    let other = WorkstationKey::generate();
    refuses(
        &bench,
        &other.sign(&key.header(), &good()),
        "the signature does not fit",
    )
    .await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", "something"),
        ("client_assertion", &key.sign(&key.header(), &good())),
    ];
    assert_eq!(bench.token(&form).await.0, StatusCode::UNAUTHORIZED);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &key.sign(&key.header(), &good())),
        ("client_id", "another"),
    ];
    assert_eq!(bench.token(&form).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_workstations_token_sends_audit_and_nothing_else() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let as_user = crate::bench::SignedIn {
        access: token.clone(),
        refresh: String::new(),
        role: DENTIST.role,
    };
    let whom = bench.number(Case::ChildProtection);
    let why = "A workstation's token does not allow this; a person signs in";
    let look = bench.look(&as_user, "CareTeam", &whom, &trace(), true);
    crate::bench::refused(look, 403, "ACCESS_DENIED", why).await;
    let userinfo = bench
        .client
        .get(format!("{}/oauth2/userinfo", bench.base))
        .bearer_auth(&token);
    assert_eq!(
        userinfo.send().await.unwrap().status(),
        StatusCode::UNAUTHORIZED
    );
}

async fn refuses(bench: &Bench, assertion: &str, why: &str) {
    let (status, body) = bench.workstation_token(assertion).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "{body}");
    assert_eq!(
        body,
        json!({ "error": "invalid_client", "error_description": why })
    );
}
