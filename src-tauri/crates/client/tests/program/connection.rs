//! The connection check: every part of the way, what does not work, and nothing about anybody.

use crate::support::{Bench, DENTIST, Desk};
use cpis_client::Request;
use cpis_client::view::{
    ConnectionCheck, ConnectionFault, ConnectionPart, PartOutcome, Place, Screen, View,
};
use cpis_training::{Case, Fault};

fn check_of(view: &View) -> Option<&ConnectionCheck> {
    match &view.screen {
        Screen::Settings { settings } => settings.connection.as_ref(),
        _ => None,
    }
}

async fn checked(desk: &Desk) -> ConnectionCheck {
    desk.ask(Request::Go(Place::Settings)).await;
    desk.ask(Request::CheckConnection).await;
    let over = |view: &View| check_of(view).is_some_and(|check| check.over);
    check_of(&desk.until(over).await).unwrap().clone()
}

fn outcome(check: &ConnectionCheck, part: ConnectionPart) -> &PartOutcome {
    let found = check.parts.iter().find(|checked| checked.part == part);
    &found.unwrap().outcome
}

fn fails(fault: ConnectionFault) -> PartOutcome {
    PartOutcome::Fails { fault }
}

const WORKS: PartOutcome = PartOutcome::Works { detail: None };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_part_works_and_nobody_is_signed_in() {
    use ConnectionPart::{Audit, Certificate, Computer, Demographics, Identity, Proxy, Register};
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    let before = wire.requests("/").len();
    let check = checked(&desk).await;
    for part in [Computer, Register, Demographics, Identity, Audit] {
        assert_eq!(*outcome(&check, part), WORKS, "{part:?}");
    }
    for part in [Proxy, Certificate] {
        assert_eq!(*outcome(&check, part), PartOutcome::NotNeeded, "{part:?}");
    }
    let sent = wire.requests("/").split_off(before);
    let paths: Vec<&str> = sent.iter().map(|request| request.path.as_str()).collect();
    for path in [
        "/cpis/FHIR/R4/metadata",
        "/personal-demographics/FHIR/R4/metadata",
        "/.well-known/openid-configuration",
        "/audit/FHIR/R4/metadata",
    ] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
    for request in sent {
        assert_eq!(request.method, "GET");
        assert_eq!(request.header("authorization"), "", "{}", request.path);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_beside_a_child_sends_and_tells_nothing_of_it() {
    let (bench, wire) = Bench::wired().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.check_first(Case::ChildProtection).await;
    desk.sent().await;
    let (before, told, received) = (wire.requests("/").len(), bench.told(), bench.received());
    let check = checked(&desk).await;
    let child = bench.person(Case::ChildProtection);
    let said = serde_json::to_string(&check).unwrap();
    for secret in [child.nhs_number.digits(), child.family.clone()] {
        assert!(!said.contains(&secret));
        for request in wire.requests("/").split_off(before) {
            assert!(!request.path.contains(&secret) && !request.body.contains(&secret));
        }
    }
    assert_eq!((bench.told(), bench.received()), (told, received));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_part_that_fails_is_named() {
    use ConnectionPart::{Audit, Demographics, Identity, Register};
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.enrolled().await;
    let faults = bench.backend();
    for (path, part, fault, wanted) in [
        (
            "/personal-demographics",
            Demographics,
            Fault::Status(503),
            ConnectionFault::Status { status: 503 },
        ),
        (
            "/cpis/FHIR/R4/metadata",
            Register,
            Fault::Html,
            ConnectionFault::Unreadable,
        ),
        (
            "/.well-known",
            Identity,
            Fault::Status(500),
            ConnectionFault::Status { status: 500 },
        ),
        (
            "/audit/FHIR/R4/metadata",
            Audit,
            Fault::Html,
            ConnectionFault::Unreadable,
        ),
    ] {
        faults.faults().set(path, Some(fault));
        let check = checked(&desk).await;
        assert_eq!(*outcome(&check, part), fails(wanted), "{path}");
        let others = check.parts.iter().filter(|checked| checked.part != part);
        for other in others {
            let works = matches!(
                other.outcome,
                PartOutcome::Works { .. } | PartOutcome::NotNeeded
            );
            assert!(works, "{path}: {other:?}");
        }
        faults.faults().clear();
    }
    bench.set_network(false).await;
    let check = checked(&desk).await;
    for part in [Register, Demographics, Identity, Audit] {
        assert_eq!(
            *outcome(&check, part),
            fails(ConnectionFault::Unreachable),
            "{part:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_folder_with_the_logs_is_opened_and_named() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.ask(Request::Go(Place::Settings)).await;
    let view = desk.ask(Request::OpenLogs).await;
    let Screen::Settings { settings } = view.screen else {
        panic!("another screen");
    };
    assert!(!settings.logs.not_opened);
    assert_eq!(settings.logs.path, bench.path("logs").display().to_string());
    let opened = bench.browser.last().unwrap();
    assert_eq!(opened.to_file_path().unwrap(), bench.path("logs"));
    bench.browser.set_missing(true);
    let view = desk.ask(Request::OpenLogs).await;
    let Screen::Settings { settings } = view.screen else {
        panic!("another screen");
    };
    assert!(settings.logs.not_opened);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_program_checks_nothing() {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    desk.ask(Request::Lock).await;
    desk.refused(Request::CheckConnection).await;
    desk.refused(Request::OpenLogs).await;
}
