//! Taking in audit records.

use crate::bench::{Bench, DENTIST, answer, refused, trace};
use crate::keys::WorkstationKey;
use chrono::{DateTime, FixedOffset, TimeDelta};
use cpis_fhir::{
    AuditOutcome, AuditRecord, ChainLink, Workstation, with_own_hash, write_audit_batch,
    write_audit_event,
};
use cpis_record::{Mode, NhsNumber, NotCheckedCause, UserId, Viewer};
use cpis_training::{Case, Clock, Population, StaffMember};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};

/// A record of a view by the dentist, as the client writes it.
pub(crate) fn record(bench: &Bench, id: &str, person: &NhsNumber) -> AuditRecord {
    AuditRecord {
        backend: bench.base.clone(),
        ..record_at(&bench.people, bench.clock.now(), id, person)
    }
}

/// The same, by people and a moment.
pub(crate) fn record_at(
    people: &Population,
    now: DateTime<FixedOffset>,
    id: &str,
    person: &NhsNumber,
) -> AuditRecord {
    let member = dentist(people);
    AuditRecord {
        id: id.to_owned(),
        recorded: now - TimeDelta::hours(2),
        viewer: Viewer {
            user: member.user_id.clone(),
            name: member.name(),
            role: member.roles[0].role.clone(),
        },
        person: Some(person.clone()),
        mode: Mode::Unscheduled,
        care_setting: Some(member.roles[0].care_setting),
        outcome: AuditOutcome::Shown,
        workstation: Workstation {
            id: "workstation-3".to_owned(),
            product: "cpis-check/0.1.0".to_owned(),
        },
        backend: String::new(),
        request: "GET /cpis/FHIR/R4/CareTeam".to_owned(),
        chain: ChainLink {
            sequence: 1,
            previous: String::new(),
        },
    }
}

fn dentist(people: &Population) -> &StaffMember {
    people
        .staff
        .iter()
        .find(|m| m.role(DENTIST.role).is_some())
        .unwrap()
}

pub(crate) fn written(record: &AuditRecord) -> Value {
    with_own_hash(write_audit_event(record), "00ff")
}

/// A request with a batch.
pub(crate) fn batch(bench: &Bench, token: &str, body: &Value) -> RequestBuilder {
    bench
        .client
        .post(format!("{}/audit/FHIR/R4", bench.base))
        .bearer_auth(token)
        .header("Content-Type", "application/fhir+json; charset=utf-8")
        .body(body.to_string())
}

#[tokio::test]
async fn a_record_is_created_once() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let id = trace();
    let body = written(&record(&bench, &id, &bench.number(Case::NothingHeld)));
    let receipt = format!("{}/audit/FHIR/R4/AuditEvent/{id}/_history/1", bench.base);
    // The same content with its members in another order is the same content.
    let reordered: Value = {
        let mut members: Vec<(String, Value)> =
            body.as_object().unwrap().clone().into_iter().collect();
        members.reverse();
        let text: Vec<String> = members
            .iter()
            .map(|(n, v)| format!("{}: {v}", json!(n)))
            .collect();
        let text = format!("{{ {} }}", text.join(",\n"));
        assert_ne!(text, body.to_string());
        serde_json::from_str(&text).unwrap()
    };
    for (sent, status) in [(&body, 201), (&body, 200), (&reordered, 200)] {
        let response = bench.put_audit(&token, &id, sent).await;
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], receipt.as_str());
    }
    let mut changed = body.clone();
    changed["outcome"] = json!("4");
    let response = bench.put_audit(&token, &id, &changed).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    let outcome: Value = response.json().await.unwrap();
    assert_eq!(outcome["issue"][0]["code"], "conflict");
    assert_eq!(bench.backend.audit_records().unwrap(), [(id, body)]);
}

#[tokio::test]
async fn a_record_of_a_search_is_kept_and_tells_nobody() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let id = trace();
    let search = AuditRecord {
        person: None,
        request:
            "GET personal-demographics/FHIR/R4/Patient?family=Testchild&birthdate=eq2019-01-01\n"
                .to_owned(),
        ..record(&bench, &id, &bench.number(Case::NothingHeld))
    };
    let body = written(&search);
    for status in [201, 200] {
        let response = bench.put_audit(&token, &id, &body).await;
        assert_eq!(response.status(), status);
    }
    assert_eq!(bench.backend.audit_records().unwrap(), [(id, body)]);
    assert!(bench.backend.notifications().unwrap().is_empty());

    let id = trace();
    let nobody = AuditRecord {
        id: id.clone(),
        request: "GET cpis/FHIR/R4/CareTeam\n".to_owned(),
        ..search
    };
    let response = bench.put_audit(&token, &id, &written(&nobody)).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_record_enters_the_history_at_its_own_time_when_no_request_told_of_the_view() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let person = bench.people.first(Case::NoAccesses);
    let id = trace();
    let record = record(&bench, &id, &person.nhs_number);
    for _ in 0..2 {
        bench.put_audit(&token, &id, &written(&record)).await;
    }
    let accesses = bench.backend.accesses_of(&person.nhs_number).unwrap();
    assert_eq!(accesses.len(), 1);
    assert_eq!(accesses[0].at, record.recorded);
    assert_eq!(accesses[0].viewer, "Mr Bertram Sample-Otter");
    assert_eq!(accesses[0].role_name, "Dental Officer");
    assert_eq!(accesses[0].role_code, "R0300");
    assert_eq!(accesses[0].organisation.as_str(), "RJ1");
    let told = bench.backend.notifications().unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0].trace_id, &told[0].access), (&id, &accesses[0]));
    // A request that comes after all, with the same trace, adds nothing.
    let dentist = bench.sign_in(DENTIST).await;
    bench.plans(&dentist, &person.nhs_number, &id, true).await;
    assert_eq!(
        bench.backend.accesses_of(&person.nhs_number).unwrap().len(),
        1
    );
    assert_eq!(bench.backend.notifications().unwrap().len(), 1);
}

#[tokio::test]
async fn a_record_of_a_view_that_a_request_told_of_adds_nothing() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let dentist = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    let id = trace();
    bench.plans(&dentist, &asked, &id, true).await;
    bench
        .put_audit(&token, &id, &written(&record(&bench, &id, &asked)))
        .await;
    assert_eq!(bench.backend.accesses_of(&asked).unwrap().len(), 1);
    assert_eq!(bench.backend.notifications().unwrap().len(), 1);
    // Nor when the request said "scheduled".
    let id = trace();
    bench.plans(&dentist, &asked, &id, false).await;
    bench
        .put_audit(&token, &id, &written(&record(&bench, &id, &asked)))
        .await;
    assert_eq!(bench.backend.accesses_of(&asked).unwrap().len(), 1);
}

#[tokio::test]
async fn what_was_scheduled_or_not_shown_enters_no_history() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let asked = bench.number(Case::NoAccesses);
    let cases: [(Mode, AuditOutcome); 3] = [
        (Mode::Scheduled, AuditOutcome::Shown),
        (
            Mode::Unscheduled,
            AuditOutcome::NotChecked(NotCheckedCause::ALL[0]),
        ),
        (Mode::Unscheduled, AuditOutcome::Attempted),
    ];
    for (mode, outcome) in cases {
        let id = trace();
        let record = AuditRecord {
            mode,
            outcome,
            ..record(&bench, &id, &asked)
        };
        assert_eq!(
            bench
                .put_audit(&token, &id, &written(&record))
                .await
                .status(),
            201
        );
    }
    // Nor the view of somebody without a record.
    let id = trace();
    let nothing = record(&bench, &id, &bench.number(Case::NothingHeld));
    assert_eq!(
        bench
            .put_audit(&token, &id, &written(&nothing))
            .await
            .status(),
        201
    );
    assert_eq!(bench.backend.accesses_of(&asked).unwrap(), []);
    assert_eq!(bench.backend.notifications().unwrap(), []);
    assert_eq!(bench.backend.audit_records().unwrap().len(), 4);
}

#[tokio::test]
async fn the_view_of_somebody_unknown_enters_as_the_record_says() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let asked = bench.number(Case::NoAccesses);
    let id = trace();
    let mut record = record(&bench, &id, &asked);
    record.viewer.user = UserId::new("555000000999").unwrap();
    record.viewer.name = "Dr Unlisted Practice-Owl".to_owned();
    bench.put_audit(&token, &id, &written(&record)).await;
    let accesses = bench.backend.accesses_of(&asked).unwrap();
    assert_eq!(accesses[0].viewer, "Dr Unlisted Practice-Owl");
    // The history that tells of it can be read.
    let dentist = bench.sign_in(DENTIST).await;
    let history = bench.history(&dentist, &asked, &trace(), true).await;
    assert!(cpis_fhir::read_history_page(history.to_string().as_bytes(), &asked).is_ok());
}

#[tokio::test]
async fn what_is_not_a_record_is_refused() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let id = trace();
    let good = written(&record(&bench, &id, &bench.number(Case::NothingHeld)));
    let without = |name: &str| {
        let mut changed = good.clone();
        changed.as_object_mut().unwrap().remove(name);
        changed
    };
    let mut other_id = good.clone();
    other_id["id"] = json!(trace());
    let mut other_type = good.clone();
    other_type["resourceType"] = json!("Observation");
    for bad in [
        without("recorded"),
        without("agent"),
        without("outcome"),
        without("extension"),
        without("entity"),
        without("id"),
        other_id,
        other_type,
        json!([]),
    ] {
        let response = bench.put_audit(&token, &id, &bad).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
        let outcome: Value = response.json().await.unwrap();
        assert_eq!(outcome["resourceType"], "OperationOutcome");
    }
    let url = format!("{}/audit/FHIR/R4/AuditEvent/{id}", bench.base);
    let put = |body: String, media: &str| {
        let request = bench.client.put(&url).bearer_auth(&token).body(body);
        if media.is_empty() {
            request
        } else {
            request.header("Content-Type", media)
        }
    };
    refused(
        put("{".into(), "application/fhir+json"),
        400,
        "VALIDATION_ERROR",
        "The body is not JSON",
    )
    .await;
    let twice = good.to_string().replacen('{', "{\"outcome\":\"4\",", 1);
    let (status, _) = answer(put(twice, "application/fhir+json")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    for media in ["", "text/plain"] {
        refused(
            put(good.to_string(), media),
            415,
            "UNSUPPORTED_VALUE",
            "The content type must be application/fhir+json",
        )
        .await;
    }
    let huge = format!("{{\"id\":\"{}\"}}", "x".repeat(300 * 1024));
    refused(
        put(huge, "application/fhir+json"),
        413,
        "TOO_MANY_VALUES_SUBMITTED",
        "The body is too large",
    )
    .await;
    let transaction = json!({ "resourceType": "Bundle", "type": "transaction" });
    refused(
        batch(&bench, &token, &transaction),
        400,
        "VALIDATION_ERROR",
        "The body is not a Bundle of type batch",
    )
    .await;
    assert_eq!(bench.backend.audit_records().unwrap(), []);
}

#[tokio::test]
async fn only_workstations_send_records() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let id = trace();
    let body = written(&record(&bench, &id, &bench.number(Case::NothingHeld)));
    let why = "Audit records and notes are sent with a workstation's token";
    let url = format!("{}/audit/FHIR/R4/AuditEvent/{id}", bench.base);
    let one = bench.client.put(&url).bearer_auth(&user.access).json(&body);
    refused(one, 403, "ACCESS_DENIED", why).await;
    refused(
        batch(
            &bench,
            &user.access,
            &write_audit_batch(std::slice::from_ref(&body)),
        ),
        403,
        "ACCESS_DENIED",
        why,
    )
    .await;
    let nobody = bench.client.put(&url).json(&body);
    refused(
        nobody,
        401,
        "ACCESS_DENIED",
        "The access token is missing, expired or ended",
    )
    .await;
    let token = bench.workstation().await;
    bench.clock.move_on(TimeDelta::minutes(10));
    let late = bench.put_audit(&token, &id, &body).await;
    assert_eq!(late.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(bench.backend.audit_records().unwrap(), []);
}

#[tokio::test]
async fn records_are_taken_while_nobody_is_signed_in() {
    let bench = Bench::start().await;
    let key = WorkstationKey::generate();
    let client_id = bench.enrol(&key).await;
    let later = |at: DateTime<FixedOffset>| key.assertion(&client_id, &bench.token_endpoint(), at);
    bench.clock.move_on(TimeDelta::days(30));
    let (_, tokens) = bench.workstation_token(&later(bench.clock.now())).await;
    let id = trace();
    let body = written(&record(&bench, &id, &bench.number(Case::NothingHeld)));
    let response = bench
        .put_audit(tokens["access_token"].as_str().unwrap(), &id, &body)
        .await;
    assert_eq!(response.status(), StatusCode::CREATED);
}
