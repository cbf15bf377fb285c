//! Signing in in the browser: code flow with PKCE, back to a loopback address.

use crate::bench::{Bench, CLIENT, DENTIST};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use cpis_training::{Clock, cards};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::{Response, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use url::Url;

pub(crate) const CALLBACK: &str = "http://127.0.0.1:49999/callback";
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

pub(crate) fn request() -> Vec<(&'static str, String)> {
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
    [
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", CALLBACK),
        ("scope", "openid profile"),
        ("state", "state \"<&\" 1"),
        ("nonce", "nonce-1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

pub(crate) fn with(name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let mut changed = request();
    changed.retain(|(n, _)| *n != name);
    changed.push((name, value.to_owned()));
    changed
}

/// A browser that follows no redirect by itself.
pub(crate) fn browser() -> reqwest::Client {
    let policy = reqwest::redirect::Policy::none();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(policy)
        .build()
        .unwrap()
}

pub(crate) async fn open(bench: &Bench, request: &[(&str, String)]) -> Response {
    let url = format!("{}/oauth2/authorize", bench.base);
    browser().get(url).query(request).send().await.unwrap()
}

async fn enter(bench: &Bench, file: &str, passcode: Option<&str>) -> Response {
    answer(bench, request(), file, passcode).await
}

/// Sends the page of a request with a card and a passcode, the right one unless another is given.
pub(crate) async fn answer(
    bench: &Bench,
    mut form: Vec<(&'static str, String)>,
    file: &str,
    passcode: Option<&str>,
) -> Response {
    let card = cards(1).into_iter().find(|c| c.file_name == file).unwrap();
    form.push(("card", card.user_id));
    form.push(("passcode", passcode.map_or(card.passcode, str::to_owned)));
    let url = format!("{}/oauth2/authorize", bench.base);
    browser().post(url).form(&form).send().await.unwrap()
}

pub(crate) fn sent_back(response: &Response) -> HashMap<String, String> {
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let url = Url::parse(response.headers()["location"].to_str().unwrap()).unwrap();
    assert!(url.as_str().starts_with(CALLBACK));
    url.query_pairs().into_owned().collect()
}

pub(crate) async fn code(bench: &Bench) -> String {
    sent_back(&enter(bench, "emergency-dentist.p12", None).await)["code"].clone()
}

pub(crate) async fn redeem(
    bench: &Bench,
    code: &str,
    changed: (&str, &str),
) -> (StatusCode, Value) {
    let mut form = HashMap::from([
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", code),
    ]);
    form.insert(changed.0, changed.1);
    let form: Vec<_> = form.into_iter().collect();
    bench.token(&form).await
}

#[tokio::test]
async fn a_person_signs_in_and_the_identity_token_verifies() {
    let bench = Bench::start().await;
    let page = open(&bench, &request()).await;
    assert_eq!(page.status(), StatusCode::OK);
    let policy = page.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("http://127.0.0.1:*"));
    let html = page.text().await.unwrap();
    assert!(
        html.contains("state &quot;&lt;&amp;&quot; 1"),
        "what the program sends is escaped"
    );
    for card in cards(1) {
        assert!(html.contains(&card.holder));
        assert!(!html.contains(&card.passcode));
    }

    let back = sent_back(&enter(&bench, "emergency-dentist.p12", None).await);
    assert_eq!(back["state"], "state \"<&\" 1");
    assert_eq!(back["iss"], bench.base);
    let (status, tokens) = redeem(&bench, &back["code"], ("code_verifier", VERIFIER)).await;
    assert_eq!(status, StatusCode::OK, "{tokens}");
    assert!(tokens["refresh_token"].is_string());

    let keys = bench
        .client
        .get(format!("{}/oauth2/jwks", bench.base))
        .send()
        .await
        .unwrap();
    let keys: JwkSet = keys.json().await.unwrap();
    let token = tokens["id_token"].as_str().unwrap();
    let kid = jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    let key = DecodingKey::from_jwk(keys.find(&kid).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[CLIENT]);
    validation.set_issuer(&[&bench.base]);
    validation.validate_exp = false;
    let claims: Value = jsonwebtoken::decode(token, &key, &validation)
        .unwrap()
        .claims;
    assert_eq!(claims["nonce"], "nonce-1");
    assert_eq!(claims["sub"], "555000000102");
    assert_eq!(claims["exp"], bench.clock.now().timestamp() + 300);
    let half = &Sha256::digest(tokens["access_token"].as_str().unwrap())[..16];
    assert_eq!(claims["at_hash"], URL_SAFE_NO_PAD.encode(half));
}

#[tokio::test]
async fn a_code_is_used_once_soon_and_by_the_program_that_asked() {
    let bench = Bench::start().await;
    let once = code(&bench).await;
    let plain = ("grant_type", "authorization_code");
    assert_eq!(redeem(&bench, &once, plain).await.0, StatusCode::OK);
    assert_eq!(
        redeem(&bench, &once, plain).await.1["error"],
        "invalid_grant"
    );
    for changed in [
        ("client_id", "another"),
        ("redirect_uri", "http://127.0.0.1:50000/callback"),
        ("code_verifier", "another-verifier"),
    ] {
        let code = code(&bench).await;
        let (status, body) = redeem(&bench, &code, changed).await;
        assert_eq!(
            (status, body["error"].as_str()),
            (StatusCode::BAD_REQUEST, Some("invalid_grant"))
        );
    }
    let late = code(&bench).await;
    bench.clock.move_on(TimeDelta::seconds(61));
    assert_eq!(
        redeem(&bench, &late, plain).await.1["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn three_wrong_passcodes_lock_the_card() {
    let bench = Bench::start().await;
    let said = async |file: &str, passcode: Option<&str>| {
        let response = enter(&bench, file, passcode).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let html = response.text().await.unwrap();
        let alert = html.split("role=\"alert\">").nth(1).unwrap();
        alert.split('<').next().unwrap().to_owned()
    };
    let dentist = "emergency-dentist.p12";
    assert_eq!(
        said(dentist, Some("0")).await,
        "The passcode is wrong. Tries left: 2."
    );
    enter(&bench, dentist, None).await;
    assert_eq!(
        said(dentist, Some("0")).await,
        "The passcode is wrong. Tries left: 2."
    );
    assert_eq!(
        said(dentist, Some("0")).await,
        "The passcode is wrong. Tries left: 1."
    );
    assert_eq!(
        said(dentist, Some("0")).await,
        "The passcode is wrong. This card is now locked."
    );
    assert_eq!(said(dentist, None).await, "This card is locked.");
    assert_eq!(said("locked-card.p12", None).await, "This card is locked.");
    assert_eq!(
        said("expired-card.p12", None).await,
        "This card has expired."
    );
}

#[tokio::test]
async fn who_cannot_be_told_is_sent_nowhere() {
    let bench = Bench::start().await;
    for bad in [
        "https://evil.example/callback",
        "http://evil.example/callback",
        "http://localhost:49999/callback",
        "https://127.0.0.1:49999/callback",
        "javascript:alert(1)",
        "",
    ] {
        let response = open(&bench, &with("redirect_uri", bad)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{bad}");
        assert_eq!(response.headers().get("location"), None);
    }
    assert_eq!(
        open(&bench, &with("client_id", "")).await.status(),
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_request_that_asks_wrongly_goes_back_with_an_error() {
    let bench = Bench::start().await;
    for (changed, error) in [
        (with("code_challenge_method", "plain"), "invalid_request"),
        (with("code_challenge", ""), "invalid_request"),
        (with("response_type", "token"), "unsupported_response_type"),
        (with("scope", "profile"), "invalid_scope"),
        (with("code_challenge", &"!".repeat(43)), "invalid_request"),
        (with("response_mode", "form_post"), "invalid_request"),
        (with("prompt", "none"), "login_required"),
        (with("request", "e30.e30."), "request_not_supported"),
        (
            with("request_uri", "https://x.example"),
            "request_uri_not_supported",
        ),
        (with("dpop_jkt", "short"), "invalid_request"),
    ] {
        let back = sent_back(&open(&bench, &changed).await);
        assert_eq!(back["error"], error);
        assert_eq!(back["state"], "state \"<&\" 1");
        assert_eq!(back.get("code"), None);
        assert_eq!(back["iss"], bench.base);
    }
}

#[tokio::test]
async fn a_request_may_be_posted_and_so_may_the_question_who_signed_in() {
    let bench = Bench::start().await;
    let url = format!("{}/oauth2/authorize", bench.base);
    let posted = browser().post(url).form(&request()).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::OK);
    assert!(!posted.text().await.unwrap().contains("role=\"alert\""));
    let user = bench.sign_in(DENTIST).await;
    let url = format!("{}/oauth2/userinfo", bench.base);
    let seen = bench.client.post(url).bearer_auth(&user.access);
    assert_eq!(seen.send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_person_may_cancel() {
    let bench = Bench::start().await;
    let page = open(&bench, &request()).await.text().await.unwrap();
    assert!(
        page.contains("<button name=\"decision\" value=\"cancel\" formnovalidate>Cancel</button>")
    );
    let mut form = request();
    form.push(("decision", "cancel".to_owned()));
    let url = format!("{}/oauth2/authorize", bench.base);
    let back = sent_back(&browser().post(url).form(&form).send().await.unwrap());
    assert_eq!(back["error"], "access_denied");
    assert_eq!(back["state"], "state \"<&\" 1");
    assert_eq!(back["iss"], bench.base);
    assert_eq!(back.get("code"), None);
}

#[tokio::test]
async fn a_second_use_of_a_code_ends_the_session_of_the_first() {
    let bench = Bench::start().await;
    let code = code(&bench).await;
    let plain = ("grant_type", "authorization_code");
    let (_, tokens) = redeem(&bench, &code, plain).await;
    let other = bench.sign_in(DENTIST).await;
    let seen = async |token: &str| {
        let url = format!("{}/oauth2/userinfo", bench.base);
        let call = bench.client.get(url).bearer_auth(token);
        call.send().await.unwrap().status()
    };
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(seen(access).await, StatusCode::OK);
    // Whoever presents it: it has leaked.
    let (status, _) = redeem(&bench, &code, ("client_id", "another")).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(seen(access).await, StatusCode::UNAUTHORIZED);
    assert_eq!(seen(&other.access).await, StatusCode::OK);
}

#[tokio::test]
async fn a_short_verifier_is_refused_though_it_fits() {
    let bench = Bench::start().await;
    let hash = URL_SAFE_NO_PAD.encode(Sha256::digest("short"));
    let asked = with("code_challenge", &hash);
    let back = sent_back(&answer(&bench, asked, "emergency-dentist.p12", None).await);
    let (_, body) = redeem(&bench, &back["code"], ("code_verifier", "short")).await;
    assert_eq!(body["error"], "invalid_grant");
}
