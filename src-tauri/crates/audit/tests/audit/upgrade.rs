//! Ledgers of every schema that was ever released, opened with today's code.
//!
//! `tests/audit/upgrade/` holds them as they were frozen; the README there says how. A frozen file is never
//! made anew: it stands for the files on people's computers.

use crate::support::*;
use cpis_audit::{
    Answer, AuditError, EntryAnswer, Finding, Ledger, OutgoingRecord, Protection, RowAddress,
    Sealed, Step, examine_folder,
};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The looks of every frozen ledger, by state.
const SENT: [u128; 2] = [1, 2];
const NEEDS_ATTENTION: u128 = 3;
const ALL: u128 = 8;

/// A row, as far as no start may change it.
#[derive(Debug, Clone, PartialEq)]
struct Kept {
    id: String,
    state: String,
    begun_at: String,
    version: u8,
    body: Vec<u8>,
    receipt: Option<String>,
    sent_at: Option<String>,
}

impl Kept {
    fn plain(&self) -> String {
        let address = RowAddress {
            id: &self.id,
            version: self.version,
        };
        String::from_utf8(Masked.open(address, &self.body).unwrap()).unwrap()
    }
}

fn rows(folder: &Path) -> Vec<Kept> {
    let connection = Connection::open(folder.join("audit.sqlite")).unwrap();
    let (body, table) = match schema(folder) {
        1 | 2 => ("body", "record"),
        _ => (
            "coalesce(look, sealed)",
            "record LEFT JOIN body ON body.record = number",
        ),
    };
    let columns = format!("id, state, begun_at, version, {body}, receipt, sent_at");
    connection
        .prepare(&format!("SELECT {columns} FROM {table} ORDER BY number"))
        .unwrap()
        .query_map([], |row| {
            Ok(Kept {
                id: row.get(0)?,
                state: row.get(1)?,
                begun_at: row.get(2)?,
                version: row.get(3)?,
                body: row.get(4)?,
                receipt: row.get(5)?,
                sent_at: row.get(6)?,
            })
        })
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

fn schema(folder: &Path) -> i64 {
    let connection = Connection::open(folder.join("audit.sqlite")).unwrap();
    connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

fn open_ledger(folder: &Path) -> (Ledger, cpis_audit::Opening) {
    Ledger::open(options(folder, 100), now()).unwrap()
}

/// The schema that today's code writes.
fn newest() -> i64 {
    let folder = tempfile::tempdir().unwrap();
    drop(open_ledger(folder.path()));
    schema(folder.path())
}

fn frozen(schema: i64, end: &str) -> PathBuf {
    let name = format!("schema-{schema}.{end}");
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audit/upgrade")
        .join(name)
}

/// A data folder as a program of that schema left it.
fn thawed(schema: i64) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for end in ["sqlite", "witness"] {
        let from = frozen(schema, end);
        // Schema 1 had no witness.
        if end == "sqlite" || from.exists() {
            std::fs::copy(from, folder.path().join(format!("audit.{end}"))).unwrap();
        }
    }
    folder
}

fn see(ledger: &mut Ledger, number: u128) {
    let attempt = ledger.begin(&look(number)).unwrap();
    let sealed = Sealed::new(&attempt, Fetched("a plan"));
    let receipt = ledger.conclude(attempt, &sealed).unwrap();
    receipt.open(sealed).unwrap();
}

/// What the sender hands out next.
fn handed_out(ledger: &mut Ledger, hours: i64) -> Vec<OutgoingRecord> {
    let at = now() + chrono::Duration::hours(hours);
    match ledger.step(at, true).unwrap() {
        Step::Send(records) => records,
        _ => Vec::new(),
    }
}

/// Sends until nothing waits; the backend gives a receipt for all. Returns what arrived.
fn send_waiting(ledger: &mut Ledger) -> Vec<OutgoingRecord> {
    let mut arrived = Vec::new();
    while ledger.counts().waiting > 0 {
        let records = handed_out(ledger, 1);
        assert!(!records.is_empty(), "something waits and does not leave");
        let answer = records.iter().map(|record| receipt(&record.id)).collect();
        let at = now() + chrono::Duration::hours(1);
        ledger.answered(&Answer::Entries(answer), at).unwrap();
        arrived.extend(records);
    }
    arrived
}

/// A ledger with looks in every state, as a crash leaves it. The frozen ones were all made so.
fn leave_every_state(folder: &Path) {
    let (mut ledger, _) = open_ledger(folder);
    let refused = EntryAnswer {
        status: 422,
        location: None,
    };
    for number in SENT {
        see(&mut ledger, number);
    }
    let records = handed_out(&mut ledger, 0);
    let receipts = records.iter().map(|record| receipt(&record.id)).collect();
    ledger.answered(&Answer::Entries(receipts), now()).unwrap();
    see(&mut ledger, NEEDS_ATTENTION);
    assert_eq!(handed_out(&mut ledger, 0).len(), 1);
    let refusal = Answer::Entries(vec![refused]);
    ledger.answered(&refusal, now()).unwrap();
    // Waits after a try without a network, for two seconds; the lane pauses meanwhile.
    see(&mut ledger, 4);
    assert_eq!(handed_out(&mut ledger, 0).len(), 1);
    ledger.answered(&Answer::Unreachable, now()).unwrap();
    drop(ledger);
    // A new start knows of no pause, so that the next record leaves alone.
    let (mut ledger, _) = open_ledger(folder);
    let _cut_short = ledger.begin(&look(5)).unwrap();
    see(&mut ledger, 6);
    assert_eq!(handed_out(&mut ledger, 0).len(), 1, "in flight");
    see(&mut ledger, 7);
    let _cut_short = ledger.begin(&look(8)).unwrap();
}

#[test]
fn every_schema_has_a_frozen_ledger_with_every_state() {
    let newest = newest();
    let file = frozen(newest, "sqlite");
    if std::env::var_os("FREEZE_SCHEMA").is_some() && !file.exists() {
        let folder = tempfile::tempdir().unwrap();
        leave_every_state(folder.path());
        for end in ["sqlite", "witness"] {
            let from = folder.path().join(format!("audit.{end}"));
            std::fs::copy(from, frozen(newest, end)).unwrap();
        }
    }
    for number in 1..=newest {
        assert!(frozen(number, "sqlite").exists(), "schema {number}");
        let folder = thawed(number);
        assert_eq!(schema(folder.path()), number);
        let mut states: Vec<String> = rows(folder.path()).into_iter().map(|r| r.state).collect();
        states.sort();
        states.dedup();
        let every = ["attempted", "needs-attention", "sending", "sent", "waiting"];
        assert_eq!(states, every, "schema {number}");
    }
}

#[test]
fn a_ledger_of_an_older_program_loses_nothing_and_doubles_nothing() {
    for number in 1..=newest() {
        let folder = thawed(number);
        let before = rows(folder.path());
        let (mut ledger, opening) = open_ledger(folder.path());
        assert_eq!(opening.concluded, 2, "schema {number}");
        assert_eq!((opening.findings, opening.put_aside), (Vec::new(), None));
        let counts = ledger.counts();
        assert_eq!((counts.attempted, counts.waiting), (0, 5));
        assert_eq!((counts.needs_attention, counts.sent), (1, 2));

        ledger.try_again(&id(NEEDS_ATTENTION).to_string()).unwrap();
        let mut arrived: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for record in send_waiting(&mut ledger) {
            arrived.entry(record.id).or_default().push(record.body);
        }
        for row in &before {
            let bodies = arrived.remove(&row.id).unwrap_or_default();
            match row.state.as_str() {
                "sent" => assert!(bodies.is_empty(), "it had its receipt"),
                "attempted" => {
                    assert_eq!(bodies.len(), 1, "schema {number}, {}", row.id);
                    let event: serde_json::Value = serde_json::from_str(&bodies[0]).unwrap();
                    assert_eq!(event["outcome"], "8", "attempted, no more is known");
                    assert_eq!(event["id"], row.id);
                    assert!(bodies[0].contains(NUMBER), "of the same person");
                }
                _ => assert_eq!(bodies, [row.plain()], "schema {number}, {}", row.id),
            }
        }
        assert!(arrived.is_empty(), "nothing else: {:?}", arrived.keys());
        assert_eq!(ledger.counts().sent, 8);
        let report = ledger.examine().unwrap();
        assert!(report.is_whole(), "schema {number}: {report:?}");
        drop(ledger);

        let after = rows(folder.path());
        let ids = |rows: &[Kept]| rows.iter().map(|row| row.id.clone()).collect::<Vec<_>>();
        let wanted: Vec<String> = (1..=ALL).map(|number| id(number).to_string()).collect();
        assert_eq!(ids(&before), wanted);
        assert_eq!(ids(&after), wanted, "every row is kept, in its place");
        for (was, is) in before.iter().zip(&after) {
            assert_eq!(was.begun_at, is.begun_at);
            match was.state.as_str() {
                "sent" => assert_eq!(was, is),
                "attempted" => assert_eq!(is.version, 2),
                _ => assert_eq!(was.body, is.body, "the same bytes"),
            }
        }
        let report = examine_folder(folder.path(), &Masked, |_| true).unwrap();
        let report = report.unwrap();
        assert!(report.is_whole(), "schema {number}: {report:?}");
        assert_eq!((report.rows, report.records), (8, 8));

        let (mut again, opening) = open_ledger(folder.path());
        assert_eq!((opening.concluded, opening.findings), (0, Vec::new()));
        assert_eq!(again.counts().sent, 8);
        // The backend is asked whether it still has them, with the words that it knows.
        let asked = handed_out(&mut again, 1);
        assert_eq!(asked.len(), 8);
        for record in asked {
            let row = after.iter().find(|row| row.id == record.id).unwrap();
            assert_eq!(record.body, row.plain());
        }
    }
}

#[test]
fn what_was_altered_before_an_upgrade_is_found_after_it() {
    for altered in [
        "UPDATE record SET begun_at = '2020-01-01T00:00:00Z' WHERE number = 4",
        "UPDATE record SET body = (SELECT body FROM record WHERE number = 1) WHERE number = 7",
        "UPDATE record SET state = 'gone' WHERE number = 7",
        "UPDATE record SET state = 'sent', sent_at = begun_at, receipt = 'x' WHERE number = 7",
        "DELETE FROM record WHERE number = 3",
        "DELETE FROM record WHERE number = 8",
        "UPDATE head SET sum = zeroblob(32)",
    ] {
        let folder = thawed(2);
        let connection = Connection::open(folder.path().join("audit.sqlite")).unwrap();
        connection
            .pragma_update(None, "ignore_check_constraints", true)
            .unwrap();
        assert_eq!(connection.execute(altered, []).unwrap(), 1);
        drop(connection);
        let before = rows(folder.path());

        let (ledger, opening) = open_ledger(folder.path());
        assert!(!opening.findings.is_empty(), "{altered}");
        assert_eq!(opening.put_aside, None, "{altered}");
        drop(ledger);
        assert_eq!(rows(folder.path()).len(), before.len(), "every row is kept");
        // What was found is not forgotten: the sum of today fits the rows as they are.
        let report = examine_folder(folder.path(), &Masked, |_| true).unwrap();
        let findings = report.unwrap().findings;
        for finding in opening.findings {
            let earlier = Finding::Earlier(finding.to_string());
            assert!(findings.contains(&earlier), "{altered}: {findings:?}");
        }
    }
}

#[test]
fn an_old_copy_of_an_older_schema_is_found_by_its_witness() {
    for number in 1..newest() {
        let folder = thawed(number);
        drop(open_ledger(folder.path()));
        // The file is put back as it was, beside the witness of later.
        std::fs::copy(frozen(number, "sqlite"), folder.path().join("audit.sqlite")).unwrap();
        let (_ledger, opening) = open_ledger(folder.path());
        assert!(
            opening.findings.contains(&Finding::OldCopy),
            "schema {number}: {:?}",
            opening.findings
        );
    }
}

/// Overwrites the first page of a table.
fn damage(folder: &Path, table: &str) {
    let file = folder.join("audit.sqlite");
    let connection = Connection::open(&file).unwrap();
    let root: u32 = connection
        .query_row(
            "SELECT rootpage FROM sqlite_schema WHERE name = ?1",
            [table],
            |row| row.get(0),
        )
        .unwrap();
    drop(connection);
    let root = usize::try_from(root).unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[(root - 1) * 4096..root * 4096].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
}

#[test]
fn looks_under_way_go_out_though_no_other_body_can_be_read() {
    let folder = thawed(newest());
    damage(folder.path(), "body");
    let (mut ledger, opening) = open_ledger(folder.path());
    assert!(opening.put_aside.is_some());
    assert_eq!((opening.rescued, opening.concluded), (2, 2));
    assert_eq!(send_waiting(&mut ledger).len(), 2);
}

#[test]
fn what_can_be_read_of_a_damaged_ledger_of_an_older_program_goes_out() {
    for number in 1..=newest() {
        let folder = thawed(number);
        let before = rows(folder.path());
        damage(folder.path(), "head");

        let (mut ledger, opening) = open_ledger(folder.path());
        assert!(opening.put_aside.is_some(), "schema {number}");
        assert_eq!(opening.rescued, 6, "schema {number}: all that was not sent");
        let arrived = send_waiting(&mut ledger);
        for row in before.iter().filter(|row| row.version != 1) {
            let same = |record: &&OutgoingRecord| record.id == row.id;
            match arrived.iter().find(same) {
                Some(record) => assert_eq!(record.body, row.plain(), "the same bytes"),
                None => assert_eq!(row.state, "sent"),
            }
        }
    }
}

#[test]
fn a_ledger_of_a_newer_program_is_refused_and_not_touched() {
    for journal in ["wal", "delete"] {
        let newest = newest();
        let folder = thawed(newest);
        let connection = Connection::open(folder.path().join("audit.sqlite")).unwrap();
        connection
            .pragma_update(None, "journal_mode", journal)
            .unwrap();
        connection
            .pragma_update(None, "user_version", newest + 1)
            .unwrap();
        drop(connection);
        let before = contents(folder.path());

        let refused = Ledger::open(options(folder.path(), 100), now());
        let Err(AuditError::NewerSchema { found, known }) = refused.map(|_| ()) else {
            panic!("it was opened");
        };
        assert_eq!((found, known), (newest + 1, newest));
        assert_eq!(contents(folder.path()), before, "{journal}");
        let examined = examine_folder(folder.path(), &Masked, |_| true);
        assert!(matches!(examined, Err(AuditError::NewerSchema { .. })));
        assert_eq!(contents(folder.path()), before, "{journal}");
    }
}
