//! What is kept of a clinic list: sealed, for the person who made it, and until its hour.

use super::clinic::{
    CASES, clinic, import, is_ready, line, lines, offline, prepared, result, signed_in,
};
use crate::support::{Bench, DENTIST, PAEDIATRICIAN, files_below};
use chrono::TimeDelta;
use cpis_client::view::{
    ClinicLineProblem, LookMode, Notice, Place, Screen, ShownClinicChild, ShownClinicState, View,
};
use cpis_client::{ClinicText, Request};
use cpis_training::Case;

/// How many values lie in the folder. One may just be replaced, beside its own place.
pub(super) fn kept(bench: &Bench) -> usize {
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
async fn a_copy_that_is_being_written_at_a_lock_is_there_after_the_unlock() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    desk.ask(import(&lines(&bench))).await;
    desk.ask(Request::CheckClinic { keep: true }).await;
    let waits_for_copy = |child: &ShownClinicChild| {
        matches!(child.state, ShownClinicState::Checked { .. }) && child.copy.is_none()
    };
    let on_its_way = |view: &View| clinic(view).children.iter().any(waits_for_copy);
    desk.until(on_its_way).await;
    desk.ask(Request::Lock).await;
    desk.unlock_with(&bench.passcode(PAEDIATRICIAN)).await;
    desk.ask(Request::Go(Place::ClinicList)).await;
    desk.until(|view| !on_its_way(view)).await;
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
async fn a_copy_of_which_the_list_does_not_know_is_not_opened() {
    let bench = Bench::start().await;
    let (desk, list) = prepared(&bench).await;
    let file = |child: &ShownClinicChild| bench.path(&format!("live/kept/{}.sealed", child.id));
    let another = import(&line(bench.person(Case::ChildProtectionAndLookedAfter)));
    let child = clinic(&desk.ask(another).await).children.pop().unwrap();
    std::fs::copy(file(&list.children[0]), file(&child)).unwrap();
    desk.refused(Request::OpenCopy { id: child.id }).await;
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
