//! How long a clinic of 200 takes, and that checking them all takes hardly longer than the platform's limit
//! asks for. `cargo xtask bench clinic` runs it.

#![allow(
    clippy::disallowed_methods,
    reason = "what it measures is the time on the wall"
)]

use crate::clinic::{clinic, import, is_ready, signed_in};
use crate::support::Bench;
use chrono::TimeDelta;
use cpis_audit::Pace;
use cpis_client::Request;
use cpis_client::view::{Connectivity, Place, Screen, ShownClinicChild, ShownClinicState, View};
use cpis_training::{Case, Fault};
use std::time::{Duration, Instant};

/// As many as one list may hold.
const CHILDREN: usize = 200;
/// Copies that are opened without a connection.
const COPIES: usize = 10;
/// How long the backend takes for each answer.
const LATENCY: Duration = Duration::from_millis(300);
/// The platform permits 5 calls a second.
const LIMIT: Duration = Duration::from_millis(200);
/// Of the time that the limit asks for, checking all may take so much.
const MOST: f64 = 1.05;

/// Whose check stops before the register is asked.
const STOPPED: [Case; 5] = [
    Case::RestrictedWithRecord,
    Case::RestrictedWithoutRecord,
    Case::Superseded,
    Case::Invalidated,
    Case::Deceased,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement that takes some minutes"]
async fn a_clinic_of_two_hundred() {
    let bench = Bench::start().await;
    let Pace(pace) = Pace::default();
    *bench.pace.lock().unwrap() = pace;
    let clock = bench.clock.clone();
    let mut seen = Instant::now();
    tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(1));
        loop {
            let now = tick.tick().await.into_std();
            clock.pass(TimeDelta::from_std(now.saturating_duration_since(seen)).unwrap());
            seen = now.max(seen);
        }
    });
    let desk = signed_in(&bench).await;
    let people = || bench.people.patients.iter();
    let answered = || people().filter(|person| !STOPPED.contains(&person.case));
    let answers = answered().count().min(CHILDREN);
    let stopped = people().filter(|person| STOPPED.contains(&person.case));
    let lines: Vec<String> = answered()
        .chain(stopped)
        .take(CHILDREN)
        .map(|person| {
            let date = person.birth_date.format("%d/%m/%Y");
            format!("{},{date}", person.nhs_number.digits())
        })
        .collect();
    assert_eq!(lines.len(), CHILDREN);

    let begun = Instant::now();
    let view = desk.ask(import(&lines.join("\n"))).await;
    let imported = begun.elapsed();
    assert_eq!(clinic(&view).children.len(), CHILDREN);

    let backend = bench.backend();
    backend.arrivals().keep();
    for path in ["/personal-demographics", "/cpis"] {
        backend.faults().set(path, Some(Fault::Delay(LATENCY)));
    }
    let begun = Instant::now();
    desk.ask(Request::CheckClinic { keep: true }).await;
    desk.until_within(Duration::from_secs(600), is_ready).await;
    let checked = begun.elapsed();
    // The last copies are still on their way to the disk.
    let kept = |view: &View| {
        let has_copy = |child: &&ShownClinicChild| child.copy.is_some();
        clinic(view).children.iter().filter(has_copy).count()
    };
    let view = desk
        .until(|view| is_ready(view) && kept(view) == answers)
        .await;
    let children = clinic(&view).children;
    let checks = |wanted: fn(&ShownClinicState) -> bool| {
        children.iter().filter(|child| wanted(&child.state)).count()
    };
    let got = checks(|state| matches!(state, ShownClinicState::Checked { .. }));
    let stopped = checks(|state| matches!(state, ShownClinicState::NotChecked { .. }));
    assert_eq!((got, stopped), (answers, CHILDREN - answers));
    let questions = backend
        .arrivals()
        .kept()
        .iter()
        .filter(|arrival| !arrival.path.starts_with("/audit") && !arrival.path.contains("oauth2"))
        .count();
    // The first question waits for nobody; the last one still takes its time.
    let steps = u32::try_from(questions - 1).unwrap();
    let bound = LIMIT * steps + LATENCY;
    let share = checked.as_secs_f64() / bound.as_secs_f64();
    desk.sent().await;

    let before = bench.received();
    bench.set_network(false).await;
    desk.check_first(Case::ChildProtection).await;
    assert!(matches!(
        desk.view().connectivity,
        Connectivity::Offline { .. }
    ));
    desk.ask(Request::Go(Place::ClinicList)).await;
    let begun = Instant::now();
    for child in children.iter().filter(|c| c.copy.is_some()).take(COPIES) {
        let id = child.id.clone();
        desk.ask(Request::OpenCopy { id }).await;
        let shown = |view: &View| {
            matches!(&view.screen, Screen::Result { shown, .. } if shown.content().copy.is_some()
                && shown.content().asked == child.nhs_number)
        };
        desk.until(shown).await;
    }
    let opened = begun.elapsed();

    bench.set_network(true).await;
    let begun = Instant::now();
    desk.ask(Request::SendNow).await;
    desk.sent().await;
    let delivered = begun.elapsed();
    // The check that failed for want of a network is on record, too.
    assert_eq!(bench.received(), before + COPIES + 1);

    println!("clinic: {CHILDREN} lines read, checked and kept on the disk in {imported:.1?}");
    println!(
        "clinic: {CHILDREN} children checked ({answers} answers, each with a copy kept) in {checked:.1?}: {questions} questions, \
         {LATENCY:?} each; at the limit of 5 a second they take {bound:.1?}, so {share:.3} of the bound",
    );
    println!("clinic: {COPIES} copies opened offline in {opened:.1?}");
    println!(
        "clinic: {COPIES} audit records of copies delivered in {delivered:.1?} after the network came back"
    );
    assert!(
        share <= MOST,
        "checking all took {share:.3} of the time that the limit asks for"
    );
}
