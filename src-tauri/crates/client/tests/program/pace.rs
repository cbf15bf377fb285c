//! The platform's limit: no more than 5 calls a second, whoever in the program makes them, and a pause where
//! the service asks for one.

use crate::clinic::{clinic, import, is_ready, signed_in};
use crate::support::{Bench, Desk};
use chrono::TimeDelta;
use cpis_audit::Pace;
use cpis_client::Request;
use cpis_client::shown::ShownCause;
use cpis_client::view::{ChecksStopped, ShownClinicState, View};
use cpis_training::{Arrival, Case, Fault};
use std::sync::Arc;
use std::time::Duration;

/// More than are asked about at a time.
const CHILDREN: usize = 10;
const TRACE: &str = "/personal-demographics";
const PLANS: &str = "/cpis/FHIR/R4/CareTeam";

async fn with_children(bench: &Arc<Bench>, desk: &Desk) {
    let people = bench.people.patients.iter();
    let people = people.filter(|person| person.case == Case::NothingHeld);
    let lines: Vec<String> = people
        .take(CHILDREN)
        .map(|person| {
            let date = person.birth_date.format("%d/%m/%Y");
            format!("{},{date}", person.nhs_number.digits())
        })
        .collect();
    assert_eq!(lines.len(), CHILDREN);
    desk.ask(import(&lines.join("\n"))).await;
}

fn traces(bench: &Bench) -> usize {
    let kept = bench.backend().arrivals().kept();
    kept.iter()
        .filter(|arrival| arrival.path.starts_with(TRACE))
        .count()
}

/// Waits for something that no view shows.
async fn until(wanted: impl Fn() -> bool) {
    let came = async {
        while !wanted() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::support::PATIENCE, came)
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_than_five_calls_arrive_in_any_second_whoever_makes_them() {
    let bench = Bench::start().await;
    let Pace(pace) = Pace::default();
    *bench.pace.lock().unwrap() = pace;
    // Signing in takes turns too, so time goes on by itself until somebody is there.
    let clock = bench.clock.clone();
    let going_on = tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(1));
        loop {
            tick.tick().await;
            clock.pass(TimeDelta::milliseconds(2));
        }
    });
    let desk = signed_in(&bench).await;
    with_children(&bench, &desk).await;
    going_on.abort();
    assert!(going_on.await.unwrap_err().is_cancelled());

    let span = TimeDelta::from_std(pace * 5).unwrap();
    bench.clock.pass(span);
    let backend = bench.backend();
    let arrivals = backend.arrivals();
    arrivals.keep();
    desk.ask(Request::CheckClinic { keep: false }).await;
    // Time moves on only when all that may leave has arrived, so each arrival has the time at which it left.
    let mut permitted = 5;
    while !is_ready(&desk.view()) {
        until(|| arrivals.kept().len() >= permitted || is_ready(&desk.view())).await;
        bench.clock.pass(span);
        permitted += 5;
    }
    assert!(
        arrivals.kept().len() >= 3 * CHILDREN,
        "each child is three questions"
    );
    // Records let the questions go first, and leave as soon as there are none.
    let is_record = |arrival: &Arrival| arrival.path.starts_with("/audit");
    until(|| arrivals.kept().iter().any(is_record)).await;
    let kept = arrivals.kept();
    for (first, sixth) in kept.iter().zip(&kept[5..]) {
        assert!(
            sixth.at - first.at >= TimeDelta::seconds(1),
            "{} and {} were {} apart",
            first.path,
            sixth.path,
            sixth.at - first.at
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_that_the_service_asks_for_is_kept_and_said() {
    let (bench, wire) = Bench::wired().await;
    let desk = signed_in(&bench).await;
    with_children(&bench, &desk).await;
    let backend = bench.backend();
    backend.arrivals().keep();
    backend.faults().set_times(TRACE, Fault::RetryAfter(60), 1);
    // Nobody else's check ends before the pause is heard.
    wire.hold(PLANS);
    let asked = bench.clock.read();
    desk.ask(Request::CheckClinic { keep: false }).await;
    let is_paused = |view: &View| {
        let under_way = clinic(view).under_way;
        under_way.is_some_and(|checks| checks.paused_until.is_some())
    };
    desk.until(is_paused).await;
    wire.let_go();
    let rests = |view: &View| {
        let under_way = clinic(view).under_way;
        under_way.is_some_and(|checks| checks.paused_until.is_some() && checks.done == 6)
    };
    let view = desk.until(rests).await;
    let until = asked + TimeDelta::seconds(60);
    assert_eq!(
        clinic(&view).under_way.unwrap().paused_until,
        Some(until.to_rfc3339())
    );
    bench.clock.pass(TimeDelta::seconds(59));
    assert!(rests(&desk.ask(Request::Activity).await));
    assert_eq!(traces(&bench), 6, "those that were under way, and no more");

    bench.clock.pass(TimeDelta::seconds(1));
    let list = clinic(&desk.until(is_ready).await);
    assert_eq!(traces(&bench), CHILDREN);
    let ended = list.ended.unwrap();
    assert_eq!((ended.checked, ended.stopped), (CHILDREN - 1, None));
    let busy = |state: &ShownClinicState| {
        matches!(
            state,
            ShownClinicState::NotChecked {
                cause: ShownCause::TooManyRequests,
                ..
            }
        )
    };
    assert_eq!(
        list.children
            .iter()
            .filter(|child| busy(&child.state))
            .count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_stops_the_checks_and_what_was_begun_is_on_record() {
    let bench = Bench::start().await;
    let desk = signed_in(&bench).await;
    with_children(&bench, &desk).await;
    let backend = bench.backend();
    backend.faults().set(TRACE, Some(Fault::Hang));
    desk.ask(Request::CheckClinic { keep: false }).await;
    bench.struck(6).await;
    let list = clinic(&desk.ask(Request::StopClinicChecks).await);
    let ended = list.ended.unwrap();
    assert_eq!(
        (ended.checked, ended.stopped),
        (0, Some(ChecksStopped::Asked))
    );
    let open = |state: &ShownClinicState| matches!(state, ShownClinicState::ToCheck);
    assert!(list.children.iter().all(|child| open(&child.state)));
    backend.faults().clear();
    until(|| bench.received() == 6).await;
    for (_, record) in backend.audit_records().unwrap() {
        let facts = cpis_fhir::read_audit_event(record.to_string().as_bytes()).unwrap();
        assert_eq!(
            (facts.outcome, facts.cause.as_deref()),
            (4, Some("cancelled"))
        );
    }
}
