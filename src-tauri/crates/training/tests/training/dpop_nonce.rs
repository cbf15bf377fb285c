//! The nonce of the server in proofs (RFC 9449 sections 8 and 9).

use crate::bench::{Bench, CLIENT, DENTIST, SignedIn, cpis};
use crate::keys::card;
use crate::proofs::{ProofKey, card_form};
use chrono::TimeDelta;
use cpis_training::{Case, Clock, Fault, Renewals};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

const USERINFO: &str = "/oauth2/userinfo";

fn nonce(response: &Response) -> String {
    let value = &response.headers()["dpop-nonce"];
    value.to_str().unwrap().to_owned()
}

async fn call(bench: &Bench, user: &SignedIn, key: &ProofKey, nonce: Option<&str>) -> Response {
    let mut claims = bench.call_claims(USERINFO, &user.access);
    claims["nonce"] = nonce.into();
    let proof = key.proof(&claims);
    bench.get_with(user, USERINFO, &proof).send().await.unwrap()
}

fn sent_back(response: &Response) -> bool {
    response.status() == StatusCode::UNAUTHORIZED
        && response.headers()["www-authenticate"]
            == "DPoP error=\"use_dpop_nonce\", algs=\"RS512 RS256 ES256\""
}

#[tokio::test]
async fn tokens_are_given_for_proofs_with_the_current_nonce() {
    let bench = Bench::start().await;
    bench
        .backend
        .faults()
        .set("/", Some(Fault::AskForDpopNonce));
    let key = ProofKey::ec();
    let assertion = card(DENTIST.card).assertion(&bench.token_endpoint(), bench.clock.now());
    let ask = async |nonce: Value| {
        let mut claims = bench.token_claims();
        claims["nonce"] = nonce;
        bench
            .ask_with(&card_form(&assertion), &[&key.proof(&claims)])
            .await
    };
    let mut current = String::new();
    for wrong in [Value::Null, json!("made up"), json!("")] {
        let response = ask(wrong).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        current = nonce(&response);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["error"], "use_dpop_nonce");
    }
    let response = ask(json!(current)).await;
    assert_eq!(response.status(), StatusCode::OK, "nothing was used up");
    assert_eq!(nonce(&response), current, "every answer names it");
}

#[tokio::test]
async fn calls_are_answered_for_proofs_with_the_current_nonce() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let user = bench.sign_in_with(DENTIST, &key).await;
    bench
        .backend
        .faults()
        .set("/", Some(Fault::AskForDpopNonce));
    let first = call(&bench, &user, &key, None).await;
    assert!(sent_back(&first));
    let current = nonce(&first);
    let held = call(&bench, &user, &key, Some(&current)).await;
    assert_eq!(held.status(), StatusCode::OK);

    bench.backend.change_dpop_nonce();
    let old = call(&bench, &user, &key, Some(&current)).await;
    assert!(sent_back(&old));
    let newer = nonce(&old);
    assert_ne!(newer, current);
    let held = call(&bench, &user, &key, Some(&newer)).await;
    assert_eq!(held.status(), StatusCode::OK);

    bench.clock.move_on(TimeDelta::minutes(5));
    assert!(sent_back(&call(&bench, &user, &key, Some(&newer)).await));

    let look = cpis("CareTeam", &bench.number(Case::ChildProtection));
    let refused = bench.proven(&user, &look, &key).send().await.unwrap();
    assert!(sent_back(&refused));
    assert_eq!(bench.backend.notifications().unwrap(), []);

    bench.backend.faults().clear();
    let plain = call(&bench, &user, &key, None).await;
    assert_eq!(plain.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_comes_without_a_proof_is_not_asked_for_a_nonce() {
    let bench = Bench::start().await;
    bench
        .backend
        .faults()
        .set("/", Some(Fault::AskForDpopNonce));
    let user = bench.sign_in(DENTIST).await;
    let response = bench.get(&user, USERINFO).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_renewal_that_is_sent_back_for_a_nonce_is_not_counted_nor_used_up() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let user = bench.sign_in_with(DENTIST, &key).await;
    bench
        .backend
        .faults()
        .set("/", Some(Fault::AskForDpopNonce));
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", user.refresh.as_str()),
        ("client_id", CLIENT),
    ];
    let back = bench
        .ask_with(&form, &[&key.proof(&bench.token_claims())])
        .await;
    assert_eq!(bench.backend.renewals(), Renewals::default());
    let mut claims = bench.token_claims();
    claims["nonce"] = json!(nonce(&back));
    let (status, _) = bench.token_with(&form, &key.proof(&claims)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bench.backend.renewals().granted, 1);
}
