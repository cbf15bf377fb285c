//! Plans, from the other source.

use super::*;

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
fn other_flags_without_a_cp_is_flag_are_a_doubt_however_they_are_counted() {
    let mut body = flags();
    body["entry"].as_array_mut().unwrap().truncate(1);
    body["entry"][0]["resource"]["extension"] = json!([]);
    body["entry"][0]["resource"]["code"]["coding"][0]["code"] =
        json!("female-genital-mutilation-flag");
    for (mode, total) in [("include", 0), ("match", 1), ("include", 1), ("match", 0)] {
        body["entry"][0]["search"] = json!({ "mode": mode });
        body["total"] = json!(total);
        let read = read_flags(&body);
        assert!(
            matches!(read, Err(ReadError::Incomplete(_))),
            "{mode} {total}: {read:?}"
        );
    }
}

#[test]
fn a_flag_of_another_kind_is_in_force_unless_it_says_otherwise() {
    for (status, read) in [
        (json!("active"), true),
        (json!("inactive"), false),
        (json!("something-new"), true),
        (Value::Null, true),
    ] {
        let mut body = flags();
        let mut other = body["entry"][0].clone();
        other["fullUrl"] = json!("Flag/other");
        other["resource"]["id"] = json!("other");
        other["resource"]["extension"] = json!([]);
        other["resource"]["code"]["coding"][0]["code"] = json!("another-flag");
        match &status {
            Value::Null => drop(other["resource"].as_object_mut().unwrap().remove("status")),
            status => other["resource"]["status"] = status.clone(),
        }
        body["entry"].as_array_mut().unwrap().push(other);
        body["total"] = json!(2);
        let flags = read_flags(&body).unwrap();
        assert_eq!(flags.plans.len(), 1, "{status}");
        let active: Vec<bool> = flags.other_flags.iter().map(|flag| flag.active).collect();
        assert_eq!(active, [read], "{status}");
    }
}
