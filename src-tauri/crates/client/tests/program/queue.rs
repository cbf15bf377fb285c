//! The list of records on their way, one of them, and closing while some wait.

use crate::support::{Bench, DENTIST, Desk};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::view::{
    Connectivity, Delay, Notice, Place, ProgramMode, QueuedState, Screen, SupportFile, TaskState,
    View,
};
use cpis_training::{Case, Fault};
use std::sync::Arc;

const AUDIT: &str = "/audit/FHIR/R4";

/// The public key of an organisation's support. Nobody holds the other half.
const PUBLIC_KEY: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3ILlM/jptTTK7LlLGTHI
kFSnEwMiHMr8uZVG+9Im0OjAjUz0hnLvXZNE4EHV8+U6b0+qFsZahpCbxUCDrOq8
7vStxQrh2YQPssE6D72v217f/QnW0zQ755zwrzQsGJQx9HPikdAYsslQMmq/HpWP
Hle1+OlzahljAtuUG+9lLsXQ1/cDXXHFfuGSrAyYb5bPE+mDIgRZIoblsEMOG7ze
ROazWCXMWAVUcS6nH2eA2yFRsYFRQnSK1EEQZcsf+6ndXdITnRlyz4blT4safvaz
YgR0wDD9klngVxSm67J59SyQrkVtsMftgc21J66JLPV92kU0mzVP1261VWQ+MVhv
5wIDAQAB
-----END PUBLIC KEY-----
";

/// A program at which somebody is signed in.
async fn signed_in() -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    (bench, desk)
}

/// The same, in an organisation that takes records for support.
async fn with_support() -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    std::fs::write(bench.path("support.pem"), PUBLIC_KEY).unwrap();
    let code = bench.backend().enrolment_code();
    let key = "audit.support_key_file = 'support.pem'";
    bench.set_policy(Some(&code), &[key]);
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    (bench, desk)
}

/// Leaves a record that the service refused, and opens it.
async fn open_refused(bench: &Bench, desk: &Desk) -> String {
    let faults = bench.backend();
    faults.faults().set(AUDIT, Some(Fault::Status(422)));
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.until(|view| view.to_send.needs_attention == 1).await;
    faults.faults().clear();
    desk.ask(Request::Go(Place::ToSend)).await;
    let id = shown.reference;
    desk.ask(Request::OpenRecord { id: id.clone() }).await;
    id
}

fn record(view: &View) -> (QueuedState, SupportFile) {
    match &view.screen {
        Screen::Record {
            record, support, ..
        } => (record.state, support.clone()),
        other => panic!("no record: {other:?}"),
    }
}

fn delay(view: &View) -> Option<Delay> {
    match &view.screen {
        Screen::ToSend { queue } => Some(queue.delay),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_record_goes_to_support_sealed_and_can_be_tried_again() {
    let (bench, desk) = with_support().await;
    let id = open_refused(&bench, &desk).await;
    let offered = (QueuedState::NeedsAttention, SupportFile::Offered);
    assert_eq!(record(&desk.view()), offered);

    let view = desk.ask(Request::SaveForSupport).await;
    let (_, SupportFile::Saved { file }) = record(&view) else {
        panic!("not saved: {:?}", view.screen);
    };
    let sealed = std::fs::read_to_string(&file).unwrap();
    assert!(file.contains(&id));
    assert_eq!(sealed.split('.').count(), 5, "RFC 7516 §7.1");
    let person = bench.person(Case::ChildProtection);
    assert!(!sealed.contains(&person.nhs_number.digits()));

    // The page follows the record.
    desk.ask(Request::TryAgain { id: id.clone() }).await;
    let sent = |view: &View| matches!(&view.screen, Screen::Record { record, .. } if record.state == QueuedState::Sent);
    desk.until(sent).await;
    assert_eq!(bench.record(&id).person.as_ref(), Some(&person.nhs_number));
    desk.refused(Request::SaveForSupport).await;
    let view = desk.ask(Request::Go(Place::ToSend)).await;
    assert!(matches!(view.screen, Screen::ToSend { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_refused_again_says_so() {
    let (bench, desk) = signed_in().await;
    let id = open_refused(&bench, &desk).await;
    let tried = |view: &View| match &view.screen {
        Screen::Record {
            record,
            tried_again,
            ..
        } => (record.tries, record.state, *tried_again),
        other => panic!("no record: {other:?}"),
    };
    assert!(!tried(&desk.view()).2);
    let backend = bench.backend();
    backend.faults().set(AUDIT, Some(Fault::Status(422)));
    desk.ask(Request::TryAgain { id }).await;
    desk.until(|view| tried(view) == (2, QueuedState::NeedsAttention, true))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_nothing_is_saved() {
    let (bench, desk) = signed_in().await;
    open_refused(&bench, &desk).await;
    assert_eq!(record(&desk.view()).1, SupportFile::NotOffered);
    desk.refused(Request::SaveForSupport).await;
    assert!(!bench.path("support").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_cannot_be_saved_is_said() {
    let (bench, desk) = with_support().await;
    open_refused(&bench, &desk).await;
    std::fs::write(bench.path("support"), "a file is in the way").unwrap();
    let view = desk.ask(Request::SaveForSupport).await;
    assert_eq!(record(&view).1, SupportFile::Failed);
    assert_eq!(view.to_send.needs_attention, 1, "the record is still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_record_of_the_list_can_be_opened() {
    let (_bench, desk) = signed_in().await;
    let id = || "0198f000-0000-7000-8000-000000000001".to_owned();
    desk.refused(Request::OpenRecord { id: id() }).await;
    desk.ask(Request::Go(Place::ToSend)).await;
    desk.refused(Request::OpenRecord { id: id() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_waits_for_long_is_said() {
    let (bench, desk) = signed_in().await;
    bench.set_network(false).await;
    desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::SignOut).await;
    // A call under way must not take a day by this clock.
    desk.tried().await;
    assert_eq!(delay(&desk.view()), Some(Delay::None));
    for (hours, wanted) in [(5, Delay::Hours), (20, Delay::Days)] {
        bench.clock.pass(TimeDelta::hours(hours));
        let view = desk.ask(Request::View).await;
        assert_eq!(delay(&view), Some(wanted));
        let late = view.notices.contains(&Notice::RecordsLate);
        assert_eq!(late, wanted == Delay::Days);
    }
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    let view = desk.sent().await;
    assert_eq!(delay(&view), Some(Delay::None));
    assert!(!view.notices.contains(&Notice::RecordsLate));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_went_back_is_said_and_records_still_leave() {
    let (bench, desk) = signed_in().await;
    bench.set_network(false).await;
    desk.check_first(Case::ChildProtection).await;
    desk.tried().await;
    for (back, said) in [(TimeDelta::minutes(4), false), (TimeDelta::days(1), true)] {
        bench.clock.pass(-back);
        let view = desk.ask(Request::View).await;
        assert_eq!(view.notices.contains(&Notice::ClockBehind), said);
    }
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    desk.sent().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_with_records_waiting_is_asked_about() {
    let (bench, desk) = signed_in().await;
    bench.set_network(false).await;
    desk.check_first(Case::ChildProtection).await;
    let view = desk.ask(Request::AskToClose).await;
    assert!(matches!(view.screen, Screen::Closing));
    assert!(!desk.is_closed());

    let view = desk.ask(Request::KeepOpen).await;
    assert!(matches!(view.screen, Screen::Result { .. }), "{view:?}");
    desk.ask(Request::AskToClose).await;
    let view = desk.ask(Request::Go(Place::ToSend)).await;
    assert!(matches!(view.screen, Screen::ToSend { .. }));

    // A locked program says the same, and nothing about a person.
    desk.ask(Request::Lock).await;
    let view = desk.ask(Request::AskToClose).await;
    assert!(matches!(view.screen, Screen::Closing) && view.user.is_none());
    let view = desk.ask(Request::KeepOpen).await;
    assert!(matches!(view.screen, Screen::Locked { .. }));

    // Closed twice, it closes.
    desk.ask(Request::AskToClose).await;
    desk.ask(Request::AskToClose).await;
    assert!(desk.is_closed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_with_nothing_waiting_closes() {
    let bench = Bench::start().await;
    let desk = bench.open(ProgramMode::Live).await;
    desk.ask(Request::AskToClose).await;
    assert!(desk.is_closed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_shows_that_the_service_is_there() {
    let (bench, desk) = signed_in().await;
    let backend = bench.backend();
    // The probe and the look-up fail; the audit store answers later.
    for path in [AUDIT, "/cpis", "/personal-demographics"] {
        backend.faults().set(path, Some(Fault::CloseWithoutAnswer));
    }
    desk.check_first(Case::ChildProtection).await;
    desk.tried().await;
    let lost = |view: &View| matches!(view.connectivity, Connectivity::Offline { .. });
    let offline = desk.until(lost).await;
    backend.faults().set(AUDIT, None);
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    let is_there = |view: &View| view.connectivity == Connectivity::Connecting;
    let since = desk.views_since(offline.revision);
    assert!(since.iter().any(is_there), "a receipt is an answer");
    let tasks = desk.view().tasks;
    assert_eq!(tasks.sending, TaskState::Works);
    assert_eq!(tasks.look_up, TaskState::NotResponding);
}
