//! Signing in: discovery, the code flow with PKCE, both algorithms, consent, assurance, enrolment.

use crate::place::{KEYS, Place, TOKEN, fault, is_signed_in, parts};
use crate::tab::Decision;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cpis_client::Request;
use cpis_client::shown::ShownFinding;
use cpis_client::view::SignInFault;
use sha2::{Digest, Sha256};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_looks_and_signs_out_under_both_algorithms() {
    for (algorithm, kid) in [("RS256", "rsa-1"), ("ES256", "elliptic-1")] {
        let change = |setting: &mut crate::provider::Setting| {
            setting.id_token_algorithm = algorithm;
        };
        let mut place = Place::with(change, &[]).await;
        place.sign_in().await;
        let answer = &place.token_answers()[0];
        let (header, claims) = parts(answer["id_token"].as_str().unwrap());
        assert_eq!(
            (&header["alg"], &header["kid"]),
            (&algorithm.into(), &kid.into())
        );
        assert_eq!(claims["nonce"], *place.asked("nonce").await);
        assert_eq!(answer["token_type"], "Bearer");
        assert_eq!(
            place.desk.view().user.unwrap().name,
            "Dr Certified Sample-Heron"
        );

        // The provider refuses a code without the verifier of its challenge.
        let exchanges = place.wire.requests(TOKEN);
        let exchange = exchanges
            .iter()
            .find(|call| call.body.contains("code_verifier="));
        let (_, verifier) = exchange
            .unwrap()
            .body
            .rsplit_once("code_verifier=")
            .unwrap();
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
        assert_eq!(place.asked("code_challenge_method").await, "S256");
        assert_eq!(place.asked("code_challenge").await, challenge);

        let shown = place.look().await;
        assert!(
            matches!(shown.finding, ShownFinding::Nothing),
            "{algorithm}"
        );
        assert_eq!(place.wire.requests(KEYS).len(), 1);

        let refresh = answer["refresh_token"].as_str().unwrap();
        place.desk.ask(Request::SignOut).await;
        let (desk, provider) = place.close();
        desk.stop().await;
        assert_eq!(provider.steal(refresh).await["error"], "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_of_another_sign_in_is_refused() {
    let mut place = Place::start().await;
    let first = place.there(Decision::Agree).await;
    let code = first.query_pairs().find(|(key, _)| key == "code");
    let code = code.unwrap().1.into_owned();
    place.desk.ask(Request::CancelSignIn).await;

    let mut second = place.there(Decision::Agree).await;
    let others: Vec<(String, String)> = second.query_pairs().into_owned().collect();
    let others = others.iter().filter(|(key, _)| key != "code");
    second
        .query_pairs_mut()
        .clear()
        .extend_pairs(others)
        .append_pair("code", &code);
    let view = place.back(second).await;
    assert_eq!(fault(&view), SignInFault::CardRefused);
    assert!(place.token_answers().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_refuses_at_the_provider_is_not_signed_in_and_may_try_again() {
    let mut place = Place::start().await;
    for decision in [Decision::RefuseToSignIn, Decision::RefuseConsent] {
        let back = place.there(decision).await;
        assert!(back.query().unwrap().contains("error=access_denied"));
        let view = place.back(back).await;
        assert_eq!(fault(&view), SignInFault::BrowserRefused);
        assert!(view.user.is_none());
    }
    assert!(place.token_answers().is_empty());
    place.sign_in().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_not_sure_enough_is_not_signed_in() {
    /// What the provider says of a sign-in, and whether it is enough.
    type Given = &'static [(Option<&'static str>, bool)];
    let cases: [(&str, &str, Given); 3] = [
        (
            "3",
            "AAL3_ANY",
            &[
                (Some("AAL3_ANY"), true),
                (Some("AAL2_OR_AAL3_ANY"), false),
                (Some("AAL2_ANY"), false),
            ],
        ),
        (
            "2",
            "AAL2_OR_AAL3_ANY",
            &[
                (Some("AAL3_ANY"), true),
                (Some("AAL2_ANY"), true),
                (Some("AAL1_USERPASS"), false),
                (Some("urn:mace:incommon:iap:silver"), false),
                (None, false),
            ],
        ),
        (
            "1",
            "AAL2_OR_AAL3_ANY AAL1_USERPASS",
            &[(Some("AAL1_USERPASS"), true), (None, false)],
        ),
    ];
    for (policy, asked, given) in cases {
        let line = format!("session.assurance_level = {policy}");
        let mut place = Place::with(|_| {}, &[&line]).await;
        for &(acr, enough) in given {
            place.set(|setting| setting.acr = acr);
            let view = place.try_to_sign_in().await;
            assert_eq!(place.asked("acr_values").await, asked);
            let answer = place.token_answers().pop().unwrap();
            let (_, claims) = parts(answer["id_token"].as_str().unwrap());
            assert_eq!(claims["acr"].as_str(), acr, "the provider says what it was");
            assert_eq!(is_signed_in(&view), enough, "{policy} {acr:?}");
            if enough {
                place.sign_out().await;
            } else {
                assert_eq!(fault(&view), SignInFault::AssuranceTooLow);
            }
        }
    }
}

/// The workstation's own credential, with the same provider (RFC 7591, RFC 7523).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_workstation_enrols_and_its_records_are_delivered() {
    let mut place = Place::start().await;
    place.sign_in().await;
    place.desk.enrolled().await;
    let shown = place.look().await;
    assert!(matches!(shown.finding, ShownFinding::Nothing));
    place.desk.sent().await;
    assert_eq!(place.wire.requests("/reg").len(), 1);
    let records = place.wire.requests("/audit/FHIR/R4");
    assert!(
        records
            .iter()
            .any(|call| call.body.contains(&shown.reference))
    );
}
