//! What the program needs to start, and what it says when that is not there.

use crate::support::{Bench, Chain, DENTIST, Desk, records};
use cpis_client::Request;
use cpis_client::view::{Notice, Place, PracticeCase, ProgramMode, Screen, StartFault, Weather};
use cpis_training::Case;
use cpis_vault::KeychainError;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

fn fault(desk: &Desk) -> (StartFault, String) {
    match desk.view().screen {
        Screen::CannotStart { fault, detail } => (fault, detail.unwrap_or_default()),
        other => panic!("it started: {other:?}"),
    }
}

fn run_folders(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().starts_with("run-"))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slip_in_the_policy_file_is_named_with_its_line() {
    let bench = Bench::start().await;
    let slip = "[site]\norganisation = 'RCU'\norganization = 'RCU'\n";
    std::fs::write(bench.policy_file(), slip).unwrap();
    let desk = bench.live().await;
    let (found, detail) = fault(&desk);
    assert_eq!(found, StartFault::Policy);
    assert!(detail.contains("organization"), "{detail}");
    assert!(detail.contains("line 3"), "{detail}");
    assert!(!bench.path("live").exists(), "nothing was begun");

    desk.refused(Request::SignIn {
        card: DENTIST.to_owned(),
        passcode: bench.passcode(DENTIST).into(),
    })
    .await;
    let view = desk.ask(Request::Go(Place::Help)).await;
    assert!(matches!(view.screen, Screen::Help));
    desk.ask(Request::Go(Place::Find)).await;
    assert_eq!(fault(&desk).0, StartFault::Policy);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn authorities_that_cannot_be_read_are_a_fault_of_policy() {
    let bench = Bench::start().await;
    bench.set_policy(None, &["backend.extra_ca_file = 'no-such-file.pem'"]);
    let desk = bench.live().await;
    let (found, detail) = fault(&desk);
    assert_eq!(found, StartFault::Policy);
    assert!(detail.contains("extra_ca_file"), "{detail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_support_that_cannot_be_used_is_a_fault_of_policy() {
    let bench = Bench::start().await;
    bench.set_policy(None, &["audit.support_key_file = 'support.pem'"]);
    for text in [None, Some("no key")] {
        if let Some(text) = text {
            std::fs::write(bench.path("support.pem"), text).unwrap();
        }
        let desk = bench.live().await;
        let (found, detail) = fault(&desk);
        assert_eq!(found, StartFault::Policy);
        assert!(detail.contains("audit.support_key_file"), "{detail}");
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_mode_needs_a_keychain() {
    let bench = Bench::start().await;
    for (chain, wanted) in [
        (KeychainError::Absent, StartFault::NoKeychain),
        (KeychainError::Locked, StartFault::KeychainLocked),
    ] {
        bench.set_chain(Chain::Refusing(chain));
        let desk = bench.live().await;
        assert_eq!(fault(&desk).0, wanted);
        desk.stop().await;
        assert!(!bench.path("live/audit.sqlite").exists());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_without_a_keychain_forgets_everything() {
    let bench = Bench::start().await;
    bench.set_chain(Chain::Refusing(KeychainError::Absent));
    let desk = bench.practice().await;
    assert_eq!(desk.view().notices, [Notice::PracticeForgotten]);
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 0);
    assert_eq!(run_folders(&bench.path("practice")), 1);
    desk.stop().await;
    assert_eq!(run_folders(&bench.path("practice")), 0);
    assert!(!bench.path("practice/audit.sqlite").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sealed_records_without_their_key_are_not_written_over() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    bench.set_network(false).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.stop().await;
    let right = bench.chain();
    bench.set_chain(Chain::Kept(Arc::default()));
    let desk = bench.live().await;
    assert_eq!(fault(&desk).0, StartFault::KeyMissing);
    desk.stop().await;
    let again = bench.live().await;
    assert_eq!(fault(&again).0, StartFault::KeyMissing, "no key was made");
    again.stop().await;

    bench.set_chain(right);
    bench.set_network(true).await;
    let desk = bench.live().await;
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 4);
}

/// The files of the live folder besides those that say who holds it open.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let of = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, std::fs::read(entry.path()).unwrap_or_default())
    };
    entries.map(of).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keychain_of_somebody_else_changes_nothing() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.stop().await;
    let right = bench.chain();
    let before = contents(&bench.path("live"));
    bench.set_chain(Chain::Kept(Arc::default()));
    let other = bench.chain().open("CP-IS Check").unwrap();
    other.write("workstation-secret", &[7; 32]).unwrap();
    for _ in 0..2 {
        let desk = bench.live().await;
        assert_eq!(fault(&desk).0, StartFault::OtherKey);
        desk.stop().await;
    }
    assert_eq!(contents(&bench.path("live")), before);

    bench.set_chain(right);
    let desk = bench.live().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_are_gone_are_told_then_and_from_then_on() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    assert!(!desk.view().notices.contains(&Notice::RecordsGone));
    desk.stop().await;
    let desk = bench.live().await;
    assert!(!desk.view().notices.contains(&Notice::RecordsGone));
    desk.stop().await;

    std::fs::remove_dir_all(bench.path("live")).unwrap();
    for _ in 0..2 {
        let desk = bench.live().await;
        let view = desk
            .until(|view| view.notices.contains(&Notice::RecordsGone))
            .await;
        let told = view.notices.iter().filter(|n| **n == Notice::RecordsGone);
        assert_eq!(told.count(), 1);
        desk.sign_in(DENTIST).await;
        let shown = desk.check_first(Case::ChildProtection).await;
        assert_eq!(records(&shown).0.len(), 1, "nobody is kept from looking");
        let altered = desk.view().notices.contains(&Notice::AuditTrailAltered);
        assert!(!altered, "what is there was not changed");
        desk.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_program_for_one_folder() {
    let bench = Bench::start().await;
    let first = bench.live().await;
    let second = bench.live().await;
    assert_eq!(fault(&second).0, StartFault::InUse);
    second.stop().await;
    first.sign_in(DENTIST).await;
    let shown = first.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    first.stop().await;
    let third = bench.live().await;
    assert!(matches!(third.view().screen, Screen::SignIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_or_a_database_that_cannot_be_used_is_said() {
    let bench = Bench::start().await;
    std::fs::write(bench.path("live"), "a file").unwrap();
    let desk = bench.live().await;
    assert_eq!(fault(&desk).0, StartFault::DataFolder);
    desk.stop().await;
    std::fs::remove_file(bench.path("live")).unwrap();

    let desk = bench.live().await;
    assert!(matches!(desk.view().screen, Screen::SignIn { .. }));
    desk.stop().await;
    std::fs::remove_dir_all(bench.path("live")).unwrap();
    std::fs::create_dir_all(bench.path("live/audit.sqlite")).unwrap();
    let desk = bench.live().await;
    assert_eq!(fault(&desk).0, StartFault::DataFolder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_is_put_aside_and_looks_go_on() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.stop().await;
    std::fs::write(bench.path("live/audit.sqlite"), "no database".repeat(1000)).unwrap();
    let desk = bench.live().await;
    assert!(desk.view().notices.contains(&Notice::AuditTrailPutAside));
    let names = std::fs::read_dir(bench.path("live")).unwrap();
    let aside = names.filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("audit.damaged-")
    });
    assert!(aside.count() >= 1, "nothing is deleted");
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    assert_eq!(bench.record(&shown.reference).outcome, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_service_there_is_practice() {
    let bench = Bench::start().await;
    std::fs::write(bench.policy_file(), "").unwrap();
    let desk = bench.live().await;
    let Screen::SignIn {
        cards,
        service_configured,
        practice_offered,
        ..
    } = desk.view().screen
    else {
        panic!("another screen");
    };
    assert!(cards.is_empty() && !service_configured && practice_offered);
    desk.refused(Request::SignIn {
        card: DENTIST.to_owned(),
        passcode: "123456".into(),
    })
    .await;
    let weather = Weather::Offline;
    desk.refused(Request::SetPracticeWeather { weather }).await;
    let case = PracticeCase::ChildProtection;
    desk.refused(Request::UsePracticeChild { case }).await;
    desk.refused(Request::PrintCompletion).await;
    desk.refused(Request::Go(Place::PracticeTasks)).await;
    assert!(desk.view().practice.is_none(), "live has no scenario");
    desk.refused(Request::ResetPracticeCards).await;

    let revision = desk.view().revision;
    let view = desk.ask(Request::Practise).await;
    assert_eq!(view.program, ProgramMode::Practice);
    assert!(
        view.revision > revision,
        "newer than every view of live mode"
    );
    assert!(!view.notices.contains(&Notice::TestCards));
    let scenario = view.practice.unwrap();
    assert!(scenario.children.is_empty(), "there is no form to fill yet");
    let scenario = desk.sign_in(DENTIST).await.practice.unwrap();
    assert!(!scenario.children.is_empty(), "there is somebody to try");
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_is_not_begun_over_a_session() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.refused(Request::Practise).await;
    desk.ask(Request::Lock).await;
    desk.refused(Request::Practise).await;
    assert_eq!(desk.view().program, ProgramMode::Live);
}
