//! Examining a ledger from outside changes nothing, whoever has it open.

use crate::support::*;
use cpis_audit::{
    AuditError, Finding, Ledger, Protection, ProtectionError, Report, RowAddress, Sealed,
    examine_folder,
};
use std::path::Path;

fn ledger_with(folder: &Path, looks: u128) -> Ledger {
    let (mut ledger, _) = Ledger::open(options(folder, 100), now()).unwrap();
    for number in 1..=looks {
        let attempt = ledger.begin(&look(number)).unwrap();
        let sealed = Sealed::new(&attempt, Fetched("a plan"));
        let receipt = ledger.conclude(attempt, &sealed).unwrap();
        receipt.open(sealed).unwrap();
    }
    ledger
}

fn examine(folder: &Path) -> Result<Report, AuditError> {
    let report = examine_folder(folder, &Masked, |_| true)?;
    Ok(report.unwrap())
}

fn whole(folder: &Path, looks: u64) {
    let report = examine(folder).unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!((report.rows, report.records), (looks, looks));
}

#[test]
fn a_closed_ledger_is_examined_and_nothing_comes_or_goes() {
    let folder = tempfile::tempdir().unwrap();
    drop(ledger_with(folder.path(), 3));
    let before = contents(folder.path());
    assert_eq!(before.len(), 2, "the file and its witness");
    whole(folder.path(), 3);
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn a_ledger_in_use_is_examined_beside_its_program() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = ledger_with(folder.path(), 3);
    let evidence = || {
        let mut files = contents(folder.path());
        // The index holds the marks of whoever reads.
        assert!(files.remove("audit.sqlite-shm").is_some());
        files
    };
    let before = evidence();
    whole(folder.path(), 3);
    assert_eq!(evidence(), before);

    let attempt = ledger.begin(&look(4)).unwrap();
    let sealed = Sealed::new(&attempt, Fetched("a plan"));
    let receipt = ledger.conclude(attempt, &sealed).unwrap();
    receipt.open(sealed).unwrap();
    whole(folder.path(), 4);
}

#[test]
fn a_copy_is_examined_with_what_its_log_holds() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = ledger_with(folder.path(), 3);
    let copy = tempfile::tempdir().unwrap();
    for file in ["audit.sqlite", "audit.sqlite-wal", "audit.witness"] {
        std::fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
    }
    drop(ledger);
    let before = contents(copy.path());
    assert!(
        before["audit.sqlite-wal"].len() > 10_000,
        "the rows are there"
    );
    whole(copy.path(), 3);
    assert_eq!(contents(copy.path()), before);
}

#[test]
fn every_name_of_a_folder_is_found() {
    let parent = tempfile::tempdir().unwrap();
    for name in ["a b", "50%", "a%20b", "what#now", "L\u{e4}ngi", "a&b=c;d+e"] {
        let folder = parent.path().join(name);
        drop(ledger_with(&folder, 1));
        whole(&folder, 1);
    }
}

#[test]
fn what_cannot_be_examined_is_said_and_nothing_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("nowhere");
    assert!(matches!(examine(&nowhere), Err(AuditError::Missing(_))));
    assert!(!nowhere.exists());

    let file = folder.path().join("audit.sqlite");
    std::fs::write(&file, "no database".repeat(1000)).unwrap();
    let before = contents(folder.path());
    assert!(examine(folder.path()).unwrap_err().is_damage());
    std::fs::write(&file, "").unwrap();
    assert!(examine(folder.path()).unwrap_err().is_damage());
    assert_eq!(contents(folder.path()).len(), before.len());

    std::fs::remove_file(&file).unwrap();
    drop(ledger_with(folder.path(), 1));
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(examine(folder.path()), Err(AuditError::Removed)));
    assert!(!file.exists());

    let frozen = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit/upgrade/schema-1.sqlite");
    std::fs::copy(frozen, &file).unwrap();
    let before = contents(folder.path());
    let older = examine(folder.path());
    assert!(matches!(
        older,
        Err(AuditError::OlderSchema { found: 1, .. })
    ));
    assert_eq!(contents(folder.path()), before);
}

/// Another computer's keys.
struct Other;

impl Protection for Other {
    fn seal(&self, _: RowAddress<'_>, _: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        Err(ProtectionError)
    }

    fn open(&self, _: RowAddress<'_>, _: &[u8]) -> Result<Vec<u8>, ProtectionError> {
        Err(ProtectionError)
    }

    fn chain_hash(&self, record: &[u8]) -> [u8; 32] {
        let mut hash = Masked.chain_hash(record);
        hash[0] ^= 1;
        hash
    }
}

#[test]
fn another_key_is_told_from_a_row_that_was_altered() {
    for looks in [0, 3] {
        let folder = tempfile::tempdir().unwrap();
        drop(ledger_with(folder.path(), looks));
        let report = examine_folder(folder.path(), &Other, |_| true).unwrap();
        assert!(report.unwrap().other_key, "{looks} looks");
        assert!(!examine(folder.path()).unwrap().other_key);
    }

    let folder = tempfile::tempdir().unwrap();
    drop(ledger_with(folder.path(), 3));
    let connection = rusqlite::Connection::open(folder.path().join("audit.sqlite")).unwrap();
    let altered = "UPDATE body SET sealed = x'00'; UPDATE head SET revision = 1";
    connection.execute_batch(altered).unwrap();
    drop(connection);
    let report = examine(folder.path()).unwrap();
    assert!(report.findings.contains(&Finding::Head));
    assert!(!report.other_key, "the witness still opens");
    std::fs::remove_file(folder.path().join("audit.witness")).unwrap();
    assert!(examine(folder.path()).unwrap().other_key, "nothing does");
}
