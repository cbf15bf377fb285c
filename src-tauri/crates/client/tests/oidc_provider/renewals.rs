//! Renewals: rotation of refresh tokens, their theft, and tokens that are bound to the computer.

use crate::place::{Place, TOKEN};
use crate::provider::Dpop;
use crate::support::not_checked;
use cpis_client::Request;
use cpis_client::shown::{ShownCause, ShownFinding};
use cpis_client::view::{Place as Screens, Screen, SessionEnd};
use std::collections::BTreeSet;

/// What the register is asked for first in every look.
const TRACE: &str = "/personal-demographics";

async fn looks_well(place: &Place) {
    match place.look().await.finding {
        ShownFinding::Nothing => {}
        ShownFinding::NotChecked { cause, reason } => panic!("{cause:?}, {reason:?}"),
        ShownFinding::Record { .. } => panic!("a record"),
    }
}

/// The look is refused, the session is over, and nothing more is asked of the provider.
async fn ends_in_sign_in_again(place: &mut Place) {
    let shown = place.look().await;
    assert_eq!(not_checked(&shown).0, ShownCause::SignInNeeded);
    let renewals = place.renewals().len();
    let view = place.desk.ask(Request::Go(Screens::Find)).await;
    let Screen::SessionEnded { cause, .. } = view.screen else {
        panic!("the session goes on: {:?}", view.screen);
    };
    assert_eq!(cause, SessionEnd::ServiceEnded);
    assert!(place.desk.view().user.is_none());
    place.pass_a_token();
    place.desk.ask(Request::Go(Screens::Find)).await;
    place.sign_in().await;
    looks_well(place).await;
    assert_eq!(
        place.renewals().len(),
        renewals,
        "no renewal was tried again"
    );
}

fn refresh_token(place: &Place, answer: usize) -> String {
    let answers = place.token_answers();
    answers[answer]["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_refresh_token_is_used_once_and_then_its_successor() {
    let mut place = Place::start().await;
    place.sign_in().await;
    for _ in 0..4 {
        place.pass_a_token();
        looks_well(&place).await;
    }
    let used = place.renewals();
    let given: Vec<String> = (0..5).map(|answer| refresh_token(&place, answer)).collect();
    assert_eq!(used, given[..4], "each in its turn");
    assert_eq!(BTreeSet::from_iter(&given).len(), 5, "each is another one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_does_not_rotate_is_shown_the_same_token_again() {
    let mut place = Place::with(|setting| setting.rotation = false, &[]).await;
    place.sign_in().await;
    for _ in 0..2 {
        place.pass_a_token();
        looks_well(&place).await;
    }
    assert_eq!(place.renewals(), vec![refresh_token(&place, 0); 2]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_refresh_token_the_session_ends_with_its_access_token() {
    let mut place = Place::with(|setting| setting.refresh_tokens = false, &[]).await;
    place.sign_in().await;
    looks_well(&place).await;
    place.pass_a_token();
    ends_in_sign_in_again(&mut place).await;
    assert!(place.renewals().is_empty());
}

/// The program's token was used before by somebody else: the provider revokes the grant.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_that_a_thief_used_first_ends_the_session() {
    let mut place = Place::start().await;
    place.sign_in().await;
    let stolen = place.steal(&refresh_token(&place, 0)).await;
    assert!(stolen["access_token"].is_string(), "{stolen}");
    place.pass_a_token();
    ends_in_sign_in_again(&mut place).await;
    assert_eq!(place.renewals().len(), 1);
    let thiefs = stolen["refresh_token"].as_str().unwrap();
    assert_eq!(place.steal(thiefs).await["error"], "invalid_grant");
}

/// Somebody else uses a token that the program has used up: its access token dies while it is fresh.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refresh_token_that_a_thief_used_again_ends_the_session() {
    let mut place = Place::start().await;
    place.sign_in().await;
    place.pass_a_token();
    looks_well(&place).await;
    let before = place.wire.requests(TRACE).len();
    let stolen = place.steal(&refresh_token(&place, 0)).await;
    assert_eq!(stolen["error"], "invalid_grant");
    ends_in_sign_in_again(&mut place).await;
    assert_eq!(
        place.renewals().len(),
        2,
        "one that succeeded, one that was refused"
    );
    let looks = place.wire.requests(TRACE).len() - before;
    assert_eq!(
        looks, 2,
        "the look that met the 401 is not repeated; the second is the next person's"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_tokens_are_bound_a_stolen_one_is_worth_nothing() {
    for nonce in [false, true] {
        let dpop = Dpop {
            algorithms: vec!["RS512"],
            nonce,
        };
        let mut place = Place::with(|setting| setting.dpop = Some(dpop), &[]).await;
        place.sign_in().await;
        assert_eq!(place.token_answers()[0]["token_type"], "DPoP");
        looks_well(&place).await;
        let stolen = place.steal(&refresh_token(&place, 0)).await;
        assert!(stolen["access_token"].is_null(), "{stolen}");
        place.pass_a_token();
        looks_well(&place).await;
        assert_eq!(place.renewals().last(), Some(&refresh_token(&place, 0)));
        let calls = place.wire.requests(TRACE);
        assert!(
            calls
                .iter()
                .all(|call| call.header("authorization").starts_with("DPoP "))
        );
        let asked_twice = place
            .wire
            .answers(TOKEN)
            .iter()
            .any(|a| a["error"] == "use_dpop_nonce");
        assert_eq!(asked_twice, nonce);
    }
}

/// The workstation's key signs with RS512 only, so it binds nothing where that is not offered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_another_algorithm_is_asked_for_tokens_are_not_bound() {
    let dpop = Dpop {
        algorithms: vec!["ES256"],
        nonce: false,
    };
    let mut place = Place::with(|setting| setting.dpop = Some(dpop), &[]).await;
    place.sign_in().await;
    assert_eq!(place.token_answers()[0]["token_type"], "Bearer");
    looks_well(&place).await;
}
