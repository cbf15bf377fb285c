//! The trace.

use super::*;

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
            born("2010-10-22"),
        )
    };
    assert!(search("/total", json!(2)).is_err());
    assert!(search("/type", json!("collection")).is_err());
    assert!(search("/entry/0/resource/resourceType", json!("Person")).is_err());
    assert!(search("/link", json!([{ "relation": "next", "url": "x" }])).is_err());
    let none = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0 });
    assert_eq!(
        read_patient_search(none.to_string().as_bytes(), born("2010-10-22")),
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
            read_patient_search(body.to_string().as_bytes(), born("2010-10-22")),
            Ok(PatientSearch::TooMany)
        );
    }
}

fn born(day: &str) -> DateOfBirth {
    DateOfBirth::received(day.parse().unwrap())
}

#[test]
fn a_match_that_was_born_on_another_day_spoils_the_search() {
    let body = example("PDS-PatientSearch.json").to_string();
    let read = |day| read_patient_search(body.as_bytes(), born(day));
    assert!(matches!(read("2010-10-22"), Ok(PatientSearch::Matches(m)) if m.len() == 1));
    assert_eq!(read("2010-10-23"), Err(ReadError::WrongPerson));
    let undated = with(
        example("PDS-PatientSearch.json"),
        "/entry/0/resource/birthDate",
        json!(null),
    );
    assert!(read_patient_search(undated.to_string().as_bytes(), born("2010-10-22")).is_err());
}

#[test]
fn an_answer_to_another_question_is_no_search() {
    let other =
        json!([{ "relation": "self", "url": "https://x.example/cpis/FHIR/R4/CareTeam?a=b" }]);
    let none = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0, "link": other });
    assert!(read_patient_search(none.to_string().as_bytes(), born("2010-10-22")).is_err());
}

#[test]
fn more_matches_than_can_be_chosen_from_are_too_many() {
    let numbers = (1_u32..).filter_map(|n| {
        let text = format!("999{n:06}");
        NhsNumber::complete(
            text.bytes()
                .map(|b| b - b'0')
                .collect::<Vec<_>>()
                .try_into()
                .unwrap(),
        )
    });
    let entries: Vec<Value> = numbers
        .take(MATCH_LIMIT + 1)
        .map(|number| {
            json!({ "resource": {
            "resourceType": "Patient", "id": number.digits(), "birthDate": "2010-10-22" } })
        })
        .collect();
    let read = |entries: &[Value]| {
        let body = json!({ "resourceType": "Bundle", "type": "searchset",
            "total": entries.len(), "entry": entries });
        read_patient_search(body.to_string().as_bytes(), born("2010-10-22")).unwrap()
    };
    assert_eq!(read(&entries), PatientSearch::TooMany);
    assert!(matches!(read(&entries[1..]), PatientSearch::Matches(m) if m.len() == MATCH_LIMIT));
}
