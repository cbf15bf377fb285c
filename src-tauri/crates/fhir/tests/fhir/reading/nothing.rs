//! "Nothing" is read from one thing only, and damage to the text is seen.

use super::*;

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
