//! The database goes away under load and comes back, runs out of room, or is given what it cannot
//! keep: clients are told in words, and nothing is lost.

use crate::audit::{record, written};
use crate::bench::{Bench, DENTIST, SignedIn, trace};
use crate::kept::{client, new_database};
use crate::postgres_server::PostgresServer;
use cpis_record::NhsNumber;
use cpis_training::{Case, StoreLocation};
use reqwest::StatusCode;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Notify, watch};

const CLIENTS: usize = 100;
/// Audit records, and looks, that each client sends.
const EACH: usize = 5;
/// How many are answered before the server goes.
const BEFORE: usize = 100;
/// How many clients find it away before it comes back.
const AWAY: usize = 60;

const AWAY_WORDS: &str = "The training database cannot be reached; try again in a moment";

async fn on(database: &str) -> Arc<Bench> {
    let location = StoreLocation::Postgres(database.parse().unwrap());
    Arc::new(Bench::start_with(|o| o.store = location).await)
}

/// What all clients share.
struct Load {
    bench: Arc<Bench>,
    workstation: String,
    user: SignedIn,
    child: NhsNumber,
    answered: AtomicUsize,
    told_away: AtomicUsize,
    enough: Notify,
    /// Whether the server is back.
    back: watch::Receiver<bool>,
}

impl Load {
    /// Sends audit records and looks until each is answered; their ids.
    async fn send(&self) -> Vec<(String, String)> {
        let mut sent = Vec::new();
        for _ in 0..EACH {
            let (id, view) = (trace(), trace());
            let body = written(&record(&self.bench, &id, &self.child));
            self.until_answered(|| async {
                let put = self.bench.put_audit(&self.workstation, &id, &body).await;
                (put.status(), put.json().await.unwrap_or_default())
            })
            .await;
            self.until_answered(|| async {
                let look = self
                    .bench
                    .look(&self.user, "CareTeam", &self.child, &view, true);
                let response = look.send().await.unwrap();
                (response.status(), response.json().await.unwrap())
            })
            .await;
            sent.push((id, view));
        }
        sent
    }

    async fn until_answered<F: Future<Output = (StatusCode, Value)>>(&self, ask: impl Fn() -> F) {
        loop {
            let (status, body) = ask().await;
            if status.is_success() {
                self.answered.fetch_add(1, Ordering::SeqCst);
                self.enough.notify_one();
                return;
            }
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{body}");
            assert_eq!(body["issue"][0]["diagnostics"], AWAY_WORDS);
            self.told_away.fetch_add(1, Ordering::SeqCst);
            self.enough.notify_one();
            let mut back = self.back.clone();
            back.wait_for(|back| *back).await.unwrap();
        }
    }

    async fn until(&self, count: &AtomicUsize, enough: usize) {
        while count.load(Ordering::SeqCst) < enough {
            self.enough.notified().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_restarts_under_load_loses_nothing() {
    let server = PostgresServer::start(&[]);
    let database = new_database(&server.addresses()).await;
    let bench = on(&database).await;
    let (came_back, back) = watch::channel(false);
    let load = Arc::new(Load {
        workstation: bench.workstation().await,
        user: bench.sign_in(DENTIST).await,
        child: bench.number(Case::ChildProtection),
        answered: AtomicUsize::new(0),
        told_away: AtomicUsize::new(0),
        enough: Notify::new(),
        back,
        bench: Arc::clone(&bench),
    });
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let load = Arc::clone(&load);
            tokio::spawn(async move { load.send().await })
        })
        .collect();
    load.until(&load.answered, BEFORE).await;
    let server = tokio::task::spawn_blocking(move || {
        server.stop_at_once();
        server
    });
    let mut server = server.await.unwrap();
    load.until(&load.told_away, AWAY).await;

    // Whoever signs in, or has a token, is told in the words of OAuth.
    let assertion = crate::keys::card(DENTIST.card).assertion(
        &bench.token_endpoint(),
        cpis_training::Clock::now(&*bench.clock),
    );
    let (status, refused) = bench.present(&assertion).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused["error"], "temporarily_unavailable");
    assert_eq!(refused["error_description"], AWAY_WORDS);

    let server = tokio::task::spawn_blocking(move || {
        server.start_again();
        server
    });
    let _server = server.await.unwrap();
    came_back.send(true).unwrap();
    let mut sent = Vec::new();
    for one in clients {
        sent.extend(one.await.unwrap());
    }
    let (status, _) = bench.present(&assertion).await;
    assert_eq!(status, StatusCode::OK);

    let kept = bench.backend.audit_records().unwrap();
    let told = bench.backend.notifications().unwrap();
    let lost = |ids: &mut dyn Iterator<Item = &String>, kept: &dyn Fn(&str) -> usize| {
        ids.fold((0, 0), |(lost, doubled), id| match kept(id) {
            0 => (lost + 1, doubled),
            1 => (lost, doubled),
            _ => (lost, doubled + 1),
        })
    };
    let records = lost(&mut sent.iter().map(|(id, _)| id), &|id| {
        kept.iter().filter(|(k, _)| k == id).count()
    });
    let looks = lost(&mut sent.iter().map(|(_, view)| view), &|view| {
        told.iter().filter(|n| n.trace_id == view).count()
    });
    println!(
        "{CLIENTS} clients, {} audit records and {} looks, {} answers \"away\": lost and doubled \
         records {records:?}, lost and doubled notifications {looks:?}",
        sent.len(),
        sent.len(),
        load.told_away.load(Ordering::SeqCst),
    );
    assert_eq!(
        (sent.len(), records, looks),
        (CLIENTS * EACH, (0, 0), (0, 0))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_without_room_is_said_so_and_keeps_nothing_in_part() {
    let server = PostgresServer::start(&["fsync=off"]);
    let database = new_database(&server.addresses()).await;
    let bench = on(&database).await;
    let workstation = bench.workstation().await;
    let child = bench.number(Case::ChildProtection);
    // The last table that an audit record reaches refuses as a full disk does.
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
             $$ BEGIN RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'; END $$;
         CREATE TRIGGER full_disk BEFORE INSERT ON notification
             FOR EACH ROW EXECUTE FUNCTION full_disk();";
    let rows = client(&database).await;
    rows.batch_execute(full).await.unwrap();
    let id = trace();
    let body = written(&record(&bench, &id, &child));
    let before = bench.backend.accesses_of(&child).unwrap().len();
    let refused = bench.put_audit(&workstation, &id, &body).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let outcome: Value = refused.json().await.unwrap();
    assert_eq!(
        outcome["issue"][0]["diagnostics"],
        "The training database has no room left; nothing was kept of this request; try again when \
         there is room"
    );
    assert!(bench.backend.audit_records().unwrap().is_empty());
    assert_eq!(bench.backend.accesses_of(&child).unwrap().len(), before);

    rows.batch_execute("DROP TRIGGER full_disk ON notification")
        .await
        .unwrap();
    let kept = bench.put_audit(&workstation, &id, &body).await;
    assert_eq!(kept.status(), StatusCode::CREATED);
    assert_eq!(bench.backend.notifications().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_the_database_cannot_keep_is_refused_in_words() {
    let server = PostgresServer::start(&["fsync=off"]);
    let database = new_database(&server.addresses()).await;
    let bench = on(&database).await;
    let workstation = bench.workstation().await;
    let id = trace();
    let mut sent = record(&bench, &id, &bench.number(Case::NothingHeld));
    sent.workstation.id = "work\0station".to_owned();
    let refused = bench.put_audit(&workstation, &id, &written(&sent)).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let outcome: Value = refused.json().await.unwrap();
    assert_eq!(
        outcome["issue"][0]["diagnostics"],
        "A text holds the character U+0000, which cannot be kept"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_or_knows_no_such_user_is_told_apart() {
    let server = PostgresServer::start(&["fsync=off"]);
    let none = server.address("none");
    let other = server
        .address("postgres")
        .replace("user=training", "user=nobody-known");
    let nowhere = "postgres:///training?host=/nowhere&user=training".to_owned();
    for (address, words) in [
        (
            none,
            "the training database's server knows no such user, password or database",
        ),
        (
            other,
            "the training database's server knows no such user, password or database",
        ),
        (
            nowhere,
            "the training database cannot be reached; try again in a moment",
        ),
    ] {
        let options = cpis_training::TrainingOptions {
            store: StoreLocation::Postgres(address.parse().unwrap()),
            ..cpis_training::TrainingOptions::default()
        };
        let refused = cpis_training::TrainingBackend::start(options).await.err();
        assert_eq!(refused.unwrap().to_string(), words);
    }
}
