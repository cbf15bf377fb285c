//! The shape in which each screen crosses to the window.

use crate::clinic::{clinic, import, is_ready, lines, signed_in};
use crate::support::{Bench, DENTIST, PAEDIATRICIAN, RECEPTIONIST, typed};
use cpis_client::view::{Connectivity, LookMode, Place, Screen, View};
use cpis_client::{Request, TypedQuestion, TypedSearch};
use cpis_training::{Case, Fault};

/// Ids, counters, and the port and paths of this run are left out.
macro_rules! assert_view {
    ($name:literal, $view:expr) => {
        insta::assert_json_snapshot!($name, $view, {
            ".revision" => "[revision]",
            // Which of them was tried first is chance.
            ".tasks" => "[tasks]",
            ".screen.shown.reference" => "[id]",
            ".screen.answer.reference" => "[id]",
            ".screen.clinic.children[].id" => "[id]",
            ".screen.clinic.cameFrom" => "[id]",
            ".screen.queue.records[].id" => "[id]",
            ".screen.settings.service" => "[address]",
            // The first of what policy may set is the same address.
            ".screen.settings.inForce[0].value.text" => "[address]",
            ".screen.settings.policyFile" => "[path]",
            ".screen.settings.logs.path" => "[path]",
            ".screen.settings.key.thumbprint" => "[thumbprint]",
            ".screen.settings.key.jwk" => "[key]",
            ".screen.detail" => "[detail]",
        })
    };
}

/// A view at rest: the service answers and nothing is on its way.
async fn at_rest(desk: &crate::support::Desk) -> View {
    desk.until(|view| view.connectivity == Connectivity::Connected && view.to_send.waiting == 0)
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_way_to_the_form() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    assert_view!("sign-in", at_rest(&desk).await);
    desk.sign_in_with(DENTIST, "00000000").await;
    assert_view!("sign-in-wrong-passcode", at_rest(&desk).await);
    desk.sign_in(PAEDIATRICIAN).await;
    assert_view!("choose-role", at_rest(&desk).await);
    desk.choose(LookMode::Scheduled).await;
    assert_view!("find", at_rest(&desk).await);
    desk.ask(Request::FindChild(TypedQuestion::default())).await;
    assert_view!("find-faults", at_rest(&desk).await);
    let settings = desk.ask(Request::Go(Place::Settings)).await;
    assert_view!("settings", settings);
    assert_view!("help", desk.ask(Request::Go(Place::Help)).await);
    assert_view!("signed-out", desk.ask(Request::SignOut).await);
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(RECEPTIONIST).await;
    assert_view!("choose-role-none", at_rest(&desk).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_and_its_results() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let backend = bench.backend();
    at_rest(&desk).await;
    backend
        .faults()
        .set("/personal-demographics", Some(Fault::Hang));
    assert_view!(
        "checking",
        desk.begin(bench.person(Case::NothingHeld)).await
    );
    desk.ask(Request::CancelCheck).await;
    desk.result().await;
    backend.faults().clear();
    assert_view!("result-cancelled", at_rest(&desk).await);
    for (case, name) in [
        (Case::ChildProtectionAndLookedAfter, "record"),
        (Case::EndedTenDaysAgo, "ended"),
        (Case::UnknownPlanCode, "unknown-code"),
        (Case::NothingHeld, "nothing"),
        (Case::Superseded, "superseded"),
        (Case::Deceased, "deceased"),
    ] {
        desk.check_first(case).await;
        let view = at_rest(&desk).await;
        insta::with_settings!({ snapshot_suffix => name }, {
            assert_view!("result", view);
        });
    }
    assert_view!("locked", desk.ask(Request::Lock).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clinic_list_and_its_pages() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    assert_view!(
        "clinic-import",
        desk.ask(Request::Go(Place::ClinicList)).await
    );
    let faults = format!("{}\n12345,07/03/2019", lines(&bench));
    assert_view!("clinic-import-faults", desk.ask(import(&faults)).await);
    assert_view!("clinic-list", desk.ask(import(&lines(&bench))).await);
    assert_view!(
        "prepare-offline",
        desk.ask(Request::Go(Place::PrepareOffline)).await
    );
    desk.ask(Request::CheckClinic { keep: true }).await;
    desk.until(|view| {
        is_ready(view)
            && clinic(view)
                .children
                .iter()
                .all(|child| child.copy.is_some())
    })
    .await;
    assert_view!("clinic-checked", at_rest(&desk).await);

    bench.set_network(false).await;
    desk.check_first(Case::NothingHeld).await;
    let typed = typed(bench.person(Case::UnbornChild));
    desk.ask(Request::SaveForLater(typed)).await;
    bench.set_network(true).await;
    desk.connected_again().await;
    assert_view!("back-online", at_rest(&desk).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_by_name() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    at_rest(&desk).await;
    assert_view!("search", desk.ask(Request::Go(Place::Search)).await);
    let nothing = Request::FindPerson(TypedSearch::default());
    assert_view!("search-faults", desk.ask(nothing).await);
    let person = bench.person(Case::LookedAfter);
    let date = person.birth_date;
    let typed = TypedSearch {
        family: person.family.clone(),
        day: date.format("%-d").to_string(),
        month: date.format("%-m").to_string(),
        year: date.format("%Y").to_string(),
        ..TypedSearch::default()
    };
    desk.ask(Request::FindPerson(typed)).await;
    desk.until(|view| {
        matches!(
            view.screen,
            Screen::Search {
                answer: Some(_),
                ..
            }
        )
    })
    .await;
    assert_view!("search-answer", at_rest(&desk).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_records() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let backend = bench.backend();
    desk.check_first(Case::ChildProtection).await;
    at_rest(&desk).await;
    backend.faults().set("/audit", Some(Fault::Status(422)));
    desk.check_first(Case::NothingHeld).await;
    desk.until(|view| view.to_send.needs_attention == 1).await;
    backend.faults().set("/audit", Some(Fault::Status(503)));
    desk.check_first(Case::LookedAfter).await;
    desk.ask(Request::Go(Place::ToSend)).await;
    let waits = |view: &View| {
        let view = serde_json::to_value(view).unwrap();
        let queue = &view["screen"]["queue"];
        // Not while it is tried once more: the figures of the list may already know that.
        queue["records"][1]["reason"] == "service-unavailable"
            && queue["nextTry"] == "2026-11-22T09:12:02+00:00"
    };
    assert_view!("to-send", desk.until(waits).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_and_a_program_that_cannot_start() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    assert_view!("practice-sign-in", at_rest(&desk).await);
    std::fs::write(bench.policy_file(), "[sight]\n").unwrap();
    let desk = bench.live().await;
    assert_view!("cannot-start", desk.view());
}
