//! A store of an older program, with rows in every table, is brought up to date and keeps them.

use crate::audit::{record, written};
use crate::bench::{Bench, DENTIST, found, trace};
use crate::kept::Kept;
use cpis_training::{Case, Way};
use reqwest::StatusCode;

const HEADER: &str = "NHS number,Date of birth,Plan type,Start,End,Office hours,Emergency duty";

/// Schemas from 4 on know credentials of authorities.
const WITH_AUTHORITIES: usize = 4;

#[tokio::test]
async fn a_store_of_any_older_schema_keeps_every_row() {
    for schema in 2..=5 {
        brought_up_from(schema).await;
    }
}

async fn brought_up_from(schema: usize) {
    let kept = Kept::new().await;
    let bench = Bench::on(&kept).await;
    let user = bench.sign_in(DENTIST).await;
    let workstation = bench.workstation().await;
    let code = bench.backend.enrolment_code();
    let child = bench.number(Case::NoAccesses);
    let view = trace();
    bench.plans(&user, &child, &view, true).await;
    let late = trace();
    let body = written(&record(&bench, &late, &child));
    let put = bench.put_audit(&workstation, &late, &body).await;
    assert_eq!(put.status(), StatusCode::CREATED);
    let authority = "ZZ001".parse().unwrap();
    let credential = bench
        .backend
        .authority_credential(&authority, false)
        .unwrap();
    let submitted = bench.people.of(Case::NothingHeld).nth(2).unwrap();
    let file = format!(
        "{HEADER}\n{},{},LAC,2026-11-01,,,\n",
        submitted.nhs_number, submitted.birth_date
    );
    let submit = |bench: &Bench| {
        bench
            .client
            .post(format!("{}/local-authority/ZZ001/records", bench.base))
            .bearer_auth(&credential)
            .body(file.clone())
            .send()
    };
    assert_eq!(submit(&bench).await.unwrap().status(), StatusCode::OK);
    let before = bench.backend.notifications().unwrap();
    let accesses = bench.backend.accesses_of(&child).unwrap();
    bench.backend.shutdown().await;
    kept.back_to_schema(schema).await;

    let bench = Bench::on(&kept).await;
    // Sessions, workstations, codes.
    bench.plans(&user, &child, &view, true).await;
    let again = bench.put_audit(&workstation, &late, &body).await;
    assert_eq!(again.status(), StatusCode::OK, "schema {schema}");
    let key = crate::keys::WorkstationKey::generate();
    assert_eq!(bench.register(&code, &key.metadata()).await.0, 201);
    // Looks, accesses, notifications, audit records.
    assert_eq!(bench.backend.accesses_of(&child).unwrap(), accesses);
    let after = bench.backend.notifications().unwrap();
    let told = |n: &cpis_training::Notification| {
        (
            n.trace_id.clone(),
            n.authority.clone(),
            n.nhs_number.clone(),
        )
    };
    assert_eq!(
        after.iter().map(told).collect::<Vec<_>>(),
        before.iter().map(told).collect::<Vec<_>>(),
        "schema {schema}"
    );
    let way = match schema {
        // It had not been kept.
        ..WITH_AUTHORITIES => Way::Live,
        // It was live or late.
        WITH_AUTHORITIES => Way::Late,
        _ => Way::Record,
    };
    assert_eq!([after[0].way, after[1].way], [Way::Live, way]);
    assert_eq!(bench.backend.audit_records().unwrap(), [(late, body)]);
    // What authorities submitted, where the older program knew of it.
    let status = submit(&bench).await.unwrap().status();
    let plans = bench
        .plans(&user, &submitted.nhs_number, &trace(), false)
        .await;
    if schema < WITH_AUTHORITIES {
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    } else {
        assert_eq!((status, &plans["total"]), (StatusCode::OK, &1.into()));
    }
    // What is new.
    let flags = format!(
        "/patient-flags-api/FHIR/R4/PatientFlag?patient={}&code=national-reasonable-adjustment-flag",
        bench.number(Case::OtherFlags).digits()
    );
    assert_eq!(found(bench.get(&user, &flags)).await["total"], 1);
}
