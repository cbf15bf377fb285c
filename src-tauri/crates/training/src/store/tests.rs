//! The part of a store that serves local authorities, asked of SQLite and of PostgreSQL.

use super::*;
use crate::local_authority::{Change, FileResult, SubmittedRecord, Submitter};
use crate::population::{Case, population};
use cpis_record::PlanKind;
use postgres_server::PostgresServer;
use std::sync::Arc;

/// The one module of the tests beside the crate; its other half is not needed here.
mod kept {
    pub(crate) fn address(addresses: &str, database: &str) -> String {
        addresses.replacen("DATABASE", database, 1)
    }
}

#[path = "../../tests/training/postgres_server.rs"]
#[expect(
    clippy::unwrap_used,
    dead_code,
    reason = "what a test needs and does not get ends the test; some of it other tests need"
)]
mod postgres_server;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).expect("a day")
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T09:30:00+00:00").expect("a time")
}

fn postgres(server: &PostgresServer) -> PostgresStore {
    let address = server.address("postgres").parse().expect("an address");
    PostgresStore::at(&address).expect("a store")
}

fn submitter() -> Submitter {
    Submitter {
        code: "999".parse().expect("a code"),
        name: Some("Practice Council".to_owned()),
        office_hours: None,
        emergency_duty: None,
    }
}

fn record(person: &Person, end: Option<NaiveDate>) -> SubmittedRecord {
    SubmittedRecord {
        nhs_number: person.nhs_number.clone(),
        birth_date: person.birth_date,
        kind: PlanKind::LookedAfter,
        start: person.birth_date + Days::new(100),
        end,
        office_hours: None,
        emergency_duty: None,
    }
}

#[derive(Default)]
struct Taken {
    counts: (u64, u64),
    plans: Vec<String>,
    accesses: Vec<String>,
}

impl ExtractTaker for Taken {
    fn counts(&mut self, records: u64, accesses: u64) -> Outcome<()> {
        self.counts = (records, accesses);
        Ok(())
    }

    fn record(&mut self, record: ExtractedRecord) -> Outcome<()> {
        self.plans.push(format!(
            "{} {:?} {:?} {:?}",
            record.nhs_number.digits(),
            record.birth_date,
            record.plan.start,
            record.plan.end
        ));
        Ok(())
    }

    fn access(&mut self, access: StoredAccess) -> Outcome<()> {
        self.accesses
            .push(format!("{} {}", access.id, access.access.at));
        Ok(())
    }
}

/// Everything an authority and an extract ask; what they are told, to be compared.
fn story(store: &dyn Store) -> Vec<String> {
    let mut told = Vec::new();
    let world = population(1, today());
    store.prepare(1, today(), &world).expect("an empty store");
    let number = &world.first(Case::NothingHeld).nhs_number;
    let child = store.person(number).expect("asked").expect("a person");
    let code = submitter().code;
    for (secret, alone) in [("one", false), ("two", false), ("three", true)] {
        store
            .add_authority_credential(&Hash::of(secret), &code, alone, now())
            .expect("kept");
    }
    for secret in ["one", "two", "three"] {
        let holder = store.authority_of(&Hash::of(secret)).expect("asked");
        told.push(format!("{secret}: {}", holder.is_some()));
    }
    for (sequence, sha256) in [
        (None, "a"),
        (None, "a"),
        (Some(7), "b"),
        (Some(2), "b"),
        (None, "a"),
    ] {
        let file = NewFile {
            authority: &code,
            sequence,
            sha256,
            received: now(),
        };
        told.push(format!("{:?}", store.begin_file(&file).expect("asked")));
    }
    store
        .end_file(&code, 2, FileResult::ALL[0])
        .expect("a file that was begun");
    let stranger = Person {
        birth_date: today(),
        ..child.clone()
    };
    let rows = [
        record(&child, None),
        record(&stranger, None),
        record(&child, None),
        record(&child, Some(today())),
    ];
    let answers = store.load_records(&submitter(), &rows, now());
    told.extend(answers.expect("judged").iter().map(|a| format!("{a:?}")));
    let look = Look {
        trace_id: "view".to_owned(),
        nhs_number: number.clone(),
        unscheduled: true,
        access: access("0196f5a0-0000-7000-8000-000000000001").access,
    };
    store.look_at_plans(&look).expect("noted");
    for (received, after) in [
        (Received::AtAnyTime, 0),
        (Received::Since(now() - chrono::TimeDelta::days(400)), 0),
        (Received::Since(now()), 0),
        (Received::On(look.access.at.date_naive()), 0),
        (Received::AtAnyTime, i64::MAX - 1),
    ] {
        let page = store
            .authority_notifications(&PageAsked {
                authority: &code,
                received,
                after,
                limit: 1,
            })
            .expect("asked");
        told.push(format!(
            "{} {} {}",
            page.total,
            page.entries.len(),
            page.next.is_some()
        ));
    }
    told.extend(notes(
        store,
        number,
        &world.first(Case::Ended366DaysAgo).nhs_number,
    ));
    let visitor = Person {
        nhs_number: NhsNumber::received("9990999992").unwrap_or_else(|_| number.clone()),
        ..child.clone()
    };
    store
        .add_people(&[visitor.clone(), child.clone()])
        .expect("added");
    let accesses: Vec<_> = (2..5)
        .map(|n| {
            (
                number.clone(),
                access(&format!("0196f5a0-0000-7000-8000-00000000000{n}")),
            )
        })
        .collect();
    store.add_accesses(&accesses).expect("added");
    // The day after, what was submitted and added is still there.
    let tomorrow = today() + Days::new(1);
    store
        .prepare(1, tomorrow, &population(1, tomorrow))
        .expect("the same store");
    let mut taken = Taken::default();
    let period = Period {
        from: today() - Days::new(40),
        to: tomorrow,
    };
    store.extract(period, &mut taken).expect("handed over");
    assert_eq!(taken.counts.0, taken.plans.len() as u64);
    assert_eq!(taken.counts.1, taken.accesses.len() as u64);
    taken.plans.sort();
    taken.accesses.retain(|text| text.starts_with("0196f5a0"));
    taken.accesses.sort();
    told.extend(taken.plans);
    told.extend(taken.accesses);
    // A child's record is shown until the day before they are 18.
    let child = world.first(Case::NoEndDate);
    let birthday = child.birth_date + chrono::Months::new(18 * 12);
    for day in [birthday - Days::new(1), birthday] {
        let shown = store.plans(&child.nhs_number, day).expect("asked");
        told.push(format!(
            "shown to somebody who is 18 tomorrow or today: {}",
            shown.len()
        ));
    }
    let flags = store.other_flags(&world.first(Case::OtherFlags).nhs_number);
    let flags = flags.expect("asked").into_iter();
    told.extend(flags.map(|f| format!("{} {:?} {}", f.id, f.flag.start, f.flag.active)));
    told.push(format!("{:?}", store.periods_to_share().map(|p| p.len())));
    told
}

/// Notes about a child of whom this authority has a record, and about one of whom none has.
fn notes(store: &dyn Store, child: &NhsNumber, other: &NhsNumber) -> Vec<String> {
    let code = submitter().code;
    let stranger = "ZZ998".parse().expect("a code");
    let body = |words: &str| serde_json::json!({ "resourceType": "Communication", "id": words });
    let mut told = Vec::new();
    for (id, words, about, recipient) in [
        ("a", "one", child, Some(&code)),
        ("a", "one", child, Some(&code)),
        ("a", "two", child, Some(&code)),
        ("b", "two", child, None),
        ("c", "three", child, Some(&stranger)),
        ("d", "four", other, None),
    ] {
        let created = store.create_note(&NewNote {
            id,
            body: &body(words),
            workstation: "w",
            received: now(),
            nhs_number: about,
            recipient,
            kind: "wrong",
            sent: now(),
        });
        told.push(format!("{id} {words}: {:?}", created.expect("judged")));
    }
    for (received, after) in [
        (Received::AtAnyTime, 0),
        (Received::Since(now()), 0),
        (Received::Since(now() + chrono::TimeDelta::seconds(1)), 0),
        (Received::On(today()), 0),
        (Received::AtAnyTime, i64::MAX - 1),
    ] {
        let page = store.notes(&PageAsked {
            authority: &code,
            received,
            after,
            limit: 1,
        });
        let page = page.expect("asked");
        let bodies: Vec<_> = page
            .entries
            .iter()
            .map(|note| note.body.to_string())
            .collect();
        told.push(format!("{} {bodies:?} {}", page.total, page.next.is_some()));
    }
    told
}

fn access(id: &str) -> StoredAccess {
    StoredAccess {
        id: id.to_owned(),
        access: TrainingAccess {
            at: now() - chrono::TimeDelta::days(30),
            viewer: "Dr Practice".to_owned(),
            role_profile: "1".to_owned(),
            role_code: "R8000".to_owned(),
            role_name: "Role".to_owned(),
            organisation: "RCU".parse().expect("a code"),
            organisation_name: "Trust".to_owned(),
        },
    }
}

#[test]
fn authorities_and_extracts_are_told_the_same_by_both_stores() {
    let sqlite = story(&SqliteStore::in_memory().expect("a store in memory"));
    assert!(sqlite.len() > 30, "{sqlite:?}");
    for wanted in [
        "a one: Some(Created)",
        "a one: Some(SameContent)",
        "a two: Some(OtherContent)",
        "b two: Some(Created)",
        "c three: None",
        "d four: None",
    ] {
        assert!(
            sqlite.iter().any(|told| told == wanted),
            "{wanted}: {sqlite:?}"
        );
    }
    let server = PostgresServer::start(&["fsync=off"]);
    assert_eq!(story(&postgres(&server)), sqlite);
}

#[test]
fn a_file_that_two_backends_load_at_once_is_loaded_once() {
    let server = PostgresServer::start(&["fsync=off"]);
    let stores = [0, 1].map(|_| Arc::new(postgres(&server)));
    let world = population(1, today());
    stores[0].prepare(1, today(), &world).expect("a store");
    let numbers = world.patients.iter().map(|p| &p.nhs_number);
    let mut rows: Vec<SubmittedRecord> = numbers
        .filter_map(|n| stores[0].person(n).expect("asked"))
        .map(|person| record(&person, None))
        .collect();
    let mut loading = Vec::new();
    for store in stores.iter().cycle().take(8) {
        // Each in another order: whoever locks people one by one would block another.
        rows.rotate_left(17);
        let (store, rows) = (Arc::clone(store), rows.clone());
        loading.push(std::thread::spawn(move || {
            store.load_records(&submitter(), &rows, now())
        }));
    }
    let mut new = 0;
    let mut again = 0;
    for one in loading {
        for answer in one.join().expect("no panic").expect("judged") {
            new += usize::from(answer.change == Some(Change::New));
            again += usize::from(answer.change == Some(Change::Unchanged));
        }
    }
    let mut taken = Taken::default();
    let period = Period {
        from: today() - Days::new(20_000),
        to: today(),
    };
    stores[1].extract(period, &mut taken).expect("handed over");
    let distinct: std::collections::HashSet<_> = taken.plans.iter().collect();
    assert!(new > 50 && again == 7 * new, "{new} {again}");
    assert_eq!(distinct.len(), taken.plans.len());
}

/// As the program loads a file of 100,000 rows: the transactions follow one another in one task.
#[tokio::test]
async fn a_task_asks_as_often_as_it_likes_without_a_pause() {
    let server = PostgresServer::start(&[]);
    let store = postgres(&server);
    let people = population(7, today());
    store.prepare(7, today(), &people).expect("tables");
    let number = &people.patients[0].nhs_number;
    let found = (0..1_000).filter(|_| store.person(number).expect("an answer").is_some());
    assert_eq!(found.count(), 1_000);
}
