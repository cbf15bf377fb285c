//! Notes of health services in the trainer's inbox of the local authorities.

use crate::bench::{Bench, DENTIST, trace};
use crate::communication::{note, put};
use crate::trainer::{self, PATIENCE, Trainer};
use chrono::TimeDelta;
use cpis_fhir::{About, CallbackNumber, NoteToAuthority};
use cpis_training::{Case, Clock};
use reqwest::StatusCode;
use serde_json::Value;
use std::time::Duration;

async fn send(bench: &Bench, token: &str, note: &NoteToAuthority) {
    let response = put(bench, token, note).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
}

fn not_brought(bench: &Bench, wrong: &NoteToAuthority) -> NoteToAuthority {
    NoteToAuthority {
        id: trace(),
        about: About::NotBrought {
            day: bench.clock.now().date_naive(),
            time: "14:30:00".parse().ok(),
            callback: CallbackNumber::new("01632 960002").unwrap(),
        },
        ..wrong.clone()
    }
}

async fn since(trainer: &Trainer, query: &str) -> Value {
    let answer = trainer.get(&format!("inbox/since?{query}")).await;
    answer.json().await.unwrap()
}

#[tokio::test]
async fn each_kind_of_note_is_in_the_inbox_of_its_authority_beside_the_looks() {
    let bench = trainer::bench().await;
    let trainer = Trainer::of(&bench).await;
    let token = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);
    let wrong = note(&bench, &child, None);
    let not_brought = not_brought(&bench, &wrong);
    let withdrawn = NoteToAuthority {
        id: trace(),
        about: About::Withdrawn {
            of: wrong.id.clone(),
        },
        ..wrong.clone()
    };
    for note in [&wrong, &not_brought, &withdrawn] {
        send(&bench, &token, note).await;
    }
    let user = bench.sign_in(DENTIST).await;
    bench.plans(&user, &child, &trace(), true).await;

    let authority = bench.backend.notifications().unwrap()[0].authority.clone();
    let page = trainer.page(&format!("inbox?authority={authority}")).await;
    for said in [
        "Record is wrong",
        "Child protection plan: the office hours telephone number is wrong. Ring back on 01632\u{a0}960001.",
        "Was not brought",
        "To the appointment on 22 November 2026 at 14:30. Ring back on 01632\u{a0}960002.",
        "Withdrawn",
        "An earlier note no longer holds.",
        // When it was written and when it came.
        "22 November 2026 07:30:00<div>reached us 22 November 2026 09:30:00</div>",
        "Live",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    // The one that was withdrawn is marked, and only that one.
    assert_eq!(page.matches("No longer holds").count(), 1);
    let (_, marked) = page
        .split_once(&format!("id=\"note-{}\"", wrong.id))
        .unwrap();
    let (marked, _) = marked.split_once("</div>").unwrap();
    assert!(marked.contains("No longer holds"), "{marked}");
    let elsewhere = trainer.page("inbox?authority=ZZ999").await;
    assert!(!elsewhere.contains(&child.to_string()));

    let all = since(&trainer, "after=0").await;
    assert_eq!(all["notes"].as_array().unwrap().len(), 3);
    assert_eq!(all["entries"].as_array().unwrap().len(), 1);
    let after = format!("after=0.{}", all["notes"][1]["number"]);
    let rest = since(&trainer, &after).await;
    assert_eq!(rest["notes"].as_array().unwrap().len(), 1);
    assert_eq!(rest["notes"][0]["withdraws"], wrong.id);
    assert_eq!(rest["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_note_arrives_by_itself_and_once() {
    let bench = trainer::bench().await;
    let trainer = Trainer::of(&bench).await;
    let token = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);
    let first = note(&bench, &child, None);
    send(&bench, &token, &first).await;
    let number = since(&trainer, "").await["notes"][0]["number"].clone();

    let mut events = trainer.get(&format!("inbox/events?after=0.{number}")).await;
    let second = not_brought(&bench, &first);
    send(&bench, &token, &second).await;
    let user = bench.sign_in(DENTIST).await;
    bench.plans(&user, &child, &trace(), true).await;
    let mut arrived = String::new();
    let reading = async {
        while arrived.matches("data:").count() < 2 {
            arrived += std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap();
        }
        let silent = tokio::time::timeout(Duration::from_secs(1), events.chunk()).await;
        assert!(silent.is_err());
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    assert_eq!(arrived.matches("event: note").count(), 1, "{arrived}");
    assert!(arrived.contains(&second.id), "{arrived}");
    assert!(!arrived.contains(&first.id), "{arrived}");

    // A browser that lost the stream goes on behind what it had of either kind.
    let mut lines = arrived.lines().rev();
    let last = lines.find_map(|line| line.strip_prefix("id: ")).unwrap();
    let nothing = since(&trainer, &format!("after={last}")).await;
    assert_eq!(nothing, serde_json::json!({ "entries": [], "notes": [] }));
}

#[tokio::test]
async fn nothing_of_a_note_becomes_markup() {
    let bench = trainer::bench().await;
    let trainer = Trainer::of(&bench).await;
    let token = bench.workstation().await;
    let hostile = "<script>alert(1)</script>\"'";
    let mut told = note(&bench, &bench.number(Case::ChildProtection), None);
    told.sender.name = hostile.to_owned();
    told.sender.role.name = hostile.to_owned();
    told.sender.role.organisation.name = Some(hostile.to_owned());
    told.recipient_name = Some(hostile.to_owned());
    send(&bench, &token, &told).await;
    let html = trainer.page("inbox").await;
    assert!(!html.contains("<script>"), "{html}");
    assert_eq!(html.matches("&lt;script&gt;").count(), 3, "{html}");
    // The note's own id, which its sender chooses, is in an attribute.
    let mut named = note(&bench, &bench.number(Case::ChildProtection), None);
    named.id = "a\"><script>".to_owned();
    send(&bench, &token, &named).await;
    let html = trainer.page("inbox").await;
    assert!(
        html.contains("id=\"note-a&quot;&gt;&lt;script&gt;\""),
        "{html}"
    );
    assert!(!html.contains("<script>"), "{html}");
}

#[tokio::test]
async fn what_a_reset_dropped_is_in_no_inbox() {
    let bench = trainer::bench().await;
    let trainer = Trainer::of(&bench).await;
    let token = bench.workstation().await;
    let sent = note(&bench, &bench.number(Case::ChildProtection), None);
    send(&bench, &token, &sent).await;
    trainer.send("reset", &[("sure", "yes")]).await;
    bench.clock.move_on(TimeDelta::minutes(1));
    let again = put(&bench, &token, &sent).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::OK);
    assert_eq!(since(&trainer, "").await["notes"], serde_json::json!([]));
}
