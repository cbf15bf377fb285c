//! Notes to local authorities: what is written is read again, and nothing else is.

use chrono::{DateTime, NaiveDate, NaiveTime};
use cpis_fhir::*;
use cpis_record::*;
use serde_json::{Value, json};

const ID: &str = "019abcde-0000-7000-8000-000000000002";
const OTHER: &str = "019abcde-0000-7000-8000-000000000001";

fn note(about: About) -> NoteToAuthority {
    NoteToAuthority {
        id: ID.into(),
        sent: DateTime::parse_from_rfc3339("2026-11-22T09:30:15.250+00:00").unwrap(),
        sender: Viewer {
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
        person: NhsNumber::parse("9990000018").unwrap(),
        recipient: Some("999".parse().unwrap()),
        recipient_name: Some("Practice Council".into()),
        about,
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn callback() -> CallbackNumber {
    CallbackNumber::new("01632 960 001").unwrap()
}

fn wrong(wrong: Wrong) -> About {
    About::Wrong {
        wrong,
        record: NotedRecord {
            kind: PlanKind::ChildProtection,
            start: Some(day("2025-03-01")),
        },
        callback: callback(),
    }
}

fn not_brought(time: Option<NaiveTime>) -> About {
    About::NotBrought {
        day: day("2026-11-20"),
        time,
        callback: callback(),
    }
}

fn all() -> Vec<About> {
    let number = CallbackNumber::new("+44 (0)1632 960-002");
    vec![
        wrong(Wrong::PlanType(None)),
        wrong(Wrong::PlanType(Some(PlanKind::LookedAfter))),
        wrong(Wrong::StartDate(None)),
        wrong(Wrong::StartDate(Some(day("2025-03-10")))),
        wrong(Wrong::EndDate(Some(day("2026-01-31")))),
        wrong(Wrong::Authority(Some("201".parse().unwrap()))),
        wrong(Wrong::Authority(None)),
        wrong(Wrong::OfficeNumber(number.clone())),
        wrong(Wrong::EmergencyNumber(number)),
        wrong(Wrong::NotThisChild),
        not_brought(NaiveTime::from_hms_opt(9, 40, 0)),
        not_brought(None),
        About::Withdrawn { of: OTHER.into() },
    ]
}

fn written(note: &NoteToAuthority) -> Value {
    serde_json::from_slice(&write_note(note)).unwrap()
}

fn snapshot(name: &str, about: About) {
    let value = written(&note(about));
    insta::with_settings!({ sort_maps => true }, { insta::assert_json_snapshot!(name, value) });
}

#[test]
fn the_notes() {
    snapshot(
        "note_wrong",
        wrong(Wrong::StartDate(Some(day("2025-03-10")))),
    );
    snapshot(
        "note_not_brought",
        not_brought(NaiveTime::from_hms_opt(9, 40, 0)),
    );
    snapshot("note_withdrawn", About::Withdrawn { of: OTHER.into() });
}

#[test]
fn what_was_written_is_read_again() {
    for about in all() {
        let note = note(about);
        let facts = read_note(&write_note(&note)).unwrap();
        assert_eq!(facts.about, note.about);
        assert_eq!((facts.id, facts.sent), (note.id, note.sent));
        assert_eq!(
            (facts.person, facts.recipient),
            (note.person, note.recipient)
        );
        assert_eq!(facts.sender.user_id, note.sender.user.as_str());
        assert_eq!(facts.sender.name.as_deref(), Some("Dr Sam Example"));
        assert_eq!(
            facts.sender.organisation,
            note.sender.role.organisation.ods_code
        );
    }
}

#[test]
fn the_same_note_has_the_same_bytes_and_an_unnamed_authority_is_nobody() {
    let mut note = note(wrong(Wrong::NotThisChild));
    assert_eq!(write_note(&note), write_note(&note));
    note.recipient = None;
    note.recipient_name = Some(" ".into());
    note.sender.name = " ".into();
    note.sender.role.name = String::new();
    note.sender.role.organisation.name = None;
    let value = written(&note);
    assert_eq!(value.get("recipient"), None);
    let facts = read_note(&write_note(&note)).unwrap();
    assert_eq!((facts.recipient, facts.sender.name), (None, None));
}

#[test]
fn a_kind_of_record_that_the_register_does_not_have_is_not_passed_on() {
    let unknown = PlanKind::Other {
        code: "somebody wrote this".into(),
        display: Some("and this".into()),
    };
    let about = About::Wrong {
        wrong: Wrong::PlanType(Some(unknown.clone())),
        record: NotedRecord {
            kind: unknown,
            start: None,
        },
        callback: callback(),
    };
    let text = String::from_utf8(write_note(&note(about))).unwrap();
    assert!(!text.contains("wrote this") && !text.contains("and this"));
}

#[test]
fn a_note_with_free_text_or_without_a_part_is_refused() {
    let whole = written(&note(wrong(Wrong::StartDate(Some(day("2025-03-10"))))));
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value = whole.clone();
        change(&mut value);
        read_note(value.to_string().as_bytes())
    };
    assert!(changed(&|_| {}).is_ok());
    let faults: [&dyn Fn(&mut Value); 14] = [
        &|v| v["payload"] = json!([{ "contentString": "He looked thin" }]),
        &|v| v["note"] = json!([{ "text": "He looked thin" }]),
        &|v| v["text"] = json!({ "status": "generated", "div": "<div>thin</div>" }),
        &|v| v["contained"][0]["text"] = json!({ "div": "<div>thin</div>" }),
        &|v| v["extension"][0]["extension"][0]["valueCode"] = json!("He looked thin"),
        &|v| v["extension"][0]["extension"][3] = json!({ "url": "words", "valueString": "thin" }),
        &|v| v["extension"][0]["extension"][3] = json!({ "url": "correct", "valueString": "thin" }),
        &|v| v["contained"][0]["telecom"][0]["value"] = json!("He looked thin"),
        &|v| v["resourceType"] = json!("AuditEvent"),
        &|v| v["status"] = json!("entered-in-error"),
        &|v| v["category"][0]["coding"][0]["code"] = json!("thin"),
        &|v| v["subject"] = json!({ "display": "a child" }),
        &|v| v["sender"] = json!({ "display": "somebody" }),
        &|v| v["sent"] = Value::Null,
    ];
    for (place, fault) in faults.iter().enumerate() {
        assert!(changed(*fault).is_err(), "fault {place}");
    }
}

#[test]
fn a_callback_number_is_a_telephone_number() {
    for good in ["01632 960001", "+44 (0)1632 960-001", " 123456 "] {
        assert!(CallbackNumber::new(good).is_some(), "{good}");
    }
    for bad in [
        "",
        "1234",
        "ring me",
        "01632 960001 x2",
        "1234567890123456",
        "12+34567",
    ] {
        assert_eq!(CallbackNumber::new(bad), None, "{bad}");
    }
    assert_eq!(CallbackNumber::new(&"1 ".repeat(16)), None);
}
