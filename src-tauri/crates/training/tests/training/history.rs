//! The access history: who enters it, when, and how often.

use crate::bench::{Bench, CLINIC, DENTIST, NURSE, ON_CALL, trace};
use crate::plans::{assert_covers, published};
use chrono::TimeDelta;
use cpis_fhir::{Pages, Progress, read_history_page};
use cpis_record::{Access, NhsNumber};
use cpis_training::{Case, Clock};
use serde_json::Value;

/// Reads accesses as the client does.
fn read(bundle: &Value, asked: &NhsNumber) -> Vec<Access> {
    let page = read_history_page(bundle.to_string().as_bytes(), asked).unwrap();
    match Pages::new().add(page).unwrap() {
        Progress::Complete(accesses) => accesses,
        Progress::More { .. } => panic!("there is one page"),
    }
}

#[tokio::test]
async fn the_history_has_the_published_shape_without_its_defects() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    let asked = bench.number(Case::EveryField);
    let body = bench.history(&user, &asked, &trace(), false).await;
    let official = published("cpis-auditevent-bundle-01.json");
    for kind in ["AuditEvent", "PractitionerRole"] {
        let first = |bundle: &Value| {
            let entries = bundle["entry"].as_array().unwrap();
            entries
                .iter()
                .find(|e| e["resource"]["resourceType"] == kind)
                .unwrap()
                .clone()
        };
        assert_covers(&first(&official), &first(&body), kind);
    }
    insta::assert_json_snapshot!("history", bench.stable(&body), { ".id" => "[id]" });
}

#[tokio::test]
async fn the_newest_25_are_given() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    for (case, held, given) in [
        (Case::TwentyFiveAccesses, 25, 25),
        (Case::FortyAccesses, 40, 25),
        (Case::NoAccesses, 0, 0),
    ] {
        let person = bench.people.first(case);
        let body = bench
            .history(&user, &person.nhs_number, &trace(), false)
            .await;
        let accesses = read(&body, &person.nhs_number);
        assert_eq!((person.accesses.len(), accesses.len()), (held, given));
        assert_eq!(body["total"], given);
        let times: Vec<_> = accesses.iter().map(|a| a.at).collect();
        let newest: Vec<_> = person.accesses.iter().take(25).map(|a| a.at).collect();
        assert_eq!(times, newest, "{case:?}");
    }
}

#[tokio::test]
async fn an_unscheduled_view_enters_the_history_once_and_tells_the_authority_once() {
    let bench = Bench::start().await;
    let dentist = bench.sign_in(DENTIST).await;
    let person = bench.people.first(Case::ChildProtection);
    let asked = &person.nhs_number;
    let view = trace();
    // Side by side, as the client does, and both again.
    for _ in 0..2 {
        let (_, _) = tokio::join!(
            bench.plans(&dentist, asked, &view, true),
            bench.history(&dentist, asked, &view, true)
        );
    }
    let accesses = bench.backend.accesses_of(asked).unwrap();
    assert_eq!(accesses.len(), person.accesses.len() + 1);
    assert_eq!(accesses[0].viewer, "Mr Bertram Sample-Otter");
    assert_eq!(accesses[0].role_code, "R0300");
    assert_eq!(accesses[0].organisation.as_str(), "RJ1");
    assert_eq!(accesses[0].at, bench.clock.now());

    let told = bench.backend.notifications().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].trace_id, view);
    assert_eq!(&told[0].nhs_number, asked);
    let authority = person.plans[0].authority.ods_code.as_ref().unwrap();
    assert_eq!(told[0].authority, authority.as_str());
    assert_eq!(told[0].access, accesses[0]);
}

#[tokio::test]
async fn a_view_does_not_see_itself_and_the_next_one_sees_it() {
    let bench = Bench::start().await;
    let dentist = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    let view = trace();
    assert_eq!(
        bench.history(&dentist, &asked, &view, true).await["total"],
        0
    );
    assert_eq!(
        bench.history(&dentist, &asked, &view, true).await["total"],
        0
    );
    bench.clock.move_on(TimeDelta::minutes(5));
    let nurse = bench.sign_in(NURSE).await;
    let seen = read(
        &bench.history(&nurse, &asked, &trace(), false).await,
        &asked,
    );
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].viewer.as_deref(), Some("Mr Bertram Sample-Otter"));
    assert_eq!(seen[0].role.as_deref(), Some("Dental Officer"));
    let organisation = seen[0].organisation.as_deref();
    assert_eq!(
        organisation,
        Some("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST (RJ1)")
    );
    assert_eq!(seen[0].at, bench.clock.now() - TimeDelta::minutes(5));
}

#[tokio::test]
async fn own_view_is_left_out_of_the_25_not_taken_from_them() {
    let bench = Bench::start().await;
    let dentist = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::TwentyFiveAccesses);
    let view = trace();
    bench.plans(&dentist, &asked, &view, true).await;
    assert_eq!(
        bench.history(&dentist, &asked, &view, true).await["total"],
        25
    );
    assert_eq!(bench.backend.accesses_of(&asked).unwrap().len(), 26);
}

#[tokio::test]
async fn a_scheduled_view_leaves_nothing() {
    let bench = Bench::start().await;
    let clinic = bench.sign_in(CLINIC).await;
    let person = bench.people.first(Case::ChildProtection);
    let view = trace();
    bench.plans(&clinic, &person.nhs_number, &view, false).await;
    bench
        .history(&clinic, &person.nhs_number, &view, false)
        .await;
    let accesses = bench.backend.accesses_of(&person.nhs_number).unwrap();
    assert_eq!(accesses.len(), person.accesses.len());
    assert_eq!(bench.backend.notifications().unwrap(), []);
}

#[tokio::test]
async fn each_view_counts_and_so_does_each_child_under_one_trace() {
    let bench = Bench::start().await;
    let user = bench.sign_in(ON_CALL).await;
    let (one, two) = (
        bench.number(Case::NoAccesses),
        bench.number(Case::LookedAfter),
    );
    let view = trace();
    bench.plans(&user, &one, &view, true).await;
    bench.plans(&user, &one, &trace(), true).await;
    bench.plans(&user, &two, &view, true).await;
    assert_eq!(bench.backend.accesses_of(&one).unwrap().len(), 2);
    assert_eq!(bench.backend.notifications().unwrap().len(), 3);
}

#[tokio::test]
async fn who_has_no_record_has_no_history_and_nobody_is_told() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    for case in [Case::NothingHeld, Case::Ended366DaysAgo] {
        let asked = bench.number(case);
        bench.plans(&user, &asked, &trace(), true).await;
        let body = bench.history(&user, &asked, &trace(), true).await;
        assert_eq!(body["total"], 0);
        assert_eq!(body.get("entry"), None);
        assert_eq!(bench.backend.accesses_of(&asked).unwrap(), []);
    }
    assert_eq!(bench.backend.notifications().unwrap(), []);
}

#[tokio::test]
async fn no_header_means_unscheduled() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    let request = bench
        .get(&user, &crate::bench::cpis("CareTeam", &asked))
        .header("TraceID", trace());
    crate::bench::found(request).await;
    assert_eq!(bench.backend.notifications().unwrap().len(), 1);
}
