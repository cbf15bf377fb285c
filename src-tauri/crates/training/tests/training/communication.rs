//! Notes to local authorities: taking them in, and what the authority reads.

use crate::audit::record;
use crate::bench::{Bench, DENTIST, found, refused, trace};
use crate::trainer::{self, Trainer};
use chrono::TimeDelta;
use cpis_fhir::{
    About, CallbackNumber, NoteToAuthority, NotedRecord, Wrong, read_note, write_note,
};
use cpis_record::{NhsNumber, OdsCode, PlanKind};
use cpis_training::{Case, Clock};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

pub(crate) fn note(
    bench: &Bench,
    person: &NhsNumber,
    recipient: Option<OdsCode>,
) -> NoteToAuthority {
    NoteToAuthority {
        id: trace(),
        sent: bench.clock.now() - TimeDelta::hours(2),
        sender: record(bench, "", person).viewer,
        person: person.clone(),
        recipient,
        recipient_name: None,
        about: About::Wrong {
            wrong: Wrong::OfficeNumber(None),
            record: NotedRecord {
                kind: PlanKind::ChildProtection,
                start: None,
            },
            callback: CallbackNumber::new("01632 960001").unwrap(),
        },
    }
}

fn put_body(bench: &Bench, token: &str, id: &str, body: Vec<u8>) -> RequestBuilder {
    bench
        .client
        .put(format!("{}/audit/FHIR/R4/Communication/{id}", bench.base))
        .bearer_auth(token)
        .header("Content-Type", "application/fhir+json")
        .body(body)
}

pub(crate) fn put(bench: &Bench, token: &str, note: &NoteToAuthority) -> RequestBuilder {
    put_body(bench, token, &note.id, write_note(note))
}

fn authority(bench: &Bench, case: Case) -> OdsCode {
    let plans = &bench.people.first(case).plans;
    plans[0].authority.ods_code.clone().unwrap()
}

async fn messages(bench: &Bench, ods: &OdsCode, query: &str) -> Value {
    let credential = bench.backend.authority_credential(ods, false).unwrap();
    let url = format!("{}/local-authority/{ods}/messages{query}", bench.base);
    found(bench.client.get(url).bearer_auth(credential)).await
}

#[tokio::test]
async fn a_note_is_taken_once_and_its_authority_reads_it() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);
    let ods = authority(&bench, Case::ChildProtection);
    let named = note(&bench, &child, Some(ods.clone()));
    for status in [StatusCode::CREATED, StatusCode::OK] {
        let response = put(&bench, &token, &named).send().await.unwrap();
        assert_eq!(response.status(), status);
        let location = response.headers()["location"].to_str().unwrap();
        let wanted = format!(
            "{}/audit/FHIR/R4/Communication/{}/_history/1",
            bench.base, named.id
        );
        assert_eq!(location, wanted);
    }
    let other = NoteToAuthority {
        about: About::Withdrawn { of: trace() },
        ..named.clone()
    };
    let response = put(&bench, &token, &other).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CONFLICT);
    // Without a name it goes to the one that would be told of a look.
    let unnamed = note(&bench, &child, None);
    let response = put(&bench, &token, &unnamed).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);

    let page = messages(&bench, &ods, "").await;
    assert_eq!(page["total"], 2);
    let read = |entry: &Value| read_note(entry["resource"].to_string().as_bytes()).unwrap();
    let entries = page["entry"].as_array().unwrap();
    assert_eq!(read(&entries[0]).about, named.about, "the first stays");
    assert_eq!(read(&entries[1]).id, unnamed.id);
    let first = messages(&bench, &ods, "?_count=1").await;
    let links = first["link"].as_array().unwrap();
    let next = links
        .iter()
        .find(|link| link["relation"] == "next")
        .unwrap();
    let query = next["url"].as_str().unwrap().split_once('?').unwrap().1;
    let second = messages(&bench, &ods, &format!("?{query}")).await;
    assert_eq!(second["total"], 2);
    assert_eq!(read(&second["entry"][0]).id, unnamed.id);
    bench.clock.move_on(TimeDelta::minutes(1));
    let since = bench.clock.now().to_rfc3339().replace('+', "%2B");
    let later = messages(&bench, &ods, &format!("?since={since}")).await;
    assert_eq!(later["total"], 0);
}

#[tokio::test]
async fn a_note_that_is_sent_again_after_a_reset_does_not_come_back() {
    let bench = trainer::bench().await;
    let trainer = Trainer::of(&bench).await;
    let token = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);
    let ods = authority(&bench, Case::ChildProtection);
    let first = note(&bench, &child, None);
    let response = put(&bench, &token, &first).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    // A second reset remembers what the first one did.
    for _ in 0..2 {
        trainer.send("reset", &[("sure", "yes")]).await;
        let again = put(&bench, &token, &first).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::OK, "it is had already");
        let other = NoteToAuthority {
            about: About::Withdrawn { of: trace() },
            ..first.clone()
        };
        let other = put(&bench, &token, &other).send().await.unwrap();
        assert_eq!(other.status(), StatusCode::CONFLICT);
        assert_eq!(messages(&bench, &ods, "").await["total"], 0);
    }
    let new = note(&bench, &child, None);
    let response = put(&bench, &token, &new).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(messages(&bench, &ods, "").await["total"], 1);
}

#[tokio::test]
async fn a_note_that_nobody_could_act_on_is_refused() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);
    let nothing = bench.number(Case::NothingHeld);
    let no_longer = bench.number(Case::Ended366DaysAgo);
    let stranger: OdsCode = "ZZ998".parse().unwrap();
    for (person, recipient) in [
        (&nothing, None),
        (&no_longer, None),
        (&child, Some(stranger)),
    ] {
        refused(
            put(&bench, &token, &note(&bench, person, recipient)),
            422,
            "VALIDATION_ERROR",
            "No such authority has a record of this person",
        )
        .await;
    }
    let ods = authority(&bench, Case::ChildProtection);
    assert_eq!(messages(&bench, &ods, "").await["total"], 0);
}

#[tokio::test]
async fn what_is_no_note_is_refused_and_only_workstations_send_notes() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let whole = note(&bench, &bench.number(Case::ChildProtection), None);
    let mut wordy: Value = serde_json::from_slice(&write_note(&whole)).unwrap();
    wordy["payload"] = serde_json::json!([{ "contentString": "He looked thin" }]);
    for (id, body, status) in [
        (whole.id.as_str(), wordy.to_string().into_bytes(), 422),
        (whole.id.as_str(), b"{".to_vec(), 400),
        ("another", write_note(&whole), 422),
    ] {
        let response = put_body(&bench, &token, id, body).send().await.unwrap();
        assert_eq!(response.status().as_u16(), status);
    }
    let user = bench.sign_in(DENTIST).await;
    refused(
        put(&bench, &user.access, &whole),
        403,
        "ACCESS_DENIED",
        "Audit records and notes are sent with a workstation's token",
    )
    .await;
    let credential = bench
        .backend
        .authority_credential(&"ZZ998".parse().unwrap(), false)
        .unwrap();
    let ods = authority(&bench, Case::ChildProtection);
    let url = format!("{}/local-authority/{ods}/messages", bench.base);
    let response = bench.client.get(url).bearer_auth(credential).send().await;
    assert_eq!(response.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_service_says_that_it_takes_notes() {
    let bench = Bench::start().await;
    let url = format!("{}/cpis/FHIR/R4/metadata", bench.base);
    let statement = found(bench.client.get(url)).await;
    let resources = statement["rest"][0]["resource"].as_array().unwrap();
    assert!(resources.iter().any(|one| one["type"] == "Communication"));
}
