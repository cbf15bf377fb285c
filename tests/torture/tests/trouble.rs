//! A disk that is full or write-protected, and a file that is damaged.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test stops at what is missing")]

use chrono::{DateTime, FixedOffset, TimeDelta};
use cpis_audit::{
    Answer, AuditError, AuditOutcome, Audited, Capacity, EntryAnswer, Ledger, LedgerOptions,
    OutgoingRecord, Pace, Protection, Sealed, Step,
};
use cpis_torture::keys::TortureKeys;
use cpis_torture::power::{Ailment, PowerDisk};
use cpis_torture::traffic::{look, options};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

struct Shown;

impl Audited for Shown {
    fn outcome(&self) -> AuditOutcome {
        AuditOutcome::Shown
    }
}

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-22T09:12:00+00:00").unwrap()
}

fn quick(folder: &Path) -> LedgerOptions {
    let keys: Arc<dyn Protection> = Arc::new(TortureKeys::new().unwrap());
    LedgerOptions {
        capacity: Capacity(10_000),
        pace: Pace(Duration::ZERO),
        ..options(folder, keys)
    }
}

fn see(ledger: &mut Ledger, number: u64) {
    let attempt = ledger.begin(&look(number, now())).unwrap();
    let sealed = Sealed::new(&attempt, Shown);
    let _receipt = ledger.conclude(attempt, &sealed).unwrap();
}

fn sends(ledger: &mut Ledger, at: DateTime<FixedOffset>) -> Vec<OutgoingRecord> {
    match ledger.step(at, true).unwrap() {
        Step::Send(records) => records,
        other => panic!("nothing is sent: {other:?}"),
    }
}

fn accepted(records: &[OutgoingRecord]) -> Answer {
    let entry = |record: &OutgoingRecord| EntryAnswer {
        status: 201,
        location: Some(format!("AuditEvent/{}/_history/1", record.id)),
    };
    Answer::Entries(records.iter().map(entry).collect())
}

#[test]
fn a_full_disk_refuses_shows_nothing_and_loses_nothing() {
    let disk = PowerDisk::register("full").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut options = quick(folder.path());
    options.file_system = Some("full".to_owned());
    let (mut ledger, _) = Ledger::open(options.clone(), now()).unwrap();
    see(&mut ledger, 1);
    let attempt = ledger.begin(&look(2, now())).unwrap();

    disk.ail(Some(Ailment::Full));
    assert!(ledger.begin(&look(3, now())).is_err(), "no look");
    let sealed = Sealed::new(&attempt, Shown);
    assert!(
        ledger.conclude(attempt, &sealed).is_err(),
        "no receipt, so nothing is shown"
    );
    disk.ail(None);
    see(&mut ledger, 4);

    // What was sent and could not be written down is sent again when its lease ends, and not before.
    let first = sends(&mut ledger, now());
    disk.ail(Some(Ailment::Full));
    assert!(ledger.answered(&accepted(&first), now()).is_err());
    disk.ail(None);
    let soon = now() + TimeDelta::seconds(59);
    assert!(matches!(ledger.step(soon, true).unwrap(), Step::Wait(_)));
    let later = now() + TimeDelta::seconds(61);
    assert_eq!(sends(&mut ledger, later), first, "the same bytes");
    ledger.answered(&accepted(&first), later).unwrap();

    drop(ledger);
    let (mut ledger, opening) = Ledger::open(options, now()).unwrap();
    assert_eq!(opening.concluded, 1, "the look that could not be concluded");
    assert_eq!(opening.findings, []);
    let last = sends(&mut ledger, later);
    assert_eq!(last.len(), 1);
    assert!(last[0].body.contains(r#""outcome":"8""#));
    ledger.answered(&accepted(&last), later).unwrap();
    assert_eq!(ledger.counts().sent, 3);
    assert!(ledger.examine().unwrap().is_whole());
}

#[test]
fn a_folder_that_cannot_be_written_is_said_and_nothing_is_touched() {
    let disk = PowerDisk::register("protected").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut options = quick(folder.path());
    options.file_system = Some("protected".to_owned());
    let (mut ledger, _) = Ledger::open(options.clone(), now()).unwrap();
    see(&mut ledger, 1);
    let attempt = ledger.begin(&look(2, now())).unwrap();

    disk.ail(Some(Ailment::ReadOnly));
    assert!(ledger.begin(&look(3, now())).is_err(), "no look");
    drop((ledger, attempt));
    let refused = Ledger::open(options.clone(), now()).map(|_| ());
    assert!(
        matches!(refused, Err(AuditError::Open { .. })),
        "{refused:?}"
    );
    disk.ail(None);

    let (ledger, opening) = Ledger::open(options, now()).unwrap();
    assert_eq!(opening.findings, []);
    assert_eq!(ledger.counts().waiting, 2);
    assert!(!ledger.was_put_aside());
}

#[test]
fn what_can_be_read_of_a_damaged_file_still_goes_out() {
    let folder = tempfile::tempdir().unwrap();
    let options = quick(folder.path());
    let (mut ledger, _) = Ledger::open(options.clone(), now()).unwrap();
    for number in 1..=200 {
        see(&mut ledger, number);
    }
    // What would have gone out, had nothing happened.
    let mut wanted: BTreeMap<String, String> = BTreeMap::new();
    let mut at = now();
    while wanted.len() < 200 {
        let records = sends(&mut ledger, at);
        wanted.extend(records.into_iter().map(|r| (r.id, r.body)));
        ledger.answered(&Answer::Unreachable, at).unwrap();
        at += TimeDelta::seconds(301);
    }
    drop(ledger);

    let file = folder.path().join("audit.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let pages = bytes.len() / 4096;
    for page in [pages / 3, pages / 2] {
        bytes[page * 4096..(page + 1) * 4096].fill(0x5a);
    }
    std::fs::write(&file, &bytes).unwrap();

    let (mut ledger, _) = Ledger::open(options, at).unwrap();
    let mut sent = 0;
    for _ in 0..20 {
        at += TimeDelta::seconds(301);
        match ledger.step(at, true).unwrap() {
            Step::Send(records) => {
                for record in &records {
                    assert_eq!(wanted[&record.id], record.body, "the same bytes");
                }
                sent += records.len();
                ledger.answered(&accepted(&records), at).unwrap();
            }
            _ => break,
        }
    }
    assert!(ledger.was_put_aside());
    assert!(sent >= 150, "{sent} of 200 could be read");
    let aside = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().starts_with("audit.damaged-")
    });
    assert!(aside.count() > 0, "nothing is deleted");
    see(&mut ledger, 500);
    assert_eq!(sends(&mut ledger, at + TimeDelta::seconds(301)).len(), 1);
}
