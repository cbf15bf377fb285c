//! Sessions that are bound to a key: renewing and ending them, and how renewals are counted.

use crate::bench::{Bench, CLIENT, DENTIST};
use crate::proofs::ProofKey;
use cpis_training::Renewals;
use reqwest::StatusCode;

fn form(refresh: &str) -> [(&'static str, &str); 3] {
    [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("client_id", CLIENT),
    ]
}

#[tokio::test]
async fn a_bound_session_is_renewed_with_its_own_key_only() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    let user = bench.sign_in_with(DENTIST, &key).await;
    let form = form(&user.refresh);
    let proof = |key: &ProofKey| key.proof(&bench.token_claims());

    let (status, body) = bench.token(&form).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["error"], "invalid_dpop_proof", "no proof");
    let (status, body) = bench.token_with(&form, &proof(&ProofKey::ec())).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["error"], "invalid_grant", "another key");

    let (status, renewed) = bench.token_with(&form, &proof(&key)).await;
    assert_eq!(status, StatusCode::OK, "it was not used up: {renewed}");
    assert_eq!(renewed["token_type"], "DPoP");
    let newer = crate::bench::SignedIn {
        access: renewed["access_token"].as_str().unwrap().to_owned(),
        refresh: renewed["refresh_token"].as_str().unwrap().to_owned(),
        role: user.role,
    };
    let seen = async |key: &ProofKey| {
        let call = bench.proven(&newer, "/oauth2/userinfo", key);
        call.send().await.unwrap().status()
    };
    assert_eq!(seen(&key).await, StatusCode::OK);
    assert_eq!(seen(&ProofKey::ec()).await, StatusCode::UNAUTHORIZED);

    // A thief without the key cannot end the session by using the token again; its owner does.
    bench.token_with(&form, &proof(&ProofKey::ec())).await;
    assert_eq!(seen(&key).await, StatusCode::OK);
    bench.token_with(&form, &proof(&key)).await;
    assert_eq!(seen(&key).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_without_a_key_stays_without_one() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let proof = ProofKey::ec().proof(&bench.token_claims());
    let (status, renewed) = bench.token_with(&form(&user.refresh), &proof).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(renewed["token_type"], "Bearer");
}

#[tokio::test]
async fn signing_out_ends_a_bound_session_by_either_token() {
    let bench = Bench::start().await;
    let key = ProofKey::ec();
    for by_refresh in [true, false] {
        let user = bench.sign_in_with(DENTIST, &key).await;
        let token = if by_refresh {
            &user.refresh
        } else {
            &user.access
        };
        let url = format!("{}/oauth2/revoke", bench.base);
        let form = [("token", token.as_str()), ("client_id", CLIENT)];
        let revoked = bench.client.post(url).form(&form).send().await.unwrap();
        assert_eq!(revoked.status(), StatusCode::OK);
        let call = bench.proven(&user, "/oauth2/userinfo", &key);
        assert_eq!(
            call.send().await.unwrap().status(),
            StatusCode::UNAUTHORIZED
        );
    }
}

#[tokio::test]
async fn renewals_are_counted_by_their_answer() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let counted = || bench.backend.renewals();
    assert_eq!(counted(), Renewals::default());
    bench.token(&form("no such token")).await;
    let one = Renewals {
        granted: 0,
        refused: 1,
    };
    assert_eq!(counted(), one);
    bench.token(&form(&user.refresh)).await;
    let both = Renewals {
        granted: 1,
        refused: 1,
    };
    assert_eq!(counted(), both);
    bench.sign_in(DENTIST).await;
    assert_eq!(counted(), both, "signing in is no renewal");
}
