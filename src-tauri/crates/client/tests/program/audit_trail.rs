//! Every look is on record and reaches the service once, whatever happens meanwhile.

use crate::support::{Bench, DENTIST, Desk, not_checked};
use cpis_client::Request;
use cpis_client::shown::{ShownCause, Told};
use cpis_client::view::{
    FindBlocked, Notice, Place, ProgramMode, QueueReason, QueuedRecord, QueuedState, Screen, View,
    Weather,
};
use cpis_training::{Case, Fault};
use std::sync::Arc;

const AUDIT: &str = "/audit/FHIR/R4";

async fn bench() -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    (bench, desk)
}

/// Waits on the list of records until the first is as wanted.
async fn queued(desk: &Desk, wanted: impl Fn(&QueuedRecord) -> bool) -> QueuedRecord {
    desk.ask(Request::Go(Place::ToSend)).await;
    let first = |screen: &Screen| match screen {
        Screen::ToSend { queue } => queue.records.first().cloned(),
        _ => None,
    };
    let view = desk
        .until(|view| first(&view.screen).is_some_and(|record| wanted(&record)))
        .await;
    first(&view.screen).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_a_power_cut_broke_off_is_on_record_as_attempted() {
    let (bench, desk) = bench().await;
    let backend = bench.backend();
    backend
        .faults()
        .set("/cpis/FHIR/R4/CareTeam", Some(Fault::Hang));
    desk.begin(bench.person(Case::ChildProtection)).await;
    bench.struck(1).await;
    // What is on the disk at this moment is what a power cut would leave.
    let left = bench.path("left");
    std::fs::create_dir(&left).unwrap();
    for file in ["audit.sqlite", "audit.sqlite-wal", "workstation.json"] {
        std::fs::copy(bench.path("live").join(file), left.join(file)).unwrap();
    }
    desk.stop().await;
    std::fs::remove_dir_all(bench.path("live")).unwrap();
    std::fs::rename(left, bench.path("live")).unwrap();

    let desk = bench.live().await;
    desk.sent().await;
    let records = backend.audit_records().unwrap();
    assert_eq!(records.len(), 1);
    let record = bench.record(&records[0].0);
    assert_eq!((record.outcome, record.cause), (8, None));
    assert_eq!(
        record.person,
        Some(bench.person(Case::ChildProtection).nhs_number.clone())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_that_a_stop_broke_off_is_on_record_as_cancelled() {
    let (bench, desk) = bench().await;
    let backend = bench.backend();
    backend
        .faults()
        .set("/personal-demographics", Some(Fault::Hang));
    desk.begin(bench.person(Case::ChildProtection)).await;
    bench.struck(1).await;
    desk.stop().await;
    assert_eq!(bench.received(), 0);

    let desk = bench.live().await;
    desk.until(|_| bench.received() == 1).await;
    let (id, _) = backend.audit_records().unwrap().remove(0);
    let record = bench.record(&id);
    assert_eq!(
        (record.outcome, record.cause.as_deref()),
        (4, Some("cancelled"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_wait_across_a_restart_and_leave_with_nobody_signed_in() {
    let (bench, desk) = bench().await;
    bench.set_network(false).await;
    let first = desk.check_first(Case::ChildProtection).await;
    let second = desk.check_first(Case::LookedAfter).await;
    assert_eq!(desk.view().to_send.waiting, 2);
    desk.stop().await;

    let desk = bench.live().await;
    assert_eq!(desk.view().to_send.waiting, 2);
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    let view = desk.sent().await;
    assert!(view.user.is_none());
    for shown in [first, second] {
        assert_eq!(not_checked(&shown).0, ShownCause::Unreachable);
        assert_eq!(
            bench.record(&shown.reference).cause.as_deref(),
            Some("unreachable")
        );
    }
    assert_eq!(bench.received(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_leave_by_themselves_when_the_service_is_back() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    for then in [Request::SignOut, Request::Lock] {
        desk.sign_in(DENTIST).await;
        let weather = |view: &View| view.practice.as_ref().and_then(|practice| practice.weather);
        let offline = Weather::Offline;
        let view = desk
            .ask(Request::SetPracticeWeather { weather: offline })
            .await;
        assert_eq!(weather(&view), Some(offline));
        let shown = desk.check_first(Case::ChildProtection).await;
        desk.ask(then).await;
        let good = Weather::Good;
        let view = desk
            .ask(Request::SetPracticeWeather { weather: good })
            .await;
        assert_eq!(weather(&view), Some(good));
        let view = desk.sent().await;
        assert!(view.user.is_none());
        assert_eq!(bench.record(&shown.reference).outcome, 4);
        if !matches!(view.screen, Screen::Locked { .. }) {
            desk.ask(Request::Go(Place::Find)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_trail_refuses_looks_and_takes_them_again_when_it_has_room() {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &["audit.capacity = 10"]);
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    bench.set_network(false).await;
    let child = bench.person(Case::ChildProtection);
    for _ in 0..10 {
        desk.check(child).await;
    }
    assert_eq!(desk.blocked(child).await, Some(FindBlocked::QueueFull));
    assert_eq!(desk.view().to_send.waiting, 10);

    assert_eq!(desk.queue().await.len(), 10);
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    assert_eq!((bench.received(), bench.told()), (10, 0));
    desk.ask(Request::Go(Place::Find)).await;
    assert_eq!(desk.check(child).await.told, Told::Yes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_whose_receipt_was_lost_is_there_once() {
    let (bench, desk) = bench().await;
    let backend = bench.backend();
    backend.faults().set_times(AUDIT, Fault::StoreThenClose, 1);
    let shown = desk.check_first(Case::ChildProtection).await;
    let waiting = queued(&desk, |record| record.reason.is_some()).await;
    assert_eq!(waiting.reason, Some(QueueReason::Unreachable));
    assert_eq!(waiting.state, QueuedState::Waiting);
    assert_eq!(bench.received(), 1);

    desk.ask(Request::SendNow).await;
    let sent = queued(&desk, |record| record.state == QueuedState::Sent).await;
    assert_eq!((sent.id, sent.tries), (shown.reference.clone(), 2));
    assert_eq!(bench.record(&shown.reference).outcome, 0);
    assert_eq!(bench.received(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_service_answers_no_record_is_lost() {
    let (bench, desk) = bench().await;
    let backend = bench.backend();
    for (fault, reason) in [
        (Fault::Status(503), QueueReason::ServiceUnavailable),
        (Fault::RetryAfter(60), QueueReason::ServiceUnavailable),
        (Fault::Status(401), QueueReason::Credential),
        (Fault::Html, QueueReason::NotAReceipt),
        (Fault::Status(204), QueueReason::NotAReceipt),
        (Fault::CloseWithoutAnswer, QueueReason::Unreachable),
        (Fault::Huge, QueueReason::Unreachable),
    ] {
        backend.faults().set(AUDIT, Some(fault));
        let shown = desk.check_first(Case::NothingHeld).await;
        let waiting = queued(&desk, |record| record.reason.is_some()).await;
        assert_eq!(
            (waiting.id, waiting.reason),
            (shown.reference.clone(), Some(reason)),
            "{fault:?}"
        );
        backend.faults().clear();
        desk.ask(Request::SendNow).await;
        desk.sent().await;
        assert_eq!(bench.record(&shown.reference).outcome, 0, "{fault:?}");
        desk.ask(Request::Go(Place::Find)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_record_stands_under_needs_attention_until_somebody_tries_again() {
    let (bench, desk) = bench().await;
    let backend = bench.backend();
    backend.faults().set(AUDIT, Some(Fault::Status(422)));
    let shown = desk.check_first(Case::ChildProtection).await;
    let refused = queued(&desk, |record| record.reason.is_some()).await;
    assert_eq!(refused.state, QueuedState::NeedsAttention);
    assert_eq!(refused.reason, Some(QueueReason::Refused));
    let view = desk.until(|view| view.to_send.needs_attention == 1).await;
    assert_eq!(view.to_send.waiting, 0);
    backend.faults().clear();
    desk.ask(Request::SendNow).await;
    assert_eq!(desk.view().to_send.needs_attention, 1);

    let id = shown.reference.clone();
    desk.ask(Request::TryAgain { id: id.clone() }).await;
    desk.sent().await;
    assert_eq!(bench.record(&id).outcome, 0);
    desk.refused(Request::TryAgain { id }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_records_leave_in_one_batch_chained_in_order() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let first = desk.check_first(Case::ChildProtection).await.reference;
    desk.sent().await;
    bench
        .backend()
        .faults()
        .set(AUDIT, Some(Fault::Status(503)));
    let mut ids = vec![first];
    for _ in 0..3 {
        ids.push(desk.check_first(Case::NothingHeld).await.reference);
    }
    desk.tried().await;
    desk.stop().await;
    bench.backend().faults().clear();
    let before = wire.requests(AUDIT).len();
    // They are due again when their time has come, also after a restart.
    bench.clock.pass(chrono::TimeDelta::minutes(10));
    let desk = bench.live().await;
    desk.sent().await;

    // A later call would only ask whether the service still has them.
    let call = &wire.requests(AUDIT)[before];
    assert_eq!(call.method, "POST");
    let batch: serde_json::Value = serde_json::from_str(&call.body).unwrap();
    assert_eq!(batch["entry"].as_array().unwrap().len(), 3, "one call");
    assert_eq!(bench.received(), 4);
    let chain: Vec<_> = ids
        .iter()
        .map(|id| bench.record(id).chain.unwrap())
        .collect();
    for (place, link) in (1..).zip(&chain) {
        assert_eq!(link.sequence, place);
    }
    for pair in chain.windows(2) {
        assert_eq!(Some(&pair[1].previous), pair[0].own.as_ref());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_and_live_share_no_queue() {
    let bench = Bench::start().await;
    bench.set_network(false).await;
    let live = bench.live().await;
    let view = live.ask(Request::Practise).await;
    assert_eq!(view.program, ProgramMode::Practice);
    live.sign_in(DENTIST).await;
    live.check_first(Case::ChildProtection).await;
    live.sent().await;
    assert_eq!(bench.received(), 1, "the practice backend has it");
    live.refused(Request::Practise).await;
    live.stop().await;

    let live = bench.live().await;
    assert_eq!(live.view().to_send.waiting, 0);
    assert!(live.queue().await.is_empty());
}

/// Invariant I1 at its hardest: the answer is here, and its record cannot be written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_shown_when_its_record_cannot_be_written() {
    const PLANS: &str = "/cpis/FHIR/R4/CareTeam";
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let child = bench.person(Case::ChildProtection);
    wire.hold(PLANS);
    desk.begin(child).await;
    wire.came(PLANS, 1).await;
    let database = rusqlite::Connection::open(bench.path("live/audit.sqlite")).unwrap();
    database.execute_batch("BEGIN IMMEDIATE").unwrap();
    wire.let_go();
    let blocked = |view: &View| match view.screen {
        Screen::Find { blocked, .. } => blocked,
        _ => None,
    };
    let view = desk.until(|view| blocked(view).is_some()).await;
    assert_eq!(blocked(&view), Some(FindBlocked::AuditTrail));
    // And no look begins without a record of the attempt.
    let before = wire.requests("/").len();
    assert_eq!(desk.blocked(child).await, Some(FindBlocked::AuditTrail));
    let asked = |call: &&crate::support::Recorded| call.path.contains("Patient");
    let after = wire.requests("/");
    assert_eq!(after[before..].iter().filter(asked).count(), 0);
    database.execute_batch("ROLLBACK").unwrap();
    let views = serde_json::to_string(&desk.all_views()).unwrap();
    let authority = child.plans[0].authority.name.as_ref().unwrap();
    for held in [&child.family, authority] {
        assert!(!views.contains(held), "a view holds {held}");
    }
    desk.stop().await;

    let desk = bench.live().await;
    desk.sent().await;
    let (id, _) = bench.backend().audit_records().unwrap().remove(0);
    assert_eq!(
        bench.record(&id).outcome,
        8,
        "we cannot tell that it was shown"
    );
    assert_eq!(bench.received(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_is_offered_only_while_its_record_has_room() {
    let (bench, desk) = bench().await;
    let child = bench.person(Case::ChildProtection);
    let refreshed = async || desk.ask(Request::View).await;
    bench.disk.set(cpis_client::LOW_DISK - 1);
    assert!(refreshed().await.notices.contains(&Notice::DiskNearlyFull));
    desk.check(child).await;

    bench.disk.set(cpis_client::LEAST_DISK - 1);
    desk.ask(Request::Go(Place::Find)).await;
    let Screen::Find { blocked, .. } = refreshed().await.screen else {
        panic!("another screen");
    };
    assert_eq!(
        blocked,
        Some(FindBlocked::DiskFull),
        "before anything is typed"
    );
    assert_eq!(desk.blocked(child).await, Some(FindBlocked::DiskFull));

    bench.disk.set(u64::MAX);
    desk.check(child).await;
    desk.sent().await;
    assert_eq!(bench.received(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trail_that_somebody_changed_is_said_on_every_screen() {
    let (bench, desk) = bench().await;
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    desk.stop().await;
    let file = bench.path("live/audit.sqlite");
    let connection = rusqlite::Connection::open(file).unwrap();
    let changed = connection.execute("UPDATE record SET begun_at = '2020-01-01T00:00:00Z'", []);
    assert_eq!(changed.unwrap(), 1);
    drop(connection);

    let desk = bench.live().await;
    let altered = |view: &View| view.notices.contains(&Notice::AuditTrailAltered);
    desk.until(altered).await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::LookedAfter).await;
    desk.stop().await;
    // What was found is not forgotten.
    let desk = bench.live().await;
    desk.until(altered).await;
}
