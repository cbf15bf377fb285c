//! What the program writes: the audit record, its hash, batches of records.

use crate::examples::text;
use chrono::DateTime;
use cpis_fhir::*;
use cpis_record::*;
use proptest::prelude::*;
use serde_json::{Value, json};

const ID: &str = "019abcde-0000-7000-8000-000000000001";

fn record(outcome: AuditOutcome) -> AuditRecord {
    AuditRecord {
        id: ID.into(),
        recorded: DateTime::parse_from_rfc3339("2026-11-22T09:30:15.250+00:00").unwrap(),
        viewer: Viewer {
            user: UserId::new("910000000001").unwrap(),
            name: "Dr Sam Example".into(),
            role: Role {
                profile: RoleProfileId::new("555254240100").unwrap(),
                code: "S8000:G8000:R8000".into(),
                name: "Clinical Practitioner Access Role".into(),
                organisation: Organisation {
                    ods_code: "RCU".parse().unwrap(),
                    name: Some("Northmoor Children's Hospital".into()),
                },
                activities: vec![ActivityCode("B0107".into())],
            },
        },
        person: Some(NhsNumber::parse("9990000018").unwrap()),
        mode: Mode::Unscheduled,
        care_setting: Some(CareSetting::CommunityPaediatrics),
        outcome,
        workstation: Workstation {
            id: "ws-0001".into(),
            product: "cpis-check/0.1.0".into(),
        },
        backend: "https://backend.example".into(),
        request: "GET /cpis/FHIR/R4/CareTeam?patient:identifier=https://fhir.nhs.uk/Id/nhs-number|9990000018\nIsUnscheduledAccessEvent: true".into(),
        chain: ChainLink {
            sequence: 42,
            previous: "ab".repeat(32),
        },
    }
}

/// Sorted, since the order of members depends on a feature of `serde_json` that any crate of a
/// build may switch on.
fn snapshot(name: &str, value: &Value) {
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(name, value) });
}

fn outcomes() -> Vec<AuditOutcome> {
    let causes = NotCheckedCause::ALL
        .iter()
        .map(|cause| AuditOutcome::NotChecked(*cause));
    causes
        .chain([AuditOutcome::Shown, AuditOutcome::Attempted])
        .collect()
}

#[test]
fn the_audit_record() {
    let event = write_audit_event(&record(AuditOutcome::Shown));
    snapshot("audit_event_shown", &with_own_hash(event, &"cd".repeat(32)));
}

#[test]
fn the_least_audit_record() {
    let mut least = record(AuditOutcome::NotChecked(NotCheckedCause::TimedOut));
    least.viewer.name = " ".into();
    least.viewer.role.name = String::new();
    least.viewer.role.code = String::new();
    least.viewer.role.organisation.name = None;
    least.mode = Mode::Scheduled;
    least.care_setting = None;
    least.chain = ChainLink {
        sequence: 1,
        previous: String::new(),
    };
    let event = write_audit_event(&least);
    require_no_blanks(&event);
    snapshot("audit_event_least", &event);
}

fn sought() -> SoughtPerson {
    SoughtPerson {
        family: SoughtName::parse("O\u{2019}Brien Nu\u{f1}ez").unwrap(),
        given: SoughtName::parse("Jodie").ok(),
        birth_date: DateOfBirth::received("2018-08-06".parse().unwrap()),
        gender: Some(Gender::Female),
        postcode: Postcode::parse("ls16ae").ok(),
    }
}

#[test]
fn a_search_is_written_as_the_service_takes_it() {
    assert_eq!(
        patient_query(&sought()),
        "personal-demographics/FHIR/R4/Patient?family=O%27Brien%20Nu%C3%B1ez&given=Jodie\
         &birthdate=eq2018-08-06&gender=female&address-postalcode=LS1%206AE&_max-results=11"
    );
    let least = SoughtPerson {
        given: None,
        gender: None,
        postcode: None,
        ..sought()
    };
    assert_eq!(
        patient_query(&least),
        "personal-demographics/FHIR/R4/Patient?family=O%27Brien%20Nu%C3%B1ez\
         &birthdate=eq2018-08-06&_max-results=11"
    );
}

#[test]
fn the_audit_record_of_a_search() {
    let mut search = record(AuditOutcome::Shown);
    search.person = None;
    search.mode = Mode::Scheduled;
    search.request = patient_query_text(&sought());
    let event = write_audit_event(&search);
    require_no_blanks(&event);
    snapshot("audit_event_search", &event);
    let facts = read_audit_event(event.to_string().as_bytes()).unwrap();
    assert_eq!(facts.person, None);
    assert!(!facts.unscheduled);
}

#[test]
fn only_a_search_may_name_nobody() {
    let mut lost = record(AuditOutcome::Shown);
    lost.person = None;
    let read =
        |record: &AuditRecord| read_audit_event(write_audit_event(record).to_string().as_bytes());
    assert!(read(&lost).is_err(), "a look at plans has a person");
    lost.request = patient_query_text(&sought());
    assert!(read(&lost).is_ok());
    let mut event = write_audit_event(&lost);
    let person = json!({ "type": { "system": system::AUDIT_ENTITY_TYPE, "code": "1" } });
    event["entity"].as_array_mut().unwrap().push(person);
    assert!(
        read_audit_event(event.to_string().as_bytes()).is_err(),
        "a person without a number"
    );
}

#[test]
fn the_batch() {
    let events = [
        write_audit_event(&record(AuditOutcome::Shown)),
        write_audit_event(&record(AuditOutcome::Attempted)),
    ];
    let mut batch = write_audit_batch(&events);
    for entry in batch["entry"].as_array_mut().unwrap() {
        let outcome = entry["resource"]["outcome"].take();
        entry["resource"] = json!({ "resourceType": "AuditEvent", "outcome": outcome });
    }
    snapshot("audit_batch", &batch);
}

#[test]
fn a_batch_never_exceeds_its_limit() {
    let events = vec![write_audit_event(&record(AuditOutcome::Shown)); BATCH_LIMIT + 1];
    let batch = write_audit_batch(&events);
    assert_eq!(batch["entry"].as_array().unwrap().len(), BATCH_LIMIT);
}

#[test]
fn outcomes_and_causes_are_coded() {
    for outcome in outcomes() {
        let event = write_audit_event(&record(outcome));
        let facts = read_audit_event(event.to_string().as_bytes()).unwrap();
        assert_eq!(facts.outcome, outcome.code());
        let cause = facts.cause.as_deref().and_then(NotCheckedCause::from_code);
        match outcome {
            AuditOutcome::NotChecked(wanted) => assert_eq!(cause, Some(wanted)),
            AuditOutcome::Shown | AuditOutcome::Attempted => assert_eq!(facts.cause, None),
        }
        let claims_success = event["meta"]["profile"][0] == system::BALP_PATIENT_QUERY;
        assert_eq!(claims_success, outcome == AuditOutcome::Shown);
    }
}

/// The elements that England-AuditEvent and England-AuditEvent-PARS require wherever their parent
/// is there, and the slices that PARS requires. One exception: BALP forbids `what` in the query.
#[test]
fn the_audit_record_has_what_englands_profiles_require() {
    let event = write_audit_event(&record(AuditOutcome::Shown));
    let mut required = Vec::new();
    for file in [
        "StructureDefinition-England-AuditEvent.xml",
        "StructureDefinition-England-AuditEvent-PARS.xml",
    ] {
        let text = text(file);
        let document = roxmltree::Document::parse(&text).unwrap();
        for element in document
            .descendants()
            .filter(|n| n.tag_name().name() == "element")
        {
            let child = |name: &str| {
                let child = element.children().find(|c| c.tag_name().name() == name);
                child.and_then(|c| c.attribute("value")).map(str::to_owned)
            };
            let of_a_slice = element.attribute("id").unwrap().contains(':');
            if child("min").is_some_and(|min| min != "0") && !of_a_slice {
                required.push(child("path").unwrap());
            }
        }
    }
    assert!(required.len() > 15, "{required:?}");
    for path in required {
        let steps: Vec<&str> = path.split('.').skip(1).collect();
        let (name, parents) = steps.split_last().unwrap();
        let mut nodes = vec![&event];
        for step in parents {
            nodes = nodes
                .into_iter()
                .flat_map(|node| children(node, step))
                .collect();
        }
        for node in nodes {
            let is_query = node["role"]["code"] == "24";
            assert!(
                is_query || !children(node, name).is_empty(),
                "{path} in {node}"
            );
        }
    }
    let agents = event["agent"].as_array().unwrap();
    assert!(agents.iter().any(|a| a["who"]["type"] == "Organization"));
    let entities = event["entity"].as_array().unwrap();
    let has = |system: &str, code: &str| {
        entities
            .iter()
            .filter(|e| e["type"]["system"] == system && e["type"]["code"] == code)
            .count()
    };
    assert_eq!(has(system::AUDIT_ENTITY_TYPE, "1"), 1, "the patient");
    assert_eq!(
        has(system::BALP_ENTITY_TYPE, "XrequestId"),
        1,
        "the transaction"
    );
}

fn children<'a>(node: &'a Value, name: &str) -> Vec<&'a Value> {
    match &node[name] {
        Value::Null => vec![],
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    }
}

/// What IHE's profile PatientQuery asks for (BALP 1.1.4).
#[test]
fn the_audit_record_is_a_patient_query() {
    let event = write_audit_event(&record(AuditOutcome::Shown));
    let agent = |code: &str| {
        let agents = event["agent"].as_array().unwrap().iter();
        let found: Vec<_> = agents
            .filter(|a| a["type"]["coding"][0]["code"] == code)
            .collect();
        assert_eq!(found.len(), 1, "{code}");
        found[0].clone()
    };
    for code in ["110153", "110152"] {
        assert!(agent(code)["who"].is_object() && agent(code)["network"].is_object());
    }
    assert_eq!(agent("IRCP")["requestor"], true);
    assert!(agent("IRCP")["network"].is_null());
    for agent in event["agent"].as_array().unwrap() {
        assert!(agent["requestor"].is_boolean(), "a boolean, not a text");
    }
    let query = event["entity"]
        .as_array()
        .unwrap()
        .iter()
        .find(|e| e["role"]["code"] == "24");
    let query = query.unwrap();
    assert!(query["query"].is_string() && query["what"].is_null() && query["detail"].is_null());
}

#[test]
fn the_hash_stands_outside_what_it_is_made_over() {
    let event = write_audit_event(&record(AuditOutcome::Shown));
    let hashed = with_own_hash(event.clone(), "first");
    assert_ne!(hashed, event);
    assert_eq!(without_own_hash(hashed.clone()), event);
    assert_eq!(without_own_hash(event.clone()), event);
    let rehashed = with_own_hash(hashed, "second");
    assert_eq!(rehashed, with_own_hash(event, "second"));
    let facts = read_audit_event(rehashed.to_string().as_bytes()).unwrap();
    let chain = facts.chain.unwrap();
    assert_eq!(
        (chain.sequence, chain.previous, chain.own),
        (42, "ab".repeat(32), Some("second".into()))
    );
}

#[test]
fn canonical_json_is_sorted_and_compact() {
    let value = json!({ "b": [1, { "z": null, "a": "\u{e9}\"\n" }], "a": true, "B": 1.5 });
    let wanted = "{\"B\":1.5,\"a\":true,\"b\":[1,{\"a\":\"\u{e9}\\\"\\n\",\"z\":null}]}";
    assert_eq!(String::from_utf8(canonical_json(&value)).unwrap(), wanted);
}

#[test]
fn an_audit_record_of_two_people_is_refused() {
    let mut event = write_audit_event(&record(AuditOutcome::Shown));
    let patient = event["entity"][0].clone();
    event["entity"].as_array_mut().unwrap().push(patient);
    assert!(read_audit_event(event.to_string().as_bytes()).is_err());
}

#[test]
fn an_audit_record_without_a_part_is_refused() {
    let event = write_audit_event(&record(AuditOutcome::Shown));
    assert!(read_audit_event(event.to_string().as_bytes()).is_ok());
    for name in [
        "id",
        "extension",
        "recorded",
        "outcome",
        "agent",
        "entity",
        "resourceType",
    ] {
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove(name).unwrap();
        assert!(
            read_audit_event(event.to_string().as_bytes()).is_err(),
            "{name}"
        );
    }
}

#[test]
fn debug_discloses_nothing() {
    let record = record(AuditOutcome::Shown);
    let facts = read_audit_event(write_audit_event(&record).to_string().as_bytes()).unwrap();
    let text = format!("{record:?} {facts:?}");
    for secret in [
        "9990000018",
        "910000000001",
        "Example",
        "555254240100",
        "GET",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
}

#[test]
fn batch_responses_are_read() {
    let body = json!({ "resourceType": "Bundle", "type": "batch-response", "entry": [
        { "response": { "status": "201 Created", "location": "AuditEvent/1/_history/1" } },
        { "response": { "status": "200", "location": "AuditEvent/2/_history/1" } },
        { "response": { "status": "409 Conflict", "outcome": { "resourceType": "OperationOutcome",
            "issue": [{ "severity": "error", "code": "conflict", "diagnostics": "other content" }] } } },
        { "response": { "status": "503" }, "resource": { "resourceType": "OperationOutcome", "issue": [] } },
    ] });
    let entries = read_batch_response(body.to_string().as_bytes()).unwrap();
    let statuses: Vec<u16> = entries.iter().map(|entry| entry.status).collect();
    assert_eq!(statuses, [201, 200, 409, 503]);
    assert_eq!(
        entries[0].location.as_deref(),
        Some("AuditEvent/1/_history/1")
    );
    let outcome = entries[2].outcome.as_ref().unwrap();
    assert_eq!(
        (outcome.code.as_str(), outcome.diagnostics.as_deref()),
        ("conflict", Some("other content"))
    );
    assert_eq!(entries[3].outcome, None);

    let fault = |pointer: &str, value: Value| {
        let mut body = body.clone();
        *body.pointer_mut(pointer).unwrap() = value;
        read_batch_response(body.to_string().as_bytes()).is_err()
    };
    assert!(fault("/type", json!("transaction-response")));
    assert!(fault("/resourceType", json!("Basic")));
    assert!(fault("/entry/0/response/status", json!("Created")));
    assert!(fault("/entry/0/response/status", json!("2010")));
    assert!(fault("/entry/0/response/status", json!(201)));
    assert!(fault("/entry/0", json!({})));
    assert!(fault("/entry/0", json!(null)));
}

fn require_no_blanks(value: &Value) {
    match value {
        Value::Null => panic!("a null"),
        Value::String(text) => assert!(!text.trim().is_empty()),
        Value::Array(values) => {
            assert!(!values.is_empty());
            values.iter().for_each(require_no_blanks);
        }
        Value::Object(members) => {
            assert!(!members.is_empty());
            members.values().for_each(require_no_blanks);
        }
        Value::Bool(_) | Value::Number(_) => {}
    }
}

proptest! {
    #[test]
    fn a_repository_reads_what_was_written(
        seconds in 0_i64..4_000_000_000,
        minutes_east in -720..=840_i32,
        name in "\\PC{0,30}",
        role in "\\PC{0,30}",
        organisation in proptest::option::of("\\PC{0,30}"),
        request in any::<String>(),
        unscheduled in any::<bool>(),
        setting in proptest::option::of(0_usize..11),
        outcome in 0_usize..NotCheckedCause::ALL.len() + 2,
        sequence in 1_u64..0x8000_0000,
        hash in "[0-9a-f]{64}",
    ) {
        let mut record = record(outcomes()[outcome]);
        let offset = chrono::FixedOffset::east_opt(minutes_east * 60).unwrap();
        record.recorded = DateTime::from_timestamp(seconds, 0).unwrap().with_timezone(&offset);
        record.viewer.name = name.clone();
        record.viewer.role.name = role.clone();
        record.viewer.role.organisation.name = organisation.clone();
        record.request = request;
        record.mode = if unscheduled { Mode::Unscheduled } else { Mode::Scheduled };
        record.care_setting = setting.map(|index| CareSetting::ALL[index]);
        record.chain.sequence = sequence;
        let event = with_own_hash(write_audit_event(&record), &hash);
        require_no_blanks(&event);

        let sent = canonical_json(&event);
        let mut bare = Vec::new();
        let hashed = write_hashed_audit_event(&record, |json| {
            bare = json.to_vec();
            hash.clone()
        });
        prop_assert_eq!(&hashed.json, &sent);
        prop_assert_eq!(&hashed.hash, &hash);
        prop_assert_eq!(bare, canonical_json(&write_audit_event(&record)));
        let received: Value = serde_json::from_slice(&sent).unwrap();
        prop_assert_eq!(canonical_json(&received), sent.clone());

        let shown = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let facts = read_audit_event(&sent).unwrap();
        prop_assert_eq!(facts.id, ID);
        prop_assert_eq!(facts.recorded.to_rfc3339(), record.recorded.to_rfc3339());
        prop_assert_eq!(facts.viewer, shown(&name));
        prop_assert_eq!(facts.role, shown(&role));
        prop_assert_eq!(facts.organisation_name, organisation.as_deref().and_then(shown));
        prop_assert_eq!(facts.organisation, "RCU");
        prop_assert_eq!(facts.user_id, "910000000001");
        prop_assert_eq!(facts.person.unwrap().digits(), "9990000018");
        prop_assert_eq!(facts.unscheduled, unscheduled);
        prop_assert_eq!(facts.outcome, record.outcome.code());
        prop_assert_eq!(facts.chain.unwrap().own, Some(hash));
    }

    #[test]
    fn canonical_json_does_not_depend_on_order(mut members in proptest::collection::vec(("[a-z]{1,4}", any::<i64>()), 0..12), turn in 0_usize..12) {
        members.sort();
        members.dedup_by(|a, b| a.0 == b.0);
        let write = |members: &[(String, i64)]| {
            let text: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            let value: Value = serde_json::from_str(&format!("{{{}}}", text.join(", "))).unwrap();
            canonical_json(&value)
        };
        let sorted = write(&members);
        if !members.is_empty() {
            let turn = turn % members.len();
            members.rotate_left(turn);
        }
        prop_assert_eq!(write(&members), sorted);
    }

    #[test]
    fn no_reader_panics(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let asked = NhsNumber::parse("9990000018").unwrap();
        prop_assert!(read_plans_page(&body, &asked).is_err());
        prop_assert!(read_history_page(&body, &asked).is_err());
        prop_assert!(read_patient_flags(&body, &asked).is_err());
        prop_assert!(read_patient(&body).is_err());
        let born = DateOfBirth::received(chrono::NaiveDate::default());
        prop_assert!(read_patient_search(&body, born).is_err());
        prop_assert!(read_capability_statement(&body).is_err());
        prop_assert!(read_audit_event(&body).is_err());
        prop_assert!(read_batch_response(&body).is_err());
        prop_assert!(read_operation_outcome(&body).is_none());
    }
}
