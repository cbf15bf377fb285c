//! Locked means gone (invariant I6): what the window holds, what it takes to come back, and what
//! becomes of a check under way.

use crate::support::{Bench, DENTIST, Desk, not_checked, records, typed};
use chrono::TimeDelta;
use cpis_client::shown::{Decision, ShownCause};
use cpis_client::view::{LockCause, Place, QueuedState, Screen, SessionEnd, SignInFault, View};
use cpis_client::{LockSignal, Request};
use cpis_training::{Case, Fault, TrainingPatient};
use std::sync::Arc;

const WRONG: &str = "00000000";

async fn bench() -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    (bench, desk)
}

fn locked(view: &View) -> Option<LockCause> {
    match view.screen {
        Screen::Locked { cause, .. } => Some(cause),
        _ => None,
    }
}

/// Nothing in the view names the person, the child's authority or the user.
fn assert_without_identifiers(view: &View, person: &TrainingPatient) {
    let text = serde_json::to_string(view).unwrap();
    let plan = person.plans.first();
    let authority = plan.and_then(|plan| plan.authority.name.clone());
    let start = plan.and_then(|plan| plan.start).map(|day| day.to_string());
    let held = [
        person.nhs_number.digits(),
        person.nhs_number.to_string(),
        person.family.clone(),
        person.birth_date.to_string(),
        "Sample-Otter".to_owned(),
    ];
    let held = held.into_iter().chain(person.given.clone());
    for secret in held.chain(authority).chain(start) {
        assert!(!text.contains(&secret), "the view holds {secret}");
    }
    assert!(view.user.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_empties_the_window_and_an_unlock_returns_to_the_result() {
    let (bench, desk) = bench().await;
    let child = bench.person(Case::ChildProtectionAndLookedAfter);
    let before = serde_json::to_value(desk.check(child).await).unwrap();
    let view = desk.ask(Request::Lock).await;
    assert_eq!(locked(&view), Some(LockCause::Asked));
    desk.sent().await;

    desk.refused(Request::FindChild(typed(child))).await;
    for place in [Place::Find, Place::ToSend, Place::Settings, Place::Help] {
        desk.refused(Request::Go(place)).await;
    }
    desk.ask(Request::Activity).await;
    desk.ask(Request::Unlock {
        passcode: "".into(),
    })
    .await;
    for view in &desk.views_since(view.revision) {
        assert_without_identifiers(view, child);
        assert!(locked(view).is_some());
    }

    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    let Screen::Result { shown, .. } = view.screen else {
        panic!("another place");
    };
    assert_eq!(serde_json::to_value(shown.content()).unwrap(), before);
    assert_eq!(view.user.unwrap().name, "Mr Bertram Sample-Otter");
    assert_eq!(
        (bench.received(), bench.told()),
        (1, 1),
        "nothing was asked again"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_was_not_made_can_be_asked_again_after_an_unlock() {
    let (bench, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    bench.set_network(false).await;
    let failed = desk.check(child).await;
    let view = desk.ask(Request::Lock).await;
    assert_without_identifiers(&view, child);
    bench.set_network(true).await;
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    let Screen::Result { shown, .. } = view.screen else {
        panic!("another place");
    };
    assert!(matches!(
        shown.content().decision,
        Some(Decision::CheckAgain)
    ));
    let again = desk.decide(Request::CheckAgain).await;
    assert_eq!(again.asked, failed.asked);
    assert_ne!(again.reference, failed.reference, "a look of its own");
    assert_eq!(records(&again).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_time_locks() {
    let (bench, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    desk.check(child).await;
    bench.clock.pass(TimeDelta::minutes(14));
    desk.ask(Request::Activity).await;
    bench.clock.pass(TimeDelta::minutes(15));
    let view = desk.until(|view| locked(view).is_some()).await;
    assert_eq!(locked(&view), Some(LockCause::Idle));
    assert_without_identifiers(&view, child);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_operating_system_tells_locks_and_the_first_cause_stays() {
    let (bench, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    desk.check(child).await;
    for (signal, cause) in [
        (LockSignal::ScreenLocked, LockCause::ScreenLocked),
        (LockSignal::UserSwitched, LockCause::UserSwitched),
        (LockSignal::Sleep, LockCause::Sleep),
    ] {
        let view = desk.ask(Request::LockFor(signal)).await;
        assert_eq!(locked(&view), Some(cause));
        assert_without_identifiers(&view, child);
        let view = desk.ask(Request::LockFor(LockSignal::ScreenLocked)).await;
        assert_eq!(locked(&view), Some(cause));
        let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
        assert!(matches!(view.screen, Screen::Result { .. }));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlock_under_way_is_given_up_when_the_screen_is_locked() {
    let (bench, desk) = bench().await;
    desk.ask(Request::Lock).await;
    let passcode = bench.passcode(DENTIST);
    desk.ask(Request::Unlock {
        passcode: passcode.as_str().into(),
    })
    .await;
    let given_up = desk.ask(Request::LockFor(LockSignal::ScreenLocked)).await;
    let is_at_rest = matches!(given_up.screen, Screen::Locked { busy: false, .. });
    assert!(is_at_rest, "{:?}", given_up.screen);
    // Both unlocks have ended after this one.
    desk.unlock_with(WRONG).await;
    for view in desk.views_since(given_up.revision) {
        assert!(locked(&view).is_some(), "{:?}", view.screen);
    }
    let view = desk.unlock_with(&passcode).await;
    assert!(matches!(view.screen, Screen::Find { .. }), "{view:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_third_wrong_passcode_counts_when_its_unlock_is_given_up() {
    let (bench, desk) = bench().await;
    desk.ask(Request::Lock).await;
    desk.unlock_with(WRONG).await;
    desk.unlock_with(WRONG).await;
    desk.ask(Request::Unlock {
        passcode: WRONG.into(),
    })
    .await;
    let given_up = desk.ask(Request::LockFor(LockSignal::ScreenLocked)).await;
    assert!(locked(&given_up).is_some(), "{given_up:?}");
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    let Screen::SessionEnded { cause, .. } = view.screen else {
        panic!("a try too many: {view:?}");
    };
    assert_eq!(cause, SessionEnd::TooManyTries);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_under_way_is_given_up_when_the_computer_goes_to_sleep() {
    const USER: &str = "/oauth2/userinfo";
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    wire.hold(USER);
    let passcode = bench.passcode(DENTIST);
    desk.ask(Request::SignIn {
        card: DENTIST.to_owned(),
        passcode: passcode.into(),
    })
    .await;
    wire.came(USER, 1).await;
    let view = desk.ask(Request::LockFor(LockSignal::Sleep)).await;
    assert!(matches!(view.screen, Screen::SignIn { busy: false, .. }));
    wire.let_go();
    desk.sign_in(DENTIST).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_goes_backwards_locks() {
    let (bench, desk) = bench().await;
    bench.clock.pass(TimeDelta::seconds(-6));
    let view = desk.until(|view| locked(view).is_some()).await;
    assert_eq!(locked(&view), Some(LockCause::Idle));
    desk.unlock_with(&bench.passcode(DENTIST)).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_wrong_passcodes_at_the_lock_destroy_the_session() {
    let (bench, desk) = bench().await;
    desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::Lock).await;
    let fault = async |typed: &str| match desk.unlock_with(typed).await.screen {
        Screen::Locked { fault, .. } => fault,
        other => panic!("not locked: {other:?}"),
    };
    assert_eq!(fault("").await, Some(SignInFault::PasscodeMissing));
    assert_eq!(fault("12").await, Some(SignInFault::PasscodeShape));
    let wrong = |tries_left| Some(SignInFault::WrongAtLock { tries_left });
    assert_eq!(fault(WRONG).await, wrong(2));
    assert_eq!(fault(WRONG).await, wrong(1));
    let view = desk.unlock_with(WRONG).await;
    assert!(matches!(
        view.screen,
        Screen::SessionEnded {
            cause: SessionEnd::TooManyTries,
            ..
        }
    ));
    assert_without_identifiers(&view, bench.person(Case::ChildProtection));
    // The card has its own tries, and was not asked.
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_ends_the_check_under_way_on_record() {
    let (bench, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    let backend = bench.backend();
    for (path, told) in [("/personal-demographics", 0), ("/cpis/FHIR/R4/CareTeam", 1)] {
        let (strikes, received) = (backend.faults().strikes(), bench.received());
        backend.faults().set(path, Some(Fault::Hang));
        desk.begin(child).await;
        bench.struck(strikes + 1).await;
        let view = desk.ask(Request::Lock).await;
        assert_without_identifiers(&view, child);
        // It is on record, and leaves, while nobody is there.
        desk.until(|_| bench.received() > received).await;
        desk.sent().await;
        assert!(locked(&desk.view()).is_some());
        let (id, _) = backend.audit_records().unwrap().pop().unwrap();
        let record = bench.record(&id);
        assert_eq!(
            (record.outcome, record.cause.as_deref()),
            (4, Some("cancelled"))
        );
        assert!(bench.told() <= told);

        backend.faults().clear();
        let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
        assert!(
            matches!(view.screen, Screen::Find { .. }),
            "{:?}",
            view.screen
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_does_not_wait_for_a_renewal() {
    let (bench, desk) = bench().await;
    let backend = bench.backend();
    bench.clock.pass(TimeDelta::minutes(11));
    backend.faults().set("/oauth2/token", Some(Fault::Hang));
    desk.begin(bench.person(Case::ChildProtection)).await;
    bench.struck(1).await;
    let view = desk.ask(Request::Lock).await;
    assert_eq!(locked(&view), Some(LockCause::Asked));
    backend.faults().clear();
    desk.unlock_with(&bench.passcode(DENTIST)).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1, "the session lives");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_stays_awake_while_a_token_is_renewed() {
    let (bench, desk) = bench().await;
    bench.clock.pass(TimeDelta::minutes(11));
    bench
        .backend()
        .faults()
        .set("/oauth2/token", Some(Fault::Hang));
    desk.begin(bench.person(Case::ChildProtection)).await;
    bench.struck(1).await;
    let states: Vec<_> = desk
        .queue()
        .await
        .iter()
        .map(|record| record.state)
        .collect();
    assert_eq!(
        states,
        [QueuedState::Attempted],
        "the look is still under way"
    );
    let view = desk.ask(Request::Lock).await;
    assert_eq!(locked(&view), Some(LockCause::Asked));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_survive_a_lock_longer_than_their_life() {
    let (bench, desk) = bench().await;
    desk.ask(Request::Lock).await;
    bench.clock.pass(TimeDelta::hours(2));
    desk.unlock_with(&bench.passcode(DENTIST)).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_decision_does_not_outlive_a_lock() {
    let (bench, desk) = bench().await;
    let stopped = desk.check_first(Case::RestrictedWithRecord).await;
    assert!(matches!(stopped.decision, Some(Decision::GoOn)));
    desk.ask(Request::Lock).await;
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    let Screen::Result { shown, .. } = view.screen else {
        panic!("another place");
    };
    assert_eq!(not_checked(shown.content()).0, ShownCause::Restricted);
    assert!(shown.content().decision.is_none());
    desk.refused(Request::GoOn).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_session_can_be_signed_out_and_grows_too_old() {
    let (bench, desk) = bench().await;
    let end = |view: &View| match view.screen {
        Screen::SessionEnded { cause, .. } => Some(cause),
        _ => None,
    };
    desk.ask(Request::Lock).await;
    let view = desk.ask(Request::SignOut).await;
    assert_eq!(end(&view), Some(SessionEnd::SignedOutServiceNotTold));

    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Lock).await;
    bench.clock.pass(TimeDelta::hours(8));
    let view = desk.until(|view| end(view).is_some()).await;
    assert_eq!(end(&view), Some(SessionEnd::TooLong));
    desk.refused(Request::Unlock {
        passcode: bench.passcode(DENTIST).into(),
    })
    .await;
}
