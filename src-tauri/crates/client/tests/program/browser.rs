//! Signing in in the system's browser: the way there and back, and what is refused on it.

use crate::support::{Bench, DENTIST, Desk, InBrowser, go, records};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::view::{Place, Screen, SessionEnd, SignInFault, View};
use cpis_training::{Case, Fault};
use std::sync::Arc;
use url::Url;

const DIGITS: &str = "482913";

async fn bench() -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &[]);
    let policy = std::fs::read_to_string(bench.policy_file()).unwrap();
    let policy = policy.replace("['test-card']", "['test-card', 'browser']");
    std::fs::write(bench.policy_file(), policy).unwrap();
    let desk = bench.live().await;
    (bench, desk)
}

/// Sends the browser out; `count` is how often that has been done.
async fn out(bench: &Bench, desk: &Desk, count: usize) -> InBrowser {
    let view = desk.ask(Request::SignInWithBrowser).await;
    assert!(is_in_browser(&view), "{:?}", view.screen);
    bench.browser.page(count).await
}

fn is_in_browser(view: &View) -> bool {
    matches!(
        view.screen,
        Screen::SignIn {
            in_browser: true,
            ..
        }
    )
}

/// The dentist signs in on the page.
async fn back(bench: &Bench, page: &InBrowser) -> Url {
    let user = bench.user_of(DENTIST);
    page.sign_in(&user, &bench.passcode(DENTIST)).await
}

async fn fault(desk: &Desk) -> SignInFault {
    let view = desk.until(|view| !is_in_browser(view)).await;
    match view.screen {
        Screen::SignIn {
            fault: Some(fault),
            busy: false,
            ..
        } => fault,
        other => panic!("no fault: {other:?}"),
    }
}

async fn choose(desk: &Desk, digits: &str) -> View {
    let passcode = digits.into();
    desk.ask(Request::ChoosePasscode { passcode }).await;
    desk.until(|view| !matches!(view.screen, Screen::ChoosePasscode { busy: true, .. }))
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn there_and_back_with_a_passcode_of_ones_own() {
    let (bench, desk) = bench().await;
    let page = out(&bench, &desk, 1).await;
    assert_eq!(page.asked("response_type"), "code");
    assert_eq!(page.asked("code_challenge_method"), "S256");
    assert_eq!(page.asked("prompt"), "login");
    assert!(page.asked("redirect_uri").starts_with("http://127.0.0.1:"));
    let shown = go(back(&bench, &page).await).await.unwrap();
    assert_eq!(shown.status(), 200);
    assert!(
        shown
            .text()
            .await
            .unwrap()
            .contains("Go back to CP-IS Check")
    );

    let chosen = |view: &View| matches!(view.screen, Screen::ChoosePasscode { .. });
    let view = desk.until(chosen).await;
    assert_eq!(view.user.unwrap().name, "Mr Bertram Sample-Otter");
    let view = choose(&desk, "12").await;
    assert!(matches!(
        view.screen,
        Screen::ChoosePasscode {
            fault: Some(SignInFault::PasscodeShape),
            ..
        }
    ));
    choose(&desk, DIGITS).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    desk.ask(Request::Lock).await;
    let view = desk.unlock_with(DIGITS).await;
    assert!(matches!(view.screen, Screen::Result { .. }));
    assert!(
        go(page.back_with(&[])).await.is_none(),
        "the way back is closed"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_before_the_passcode_is_chosen_ends_the_session() {
    let (bench, desk) = bench().await;
    let page = out(&bench, &desk, 1).await;
    go(back(&bench, &page).await).await.unwrap();
    desk.until(|view| matches!(view.screen, Screen::ChoosePasscode { .. }))
        .await;
    let view = desk.ask(Request::Lock).await;
    let Screen::SessionEnded { cause, .. } = view.screen else {
        panic!("{:?}", view.screen);
    };
    assert_eq!(cause, SessionEnd::ServiceEnded);
    desk.refused(Request::ChoosePasscode {
        passcode: DIGITS.into(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_belong_to_the_sign_in_ends_it() {
    let (bench, desk) = bench().await;
    let issuer = bench.backend().base_url();
    let another = |(key, value): (&str, &str), of: &str| {
        let value = if key == of { "another" } else { value };
        (key.to_owned(), value.to_owned())
    };
    let changes: [(&str, bool, bool); 6] = [
        ("state", true, false),
        ("state", false, false),
        ("state", true, true),
        ("iss", true, false),
        ("iss", false, false),
        ("code", false, false),
    ];
    for (count, (of, kept, twice)) in (1..).zip(changes) {
        let page = out(&bench, &desk, count).await;
        let state = page.asked("state");
        let right = [("state", &*state), ("code", "code"), ("iss", &*issuer)];
        let mut answer: Vec<_> = right.into_iter().map(|pair| another(pair, of)).collect();
        answer.retain(|(key, _)| kept || key != of);
        if twice {
            answer.push(("state".to_owned(), state.clone()));
        }
        let answer: Vec<(&str, &str)> = answer.iter().map(|(k, v)| (&**k, &**v)).collect();
        go(page.back_with(&answer)).await.unwrap();
        assert_eq!(
            fault(&desk).await,
            SignInFault::BrowserForeign,
            "{answer:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_that_the_service_does_not_know_is_refused() {
    let (bench, desk) = bench().await;
    let page = out(&bench, &desk, 1).await;
    let (state, issuer) = (page.asked("state"), bench.backend().base_url());
    let answer = [("state", &*state), ("iss", &*issuer), ("code", "made-up")];
    go(page.back_with(&answer)).await.unwrap();
    assert_eq!(fault(&desk).await, SignInFault::CardRefused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_person_may_refuse_give_up_or_forget() {
    let (bench, desk) = bench().await;
    let page = out(&bench, &desk, 1).await;
    let (state, issuer) = (page.asked("state"), bench.backend().base_url());
    let refused = [
        ("error", "access_denied"),
        ("state", &*state),
        ("iss", &*issuer),
    ];
    go(page.back_with(&refused)).await.unwrap();
    assert_eq!(fault(&desk).await, SignInFault::BrowserRefused);

    let page = out(&bench, &desk, 2).await;
    let view = desk.ask(Request::CancelSignIn).await;
    assert!(matches!(
        view.screen,
        Screen::SignIn {
            busy: false,
            in_browser: false,
            fault: None,
            ..
        }
    ));
    let late = go(back(&bench, &page).await).await;
    assert!(late.is_none(), "nobody waits any more");
    assert!(desk.view().user.is_none());

    out(&bench, &desk, 3).await;
    bench.clock.pass(TimeDelta::minutes(5));
    assert_eq!(fault(&desk).await, SignInFault::BrowserTimedOut);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_browser_or_a_service_it_is_said() {
    let (bench, desk) = bench().await;
    bench.browser.set_missing(true);
    desk.ask(Request::SignInWithBrowser).await;
    assert_eq!(fault(&desk).await, SignInFault::NoBrowser);
    bench.browser.set_missing(false);

    let page = out(&bench, &desk, 1).await;
    let answer = back(&bench, &page).await;
    bench.set_network(false).await;
    go(answer).await.unwrap();
    assert_eq!(fault(&desk).await, SignInFault::Unreachable);
    bench.set_network(true).await;

    let page = out(&bench, &desk, 2).await;
    let answer = back(&bench, &page).await;
    bench
        .backend()
        .faults()
        .set("/oauth2/jwks", Some(Fault::Html));
    go(answer).await.unwrap();
    assert_eq!(fault(&desk).await, SignInFault::UnreadableAnswer);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_decides_whether_it_is_offered_and_how_sure_it_must_be() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.refused(Request::SignInWithBrowser).await;
    let Screen::SignIn {
        browser_offered, ..
    } = desk.view().screen
    else {
        panic!("another screen");
    };
    assert!(!browser_offered);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_sign_in_at_a_time_whichever_it_is() {
    let (bench, desk) = bench().await;
    out(&bench, &desk, 1).await;
    desk.refused(Request::SignInWithBrowser).await;
    desk.refused(Request::SignIn {
        card: DENTIST.to_owned(),
        passcode: bench.passcode(DENTIST).into(),
    })
    .await;
    desk.ask(Request::CancelSignIn).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
}
