//! Two backends behind one address, and a person and a workstation who use them.

use crate::audit::{record_at, written};
use crate::bench::{ASSERTION_TYPE, CLIENT, DENTIST, JWT_BEARER, cpis, trace};
use crate::keys::{TestCard, WorkstationKey, open_file};
use crate::program::Serving;
use chrono::{DateTime, FixedOffset};
use cpis_record::NhsNumber;
use cpis_training::{Clock, Population, SystemClock, cards, population, write_cards};
use reqwest::StatusCode;
use serde_json::Value;
use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::net::{TcpListener, TcpStream};

/// The trainer's, of both backends.
pub const PASSCODE: &str = "practice makes perfect";

/// Two backends behind a proxy.
pub struct Pair {
    pub proxy: Proxy,
    backends: Vec<Serving>,
    pub client: reqwest::Client,
    card: TestCard,
    pub people: Population,
    now: DateTime<FixedOffset>,
}

impl Pair {
    pub async fn start(database: &str) -> Self {
        let now = SystemClock.now();
        let proxy = Proxy::start().await;
        let backends = start_together(database, &format!("http://{}", proxy.address)).await;
        *proxy.backends.lock().unwrap() = backends.iter().map(listens_on).collect();
        // A connection for each request, so that the proxy gives each its turn.
        let client = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .build()
            .unwrap();
        Self {
            proxy,
            backends,
            client,
            card: dentists_card(now),
            people: population(1, now.date_naive()),
            now,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.proxy.address)
    }

    pub fn post(&self, form: &[(&str, &str)]) -> impl Future<Output = Answer> + use<> {
        answer(self.client.post(self.url("/oauth2/token")).form(form))
    }

    pub fn assertion(&self) -> String {
        self.card
            .assertion(&self.url("/oauth2/token"), SystemClock.now())
    }

    pub fn present(&self, assertion: &str) -> impl Future<Output = Answer> + use<> {
        let form = [
            ("grant_type", JWT_BEARER),
            ("client_id", CLIENT),
            ("assertion", assertion),
        ];
        self.post(&form)
    }

    pub fn renew(&self, refresh: &str) -> impl Future<Output = Answer> + use<> {
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", CLIENT),
            ("refresh_token", refresh),
        ];
        self.post(&form)
    }

    pub fn look(
        &self,
        token: &str,
        kind: &str,
        whom: &NhsNumber,
        id: &str,
    ) -> reqwest::RequestBuilder {
        self.client
            .get(self.url(&cpis(kind, whom)))
            .bearer_auth(token)
            .header("X-Request-ID", trace())
            .header("NHSD-Session-URID", DENTIST.role)
            .header("TraceID", id)
            .header("IsUnscheduledAccessEvent", "true")
    }

    pub fn put(&self, token: &str, id: &str, body: &Value) -> impl Future<Output = Answer> + use<> {
        answer(
            self.client
                .put(self.url(&format!("/audit/FHIR/R4/AuditEvent/{id}")))
                .bearer_auth(token)
                .header("Content-Type", "application/fhir+json")
                .body(body.to_string()),
        )
    }

    pub fn register(&self, code: &str, metadata: &Value) -> impl Future<Output = Answer> + use<> {
        answer(
            self.client
                .post(self.url("/oauth2/register"))
                .bearer_auth(code)
                .json(metadata),
        )
    }

    pub async fn workstation(&self) -> String {
        let key = WorkstationKey::generate();
        let (status, enrolled) = self.register(&self.backends[0].code, &key.metadata()).await;
        assert_eq!(status, StatusCode::CREATED, "{enrolled}");
        let assertion = key.assertion(
            enrolled["client_id"].as_str().unwrap(),
            &self.url("/oauth2/token"),
            SystemClock.now(),
        );
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion.as_str()),
        ];
        let (status, answer) = self.post(&form).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub fn record(&self, id: &str, whom: &NhsNumber) -> Value {
        written(&record_at(&self.people, self.now, id, whom))
    }
}

pub type Answer = (StatusCode, Value);

pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    (response.status(), response.json().await.unwrap_or_default())
}

fn listens_on(backend: &Serving) -> SocketAddr {
    backend.listening.unwrap()
}

/// One address for several backends: connections go to one after the other.
pub struct Proxy {
    pub address: SocketAddr,
    backends: Arc<Mutex<Vec<SocketAddr>>>,
    pub served: Arc<[AtomicUsize; 2]>,
}

impl Proxy {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let backends = Arc::new(Mutex::new(Vec::<SocketAddr>::new()));
        let served = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let (known, counted) = (Arc::clone(&backends), Arc::clone(&served));
        tokio::spawn(async move {
            let mut turn = 0;
            while let Ok((mut from, _)) = listener.accept().await {
                turn += 1;
                let to = known.lock().unwrap()[turn % 2];
                counted[turn % 2].fetch_add(1, Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut to = TcpStream::connect(to).await?;
                    tokio::io::copy_bidirectional(&mut from, &mut to).await
                });
            }
        });
        Self {
            address,
            backends,
            served,
        }
    }
}

/// Starts two backends at the same moment.
pub async fn start_together(database: &str, public_url: &str) -> Vec<Serving> {
    let start = |_| {
        let (database, url) = (database.to_owned(), public_url.to_owned());
        tokio::task::spawn_blocking(move || {
            let mut passcode = tempfile::NamedTempFile::new().unwrap();
            writeln!(passcode, "{PASSCODE}").unwrap();
            Serving::start_behind(
                &[
                    ("--database", database.as_str()),
                    ("--public-url", url.as_str()),
                    ("--trainer-passcode-file", passcode.path().to_str().unwrap()),
                ]
                .map(|(name, value)| format!("{name}={value}"))
                .each_ref()
                .map(String::as_str),
            )
        })
    };
    let mut started = Vec::new();
    for starting in [start(1), start(2)] {
        started.push(starting.await.unwrap());
    }
    started
}

fn dentists_card(now: DateTime<FixedOffset>) -> TestCard {
    let folder = tempfile::tempdir().unwrap();
    write_cards(folder.path(), 1, now).unwrap();
    let card = cards(1)
        .into_iter()
        .find(|c| c.file_name.starts_with(DENTIST.card))
        .unwrap();
    open_file(&folder.path().join(&card.file_name), &card.passcode)
}
