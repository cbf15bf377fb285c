//! Telling the local authority that a child of the clinic list was not brought: only when the person
//! says so, once for an appointment, and taken back where it was wrong.

use crate::clinic::{child_of, clinic, import, is_ready, lines, signed_in};
use crate::note::{COMMUNICATION, authority, inbox};
use crate::support::{Bench, Desk, PAEDIATRICIAN};
use cpis_client::view::{
    FindBlocked, NoteFault, NoteWay, NoticeKind, NoticeStage, Place, QueuedKind, QueuedState,
    Screen, ShownClinicChild, ShownNotice, View,
};
use cpis_client::{LEAST_DISK, Request, TypedNotice};
use cpis_fhir::About;
use cpis_training::{Case, Fault};
use std::sync::Arc;

const CALLBACK: &str = "01632 960 777";

/// A paediatrician who has checked the three children of a list.
async fn checked(bench: &Arc<Bench>) -> Desk {
    let desk = signed_in(bench).await;
    desk.ask(import(&lines(bench))).await;
    check_all(&desk).await;
    desk
}

async fn check_all(desk: &Desk) {
    desk.ask(Request::CheckClinic { keep: false }).await;
    desk.until(is_ready).await;
    desk.sent().await;
}

fn row(view: &View, bench: &Bench, case: Case) -> ShownClinicChild {
    child_of(&clinic(view), bench.person(case)).clone()
}

async fn list(desk: &Desk) -> View {
    desk.ask(Request::Go(Place::ClinicList)).await
}

async fn mark(desk: &Desk, bench: &Bench, case: Case, on: bool) -> View {
    let id = row(&list(desk).await, bench, case).id;
    desk.ask(Request::MarkNotBrought { id, on }).await
}

fn notice(view: &View) -> &ShownNotice {
    match &view.screen {
        Screen::Notice { notice } => notice,
        other => panic!("nothing is asked: {other:?}"),
    }
}

fn answer(tell: &str) -> Request {
    Request::AnswerNotice(TypedNotice {
        tell: tell.to_owned(),
        day: "22".to_owned(),
        month: "11".to_owned(),
        year: "2026".to_owned(),
        callback: CALLBACK.to_owned(),
    })
}

fn is_stored(view: &View) -> bool {
    matches!(&view.screen, Screen::Notice { notice } if matches!(notice.stage, NoticeStage::Stored { .. }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authority_is_told_once_and_only_when_the_person_says_so() {
    let bench = Bench::start().await;
    let desk = checked(&bench).await;
    let ods = authority(&bench, Case::ChildProtection);
    let view = mark(&desk, &bench, Case::ChildProtection, true).await;
    assert_eq!(notice(&view).about, NoticeKind::NotBrought);
    assert_eq!(notice(&view).today, "2026-11-22");
    assert_eq!(view.to_send.waiting, 0, "nothing is told by asking");
    let view = desk.ask(answer("no")).await;
    let child = row(&view, &bench, Case::ChildProtection);
    assert!(child.not_brought && child.notice.is_none());

    // It can still be told, and it waits while the service takes none.
    bench
        .backend()
        .faults()
        .set(COMMUNICATION, Some(Fault::Status(503)));
    let id = child.id;
    desk.ask(Request::AskNotice { id: id.clone() }).await;
    desk.ask(answer("yes")).await;
    for view in desk.all_views().iter().filter(|view| is_stored(view)) {
        assert_eq!(view.to_send.waiting, 1, "on the disk before it is said");
    }
    assert!(is_stored(&desk.view()));
    desk.refused(answer("yes")).await;
    let view = list(&desk).await;
    let stored = row(&view, &bench, Case::ChildProtection).notice.unwrap();
    assert_ne!(stored.state, Some(QueuedState::Sent));
    desk.refused(Request::AskNotice { id: id.clone() }).await;
    let kinds: Vec<QueuedKind> = desk.queue().await.iter().map(|row| row.kind).collect();
    assert_eq!(kinds[0], QueuedKind::NotBrought);
    assert!(inbox(&bench, &ods).await.is_empty());

    desk.sending_failed().await;
    bench.backend().faults().clear();
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    let view = list(&desk).await;
    let sent = row(&view, &bench, Case::ChildProtection).notice.unwrap();
    assert_eq!(sent.state, Some(QueuedState::Sent));
    let notes = inbox(&bench, &ods).await;
    assert_eq!(notes.len(), 1);
    assert_eq!(
        notes[0].person,
        bench.person(Case::ChildProtection).nhs_number
    );
    let About::NotBrought { day, callback, .. } = &notes[0].about else {
        panic!("{:?}", notes[0].about);
    };
    assert_eq!(
        (day.to_string().as_str(), callback.as_str()),
        ("2026-11-22", CALLBACK)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appointment_has_one_notice_though_the_list_lost_that_it_was_stored() {
    let bench = Bench::start().await;
    let desk = checked(&bench).await;
    let file = bench.path("live/kept/list.sealed");
    desk.ask(Request::Lock).await;
    desk.stop().await;
    let before = std::fs::read(&file).unwrap();

    let desk = bench.live().await;
    desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    list(&desk).await;
    check_again(&desk, &bench).await;
    mark(&desk, &bench, Case::ChildProtection, true).await;
    desk.ask(answer("yes")).await;
    desk.sent().await;
    desk.ask(Request::Lock).await;
    desk.stop().await;
    // As after a power cut between the two.
    std::fs::write(&file, before).unwrap();

    let desk = bench.live().await;
    desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    let view = list(&desk).await;
    let child = row(&view, &bench, Case::ChildProtection);
    assert!(child.notice.is_none(), "the list has lost it");
    check_again(&desk, &bench).await;
    mark(&desk, &bench, Case::ChildProtection, true).await;
    let view = desk.ask(answer("yes")).await;
    assert!(is_stored(&view), "it is stored already");
    desk.sent().await;
    let ods = authority(&bench, Case::ChildProtection);
    assert_eq!(inbox(&bench, &ods).await.len(), 1);
}

/// Checks the child of a list that came from the disk, which does not hold what was found.
async fn check_again(desk: &Desk, bench: &Bench) {
    let id = row(&desk.view(), bench, Case::ChildProtection).id;
    desk.ask(Request::OpenClinicChild { id }).await;
    desk.result().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_without_a_record_in_place_is_only_marked() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    desk.ask(import(&lines(&bench))).await;
    // Nobody has checked yet, so nobody knows of a record.
    let view = mark(&desk, &bench, Case::ChildProtection, true).await;
    let child = row(&view, &bench, Case::ChildProtection);
    assert!(child.not_brought && child.notice.is_none());
    desk.refused(Request::AskNotice { id: child.id }).await;
    mark(&desk, &bench, Case::ChildProtection, false).await;
    check_all(&desk).await;
    let view = mark(&desk, &bench, Case::NothingHeld, true).await;
    assert!(row(&view, &bench, Case::NothingHeld).not_brought);
    let id = row(&view, &bench, Case::NothingHeld).id;
    desk.refused(Request::AskNotice { id }).await;
    desk.refused(answer("yes")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_notice_that_was_wrong_is_taken_back_and_the_child_can_have_another() {
    let bench = Bench::start().await;
    let desk = checked(&bench).await;
    mark(&desk, &bench, Case::ChildProtection, true).await;
    desk.ask(answer("yes")).await;
    desk.sent().await;
    let view = mark(&desk, &bench, Case::ChildProtection, false).await;
    assert_eq!(notice(&view).about, NoticeKind::Withdrawal);
    let view = desk.ask(answer("no")).await;
    let child = row(&view, &bench, Case::ChildProtection);
    assert!(!child.not_brought && child.notice.is_some(), "it stands");

    mark(&desk, &bench, Case::ChildProtection, true).await;
    mark(&desk, &bench, Case::ChildProtection, false).await;
    desk.ask(answer("yes")).await;
    desk.sent().await;
    assert!(
        row(&list(&desk).await, &bench, Case::ChildProtection)
            .notice
            .is_none()
    );
    mark(&desk, &bench, Case::ChildProtection, true).await;
    desk.ask(answer("yes")).await;
    desk.sent().await;
    let ods = authority(&bench, Case::ChildProtection);
    let notes = inbox(&bench, &ods).await;
    let [first, taken_back, second] = &notes[..] else {
        panic!("{} notes", notes.len());
    };
    assert_eq!(
        taken_back.about,
        About::Withdrawn {
            of: first.id.clone()
        }
    );
    assert_ne!(second.id, first.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_told_that_was_not_answered_or_cannot_be_stored() {
    let bench = Bench::start().await;
    let desk = checked(&bench).await;
    mark(&desk, &bench, Case::ChildProtection, true).await;
    let form = |view: &View| match &notice(view).stage {
        NoticeStage::Form { faults, blocked } => {
            (faults.iter().map(|f| f.code).collect(), *blocked)
        }
        other => panic!("{other:?}"),
    };
    let view = desk.ask(answer("")).await;
    assert_eq!(form(&view), (vec![NoteFault::TellMissing], None));
    let empty = TypedNotice {
        tell: "yes".to_owned(),
        ..TypedNotice::default()
    };
    let view = desk.ask(Request::AnswerNotice(empty)).await;
    let missing = vec![NoteFault::DateMissing, NoteFault::CallbackMissing];
    assert_eq!(form(&view), (missing, None));
    bench.disk.set(LEAST_DISK - 1);
    let view = desk.ask(answer("yes")).await;
    assert_eq!(form(&view), (Vec::new(), Some(FindBlocked::DiskFull)));
    bench.disk.set(u64::MAX);

    // A lock takes the question away; the mark stays.
    desk.ask(Request::Lock).await;
    let view = desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    let child = row(&view, &bench, Case::ChildProtection);
    assert!(child.not_brought && child.notice.is_none());
    desk.refused(answer("yes")).await;
    let ods = authority(&bench, Case::ChildProtection);
    assert!(inbox(&bench, &ods).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_service_takes_no_notes_the_page_says_whom_to_ring() {
    let (bench, wire) = Bench::wired().await;
    wire.amend("/cpis/FHIR/R4/metadata", |statement| {
        let resources = statement["rest"][0]["resource"].as_array_mut().unwrap();
        resources.retain(|resource| resource["type"] != "Communication");
    });
    let desk = checked(&bench).await;
    let view = mark(&desk, &bench, Case::ChildProtection, true).await;
    assert_eq!(notice(&view).way, NoteWay::PrintOnly);
    assert!(notice(&view).authorities[0].office_hours.is_some());
    desk.refused(answer("yes")).await;
    assert!(wire.requests(COMMUNICATION).is_empty());
}
