//! The trainer's console: who is let in, and what each page does to a class.

use crate::audit::{batch, record, written};
use crate::bench::{Bench, DENTIST, SignedIn, answer, trace};
use crate::browser::browser;
use crate::trainer::{PASSCODE, PATIENCE, Trainer, bench, enter, enter_with};
use chrono::TimeDelta;
use cpis_fhir::{AuditRecord, ChainLink};
use cpis_record::UserId;
use cpis_training::Case;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

const PAGES: [&str; 10] = [
    "people",
    "change",
    "weather",
    "inbox",
    "inbox/since",
    "inbox/events",
    "trainees",
    "exercises",
    "exercises/offline/results",
    "reset",
];

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in() {
    let bench = bench().await;
    for page in PAGES {
        let url = format!("{}/trainer/class/default/{page}", bench.base);
        let response = browser().get(url).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{page}");
        assert_eq!(response.headers()["location"], "/trainer");
        let policy = response.headers()["content-security-policy"].to_str();
        assert!(policy.unwrap().starts_with("default-src 'none'"));
    }
    let trainer = Trainer::of(&bench).await;
    for page in PAGES.iter().filter(|page| **page != "inbox/events") {
        trainer.page(page).await;
    }
}

#[tokio::test]
async fn a_thousand_wrong_passcodes_let_nobody_in_and_lock_nobody_out() {
    let bench = bench().await;
    let mut waits = Vec::new();
    let browser = browser();
    for number in 0..1000 {
        let response = enter_with(&browser, &bench, &format!("wrong passcode {number}")).await;
        assert!(response.headers().get("set-cookie").is_none());
        match response.status() {
            StatusCode::FORBIDDEN => assert!(waits.is_empty()),
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = response.headers()["retry-after"].to_str().unwrap();
                waits.push(wait.parse::<i64>().unwrap());
            }
            other => panic!("{other}"),
        }
    }
    assert_eq!(waits.len(), 990);
    assert_eq!(enter(&bench, PASSCODE).await.status(), 429);
    bench.clock.move_on(TimeDelta::seconds(waits[0]));
    Trainer::of(&bench).await;
}

#[tokio::test]
async fn a_session_ends_after_an_hour_without_use_and_after_eight_hours() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    for _ in 0..9 {
        trainer.page("people").await;
        bench.clock.move_on(TimeDelta::minutes(50));
    }
    assert_eq!(trainer.get("people").await.status(), StatusCode::OK);
    bench.clock.move_on(TimeDelta::minutes(31));
    assert_eq!(trainer.get("people").await.status(), StatusCode::SEE_OTHER);

    let trainer = Trainer::of(&bench).await;
    bench.clock.move_on(TimeDelta::minutes(61));
    assert_eq!(trainer.get("people").await.status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_from_elsewhere_does_nothing() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    let token = trainer.token("weather").await;
    let form = [("token", token.as_str()), ("weather", "offline")];
    let bare = [("weather", "offline")];
    let own = bench.base.as_str();
    for (name, form, header) in [
        ("without a token", &bare[..], ("Origin", own)),
        (
            "from another page",
            &form[..],
            ("Origin", "https://elsewhere.example"),
        ),
        (
            "from a page that says nothing",
            &form[..],
            ("Accept", "*/*"),
        ),
        (
            "from another site",
            &form[..],
            ("Sec-Fetch-Site", "cross-site"),
        ),
        (
            "from a neighbour",
            &form[..],
            ("Sec-Fetch-Site", "same-site"),
        ),
    ] {
        let sent = trainer.sending("weather", form).header(header.0, header.1);
        assert_eq!(
            sent.send().await.unwrap().status(),
            StatusCode::FORBIDDEN,
            "{name}"
        );
    }
    let user = bench.sign_in(DENTIST).await;
    bench
        .plans(&user, &bench.number(Case::NothingHeld), &trace(), true)
        .await;
    trainer.weather("good").await;
}

fn look(bench: &Bench, user: &SignedIn) -> reqwest::RequestBuilder {
    bench.look(
        user,
        "CareTeam",
        &bench.number(Case::NothingHeld),
        &trace(),
        true,
    )
}

#[tokio::test]
async fn each_weather_strikes_the_programs_and_not_the_trainer() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    let user = bench.sign_in(DENTIST).await;
    let workstation = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);

    trainer.weather("offline").await;
    look(&bench, &user).send().await.unwrap_err();
    trainer.weather("service-down").await;
    assert_eq!(look(&bench, &user).send().await.unwrap().status(), 503);
    trainer.weather("denied").await;
    let (status, body) = answer(look(&bench, &user)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert_eq!(
        body["issue"][0]["details"]["coding"][0]["code"],
        "ACCESS_DENIED"
    );

    trainer.weather("audit-refused").await;
    let ids = [trace(), trace()];
    let entries: Vec<Value> = ids
        .iter()
        .map(|id| {
            let resource = written(&record(&bench, id, &child));
            let request = json!({ "method": "PUT", "url": format!("AuditEvent/{id}") });
            json!({ "resource": resource, "request": request })
        })
        .collect();
    let bundle = json!({ "resourceType": "Bundle", "type": "batch", "entry": entries });
    let (status, answered) = answer(batch(&bench, &workstation, &bundle)).await;
    assert_eq!(status, StatusCode::OK);
    for place in 0..2 {
        let response = &answered["entry"][place]["response"];
        assert!(response["status"].as_str().unwrap().starts_with("422"));
        assert_eq!(response["outcome"]["resourceType"], "OperationOutcome");
    }
    let body = written(&record(&bench, &ids[0], &child));
    let put = bench.put_audit(&workstation, &ids[0], &body).await;
    assert_eq!(put.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bench.backend.audit_records().unwrap().is_empty());

    trainer.weather("lost-answers").await;
    let lost = bench.look(&user, "CareTeam", &child, &trace(), true);
    lost.send().await.unwrap_err();
    assert_eq!(
        bench.backend.notifications().unwrap().len(),
        1,
        "it was done"
    );

    trainer.weather("slow").await;
    assert_eq!(look(&bench, &user).send().await.unwrap().status(), 200);
    trainer.weather("good").await;
    let said = trainer
        .send("weather", &[("weather", "expired-tokens")])
        .await;
    assert!(said.contains("2 access tokens have expired"), "{said}");
    assert_eq!(look(&bench, &user).send().await.unwrap().status(), 401);
    let user = bench.sign_in(DENTIST).await;
    assert_eq!(look(&bench, &user).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_change_that_is_pushed_is_in_the_next_answer() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    let user = bench.sign_in(DENTIST).await;
    let child = bench.number(Case::NothingHeld);
    let plans = bench.plans(&user, &child, &trace(), true).await;
    assert_eq!(plans["total"], 0);
    let said = trainer
        .send(
            &format!("change?number={}", child.digits()),
            &[
                ("number", &child.digits()),
                ("what", "start lac"),
                ("day", "2026-11-20"),
                ("authority", "ZZ002"),
                ("emergency", "01632 960999"),
            ],
        )
        .await;
    assert!(said.contains("The register answered: loaded"), "{said}");
    let plans = bench.plans(&user, &child, &trace(), true).await;
    assert_eq!(plans["total"], 1, "{plans}");
    assert!(plans.to_string().contains("01632 960999"));

    let page = trainer
        .page(&format!("change?number={}", child.digits()))
        .await;
    let (_, rest) = page.split_once("value=\"end ").unwrap();
    let id = rest.split('"').next().unwrap();
    let end = format!("end {id}");
    let form = [
        ("number", &*child.digits()),
        ("what", &end),
        ("day", "2026-11-21"),
    ];
    let said = trainer.send("change", &form).await;
    assert!(said.contains("The register answered: loaded"), "{said}");
    let plans = bench.plans(&user, &child, &trace(), true).await;
    assert!(plans.to_string().contains("2026-11-21"), "{plans}");
}

#[tokio::test]
async fn a_look_is_in_the_inbox_and_arrives_by_itself() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    let user = bench.sign_in(DENTIST).await;
    let child = bench.number(Case::ChildProtection);
    bench.plans(&user, &child, &trace(), true).await;
    let before: Value = trainer
        .get("inbox/since?after=0")
        .await
        .json()
        .await
        .unwrap();
    let first = before["entries"][0]["number"].as_i64().unwrap();

    let mut events = trainer.get("inbox/events?after=0").await;
    let mut arrived = String::new();
    let second = bench.number(Case::LookedAfter);
    bench.plans(&user, &second, &trace(), true).await;
    let reading = async {
        while arrived.matches("data:").count() < 2 {
            arrived += std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap();
        }
        // The same is not sent twice, however often the stream asks.
        let silent = tokio::time::timeout(Duration::from_secs(1), events.chunk()).await;
        assert!(silent.is_err());
    };
    tokio::time::timeout(PATIENCE, reading).await.unwrap();
    assert!(arrived.contains(&format!("id: {first}")), "{arrived}");
    assert!(arrived.contains(&second.to_string()), "{arrived}");
    let page = trainer.page("inbox").await;
    assert!(page.contains(&child.to_string()) && page.contains("Live"));
    let page = trainer.page("inbox?authority=ZZ999").await;
    assert!(!page.contains(&child.to_string()));
}

#[tokio::test]
async fn a_reset_forgets_everything_but_that_it_was_there() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    let workstation = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);
    let chained = |sequence: u64, previous: &Value| {
        let id = trace();
        let record = AuditRecord {
            chain: ChainLink {
                sequence,
                previous: hash_of(previous),
            },
            ..record(&bench, &id, &child)
        };
        (
            id.clone(),
            cpis_fhir::with_own_hash(
                cpis_fhir::write_audit_event(&record),
                &format!("{sequence:064}"),
            ),
        )
    };
    let first = chained(1, &Value::Null);
    let second = chained(2, &first.1);
    for (id, body) in [&first, &second] {
        assert_eq!(bench.put_audit(&workstation, id, body).await.status(), 201);
    }
    assert!(bench.backend.chains().unwrap()[0].is_whole());
    assert_eq!(bench.backend.notifications().unwrap().len(), 2);

    let unsure = trainer.sending("reset", &[("token", &*trainer.token("reset").await)]);
    let unsure = unsure.header("Origin", &bench.base).send().await.unwrap();
    assert_eq!(unsure.status(), StatusCode::BAD_REQUEST);
    assert_eq!(bench.backend.notifications().unwrap().len(), 2);
    trainer.weather("offline").await;
    trainer.send("reset", &[("sure", "yes")]).await;
    assert!(bench.backend.notifications().unwrap().is_empty());

    // A program that did not hear the answer sends again.
    for (id, body) in [&first, &second] {
        assert_eq!(bench.put_audit(&workstation, id, body).await.status(), 200);
    }
    let mut other = second.1.clone();
    other["outcomeDesc"] = json!("other");
    assert_eq!(
        bench
            .put_audit(&workstation, &second.0, &other)
            .await
            .status(),
        409
    );
    assert!(bench.backend.audit_records().unwrap().is_empty());
    assert!(bench.backend.notifications().unwrap().is_empty());

    let third = chained(3, &second.1);
    assert_eq!(
        bench
            .put_audit(&workstation, &third.0, &third.1)
            .await
            .status(),
        201
    );
    let chains = bench.backend.chains().unwrap();
    assert!(chains[0].is_whole(), "{chains:?}");
    let astray = chained(5, &third.1);
    bench.put_audit(&workstation, &astray.0, &astray.1).await;
    assert!(!bench.backend.chains().unwrap()[0].is_whole());
}

fn hash_of(body: &Value) -> String {
    let facts = cpis_fhir::read_audit_event(body.to_string().as_bytes());
    let own = facts.ok().and_then(|facts| facts.chain?.own);
    own.unwrap_or_else(|| "0".repeat(64))
}

#[tokio::test]
async fn nothing_that_a_program_says_becomes_markup() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    let hostile = "<script>alert(1)</script>";
    let key = crate::keys::WorkstationKey::generate();
    let mut metadata = key.metadata();
    metadata["client_name"] = json!(hostile);
    let (status, enrolled) = bench
        .register(&bench.backend.enrolment_code(), &metadata)
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let client_id = enrolled["client_id"].as_str().unwrap().to_owned();
    let assertion = key.assertion(
        &client_id,
        &bench.token_endpoint(),
        crate::bench::beginning(),
    );
    let (_, token) = bench.workstation_token(&assertion).await;
    let id = trace();
    let mut told = record(&bench, &id, &bench.number(Case::ChildProtection));
    told.viewer.name = hostile.to_owned();
    told.viewer.user = UserId::new("555000009999").unwrap();
    let access = token["access_token"].as_str().unwrap();
    let put = bench.put_audit(access, &id, &written(&told)).await;
    assert_eq!(put.status(), StatusCode::CREATED);
    for page in [
        "trainees".to_owned(),
        format!("trainees/{client_id}"),
        "inbox".to_owned(),
        "exercises/first-check/results".to_owned(),
        format!("change?number={hostile}"),
        format!("people?number={hostile}"),
    ] {
        let html = trainer.get(&page).await.text().await.unwrap();
        assert!(!html.contains("<script>"), "{page}");
        assert!(html.contains("&lt;script&gt;"), "{page}: {html}");
    }
}

#[tokio::test]
async fn an_exercise_is_done_when_its_looks_have_arrived() {
    let bench = bench().await;
    let trainer = Trainer::of(&bench).await;
    let workstation = bench.workstation().await;
    trainer.send("exercises/first-check", &[]).await;
    let page = trainer.page("exercises/first-check/results").await;
    assert!(page.contains("Not yet") && !page.contains(">Done<"));
    let id = trace();
    let mut done = record(&bench, &id, &bench.number(Case::ChildProtection));
    done.recorded += TimeDelta::hours(2);
    bench.put_audit(&workstation, &id, &written(&done)).await;
    let page = trainer.page("exercises/first-check/results").await;
    assert!(page.contains(">Done<"), "{page}");
}
