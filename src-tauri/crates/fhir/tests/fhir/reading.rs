//! The rules of reading, one by one.

use crate::examples::{json, published_number};
use cpis_fhir::*;
use cpis_record::*;
use serde_json::{Value, json};

fn example(name: &str) -> Value {
    serde_json::from_slice(&json(name)).unwrap()
}

fn empty() -> Value {
    example("cpis-empty-bundle-01.json")
}

fn found() -> Value {
    example("cpis-careteam-bundle-01.json")
}

fn looked() -> Value {
    example("cpis-auditevent-bundle-01.json")
}

fn one_page<T>(page: Result<Page<T>, ReadError>) -> Result<Vec<T>, ReadError> {
    match Pages::new().add(page?)? {
        Progress::Complete(items) => Ok(items),
        Progress::More { .. } => Err(ReadError::Incomplete("the test follows no links")),
    }
}

fn plans_in(body: &[u8]) -> Result<Vec<Plan>, ReadError> {
    one_page(read_plans_page(body, &published_number()))
}

fn plans(body: &Value) -> Result<Vec<Plan>, ReadError> {
    plans_in(body.to_string().as_bytes())
}

fn history(body: &Value) -> Result<Vec<Access>, ReadError> {
    one_page(read_history_page(
        body.to_string().as_bytes(),
        &published_number(),
    ))
}

/// A changed copy of an answer.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(values) => values[name.parse::<usize>().unwrap()] = value,
        _ => parent[name] = value,
    }
    body
}

fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.remove(name).unwrap();
    body
}

const TEAM: &str = "/entry/0/resource";

fn team(pointer: &str, value: Value) -> Value {
    with(found(), &format!("{TEAM}{pointer}"), value)
}

#[test]
fn nothing_is_read_from_an_empty_searchset_only() {
    let nothing = [
        empty(),
        with(empty(), "/entry", json!([])),
        without(empty(), "/link"),
        without(empty(), "/id"),
        with(empty(), "/timestamp", json!("2026-11-22T10:00:00Z")),
        with(
            empty(),
            "/link/0/url",
            json!(
                "/cpis/FHIR/R4/CareTeam?patient%3Aidentifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9912003890"
            ),
        ),
        with(empty(), "/link/0/url", json!("CareTeam")),
    ];
    for body in nothing {
        assert_eq!(plans(&body), Ok(vec![]), "{body}");
    }
    let doubtful = [
        with(empty(), "/total", json!(1)),
        with(empty(), "/total", json!("0")),
        with(empty(), "/total", json!(0.0)),
        with(empty(), "/total", json!(-0.0)),
        with(empty(), "/total", json!(-1)),
        with(empty(), "/total", json!(null)),
        with(empty(), "/total", json!(false)),
        with(empty(), "/total", json!([])),
        without(empty(), "/total"),
        with(empty(), "/type", json!("collection")),
        with(empty(), "/type", json!("history")),
        with(empty(), "/type", json!("Searchset")),
        with(empty(), "/type", json!(null)),
        without(empty(), "/type"),
        with(empty(), "/resourceType", json!("bundle")),
        with(empty(), "/resourceType", json!("OperationOutcome")),
        without(empty(), "/resourceType"),
        with(empty(), "/entry", json!(null)),
        with(empty(), "/entry", json!({})),
        with(empty(), "/entry", json!("")),
        with(empty(), "/entry", json!([null])),
        with(empty(), "/entry", json!([{}])),
        with(empty(), "/entry", found()["entry"].clone()),
        with(empty(), "/entries", found()["entry"].clone()),
        with(empty(), "/_total", json!({ "extension": [] })),
        with(
            empty(),
            "/implicitRules",
            json!("https://example.org/rules"),
        ),
        with(
            empty(),
            "/modifierExtension",
            json!([{ "url": "https://example.org/not" }]),
        ),
        with(
            empty(),
            "/meta",
            json!({ "tag": [{ "code": "SUBSETTED" }] }),
        ),
        with(
            empty(),
            "/meta",
            json!({ "security": [{ "code": "REDACTED" }] }),
        ),
        with(empty(), "/link", json!(null)),
        with(
            empty(),
            "/link/0",
            json!({ "relation": "next", "url": "CareTeam?page=2" }),
        ),
        with(
            empty(),
            "/link/0",
            json!({ "relation": "Next", "url": "CareTeam?page=2" }),
        ),
        with(empty(), "/link/0/relation", json!(null)),
        with(empty(), "/link/0/url", json!(null)),
        with(
            empty(),
            "/link/0/url",
            json!(
                "https://x/AuditEvent?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9912003890"
            ),
        ),
    ];
    for body in doubtful {
        assert!(plans(&body).is_err(), "{body}");
    }
}

#[test]
fn a_link_for_another_number_is_another_person() {
    for url in [
        "https://x/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9912003888",
        "https://x/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number%7C9912003888",
        "https://x/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number%257C9912003888",
        "https://x/CareTeam?patient%3Aidentifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C9912003888",
        "https://x/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|991200389",
        "https://x/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9912003890,https://fhir.nhs.uk/Id/nhs-number|9912003888",
        "https://x/CareTeam?patient=9912003888",
        "https://x/CareTeam?patient=Patient/9912003888",
        "https://x/CareTeam?subject:identifier=9912003888",
    ] {
        for body in [empty(), found()] {
            let body = with(body, "/link/0/url", json!(url));
            assert_eq!(plans(&body), Err(ReadError::WrongPerson), "{url}");
        }
        let next = json!([{ "relation": "next", "url": url }]);
        assert_eq!(
            plans(&with(found(), "/link", next)),
            Err(ReadError::WrongPerson),
            "{url}"
        );
    }
    let unrelated = "https://x/CareTeam?_since=1700000000&patient=9912003890";
    assert!(plans(&with(found(), "/link/0/url", json!(unrelated))).is_ok());
}

#[test]
fn what_is_not_fhir_json_is_said_to_be_so() {
    let cut = &json("cpis-careteam-bundle-01.json")[..400];
    for body in [
        b"".as_slice(),
        b"<html><body>Sign in</body></html>",
        b"null",
        b"[]",
        b"{}",
        b"{\"total\":0}",
        b"\"Bundle\"",
        b"{\"resourceType\":1}",
        b"\xff\xfe{}",
        b"{\"resourceType\":\"Bundle\xff\"}",
        cut,
    ] {
        assert_eq!(
            plans_in(body),
            Err(ReadError::NotFhir),
            "{}",
            body.escape_ascii()
        );
    }
}

#[test]
fn a_byte_order_mark_and_white_space_are_tolerated_and_nothing_else() {
    let body = json("cpis-empty-bundle-01.json");
    let around = |before: &[u8], after: &[u8]| plans_in(&[before, &body, after].concat());
    assert_eq!(around(b"\xef\xbb\xbf", b" \r\n"), Ok(vec![]));
    assert!(around(b"", b"x").is_err());
    assert!(around(b"", &body).is_err());
    assert!(around(b"", b"\0").is_err());
    assert!(around(b"\xef\xbb\xbf\xef\xbb\xbf", b"").is_err());
    assert!(around(b")]}'\n", b"").is_err());
}

#[test]
fn a_name_that_occurs_twice_is_damage() {
    let twice = ReadError::Unreadable("a name occurs twice in one object");
    for body in [
        r#"{"resourceType":"Bundle","type":"searchset","total":1,"total":0}"#,
        r#"{"resourceType":"Bundle","type":"searchset","total":0,"total":0}"#,
        r#"{"resourceType":"Bundle","type":"searchset","total":0,"entry":[{}],"entry":[]}"#,
        r#"{"resourceType":"Bundle","type":"searchset","total":0,"entr\u0079":[{}],"entry":[]}"#,
        r#"{"resourceType":"Bundle","type":"searchset","total":0,"link":[{"a":{"b":1,"b":1}}]}"#,
    ] {
        assert_eq!(plans_in(body.as_bytes()), Err(twice), "{body}");
    }
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| {
        let text = format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        let body = json!({ "resourceType": "CapabilityStatement", "x": 0 }).to_string();
        read_capability_statement(body.replace("\"x\":0", &format!("\"x\":{text}")).as_bytes())
    };
    assert!(nested(60).is_ok());
    assert_eq!(nested(70), Err(ReadError::Unreadable("nested too deep")));
    assert!(nested(100_000).is_err());
}

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
        assert_eq!(kinds(category.clone()), [nameless.clone()], "{category}");
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

fn page(url: Option<&str>, ids: &[usize], total: usize) -> Vec<u8> {
    let entries: Vec<Value> = ids
        .iter()
        .map(|id| {
            let body = team("/id", json!(format!("plan-{id}")));
            with(body, "/entry/0/fullUrl", json!(format!("urn:uuid:{id}")))["entry"][0].clone()
        })
        .collect();
    let link: Vec<Value> = url
        .iter()
        .map(|url| json!({ "relation": "next", "url": url }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "searchset", "total": total, "link": link, "entry": entries })
        .to_string()
        .into_bytes()
}

fn all_pages(bodies: &[Vec<u8>]) -> Result<usize, ReadError> {
    let mut pages = Pages::new();
    for body in bodies {
        if let Progress::Complete(plans) = pages.add(read_plans_page(body, &published_number())?)? {
            return Ok(plans.len());
        }
    }
    Err(ReadError::Incomplete("no end"))
}

#[test]
fn pages_are_followed_or_the_answer_is_refused() {
    let (a, b) = (Some("?page=2"), Some("?page=3"));
    assert_eq!(
        all_pages(&[page(a, &[1, 2], 3), page(None, &[3], 3)]),
        Ok(3)
    );
    assert_eq!(
        all_pages(&[page(a, &[1], 3), page(b, &[2], 3), page(None, &[3], 3)]),
        Ok(3)
    );
    assert_eq!(all_pages(&[page(a, &[1, 2], 2), page(None, &[], 2)]), Ok(2));
    for refused in [
        vec![page(a, &[1, 2], 3)],
        vec![page(a, &[1, 2], 3), page(None, &[], 3)],
        vec![page(a, &[1, 2], 3), page(None, &[3], 4)],
        vec![page(a, &[1, 2], 3), page(None, &[3, 4], 3)],
        vec![page(a, &[1, 2], 4), page(None, &[2, 3], 4)],
        vec![page(a, &[1, 2], 4), page(a, &[3], 4), page(None, &[4], 4)],
        vec![page(a, &[], 0), page(None, &[], 0)],
        vec![page(a, &[1, 2], 1), page(None, &[], 1)],
    ] {
        assert!(all_pages(&refused).is_err());
    }
    let endless: Vec<Vec<u8>> = (0..PAGE_LIMIT + 5)
        .map(|n| page(Some(&format!("?page={n}")), &[n], 1000))
        .collect();
    assert_eq!(
        all_pages(&endless),
        Err(ReadError::Incomplete("too many pages"))
    );
}

#[test]
fn nothing_follows_the_last_page_nor_an_error() {
    let asked = published_number();
    let read = |body: &[u8]| read_plans_page(body, &asked).unwrap();
    let mut pages = Pages::new();
    assert!(matches!(
        pages.add(read(&page(None, &[1], 1))),
        Ok(Progress::Complete(_))
    ));
    assert!(pages.add(read(&page(None, &[], 1))).is_err());
    let mut pages = Pages::new();
    assert!(pages.add(read(&page(None, &[1], 2))).is_err());
    assert!(pages.add(read(&page(None, &[2], 2))).is_err());
}

#[test]
fn several_accesses_may_share_one_role() {
    let mut body = looked();
    let mut second = body["entry"][0].clone();
    second["fullUrl"] = json!("https://x/AuditEvent/second");
    second["resource"]["id"] = json!("second");
    second["resource"]["agent"][1]["who"]["reference"] = json!(
        "https://x/cpis/FHIR/R4/practitionerrole/42F72E9A-ab20-43b9-a19a-9ba9a608f732/_history/1"
    );
    body["entry"].as_array_mut().unwrap().push(second);
    body["total"] = json!(2);
    let accesses = history(&body).unwrap();
    assert_eq!(accesses.len(), 2);
    assert!(accesses[0] == accesses[1]);
    assert_eq!(accesses[1].viewer.as_deref(), Some("Mrs Paula PALMER"));
}

#[test]
fn doubts_about_the_history_are_errors() {
    let event = "/entry/0/resource";
    let at = |pointer: &str, value: Value| with(looked(), &format!("{event}{pointer}"), value);
    for body in [
        with(looked(), "/total", json!(2)),
        without(looked(), "/total"),
        with(looked(), "/entry", json!([looked()["entry"][0]])),
        with(looked(), "/entry/1/resource/id", json!("other")),
        at("/recorded", json!("2023-09-07")),
        at("/recorded", json!("2023-09-07T17:36:41")),
        at("/agent", json!([])),
        at("/agent/0/who/identifier/value", json!(1)),
        at("/agent/0/who", json!({})),
        at("/agent/1", json!({})),
        at("/agent/1/who", json!(null)),
        with(looked(), "/entry/1/search/mode", json!("match")),
    ] {
        let body = if body.pointer("/entry/1/resource/id") == Some(&json!("other")) {
            without(body, "/entry/1/fullUrl")
        } else {
            body
        };
        assert!(history(&body).is_err(), "{body}");
    }
    let other = at("/agent/0/who/identifier/value", json!("9912003888"));
    assert!(matches!(history(&other), Err(ReadError::WrongPerson)));
}

#[test]
fn a_viewer_may_be_named_without_a_role() {
    let who = json!({ "display": "Dr Sam Example " });
    let body = with(looked(), "/entry/0/resource/agent/1/who", who);
    let accesses = history(&body).unwrap();
    assert_eq!(accesses[0].viewer.as_deref(), Some("Dr Sam Example"));
    assert_eq!(accesses[0].organisation, None);
    let untyped = with(looked(), "/entry/0/resource/agent/1/type", json!(null));
    assert_eq!(
        history(&untyped).unwrap()[0].viewer.as_deref(),
        Some("Mrs Paula PALMER")
    );
}

fn flags() -> Value {
    let mut body = example("PatientFlag-CPIS-CPP-Bundle-Example.xml");
    body["type"] = json!("searchset");
    body["total"] = json!(1);
    body["link"] = json!([{ "relation": "self", "url": "PatientFlag?patient=9912003890&code=child-protection-information-system-flag" }]);
    body
}

fn read_flags(body: &Value) -> Result<PatientFlags, ReadError> {
    read_patient_flags(body.to_string().as_bytes(), &published_number())
}

#[test]
fn no_flags_is_an_empty_searchset_only() {
    let none = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0, "entry": [] });
    let read = read_flags(&none).unwrap();
    assert_eq!((read.plans, read.other_flags), (vec![], vec![]));
    assert!(read_flags(&without(none.clone(), "/entry")).is_ok());
    for body in [
        with(none.clone(), "/type", json!("collection")),
        with(none.clone(), "/total", json!(1)),
        without(none.clone(), "/total"),
        with(none.clone(), "/entry", json!(null)),
        with(
            none.clone(),
            "/link",
            json!([{ "relation": "next", "url": "x" }]),
        ),
        with(
            none.clone(),
            "/link",
            json!([{ "relation": "self", "url": "PatientFlag?patient=9912003888" }]),
        ),
        with(
            none,
            "/link",
            json!([{ "relation": "self", "url": "CareTeam?patient=9912003890" }]),
        ),
    ] {
        assert!(read_flags(&body).is_err(), "{body}");
    }
}

#[test]
fn doubts_about_flags_are_errors() {
    assert_eq!(read_flags(&flags()).unwrap().plans.len(), 1);
    let (flag, care_plan, care_team) = (
        flags()["entry"][0].clone(),
        flags()["entry"][1].clone(),
        flags()["entry"][2].clone(),
    );
    let other_code = "female-genital-mutilation-flag";
    let fgm = without(
        with(
            flag.clone(),
            "/resource/code/coding/0/code",
            json!(other_code),
        ),
        "/resource/extension",
    );
    let second_plan = without(
        with(care_plan.clone(), "/resource/id", json!("second")),
        "/fullUrl",
    );
    for body in [
        with(flags(), "/total", json!(2)),
        without(flags(), "/total"),
        with(flags(), "/entry", json!([flag, care_team])),
        with(flags(), "/entry", json!([flag, care_plan])),
        with(flags(), "/entry", json!([care_plan, care_team])),
        with(flags(), "/entry", json!([fgm, care_plan, care_team])),
        with(flags(), "/entry", json!([fgm])),
        with(
            flags(),
            "/entry",
            json!([flag, care_plan, care_team, second_plan]),
        ),
        with(flags(), "/link/0/relation", json!("next")),
        with(flags(), "/entry/0/resource/extension", json!([])),
        with(flags(), "/entry/0/resource/code", json!({})),
        with(
            flags(),
            "/entry/0/resource/status",
            json!("entered-in-error"),
        ),
        with(
            flags(),
            "/entry/1/resource/status",
            json!("entered-in-error"),
        ),
        with(
            flags(),
            "/entry/2/resource/status",
            json!("entered-in-error"),
        ),
        with(flags(), "/entry/1/resource/careTeam", json!([])),
        with(flags(), "/entry/1/resource/period/start", json!("soon")),
        with(
            flags(),
            "/entry/1/resource/subject",
            json!({ "display": "Alan Mann" }),
        ),
    ] {
        assert!(read_flags(&body).is_err(), "{body}");
    }
    for (pointer, subject) in [
        (
            "/entry/1/resource/subject",
            json!({ "reference": "Patient/somebody-else" }),
        ),
        (
            "/entry/0/resource/subject",
            json!({ "reference": "Patient/9912003888" }),
        ),
        (
            "/entry/1/resource/subject",
            json!({ "identifier": { "system": system::NHS_NUMBER, "value": "9912003888" } }),
        ),
        (
            "/entry/2/resource/subject",
            json!({ "reference": "Patient/9912003888" }),
        ),
    ] {
        let body = with(flags(), pointer, subject);
        assert_eq!(
            read_flags(&body).unwrap_err(),
            ReadError::WrongPerson,
            "{pointer}"
        );
    }
}

#[test]
fn other_flags_beside_a_cp_is_flag_are_kept_apart() {
    let mut body = flags();
    let mut other = body["entry"][0].clone();
    other["fullUrl"] = json!("Flag/other");
    other["resource"]["id"] = json!("other");
    other["resource"]["extension"] = json!([]);
    other["resource"]["code"]["coding"][0]["code"] = json!("national-reasonable-adjustment-flag");
    body["entry"].as_array_mut().unwrap().push(other.clone());
    body["total"] = json!(2);
    let read = read_flags(&body).unwrap();
    assert_eq!(read.plans.len(), 1);
    assert_eq!(
        read.other_flags[0].code,
        "national-reasonable-adjustment-flag"
    );
    other["resource"]["extension"] = body["entry"][0]["resource"]["extension"].clone();
    let unknown_code = with(
        body,
        "/entry/0",
        without(flags(), "/entry/0/resource/extension")["entry"][0].clone(),
    );
    assert!(
        read_flags(&unknown_code).is_err(),
        "a CP-IS flag without its care plan"
    );
}

#[test]
fn a_flag_of_an_unknown_code_that_leads_to_a_care_plan_is_a_record() {
    let body = with(
        flags(),
        "/entry/0/resource/code/coding/0/code",
        json!("child-protection-2"),
    );
    assert_eq!(read_flags(&body).unwrap().plans.len(), 1);
}

#[test]
fn a_patient_record_is_read_with_care() {
    let patient = |pointer: &str, value: Value| {
        read_patient(
            with(example("PDS-Patient.json"), pointer, value)
                .to_string()
                .as_bytes(),
        )
    };
    assert!(patient("/id", json!("9000000017")).is_err(), "two numbers");
    assert!(patient("/id", json!("none")).is_err());
    assert!(patient("/id", json!(null)).is_err());
    assert!(patient("/birthDate", json!("22-10-2010")).is_err());
    assert_eq!(
        patient("/birthDate", json!("2010-10")).unwrap().birth_date,
        None
    );
    assert_eq!(
        patient("/birthDate", json!("2010")).unwrap().birth_date,
        None
    );
    assert_eq!(
        patient("/deceasedDateTime", json!("2026"))
            .unwrap()
            .deceased,
        Some(None)
    );
    let notified = patient("/deceasedDateTime", json!(null)).unwrap();
    assert_eq!(
        notified.deceased,
        Some(None),
        "the death notification counts"
    );
    for (code, restricted) in [
        ("U", false),
        ("N", false),
        ("R", true),
        ("V", true),
        ("REDACTED", true),
        ("", true),
    ] {
        let read = patient("/meta/security/0/code", json!(code)).unwrap();
        assert_eq!(read.restricted, restricted, "{code}");
    }
    for said in [json!(true), json!("true")] {
        let mut body = example("PDS-Minimal_Patient.json");
        body["deceasedBoolean"] = said;
        let read = read_patient(body.to_string().as_bytes()).unwrap();
        assert_eq!(read.deceased, Some(None));
    }
    assert_eq!(
        patient("/name/0/given", json!(["Ann", null, " Jo "]))
            .unwrap()
            .given,
        ["Ann", "Jo"]
    );
}

#[test]
fn a_search_is_complete_or_refused() {
    let search = |pointer: &str, value: Value| {
        read_patient_search(
            with(example("PDS-PatientSearch.json"), pointer, value)
                .to_string()
                .as_bytes(),
        )
    };
    assert!(search("/total", json!(2)).is_err());
    assert!(search("/type", json!("collection")).is_err());
    assert!(search("/entry/0/resource/resourceType", json!("Person")).is_err());
    assert!(search("/link", json!([{ "relation": "next", "url": "x" }])).is_err());
    let none = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0 });
    assert_eq!(
        read_patient_search(none.to_string().as_bytes()),
        Ok(PatientSearch::Matches(vec![]))
    );
    for system in [
        "https://fhir.nhs.uk/R4/CodeSystem/Spine-ErrorOrWarningCode",
        "https://fhir.hl7.org.uk/CodeSystem/UKCore-SpineErrorOrWarningCode",
    ] {
        let coding = json!([{ "system": system, "code": "TOO_MANY_MATCHES" }]);
        let body = json!({ "resourceType": "OperationOutcome",
            "issue": [{ "severity": "error", "code": "multiple-matches", "details": { "coding": coding } }] });
        assert_eq!(
            read_patient_search(body.to_string().as_bytes()),
            Ok(PatientSearch::TooMany)
        );
    }
}

#[test]
fn every_error_has_a_cause_and_discloses_nothing() {
    assert_eq!(
        ReadError::NotFhir.cause(),
        NotCheckedCause::UnreadableAnswer
    );
    assert_eq!(
        ReadError::Unreadable("x").cause(),
        NotCheckedCause::UnreadableAnswer
    );
    assert_eq!(ReadError::WrongPerson.cause(), NotCheckedCause::WrongPerson);
    assert_eq!(
        ReadError::Incomplete("x").cause(),
        NotCheckedCause::IncompleteAnswer
    );
    let body = found().to_string();
    let page = read_plans_page(body.as_bytes(), &published_number()).unwrap();
    assert!(!format!("{page:?}").contains("9912003890"));
    let error = read_plans_page(body.as_bytes(), &NhsNumber::parse("9990000018").unwrap());
    assert!(!format!("{error:?}").contains("99"));
}
