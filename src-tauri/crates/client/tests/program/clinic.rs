//! The clinic list: bringing children in, checking them, and copies that are opened offline. What is
//! kept of it and how that ends is in `clinic_kept`.

use super::clinic_kept::kept;
use crate::support::{Bench, Desk, PAEDIATRICIAN, typed};
use chrono::TimeDelta;
use cpis_client::shown::{ShownContent, ShownFinding, Told};
use cpis_client::view::{
    ChecksStopped, LookMode, Place, Screen, ShownClinic, ShownClinicAnswer, ShownClinicChild,
    ShownClinicState, View,
};
use cpis_client::{ClinicText, Request};
use cpis_training::{Case, TrainingPatient};
use std::sync::Arc;

pub(super) const CASES: [Case; 3] = [Case::ChildProtection, Case::LookedAfter, Case::NothingHeld];

pub(super) fn line(person: &TrainingPatient) -> String {
    let date = person.birth_date.format("%d/%m/%Y");
    format!("{},{date}", person.nhs_number.digits())
}

pub(super) fn lines(bench: &Bench) -> String {
    CASES.map(|case| line(bench.person(case))).join("\r\n")
}

pub(super) fn import(text: &str) -> Request {
    Request::ImportClinic {
        text: ClinicText(text.to_owned()),
        leave_out: false,
    }
}

pub(super) fn clinic(view: &View) -> ShownClinic {
    match &view.screen {
        Screen::ClinicList { clinic } => clinic.as_ref().clone(),
        other => panic!("no clinic list: {other:?}"),
    }
}

pub(super) fn is_ready(view: &View) -> bool {
    matches!(&view.screen, Screen::ClinicList { clinic } if clinic.under_way.is_none())
}

/// The list once nothing is under way and so many copies are on the disk.
async fn with_copies(desk: &Desk, copies: usize) -> ShownClinic {
    let view = desk.until(|view| {
        is_ready(view)
            && clinic(view)
                .children
                .iter()
                .filter(|c| c.copy.is_some())
                .count()
                == copies
    });
    clinic(&view.await)
}

pub(super) fn child_of<'a>(
    clinic: &'a ShownClinic,
    person: &TrainingPatient,
) -> &'a ShownClinicChild {
    let digits = person.nhs_number.digits();
    let found = clinic.children.iter().find(|c| c.nhs_number == digits);
    found.unwrap()
}

pub(super) async fn signed_in(bench: &Arc<Bench>) -> Desk {
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    desk
}

/// A paediatrician with three children on the list, of all of whom a copy is kept.
pub(super) async fn prepared(bench: &Arc<Bench>) -> (Desk, ShownClinic) {
    let desk = signed_in(bench).await;
    desk.ask(import(&lines(bench))).await;
    desk.ask(Request::CheckClinic { keep: true }).await;
    let clinic = with_copies(&desk, CASES.len()).await;
    (desk, clinic)
}

pub(super) async fn offline(bench: &Arc<Bench>, desk: &Desk) {
    bench.set_network(false).await;
    desk.check_first(Case::ChildProtection).await;
    assert!(matches!(
        desk.view().connectivity,
        cpis_client::view::Connectivity::Offline { .. }
    ));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_children_are_checked_each_on_record_and_nobody_is_told() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    let view = desk.ask(import(&lines(&bench))).await;
    assert_eq!(clinic(&view).children.len(), CASES.len());
    desk.ask(Request::CheckClinic { keep: false }).await;
    let list = clinic(&desk.until(is_ready).await);
    let answer = |case| match &child_of(&list, bench.person(case)).state {
        ShownClinicState::Checked { answer, .. } => answer.unwrap(),
        other => panic!("{other:?}"),
    };
    let one = ShownClinicAnswer::Record {
        current: 1,
        ended: 0,
    };
    assert_eq!(answer(Case::ChildProtection), one);
    assert_eq!(answer(Case::LookedAfter), one);
    assert_eq!(answer(Case::NothingHeld), ShownClinicAnswer::Nothing);
    let ended = list.ended.unwrap();
    assert_eq!((ended.checked, ended.total, ended.kept), (3, 3, None));
    desk.sent().await;
    assert_eq!(bench.received(), CASES.len());
    assert_eq!(bench.told(), 0);
    // It waits for the disk.
    desk.stop().await;
    assert_eq!(
        kept(&bench),
        1,
        "the list, and no copy that nobody asked for"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_tells_checks_one_at_a_time_after_it_was_explained() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Unscheduled).await;
    let list = clinic(&desk.ask(import(&lines(&bench))).await);
    let view = desk.ask(Request::CheckClinic { keep: false }).await;
    assert!(
        clinic(&view).under_way.is_none(),
        "the list is never checked by itself"
    );
    let id = list.children[0].id.clone();
    let view = desk.ask(Request::OpenClinicChild { id: id.clone() }).await;
    assert!(matches!(view.screen, Screen::OneAtATime { waiting: 3 }));
    assert_eq!(bench.told(), 0);
    let view = desk.ask(Request::Go(Place::ClinicList)).await;
    clinic(&view);
    assert!(
        desk.refused(Request::CheckOne)
            .await
            .message
            .contains("no child")
    );

    desk.ask(Request::OpenClinicChild { id }).await;
    desk.ask(Request::CheckOne).await;
    let shown = desk.result().await;
    assert_eq!(shown.asked, list.children[0].nhs_number);
    assert_eq!(shown.told, Told::Yes);
    assert_eq!(bench.told(), 1);
    // It was explained; the next one is one action.
    desk.ask(Request::NextChild).await;
    let shown = desk.result().await;
    assert_eq!(shown.asked, list.children[1].nhs_number);
    assert_eq!(bench.told(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_opened_offline_with_its_age_and_goes_on_record() {
    let bench = Bench::start().await;
    let (desk, list) = prepared(&bench).await;
    desk.sent().await;
    let before = bench.received();
    bench.clock.pass(TimeDelta::minutes(14));
    offline(&bench, &desk).await;

    let person = bench.person(Case::ChildProtection);
    let child = child_of(&list, person);
    let view = desk
        .ask(Request::OpenCopy {
            id: child.id.clone(),
        })
        .await;
    let shown = result(&view);
    let copy = shown.copy.clone().unwrap();
    assert_eq!(copy.minutes_old, 14);
    assert_eq!(Some(&shown.checked_at), child.copy.as_ref());
    assert!(matches!(&shown.finding, ShownFinding::Record { current, .. } if current.len() == 1));
    assert_eq!(shown.told, Told::No);

    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    // The copy, and the check that could not be made.
    assert_eq!(bench.received(), before + 2);
    let record = bench.record(&shown.reference);
    assert_eq!(record.person.as_ref(), Some(&person.nhs_number));
    assert_eq!(bench.told(), 0);
}

pub(super) fn result(view: &View) -> ShownContent {
    match &view.screen {
        Screen::Result { shown, .. } => shown.content().clone(),
        other => panic!("no result: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_unscheduled_care_a_copy_tells_the_authority_later_at_its_own_time() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Unscheduled).await;
    let list = clinic(&desk.ask(import(&lines(&bench))).await);
    desk.ask(Request::CheckClinic { keep: true }).await;
    let id = child_of(&list, bench.person(Case::ChildProtection))
        .id
        .clone();
    desk.ask(Request::OpenClinicChild { id: id.clone() }).await;
    desk.ask(Request::CheckOne).await;
    desk.result().await;
    desk.ask(Request::Go(Place::ClinicList)).await;
    with_copies(&desk, 1).await;
    desk.sent().await;
    assert_eq!(bench.told(), 1);

    offline(&bench, &desk).await;
    bench.clock.pass(TimeDelta::minutes(5));
    let opened_at = bench.clock.read();
    let shown = result(&desk.ask(Request::OpenCopy { id }).await);
    assert_eq!(shown.told, Told::Later);
    bench.clock.pass(TimeDelta::minutes(3));
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).recorded, opened_at);
    assert_eq!(bench.told(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_keeps_the_place_on_the_list_and_shows_nothing_of_it() {
    let bench = Bench::start().await;
    let (desk, list) = prepared(&bench).await;
    let view = desk.ask(Request::Lock).await;
    let drawn = serde_json::to_string(&view).unwrap();
    for child in &list.children {
        assert!(!drawn.contains(&child.nhs_number));
        assert!(!drawn.contains(child.family.as_ref().unwrap()));
    }
    let view = desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    let back = clinic(&view);
    assert_eq!(back.children[0].family, list.children[0].family);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checks_stop_when_the_service_goes_and_all_are_on_record() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    desk.ask(import(&lines(&bench))).await;
    bench.set_network(false).await;
    desk.ask(Request::CheckClinic { keep: false }).await;
    let list = clinic(&desk.until(is_ready).await);
    assert_eq!(list.ended.unwrap().stopped, Some(ChecksStopped::Offline));
    bench.set_network(true).await;
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    assert_eq!(bench.received(), CASES.len(), "an attempt is a look");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_saved_offline_is_never_checked_by_itself() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    offline(&bench, &desk).await;
    desk.ask(Request::Go(Place::Find)).await;
    let person = bench.person(Case::LookedAfter);
    let typed = typed(person);
    let view = desk.ask(Request::SaveForLater(typed)).await;
    let list = clinic(&view);
    assert!(child_of(&list, person).saved);
    desk.ask(Request::SendNow).await;
    let before = {
        bench.set_network(true).await;
        let view = desk.connected_again().await;
        assert!(is_back_online(&view), "{:?}", view.screen);
        desk.sent().await;
        bench.received()
    };
    assert_eq!(before, 1, "only the check that could not be made");
    desk.ask(Request::CheckSaved).await;
    let list = clinic(
        &desk
            .until(|view| is_ready(view) && clinic(view).ended.is_some())
            .await,
    );
    let child = child_of(&list, person);
    assert!(!child.saved);
    assert!(matches!(child.state, ShownClinicState::Checked { .. }));
}

fn is_back_online(view: &View) -> bool {
    matches!(view.screen, Screen::BackOnline { .. })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_who_is_back_online_says_not_now_and_is_left_alone_for_a_quarter_of_an_hour() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    let gone_and_back = async || {
        offline(&bench, &desk).await;
        desk.ask(Request::Go(Place::ClinicList)).await;
        bench.set_network(true).await;
        desk.connected_again().await
    };
    offline(&bench, &desk).await;
    let person = bench.person(Case::LookedAfter);
    desk.ask(Request::Go(Place::Find)).await;
    desk.ask(Request::SaveForLater(typed(person))).await;
    bench.set_network(true).await;
    assert!(is_back_online(&desk.connected_again().await));
    let list = clinic(&desk.ask(Request::LeaveSaved).await);
    assert!(child_of(&list, person).saved, "it waits on");

    for _ in 0..2 {
        bench.clock.pass(TimeDelta::minutes(7));
        desk.ask(Request::Activity).await;
        assert!(!is_back_online(&gone_and_back().await));
        assert!(child_of(&clinic(&desk.view()), person).saved);
    }
    bench.clock.pass(TimeDelta::minutes(1));
    assert!(is_back_online(&gone_and_back().await));
    desk.ask(Request::LeaveSaved).await;
    desk.sent().await;
    let of_the_child = bench.backend().audit_records().unwrap();
    let of_the_child = of_the_child.iter().filter(|(_, record)| {
        let facts = cpis_fhir::read_audit_event(record.to_string().as_bytes()).unwrap();
        facts.person.as_ref() == Some(&person.nhs_number)
    });
    assert_eq!(of_the_child.count(), 0, "nobody looked at the child");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_grows_old_after_half_an_hour() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    desk.ask(import(&lines(&bench))).await;
    desk.ask(Request::CheckClinic { keep: false }).await;
    desk.until(is_ready).await;
    desk.sent().await;
    let old = |view: &View| {
        let state = |child: &ShownClinicChild| match child.state {
            ShownClinicState::Checked { stale, .. } => stale,
            _ => panic!("not checked"),
        };
        clinic(view)
            .children
            .iter()
            .filter(|child| state(child))
            .count()
    };
    for minutes in [14, 14] {
        bench.clock.pass(TimeDelta::minutes(minutes));
        assert_eq!(old(&desk.ask(Request::Activity).await), 0);
    }
    bench.clock.pass(TimeDelta::minutes(2));
    // Nobody does anything.
    desk.until(|view| old(view) == CASES.len()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_that_is_out_of_date_is_shown_only_when_the_person_has_read_that_it_is() {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &["offline.keep_hours = 168"]);
    let (desk, list) = prepared(&bench).await;
    desk.sent().await;
    let made = bench.clock.read();
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    bench.clock.pass(TimeDelta::hours(12));
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    desk.ask(Request::Go(Place::ClinicList)).await;
    let before = bench.received();
    desk.refused(Request::ShowOldCopy).await;

    let id = list.children[0].id.clone();
    let view = desk.ask(Request::OpenCopy { id: id.clone() }).await;
    let Screen::OutOfDate { id: of, at, .. } = &view.screen else {
        panic!("{:?}", view.screen);
    };
    assert_eq!((of, at), (&id, &made.to_rfc3339()));
    // Pressing twice does not pass by the page.
    let view = desk.ask(Request::OpenCopy { id: id.clone() }).await;
    assert!(matches!(view.screen, Screen::OutOfDate { .. }));
    // Whoever goes away has not asked.
    desk.ask(Request::Go(Place::ClinicList)).await;
    desk.refused(Request::ShowOldCopy).await;
    assert_eq!(bench.received(), before, "nothing was disclosed");

    desk.ask(Request::OpenCopy { id }).await;
    let shown = result(&desk.ask(Request::ShowOldCopy).await);
    let copy = shown.copy.clone().unwrap();
    assert!(copy.out_of_date);
    assert_eq!(copy.minutes_old, 12 * 60);
    desk.sent().await;
    assert_eq!(bench.received(), before + 1);
    assert_eq!(bench.record(&shown.reference).outcome, 0);
}
