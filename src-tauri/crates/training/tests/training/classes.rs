//! Classes: each is a backend of its own under its code, and nothing crosses.

#![expect(
    clippy::print_stdout,
    reason = "the counts are for whoever reads the tests"
)]

use crate::audit::{record_at, written};
use crate::bench::{ASSERTION_TYPE, Bench, CLIENT, DENTIST, JWT_BEARER, cpis, trace};
use crate::kept::Kept;
use crate::keys::{WorkstationKey, card};
use cpis_training::{Case, Clock, add_class, classes_of, end_class};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const CLASSES: usize = 3;
const CLIENTS: usize = 30;
/// Looks of one client.
const LOOKS: usize = 3;

/// A simulated program that has joined a class.
struct Joined {
    bench: Arc<Bench>,
    base: String,
    /// Everybody's: making one takes long, and each class enrols it anew.
    key: Arc<WorkstationKey>,
}

impl Joined {
    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let url = format!("{}{path}", self.base);
        let sent = self.bench.client.post(url).form(form).send().await.unwrap();
        assert_eq!(sent.status(), StatusCode::OK);
        sent.json().await.unwrap()
    }

    /// Joins, enrols, signs in, looks; the traces of its looks.
    async fn take_part(self, number: usize) -> Vec<String> {
        let client = &self.bench.client;
        let join = client.post(format!("{}/join", self.base));
        let joined = join.json(&json!({ "name": format!("Trainee {number}") }));
        let joined: Value = joined.send().await.unwrap().json().await.unwrap();
        assert_eq!(joined["seed"], 1);
        let key = &self.key;
        let enrolled: Value = client
            .post(format!("{}/oauth2/register", self.base))
            .bearer_auth(joined["enrolmentCode"].as_str().unwrap())
            .json(&key.metadata())
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let endpoint = format!("{}/oauth2/token", self.base);
        let now = self.bench.clock.now();
        let assertion = key.assertion(enrolled["client_id"].as_str().unwrap(), &endpoint, now);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", &assertion),
        ];
        let workstation = self.post("/oauth2/token", &form).await;
        let assertion = card(DENTIST.card).assertion(&endpoint, now);
        let form = [
            ("grant_type", JWT_BEARER),
            ("client_id", CLIENT),
            ("assertion", &assertion),
        ];
        let user = self.post("/oauth2/token", &form).await;
        let child = self.bench.number(Case::ChildProtection);
        let mut traces = Vec::new();
        for _ in 0..LOOKS {
            let id = trace();
            let look = client
                .get(format!("{}{}", self.base, cpis("CareTeam", &child)))
                .bearer_auth(user["access_token"].as_str().unwrap())
                .header("X-Request-ID", trace())
                .header("NHSD-Session-URID", DENTIST.role)
                .header("TraceID", &id)
                .header("IsUnscheduledAccessEvent", "true");
            assert_eq!(look.send().await.unwrap().status(), StatusCode::OK);
            let body = written(&record_at(&self.bench.people, now, &id, &child));
            let put = client
                .put(format!("{}/audit/FHIR/R4/AuditEvent/{id}", self.base))
                .bearer_auth(workstation["access_token"].as_str().unwrap())
                .header("Content-Type", "application/fhir+json")
                .body(body.to_string());
            assert_eq!(put.send().await.unwrap().status(), StatusCode::CREATED);
            traces.push(id);
        }
        traces
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_clients_in_three_classes_never_cross() {
    // A file or a database; and, on SQLite, in memory too.
    let kept = Kept::new().await;
    cross(Arc::new(Bench::on(&kept).await)).await;
    cross(Arc::new(Bench::start().await)).await;
}

async fn cross(bench: Arc<Bench>) {
    let key = Arc::new(WorkstationKey::generate());
    let codes: Vec<String> = (0..CLASSES)
        .map(|number| bench.backend.add_class(&format!("Class {number}")).unwrap())
        .collect();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let class = number % CLASSES;
            let joined = Joined {
                base: format!("{}/class/{}", bench.base, codes[class]),
                bench: Arc::clone(&bench),
                key: Arc::clone(&key),
            };
            tokio::spawn(async move { (class, joined.take_part(number).await) })
        })
        .collect();
    let mut looked: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for task in tasks {
        let (class, traces) = task.await.unwrap();
        looked.entry(class).or_default().extend(traces);
    }
    let mut crossings = 0;
    for (class, code) in codes.iter().enumerate() {
        let own = &looked[&class];
        let audit = bench.backend.audit_records_of_class(code).await.unwrap();
        let inbox = bench.backend.notifications_of_class(code).await.unwrap();
        let audit: BTreeSet<String> = audit.into_iter().map(|(id, _)| id).collect();
        let inbox: BTreeSet<String> = inbox.into_iter().map(|n| n.trace_id).collect();
        crossings += audit.symmetric_difference(own).count();
        crossings += inbox.symmetric_difference(own).count();
    }
    crossings += bench.backend.audit_records().unwrap().len();
    crossings += bench.backend.notifications().unwrap().len();
    println!("{CLIENTS} clients, {CLASSES} classes: {crossings} crossings");
    assert_eq!(crossings, 0);
    assert_eq!(
        looked.values().map(BTreeSet::len).sum::<usize>(),
        CLIENTS * LOOKS
    );
}

#[tokio::test]
async fn a_credential_of_one_class_holds_in_no_other() {
    let bench = Bench::start().await;
    let codes = [(); 2].map(|()| bench.backend.add_class("Class").unwrap());
    let url = |code: &str, path: &str| format!("{}/class/{code}{path}", bench.base);
    let endpoint = url(&codes[0], "/oauth2/token");
    let assertion = card(DENTIST.card).assertion(&endpoint, bench.clock.now());
    let form = [
        ("grant_type", JWT_BEARER),
        ("client_id", CLIENT),
        ("assertion", &*assertion),
    ];
    let other = bench
        .client
        .post(url(&codes[1], "/oauth2/token"))
        .form(&form);
    assert_eq!(
        other.send().await.unwrap().status(),
        StatusCode::BAD_REQUEST
    );
    let own = bench
        .client
        .post(endpoint)
        .form(&form)
        .send()
        .await
        .unwrap();
    let tokens: Value = own.json().await.unwrap();
    let userinfo = |code: &str| {
        let token = tokens["access_token"].as_str().unwrap();
        bench
            .client
            .get(url(code, "/oauth2/userinfo"))
            .bearer_auth(token)
    };
    assert_eq!(userinfo(&codes[0]).send().await.unwrap().status(), 200);
    assert_eq!(userinfo(&codes[1]).send().await.unwrap().status(), 401);
    let root = format!("{}/oauth2/userinfo", bench.base);
    let root = bench
        .client
        .get(root)
        .bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(root.send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn an_unknown_code_is_refused_and_cannot_be_searched_for() {
    let bench = Bench::start().await;
    let mut refused = BTreeMap::new();
    for number in 0..50 {
        let url = format!("{}/class/AAAA-{number:04}/join", bench.base);
        let sent = bench.client.post(url).json(&json!({ "name": "Trainee" }));
        *refused
            .entry(sent.send().await.unwrap().status().as_u16())
            .or_insert(0) += 1;
    }
    assert_eq!(refused, BTreeMap::from([(404, 20), (429, 30)]));
}

#[tokio::test]
async fn a_class_is_added_listed_and_ended_beside_a_running_backend() {
    let kept = Kept::new().await;
    let bench = Bench::on(&kept).await;
    let code = add_class(&kept.location, "Tuesday", bench.clock.now()).unwrap();
    assert_eq!(
        classes_of(&kept.location).unwrap(),
        [(code.clone(), "Tuesday".to_owned())]
    );
    let lower = code.to_lowercase().replace('-', "");
    let metadata = format!("{}/class/{lower}/cpis/FHIR/R4/metadata", bench.base);
    let read = || bench.client.get(&metadata).send();
    let statement: Value = read().await.unwrap().json().await.unwrap();
    assert_eq!(statement["software"]["name"], "cpis-training");
    assert_eq!(statement["extension"][0]["valueBoolean"], true);
    end_class(&kept.location, &code, bench.clock.now()).unwrap();
    assert_eq!(read().await.unwrap().status(), StatusCode::NOT_FOUND);
    end_class(&kept.location, &code, bench.clock.now()).unwrap_err();
}
