//! Notes to local authorities in the queue of the audit trail.

use crate::support::*;
use chrono::NaiveDate;
use cpis_audit::{
    Answer, AuditError, EntryAnswer, EntryState, Finding, Kind, Ledger, NoteToAuthority,
    OutgoingRecord, Sealed, Step, WaitReason, examine_folder,
};
use cpis_fhir::{About, CallbackNumber, read_note, write_note};
use cpis_record::NhsNumber;
use rusqlite::Connection;
use std::path::Path;

const CALLBACK: &str = "01632 960 001";

fn note(number: u128) -> NoteToAuthority {
    NoteToAuthority {
        id: id(1000 + number).to_string(),
        sent: now(),
        sender: look(1).viewer,
        person: NhsNumber::parse(NUMBER).unwrap(),
        recipient: Some("999".parse().unwrap()),
        recipient_name: Some("Practice Council".into()),
        about: About::NotBrought {
            day: NaiveDate::from_ymd_opt(2026, 11, 20).unwrap(),
            time: None,
            callback: CallbackNumber::new(CALLBACK).unwrap(),
        },
    }
}

fn open(folder: &Path) -> Ledger {
    Ledger::open(options(folder, 100), now()).unwrap().0
}

fn see(ledger: &mut Ledger, number: u128) {
    let attempt = ledger.begin(&look(number)).unwrap();
    let sealed = Sealed::new(&attempt, Fetched("a plan"));
    let receipt = ledger.conclude(attempt, &sealed).unwrap();
    receipt.open(sealed).unwrap();
}

fn handed_out(ledger: &mut Ledger) -> Vec<OutgoingRecord> {
    match ledger.step(now(), true).unwrap() {
        Step::Send(records) => records,
        _ => Vec::new(),
    }
}

fn receipts(records: &[OutgoingRecord]) -> Answer {
    let receipt = |record: &OutgoingRecord| EntryAnswer {
        status: 201,
        location: Some(format!(
            "{}/{}/_history/1",
            record.kind.resource_type(),
            record.id
        )),
    };
    Answer::Entries(records.iter().map(receipt).collect())
}

#[test]
fn a_note_is_on_the_disk_sealed_before_the_call_returns() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    ledger.enclose(&note(1)).unwrap();
    for (name, bytes) in contents(folder.path()) {
        for secret in [NUMBER, "Dr Example", CALLBACK, "Practice Council"] {
            let found = bytes.windows(secret.len()).any(|w| w == secret.as_bytes());
            assert!(!found, "{secret} in {name}");
        }
    }
    // What another start finds in the files as they are now is what would be left by a cut.
    let copy = tempfile::tempdir().unwrap();
    for (name, bytes) in contents(folder.path()) {
        std::fs::write(copy.path().join(name), bytes).unwrap();
    }
    let mut after = open(copy.path());
    let records = handed_out(&mut after);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].kind, Kind::Communication);
    assert_eq!(records[0].body.as_bytes(), write_note(&note(1)));
    assert!(after.examine().unwrap().is_whole());
    assert!(ledger.enclose(&note(1)).is_err(), "not twice");
}

#[test]
fn a_full_queue_takes_no_note_and_a_note_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (mut ledger, _) = Ledger::open(options(folder.path(), 2), now()).unwrap();
    see(&mut ledger, 1);
    ledger.enclose(&note(1)).unwrap();
    assert!(matches!(ledger.enclose(&note(2)), Err(AuditError::Full(2))));
    assert!(matches!(ledger.begin(&look(2)), Err(AuditError::Full(2))));
    assert_eq!(ledger.counts().waiting, 2);
}

#[test]
fn a_note_is_sent_alone_and_in_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    see(&mut ledger, 1);
    see(&mut ledger, 2);
    ledger.enclose(&note(1)).unwrap();
    ledger.enclose(&note(2)).unwrap();
    see(&mut ledger, 3);
    let mut calls = Vec::new();
    loop {
        let records = handed_out(&mut ledger);
        if records.is_empty() {
            break;
        }
        ledger.answered(&receipts(&records), now()).unwrap();
        calls.push(records.iter().map(|r| r.kind).collect::<Vec<_>>());
    }
    let (event, communication) = (Kind::AuditEvent, Kind::Communication);
    let wanted = [
        vec![event, event],
        vec![communication],
        vec![communication],
        vec![event],
    ];
    assert_eq!(calls, wanted);
    assert_eq!(ledger.counts().sent, 5);
    let kinds: Vec<Kind> = ledger
        .entries(10, 10)
        .unwrap()
        .iter()
        .map(|e| e.kind)
        .collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == communication).count(),
        2
    );
    let report = ledger.examine().unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(
        (report.rows, report.records),
        (5, 3),
        "notes stand outside the chain"
    );
    drop(ledger);

    // Asked later whether it still has them, the service gets them in such calls, too.
    let mut ledger = open(folder.path());
    let asked = handed_out(&mut ledger);
    let same = asked.iter().all(|record| record.kind == asked[0].kind);
    assert!(same && !asked.is_empty());
    assert!(asked.len() == 1 || asked[0].kind == event);
}

#[test]
fn a_note_that_the_backend_has_does_not_hide_the_looks_that_it_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    for number in 1..=3 {
        see(&mut ledger, number);
    }
    ledger.enclose(&note(1)).unwrap();
    while ledger.counts().waiting > 0 {
        let records = handed_out(&mut ledger);
        ledger.answered(&receipts(&records), now()).unwrap();
    }
    drop(ledger);

    // The next start asks about the newest, and the note goes alone.
    let mut ledger = open(folder.path());
    let mut asked = Vec::new();
    loop {
        let records = handed_out(&mut ledger);
        if records.is_empty() {
            break;
        }
        let Answer::Entries(mut entries) = receipts(&records) else {
            unreachable!("receipts are entries");
        };
        for (record, entry) in records.iter().zip(&mut entries) {
            if record.kind == Kind::Communication {
                entry.status = 200;
            }
        }
        asked.extend(records.into_iter().map(|record| record.kind));
        ledger.answered(&Answer::Entries(entries), now()).unwrap();
    }
    let (event, communication) = (Kind::AuditEvent, Kind::Communication);
    assert_eq!(asked, [communication, event, event, event]);
}

#[test]
fn a_receipt_that_names_another_kind_is_none_and_a_refusal_needs_attention() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    ledger.enclose(&note(1)).unwrap();
    let records = handed_out(&mut ledger);
    let wrong = Answer::Entries(vec![receipt(&records[0].id)]);
    ledger.answered(&wrong, now()).unwrap();
    let entry = ledger.entries(1, 0).unwrap().remove(0);
    assert_eq!(entry.state, EntryState::Waiting);
    assert_eq!(entry.reason, Some(WaitReason::NotAReceipt));

    ledger.send_now().unwrap();
    assert_eq!(handed_out(&mut ledger).len(), 1);
    let refused = Answer::Refused {
        status: 422,
        retry_after: None,
    };
    ledger.answered(&refused, now()).unwrap();
    let entry = ledger.entries(1, 0).unwrap().remove(0);
    assert_eq!(
        (entry.state, entry.kind, entry.reason),
        (
            EntryState::NeedsAttention,
            Kind::Communication,
            Some(WaitReason::Refused)
        )
    );
    ledger.try_again(&entry.id).unwrap();
    let records = handed_out(&mut ledger);
    ledger.answered(&receipts(&records), now()).unwrap();
    assert_eq!(ledger.counts().sent, 1);
}

#[test]
fn a_note_in_a_damaged_file_stays_a_note_and_goes_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = open(folder.path());
    see(&mut ledger, 1);
    ledger.enclose(&note(1)).unwrap();
    ledger.put_aside(now()).unwrap();
    let looks = handed_out(&mut ledger);
    ledger.answered(&receipts(&looks), now()).unwrap();
    let notes = handed_out(&mut ledger);
    assert_eq!(notes[0].kind, Kind::Communication);
    let facts = read_note(notes[0].body.as_bytes()).unwrap();
    assert_eq!(facts.id, note(1).id);
    ledger.answered(&receipts(&notes), now()).unwrap();
    let findings = ledger.examine().unwrap().findings;
    let earlier = |finding: &Finding| matches!(finding, Finding::Earlier(_));
    assert!(findings.iter().all(earlier), "{findings:?}");
}

#[test]
fn a_note_that_somebody_changed_or_took_away_is_found() {
    for change in [
        "DELETE FROM record WHERE number = 2",
        "DELETE FROM body WHERE record = 2",
        "UPDATE record SET state = 'sent', sent_at = begun_at, receipt = 'x' WHERE number = 2",
        "UPDATE record SET version = 2 WHERE number = 2",
        "UPDATE record SET sequence = 2 WHERE number = 2",
        "UPDATE body SET sealed = (SELECT sealed FROM body WHERE record = 3) WHERE record = 2",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = open(folder.path());
        see(&mut ledger, 1);
        ledger.enclose(&note(1)).unwrap();
        ledger.enclose(&note(2)).unwrap();
        drop(ledger);
        let connection = Connection::open(folder.path().join("audit.sqlite")).unwrap();
        assert_eq!(connection.execute(change, []).unwrap(), 1);
        drop(connection);
        let report = examine_folder(folder.path(), &Masked, |_| true).unwrap();
        assert!(!report.unwrap().is_whole(), "{change}");
    }
}
