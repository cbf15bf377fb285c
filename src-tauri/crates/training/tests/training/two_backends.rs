//! Two backends, each a process of its own, on one database behind one address: what one promises,
//! both keep together, whoever of a hundred clients reaches which.

#![expect(
    clippy::print_stdout,
    reason = "the counts are for whoever reads the tests"
)]

mod pair;

use crate::bench::{CLIENT, DENTIST, trace};
use crate::browser::{CALLBACK, VERIFIER, browser, request, sent_back};
use crate::kept::{back_to_schema, client, in_postgres, new_database};
use crate::keys::WorkstationKey;
use crate::postgres_server::PostgresServer;
use cpis_training::{Case, Clock, SystemClock, cards, chains_of};
use pair::{Answer, PASSCODE, Pair, answer, start_together};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::Barrier;

/// Things that may be done once, and how many clients try each at the same time.
const THINGS: usize = 25;
const TRIES: usize = 4;

/// Does everything at the same moment.
async fn at_once<T: Send + 'static>(
    doing: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let doing: Vec<_> = doing.into_iter().collect();
    let barrier = Arc::new(Barrier::new(doing.len()));
    let tasks: Vec<_> = doing
        .into_iter()
        .map(|one| {
            let barrier = Arc::clone(&barrier);
            tokio::spawn(async move {
                barrier.wait().await;
                one.await
            })
        })
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}

/// Each thing, tried by several clients at once: how often it succeeded.
fn successes(answers: &[Answer], status: StatusCode) -> Vec<usize> {
    answers
        .chunks(TRIES)
        .map(|tries| tries.iter().filter(|(s, _)| *s == status).count())
        .collect()
}

/// Prints and asserts that each thing was done exactly once.
fn once(what: &str, done: &[usize]) {
    let doubled = done.iter().filter(|n| **n > 1).count();
    let lost = done.iter().filter(|n| **n == 0).count();
    println!(
        "{what}: {} things, {} clients at once: {doubled} doubled, {lost} lost",
        done.len(),
        done.len() * TRIES
    );
    assert_eq!((doubled, lost), (0, 0), "{what}: {done:?}");
}

/// Each thing, as often as it is tried.
fn tried<T: Clone>(things: &[T]) -> impl Iterator<Item = T> {
    things
        .iter()
        .flat_map(|thing| std::iter::repeat_n(thing.clone(), TRIES))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_clients_find_every_promise_kept_by_two_backends_together() {
    let server = PostgresServer::start(&["fsync=off", "full_page_writes=off"]);
    let database = new_database(&server.addresses()).await;
    let pair = Pair::start(&database).await;
    let child = pair.people.first(Case::ChildProtection).nhs_number.clone();

    // An assertion signs in once.
    let assertions: Vec<String> = (0..THINGS).map(|_| pair.assertion()).collect();
    let signed_in = at_once(tried(&assertions).map(|a| pair.present(&a))).await;
    once("assertions", &successes(&signed_in, StatusCode::OK));
    assert!(signed_in.iter().all(|(s, _)| *s == 200 || *s == 400));
    let held: Vec<&Value> = signed_in
        .iter()
        .filter(|(s, _)| *s == StatusCode::OK)
        .map(|(_, tokens)| tokens)
        .collect();
    let token = |tokens: &Value, name: &str| tokens[name].as_str().unwrap().to_owned();

    // A look enters once, and the authority is told once.
    let access = token(held[0], "access_token");
    let traces: Vec<String> = (0..THINGS).map(|_| trace()).collect();
    let looks = tried(&traces).enumerate().map(|(number, id)| {
        let kind = ["CareTeam", "AuditEvent"][number / 2 % 2];
        answer(pair.look(&access, kind, &child, &id))
    });
    let seen = at_once(looks).await;
    assert!(seen.iter().all(|(s, _)| *s == StatusCode::OK));
    let rows = client(&database).await;
    once(
        "notifications of looks",
        &count(&rows, "notification", "trace_id", &traces).await,
    );
    once(
        "entries of looks",
        &count(&rows, "access", "trace_id", &traces).await,
    );

    // An audit record is created once, whether or not a request told of its look.
    let workstation = pair.workstation().await;
    let offline: Vec<String> = (0..THINGS).map(|_| trace()).collect();
    let puts = tried(&offline).enumerate().map(|(number, id)| {
        let body = pair.record(&id, &child);
        let put = pair.put(&workstation, &id, &body);
        let look = answer(pair.look(&access, "CareTeam", &child, &id));
        async move {
            // The request of the look comes at the same time as its record.
            match number % TRIES {
                0 => (look.await.0, put.await.0).1,
                _ => put.await.0,
            }
        }
    });
    let created: Vec<Answer> = at_once(puts)
        .await
        .into_iter()
        .map(|s| (s, Value::Null))
        .collect();
    once("audit records", &successes(&created, StatusCode::CREATED));
    assert!(created.iter().all(|(s, _)| *s == 200 || *s == 201));
    once(
        "stored audit records",
        &count(&rows, "audit_record", "id", &offline).await,
    );
    once(
        "notifications of offline looks",
        &count(&rows, "notification", "trace_id", &offline).await,
    );

    // One id with two contents: one of them stays, the other is refused.
    let disputed: Vec<String> = (0..THINGS).map(|_| trace()).collect();
    let puts = tried(&disputed).enumerate().map(|(number, id)| {
        let mut body = pair.record(&id, &child);
        if number % 2 == 0 {
            body["outcomeDesc"] = json!("other");
        }
        pair.put(&workstation, &id, &body)
    });
    let settled = at_once(puts).await;
    once("disputed ids", &successes(&settled, StatusCode::CREATED));
    let refused = settled.iter().filter(|(s, _)| *s == 409).count();
    assert_eq!(refused, 2 * THINGS);

    // A refresh token is used once; its second use ends the session.
    let refresh: Vec<String> = held.iter().map(|t| token(t, "refresh_token")).collect();
    let renewed = at_once(tried(&refresh).map(|r| pair.renew(&r))).await;
    once("refresh tokens", &successes(&renewed, StatusCode::OK));
    let ended = pair.look(&access, "CareTeam", &child, &trace());
    assert_eq!(answer(ended).await.0, StatusCode::UNAUTHORIZED);

    // An enrolment code enrols one workstation.
    let codes: Vec<String> = (0..THINGS)
        .map(|_| {
            let kept = cpis_training::StoreLocation::Postgres(database.parse().unwrap());
            (kept, SystemClock.now())
        })
        .map(|(kept, now)| cpis_training::enrolment_code_for(&kept, now).unwrap())
        .collect();
    let metadata = WorkstationKey::generate().metadata();
    let enrolled = at_once(tried(&codes).map(|code| pair.register(&code, &metadata))).await;
    once(
        "enrolment codes",
        &successes(&enrolled, StatusCode::CREATED),
    );

    let served = [0, 1].map(|n| pair.proxy.served[n].load(Ordering::Relaxed));
    println!("connections to the two backends: {served:?}");
    assert!(served[0].abs_diff(served[1]) <= 1 && served[0] > 300);
}

/// How many rows there are of each id.
async fn count(
    rows: &tokio_postgres::Client,
    table: &str,
    column: &str,
    ids: &[String],
) -> Vec<usize> {
    let sql = format!("SELECT {column} FROM {table} WHERE {column} = ANY($1)");
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows.query(&sql, &[&ids]).await.unwrap() {
        *found.entry(row.get(0)).or_default() += 1;
    }
    ids.iter()
        .map(|id| found.get(id).copied().unwrap_or_default())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_backends_that_start_together_take_an_older_schema_up_to_date_once() {
    let server = PostgresServer::start(&["fsync=off", "full_page_writes=off"]);
    let database = new_database(&server.addresses()).await;
    let pair = Pair::start(&database).await;
    let child = pair.people.first(Case::ChildProtection).nhs_number.clone();
    let workstation = pair.workstation().await;
    for _ in 0..5 {
        let id = trace();
        let body = pair.record(&id, &child);
        assert_eq!(pair.put(&workstation, &id, &body).await.0, 201);
    }
    let kept = cpis_training::StoreLocation::Postgres(database.parse().unwrap());
    let before = chains_of(&kept).unwrap();
    let rows = client(&database).await;
    let people = people(&rows).await;
    assert_eq!(people, pair.people.patients.len());
    drop(pair);

    for start in 1..=3 {
        let changes = in_postgres(&back_to_schema(1));
        rows.batch_execute(&changes).await.unwrap();
        rows.batch_execute(YESTERDAY).await.unwrap();
        let both = start_together(&database, "http://127.0.0.1:1").await;
        assert_eq!(chains_of(&kept).unwrap(), before);
        assert_eq!(self::people(&rows).await, people);
        println!("start {start}: two backends together, tables made once");
        drop(both);
    }
}

async fn people(rows: &tokio_postgres::Client) -> usize {
    let row = rows.query_one("SELECT count(*) FROM person", &[]).await;
    usize::try_from(row.unwrap().get::<_, i64>(0)).unwrap()
}

/// The people are yesterday's too.
const YESTERDAY: &str = "UPDATE schema_version SET version = 1;
    UPDATE made SET value = 'yesterday' WHERE name = 'day';";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_signs_in_in_a_browser_whichever_backend_answers() {
    let server = PostgresServer::start(&["fsync=off", "full_page_writes=off"]);
    let database = new_database(&server.addresses()).await;
    let pair = Pair::start(&database).await;
    let browser = browser();
    let card = cards(1)
        .into_iter()
        .find(|c| c.file_name.starts_with(DENTIST.card))
        .unwrap();
    let url = pair.url("/oauth2/authorize");
    // Wrong passcodes are counted over both.
    let enter = |passcode: String| {
        let mut form = request();
        form.push(("card", card.user_id.clone()));
        form.push(("passcode", passcode));
        // Each on a connection of its own, so that the proxy gives each its turn.
        self::browser().post(&url).form(&form).send()
    };
    let wrong = enter("wrong".to_owned()).await.unwrap();
    assert!(wrong.text().await.unwrap().contains("Tries left: 2."));
    let wrong = enter("wrong".to_owned()).await.unwrap();
    assert!(wrong.text().await.unwrap().contains("Tries left: 1."));
    for _ in 0..4 {
        let shown = browser.get(&url).query(&request()).send().await.unwrap();
        assert_eq!(shown.status(), StatusCode::OK);
        let entered = enter(card.passcode.clone()).await.unwrap();
        let code = sent_back(&entered)["code"].clone();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("code", code.as_str()),
        ];
        let (status, tokens) = pair.post(&form).await;
        assert_eq!(status, StatusCode::OK, "{tokens}");
        let header = jsonwebtoken::decode_header(tokens["id_token"].as_str().unwrap());
        let kid = header.unwrap().kid.unwrap();
        for _ in 0..2 {
            let (_, keys) = answer(pair.client.get(pair.url("/oauth2/jwks"))).await;
            assert_eq!(
                keys["keys"][0]["kid"],
                kid.as_str(),
                "both sign with one key"
            );
        }
    }
    println!("4 sign-ins in a browser over two backends: one key");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trainer_signs_in_once_and_sets_one_weather_for_both_backends() {
    let server = PostgresServer::start(&["fsync=off", "full_page_writes=off"]);
    let database = new_database(&server.addresses()).await;
    let pair = Pair::start(&database).await;
    let origin = format!("http://{}", pair.proxy.address);
    let trainer = || {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap()
    };
    let entered = trainer()
        .post(pair.url("/trainer"))
        .header("Origin", &origin)
        .form(&[("passcode", PASSCODE)])
        .send()
        .await
        .unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let page = pair.url("/trainer/class/default/weather");
    let mut html = String::new();
    for _ in 0..4 {
        let shown = trainer().get(&page).header("Cookie", &cookie).send();
        let shown = shown.await.unwrap();
        assert_eq!(shown.status(), StatusCode::OK, "a session of both");
        html = shown.text().await.unwrap();
    }
    let (_, rest) = html.split_once("name=\"token\" value=\"").unwrap();
    let token = rest.split('"').next().unwrap();
    let set = |weather: &'static str| {
        let form = [("token", token), ("weather", weather)];
        let sent = trainer().post(&page).header("Cookie", &cookie);
        sent.header("Origin", &origin).form(&form).send()
    };
    assert_eq!(set("offline").await.unwrap().status(), StatusCode::OK);
    let metadata = || pair.client.get(pair.url("/cpis/FHIR/R4/metadata")).send();
    let struck = async {
        // The proxy gives each its turn: two after one another are one of each.
        while metadata().await.is_ok() || metadata().await.is_ok() {}
    };
    tokio::time::timeout(Duration::from_secs(30), struck)
        .await
        .unwrap();
    assert_eq!(set("good").await.unwrap().status(), StatusCode::OK);
    let cleared = async { while metadata().await.is_err() || metadata().await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(30), cleared)
        .await
        .unwrap();
    println!("one trainer's session and one weather over two backends");
}
