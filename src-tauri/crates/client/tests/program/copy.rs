//! Copying the NHS number: it goes to the clipboard when somebody asks, and comes back from there.

use crate::support::{Bench, DENTIST, Desk};
use chrono::TimeDelta;
use cpis_client::Request;
use cpis_client::view::{CopyState, Place, View};
use cpis_training::Case;
use std::sync::Arc;

async fn at_a_result() -> (Arc<Bench>, Desk, String) {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    let child = bench.person(Case::ChildProtection);
    desk.check(child).await;
    let number = child.nhs_number.digits();
    (bench, desk, number)
}

async fn copied(desk: &Desk) -> View {
    desk.ask(Request::CopyNumber).await;
    desk.until(|view| view.copy.is_some()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_number_is_taken_back_after_a_minute() {
    let (bench, desk, number) = at_a_result().await;
    assert_eq!(desk.view().copy, None);
    assert_eq!(bench.clipboard.read(), None, "nobody has asked");
    assert_eq!(copied(&desk).await.copy, Some(CopyState::Copied));
    assert_eq!(bench.clipboard.read(), Some(number.clone()));
    bench.clock.pass(TimeDelta::seconds(59));
    desk.ask(Request::Activity).await;
    assert_eq!(bench.clipboard.read(), Some(number));
    bench.clock.pass(TimeDelta::seconds(1));
    bench.clipboard.emptied().await;
    desk.until(|view| view.copy == Some(CopyState::TakenBack))
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_program_copied_stays() {
    let (bench, desk, _) = at_a_result().await;
    copied(&desk).await;
    bench.clipboard.other_program("another text");
    bench.clock.pass(TimeDelta::seconds(60));
    desk.until(|view| view.copy == Some(CopyState::TakenBack))
        .await;
    desk.stop().await;
    assert_eq!(bench.clipboard.read().as_deref(), Some("another text"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lock_a_sign_out_and_the_end_take_it_back() {
    let (bench, desk, _) = at_a_result().await;
    copied(&desk).await;
    let view = desk.ask(Request::Lock).await;
    bench.clipboard.emptied().await;
    assert_eq!(view.copy, None);
    desk.refused(Request::CopyNumber).await;
    desk.unlock_with(&bench.passcode(DENTIST)).await;
    copied(&desk).await;
    desk.ask(Request::SignOut).await;
    bench.clipboard.emptied().await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::LookedAfter).await;
    copied(&desk).await;
    desk.stop().await;
    assert_eq!(bench.clipboard.read(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_number_on_the_screen_is_copied() {
    let (bench, desk, _) = at_a_result().await;
    desk.ask(Request::Go(Place::Help)).await;
    desk.refused(Request::CopyNumber).await;
    desk.ask(Request::Go(Place::Find)).await;
    desk.refused(Request::CopyNumber).await;
    desk.check_first(Case::Invalidated).await;
    desk.refused(Request::CopyNumber).await;
    assert_eq!(bench.clipboard.read(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clipboard_that_fails_is_said() {
    let (bench, desk, number) = at_a_result().await;
    bench.clipboard.go_missing();
    assert_eq!(copied(&desk).await.copy, Some(CopyState::Failed));
    assert!(!crate::support::logged().contains(&number));
}
