//! Real handshakes on the loopback interface.

mod servers;

use super::*;
use chrono::{DateTime, FixedOffset};
use rcgen::{CertificateParams, DnType, KeyPair, PublicKeyData, date_time_ymd};
use servers::{
    Authority, FINE, Identity, OldServer, Server, authority, below, fitting, identity, proxy,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use url::Url;

const TODAY: &str = "2026-11-23T10:00:00Z";

struct StandingClock(DateTime<FixedOffset>);

impl Clock for StandingClock {
    fn now(&self) -> DateTime<FixedOffset> {
        self.0
    }
}

fn clock(at: &str) -> Arc<dyn Clock> {
    Arc::new(StandingClock(DateTime::parse_from_rfc3339(at).unwrap()))
}

fn pin(key: &impl PublicKeyData) -> PinnedKey {
    PinnedKey(Sha256::digest(key.subject_public_key_info()).into())
}

fn get(url: Url) -> Call {
    Call {
        method: Method::Get,
        url,
        headers: vec![("Authorization", "Bearer secret".to_owned())],
        body: None,
    }
}

/// A folder with the authority's certificate in `ca.pem`.
fn trusting(authority: &Authority) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
    folder
}

/// Makes one call to a server with this identity, as a computer that trusts the authority.
async fn call(
    identity: Identity,
    trusted: &Authority,
    pins: &[PinnedKey],
    at: &str,
) -> Result<u16, NetworkFault> {
    let folder = trusting(trusted);
    let file = folder.path().join("ca.pem");
    let network = Network::new(Some(&file), pins, clock(at)).unwrap();
    let server = Server::start(identity, FINE);
    let reply = network
        .call(get(server.url()))
        .await
        .map(|reply| reply.status);
    if reply.is_err() {
        assert_eq!(server.was_asked(), None, "nothing is sent to a stranger");
    }
    reply
}

fn certificate(fault: CertificateFault) -> Result<u16, NetworkFault> {
    Err(NetworkFault::Certificate(fault))
}

#[tokio::test]
async fn a_trusted_certificate_is_spoken_to() {
    let root = authority("Root");
    assert_eq!(call(fitting(&root), &root, &[], TODAY).await, Ok(204));
}

#[tokio::test]
async fn a_certificate_out_of_its_time_is_told() {
    let root = authority("Root");
    let expired = identity(&root, "127.0.0.1", |params| {
        params.not_after = date_time_ymd(2026, 11, 22);
    });
    let early = identity(&root, "127.0.0.1", |params| {
        params.not_before = date_time_ymd(2026, 11, 24);
    });
    for (identity, fault) in [
        (expired, CertificateFault::Expired),
        (early, CertificateFault::NotYetValid),
    ] {
        let told = call(identity, &root, &[], TODAY).await;
        assert_eq!(told, certificate(fault));
    }
    // The same certificate, and a clock that is wrong.
    for (at, fault) in [
        ("2031-01-02T10:00:00Z", CertificateFault::Expired),
        ("2015-01-01T00:00:00Z", CertificateFault::NotYetValid),
    ] {
        let told = call(fitting(&root), &root, &[], at).await;
        assert_eq!(told, certificate(fault), "{at}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_told() {
    let root = authority("Root");
    let other = identity(&root, "login.wifi.example", |_| {});
    let told = call(other, &root, &[], TODAY).await;
    assert_eq!(told, certificate(CertificateFault::OtherName));
}

#[tokio::test]
async fn an_unknown_issuer_is_told() {
    let (root, stranger) = (authority("Root"), authority("Stranger"));
    let told = call(fitting(&stranger), &root, &[], TODAY).await;
    assert_eq!(told, certificate(CertificateFault::UnknownIssuer));
    // The name alone makes no issuer.
    let told = call(fitting(&authority("Root")), &root, &[], TODAY).await;
    assert_eq!(told, certificate(CertificateFault::UnknownIssuer));
}

#[tokio::test]
async fn a_pinned_key_lets_pass_and_another_does_not() {
    let root = authority("Root");
    let middle = below(&root, "Middle");
    let spare = KeyPair::generate().unwrap();
    let own = identity(&middle, "127.0.0.1", |_| {});
    let own_pin = pin(&own.key);
    assert_eq!(
        call(own, &root, &[pin(&spare), own_pin], TODAY).await,
        Ok(204)
    );
    let by_authority = [pin(middle.key())];
    assert_eq!(
        call(fitting(&middle), &root, &by_authority, TODAY).await,
        Ok(204)
    );
    let told = call(fitting(&middle), &root, &[pin(&spare)], TODAY).await;
    assert_eq!(told, certificate(CertificateFault::NotPinned));
}

#[tokio::test]
async fn a_pin_is_asked_for_besides_trust_and_not_instead() {
    let (root, stranger) = (authority("Root"), authority("Stranger"));
    let own = fitting(&stranger);
    let pins = [pin(&own.key)];
    let told = call(own, &root, &pins, TODAY).await;
    assert_eq!(told, certificate(CertificateFault::UnknownIssuer));
    // Neither trusted nor pinned: something on the way.
    let told = call(fitting(&stranger), &root, &pins, TODAY).await;
    assert_eq!(told, certificate(CertificateFault::FromProxy));
}

#[tokio::test]
async fn a_pinned_authority_that_certified_nothing_here_does_not_count() {
    let root = authority("Root");
    let pinned = below(&root, "Pinned");
    let pins = [pin(pinned.key())];
    let mut own = fitting(&below(&root, "Other"));
    own.chain.push(pinned.der().clone());
    let told = call(own, &root, &pins, TODAY).await;
    assert_eq!(
        told,
        certificate(CertificateFault::NotPinned),
        "put in by hand"
    );

    // Another key under the pinned authority's name.
    let mut own = fitting(&below(&root, "Pinned"));
    own.chain.push(pinned.der().clone());
    let told = call(own, &root, &pins, TODAY).await;
    assert_eq!(
        told,
        certificate(CertificateFault::NotPinned),
        "of the same name"
    );
}

#[tokio::test]
async fn a_pinned_authority_does_not_make_whom_it_certified_an_authority() {
    let (root, pinned) = (authority("Root"), authority("Pinned"));
    // A customer of the pinned authority is an authority by another's grace only.
    let customer = below(&root, "Customer");
    let params = {
        let mut params = CertificateParams::default();
        let name = DnType::CommonName;
        params.distinguished_name.push(name, "Customer");
        params
    };
    let as_customer = params.signed_by(customer.key(), &pinned).unwrap();
    let mut own = fitting(&customer);
    own.chain.push(as_customer.der().clone());
    own.chain.push(pinned.der().clone());
    let told = call(own, &root, &[pin(pinned.key())], TODAY).await;
    assert_eq!(told, certificate(CertificateFault::NotPinned));
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let root = authority("Root");
    let folder = trusting(&root);
    let network = Network::new(Some(&folder.path().join("ca.pem")), &[], clock(TODAY)).unwrap();
    let elsewhere = Server::start(fitting(&root), FINE);
    let plain = Server::plain(FINE);
    for target in [
        elsewhere.url().to_string(),
        format!("http://{}/", plain.address),
    ] {
        let answer = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
        );
        let server = Server::start(fitting(&root), answer.leak());
        let reply = network.call(get(server.url())).await.unwrap();
        assert_eq!(reply.status, 307);
        assert!(server.was_asked().is_some());
    }
    assert_eq!((elsewhere.was_asked(), plain.was_asked()), (None, None));
}

#[tokio::test]
async fn plain_http_goes_to_this_computer_only() {
    let network = Network::new(None, &[], clock(TODAY)).unwrap();
    let server = Server::plain(FINE);
    let here = Url::parse(&format!("http://{}/", server.address)).unwrap();
    assert_eq!(network.call(get(here)).await.unwrap().status, 204);
    assert!(server.was_asked().is_some());
    // It would arrive: this address leads to the same place.
    let unnamed = format!("http://0.0.0.0:{}/", server.address.port());
    for address in [unnamed.as_str(), "http://192.0.2.1/", "ftp://127.0.0.1/"] {
        let told = network.call(get(Url::parse(address).unwrap())).await;
        assert_eq!(told.err(), Some(NetworkFault::Unreachable), "{address}");
    }
    assert_eq!(server.was_asked(), None);
}

#[tokio::test]
async fn nothing_below_tls_1_2_is_spoken() {
    let root = authority("Root");
    let folder = trusting(&root);
    let network = Network::new(Some(&folder.path().join("ca.pem")), &[], clock(TODAY)).unwrap();
    let identity = fitting(&root);
    for (versions, wanted) in [
        (
            ["-tls1"].as_slice(),
            certificate(CertificateFault::WeakEncryption),
        ),
        (&["-tls1_1"], certificate(CertificateFault::WeakEncryption)),
        (&["-tls1_2"], Ok(200)),
        (&["-tls1_3"], Ok(200)),
    ] {
        let server = OldServer::start(folder.path(), &identity, versions)
            .expect("openssl is installed where this is tested");
        let url = Url::parse(&format!("https://127.0.0.1:{}/", server.1)).unwrap();
        let told = network.call(get(url)).await.map(|reply| reply.status);
        assert_eq!(told, wanted, "{versions:?}");
    }
}

/// Set in the process in which [`in_a_computer_with_a_proxy`] does its work.
const ROOT_OF_PROXIED: &str = "CPIS_TEST_PROXIED_ROOT";

#[tokio::test]
#[ignore = "the next test runs it in a process of its own"]
async fn in_a_computer_with_a_proxy() {
    let file = std::env::var(ROOT_OF_PROXIED).unwrap();
    let network = Network::new(Some(Path::new(&file)), &[], clock(TODAY)).unwrap();
    for (name, wanted) in [
        ("https://lookup.example/", Ok(204)),
        (
            "https://other.example/",
            certificate(CertificateFault::OtherName),
        ),
    ] {
        let told = network.call(get(Url::parse(name).unwrap())).await;
        assert_eq!(told.map(|reply| reply.status), wanted, "{name}");
    }
    let network = Network::new(None, &[], clock(TODAY)).unwrap();
    let told = network
        .call(get(Url::parse("https://lookup.example/").unwrap()))
        .await;
    let told = told.map(|reply| reply.status);
    assert_eq!(
        told,
        certificate(CertificateFault::FromProxy),
        "it reads the traffic"
    );
    let server = Server::plain(FINE);
    let here = Url::parse(&format!("http://{}/", server.address)).unwrap();
    assert_eq!(
        network.call(get(here)).await.unwrap().status,
        204,
        "goes directly"
    );
}

#[test]
fn the_systems_proxy_is_used_and_told_of() {
    let root = authority("Root");
    let folder = trusting(&root);
    let server = Server::start(identity(&root, "lookup.example", |_| {}), FINE);
    let proxy = proxy(server.address);
    // The environment of a process is its own, so the work is done in another.
    let done = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--include-ignored",
            "--exact",
            "network::tests::in_a_computer_with_a_proxy",
        ])
        .env(ROOT_OF_PROXIED, folder.path().join("ca.pem"))
        .env("HTTPS_PROXY", format!("http://{}", proxy.address))
        .env("HTTP_PROXY", format!("http://{}", proxy.address))
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
    let asked: Vec<_> = proxy.asked.iter().take(3).collect();
    assert!(
        asked[0].starts_with("CONNECT lookup.example:443"),
        "{asked:?}"
    );
    assert!(asked.iter().all(|request| !request.contains("secret")));
}
