//! A note to a local authority that something in a record is wrong: stored before the window says so,
//! delivered once, gone with a lock, and offered only where the service takes notes.

use crate::support::{Bench, DENTIST, Desk, PAEDIATRICIAN};
use cpis_client::view::{
    FindBlocked, LookMode, NoteFault, NoteFieldFault, NoteFormField, NotePrintState, NoteStage,
    NoteWay, NotedField, NotedValue, Place, QueuedKind, QueuedState, Screen, ShownNote, View,
};
use cpis_client::{LEAST_DISK, Request, TypedNote};
use cpis_fhir::{About, NoteFacts, Wrong, read_note};
use cpis_record::OdsCode;
use cpis_training::{Case, Fault};
use serde_json::Value;
use std::sync::Arc;

pub(super) const COMMUNICATION: &str = "/audit/FHIR/R4/Communication";
const CALLBACK: &str = "01632 960 777";

/// A dentist who has a child's record on the screen, with nothing to send.
async fn at(case: Case) -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(case).await;
    desk.sent().await;
    (bench, desk)
}

fn typed() -> Box<TypedNote> {
    Box::new(TypedNote {
        record: "0".to_owned(),
        field: "office-number".to_owned(),
        number: "01632 960 999".to_owned(),
        callback: CALLBACK.to_owned(),
        ..TypedNote::default()
    })
}

fn note(view: &View) -> &ShownNote {
    match &view.screen {
        Screen::Note { note } => note,
        other => panic!("no note: {other:?}"),
    }
}

fn is_stored(view: &View) -> bool {
    matches!(&view.screen, Screen::Note { note } if matches!(note.stage, NoteStage::Stored { .. }))
}

fn state(view: &View) -> Option<QueuedState> {
    match &view.screen {
        Screen::Note { note } => match &note.stage {
            NoteStage::Stored { record, .. } => Some(record.state),
            _ => None,
        },
        _ => None,
    }
}

async fn reviewed(desk: &Desk) -> View {
    desk.ask(Request::Go(Place::Note)).await;
    let view = desk.ask(Request::ReviewNote(typed())).await;
    assert!(
        matches!(note(&view).stage, NoteStage::Review { .. }),
        "{:?}",
        view.screen
    );
    view
}

/// The authority that holds the first record of a person.
pub(super) fn authority(bench: &Bench, case: Case) -> OdsCode {
    let plans = &bench.person(case).plans;
    plans[0].authority.ods_code.clone().unwrap()
}

/// What a local authority reads.
pub(super) async fn inbox(bench: &Bench, authority: &OdsCode) -> Vec<NoteFacts> {
    let backend = bench.backend();
    let credential = backend.authority_credential(authority, false).unwrap();
    let url = format!(
        "{}/local-authority/{authority}/messages",
        backend.base_url()
    );
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.get(url).bearer_auth(credential).send().await;
    let body = answer.unwrap().bytes().await.unwrap();
    let page: Value = serde_json::from_slice(&body).unwrap();
    let entries = page["entry"].as_array().cloned().unwrap_or_default();
    let notes = entries.iter().map(|entry| entry["resource"].to_string());
    notes
        .map(|note| read_note(note.as_bytes()).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_is_stored_before_the_window_says_so_and_its_authority_reads_it_once() {
    let (bench, desk) = at(Case::ChildProtection).await;
    let view = reviewed(&desk).await;
    assert_eq!(view.to_send.waiting, 0, "nothing is stored by reading it");
    let NoteStage::Review { note: written, .. } = &note(&view).stage else {
        panic!("{:?}", view.screen);
    };
    assert_eq!(
        (written.record, written.field),
        (0, NotedField::OfficeNumber)
    );
    assert!(matches!(&written.correct, Some(NotedValue::Text { text }) if text == "01632 960 999"));

    bench
        .backend()
        .faults()
        .set(COMMUNICATION, Some(Fault::Status(503)));
    desk.ask(Request::SendNote).await;
    for view in desk.all_views().iter().filter(|view| is_stored(view)) {
        assert_eq!(view.to_send.waiting, 1, "on the disk before it is said");
    }
    let view = desk
        .until(|view| state(view) == Some(QueuedState::Waiting))
        .await;
    assert!(is_stored(&view), "not said to be delivered");
    desk.refused(Request::SendNote).await;

    // A try under way would end badly after the service is well again, and wait for its time.
    desk.sending_failed().await;
    bench.backend().faults().clear();
    desk.ask(Request::SendNow).await;
    desk.until(|view| state(view) == Some(QueuedState::Sent))
        .await;
    let ods = authority(&bench, Case::ChildProtection);
    let notes = inbox(&bench, &ods).await;
    assert_eq!(notes.len(), 1);
    let [read] = &notes[..] else { unreachable!() };
    assert_eq!(read.person, bench.person(Case::ChildProtection).nhs_number);
    assert_eq!(read.recipient.as_ref(), Some(&ods));
    assert_eq!(read.sender.user_id, bench.user_of(DENTIST));
    let About::Wrong {
        wrong: Wrong::OfficeNumber(Some(right)),
        callback,
        record,
    } = &read.about
    else {
        panic!("{:?}", read.about);
    };
    assert_eq!(
        (right.as_str(), callback.as_str()),
        ("01632 960 999", CALLBACK)
    );
    assert_eq!(
        record.start,
        bench.person(Case::ChildProtection).plans[0].start
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_that_cannot_be_stored_is_not_said_to_be() {
    let (bench, desk) = at(Case::ChildProtection).await;
    reviewed(&desk).await;
    bench.disk.set(LEAST_DISK - 1);
    let view = desk.ask(Request::SendNote).await;
    let NoteStage::Review { blocked, .. } = &note(&view).stage else {
        panic!("{:?}", view.screen);
    };
    assert_eq!(*blocked, Some(FindBlocked::DiskFull));
    bench.disk.set(u64::MAX);
    desk.ask(Request::SendNote).await;
    desk.until(|view| state(view) == Some(QueuedState::Sent))
        .await;
    let ods = authority(&bench, Case::ChildProtection);
    assert_eq!(inbox(&bench, &ods).await.len(), 1);
    assert!(
        desk.all_views()
            .iter()
            .filter(|view| is_stored(view))
            .all(|view| state(view).is_some())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_and_another_page_drop_what_was_written_of_a_note() {
    let (bench, desk) = at(Case::ChildProtection).await;
    reviewed(&desk).await;
    let locked = desk.ask(Request::Lock).await;
    assert!(!serde_json::to_string(&locked).unwrap().contains(CALLBACK));
    desk.refused(Request::SendNote).await;
    let back = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert!(matches!(back.screen, Screen::Result { .. }));
    desk.refused(Request::SendNote).await;
    let empty =
        |view: &View| matches!(&note(view).stage, NoteStage::Form { faults } if faults.is_empty());
    assert!(empty(&desk.ask(Request::Go(Place::Note)).await));

    // Whoever goes elsewhere has left it, too.
    desk.ask(Request::ReviewNote(typed())).await;
    desk.ask(Request::Go(Place::Help)).await;
    desk.ask(Request::Go(Place::Result)).await;
    assert!(empty(&desk.ask(Request::Go(Place::Note)).await));
    desk.ask(Request::ReviewNote(typed())).await;
    desk.ask(Request::Lock).await;
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    desk.refused(Request::Go(Place::Note)).await;
    desk.refused(Request::SendNote).await;
    assert_eq!(desk.view().to_send.waiting, 0, "nothing was stored");
    let ods = authority(&bench, Case::ChildProtection);
    assert!(inbox(&bench, &ods).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_told_by_its_field_and_what_is_right_can_be_changed() {
    let (_bench, desk) = at(Case::ChildProtection).await;
    desk.ask(Request::Go(Place::Note)).await;
    let mut wrong = typed();
    wrong.number = "his mother's".to_owned();
    wrong.callback.clear();
    let view = desk.ask(Request::ReviewNote(wrong)).await;
    let NoteStage::Form { faults } = &note(&view).stage else {
        panic!("{:?}", view.screen);
    };
    let fault = |field, code| NoteFieldFault { field, code };
    assert_eq!(
        faults[..],
        [
            fault(NoteFormField::Number, NoteFault::NumberForm),
            fault(NoteFormField::Callback, NoteFault::CallbackMissing),
        ]
    );
    desk.refused(Request::SendNote).await;
    desk.ask(Request::ReviewNote(typed())).await;
    let view = desk.ask(Request::ChangeNote).await;
    assert!(matches!(&note(&view).stage, NoteStage::Form { .. }));
    desk.refused(Request::SendNote).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_service_takes_no_notes_one_is_printed_and_the_print_is_on_record() {
    let (bench, wire) = Bench::wired().await;
    wire.amend("/cpis/FHIR/R4/metadata", |statement| {
        let resources = statement["rest"][0]["resource"].as_array_mut().unwrap();
        resources.retain(|resource| resource["type"] != "Communication");
    });
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    let view = reviewed(&desk).await;
    assert_eq!(note(&view).way, NoteWay::PrintOnly);
    desk.refused(Request::SendNote).await;
    desk.refused(Request::PrintDrawn).await;

    let view = desk.ask(Request::PrintNote).await;
    let Some(NotePrintState::Ready { printout }) = &note(&view).print else {
        panic!("{:?}", view.screen);
    };
    let paper = printout.content().clone();
    assert_eq!(paper.check, shown.reference);
    assert_eq!(paper.note.callback, CALLBACK);
    desk.ask(Request::PrintDrawn).await;
    assert_eq!(desk.printed(), 1);
    let view = desk.ask(Request::Printed).await;
    assert!(note(&view).print.is_none());
    desk.sent().await;
    let record = bench.record(&paper.reference);
    assert_eq!((record.outcome, record.unscheduled), (0, false));
    assert!(wire.requests(COMMUNICATION).is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_is_about_a_record_on_the_screen_and_nothing_else() {
    let (_bench, desk) = at(Case::NothingHeld).await;
    desk.refused(Request::Go(Place::Note)).await;
    desk.check_first(Case::Invalidated).await;
    desk.refused(Request::Go(Place::Note)).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.refused(Request::Go(Place::Note)).await;
    desk.refused(Request::ReviewNote(typed())).await;
    desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::Go(Place::Help)).await;
    desk.refused(Request::Go(Place::Note)).await;
    desk.ask(Request::Go(Place::Result)).await;
    desk.ask(Request::Go(Place::Note)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_that_the_service_refuses_is_said_not_to_be_delivered() {
    let (bench, desk) = at(Case::ChildProtection).await;
    reviewed(&desk).await;
    let backend = bench.backend();
    backend
        .faults()
        .set(COMMUNICATION, Some(Fault::Status(422)));
    desk.ask(Request::SendNote).await;
    let stuck = |view: &View| state(view) == Some(QueuedState::NeedsAttention);
    desk.until(|view| stuck(view) && view.to_send.needs_attention == 1)
        .await;
    let rows = desk.queue().await;
    let kinds: Vec<QueuedKind> = rows.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [QueuedKind::Note, QueuedKind::Look]);
    let id = rows[0].id.clone();
    let view = desk.ask(Request::OpenRecord { id: id.clone() }).await;
    assert!(
        matches!(&view.screen, Screen::Record { record, .. } if record.kind == QueuedKind::Note)
    );
    backend.faults().clear();
    desk.ask(Request::TryAgain { id }).await;
    desk.sent().await;
    let ods = authority(&bench, Case::ChildProtection);
    assert_eq!(inbox(&bench, &ods).await.len(), 1);
}
