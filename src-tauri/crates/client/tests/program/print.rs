//! A print is a disclosure of its own: on record before anything goes on paper, and nothing on paper
//! that is not on record (invariant I1).

use crate::support::{Bench, DENTIST, Desk};
use cpis_client::printout::PrintoutContent;
use cpis_client::shown::ShownHistory;
use cpis_client::view::{FindBlocked, Place, PrintState, View};
use cpis_client::{LEAST_DISK, Request};
use cpis_training::{Case, Fault};
use std::sync::Arc;

const WITHOUT_HISTORY: Request = Request::Print {
    with_history: false,
};

async fn at(case: Case) -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(case).await;
    (bench, desk)
}

fn on_paper(view: View) -> PrintoutContent {
    match view.print {
        Some(PrintState::Ready { printout }) => printout.content().clone(),
        other => panic!("nothing to print: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_print_is_on_record_before_it_reaches_the_window() {
    let (bench, desk) = at(Case::ChildProtection).await;
    let child = bench.person(Case::ChildProtection);
    desk.sent().await;
    let (received, told) = (bench.received(), bench.told());
    assert_eq!((received, told), (1, 1));

    // The service takes none now: the record is on this disk all the same.
    bench
        .backend()
        .faults()
        .set("/audit", Some(Fault::Status(503)));
    let view = desk.ask(WITHOUT_HISTORY).await;
    assert_eq!(view.to_send.waiting, 1, "the record waits with the others");
    let paper = on_paper(view);
    desk.sending_failed().await;
    bench.backend().faults().clear();
    desk.ask(Request::SendNow).await;
    assert_eq!(paper.printed_by, "Mr Bertram Sample-Otter");
    assert_eq!(paper.printed_at, "2026-11-22T09:12:00+00:00");
    assert!(!paper.with_history);
    assert!(matches!(paper.shown.history, ShownHistory::None));
    assert_eq!(
        paper.shown.patient.as_ref().unwrap().nhs_number,
        child.nhs_number.digits()
    );
    assert_ne!(paper.reference, paper.shown.reference);

    desk.sent().await;
    let record = bench.record(&paper.reference);
    assert_eq!(record.person.as_ref(), Some(&child.nhs_number));
    assert_eq!(record.outcome, 0);
    assert_eq!(record.user_id, bench.user_of(DENTIST));
    assert!(!record.unscheduled, "it asks the register nothing");
    assert_eq!(bench.received(), received + 1);
    assert_eq!(bench.told(), told, "and no local authority is told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_views_is_printed_only_when_it_is_chosen() {
    let (_bench, desk) = at(Case::ChildProtection).await;
    let with_history = Request::Print { with_history: true };
    let paper = on_paper(desk.ask(with_history).await);
    assert!(paper.with_history);
    assert!(matches!(paper.shown.history, ShownHistory::Known { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_recorded_is_not_printed() {
    let (bench, desk) = at(Case::ChildProtection).await;
    desk.sent().await;
    bench.disk.set(LEAST_DISK - 1);
    let view = desk.ask(WITHOUT_HISTORY).await;
    let why = match view.print {
        Some(PrintState::NotRecorded { why }) => why,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(why, FindBlocked::DiskFull);
    desk.refused(Request::PrintDrawn).await;
    assert_eq!((desk.printed(), bench.received()), (0, 1));
    bench.disk.set(u64::MAX);
    on_paper(desk.ask(WITHOUT_HISTORY).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_printer_gets_one_page_for_one_record() {
    let (_bench, desk) = at(Case::ChildProtection).await;
    desk.refused(Request::PrintDrawn).await;
    let first = on_paper(desk.ask(WITHOUT_HISTORY).await);
    assert_eq!(desk.printed(), 0, "not before the window has drawn it");
    desk.ask(Request::PrintDrawn).await;
    assert_eq!(desk.printed(), 1);
    let view = desk.ask(Request::Printed).await;
    assert!(view.print.is_none());
    desk.refused(Request::PrintDrawn).await;
    let second = on_paper(desk.ask(WITHOUT_HISTORY).await);
    assert_ne!(
        first.reference, second.reference,
        "to print again is another print"
    );
    desk.ask(Request::PrintDrawn).await;
    assert_eq!(desk.printed(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_answer_about_the_person_on_the_screen_is_printed() {
    let (bench, desk) = at(Case::ChildProtection).await;
    on_paper(desk.ask(WITHOUT_HISTORY).await);
    let elsewhere = desk.ask(Request::Go(Place::Help)).await;
    assert!(elsewhere.print.is_none());
    desk.refused(WITHOUT_HISTORY).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.refused(WITHOUT_HISTORY).await;
    desk.check_first(Case::Invalidated).await;
    desk.refused(WITHOUT_HISTORY).await;

    desk.check_first(Case::NothingHeld).await;
    on_paper(desk.ask(WITHOUT_HISTORY).await);
    let locked = desk.ask(Request::Lock).await;
    assert!(locked.print.is_none());
    desk.refused(WITHOUT_HISTORY).await;
    let back = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert!(back.print.is_none(), "a print does not outlive a lock");
}
