//! The clinic list: bringing children in, checking them, copies that are opened offline, and when it all
//! disappears.

use crate::support::{Bench, DENTIST, Desk, PAEDIATRICIAN, files_below, typed};
use chrono::TimeDelta;
use cpis_client::shown::{ShownContent, ShownFinding, Told};
use cpis_client::view::{
    ChecksStopped, ClinicLineProblem, LookMode, Notice, Place, Screen, ShownClinic,
    ShownClinicAnswer, ShownClinicChild, ShownClinicState, View,
};
use cpis_client::{ClinicText, Request};
use cpis_training::{Case, TrainingPatient};
use std::sync::Arc;

pub(super) const CASES: [Case; 3] = [Case::ChildProtection, Case::LookedAfter, Case::NothingHeld];

fn line(person: &TrainingPatient) -> String {
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
async fn prepared(bench: &Arc<Bench>) -> (Desk, ShownClinic) {
    let desk = signed_in(bench).await;
    desk.ask(import(&lines(bench))).await;
    desk.ask(Request::CheckClinic { keep: true }).await;
    let clinic = with_copies(&desk, CASES.len()).await;
    (desk, clinic)
}

async fn offline(bench: &Arc<Bench>, desk: &Desk) {
    bench.set_network(false).await;
    desk.check_first(Case::ChildProtection).await;
    assert!(matches!(
        desk.view().connectivity,
        cpis_client::view::Connectivity::Offline { .. }
    ));
}

/// How many values lie in the folder. One may just be replaced, beside its own place.
fn kept(bench: &Bench) -> usize {
    let Ok(entries) = std::fs::read_dir(bench.path("live/kept")) else {
        return 0;
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    names
        .filter(|name| name.to_string_lossy().ends_with(".sealed"))
        .count()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
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
    assert_eq!(
        kept(&bench),
        1,
        "the list, and no copy that nobody asked for"
    );
    desk.sent().await;
    assert_eq!(bench.received(), CASES.len());
    assert_eq!(bench.told(), 0);
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

fn result(view: &View) -> ShownContent {
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
async fn the_list_comes_back_after_a_restart_without_what_was_found() {
    let bench = Bench::start().await;
    let (desk, _) = prepared(&bench).await;
    desk.ask(Request::Lock).await;
    desk.stop().await;
    let desk = bench.live().await;
    desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    let list = clinic(&desk.ask(Request::Go(Place::ClinicList)).await);
    assert_eq!(list.children.len(), CASES.len());
    for child in &list.children {
        assert!(child.family.is_none() && child.copy.is_some());
        assert!(matches!(
            child.state,
            ShownClinicState::Checked { answer: None, .. }
        ));
    }
    offline(&bench, &desk).await;
    let id = list.children[0].id.clone();
    assert!(
        result(&desk.ask(Request::OpenCopy { id }).await)
            .copy
            .is_some()
    );
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
async fn the_same_user_goes_on_after_signing_out_and_another_finds_nothing() {
    let bench = Bench::start().await;
    let (desk, _) = prepared(&bench).await;
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    let list = clinic(&desk.ask(Request::Go(Place::ClinicList)).await);
    assert_eq!(list.children.len(), CASES.len());
    assert_eq!(kept(&bench), CASES.len() + 1);

    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
    let view = desk.ask(Request::Go(Place::ClinicList)).await;
    assert!(matches!(
        view.screen,
        Screen::ClinicImport { on_list: 0, .. }
    ));
    desk.stop().await;
    assert_eq!(kept(&bench), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_goes_at_its_hour_also_while_nobody_is_signed_in() {
    let bench = Bench::start().await;
    bench.set_policy(
        Some(&bench.backend().enrolment_code()),
        &["offline.keep_hours = 2"],
    );
    let (desk, _) = prepared(&bench).await;
    desk.ask(Request::Lock).await;
    bench.clock.pass(TimeDelta::minutes(119));
    desk.ask(Request::View).await;
    assert_eq!(kept(&bench), CASES.len() + 1);
    bench.clock.pass(TimeDelta::minutes(1));
    let gone = async {
        while kept(&bench) > 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, gone)
        .await
        .unwrap();
    let view = desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    assert!(matches!(
        view.screen,
        Screen::ClinicImport {
            on_list: 0,
            permitted: true,
            ..
        }
    ));
    let told = |view: &View| view.notices.contains(&Notice::ClinicListGone);
    assert!(told(&view), "an empty page alone says nothing");
    desk.ask(Request::Go(Place::Find)).await;
    assert!(!told(&desk.view()), "it was said");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ended_while_the_program_was_closed_goes_at_the_next_start() {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &["offline.keep_hours = 2"]);
    let (desk, _) = prepared(&bench).await;
    desk.ask(Request::Lock).await;
    desk.stop().await;
    bench.clock.pass(TimeDelta::minutes(119));
    let desk = bench.live().await;
    desk.stop().await;
    assert_eq!(kept(&bench), CASES.len() + 1, "its hour has not come");

    bench.clock.pass(TimeDelta::minutes(1));
    let desk = bench.live().await;
    // Nobody has unlocked it, and stopping it has waited for the disk.
    desk.stop().await;
    assert_eq!(kept(&bench), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_that_keeps_nothing_leaves_nothing_on_the_disk() {
    let bench = Bench::start().await;
    let (desk, _) = prepared(&bench).await;
    desk.stop().await;
    assert!(kept(&bench) > 0);
    bench.set_policy(None, &["offline.keep_hours = 0"]);
    let desk = bench.live().await;
    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(PAEDIATRICIAN).await;
    desk.choose(LookMode::Scheduled).await;
    let view = desk.ask(Request::Go(Place::ClinicList)).await;
    assert!(matches!(
        view.screen,
        Screen::ClinicImport {
            permitted: false,
            ..
        }
    ));
    let view = desk.ask(import(&lines(&bench))).await;
    assert!(!clinic(&view).copies_permitted);
    let refused = desk.refused(Request::CheckClinic { keep: true }).await;
    assert!(refused.message.contains("policy"));
    desk.ask(Request::CheckClinic { keep: false }).await;
    desk.until(is_ready).await;
    desk.stop().await;
    assert_eq!(kept(&bench), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_about_a_child_is_on_the_disk_in_the_clear() {
    let bench = Bench::start().await;
    let (desk, list) = prepared(&bench).await;
    desk.stop().await;
    let files = files_below(&bench.path("live"));
    let bytes: Vec<u8> = files.into_values().flatten().collect();
    assert!(kept(&bench) > 0);
    for child in &list.children {
        for text in [
            &child.nhs_number,
            child.family.as_ref().unwrap(),
            &child.birth_date,
        ] {
            assert!(!holds(&bytes, text), "in the clear");
        }
    }
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn that_a_child_was_not_brought_outlives_a_restart() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    let list = clinic(&desk.ask(import(&lines(&bench))).await);
    let id = list.children[1].id.clone();
    let mark = |on| Request::MarkNotBrought { id: id.clone(), on };
    desk.ask(mark(true)).await;
    desk.ask(Request::Lock).await;
    desk.stop().await;
    let desk = bench.live().await;
    desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    let marks = |view: &View| -> Vec<bool> {
        clinic(view)
            .children
            .iter()
            .map(|child| child.not_brought)
            .collect()
    };
    let view = desk.ask(Request::Go(Place::ClinicList)).await;
    assert_eq!(marks(&view), [false, true, false]);
    assert_eq!(marks(&desk.ask(mark(false)).await), [false; 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_the_person_removes_is_gone_with_its_copies() {
    let bench = Bench::start().await;
    let (desk, _) = prepared(&bench).await;
    let view = desk.ask(Request::RemoveClinic).await;
    let nothing = |view: &View| matches!(view.screen, Screen::ClinicImport { on_list: 0, .. });
    assert!(nothing(&view));
    assert!(!view.notices.contains(&Notice::ClinicListGone), "they know");
    desk.ask(Request::Lock).await;
    desk.stop().await;
    assert_eq!(kept(&bench), 0);
    let desk = bench.live().await;
    desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    assert!(nothing(&desk.ask(Request::Go(Place::ClinicList)).await));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_keeps_everything_out_until_a_person_decides() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    let text = format!("{}\n12345,07/03/2019", lines(&bench));
    let view = desk.ask(import(&text)).await;
    let Screen::ClinicImport {
        import: Some(found),
        ..
    } = &view.screen
    else {
        panic!("{:?}", view.screen);
    };
    assert_eq!((found.faults.len(), found.readable), (1, 3));
    assert_eq!(found.faults[0].line, 4);
    assert_eq!(found.faults[0].code, ClinicLineProblem::NumberTooShort);
    let view = desk
        .ask(Request::ImportClinic {
            text: ClinicText(text),
            leave_out: true,
        })
        .await;
    assert_eq!(clinic(&view).children.len(), 3);
    // Who is on the list is not put on it twice.
    let view = desk.ask(import(&lines(&bench))).await;
    let Screen::ClinicImport {
        import: Some(found),
        ..
    } = &view.screen
    else {
        panic!("{:?}", view.screen);
    };
    assert!(
        found
            .faults
            .iter()
            .all(|f| f.code == ClinicLineProblem::OnList)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_in_the_place_of_another_is_not_opened() {
    let bench = Bench::start().await;
    let (desk, list) = prepared(&bench).await;
    let file = |child: &ShownClinicChild| bench.path(&format!("live/kept/{}.sealed", child.id));
    let [first, second] = [&list.children[0], &list.children[1]];
    std::fs::copy(file(first), file(second)).unwrap();
    let before = bench.received();
    let view = desk
        .ask(Request::OpenCopy {
            id: second.id.clone(),
        })
        .await;
    let now = clinic(&view);
    assert!(now.not_kept);
    assert!(now.children[1].copy.is_none());
    desk.sent().await;
    assert_eq!(
        bench.received(),
        before.max(CASES.len()),
        "nothing was shown, nothing is on record"
    );
}
