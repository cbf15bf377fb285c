//! The access history.

use super::*;

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
