//! Faults on request, and an end of listening.

use crate::bench::{Bench, DENTIST, found, trace};
use cpis_training::{Case, Fault, TrainingBackend, TrainingOptions};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};

const CARE_TEAM: &str = "/cpis/FHIR/R4/CareTeam";

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    let look = || bench.look(&user, "CareTeam", &asked, &trace(), true).send();
    let faults = bench.backend.faults();
    let told = || bench.backend.notifications().unwrap().len();

    faults.set(CARE_TEAM, Some(Fault::Status(503)));
    assert_eq!(look().await.unwrap().status(), 503);

    faults.set(CARE_TEAM, Some(Fault::RetryAfter(7)));
    let response = look().await.unwrap();
    assert_eq!(
        (
            response.status().as_u16(),
            &response.headers()["retry-after"]
        ),
        (429, &"7".parse().unwrap())
    );

    faults.set(CARE_TEAM, Some(Fault::Html));
    let response = look().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );

    faults.set(CARE_TEAM, Some(Fault::Huge));
    let body = look().await.unwrap().bytes().await.unwrap();
    assert!(body.len() > 10_000_000);
    assert!(serde_json::from_slice::<serde_json::Value>(&body).is_ok());

    faults.set(CARE_TEAM, Some(Fault::CloseWithoutAnswer));
    assert!(look().await.is_err());
    assert_eq!(told(), 0, "nothing was done so far");

    faults.set(CARE_TEAM, Some(Fault::WrongContentType));
    let response = look().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain");
    assert!(response.text().await.unwrap().contains("searchset"));
    assert_eq!(told(), 1);

    faults.set(CARE_TEAM, Some(Fault::Truncate));
    let response = look().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    assert_eq!(told(), 2);

    faults.set(CARE_TEAM, Some(Fault::StoreThenClose));
    assert!(look().await.is_err());
    assert_eq!(told(), 3, "the answer was lost after the effect");

    faults.set(CARE_TEAM, Some(Fault::Delay(Duration::from_millis(20))));
    assert_eq!(look().await.unwrap().status(), 200);

    faults.set(CARE_TEAM, Some(Fault::Hang));
    let hung = bench
        .look(&user, "CareTeam", &asked, &trace(), true)
        .timeout(Duration::from_millis(50));
    assert!(hung.send().await.unwrap_err().is_timeout());
    found(bench.look(&user, "AuditEvent", &asked, &trace(), true)).await;

    faults.clear();
    assert_eq!(look().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_backend_that_does_not_listen_refuses_and_keeps_what_it_knows() {
    let bench = Bench::start().await;
    let user = bench.sign_in(DENTIST).await;
    let asked = bench.number(Case::NoAccesses);
    let look = || bench.look(&user, "CareTeam", &asked, &trace(), true);
    found(look()).await;
    assert!(bench.backend.is_listening());
    bench.backend.stop_listening().await;
    bench.backend.stop_listening().await;
    assert!(!bench.backend.is_listening());
    assert!(look().send().await.unwrap_err().is_connect());
    bench.backend.listen_again().await.unwrap();
    bench.backend.listen_again().await.unwrap();
    assert!(bench.backend.is_listening());
    assert_eq!(bench.backend.base_url(), bench.base);
    found(look()).await;
    assert_eq!(bench.backend.accesses_of(&asked).unwrap().len(), 2);
    bench.backend.release_port().await;
    assert!(look().send().await.unwrap_err().is_connect());
}

#[tokio::test]
async fn nobody_else_is_given_the_port_while_it_does_not_listen() {
    let backend = TrainingBackend::start(TrainingOptions::default());
    let backend = backend.await.unwrap();
    let address = backend.address();
    let take = || TcpSocket::new_v4()?.bind(address);
    backend.stop_listening().await;
    take().unwrap_err();
    assert!(TcpStream::connect(address).await.is_err());
    backend.release_port().await;
    take().unwrap();
}

#[tokio::test]
async fn stopping_drops_open_connections() {
    let bench = Bench::start().await;
    bench.backend.faults().set("/cpis", Some(Fault::Hang));
    let url = format!("{}/cpis/FHIR/R4/metadata", bench.base);
    let waiting = tokio::spawn(bench.client.get(url).send());
    // The request has arrived when its fault has struck; until then stopping would only refuse it.
    while bench.backend.faults().strikes() == 0 {
        tokio::task::yield_now().await;
    }
    bench.backend.stop_listening().await;
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn several_backends_live_side_by_side() {
    let (one, two) = tokio::join!(Bench::start(), Bench::start());
    assert_ne!(one.base, two.base);
    one.sign_in(DENTIST).await;
    two.sign_in(DENTIST).await;
}

#[test]
fn a_backend_may_be_moved_between_threads() {
    fn is_send_and_sync<T: Send + Sync + 'static>() {}
    is_send_and_sync::<cpis_training::TrainingBackend>();
    fn is_send<T: Send>(_: T) {}
    is_send(cpis_training::TrainingBackend::start(
        cpis_training::TrainingOptions::default(),
    ));
}
