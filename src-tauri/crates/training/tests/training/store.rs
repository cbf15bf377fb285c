//! Stores in files.

use crate::bench::{Bench, DENTIST, trace};
use crate::keys::{WorkstationKey, card};
use chrono::TimeDelta;
use cpis_training::{
    Case, Clock, StoreLocation, TrainingBackend, TrainingError, TrainingOptions, enrolment_code_for,
};
use std::path::Path;

async fn on_file(file: &Path) -> Bench {
    Bench::start_with(|o| o.store = StoreLocation::SqliteFile(file.to_owned())).await
}

#[tokio::test]
async fn what_was_recorded_outlives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("training.db");
    let first = on_file(&file).await;
    let asked = first.number(Case::NoAccesses);
    let user = first.sign_in(DENTIST).await;
    let view = trace();
    first.plans(&user, &asked, &view, true).await;
    first.backend.shutdown().await;

    let second = on_file(&file).await;
    assert_eq!(second.backend.accesses_of(&asked).unwrap().len(), 1);
    assert_eq!(second.backend.notifications().unwrap().len(), 1);
    second.plans(&user, &asked, &view, true).await;
    assert_eq!(second.backend.notifications().unwrap().len(), 1);
}

#[tokio::test]
async fn plans_keep_their_distance_from_today_when_the_backend_starts_on_another_day() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("training.db");
    let first = on_file(&file).await;
    let asked = first.number(Case::Ended364DaysAgo);
    let user = first.sign_in(DENTIST).await;
    first.plans(&user, &asked, &trace(), true).await;
    let before = first.backend.accesses_of(&asked).unwrap().len();
    first.clock.move_on(TimeDelta::days(30));
    let clock = first.clock.clone();
    first.backend.shutdown().await;

    let second = Bench::start_with(|o| {
        o.store = StoreLocation::SqliteFile(file.clone());
        o.clock = clock.clone();
    })
    .await;
    let user = {
        let assertion = card(DENTIST.card).assertion(&second.token_endpoint(), clock.now());
        let (_, tokens) = second.present(&assertion).await;
        crate::bench::SignedIn {
            access: tokens["access_token"].as_str().unwrap().to_owned(),
            refresh: String::new(),
            role: DENTIST.role,
        }
    };
    assert_eq!(
        second.plans(&user, &asked, &trace(), false).await["total"],
        1
    );
    assert_eq!(second.backend.accesses_of(&asked).unwrap().len(), before);
}

#[tokio::test]
async fn a_file_of_another_seed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("training.db");
    on_file(&file).await.backend.shutdown().await;
    let options = TrainingOptions {
        store: StoreLocation::SqliteFile(file),
        seed: 2,
        ..TrainingOptions::default()
    };
    let refused = TrainingBackend::start(options).await.err().unwrap();
    assert!(matches!(refused, TrainingError::OtherSeed { asked: 2, found } if found == "1"));
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("training.db");
    on_file(&file).await.backend.shutdown().await;
    rusqlite::Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", 99)
        .unwrap();
    let options = TrainingOptions {
        store: StoreLocation::SqliteFile(file),
        ..TrainingOptions::default()
    };
    let refused = TrainingBackend::start(options).await.err().unwrap();
    assert!(matches!(
        refused,
        TrainingError::NewerSchema { found: 99, .. }
    ));
}

#[tokio::test]
async fn another_program_may_hand_out_codes_for_a_running_backend() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("training.db");
    let bench = on_file(&file).await;
    let code = enrolment_code_for(&file, bench.clock.now()).unwrap();
    let metadata = WorkstationKey::generate().metadata();
    assert_eq!(bench.register(&code, &metadata).await.0, 201);
    let none = folder.path().join("none.db");
    let elsewhere = enrolment_code_for(&none, bench.clock.now());
    assert!(!none.exists());
    assert!(matches!(elsewhere, Err(TrainingError::Store(_))));
}

#[tokio::test]
async fn no_secret_is_kept_in_the_clear() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("training.db");
    let bench = on_file(&file).await;
    let user = bench.sign_in(DENTIST).await;
    let workstation = bench.workstation().await;
    let code = bench.backend.enrolment_code();
    bench.backend.shutdown().await;
    let mut kept = std::fs::read(&file).unwrap();
    kept.extend(std::fs::read(file.with_extension("db-wal")).unwrap_or_default());
    let kept = String::from_utf8_lossy(&kept);
    for secret in [
        user.access,
        user.refresh,
        workstation,
        code.replace('-', ""),
        code,
    ] {
        assert!(!kept.contains(&secret));
    }
}
