//! Tokens: renewed once when they end, and the session is over when they cannot be.

use crate::support::{Bench, DENTIST, Desk, Recorded, Wire, not_checked, records};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::shown::{ShownCause, Told};
use cpis_client::view::{Place, Screen, SessionEnd};
use cpis_training::{Case, Fault};

const TOKEN: &str = "/oauth2/token";
const TRACE: &str = "/personal-demographics";
const PLANS: &str = "/cpis/FHIR/R4/CareTeam";
const HISTORY: &str = "/cpis/FHIR/R4/AuditEvent";

/// Past the life of an access token, before the idle lock.
fn eleven_minutes() -> TimeDelta {
    TimeDelta::minutes(11)
}

fn renewals(wire: &Wire) -> usize {
    let is_renewal = |call: &Recorded| call.body.contains("grant_type=refresh_token");
    wire.requests(TOKEN)
        .iter()
        .filter(|call| is_renewal(call))
        .count()
}

async fn session_end(desk: &Desk) -> SessionEnd {
    match desk.ask(Request::Go(Place::Find)).await.screen {
        Screen::SessionEnded { cause, .. } => cause,
        other => panic!("the session goes on: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_has_ended_is_renewed_before_the_call() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    bench.clock.pass(eleven_minutes());
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    assert_eq!(renewals(&wire), 1);
    let traces = wire.requests(TRACE);
    assert_eq!(traces.len(), 2, "no call met the end of the token");
    assert_ne!(
        traces[0].header("authorization"),
        traces[1].header("authorization")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_calls_that_are_refused_together_renew_once() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let backend = bench.backend();
    for path in [PLANS, HISTORY] {
        backend.faults().set_times(path, Fault::Status(401), 1);
    }
    let shown = desk.check_first(Case::NoAccesses).await;
    assert_eq!(records(&shown).0.len(), 1);
    assert_eq!(renewals(&wire), 1, "a refresh token is used once");
    for path in [PLANS, HISTORY] {
        let calls = wire.requests(path);
        assert_eq!(calls.len(), 2);
        for name in ["x-request-id", "traceid", "isunscheduledaccessevent"] {
            assert_eq!(calls[0].header(name), calls[1].header(name), "{name}");
        }
    }
    assert_eq!(bench.told(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_refused_again_ends_the_session() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let backend = bench.backend();
    backend.faults().set(TRACE, Some(Fault::Status(401)));
    let shown = desk.check_first(Case::NothingHeld).await;
    assert_eq!(backend.faults().strikes(), 2, "once more after the renewal");
    assert_eq!(not_checked(&shown).0, ShownCause::SignInNeeded);
    desk.sent().await;
    let record = bench.record(&shown.reference);
    assert_eq!(record.cause.as_deref(), Some("sign-in-needed"));

    assert_eq!(session_end(&desk).await, SessionEnd::ServiceEnded);
    backend.faults().clear();
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_the_service_has_forgotten_is_over() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    bench.replace_backend(|_| {}).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(not_checked(&shown).0, ShownCause::SignInNeeded);
    assert_eq!(shown.told, Told::No);
    assert_eq!(session_end(&desk).await, SessionEnd::ServiceEnded);
    assert!(desk.view().user.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_that_fails_for_now_keeps_the_session() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    bench.clock.pass(eleven_minutes());
    bench.set_network(false).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(not_checked(&shown).0, ShownCause::Unreachable);
    bench.set_network(true).await;

    let backend = bench.backend();
    backend.faults().set(TOKEN, Some(Fault::Status(503)));
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(not_checked(&shown).0, ShownCause::ServiceUnavailable);
    backend.faults().clear();

    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    assert_eq!(bench.told(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_renewal_that_is_refused_or_lost_ends_the_session() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let backend = bench.backend();
    for fault in [
        Fault::Status(400),
        Fault::StoreThenClose,
        Fault::CloseWithoutAnswer,
        Fault::Html,
    ] {
        desk.sign_in(DENTIST).await;
        bench.clock.pass(eleven_minutes());
        backend.faults().set(TOKEN, Some(fault));
        let shown = desk.check_first(Case::ChildProtection).await;
        assert_eq!(not_checked(&shown).0, ShownCause::SignInNeeded, "{fault:?}");
        assert_eq!(session_end(&desk).await, SessionEnd::ServiceEnded);
        backend.faults().clear();
        desk.ask(Request::Go(Place::Find)).await;
    }
    assert_eq!(bench.told(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_lasts_no_longer_than_policy_says() {
    let (bench, wire) = Bench::wired().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &["session.absolute_hours = 1"]);
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    for _ in 0..5 {
        bench.clock.pass(eleven_minutes());
        desk.ask(Request::Activity).await;
    }
    assert!(matches!(desk.view().screen, Screen::Result { .. }));
    bench.clock.pass(TimeDelta::minutes(5));
    let view = desk.until(|view| view.user.is_none()).await;
    assert!(matches!(
        view.screen,
        Screen::SessionEnded {
            cause: SessionEnd::TooLong,
            ..
        }
    ));
    desk.stop().await;
    assert_eq!(wire.requests("/oauth2/revoke").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_says_when_the_service_was_not_told() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    bench.set_network(false).await;
    desk.ask(Request::SignOut).await;
    let view = desk
        .until(|view| is_over(view, SessionEnd::SignedOutServiceNotTold))
        .await;
    assert!(view.user.is_none());
}

/// A service that does not answer must not keep a child on the screen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_leaves_the_screen_before_the_service_answers() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    let backend = bench.backend();
    backend.faults().set("/oauth2/revoke", Some(Fault::Hang));
    let view = desk.ask(Request::SignOut).await;
    assert!(is_over(&view, SessionEnd::SignedOut), "{:?}", view.screen);
    bench.struck(1).await;
    assert!(is_over(&desk.view(), SessionEnd::SignedOut));
    desk.ask(Request::Go(Place::Find)).await;
    backend.faults().clear();
    desk.sign_in(DENTIST).await;
}

fn is_over(view: &cpis_client::view::View, wanted: SessionEnd) -> bool {
    matches!(view.screen, Screen::SessionEnded { cause, .. } if cause == wanted)
}
