//! The trail from begin to delivery, on a real folder.

use crate::support::*;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cpis_audit::{
    Answer, AuditError, AuditTrail, EntryAnswer, EntryState, Look, Sealed, Sender, WaitReason,
};
use cpis_record::Mode;
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;

fn rows(folder: &Path) -> Vec<(String, String, Vec<u8>)> {
    let connection = Connection::open(folder.join("audit.sqlite")).unwrap();
    connection
        .prepare(
            "SELECT id, state, coalesce(look, sealed)
             FROM record LEFT JOIN body ON body.record = number ORDER BY number",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

async fn see(trail: &AuditTrail, number: u128) {
    let attempt = trail.begin(look(number)).await.unwrap();
    let sealed = Sealed::new(&attempt, Fetched("a plan"));
    let receipt = trail.conclude(attempt, &sealed).await.unwrap();
    assert_eq!(
        receipt.open(sealed).unwrap().into_value(),
        Fetched("a plan")
    );
}

fn sender(trail: &AuditTrail, backend: &Arc<Backend>) -> Sender {
    Sender::new(trail.clone(), backend.clone(), Arc::new(Fixed))
}

/// Sends until there is nothing to do. Returns whether anything was.
async fn send_due(trail: &AuditTrail, backend: &Arc<Backend>) -> bool {
    let sender = sender(trail, backend);
    let mut any = false;
    while sender.step().await.unwrap().is_none() {
        any = true;
    }
    any
}

#[tokio::test]
async fn a_look_is_on_the_disk_before_it_is_made_and_again_before_it_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    let attempt = trail.begin(look(1)).await.unwrap();
    let begun = rows(folder.path());
    assert_eq!(
        (begun[0].0.as_str(), begun[0].1.as_str()),
        (&*id(1).to_string(), "attempted")
    );

    let sealed = Sealed::new(&attempt, Fetched("a plan"));
    let receipt = trail.conclude(attempt, &sealed).await.unwrap();
    assert_eq!(
        rows(folder.path())[0].1,
        "waiting",
        "committed before the receipt exists"
    );
    receipt.open(sealed).unwrap();
}

#[tokio::test]
async fn nothing_that_identifies_a_person_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    let _attempt = trail.begin(look(1)).await.unwrap();
    see(&trail, 2).await;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for secret in [NUMBER, "Dr Example", "910000000001"] {
            assert!(
                !bytes.windows(secret.len()).any(|w| w == secret.as_bytes()),
                "{secret}"
            );
        }
    }
}

#[tokio::test]
async fn a_search_is_on_record_with_what_was_asked_and_nobody_is_named_as_found() {
    let folder = tempfile::tempdir().unwrap();
    let question =
        "GET personal-demographics/FHIR/R4/Patient?family=Example&birthdate=eq2018-08-06\n";
    let search = |number| Look {
        person: None,
        mode: Mode::Scheduled,
        request: question.to_owned(),
        ..look(number)
    };
    let trail = open(folder.path());
    let attempt = trail.begin(search(1)).await.unwrap();
    let sealed = Sealed::new(&attempt, Fetched("somebody"));
    let receipt = trail.conclude(attempt, &sealed).await.unwrap();
    receipt.open(sealed).unwrap();
    // This one is cut short.
    let _attempt = trail.begin(search(2)).await.unwrap();
    trail.close().await;

    let (trail, opening) = AuditTrail::open(options(folder.path(), 100), Arc::new(Fixed)).unwrap();
    assert_eq!(opening.concluded, 1);
    let backend = Backend::answering(Vec::new());
    assert!(send_due(&trail, &backend).await);
    let facts: Vec<_> = backend
        .bodies()
        .iter()
        .map(|body| cpis_fhir::read_audit_event(body.to_string().as_bytes()).unwrap())
        .collect();
    let outcomes: Vec<_> = facts
        .iter()
        .map(|f| (f.outcome, f.person.is_none()))
        .collect();
    assert_eq!(outcomes, [(0, true), (8, true)]);
    for body in backend.bodies() {
        let entities = body["entity"].as_array().unwrap();
        let query = entities.iter().find_map(|e| e["query"].as_str()).unwrap();
        assert_eq!(BASE64_STANDARD.decode(query).unwrap(), question.as_bytes());
    }
    for (_, bytes) in contents(folder.path()) {
        assert!(
            !bytes.windows(7).any(|w| w == b"Example"),
            "sealed on the disk"
        );
    }
}

#[tokio::test]
async fn a_look_cut_short_is_concluded_as_attempted_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    let _attempt = trail.begin(look(1)).await.unwrap();
    trail.close().await;

    let (trail, opening) = AuditTrail::open(options(folder.path(), 100), Arc::new(Fixed)).unwrap();
    assert_eq!(opening.concluded, 1);
    let backend = Backend::answering(Vec::new());
    assert!(send_due(&trail, &backend).await);
    let body = &backend.bodies()[0];
    assert_eq!(
        body["outcome"], "8",
        "attempted, and we cannot tell that it was shown"
    );
    assert_eq!(body["id"], id(1).to_string());
}

#[tokio::test]
async fn records_are_delivered_once_in_a_chain_and_kept_with_their_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    for number in 1..=3 {
        see(&trail, number).await;
    }
    let backend = Backend::answering(Vec::new());
    let sending = tokio::spawn(sender(&trail, &backend).run());
    until(&trail, |counts| counts.sent == 3).await;
    sending.abort();

    let facts: Vec<_> = backend
        .received
        .lock()
        .unwrap()
        .iter()
        .flatten()
        .map(|record| cpis_fhir::read_audit_event(record.body.as_bytes()).unwrap())
        .collect();
    assert_eq!(facts.len(), 3, "each once");
    let chain: Vec<_> = facts.into_iter().map(|f| f.chain.unwrap()).collect();
    assert_eq!(
        chain.iter().map(|c| c.sequence).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    assert_eq!(chain[0].previous, "0".repeat(64));
    assert_eq!(chain[1].previous, *chain[0].own.as_ref().unwrap());
    assert_eq!(chain[2].previous, *chain[1].own.as_ref().unwrap());
    assert_eq!(rows(folder.path()).len(), 3, "sent rows stay");
}

#[tokio::test]
async fn a_refused_record_needs_attention_and_delays_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    for number in 1..=3 {
        see(&trail, number).await;
    }
    let refused = EntryAnswer {
        status: 422,
        location: None,
    };
    let backend = Backend::answering(vec![
        Answer::Refused {
            status: 413,
            retry_after: None,
        },
        Answer::Entries(vec![receipt(&id(1).to_string())]),
        Answer::Entries(vec![refused]),
    ]);
    send_due(&trail, &backend).await;
    let entries = trail.entries(10, 10).await.unwrap();
    let states: Vec<_> = entries
        .iter()
        .map(|e| (e.id.clone(), e.state, e.reason))
        .collect();
    assert_eq!(
        states,
        [
            (
                id(2).to_string(),
                EntryState::NeedsAttention,
                Some(WaitReason::Refused)
            ),
            (id(3).to_string(), EntryState::Sent, None),
            (id(1).to_string(), EntryState::Sent, None),
        ]
    );
    let counts = trail.counts().await.unwrap();
    assert_eq!(
        (counts.sent, counts.needs_attention, counts.waiting),
        (2, 1, 0)
    );

    trail.try_again(&id(2).to_string()).await.unwrap();
    send_due(&trail, &backend).await;
    assert_eq!(trail.counts().await.unwrap().sent, 3);
    assert!(matches!(
        trail.try_again("other").await,
        Err(AuditError::WrongState)
    ));
}

#[tokio::test]
async fn what_could_not_be_sent_waits_until_its_time_or_until_asked() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    see(&trail, 1).await;
    let backend = Backend::answering(vec![Answer::Unreachable]);
    assert!(send_due(&trail, &backend).await);
    assert!(!send_due(&trail, &backend).await, "not due yet");
    let entry = trail.entries(10, 0).await.unwrap().remove(0);
    assert_eq!((entry.state, entry.tries), (EntryState::Waiting, 1));
    assert_eq!(entry.reason, Some(WaitReason::Unreachable));
    assert_eq!(entry.next_try, Some(now() + chrono::Duration::seconds(2)));

    trail.send_now().await.unwrap();
    assert!(send_due(&trail, &backend).await);
    assert_eq!(trail.counts().await.unwrap().sent, 1);
}

#[tokio::test]
async fn a_record_in_flight_at_a_crash_is_sent_again_with_the_same_body() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    see(&trail, 1).await;
    let lost = Backend::answering(vec![Answer::Unreachable]);
    send_due(&trail, &lost).await;
    let connection = Connection::open(folder.path().join("audit.sqlite")).unwrap();
    connection
        .execute(
            "UPDATE record SET state = 'sending', next_try = 0, lease_until = 9e15",
            [],
        )
        .unwrap();
    drop(connection);
    trail.close().await;

    let trail = open(folder.path());
    let backend = Backend::answering(Vec::new());
    send_due(&trail, &backend).await;
    assert_eq!(backend.bodies(), lost.bodies());
}

#[tokio::test]
async fn a_row_moved_to_another_place_is_set_aside_and_the_others_leave() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    see(&trail, 1).await;
    see(&trail, 2).await;
    let connection = Connection::open(folder.path().join("audit.sqlite")).unwrap();
    connection
        .execute(
            "UPDATE body SET sealed = (SELECT sealed FROM body WHERE record = 1) WHERE record = 2",
            [],
        )
        .unwrap();
    let backend = Backend::answering(Vec::new());
    send_due(&trail, &backend).await;
    let entries = trail.entries(10, 10).await.unwrap();
    assert_eq!(entries[0].reason, Some(WaitReason::Unreadable));
    assert_eq!(entries[1].state, EntryState::Sent);
}

#[tokio::test]
async fn a_full_trail_refuses_new_looks_and_loses_none() {
    let folder = tempfile::tempdir().unwrap();
    let (trail, _) = AuditTrail::open(options(folder.path(), 2), Arc::new(Fixed)).unwrap();
    see(&trail, 1).await;
    see(&trail, 2).await;
    assert!(matches!(
        trail.begin(look(3)).await,
        Err(AuditError::Full(2))
    ));
    assert_eq!(rows(folder.path()).len(), 2);
    send_due(&trail, &Backend::answering(Vec::new())).await;
    see(&trail, 3).await;
}

#[tokio::test]
async fn the_same_look_is_never_written_twice() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    let attempt = trail.begin(look(1)).await.unwrap();
    assert!(trail.begin(look(1)).await.is_err());
    let other = trail.begin(look(2)).await.unwrap();
    let sealed = Sealed::new(&other, Fetched("x"));
    assert!(matches!(
        trail.conclude(attempt, &sealed).await,
        Err(AuditError::WrongState)
    ));
    assert_eq!(
        rows(folder.path())[0].1,
        "attempted",
        "the wrong value concluded nothing"
    );
}

#[tokio::test]
async fn one_run_at_a_time_and_no_newer_schema() {
    let folder = tempfile::tempdir().unwrap();
    let trail = open(folder.path());
    let second = AuditTrail::open(options(folder.path(), 100), Arc::new(Fixed));
    assert!(matches!(second, Err(AuditError::InUse)));
    trail.close().await;
    let connection = Connection::open(folder.path().join("audit.sqlite")).unwrap();
    connection.pragma_update(None, "user_version", 99).unwrap();
    drop(connection);
    let newer = AuditTrail::open(options(folder.path(), 100), Arc::new(Fixed));
    assert!(matches!(
        newer,
        Err(AuditError::NewerSchema { found: 99, .. })
    ));
}
