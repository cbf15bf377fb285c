//! The session that outlives the program: sealed on the disk, unlocked with the passcode, offline
//! too, and destroyed by the third wrong one or by its end.

use crate::support::{Bench, DENTIST, Desk, PAEDIATRICIAN, not_checked, records};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::shown::ShownCause;
use cpis_client::view::{LockCause, LookMode, Screen, SessionEnd, SignInFault, View};
use cpis_training::Case;
use std::sync::Arc;

const WRONG: &str = "00000000";

fn is_locked_by_restart(view: &View) -> bool {
    let cause = LockCause::Restart;
    matches!(&view.screen, Screen::Locked { cause: c, .. } if *c == cause)
}

fn fault(view: &View) -> Option<SignInFault> {
    match view.screen {
        Screen::Locked { fault, .. } => fault,
        _ => None,
    }
}

fn end(view: &View) -> Option<SessionEnd> {
    match view.screen {
        Screen::SessionEnded { cause, .. } => Some(cause),
        _ => None,
    }
}

/// Somebody signs in, locks and the program ends; it is started again.
async fn restarted(bench: &Arc<Bench>) -> Desk {
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Lock).await;
    desk.stop().await;
    let desk = bench.live().await;
    assert!(is_locked_by_restart(&desk.view()), "{:?}", desk.view());
    desk
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_session_is_unlocked_after_a_restart() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Unscheduled).await;
    desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::Lock).await;
    desk.stop().await;

    let desk = bench.live().await;
    let view = desk.view();
    assert!(is_locked_by_restart(&view));
    assert!(view.user.is_none());
    let view = desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    let user = view.user.unwrap();
    assert_eq!(user.role.unwrap().mode, LookMode::Unscheduled);
    assert!(
        matches!(view.screen, Screen::Find { .. }),
        "no result outlives the program"
    );
    let shown = desk.check_first(Case::LookedAfter).await;
    assert_eq!(records(&shown).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_wrong_passcodes_destroy_it_across_restarts() {
    let bench = Bench::start().await;
    let desk = restarted(&bench).await;
    let wrong = |tries_left| Some(SignInFault::WrongAtLock { tries_left });
    assert_eq!(fault(&desk.unlock_with(WRONG).await), wrong(2));
    desk.stop().await;
    let desk = bench.live().await;
    assert_eq!(fault(&desk.unlock_with(WRONG).await), wrong(1));
    desk.stop().await;
    let desk = bench.live().await;
    let view = desk.unlock_with(WRONG).await;
    assert_eq!(end(&view), Some(SessionEnd::TooManyTries));
    assert!(!bench.path("live/session.sealed").exists());
    desk.stop().await;
    let desk = bench.live().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_unlocked_offline_until_its_end_and_not_after() {
    let bench = Bench::start().await;
    let desk = restarted(&bench).await;
    bench.set_network(false).await;
    bench.clock.pass(TimeDelta::minutes(7 * 60 + 59));
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert_eq!(view.user.unwrap().name, "Mr Bertram Sample-Otter");
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(not_checked(&shown).0, ShownCause::Unreachable);

    desk.ask(Request::Lock).await;
    bench.clock.pass(TimeDelta::minutes(1));
    let view = desk.until(|view| end(view).is_some()).await;
    assert_eq!(end(&view), Some(SessionEnd::TooLong));
    assert!(view.user.is_none());
    desk.refused(Request::Unlock {
        passcode: bench.passcode(DENTIST).into(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn its_end_passes_while_the_program_is_closed() {
    let bench = Bench::start().await;
    restarted(&bench).await.stop().await;
    bench.clock.pass(TimeDelta::hours(8));
    let desk = bench.live().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
    assert!(!bench.path("live/session.sealed").exists());
}

/// A passcode typed at the very end is too late, whichever of the two sees the end first.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_right_passcode_at_its_end_opens_nothing() {
    let bench = Bench::start().await;
    let desk = restarted(&bench).await;
    bench.set_network(false).await;
    let passcode = bench.passcode(DENTIST);
    bench.clock.pass(TimeDelta::hours(8));
    let request = Request::Unlock {
        passcode: passcode.clone().into(),
    };
    // Refused, if the end was seen already.
    let _ = desk.request(request).await;
    let view = desk.until(|view| end(view).is_some()).await;
    assert_eq!(end(&view), Some(SessionEnd::TooLong));
    assert!(view.user.is_none());
    desk.stop().await;
    assert!(!bench.path("live/session.sealed").exists());

    // Offline, nobody signs in anew either.
    let desk = bench.live().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
    let fault = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(fault, SignInFault::Unreachable);
    let opened = |view: &View| view.user.is_some();
    assert!(!desk.all_views().iter().any(opened));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_put_back_gives_no_time_and_takes_no_try() {
    let bench = Bench::start().await;
    let desk = restarted(&bench).await;
    bench.clock.pass(TimeDelta::hours(-1));
    for _ in 0..4 {
        let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
        assert_eq!(fault(&view), Some(SignInFault::ClockBackwards));
    }
    bench.clock.pass(TimeDelta::hours(1));
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert!(view.user.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_service_is_never_shown_the_tokens() {
    let bench = Bench::start().await;
    restarted(&bench).await.stop().await;
    let (wire, other) = (crate::support::Wire::start().await, bench.policy_file());
    let policy = std::fs::read_to_string(&other).unwrap();
    let own = bench.backend().base_url();
    std::fs::write(&other, policy.replace(&own, &wire.url())).unwrap();
    let desk = bench.live().await;
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert_eq!(end(&view), Some(SessionEnd::OtherService));
    desk.stop().await;
    assert!(!bench.path("live/session.sealed").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_begins_anew() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Lock).await;
    desk.stop().await;
    let desk = bench.practice().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_and_closing_leave_nothing() {
    let bench = Bench::start().await;
    let kept = bench.path("live/session.sealed");
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Lock).await;
    desk.ask(Request::SignOut).await;
    desk.stop().await;
    assert!(!kept.exists(), "signed out at the lock");
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.stop().await;
    assert!(!kept.exists(), "closed while unlocked");
    let desk = bench.live().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_session_is_said_and_gone() {
    let bench = Bench::start().await;
    restarted(&bench).await.stop().await;
    let kept = bench.path("live/session.sealed");
    let mut bytes = std::fs::read(&kept).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&kept, bytes).unwrap();
    let desk = bench.live().await;
    assert_eq!(end(&desk.view()), Some(SessionEnd::Damaged));
    desk.stop().await;
    let desk = bench.live().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_user_never_sees_the_first_ones_place() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::Lock).await;
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(cpis_client::view::Place::Find)).await;
    let view = desk.sign_in("dental-nurse").await;
    assert!(matches!(view.screen, Screen::Find { .. }), "{view:?}");
    assert!(!view.result_kept);
    desk.ask(Request::Lock).await;
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert_eq!(
        fault(&view),
        Some(SignInFault::WrongAtLock { tries_left: 2 }),
        "the first one's passcode opens nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_warns_before_it_locks() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    bench.clock.pass(TimeDelta::seconds(13 * 60 - 1));
    let view = desk.ask(Request::View).await;
    assert_eq!(view.lock_warning, None);
    bench.clock.pass(TimeDelta::seconds(1));
    let view = desk.until(|view| view.lock_warning.is_some()).await;
    assert_eq!(view.lock_warning, Some(120));
    let view = desk.ask(Request::Activity).await;
    assert_eq!(view.lock_warning, None);
    bench.clock.pass(TimeDelta::minutes(15));
    let view = desk
        .until(|view| view.lock_warning.is_none() && view.user.is_none())
        .await;
    assert!(matches!(view.screen, Screen::Locked { .. }));
}
