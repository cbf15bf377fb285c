//! Notifications: each thing once, without a word about anybody, and none in practice.

use super::clinic;
use crate::support::{Bench, DENTIST, Desk, PATIENCE};
use chrono::TimeDelta;
use cpis_client::view::Weather;
use cpis_client::{Notification, Request};
use cpis_training::{Case, Fault};

const AUDIT: &str = "/audit/FHIR/R4";

/// Waits until the person has been told these, and nothing else.
async fn told(desk: &Desk, wanted: &[Notification]) {
    let told = async {
        while desk.notified().len() < wanted.len() {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, told).await;
    assert_eq!(desk.notified(), wanted, "{waited:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn records_that_wait_or_are_refused_are_told_of_once() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    let backend = bench.backend();
    backend.faults().set(AUDIT, Some(Fault::Status(422)));
    desk.check_first(Case::ChildProtection).await;
    desk.until(|view| view.to_send.needs_attention == 1).await;
    let mut wanted = vec![Notification::RecordsNeedAttention];
    told(&desk, &wanted).await;
    backend.faults().clear();

    bench.set_network(false).await;
    desk.check_first(Case::LookedAfter).await;
    desk.ask(Request::View).await;
    told(&desk, &wanted).await;
    for hours in [5, 20] {
        bench.clock.pass(TimeDelta::hours(hours));
        wanted.push(Notification::RecordsWaitLong);
        told(&desk, &wanted).await;
    }
    bench.clock.pass(TimeDelta::hours(5));
    desk.ask(Request::View).await;
    told(&desk, &wanted).await;

    // What was so before is on the screen that the program opens with.
    desk.stop().await;
    let desk = bench.live().await;
    desk.ask(Request::View).await;
    told(&desk, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clinic_list_is_said_to_end_half_an_hour_before() {
    let bench = Bench::start().await;
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &["offline.keep_hours = 2"]);
    let desk = clinic::signed_in(&bench).await;
    desk.ask(clinic::import(&clinic::lines(&bench))).await;
    bench.clock.pass(TimeDelta::minutes(89));
    desk.ask(Request::View).await;
    told(&desk, &[]).await;
    bench.clock.pass(TimeDelta::minutes(1));
    told(&desk, &[Notification::ClinicListEnds]).await;
    bench.clock.pass(TimeDelta::minutes(31));
    desk.ask(Request::View).await;
    told(&desk, &[Notification::ClinicListEnds]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn practice_tells_nothing() {
    let bench = Bench::start().await;
    let desk = bench.practice().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::SetPracticeWeather {
        weather: Weather::Offline,
    })
    .await;
    desk.check_first(Case::ChildProtection).await;
    bench.clock.pass(TimeDelta::hours(30));
    desk.ask(Request::View).await;
    told(&desk, &[]).await;
}
