//! What several authorities are told of one child, and what becomes of files that change little, hold
//! nothing good, or break off.

use crate::bench::{Bench, DENTIST, found, trace};
use chrono::NaiveDate;
use cpis_training::{Case, Clock};
use reqwest::StatusCode;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const HEADER: &str = "NHS number,Date of birth,Plan type,Start,End,Office hours,Emergency duty";

async fn submit(bench: &Bench, ods: &str, file: String) -> (StatusCode, Value) {
    let code = ods.parse().unwrap();
    let credential = bench.backend.authority_credential(&code, false).unwrap();
    let response = bench
        .client
        .post(format!("{}/local-authority/{ods}/records", bench.base))
        .bearer_auth(credential)
        .body(file)
        .send()
        .await
        .unwrap();
    (response.status(), response.json().await.unwrap())
}

fn row(bench: &Bench, rest: &str) -> String {
    let child = bench.people.first(Case::NothingHeld);
    format!(
        "{HEADER}\n{},{},{rest}\n",
        child.nhs_number, child.birth_date
    )
}

async fn shown(bench: &Bench) -> Value {
    let user = bench.sign_in(DENTIST).await;
    let whom = bench.number(Case::NothingHeld);
    bench.plans(&user, &whom, &trace(), false).await
}

#[tokio::test]
async fn every_authority_with_a_record_is_told_once_and_the_history_has_one_entry() {
    let bench = Bench::start().await;
    let child = bench.number(Case::NothingHeld);
    for (ods, rest) in [
        // The one has ended; an authority takes over from another that way.
        ("ZZ002", "CPP,2026-10-01,2026-11-01,,"),
        ("ZZ001", "LAC,2026-11-02,,,"),
        ("ZZ001", "CPP,2026-11-03,,,"),
    ] {
        let (_, answer) = submit(&bench, ods, row(&bench, rest)).await;
        assert_eq!(answer["result"]["code"], "CPF02", "{answer}");
    }
    let user = bench.sign_in(DENTIST).await;
    let view = trace();
    for _ in 0..2 {
        bench.plans(&user, &child, &view, true).await;
        bench.history(&user, &child, &view, true).await;
    }
    let told = bench.backend.notifications().unwrap();
    let authorities: Vec<&str> = told.iter().map(|n| n.authority.as_str()).collect();
    assert_eq!(authorities, ["ZZ001", "ZZ002"]);
    assert!(told.iter().all(|n| n.trace_id == view));
    assert_eq!(bench.backend.accesses_of(&child).unwrap().len(), 1);
}

#[tokio::test]
async fn a_telephone_number_that_changed_is_shown_and_the_record_stays_one() {
    let bench = Bench::start().await;
    for (office, changed) in [("01632 960101", "new"), ("01632 960102", "updated")] {
        let file = row(&bench, &format!("LAC,2026-11-01,,{office},07700 900101"));
        let (_, answer) = submit(&bench, "ZZ001", file).await;
        assert_eq!(answer["changes"][changed], 1, "{answer}");
    }
    let shown = shown(&bench).await;
    assert_eq!(shown["total"], 1);
    let telecom = &shown["entry"][0]["resource"]["telecom"];
    assert_eq!(telecom[0]["value"], "01632 960102", "{telecom}");
}

#[tokio::test]
async fn a_file_without_one_good_row_says_so_and_changes_nothing() {
    let bench = Bench::start().await;
    let born: NaiveDate = bench.clock.now().date_naive();
    let child = bench.number(Case::NothingHeld);
    let file = format!("{HEADER}\n{child},{born},LAC,2026-11-01,,,\n1,2,3,4,5,6,7\n");
    let (status, answer) = submit(&bench, "ZZ001", file).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["result"]["code"], "CPF04", "{answer}");
    assert_eq!(answer["sequence"], 1);
    assert_eq!(answer["counts"]["CPR06"], 0);
    assert_eq!(shown(&bench).await["total"], 0);
}

#[tokio::test]
async fn a_file_that_breaks_off_on_its_way_loads_nothing() {
    let bench = Bench::start().await;
    let file = row(&bench, "LAC,2026-11-01,,,");
    let credential = bench
        .backend
        .authority_credential(&"ZZ001".parse().unwrap(), false)
        .unwrap();
    let host = bench.base.strip_prefix("http://").unwrap();
    let mut line = tokio::net::TcpStream::connect(host).await.unwrap();
    let promised = file.len() + 1;
    let request = format!(
        "POST /local-authority/ZZ001/records HTTP/1.1\r\nHost: {host}\r\n\
         Authorization: Bearer {credential}\r\nContent-Length: {promised}\r\n\r\n{file}"
    );
    line.write_all(request.as_bytes()).await.unwrap();
    line.shutdown().await.unwrap();
    // Whatever is said, if anything: the connection is done with when it ends.
    let mut said = Vec::new();
    let _ = line.read_to_end(&mut said).await;
    assert!(!String::from_utf8_lossy(&said).contains("CPF02"));
    assert_eq!(shown(&bench).await["total"], 0);
    // Nobody took a sequence number for it.
    let (_, answer) = submit(&bench, "ZZ001", file).await;
    assert_eq!(answer["sequence"], 1, "{answer}");
    assert_eq!(shown(&bench).await["total"], 1);
}

#[tokio::test]
async fn a_report_of_thousands_is_whole() {
    let bench = Bench::start().await;
    let (_, answer) = submit(&bench, "ZZ001", row(&bench, "LAC,2026-11-01,,,")).await;
    assert_eq!(answer["result"]["code"], "CPF02");
    let user = bench.sign_in(DENTIST).await;
    let child = bench.number(Case::NothingHeld);
    // More than are read at a time.
    for _ in 0..501 {
        let look = bench.look(&user, "CareTeam", &child, &trace(), true);
        found(look).await;
    }
    let credential = bench
        .backend
        .authority_credential(&"ZZ001".parse().unwrap(), false)
        .unwrap();
    let report = bench
        .client
        .get(format!("{}/local-authority/ZZ001/report", bench.base))
        .bearer_auth(credential)
        .send()
        .await
        .unwrap();
    let text = report.text().await.unwrap();
    assert_eq!(text.lines().count(), 502);
    assert_eq!(text.matches("date_time").count(), 1);
}
