//! What is said of the connection: soon when it is lost, not too soon when it is back, and of each thing that
//! needs it by itself.

use crate::support::{Bench, DENTIST, Desk, not_checked};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::shown::ShownCause;
use cpis_client::view::{Connectivity, SignInFault, TaskState, View};
use cpis_training::{Case, Fault};
use std::sync::Arc;

fn is_connected(view: &View) -> bool {
    view.connectivity == Connectivity::Connected
}

fn since(view: &View) -> Option<String> {
    match &view.connectivity {
        Connectivity::Offline { since } => Some(since.clone()),
        Connectivity::Connected | Connectivity::Connecting => None,
    }
}

async fn signed_in(bench: &Arc<Bench>) -> Desk {
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    desk.until(is_connected).await;
    desk
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offline_is_said_within_five_seconds_though_nobody_does_anything() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    bench.set_network(false).await;
    // The clock goes no further: what these seconds do not show is never shown.
    bench.clock.pass(TimeDelta::seconds(5));
    let view = desk.until(|view| since(view).is_some()).await;
    assert_eq!(since(&view), Some(bench.clock.read().to_rfc3339()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_finds_no_network_says_offline_at_once() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    bench.set_network(false).await;
    let shown = desk.check_first(Case::NothingHeld).await;
    assert_eq!(not_checked(&shown).0, ShownCause::Unreachable);
    assert!(since(&desk.view()).is_some(), "with the answer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_slow_is_not_called_offline() {
    let (bench, wire) = Bench::wired().await;
    let desk = signed_in(&bench).await;
    let asked = |count| wire.came("/cpis/FHIR/R4/metadata", count);
    let before = wire.requests("/cpis/FHIR/R4/metadata").len();
    wire.hold("/cpis/FHIR/R4/metadata");
    bench.clock.pass(TimeDelta::seconds(5));
    asked(before + 1).await;
    // It answers what a person asks, and is asked again when it has answered late.
    desk.check_first(Case::NothingHeld).await;
    wire.let_go();
    desk.ask(Request::SendNow).await;
    asked(before + 2).await;
    assert!(desk.all_views().iter().all(|view| since(view).is_none()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connected_is_said_when_the_service_has_been_there_for_ten_seconds() {
    let bench = Bench::start().await;
    // The first time nobody was told otherwise before, so it is said at once.
    let desk = signed_in(&bench).await;
    let lose = async || {
        bench.set_network(false).await;
        bench.clock.pass(TimeDelta::seconds(2));
        desk.until(|view| since(view).is_some()).await
    };
    let find = async || {
        bench.set_network(true).await;
        desk.ask(Request::SendNow).await;
        desk.until(|view| view.connectivity == Connectivity::Connecting)
            .await;
    };
    let first = since(&lose().await);
    find().await;
    // With the two until it is lost again, less than ten.
    bench.clock.pass(TimeDelta::seconds(7));
    assert!(!is_connected(&desk.ask(Request::View).await));
    // It went again before it was called connected: it is the same time offline.
    assert_eq!(since(&lose().await), first);
    find().await;
    bench.clock.pass(TimeDelta::seconds(10));
    desk.until(is_connected).await;
    let again = since(&lose().await);
    assert_ne!(again, first, "another time offline");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_thing_that_needs_the_service_is_told_by_itself() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    let faults = bench.backend();
    let faults = faults.faults();
    let busy = Some(Fault::Status(503));

    faults.set("/oauth2/token", busy);
    let passcode = bench.passcode(DENTIST);
    let fault = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(fault, SignInFault::ServiceUnavailable);
    let view = desk.view();
    assert!(is_connected(&view), "{:?}", view.connectivity);
    assert_eq!(view.tasks.sign_in, TaskState::NotResponding);
    faults.set("/oauth2/token", None);
    desk.sign_in(DENTIST).await;
    assert_eq!(desk.view().tasks.sign_in, TaskState::Works);

    faults.set("/cpis/FHIR/R4/CareTeam", busy);
    desk.check_first(Case::NothingHeld).await;
    let view = desk.view();
    assert!(is_connected(&view));
    assert_eq!(view.tasks.look_up, TaskState::NotResponding);
    assert_eq!(view.tasks.sign_in, TaskState::Works);
    // That the register's statement can be read does not say that it answers.
    bench.clock.pass(TimeDelta::seconds(5));
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    assert_eq!(desk.view().tasks.look_up, TaskState::NotResponding);
    faults.set("/cpis/FHIR/R4/CareTeam", None);

    faults.set("/audit", busy);
    desk.check_first(Case::NothingHeld).await;
    let stuck = |view: &View| view.tasks.sending == TaskState::NotResponding;
    let view = desk.until(stuck).await;
    assert!(is_connected(&view));
    assert_eq!(view.tasks.look_up, TaskState::Works);
    faults.set("/audit", None);
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    assert_eq!(desk.view().tasks.sending, TaskState::Works);
}
