//! A link from another program fills the form and never runs a check (invariant I4); its number waits
//! nowhere on the disk and not behind a lock (I5, I6).

use crate::support::{Bench, DENTIST, Desk, PAEDIATRICIAN, files_below, logged, typed};
use chrono::TimeDelta;
use cpis_client::view::{FilledIn, LinkRemark, LookMode, Place, Screen, View};
use cpis_client::{LockSignal, Request, TypedQuestion};
use cpis_training::{Case, Fault};
use std::path::Path;

/// In the range for tests, and nobody in the training backend has it.
const NUMBER: &str = "9990548609";
/// A number that a real person could have; nobody in the tests has it.
const REAL: &str = "4505577104";

fn link(number: &str) -> Request {
    Request::OpenLink {
        link: format!("cpis://find?nhs-number={number}").into(),
    }
}

fn filled(view: &View) -> Option<FilledIn> {
    match &view.screen {
        Screen::Find { filled, .. } => filled.clone(),
        other => panic!("not the form: {other:?}"),
    }
}

fn number(view: &View) -> Option<String> {
    filled(view).map(|filled| filled.nhs_number)
}

fn assert_absent(view: &View, number: &str) {
    let text = serde_json::to_string(view).unwrap();
    assert!(!text.contains(number), "{text}");
}

fn assert_not_on_disk(folder: &Path, number: &str) {
    for (path, bytes) in files_below(folder) {
        let found = bytes.windows(number.len()).any(|w| w == number.as_bytes());
        assert!(!found, "{}", path.display());
    }
}

async fn nothing_was_asked(bench: &Bench, desk: &Desk) {
    assert!(desk.queue().await.is_empty(), "no look was begun");
    assert_eq!((bench.received(), bench.told()), (0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_fills_the_form_and_runs_nothing() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let view = desk.ask(link("999%20054%208609")).await;
    assert_eq!(number(&view).as_deref(), Some(NUMBER));
    assert_eq!(view.link, None);
    let first = filled(&view).unwrap().ordinal;

    // The form was sent without a date of birth: what was filled in stays.
    let form = TypedQuestion {
        nhs_number: NUMBER.to_owned(),
        ..TypedQuestion::default()
    };
    let view = desk.ask(Request::FindChild(form)).await;
    assert_eq!(filled(&view).unwrap().ordinal, first);

    // From any other place, and the same link again is another one.
    desk.ask(Request::Go(Place::Help)).await;
    let view = desk.ask(link(NUMBER)).await;
    assert_eq!(number(&view).as_deref(), Some(NUMBER));
    assert_ne!(filled(&view).unwrap().ordinal, first);

    // One without a number opens the empty form.
    desk.ask(Request::Go(Place::Help)).await;
    let plain = Request::OpenLink {
        link: "cpis://find".into(),
    };
    let view = desk.ask(plain).await;
    assert_eq!((filled(&view), view.link), (None, None));
    nothing_was_asked(&bench, &desk).await;
    assert!(!logged().contains(NUMBER));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_link_is_said_until_the_person_goes_on() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.ask(link(NUMBER)).await;
    for bad in [
        "cpis://find?nhs-number=9990548600",
        "cpis://run?nhs-number=9990548609",
        "cpis:",
    ] {
        let view = desk.ask(Request::OpenLink { link: bad.into() }).await;
        assert_eq!(view.link, Some(LinkRemark::Unreadable), "{bad}");
        assert_eq!(number(&view).as_deref(), Some(NUMBER), "nothing else moved");
        let view = desk.ask(Request::Activity).await;
        assert_eq!(view.link, Some(LinkRemark::Unreadable));
    }
    let view = desk.ask(Request::Go(Place::Help)).await;
    assert_eq!(view.link, None);
    nothing_was_asked(&bench, &desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_waits_in_memory_for_whoever_signs_in() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    let view = desk.ask(link(NUMBER)).await;
    assert_eq!(view.link, Some(LinkRemark::Waits));
    assert_absent(&view, NUMBER);
    assert_not_on_disk(&bench.path("live"), NUMBER);
    let view = desk.sign_in(PAEDIATRICIAN).await;
    assert_eq!(view.link, Some(LinkRemark::Waits), "no role is chosen yet");
    assert_absent(&view, NUMBER);
    desk.choose(LookMode::Scheduled).await;
    let view = desk.view();
    assert_eq!((number(&view).as_deref(), view.link), (Some(NUMBER), None));
    assert_not_on_disk(&bench.path("live"), NUMBER);
    nothing_was_asked(&bench, &desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_does_not_wait_for_long() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.ask(link(NUMBER)).await;
    bench.clock.pass(TimeDelta::minutes(10));
    let view = desk.sign_in(DENTIST).await;
    assert_eq!((filled(&view), view.link), (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_drops_links_and_takes_none() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.ask(link(NUMBER)).await;
    let view = desk.ask(Request::LockFor(LockSignal::ScreenLocked)).await;
    assert_eq!(
        view.link, None,
        "nobody signed in, and the screen was locked"
    );

    desk.sign_in(DENTIST).await;
    desk.ask(link(NUMBER)).await;
    let locked = desk.ask(Request::Lock).await;
    assert_absent(&locked, NUMBER);
    let view = desk.ask(link(NUMBER)).await;
    assert_eq!(view.link, Some(LinkRemark::Locked));
    for view in desk.views_since(locked.revision) {
        assert_absent(&view, NUMBER);
    }
    let view = desk.unlock_with(&bench.passcode(DENTIST)).await;
    assert_eq!((filled(&view), view.link), (None, None));
    assert_not_on_disk(&bench.path("live"), NUMBER);
    nothing_was_asked(&bench, &desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_under_way_is_not_disturbed() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let faults = bench.backend();
    faults
        .faults()
        .set("/personal-demographics", Some(Fault::Hang));
    desk.begin(bench.person(Case::NothingHeld)).await;
    let view = desk.ask(link(NUMBER)).await;
    assert_eq!(view.link, Some(LinkRemark::Busy));
    assert!(matches!(view.screen, Screen::Checking { .. }));
    let view = desk.ask(Request::CancelCheck).await;
    assert_eq!(view.link, None);
    desk.result().await;
    let view = desk.ask(link(NUMBER)).await;
    assert_eq!(
        number(&view).as_deref(),
        Some(NUMBER),
        "and a result is left"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_takes_no_number_of_a_real_person() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    let view = desk.ask(link(REAL)).await;
    assert_eq!(view.link, Some(LinkRemark::NotInPractice));
    let view = desk.ask(link(NUMBER)).await;
    assert_eq!(view.link, Some(LinkRemark::Waits));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_filled_in_is_checked_like_what_was_typed() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let child = bench.person(Case::ChildProtection);
    desk.ask(link(&child.nhs_number.digits())).await;
    desk.ask(Request::FindChild(typed(child))).await;
    let shown = desk.result().await;
    assert_eq!(shown.asked, child.nhs_number.digits());
    let view = desk.ask(Request::Go(Place::Find)).await;
    assert_eq!(
        filled(&view),
        None,
        "the next child starts with an empty form"
    );
}
