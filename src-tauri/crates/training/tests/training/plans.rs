//! The plans, from both sources.

use crate::bench::{Bench, CLINIC, DENTIST, NURSE, found, refused, trace};
use chrono::TimeDelta;
use cpis_fhir::{Pages, Progress, read_patient_flags, read_plans_page};
use cpis_record::{NhsNumber, Plan, PlanKind, PlanStatus};
use cpis_training::{Case, Clock};
use serde_json::Value;

/// Reads plans as the client does.
pub(crate) fn read(bundle: &Value, asked: &NhsNumber) -> Vec<Plan> {
    let page = read_plans_page(bundle.to_string().as_bytes(), asked).unwrap();
    match Pages::new().add(page).unwrap() {
        Progress::Complete(plans) => plans,
        Progress::More { .. } => panic!("there is one page"),
    }
}

/// Asserts that everything the published example has is in ours too, at the same place and of the
/// same JSON type. Strings that should be booleans are what the example gets wrong.
pub(crate) fn assert_covers(published: &Value, ours: &Value, at: &str) {
    match (published, ours) {
        (Value::Object(published), Value::Object(ours)) => {
            for (name, value) in published {
                let below = format!("{at}.{name}");
                let own = ours
                    .get(name)
                    .unwrap_or_else(|| panic!("{below} is missing"));
                assert_covers(value, own, &below);
            }
        }
        (Value::Array(published), Value::Array(ours)) => {
            for (place, value) in published.iter().enumerate() {
                assert_covers(value, &ours[place], &format!("{at}[{place}]"));
            }
        }
        (Value::String(text), Value::Bool(_)) => {
            assert!(text == "true" || text == "false", "{at} has another type");
        }
        _ => assert_eq!(
            std::mem::discriminant(published),
            std::mem::discriminant(ours),
            "{at} has another type"
        ),
    }
}

pub(crate) fn published(name: &str) -> Value {
    let file = format!(
        "{}/../../../tests/official-examples/{name}",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[tokio::test]
async fn plans_have_the_published_shape() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    let body = bench
        .plans(&user, &bench.number(Case::EveryField), &trace(), false)
        .await;
    assert_covers(&published("cpis-careteam-bundle-01.json"), &body, "Bundle");
    insta::assert_json_snapshot!("plans", bench.stable(&body), { ".id" => "[id]" });
}

#[tokio::test]
async fn no_record_is_an_empty_answer_without_entry() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    let asked = bench.number(Case::NothingHeld);
    let body = bench.plans(&user, &asked, &trace(), false).await;
    assert_covers(&published("cpis-empty-bundle-01.json"), &body, "Bundle");
    assert_eq!(body["total"], 0);
    assert_eq!(body.get("entry"), None);
    assert_eq!(read(&body, &asked), []);
    let unknown = NhsNumber::complete([9, 9, 9, 0, 0, 0, 9, 0, 0]).unwrap();
    assert_eq!(
        bench.plans(&user, &unknown, &trace(), false).await["total"],
        0
    );
}

#[tokio::test]
async fn every_case_is_shown_as_what_it_is_by_both_sources() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    let today = bench.clock.now().date_naive();
    let mut seen = Vec::new();
    for person in bench
        .people
        .patients
        .iter()
        .filter(|p| p.case != Case::NothingHeld)
    {
        let asked = &person.nhs_number;
        let body = bench.plans(&user, asked, &trace(), false).await;
        let plans = read(&body, asked);
        let flags = found(bench.get(&user, &flags_path(asked))).await;
        let flagged = read_patient_flags(flags.to_string().as_bytes(), asked)
            .unwrap()
            .plans;
        assert_eq!(plans.len(), flagged.len(), "{:?}", person.case);
        for (plan, flagged) in plans.iter().zip(&flagged) {
            let kept = (&plan.kind, plan.start, plan.end, &plan.authority.name);
            assert_eq!(
                kept,
                (
                    &flagged.kind,
                    flagged.start,
                    flagged.end,
                    &flagged.authority.name
                )
            );
        }
        // What the register holds, except what ended more than 365 days ago.
        let mut held: Vec<Plan> = person.plans.clone();
        held.retain(|p| p.end.is_none_or(|end| (today - end).num_days() <= 365));
        held.sort_by_key(|p| std::cmp::Reverse(p.start));
        assert_eq!(plans, held, "{:?}", person.case);
        seen.push((person.case, plans));
    }
    let of = |case: Case| {
        seen.iter()
            .find(|(c, _)| *c == case)
            .map(|(_, plans)| plans.clone())
            .unwrap()
    };
    let kinds = |case: Case| of(case).into_iter().map(|p| p.kind).collect::<Vec<_>>();
    assert_eq!(kinds(Case::ChildProtection), [PlanKind::ChildProtection]);
    assert_eq!(kinds(Case::LookedAfter), [PlanKind::LookedAfter]);
    assert_eq!(kinds(Case::UnbornChild), [PlanKind::UnbornChild]);
    let both = kinds(Case::ChildProtectionAndLookedAfter);
    assert!(both.contains(&PlanKind::ChildProtection) && both.contains(&PlanKind::LookedAfter));
    assert!(matches!(
        kinds(Case::UnknownPlanCode)[..],
        [PlanKind::Other {
            display: Some(_),
            ..
        }]
    ));
    for (case, days) in [(Case::EndedTenDaysAgo, 10), (Case::Ended364DaysAgo, 364)] {
        assert_eq!(of(case)[0].status_on(today), PlanStatus::Ended { days });
    }
    for empty in [
        Case::Ended366DaysAgo,
        Case::RestrictedWithoutRecord,
        Case::Superseded,
        Case::Invalidated,
        Case::Deceased,
    ] {
        assert_eq!(of(empty), [], "{empty:?}");
    }
    assert_eq!(of(Case::NoEndDate)[0].end, None);
    let telephones = |case| {
        let authority = of(case)[0].authority.clone();
        (
            authority.office_hours.is_some(),
            authority.emergency_duty.is_some(),
        )
    };
    assert_eq!(telephones(Case::EveryField), (true, true));
    assert_eq!(telephones(Case::NoOfficeTelephone), (false, true));
    assert_eq!(telephones(Case::NoEmergencyTelephone), (true, false));
    assert_eq!(telephones(Case::NoTelephone), (false, false));
}

#[tokio::test]
async fn an_ended_plan_is_shown_for_365_days_and_no_longer() {
    let bench = Bench::start().await;
    let asked = bench.number(Case::Ended364DaysAgo);
    let user = bench.sign_in(CLINIC).await;
    assert_eq!(
        bench.plans(&user, &asked, &trace(), false).await["total"],
        1
    );
    for (days, shown) in [(1, 1), (1, 0)] {
        bench.clock.move_on(TimeDelta::days(days));
        let user = bench.sign_in(CLINIC).await;
        let body = bench.plans(&user, &asked, &trace(), false).await;
        assert_eq!(body["total"], shown);
        let history = bench.history(&user, &asked, &trace(), false).await;
        assert_eq!(history["total"].as_u64() > Some(0), shown == 1);
    }
}

#[tokio::test]
async fn a_number_that_is_no_number_is_refused() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    for kind in ["CareTeam", "AuditEvent"] {
        for query in [
            "",
            "patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000019",
            "patient:identifier=https://example.org|9990000018",
        ] {
            let request = bench
                .get(&user, &format!("/cpis/FHIR/R4/{kind}?{query}"))
                .header("TraceID", trace())
                .header("IsUnscheduledAccessEvent", "false");
            refused(request, 400, "INVALID_SEARCH_DATA", "Invalid NHS number").await;
        }
    }
}

#[tokio::test]
async fn percent_encoding_makes_no_difference() {
    let bench = Bench::start().await;
    let user = bench.sign_in(CLINIC).await;
    let asked = bench.number(Case::ChildProtection).digits();
    for query in [
        format!("patient:identifier=https://fhir.nhs.uk/Id/nhs-number|{asked}"),
        format!("patient%3Aidentifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C{asked}"),
        format!("patient={asked}"),
    ] {
        let request = bench
            .get(&user, &format!("/cpis/FHIR/R4/CareTeam?{query}"))
            .header("TraceID", trace())
            .header("IsUnscheduledAccessEvent", "false");
        assert_eq!(found(request).await["total"], 1, "{query}");
    }
}

fn flags_path(whom: &NhsNumber) -> String {
    format!(
        "/patient-flags-api/FHIR/R4/PatientFlag?patient={}&code=child-protection-information-system-flag",
        whom.digits()
    )
}

#[tokio::test]
async fn flags_have_the_published_shape() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let body = found(bench.get(&user, &flags_path(&bench.number(Case::EveryField)))).await;
    insta::assert_json_snapshot!("patient_flags", bench.stable(&body), { ".id" => "[id]" });
    let nothing = found(bench.get(&user, &flags_path(&bench.number(Case::NothingHeld)))).await;
    assert_eq!(nothing["total"], 0);
    assert_eq!(nothing["entry"], serde_json::json!([]));
}

#[tokio::test]
async fn flags_of_other_kinds_and_of_nobody() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let asked = bench.number(Case::ChildProtection).digits();
    let other = format!(
        "/patient-flags-api/FHIR/R4/PatientFlag?patient={asked}&code=female-genital-mutilation-flag"
    );
    assert_eq!(found(bench.get(&user, &other)).await["total"], 0);
    let all = format!("/patient-flags-api/FHIR/R4/PatientFlag?patient={asked}");
    assert_eq!(found(bench.get(&user, &all)).await["total"], 1);
    let unknown = NhsNumber::complete([9, 9, 9, 0, 0, 0, 9, 0, 0]).unwrap();
    refused(
        bench.get(&user, &flags_path(&unknown)),
        404,
        "RESOURCE_NOT_FOUND",
        "There is no such resource",
    )
    .await;
}

#[tokio::test]
async fn a_look_at_flags_tells_nobody() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::ChildProtection);
    let before = bench.backend.accesses_of(&asked).unwrap().len();
    found(bench.get(&user, &flags_path(&asked))).await;
    assert_eq!(bench.backend.accesses_of(&asked).unwrap().len(), before);
    assert_eq!(bench.backend.notifications().unwrap(), []);
}

#[tokio::test]
async fn flags_of_other_kinds_come_beside_a_plan_or_when_they_are_asked_for() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let whom = bench.number(Case::OtherFlags);
    let flags = |body: &serde_json::Value, mode: &str| -> Vec<String> {
        let entries = body["entry"].as_array().unwrap().iter();
        entries
            .filter(|e| e["search"]["mode"] == mode && e["resource"]["resourceType"] == "Flag")
            .map(|e| {
                let code = &e["resource"]["code"]["coding"][0]["code"];
                code.as_str().unwrap().to_owned()
            })
            .collect()
    };
    let sorted = |mut codes: Vec<String>| {
        codes.sort();
        codes
    };
    let others = [
        "female-genital-mutilation-flag",
        "made-up-flag",
        "national-reasonable-adjustment-flag",
        "unnamed-made-up-flag",
    ];
    let of_cpis = found(bench.get(&user, &flags_path(&whom))).await;
    assert_eq!(of_cpis["total"], 1);
    assert_eq!(
        flags(&of_cpis, "match"),
        ["child-protection-information-system-flag"]
    );
    assert_eq!(sorted(flags(&of_cpis, "include")), others);
    let read = cpis_fhir::read_patient_flags(of_cpis.to_string().as_bytes(), &whom).unwrap();
    assert_eq!((read.plans.len(), read.other_flags.len()), (1, 4));
    assert_eq!(read.other_flags.iter().filter(|f| !f.active).count(), 1);

    let path = format!(
        "/patient-flags-api/FHIR/R4/PatientFlag?patient={}",
        whom.digits()
    );
    let all = found(bench.get(&user, &path)).await;
    assert_eq!(all["total"], 5);
    for (code, total) in [
        ("national-reasonable-adjustment-flag", 1),
        ("female-genital-mutilation-flag", 1),
        (
            "https://fhir.nhs.uk/England/CodeSystem/England-FlagCategoryPatient|female-genital-mutilation-flag",
            1,
        ),
        ("made-up-flag", 0),
    ] {
        let body = found(bench.get(&user, &format!("{path}&code={code}"))).await;
        assert_eq!(body["total"], total, "{code}");
        assert_eq!(body["entry"].as_array().unwrap().len(), total, "{code}");
    }
}
