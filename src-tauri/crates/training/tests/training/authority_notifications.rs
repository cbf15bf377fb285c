//! What an authority is told of accesses: notifications by their arrival, and the daily report.

use crate::audit::{record, written};
use crate::bench::{Bench, DENTIST, found, refused, trace};
use crate::local_authority::{Authority, HEADER};
use chrono::TimeDelta;
use cpis_fhir::KEPT_COPY;
use cpis_training::Case;
use reqwest::StatusCode;
use serde_json::{Value, json};

#[tokio::test]
async fn an_authority_reads_what_it_was_told_in_pages_and_late_ones_by_their_arrival() {
    let bench = Bench::start().await;
    let authority = Authority::of(&bench, "ZZ001");
    let other = Authority::of(&bench, "ZZ002");
    let mut people = bench.people.of(Case::NothingHeld);
    let (mine, theirs) = (people.next().unwrap(), people.next().unwrap());
    for (whose, child) in [(&authority, mine), (&other, theirs)] {
        let (_, answer) = whose
            .submit(format!(
                "{HEADER}\n{},{},LAC,2026-11-01,,,\n",
                child.nhs_number, child.birth_date
            ))
            .await;
        assert_eq!(answer["result"]["code"], "CPF02", "{answer}");
    }
    let user = bench.sign_in(DENTIST).await;
    for _ in 0..3 {
        bench.plans(&user, &mine.nhs_number, &trace(), true).await;
    }
    bench.plans(&user, &mine.nhs_number, &trace(), false).await;
    bench.plans(&user, &theirs.nhs_number, &trace(), true).await;
    bench.clock.move_on(TimeDelta::hours(5));
    let workstation = bench.workstation().await;
    // Opened from a kept copy two hours before it is sent.
    let id = trace();
    let mut offline = record(&bench, &id, &mine.nhs_number);
    offline.request = format!("{KEPT_COPY}another check");
    let offline = written(&offline);
    let put = bench.put_audit(&workstation, &id, &offline).await;
    assert_eq!(put.status(), StatusCode::CREATED);

    let mut path = "notifications?_count=3".to_owned();
    let mut events = Vec::new();
    let mut pages = 0;
    loop {
        let page = found(authority.get("ZZ001", &path)).await;
        assert_eq!(page["total"], 4, "{page}");
        pages += 1;
        let entries = page["entry"].as_array().unwrap();
        let matches = entries.iter().filter(|e| e["search"]["mode"] == "match");
        events.extend(matches.map(|e| e["resource"].clone()));
        let links = page["link"].as_array().unwrap();
        let Some(next) = links.iter().find(|l| l["relation"] == "next") else {
            break;
        };
        let start = format!("{}/local-authority/ZZ001/", bench.base);
        path = next["url"]
            .as_str()
            .unwrap()
            .strip_prefix(&start)
            .unwrap()
            .to_owned();
    }
    // By the source that tells nobody: the authority hears of it with the record.
    let id = trace();
    let silent = written(&record(&bench, &id, &mine.nhs_number));
    let put = bench.put_audit(&workstation, &id, &silent).await;
    assert_eq!(put.status(), StatusCode::CREATED);
    assert_eq!((pages, events.len()), (2, 4));
    let way = |event: &Value| {
        let parts = &event["extension"][0]["extension"];
        (
            parts[0]["valueCode"].clone(),
            parts[1]["valueInstant"].clone(),
        )
    };
    assert_eq!(way(&events[0]).0, "live");
    assert_eq!(
        way(&events[3]),
        (json!("late"), json!("2026-11-22T14:30:00.000+00:00"))
    );
    assert_eq!(events[3]["recorded"], "2026-11-22T12:30:00+00:00");
    // By arrival: the look at half past twelve, told at half past two, is newer than one o'clock.
    let late =
        found(authority.get("ZZ001", "notifications?since=2026-11-22T13:00:00%2B00:00")).await;
    assert_eq!(late["total"], 2);
    assert_eq!(way(&late["entry"][0]["resource"]).0, "late");
    assert_eq!(way(&late["entry"][1]["resource"]).0, "record");
    assert_eq!(found(other.get("ZZ002", "notifications")).await["total"], 1);
    refused(
        authority.get("ZZ001", "notifications?since=lately"),
        400,
        "INVALID_SEARCH_DATA",
        "since is a time such as 2026-11-23T09:30:00+00:00, or a day such as 2026-11-23",
    )
    .await;

    let report = authority
        .get("ZZ001", "report?date=2026-11-22")
        .send()
        .await
        .unwrap();
    assert_eq!(report.headers()["content-type"], "text/csv; charset=utf-8");
    let text = report.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0],
        "date_time,viewer_name,viewer_role,organisation_ods_code,nhs_number,reached_us,received_at"
    );
    assert_eq!(lines.len(), 6);
    assert!(
        lines[1].ends_with("live,2026-11-22T09:30:00+00:00"),
        "{text}"
    );
    assert!(lines[4].starts_with("2026-11-22T12:30:00+00:00,"), "{text}");
    assert!(
        lines[4].ends_with(
            "\"late, from a kept copy that was opened offline\",2026-11-22T14:30:00+00:00"
        ),
        "{text}"
    );
    assert!(
        lines[5].ends_with("with the record of the check,2026-11-22T14:30:00+00:00"),
        "{text}"
    );
    let none = authority
        .get("ZZ001", "report?date=2026-11-21")
        .send()
        .await
        .unwrap();
    assert_eq!(none.text().await.unwrap().lines().count(), 1);
}
