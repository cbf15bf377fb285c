//! Taking in audit records, many at a time.

use crate::audit::{batch, record, written};
use crate::bench::{Bench, answer, refused, trace};
use cpis_fhir::{read_batch_response, write_audit_batch};
use cpis_training::Case;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::Arc;

#[tokio::test]
async fn a_batch_answers_in_order() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let asked = bench.number(Case::NothingHeld);
    let ids: Vec<String> = (0..3).map(|_| trace()).collect();
    let mut records: Vec<Value> = ids
        .iter()
        .map(|id| written(&record(&bench, id, &asked)))
        .collect();
    bench.put_audit(&token, &ids[1], &records[1]).await;
    bench.put_audit(&token, &ids[2], &records[2]).await;
    records[2]["outcome"] = json!("8");
    let (status, body) = answer(batch(&bench, &token, &write_audit_batch(&records))).await;
    assert_eq!(status, StatusCode::OK);
    let read = read_batch_response(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        read.iter().map(|e| e.status).collect::<Vec<_>>(),
        [201, 200, 409]
    );
    let receipt = |id: &str| {
        Some(format!(
            "{}/audit/FHIR/R4/AuditEvent/{id}/_history/1",
            bench.base
        ))
    };
    assert_eq!(read[0].location, receipt(&ids[0]));
    assert_eq!(read[1].location, receipt(&ids[1]));
    assert_eq!(read[2].location, None);
    assert!(read[2].outcome.is_some());
    let mut stable = bench.stable(&body);
    for id in &ids {
        stable = serde_json::from_str(&stable.to_string().replace(id.as_str(), "[view]")).unwrap();
    }
    insta::assert_json_snapshot!("batch_response", stable, { ".id" => "[id]", ".entry[2].response.outcome.id" => "[id]" });
    assert_eq!(bench.backend.audit_records().unwrap().len(), 3);
}

#[tokio::test]
async fn a_batch_holds_a_hundred_and_no_more() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let asked = bench.number(Case::NothingHeld);
    let records: Vec<Value> = (0..100)
        .map(|_| written(&record(&bench, &trace(), &asked)))
        .collect();
    let full = write_audit_batch(&records);
    let mut over = full.clone();
    let entry = over["entry"][0].clone();
    over["entry"].as_array_mut().unwrap().push(entry);
    refused(
        batch(&bench, &token, &over),
        413,
        "TOO_MANY_VALUES_SUBMITTED",
        "A batch holds at most 100 entries",
    )
    .await;
    assert_eq!(bench.backend.audit_records().unwrap(), []);
    for wanted in [201, 200] {
        let (_, body) = answer(batch(&bench, &token, &full)).await;
        let read = read_batch_response(body.to_string().as_bytes()).unwrap();
        assert_eq!(read.len(), 100);
        assert!(read.iter().all(|e| e.status == wanted));
    }
    assert_eq!(bench.backend.audit_records().unwrap().len(), 100);
}

#[tokio::test]
async fn one_bad_entry_does_not_hold_the_others_back() {
    let bench = Bench::start().await;
    let token = bench.workstation().await;
    let asked = bench.number(Case::NothingHeld);
    let good = written(&record(&bench, &trace(), &asked));
    let mut bundle = write_audit_batch(&[good.clone(), good.clone(), good.clone(), good]);
    bundle["entry"][0]["request"]["method"] = json!("POST");
    bundle["entry"][1]["request"]["url"] = json!("Patient/1");
    bundle["entry"][2]["resource"] = json!({ "resourceType": "AuditEvent" });
    let (_, body) = answer(batch(&bench, &token, &bundle)).await;
    let read = read_batch_response(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        read.iter().map(|e| e.status).collect::<Vec<_>>(),
        [400, 400, 422, 201]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_records_at_once_are_kept_once() {
    let bench = Arc::new(Bench::start().await);
    let token = bench.workstation().await;
    let asked = bench.number(Case::NoAccesses);
    let bodies: Vec<Value> = (0..100)
        .map(|_| {
            let records: Vec<Value> = (0..100)
                .map(|_| written(&record(&bench, &trace(), &asked)))
                .collect();
            write_audit_batch(&records)
        })
        .collect();
    let (mut created, mut there) = (0, 0);
    // Some come again, as from a client that did not hear the answer.
    for sent in [&bodies[..], &bodies[..10]] {
        let sending: Vec<_> = sent
            .iter()
            .map(|body| {
                let (bench, token, body) = (Arc::clone(&bench), token.clone(), body.clone());
                tokio::spawn(async move {
                    let (status, body) = answer(batch(&bench, &token, &body)).await;
                    assert_eq!(status, StatusCode::OK, "{body}");
                    read_batch_response(body.to_string().as_bytes()).unwrap()
                })
            })
            .collect();
        for one in sending {
            for entry in one.await.unwrap() {
                created += usize::from(entry.status == 201);
                there += usize::from(entry.status == 200);
            }
        }
    }
    let kept = bench.backend.audit_records().unwrap();
    let told = bench.backend.notifications().unwrap().len();
    let entered = bench.backend.accesses_of(&asked).unwrap().len();
    println!(
        "sent 11000: {created} created, {there} were there; kept {}, told {told}, entered {entered}",
        kept.len()
    );
    assert_eq!((created, there), (10_000, 1_000));
    assert_eq!((kept.len(), told, entered), (10_000, 10_000, 10_000));
}
