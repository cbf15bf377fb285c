//! What can go wrong between the card and the session.

use crate::support::{Bench, DENTIST};
use cpis_client::Request;
use cpis_client::view::{Screen, SignInFault};
use cpis_training::Fault;

const TOKEN: &str = "/oauth2/token";
const WRONG: &str = "00000000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_wrong_passcodes_lock_a_card_across_a_restart() {
    let bench = Bench::start().await;
    let right = bench.passcode(DENTIST);
    let desk = bench.live().await;
    let wrong = |left| SignInFault::WrongPasscode {
        tries_left: Some(left),
    };
    assert_eq!(desk.sign_in_fault(DENTIST, WRONG).await, wrong(2));
    desk.stop().await;

    let desk = bench.live().await;
    assert_eq!(desk.sign_in_fault(DENTIST, WRONG).await, wrong(1));
    assert_eq!(
        desk.sign_in_fault(DENTIST, WRONG).await,
        SignInFault::CardLocked
    );
    assert_eq!(
        desk.sign_in_fault(DENTIST, &right).await,
        SignInFault::CardLocked
    );
    desk.stop().await;

    let desk = bench.live().await;
    assert_eq!(
        desk.sign_in_fault(DENTIST, &right).await,
        SignInFault::CardLocked
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_right_passcode_gives_all_tries_back() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let wrong = SignInFault::WrongPasscode {
        tries_left: Some(2),
    };
    assert_eq!(desk.sign_in_fault(DENTIST, WRONG).await, wrong);
    desk.sign_in(DENTIST).await;
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(cpis_client::view::Place::Find)).await;
    assert_eq!(desk.sign_in_fault(DENTIST, WRONG).await, wrong);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_cards_can_be_made_new() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    for _ in 0..3 {
        desk.sign_in_fault(DENTIST, WRONG).await;
    }
    let right = bench.passcode(DENTIST);
    assert_eq!(
        desk.sign_in_fault(DENTIST, &right).await,
        SignInFault::CardLocked
    );
    let view = desk.ask(Request::ResetPracticeCards).await;
    let Screen::SignIn { fault, cards, .. } = view.screen else {
        panic!("another screen");
    };
    assert_eq!(fault, None);
    let printed = cards.iter().find(|card| card.id == DENTIST).unwrap();
    assert_eq!(printed.practice_passcode.as_deref(), Some(right.as_str()));
    desk.sign_in(DENTIST).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cards_that_cannot_be_used_say_why() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    for (card, wanted) in [
        ("expired-card", SignInFault::CardExpired),
        ("locked-card", SignInFault::CardLocked),
    ] {
        let fault = desk.sign_in_fault(card, &bench.passcode(card)).await;
        assert_eq!(fault, wanted);
    }
    assert_eq!(
        desk.sign_in_fault("no-such-card", "123456").await,
        SignInFault::CardMissing
    );
    std::fs::write(bench.path("cards/damaged.p12"), "nonsense").unwrap();
    assert_eq!(
        desk.sign_in_fault("damaged", "123456").await,
        SignInFault::CardUnreadable
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_passcode_uses_up_no_try() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    for (typed, fault) in [
        ("", SignInFault::PasscodeMissing),
        ("   ", SignInFault::PasscodeMissing),
        ("123", SignInFault::PasscodeShape),
        ("123456789", SignInFault::PasscodeShape),
        ("12a456", SignInFault::PasscodeShape),
    ] {
        assert_eq!(desk.sign_in_fault(DENTIST, typed).await, fault, "{typed:?}");
    }
    assert_eq!(
        desk.sign_in_fault(DENTIST, WRONG).await,
        SignInFault::WrongPasscode {
            tries_left: Some(2)
        }
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_fails_is_told_from_a_card_that_fails() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let passcode = bench.passcode(DENTIST);
    bench.set_network(false).await;
    let fault = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(fault, SignInFault::Unreachable);
    bench.set_network(true).await;

    let backend = bench.backend();
    for path in [TOKEN, "/oauth2/userinfo"] {
        for (made, shown) in [
            (Fault::Status(503), SignInFault::ServiceUnavailable),
            (Fault::Status(429), SignInFault::ServiceUnavailable),
            (Fault::Status(400), SignInFault::Refused),
            (Fault::Html, SignInFault::UnreadableAnswer),
            (Fault::Huge, SignInFault::UnreadableAnswer),
            (Fault::CloseWithoutAnswer, SignInFault::Unreachable),
        ] {
            backend.faults().set(path, Some(made));
            let fault = desk.sign_in_fault(DENTIST, &passcode).await;
            assert_eq!(fault, shown, "{path} {made:?}");
        }
        backend.faults().set(path, None);
    }
    desk.sign_in(DENTIST).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_of_another_issuer_is_refused_by_the_service() {
    let bench = Bench::with(|options| options.seed = 2).await;
    let desk = bench.live().await;
    let passcode = bench.passcode(DENTIST);
    let fault = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(fault, SignInFault::CardRefused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sign_in_at_a_time() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let backend = bench.backend();
    backend.faults().set("/oauth2/userinfo", Some(Fault::Hang));
    let request = || Request::SignIn {
        card: DENTIST.to_owned(),
        passcode: bench.passcode(DENTIST).into(),
    };
    let view = desk.ask(request()).await;
    assert!(matches!(view.screen, Screen::SignIn { busy: true, .. }));
    desk.refused(request()).await;
    desk.stop().await;
}
