//! The local authority's side from the shell: `authority`, `load`, `report`, `extract`, `rehearsal`.

use crate::bench::{Bench, DENTIST, trace};
use crate::kept::Kept;
use crate::program::{output, program};
use cpis_training::Case;
use std::path::Path;
use std::process::{Command, Output};

fn load(kept: &Kept, file: &Path) -> Command {
    let mut command = program();
    command
        .arg("load")
        .arg(file)
        .args(["--database", &kept.argument, "--ods", "ZZ001"]);
    command
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authority_does_everything_from_the_shell() {
    let kept = Kept::new().await;
    let bench = Bench::on(&kept).await;
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let on = ["--database", &kept.argument];

    let listed = output(program().arg("authority").args(on));
    assert!(listed.lines().any(|line| line.starts_with("ZZ001  ")));
    let credential = output(program().arg("authority").args(on).args(["--ods", "ZZ001"]));
    let notifications = |credential: String| {
        let url = format!("{}/local-authority/ZZ001/notifications", bench.base);
        bench.client.get(url).bearer_auth(credential).send()
    };
    let first = credential.trim().to_owned();
    assert_eq!(notifications(first.clone()).await.unwrap().status(), 200);
    let alone = ["--ods", "ZZ001", "--alone"];
    let second = output(program().arg("authority").args(on).args(alone));
    assert_eq!(notifications(first).await.unwrap().status(), 401);
    let second = second.trim().to_owned();
    assert_eq!(notifications(second).await.unwrap().status(), 200);

    // Every row good: 0. One bad: 1. No file to take in: 2.
    let child = bench.people.first(Case::NothingHeld);
    let good = format!(
        "nhs number,dob,type,start,end\n{},{},LAC,2026-11-01,\n",
        child.nhs_number, child.birth_date
    );
    let partly = format!("{good}XYZ 1234,{},LAC,2026-11-01,\n", child.birth_date);
    for (name, text, status) in [
        ("good.csv", good.as_str(), 0),
        ("partly.csv", partly.as_str(), 1),
        ("corrupt.csv", "", 2),
    ] {
        std::fs::write(place(name), text).unwrap();
        let results = place(&format!("results-{name}"));
        let loaded = load(&kept, &place(name))
            .arg("--results")
            .arg(&results)
            .output()
            .unwrap();
        assert_eq!(loaded.status.code(), Some(status), "{}", said(&loaded));
        if status < 2 {
            let answers = std::fs::read_to_string(&results).unwrap();
            assert_eq!(answers.lines().count(), text.lines().count(), "{answers}");
            assert!(answers.contains("CPR06"), "{answers}");
        }
    }
    let gone = load(&kept, &place("none.csv")).output().unwrap();
    assert_eq!(gone.status.code(), Some(2), "{}", said(&gone));
    let overtaken = load(&kept, &place("good.csv")).output().unwrap();
    assert_eq!(overtaken.status.code(), Some(2), "{}", said(&overtaken));
    let elsewhere = load(&Kept::nowhere(), &place("good.csv")).output().unwrap();
    assert_eq!(elsewhere.status.code(), Some(2), "{}", said(&elsewhere));

    let user = bench.sign_in(DENTIST).await;
    bench.plans(&user, &child.nhs_number, &trace(), true).await;
    let report = place("report.csv");
    let told = output(
        program()
            .arg("report")
            .args(on)
            .args(["--ods", "ZZ001", "--date", "2026-11-22", "--out"])
            .arg(&report),
    );
    assert_eq!(told.trim(), "1 notifications");
    assert_eq!(std::fs::read_to_string(&report).unwrap().lines().count(), 2);

    let extract = place("extract");
    let period = ["--from", "2020-12-14", "--to", "2026-12-31", "--out"];
    let told = output(program().arg("extract").args(on).args(period).arg(&extract));
    let accesses = std::fs::read_to_string(extract.join("accesses.csv")).unwrap();
    let records = std::fs::read_to_string(extract.join("records.csv")).unwrap();
    let counted = format!(
        "{} records, {} accesses",
        records.lines().count() - 1,
        accesses.lines().count() - 1
    );
    assert_eq!(told.trim(), counted);
    let again = program()
        .arg("extract")
        .args(on)
        .args(period)
        .arg(&extract)
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(1), "{}", said(&again));
}

#[tokio::test]
async fn a_rehearsal_says_which_codes_are_to_come_and_they_come() {
    let kept = Kept::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rehearsal.csv");
    let expected = output(
        program()
            .args(["rehearsal", "--database", &kept.argument, "--rows", "300"])
            .args(["--bad-every", "10", "--accesses", "50", "--file"])
            .arg(&file),
    );
    let codes = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with("CPR"));
        lines
            .map(|line| {
                line.split_whitespace()
                    .take(2)
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .filter(|line| !line.ends_with(" 0"))
            .collect()
    };
    assert!(codes(&expected).len() > 4, "{expected}");
    for _ in 0..2 {
        let loaded = load(&kept, &file).output().unwrap();
        assert_eq!(loaded.status.code(), Some(1), "{}", said(&loaded));
        assert_eq!(codes(&said(&loaded)), codes(&expected));
    }
}
