//! The audit trail is examined from outside, beside a running program or after it.

use crate::support::{Bench, Chain, DENTIST};
use cpis_client::view::ProgramMode;
use cpis_client::{AuditFinding, AuditReport, VerifyError, verify_audit};
use cpis_training::Case;
use cpis_vault::{Keychain, KeychainError};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use zeroize::Zeroizing;

/// A keychain that must not be written to.
struct ReadOnly {
    chain: Box<dyn Keychain>,
    written: Arc<Mutex<Vec<String>>>,
}

impl Keychain for ReadOnly {
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.chain.read(name)
    }

    fn write(&self, name: &str, _: &[u8]) -> Result<(), KeychainError> {
        self.written.lock().unwrap().push(name.to_owned());
        Err(KeychainError::Failed)
    }
}

/// Examines the trail of live mode on a thread of its own, as it blocks, and sees to it that nothing
/// was written to the keychain.
async fn verify(bench: &Bench) -> Result<AuditReport, VerifyError> {
    let (chain, folder) = (bench.chain(), bench.path("live"));
    let written = Arc::new(Mutex::new(Vec::new()));
    let seen = written.clone();
    let work = move || {
        let keychains: cpis_client::Keychains = Arc::new(move |name| {
            let chain = chain.open(name)?;
            let written = written.clone();
            Ok(Box::new(ReadOnly { chain, written }))
        });
        verify_audit(ProgramMode::Live, &folder, &keychains, |_| {})
    };
    let result = tokio::task::spawn_blocking(work).await.unwrap();
    assert!(seen.lock().unwrap().is_empty(), "the keychain was written");
    result
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap();
    let file = |entry: std::io::Result<std::fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, std::fs::read(path).unwrap())
    };
    entries.map(file).collect()
}

/// A bench whose program has made three checks and was closed.
async fn used() -> Arc<Bench> {
    let bench = Bench::start().await;
    let desk = bench.live().await;
    desk.sign_in(DENTIST).await;
    for case in [Case::ChildProtection, Case::NothingHeld, Case::LookedAfter] {
        desk.check_first(case).await;
    }
    desk.sent().await;
    let report = verify(&bench).await.unwrap();
    assert!(report.is_whole(), "beside the program: {report:?}");
    assert_eq!(report.rows, 3);
    desk.stop().await;
    bench
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trail_that_nobody_changed_is_whole_and_is_left_as_it_is() {
    let bench = used().await;
    let before = contents(&bench.path("live"));
    let report = verify(&bench).await.unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!((report.rows, report.records), (3, 3));
    assert_eq!(contents(&bench.path("live")), before);
    let desk = bench.live().await;
    assert!(desk.view().notices.iter().all(|notice| {
        !matches!(
            notice,
            cpis_client::view::Notice::AuditTrailAltered
                | cpis_client::view::Notice::AuditTrailPutAside
        )
    }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_somebody_changed_is_named() {
    let bench = used().await;
    let connection = rusqlite::Connection::open(bench.path("live/audit.sqlite")).unwrap();
    let altered = "UPDATE body SET sealed = zeroblob(length(sealed)) WHERE record = 2";
    assert_eq!(connection.execute(altered, []).unwrap(), 1);
    drop(connection);
    let report = verify(&bench).await.unwrap();
    assert!(report.findings.contains(&AuditFinding::RowAltered(2)));
    assert!(report.findings.contains(&AuditFinding::RecordMissing(2)));
    let others = [AuditFinding::RowAltered(1), AuditFinding::RowAltered(3)];
    assert!(!report.findings.iter().any(|found| others.contains(found)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_is_no_trail_nothing_is_made() {
    let bench = Bench::start().await;
    // Nobody asks a keychain for what is not there.
    bench.set_chain(Chain::Refusing(KeychainError::Locked));
    let folder = bench.path("live");
    let missing = Err(VerifyError::NoTrail(folder.clone()));
    assert_eq!(verify(&bench).await, missing);
    assert!(!folder.exists());
    std::fs::create_dir(&folder).unwrap();
    assert_eq!(verify(&bench).await, missing);
    assert_eq!(contents(&folder).len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_missing_or_another_is_no_finding() {
    let bench = used().await;
    let before = contents(&bench.path("live"));
    let right = bench.chain();
    bench.set_chain(Chain::Kept(Arc::default()));
    assert_eq!(verify(&bench).await, Err(VerifyError::KeyMissing));
    assert_eq!(
        verify(&bench).await,
        Err(VerifyError::KeyMissing),
        "no key was made"
    );
    let other = bench.chain().open("CP-IS Check").unwrap();
    other.write("workstation-secret", &[7; 32]).unwrap();
    assert_eq!(verify(&bench).await, Err(VerifyError::OtherKey));
    other.write("workstation-secret", b"odd").unwrap();
    assert_eq!(verify(&bench).await, Err(VerifyError::KeychainLocked));
    for (fault, wanted) in [
        (KeychainError::Absent, VerifyError::NoKeychain),
        (KeychainError::Locked, VerifyError::KeychainLocked),
    ] {
        bench.set_chain(Chain::Refusing(fault));
        assert_eq!(verify(&bench).await, Err(wanted));
    }
    assert_eq!(contents(&bench.path("live")), before);
    bench.set_chain(right);
    assert!(verify(&bench).await.unwrap().is_whole());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trail_that_is_gone_damaged_or_of_another_version_is_said() {
    let bench = used().await;
    let file = bench.path("live/audit.sqlite");
    for (version, wanted) in [
        (99, VerifyError::NewerVersion),
        (1, VerifyError::OlderVersion),
    ] {
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection
            .pragma_update(None, "user_version", version)
            .unwrap();
        drop(connection);
        assert_eq!(verify(&bench).await, Err(wanted));
    }
    std::fs::write(&file, "no database".repeat(1000)).unwrap();
    assert_eq!(verify(&bench).await, Err(VerifyError::Damaged));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(verify(&bench).await, Err(VerifyError::Removed));
    assert!(!file.exists());
}
