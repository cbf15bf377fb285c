//! A service that cannot prove who it is: nothing is asked, nothing is sent, and the cause is said.

use crate::support::{Bench, DENTIST, Desk, not_checked, records};
use cpis_client::Request;
use cpis_client::shown::{ShownCause, Told};
use cpis_client::view::{
    CertificateFault, CheckedPart, ConnectionCheck, ConnectionFault, ConnectionPart,
    EnrolmentFault, PartOutcome, Place, Screen, SignInFault, View,
};
use cpis_training::{Case, TlsFiles};
use rcgen::{CertificateParams, Issuer, KeyPair};
use std::path::Path;

/// A certification authority, in a file that a policy can name.
fn authority(folder: &Path, name: &str) -> Issuer<'static, KeyPair> {
    let key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let own = authority.self_signed(&key).unwrap();
    std::fs::write(folder.join(format!("{name}-ca.pem")), own.pem()).unwrap();
    Issuer::new(authority, key)
}

/// A certificate of an authority for this computer's loopback address, valid until a day of this month.
fn certificate(folder: &Path, name: &str, issuer: &Issuer<'_, KeyPair>, until: u8) -> TlsFiles {
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    leaf.not_after = rcgen::date_time_ymd(2026, 11, until);
    let leaf = leaf.signed_by(&key, issuer).unwrap();
    let file = |what: &str| folder.join(format!("{name}-{what}.pem"));
    std::fs::write(file("certificate"), leaf.pem()).unwrap();
    std::fs::write(file("key"), key.serialize_pem()).unwrap();
    TlsFiles {
        certificate: file("certificate"),
        key: file("key"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_trusted_certificate_is_spoken_to() {
    let folder = tempfile::tempdir().unwrap();
    let files = certificate(
        folder.path(),
        "service",
        &authority(folder.path(), "service"),
        30,
    );
    let bench = Bench::with(|options| options.tls = Some(files)).await;
    assert!(bench.backend().base_url().starts_with("https://"));
    let desk = bench.live().await;
    let passcode = bench.passcode(DENTIST);
    let fault = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(
        fault,
        SignInFault::Certificate {
            fault: CertificateFault::UnknownIssuer,
            clock: bench.clock.read(),
        }
    );
    desk.stop().await;

    let file = folder.path().join("service-ca.pem");
    let trusting = format!("backend.extra_ca_file = '{}'", file.display());
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &[&trusting]);
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(records(&shown).0.len(), 1);
    desk.sent().await;

    // Somebody else answers under the service's address, with a certificate of their own.
    let issuer = authority(folder.path(), "other");
    let other = certificate(folder.path(), "other", &issuer, 30);
    bench
        .replace_backend(|options| options.tls = Some(other))
        .await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(not_checked(&shown).0, ShownCause::CertificateIssuerUnknown);
    assert_eq!(shown.told, Told::No);
    let view = desk.view();
    assert_eq!(view.to_send.waiting, 1);
    assert!(matches!(view.screen, Screen::Result { .. }));
    assert_eq!(bench.received(), 0, "no record went to a stranger");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_runs_out_is_told_with_what_the_clock_says() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = authority(folder.path(), "service");
    let good = certificate(folder.path(), "good", &issuer, 30);
    let bench = Bench::with(|options| options.tls = Some(good)).await;
    let file = folder.path().join("service-ca.pem");
    let policy = format!("backend.extra_ca_file = '{}'", file.display());
    let code = bench.backend().enrolment_code();
    bench.set_policy(Some(&code), &[&policy]);
    let desk = bench.live().await;
    desk.enrolled().await;
    desk.sign_in(DENTIST).await;

    let over = certificate(folder.path(), "over", &issuer, 21);
    bench
        .replace_backend(|options| options.tls = Some(over))
        .await;
    let shown = desk.check_first(Case::ChildProtection).await;
    assert_eq!(not_checked(&shown).0, ShownCause::CertificateExpired);
    assert_eq!(shown.checked_at, bench.clock.read().to_rfc3339());
    assert_eq!(shown.told, Told::No);
    assert_eq!(bench.received(), 0, "no record leaves either");

    desk.ask(Request::SignOut).await;
    desk.ask(Request::Go(Place::Find)).await;
    let expired = CertificateFault::Expired;
    let clock = bench.clock.read();
    let passcode = bench.passcode(DENTIST);
    let fault = desk.sign_in_fault(DENTIST, &passcode).await;
    assert_eq!(
        fault,
        SignInFault::Certificate {
            fault: expired,
            clock
        }
    );
    desk.ask(Request::Go(Place::Settings)).await;
    desk.ask(Request::Enrol {
        code: code.as_str().into(),
    })
    .await;
    let said = EnrolmentFault::Certificate {
        fault: expired,
        clock,
    };
    desk.until(|view| match &view.screen {
        Screen::Settings { settings } => settings.enrolment_fault == Some(said),
        _ => false,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_connection_check_names_who_issued_the_certificate() {
    const ISSUER: &str = "rcgen self signed cert";
    let folder = tempfile::tempdir().unwrap();
    let files = certificate(
        folder.path(),
        "service",
        &authority(folder.path(), "service"),
        30,
    );
    let bench = Bench::with(|options| options.tls = Some(files)).await;
    let certificate = async |desk: &Desk| {
        desk.ask(Request::Go(Place::Settings)).await;
        desk.ask(Request::CheckConnection).await;
        let over = |view: &View| check_of(view).is_some_and(|check| check.over);
        let check = check_of(&desk.until(over).await).unwrap().clone();
        let is_it = |checked: &&CheckedPart| checked.part == ConnectionPart::Certificate;
        let found = check.parts.iter().find(is_it).unwrap().outcome.clone();
        (found, check.parts.last().unwrap().outcome.clone())
    };
    let desk = bench.live().await;
    let fault = ConnectionFault::Certificate {
        fault: CertificateFault::UnknownIssuer,
        issuer: Some(ISSUER.to_owned()),
        clock: bench.clock.read(),
    };
    let (found, last) = certificate(&desk).await;
    assert_eq!(found, PartOutcome::Fails { fault });
    assert_eq!(last, PartOutcome::NotReached, "the cause is said once");
    desk.stop().await;

    let file = folder.path().join("service-ca.pem");
    let trusting = format!("backend.extra_ca_file = '{}'", file.display());
    bench.set_policy(Some(&bench.backend().enrolment_code()), &[&trusting]);
    let desk = bench.live().await;
    desk.enrolled().await;
    let works = |detail: Option<&str>| PartOutcome::Works {
        detail: detail.map(str::to_owned),
    };
    let (found, last) = certificate(&desk).await;
    assert_eq!((found, last), (works(Some(ISSUER)), works(None)));
}

fn check_of(view: &View) -> Option<&ConnectionCheck> {
    match &view.screen {
        Screen::Settings { settings } => settings.connection.as_ref(),
        _ => None,
    }
}
