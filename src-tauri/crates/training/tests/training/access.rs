//! Who may look, and which headers they must send.

use crate::bench::{
    Bench, CLINIC, DENTIST, NURSE, ON_CALL, RECEPTIONIST, SignedIn, Who, answer, cpis, found,
    refused, trace,
};
use chrono::{NaiveDate, TimeDelta};
use cpis_record::CareSetting;
use cpis_training::{AuthorityToShare, Case, Clock};
use reqwest::RequestBuilder;
use serde_json::Value;

const DENIED: &str = "ACCESS_DENIED";

/// The same look at every kind of answer that the rules guard.
async fn looks(bench: &Bench, who: Who, unscheduled: bool) -> Vec<RequestBuilder> {
    let user = bench.sign_in(who).await;
    let asked = bench.number(Case::ChildProtection);
    let flags = format!(
        "/patient-flags-api/FHIR/R4/PatientFlag?patient={}",
        asked.digits()
    );
    vec![
        bench.look(&user, "CareTeam", &asked, &trace(), unscheduled),
        bench.look(&user, "AuditEvent", &asked, &trace(), unscheduled),
        bench.get(&user, &flags),
    ]
}

#[tokio::test]
async fn a_role_with_neither_code_may_not_look() {
    let bench = Bench::start().await;
    for unscheduled in [true, false] {
        for request in looks(&bench, RECEPTIONIST, unscheduled).await {
            refused(
                request,
                403,
                DENIED,
                "The role holds neither B0107 nor B0170",
            )
            .await;
        }
    }
}

#[tokio::test]
async fn a_role_with_b0170_alone_must_say_scheduled() {
    let bench = Bench::start().await;
    let why = "The role holds B0170 only: IsUnscheduledAccessEvent must be sent as false";
    let user = bench.sign_in(NURSE).await;
    let asked = bench.number(Case::ChildProtection);
    for kind in ["CareTeam", "AuditEvent"] {
        refused(
            bench.look(&user, kind, &asked, &trace(), true),
            403,
            DENIED,
            why,
        )
        .await;
        let silent = bench
            .get(&user, &cpis(kind, &asked))
            .header("TraceID", trace());
        refused(silent, 403, DENIED, why).await;
        found(bench.look(&user, kind, &asked, &trace(), false)).await;
    }
    assert_eq!(bench.backend.notifications().unwrap(), []);
}

#[tokio::test]
async fn the_role_counts_not_the_person() {
    let bench = Bench::start().await;
    let asked = bench.number(Case::ChildProtection);
    let clinic = bench.sign_in(CLINIC).await;
    let on_call = SignedIn {
        role: ON_CALL.role,
        ..clinic.clone()
    };
    found(bench.look(&on_call, "CareTeam", &asked, &trace(), true)).await;
    let (status, _) = answer(bench.look(&clinic, "CareTeam", &asked, &trace(), true)).await;
    assert_eq!(status, 403);
    let stranger = SignedIn {
        role: DENTIST.role,
        ..clinic
    };
    let why = "NHSD-Session-URID is not a role of this user";
    refused(
        bench.look(&stranger, "CareTeam", &asked, &trace(), true),
        403,
        DENIED,
        why,
    )
    .await;
}

#[tokio::test]
async fn an_organisation_outside_the_authority_to_share_may_not_look() {
    let bench = Bench::start().await;
    for setting in [CareSetting::EmergencyDental, CareSetting::SexualHealth] {
        let organisation = "RJ1".parse().unwrap();
        bench
            .backend
            .remove_authority_to_share(&organisation, setting)
            .unwrap();
    }
    for request in looks(&bench, DENTIST, true).await {
        refused(
            request,
            403,
            DENIED,
            "The organisation is outside the authority to share",
        )
        .await;
    }
}

#[tokio::test]
async fn a_care_setting_outside_the_authority_to_share_may_not_look() {
    let bench = Bench::start().await;
    let organisation = "RJ1".parse().unwrap();
    bench
        .backend
        .remove_authority_to_share(&organisation, CareSetting::EmergencyDental)
        .unwrap();
    for request in looks(&bench, DENTIST, true).await {
        refused(
            request,
            403,
            DENIED,
            "The care setting is outside the authority to share",
        )
        .await;
    }
    assert_eq!(bench.backend.notifications().unwrap(), []);
}

#[tokio::test]
async fn the_period_of_the_authority_to_share_has_two_ends() {
    let bench = Bench::start().await;
    let today = bench.clock.now().date_naive();
    let day = |days: i64| today + TimeDelta::days(days);
    let cases: [(NaiveDate, Option<NaiveDate>, bool); 5] = [
        (day(0), Some(day(0)), true),
        (day(-9), None, true),
        (day(-9), Some(day(1)), true),
        (day(1), None, false),
        (day(-9), Some(day(-1)), false),
    ];
    for (from, until, may) in cases {
        let agreement = AuthorityToShare {
            organisation: "RJ1".parse().unwrap(),
            care_setting: CareSetting::EmergencyDental,
            from,
            until,
        };
        bench.backend.set_authority_to_share(&agreement).unwrap();
        for request in looks(&bench, DENTIST, true).await {
            if may {
                found(request).await;
            } else {
                let why = "The date is outside the period of the authority to share";
                refused(request, 403, DENIED, why).await;
            }
        }
    }
}

#[tokio::test]
async fn headers_that_are_missing_or_wrong_are_named() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    let request = |change: fn(&str) -> Option<&'static str>| {
        let headers = [
            ("X-Request-ID", "e2a1a6b0-26d0-4c2a-9a5b-0d6b2d7c1f00"),
            ("NHSD-Session-URID", DENTIST.role),
            ("TraceID", "0193-view"),
            ("IsUnscheduledAccessEvent", "true"),
        ];
        let url = format!("{}{}", bench.base, cpis("CareTeam", &asked));
        headers.into_iter().fold(
            bench.client.get(url).bearer_auth(&user.access),
            |request, (name, value)| match change(name) {
                Some("") => request,
                Some(other) => request.header(name, other),
                None => request.header(name, value),
            },
        )
    };
    type Change = fn(&str) -> Option<&'static str>;
    let cases: [(Change, &str); 6] = [
        (|n| (n == "X-Request-ID").then_some(""), "X-Request-ID"),
        (|n| (n == "X-Request-ID").then_some("7"), "X-Request-ID"),
        (
            |n| (n == "NHSD-Session-URID").then_some(""),
            "NHSD-Session-URID",
        ),
        (|n| (n == "TraceID").then_some(""), "TraceID"),
        (|n| (n == "TraceID").then_some("a b"), "TraceID"),
        (
            |n| (n == "IsUnscheduledAccessEvent").then_some("yes"),
            "IsUnscheduledAccessEvent",
        ),
    ];
    for (change, name) in cases {
        let why = format!("Missing or invalid header parameter: {name}");
        refused(request(change), 400, "PRECONDITION_FAILED", &why).await;
    }
    let twice = request(|_| None).header("IsUnscheduledAccessEvent", "false");
    let why = "Missing or invalid header parameter: IsUnscheduledAccessEvent";
    refused(twice, 400, "PRECONDITION_FAILED", why).await;
    assert_eq!(bench.backend.notifications().unwrap(), []);
    found(request(|_| None)).await;
}

#[tokio::test]
async fn a_token_that_has_expired_is_not_accepted() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    bench.clock.move_on(TimeDelta::minutes(10));
    let request = bench.look(&user, "CareTeam", &asked, &trace(), true);
    let response = request.try_clone().unwrap().send().await.unwrap();
    assert_eq!(
        response.headers()["www-authenticate"],
        "Bearer error=\"invalid_token\""
    );
    refused(
        request,
        401,
        DENIED,
        "The access token is missing, expired or ended",
    )
    .await;
    assert_eq!(bench.backend.notifications().unwrap(), []);
}

#[tokio::test]
async fn refusals_have_the_published_shape() {
    let bench = Bench::start().await;
    let user = bench.sign_in(RECEPTIONIST).await;
    let asked = bench.number(Case::ChildProtection);
    let (_, body) = answer(bench.look(&user, "CareTeam", &asked, &trace(), false)).await;
    crate::plans::assert_covers(
        &crate::plans::published("cpis-opoutcome-01.json"),
        &body,
        "OperationOutcome",
    );
    insta::assert_json_snapshot!("refusal", body, { ".id" => "[id]" });
}

#[tokio::test]
async fn request_and_correlation_ids_come_back() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    let (request_id, correlation_id) = (trace(), trace());
    for (role, status) in [(DENTIST.role, 200), (NURSE.role, 403)] {
        let response = bench
            .client
            .get(format!("{}{}", bench.base, cpis("CareTeam", &asked)))
            .bearer_auth(&user.access)
            .header("X-Request-ID", &request_id)
            .header("X-Correlation-ID", &correlation_id)
            .header("NHSD-Session-URID", role)
            .header("TraceID", trace())
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["x-request-id"], request_id.as_str());
        assert_eq!(
            response.headers()["x-correlation-id"],
            correlation_id.as_str()
        );
    }
}

#[tokio::test]
async fn anybody_may_ask_what_the_backend_can_do() {
    let bench = Bench::start().await;
    let body = found(
        bench
            .client
            .get(format!("{}/cpis/FHIR/R4/metadata", bench.base)),
    )
    .await;
    assert!(cpis_fhir::read_capability_statement(body.to_string().as_bytes()).is_ok());
    insta::assert_json_snapshot!("metadata", bench.stable(&body), { ".software.version" => "[version]" });
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_in_fhir() {
    let bench = Bench::start().await;
    let lost = bench
        .client
        .get(format!("{}/cpis/FHIR/R4/Condition", bench.base));
    refused(
        lost,
        404,
        "UNSUPPORTED_SERVICE",
        "There is no such endpoint",
    )
    .await;
    let wrong = bench
        .client
        .delete(format!("{}/cpis/FHIR/R4/CareTeam", bench.base));
    refused(
        wrong,
        405,
        "UNSUPPORTED_SERVICE",
        "The endpoint does not take this method",
    )
    .await;
}

#[tokio::test]
async fn refusals_name_nobody() {
    let bench = Bench::start().await;
    let user = bench.sign_in(NURSE).await;
    let asked = bench.number(Case::ChildProtection);
    let (_, body): (_, Value) = answer(bench.look(&user, "CareTeam", &asked, &trace(), true)).await;
    assert!(!body.to_string().contains(&asked.digits()), "{body}");
}
