//! This computer at the service: enrolled by policy, by hand, or in practice by itself.

use crate::support::{Bench, Chain, DENTIST, Desk};
use chrono::TimeDelta;
use cpis_client::view::{
    EnrolmentFault, Notice, Place, ProgramMode, QueueReason, QueuedState, Screen, Settings,
    TaskState, View,
};
use cpis_client::{Keychains, Request, WorkstationKeyError, workstation_jwk};
use cpis_training::{Case, Fault};
use cpis_vault::KeychainError;
use std::sync::Arc;

fn settings(view: &View) -> Option<&Settings> {
    match &view.screen {
        Screen::Settings { settings } => Some(settings),
        _ => None,
    }
}

/// Waits on the settings screen until it is as wanted.
async fn until(desk: &Desk, wanted: impl Fn(&Settings) -> bool) -> View {
    desk.ask(Request::Go(Place::Settings)).await;
    desk.until(|view| settings(view).is_some_and(&wanted)).await
}

async fn enrol(desk: &Desk, code: &str) {
    desk.ask(Request::Enrol { code: code.into() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_in_policy_enrols_once() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let view = until(&desk, |settings| settings.enrolled).await;
    assert_eq!(view.notices, [Notice::TestCards]);
    desk.stop().await;
    // The code is used up, and not needed again.
    let desk = bench.live().await;
    let view = until(&desk, |settings| settings.enrolled).await;
    assert_eq!(view.notices, [Notice::TestCards]);
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    assert_eq!(bench.received(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_code_records_wait_and_a_code_by_hand_sends_them() {
    let bench = Bench::start().await;
    bench.set_policy(None, &[]);
    let desk = bench.live().await;
    assert!(desk.view().notices.contains(&Notice::NotEnrolled));
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::Go(Place::ToSend)).await;
    let waits = |screen: &Screen| match screen {
        Screen::ToSend { queue } => {
            let first = &queue.records[0];
            first.state == QueuedState::Waiting && first.reason == Some(QueueReason::Credential)
        }
        _ => false,
    };
    desk.until(|view| waits(&view.screen)).await;
    assert_eq!(bench.received(), 0);

    enrol(&desk, "  ").await;
    until(&desk, |s| {
        s.enrolment_fault == Some(EnrolmentFault::CodeMissing)
    })
    .await;
    enrol(&desk, "AAAA-BBBB-CCCC").await;
    let view = until(&desk, |s| {
        s.enrolment_fault == Some(EnrolmentFault::CodeRefused)
    })
    .await;
    assert!(view.notices.contains(&Notice::EnrolmentRefused));
    bench.set_network(false).await;
    enrol(&desk, "AAAA-BBBB-CCCC").await;
    until(&desk, |s| {
        s.enrolment_fault == Some(EnrolmentFault::Unreachable)
    })
    .await;
    bench.set_network(true).await;
    assert_eq!(desk.view().to_send.waiting, 1);

    enrol(&desk, &bench.backend().enrolment_code()).await;
    let view = until(&desk, |settings| settings.enrolled).await;
    assert_eq!(view.notices, [Notice::TestCards]);
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_by_hand_sends_while_the_service_is_connected() {
    let bench = Bench::start().await;
    bench.set_policy(None, &[]);
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.tried().await;
    enrol(&desk, &bench.backend().enrolment_code()).await;
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_code_in_policy_is_said_and_not_tried_on_and_on() {
    let (bench, wire) = Bench::wired().await;
    bench.set_policy(Some("AAAA-BBBB-CCCC"), &[]);
    let desk = bench.live().await;
    desk.until(|view| view.notices.contains(&Notice::EnrolmentRefused))
        .await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::SendNow).await;
    assert_eq!(wire.requests("/oauth2/register").len(), 1);
    assert_eq!(desk.view().to_send.waiting, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_in_policy_is_tried_again_after_a_busy_service() {
    let bench = Bench::start().await;
    let faults = bench.backend();
    let faults = faults.faults();
    faults.set_times("/oauth2/register", Fault::Status(503), 1);
    let desk = bench.live().await;
    bench.struck(1).await;
    until(&desk, |s| {
        s.enrolment_fault == Some(EnrolmentFault::Unreachable)
    })
    .await;
    desk.ask(Request::SendNow).await;
    until(&desk, |settings| settings.enrolled).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_code_in_policy_is_used_when_the_service_is_back() {
    let bench = Bench::start().await;
    bench.set_network(false).await;
    let desk = bench.live().await;
    desk.until(|view| {
        let connectivity = serde_json::to_value(&view.connectivity).unwrap();
        connectivity["state"] == "offline"
    })
    .await;
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    until(&desk, |settings| settings.enrolled).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_forgot_this_computer_needs_a_new_code_in_live_mode() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    bench.replace_backend(|_| {}).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    // The session is forgotten too: the first step away ends it.
    desk.ask(Request::Go(Place::Find)).await;
    desk.ask(Request::Go(Place::ToSend)).await;
    let reason = |screen: &Screen| match screen {
        Screen::ToSend { queue } => queue.records[0].reason,
        _ => None,
    };
    let view = desk.until(|view| reason(&view.screen).is_some()).await;
    assert_eq!(reason(&view.screen), Some(QueueReason::Credential));
    assert!(view.notices.contains(&Notice::WorkstationRefused));
    assert_eq!(view.tasks.sending, TaskState::NoCredential);
    let view = desk.ask(Request::Go(Place::Settings)).await;
    let Screen::Settings { settings } = &view.screen else {
        panic!("another screen: {:?}", view.screen)
    };
    assert!(settings.enrolled && settings.refused);
    enrol(&desk, &bench.backend().enrolment_code()).await;
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_code_in_policy_enrols_a_computer_that_was_forgotten() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    bench.set_network(false).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.stop().await;
    bench.replace_backend(|_| {}).await;
    bench.set_policy(Some(&bench.backend().enrolment_code()), &[]);
    let desk = bench.live().await;
    desk.ask(Request::SendNow).await;
    // It is refused first, and the code is tried when the service is next asked whether it is there.
    desk.until(|view| {
        view.notices.contains(&Notice::WorkstationRefused) || view.to_send.waiting == 0
    })
    .await;
    bench.clock.pass(TimeDelta::minutes(1));
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 4);
    let view = until(&desk, |settings| settings.enrolled && !settings.refused).await;
    assert_eq!(view.notices, [Notice::TestCards]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enrolment_with_another_key_is_none() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.stop().await;
    bench.set_policy(None, &[]);
    let file = bench.path("live/workstation.json");
    let kept: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    let registered = wire.requests("/oauth2/register").pop().unwrap();
    let registered: serde_json::Value = serde_json::from_str(&registered.body).unwrap();
    assert_eq!(kept["key"], registered["jwks"]["keys"][0]["kid"]);
    for (key, enrolled) in [
        (kept["key"].clone(), true),
        ("another".into(), false),
        // As an earlier version wrote it.
        (serde_json::Value::Null, true),
    ] {
        let mut changed = kept.clone();
        changed["key"] = key;
        std::fs::write(&file, changed.to_string()).unwrap();
        let desk = bench.live().await;
        let view = desk.ask(Request::Go(Place::Settings)).await;
        let Screen::Settings { settings } = view.screen else {
            panic!("another screen: {:?}", view.screen)
        };
        assert_eq!(settings.enrolled, enrolled);
        let said = view.notices.contains(&Notice::NotEnrolled);
        assert_eq!(said, !enrolled);
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_on_the_screen_is_the_one_that_is_registered_and_printed() {
    let (bench, wire) = Bench::wired().await;
    let read = || {
        let keychains: Keychains = {
            let chain = bench.chain();
            Arc::new(move |service| chain.open(service))
        };
        let folder = bench.path("live");
        let read = move || workstation_jwk(ProgramMode::Live, &folder, &keychains);
        tokio::task::spawn_blocking(read)
    };
    let desk = bench.live().await;
    desk.enrolled().await;
    let view = desk.ask(Request::Go(Place::Settings)).await;
    let Screen::Settings { settings } = view.screen else {
        panic!("another screen: {:?}", view.screen)
    };
    let shown = settings.key.unwrap();
    let printed = read().await.unwrap().unwrap();
    assert_eq!(shown.jwk, printed);
    let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let members: Vec<_> = printed.as_object().unwrap().keys().collect();
    assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use"], "no secret");
    assert_eq!(printed["kid"], shown.thumbprint);
    let registered = wire.requests("/oauth2/register").pop().unwrap();
    let registered: serde_json::Value = serde_json::from_str(&registered.body).unwrap();
    assert_eq!(registered["jwks"]["keys"][0], printed);
    desk.stop().await;

    for (fault, wanted) in [
        (KeychainError::Absent, WorkstationKeyError::NoKeychain),
        (KeychainError::Locked, WorkstationKeyError::KeychainLocked),
    ] {
        bench.set_chain(Chain::Refusing(fault));
        assert_eq!(read().await.unwrap(), Err(wanted));
    }
    bench.set_chain(Chain::Kept(Arc::default()));
    let wanted = Err(WorkstationKeyError::KeyMissing);
    assert_eq!(read().await.unwrap(), wanted);
    let other = bench.chain().open("CP-IS Check").unwrap();
    other.write("workstation-secret", &[7; 32]).unwrap();
    let wanted = Err(WorkstationKeyError::OtherKey);
    assert_eq!(read().await.unwrap(), wanted);

    let practice = bench.practice().await;
    let view = practice.ask(Request::Go(Place::Settings)).await;
    let Screen::Settings { settings } = view.screen else {
        panic!("another screen: {:?}", view.screen)
    };
    assert_eq!(settings.key, None, "nobody registers a practice computer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_enrols_by_itself_at_every_backend() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    desk.sign_in(DENTIST).await;
    let backend = bench.backend();
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    assert_eq!(bench.received(), 1);
    backend.faults().set("/audit", Some(Fault::Status(503)));
    let shown = desk.check_first(Case::LookedAfter).await;
    desk.tried().await;
    desk.stop().await;
    // The record is due again. Passed while nothing runs: an assertion on its way would grow too old.
    bench.clock.pass(chrono::TimeDelta::minutes(10));

    // The next run has a backend that has never heard of this computer.
    let desk = bench.practice().await;
    desk.sent().await;
    // What the last backend had, this one has not: it gets that, too.
    desk.until(|_| bench.received() == 2).await;
    assert_eq!(bench.record(&shown.reference).outcome, 0);
    assert!(desk.view().notices.is_empty());
}
