//! The extract: its items, its counts, what is refused.

use crate::audit::{record, written};
use crate::bench::{Bench, DENTIST, trace};
use crate::kept::Kept;
use chrono::NaiveDate;
use cpis_training::{
    AuthorityToShare, Case, Extract, TrainingError, daily_report_of, extract_from,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::path::Path;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn extract(kept: &Kept, from: &str, to: &str, out: &Path) -> Result<Extract, TrainingError> {
    let now = crate::bench::beginning();
    extract_from(
        &kept.location,
        (day(from), day(to)),
        out,
        now,
        &mut |_, _| {},
    )
}

fn lines(folder: &Path, name: &str) -> Vec<String> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn an_extract_holds_exactly_its_items_and_all_that_the_store_holds() {
    let kept = Kept::new().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::on(&kept).await;
    let child = bench.number(Case::NoAccesses);
    let user = bench.sign_in(DENTIST).await;
    bench.plans(&user, &child, &trace(), true).await;
    // Somebody unknown, whose name came over the network.
    let workstation = bench.workstation().await;
    let id = trace();
    let mut stranger = record(&bench, &id, &child);
    stranger.viewer.user = cpis_record::UserId::new("555000000999").unwrap();
    stranger.viewer.name = "=HYPERLINK(\"x\")".to_owned();
    let put = bench
        .put_audit(&workstation, &id, &written(&stranger))
        .await;
    assert_eq!(put.status(), 201);

    let out = folder.path().join("extract");
    let counted = extract(&kept, "2020-12-14", "2026-12-31", &out).unwrap();
    assert_eq!(
        (counted.records, counted.accesses),
        (kept.count("plan").await, kept.count("access").await)
    );
    let records = lines(&out, "records.csv");
    assert_eq!(
        records[0],
        "local_authority_ods_code,nhs_number,date_of_birth,type,start_date,end_date,last_update"
    );
    let accesses = lines(&out, "accesses.csv");
    assert_eq!(
        accesses[0],
        "date_time,viewer_name,viewer_role,organisation_ods_code"
    );
    assert!(accesses.iter().any(|l| l.contains("'=HYPERLINK")));
    for (name, rows, items) in [
        ("records", counted.records, 7),
        ("accesses", counted.accesses, 4),
    ] {
        let csv = lines(&out, &format!("{name}.csv"));
        let objects = lines(&out, &format!("{name}.ndjson"));
        assert_eq!(csv.len() as u64, rows + 1);
        assert_eq!(objects.len() as u64, rows);
        for object in objects {
            let object: Value = serde_json::from_str(&object).unwrap();
            assert_eq!(object.as_object().unwrap().len(), items);
        }
    }
    let manifest: Value =
        serde_json::from_str(&std::fs::read_to_string(out.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["period"]["from"], "2020-12-14");
    assert_eq!(manifest["records"]["count"], counted.records);
    let files = manifest["files"].as_array().unwrap();
    assert_eq!(files.len(), 4);
    for named in files {
        let bytes = std::fs::read(out.join(named["name"].as_str().unwrap())).unwrap();
        let sum: String = Sha256::digest(&bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(named["sha256"], sum);
        assert_eq!(named["bytes"], bytes.len());
    }

    // Nothing is overwritten, and days outside the agreements are refused before anything is made.
    let again = extract(&kept, "2020-12-14", "2026-12-31", &out);
    assert!(matches!(again, Err(TrainingError::FolderNotEmpty(_))));
    let none = folder.path().join("none");
    let early = extract(&kept, "2020-12-13", "2026-12-31", &none);
    let said = early.unwrap_err().to_string();
    assert!(said.contains("covers 2020-12-14 onwards"), "{said}");
    let backwards = extract(&kept, "2026-12-31", "2026-12-30", &none);
    assert!(matches!(
        backwards,
        Err(TrainingError::PeriodBackwards { .. })
    ));
    assert!(!none.exists());
    // A day on which two looked: the one now, and the stranger two hours before.
    let today = extract(&kept, "2026-11-22", "2026-11-22", &none).unwrap();
    assert_eq!(today.accesses, 2);
    let authority = bench.backend.notifications().unwrap()[0]
        .authority
        .parse()
        .unwrap();
    let report = folder.path().join("report.csv");
    assert_eq!(
        daily_report_of(&kept.location, &authority, day("2026-11-22"), &report).unwrap(),
        2
    );
    assert!(
        std::fs::read_to_string(report)
            .unwrap()
            .contains("'=HYPERLINK")
    );
}

#[tokio::test]
async fn agreements_that_end_bound_the_extract() {
    let kept = Kept::new().await;
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::on(&kept).await;
    for agreement in &bench.people.authorities_to_share {
        bench
            .backend
            .set_authority_to_share(&AuthorityToShare {
                until: Some(day("2021-03-31")),
                ..agreement.clone()
            })
            .unwrap();
    }
    let out = folder.path().join("extract");
    assert!(extract(&kept, "2021-03-01", "2021-04-01", &out).is_err());
    assert!(!out.exists());
    extract(&kept, "2021-03-01", "2021-03-31", &out).unwrap();
}
