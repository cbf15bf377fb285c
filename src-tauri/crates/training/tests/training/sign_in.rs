//! Signing in by card, renewing, signing out.

use crate::bench::{Bench, CLIENT, CLINIC, DENTIST, NURSE, SignedIn};
use crate::keys::card;
use chrono::TimeDelta;
use cpis_training::Clock;
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
