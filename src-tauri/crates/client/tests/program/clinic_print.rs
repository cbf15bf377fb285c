//! The clinic list on paper: each child of whom the service told something is on record before the
//! list is printed (invariant I1).

use crate::clinic::{CASES, child_of, clinic, import, is_ready, lines, signed_in};
use crate::support::{Bench, Desk};
use chrono::TimeDelta;
use cpis_client::printout::{ClinicPrintoutContent, PrintedChild};
use cpis_client::view::{
    ClinicPrintState, FindBlocked, Place, ShownClinicAnswer, ShownClinicState, View,
};
use cpis_client::{LEAST_DISK, Request};
use cpis_training::Case;
use std::sync::Arc;

async fn checked_list() -> (Arc<Bench>, Desk) {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    desk.ask(import(&lines(&bench))).await;
    desk.ask(Request::CheckClinic { keep: false }).await;
    desk.until(is_ready).await;
    desk.sent().await;
    (bench, desk)
}

fn on_paper(view: &View) -> ClinicPrintoutContent {
    match clinic(view).print {
        Some(ClinicPrintState::Ready { printout }) => printout.content().clone(),
        other => panic!("nothing to print: {other:?}"),
    }
}

fn row<'a>(paper: &'a ClinicPrintoutContent, digits: &str) -> &'a PrintedChild {
    let found = paper.children.iter().find(|r| r.child.nhs_number == digits);
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_printed_offline_says_so_and_how_old_each_row_is() {
    let (bench, desk) = checked_list().await;
    let paper = on_paper(&desk.ask(Request::PrintClinic).await);
    assert!(!paper.offline);
    desk.ask(Request::Printed).await;
    for _ in 0..3 {
        bench.clock.pass(TimeDelta::minutes(10));
        desk.ask(Request::Activity).await;
    }
    bench.set_network(false).await;
    desk.check_first(Case::ChildProtection).await;
    desk.ask(Request::Go(Place::ClinicList)).await;
    let paper = on_paper(&desk.ask(Request::PrintClinic).await);
    assert!(paper.offline);
    let old = |row: &PrintedChild| {
        matches!(
            row.child.state,
            ShownClinicState::Checked { stale: true, .. }
        )
    };
    assert!(paper.children.iter().all(old));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_child_with_an_answer_is_on_record_before_the_list_is_printed() {
    let (bench, desk) = checked_list().await;
    let (received, told) = (bench.received(), bench.told());
    // One more, of whom the service has told nothing.
    let unchecked = bench.person(Case::UnbornChild);
    let date = unchecked.birth_date.format("%d/%m/%Y");
    desk.ask(import(&format!("{},{date}", unchecked.nhs_number.digits())))
        .await;

    desk.refused(Request::PrintDrawn).await;
    let view = desk.ask(Request::PrintClinic).await;
    let paper = on_paper(&view);
    assert_eq!(paper.children.len(), CASES.len() + 1);
    assert_eq!(desk.printed(), 0, "not before the window has drawn it");
    desk.ask(Request::PrintDrawn).await;
    assert_eq!(desk.printed(), 1);

    desk.sent().await;
    for case in CASES {
        let child = bench.person(case);
        let row = row(&paper, &child.nhs_number.digits());
        let record = bench.record(row.reference.as_ref().unwrap());
        assert_eq!(record.person.as_ref(), Some(&child.nhs_number));
        assert_eq!(record.outcome, 0);
        assert!(!record.unscheduled, "it asks the register nothing");
    }
    assert_eq!(bench.received(), received + CASES.len());
    assert_eq!(bench.told(), told, "and no local authority is told");
    let brought_in = row(&paper, &unchecked.nhs_number.digits());
    assert_eq!(brought_in.reference, None);
    assert!(brought_in.child.family.is_none());
    let nothing = row(&paper, &bench.person(Case::NothingHeld).nhs_number.digits());
    assert!(matches!(
        nothing.child.state,
        ShownClinicState::Checked {
            answer: Some(ShownClinicAnswer::Nothing),
            ..
        }
    ));

    let over = desk.ask(Request::Printed).await;
    assert!(clinic(&over).print.is_none());
    desk.refused(Request::PrintDrawn).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_cannot_be_recorded_is_not_printed() {
    let (bench, desk) = checked_list().await;
    let received = bench.received();
    bench.disk.set(LEAST_DISK - 1);
    let view = desk.ask(Request::PrintClinic).await;
    let why = match clinic(&view).print {
        Some(ClinicPrintState::NotRecorded { why }) => why,
        other => panic!("not refused: {other:?}"),
    };
    assert_eq!(why, FindBlocked::DiskFull);
    desk.refused(Request::PrintDrawn).await;
    assert_eq!((desk.printed(), bench.received()), (0, received));
    bench.disk.set(u64::MAX);
    on_paper(&desk.ask(Request::PrintClinic).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_list_on_the_screen_is_printed() {
    let (bench, desk) = checked_list().await;
    on_paper(&desk.ask(Request::PrintClinic).await);
    desk.ask(Request::Go(Place::Help)).await;
    desk.refused(Request::PrintClinic).await;
    desk.refused(Request::PrintDrawn).await;
    let back = desk.ask(Request::Go(Place::ClinicList)).await;
    assert!(clinic(&back).print.is_none());
    child_of(&clinic(&back), bench.person(Case::NothingHeld));
    desk.ask(Request::RemoveClinic).await;
    desk.refused(Request::PrintClinic).await;
}
