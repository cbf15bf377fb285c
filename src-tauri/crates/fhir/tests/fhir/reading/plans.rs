//! Plans, from the first source.

use super::*;

#[test]
fn a_plan_of_another_person_is_never_shown() {
    for number in ["9912003888", "991200389", "991 200 3890", "", "99120038900"] {
        let body = team("/subject/identifier/value", json!(number));
        assert_eq!(plans(&body), Err(ReadError::WrongPerson), "{number:?}");
    }
    let body = team("/subject/reference", json!("Patient/9912003888"));
    assert_eq!(plans(&body), Err(ReadError::WrongPerson));
    for body in [
        without(found(), "/entry/0/resource/subject"),
        without(found(), "/entry/0/resource/subject/identifier"),
        without(found(), "/entry/0/resource/subject/identifier/value"),
        without(found(), "/entry/0/resource/subject/identifier/system"),
        team(
            "/subject/identifier/system",
            json!("https://fhir.nhs.uk/Id/nhs-numbers"),
        ),
        team("/subject", json!({ "reference": "Patient/9912003890" })),
        team("/subject/identifier/value", json!(9_912_003_890_u64)),
    ] {
        assert!(plans(&body).is_err(), "{body}");
    }
}

#[test]
fn an_answer_that_names_anybody_else_is_refused() {
    let other = json!({ "system": system::NHS_NUMBER, "value": "9912003888" });
    let included = |resource: Value| {
        let mut body = found();
        let entry = json!({ "search": { "mode": "include" }, "resource": resource });
        body["entry"].as_array_mut().unwrap().push(entry);
        body
    };
    let patient = json!({ "resourceType": "Patient", "id": "p", "identifier": [other] });
    let participant = json!([{ "member": { "identifier": other } }]);
    for body in [included(patient), team("/participant", participant)] {
        assert_eq!(plans(&body), Err(ReadError::WrongPerson), "{body}");
    }
    let same = json!({ "system": system::NHS_NUMBER, "value": "9912003890" });
    let patient = json!({ "resourceType": "Patient", "id": "p", "identifier": [same] });
    assert_eq!(plans(&included(patient)), plans(&found()));
    let mut history_of_another = looked();
    history_of_another["entry"][1]["resource"]["extension"] = json!([{ "valueIdentifier": other }]);
    assert!(matches!(
        history(&history_of_another),
        Err(ReadError::WrongPerson)
    ));
    let body = with(
        flags(),
        "/entry/2/resource/participant",
        json!([{ "member": { "identifier": other } }]),
    );
    assert_eq!(read_flags(&body).unwrap_err(), ReadError::WrongPerson);
}

#[test]
fn doubts_about_plans_are_errors() {
    let entry = found()["entry"][0].clone();
    let outcome = json!({ "resource": { "resourceType": "OperationOutcome", "issue": [] } });
    let included_outcome = with(outcome.clone(), "/search", json!({ "mode": "include" }));
    let basic = json!({ "resource": { "resourceType": "Basic", "id": "b" } });
    let organisation = json!({ "search": { "mode": "include" },
        "resource": { "resourceType": "Organization", "id": "o" } });
    let doubtful = [
        with(found(), "/entry", json!([entry, included_outcome])),
        with(found(), "/entry", json!([entry, basic])),
        with(
            found(),
            "/entry",
            json!([entry, organisation, organisation]),
        ),
        with(found(), "/total", json!(2)),
        with(found(), "/total", json!(0)),
        without(found(), "/total"),
        with(found(), "/entry", json!([])),
        without(found(), "/entry"),
        with(
            with(found(), "/total", json!(2)),
            "/entry",
            json!([entry, entry]),
        ),
        with(found(), "/entry", json!([entry, outcome])),
        with(found(), "/entry/0/search/mode", json!("outcome")),
        with(found(), "/entry/0/search/mode", json!("include")),
        with(found(), "/entry/0/search/mode", json!("matched")),
        without(found(), "/entry/0/resource"),
        with(found(), "/entry/0/response", json!({ "status": "404" })),
        team("/resourceType", json!("Basic")),
        team("/resourceType", json!("careteam")),
        team("/status", json!("entered-in-error")),
        team("/status", json!(1)),
        team(
            "/modifierExtension",
            json!([{ "url": "https://example.org/negated" }]),
        ),
        team(
            "/telecom/0/modifierExtension",
            json!([{ "url": "https://example.org/old" }]),
        ),
        team("/implicitRules", json!("https://example.org/rules")),
        team("/meta", json!({ "tag": [{ "code": "SUBSETTED" }] })),
        team("/meta", json!({ "lastUpdated": "yesterday" })),
        team("/period/start", json!("26/09/2022")),
        team("/period/start", json!("20220926")),
        team("/period/start", json!("2022-09")),
        team("/period/start", json!("2022-02-30")),
        team("/period/end", json!("2022-09-26T10:00:00")),
        team("/period/end", json!("2022-09-26 ")),
        team("/period/end", json!("")),
        team("/period/end", json!(20_220_926)),
        team("/period", json!("2022-09-26")),
        team("/telecom", json!({})),
        team("/category", json!("342191000000101")),
        team("/category/0/coding/0/code", json!(342_191_000_000_101_u64)),
    ];
    for body in doubtful {
        assert!(plans(&body).is_err(), "{body}");
    }
}

#[test]
fn what_published_answers_leave_out_is_tolerated() {
    let whole = plans(&found()).unwrap();
    for body in [
        team("/status", json!("active")),
        team("/status", json!(null)),
        team("/modifierExtension", json!([])),
        without(found(), "/entry/0/search"),
        without(found(), "/entry/0/fullUrl"),
        without(found(), "/entry/0/resource/id"),
        team("/period/start", json!("2022-09-26T23:59:59-05:00")),
        team("/period/start", json!("2022-09-26T00:30:00+01:00")),
        team("/period/start", json!("2022-09-26T00:00:00.000Z")),
        team("/subject/reference", json!("Patient/9912003890")),
    ] {
        assert_eq!(plans(&body).as_ref(), Ok(&whole), "{body}");
    }
}

#[test]
fn no_record_is_left_out_for_its_code() {
    let concept = |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code, "display": "words" }] });
    let snomed = system::SNOMED;
    let other = |code: &str| PlanKind::Other {
        code: code.into(),
        display: Some("words".into()),
    };
    let kinds = |category: Value| -> Vec<PlanKind> {
        let plans = plans(&team("/category", category)).unwrap();
        plans.into_iter().map(|plan| plan.kind).collect()
    };
    assert_eq!(
        kinds(json!([concept(snomed, "764841000000100")])),
        [PlanKind::LookedAfter]
    );
    assert_eq!(
        kinds(json!([concept(snomed, "818901000000100")])),
        [PlanKind::UnbornChild]
    );
    assert_eq!(kinds(json!([concept(snomed, "999")])), [other("999")]);
    assert_eq!(
        kinds(json!([concept("https://example.org", "999")])),
        [other("999")]
    );
    assert_eq!(kinds(json!([{ "text": "words" }])), [other("")]);
    let nameless = PlanKind::Other {
        code: String::new(),
        display: None,
    };
    for category in [
        json!(null),
        json!([]),
        json!([{}]),
        json!([{ "coding": [] }]),
        json!([{ "coding": [{}] }]),
    ] {
        assert_eq!(
            kinds(category.clone()),
            std::slice::from_ref(&nameless),
            "{category}"
        );
    }
    assert_eq!(
        kinds(json!([
            concept(snomed, "764841000000100"),
            concept(snomed, "342191000000101")
        ])),
        [PlanKind::LookedAfter, PlanKind::ChildProtection],
        "two codes on one resource are two records"
    );
    assert_eq!(
        kinds(json!([
            concept("http://loinc.org", "LA27976-2"),
            concept(snomed, "342191000000101")
        ])),
        [PlanKind::ChildProtection]
    );
    assert_eq!(
        kinds(json!([
            concept(snomed, "999"),
            concept(snomed, "342191000000101")
        ])),
        [PlanKind::ChildProtection, other("999")]
    );
}

#[test]
fn the_two_telephone_numbers_are_not_swapped() {
    let telecom = json!([
        { "system": "phone", "value": "01632 960001" },
        { "system": "email", "value": "duty@example.org", "use": "work" },
        { "system": "phone", "value": "01632 960002", "use": "mobile" },
        { "system": "phone", "value": " ", "use": "work" },
        { "value": "01632 960003", "use": "work" },
        { "system": "phone", "value": "01632 960004", "use": "work" },
    ]);
    let plans = plans(&team("/telecom", telecom)).unwrap();
    assert_eq!(
        plans[0].authority.emergency_duty,
        Telephone::new("01632 960002")
    );
    assert_eq!(
        plans[0].authority.office_hours,
        Telephone::new("01632 960003")
    );
}

#[test]
fn the_authority_code_and_the_last_update_are_read_where_given() {
    let reference = json!({ "identifier": { "system": system::ODS, "value": "ZZ001" } });
    for organisation in [json!([reference]), reference] {
        let body = with(
            team("/managingOrganization", organisation),
            "/entry/0/resource/meta",
            json!({ "lastUpdated": "2026-11-20T08:15:30.5+01:00" }),
        );
        let plans = plans(&body).unwrap();
        assert_eq!(plans[0].authority.ods_code, Some("ZZ001".parse().unwrap()));
        let updated = plans[0].last_updated.unwrap();
        assert_eq!(updated.to_rfc3339(), "2026-11-20T08:15:30.500+01:00");
    }
}

#[test]
fn an_end_before_the_start_keeps_the_record() {
    let plans = plans(&team("/period/end", json!("2020-01-01"))).unwrap();
    assert!(plans[0].start > plans[0].end);
}
