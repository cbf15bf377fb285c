//! Stores that outlive a backend.

use crate::bench::{Bench, DENTIST, trace};
use crate::kept::Kept;
use crate::keys::{WorkstationKey, card};
use chrono::TimeDelta;
use cpis_training::{
    Case, Clock, TrainingBackend, TrainingError, TrainingOptions, enrolment_code_for,
};

#[tokio::test]
async fn what_was_recorded_outlives_a_restart() {
    let kept = Kept::new().await;
    let first = Bench::on(&kept).await;
    let asked = first.number(Case::NoAccesses);
    let user = first.sign_in(DENTIST).await;
    let view = trace();
    first.plans(&user, &asked, &view, true).await;
    first.backend.shutdown().await;

    let second = Bench::on(&kept).await;
    assert_eq!(second.backend.accesses_of(&asked).unwrap().len(), 1);
    assert_eq!(second.backend.notifications().unwrap().len(), 1);
    second.plans(&user, &asked, &view, true).await;
    assert_eq!(second.backend.notifications().unwrap().len(), 1);
}

#[tokio::test]
async fn plans_keep_their_distance_from_today_when_the_backend_starts_on_another_day() {
    let kept = Kept::new().await;
    let first = Bench::on(&kept).await;
    let asked = first.number(Case::Ended364DaysAgo);
    let user = first.sign_in(DENTIST).await;
    first.plans(&user, &asked, &trace(), true).await;
    let before = first.backend.accesses_of(&asked).unwrap().len();
    first.clock.move_on(TimeDelta::days(30));
    let clock = first.clock.clone();
    first.backend.shutdown().await;

    let second = Bench::start_with(|o| {
        o.store = kept.location.clone();
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
    let kept = Kept::new().await;
    Bench::on(&kept).await.backend.shutdown().await;
    let options = TrainingOptions {
        store: kept.location,
        seed: 2,
        ..TrainingOptions::default()
    };
    let refused = TrainingBackend::start(options).await.err().unwrap();
    assert!(matches!(refused, TrainingError::OtherSeed { asked: 2, found } if found == "1"));
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused() {
    let kept = Kept::new().await;
    Bench::on(&kept).await.backend.shutdown().await;
    kept.change_schema("", 99).await;
    let options = TrainingOptions {
        store: kept.location,
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
    let kept = Kept::new().await;
    let bench = Bench::on(&kept).await;
    let code = enrolment_code_for(&kept.location, bench.clock.now()).unwrap();
    let metadata = WorkstationKey::generate().metadata();
    assert_eq!(bench.register(&code, &metadata).await.0, 201);
    let none = Kept::nowhere();
    let elsewhere = enrolment_code_for(&none.location, bench.clock.now());
    assert_eq!(std::fs::read_dir(none.folder.path()).unwrap().count(), 0);
    assert!(matches!(
        elsewhere,
        Err(TrainingError::Store(_) | TrainingError::DatabaseDenied)
    ));
}

#[tokio::test]
async fn no_secret_is_kept_in_the_clear() {
    let kept = Kept::new().await;
    let bench = Bench::on(&kept).await;
    let user = bench.sign_in(DENTIST).await;
    let workstation = bench.workstation().await;
    let code = bench.backend.enrolment_code();
    bench.backend.shutdown().await;
    let text = kept.text().await;
    for secret in [
        user.access,
        user.refresh,
        workstation,
        code.replace('-', ""),
        code,
    ] {
        assert!(!text.contains(&secret));
    }
}
