//! `cpis-training chains`, from the shell.

use crate::chains::{Sending, hash};
use crate::kept::Kept;
use cpis_training::StoreLocation;
use reqwest::StatusCode;
use std::process::{Command, Output};

fn run_chains(database: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cpis-training"))
        .args(["chains", "--database", database])
        .output()
        .unwrap()
}

/// What the program says, after its exit code.
fn said(kept: &Kept, code: i32) -> String {
    let output = run_chains(&kept.argument);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{complaint}");
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn the_program_tells_of_each_workstation_in_a_line_and_by_its_exit_code() {
    let kept = Kept::new().await;
    let sending = Sending::on(&kept).await;
    assert_eq!(said(&kept, 0), "");
    sending.put_places("ws-1", 1..=3).await;
    let whole = "ws-1: 3 records up to number 3; no gaps; no forks\n";
    assert_eq!(said(&kept, 0), whole);

    sending.put_places("ws-2", [1, 3, 4, 8]).await;
    let gaps =
        "ws-2: 4 records up to number 8; 2 gaps: 2 is missing, 5 to 7 are missing; no forks\n";
    assert_eq!(said(&kept, 1), format!("{whole}{gaps}"));

    let records = [
        sending.link("ws-3\nws-9: fine", 1, &hash(7), &hash(1)),
        sending.link("ws-3\nws-9: fine", 2, &hash(7), &hash(2)),
        sending.link("ws-3\nws-9: fine", 2, &hash(1), &hash(22)),
        sending.link("ws-3\nws-9: fine", 0, "", &hash(3)),
    ];
    for record in records {
        assert_eq!(sending.put(&record).await, StatusCode::CREATED);
    }
    let forks = "ws-3\\nws-9: fine: 4 records up to number 2; no gaps; 3 forks: 1 does not begin the \
                 chain, 2 records are number 2, 2 does not follow 1; 1 record without a place\n";
    assert_eq!(said(&kept, 1), format!("{whole}{gaps}{forks}"));
    // The same when no backend runs; and nothing is left beside the file.
    sending.put_places("ws-4", (1..=12).map(|n| 2 * n)).await;
    let Sending { bench, .. } = sending;
    bench.backend.shutdown().await;
    let all = said(&kept, 1);
    let more = all.strip_prefix(&format!("{whole}{gaps}{forks}")).unwrap();
    assert!(more.starts_with("ws-4: 12 records up to number 24; 12 gaps: 1 is missing, "));
    assert!(more.ends_with(", 19 is missing and 2 more; no forks\n"));
    let files = usize::from(matches!(kept.location, StoreLocation::SqliteFile(_)));
    assert_eq!(
        std::fs::read_dir(kept.folder.path()).unwrap().count(),
        files
    );
}

#[test]
fn a_store_that_cannot_be_read_has_an_exit_code_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let none = folder.path().join("none.db");
    let other = folder.path().join("other.db");
    std::fs::write(
        &other,
        "not a database, and long enough to be taken for one".repeat(20),
    )
    .unwrap();
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    for (file, why) in [
        (&none, "unable to open"),
        (&other, "not a database"),
        (&empty, "has schema 0"),
    ] {
        let output = run_chains(&format!("sqlite:{}", file.display()));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{complaint}");
        assert!(complaint.contains(why), "{complaint}");
        assert!(output.stdout.is_empty());
    }
    assert!(!none.exists());
}
