use super::*;
use std::sync::LazyLock;

struct Broken(KeychainError);

impl Keychain for Broken {
    fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(None)
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), KeychainError> {
        Err(self.0)
    }
}

/// Accepts everything and keeps nothing.
struct Forgetful;

impl Keychain for Forgetful {
    fn read(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(None)
    }

    fn write(&self, _: &str, _: &[u8]) -> Result<(), KeychainError> {
        Ok(())
    }
}

/// Making the private key takes seconds of computing, so most tests find one.
fn chain() -> RunKeychain {
    static MADE: LazyLock<Vec<u8>> =
        LazyLock::new(|| WorkstationKey::generate().unwrap().1.to_vec());
    let chain = RunKeychain::default();
    chain.write(KEY, &MADE).unwrap();
    chain
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn refused(chain: &dyn Keychain, folder: &Path, state: WorkstationState) -> VaultError {
    Workstation::open(chain, folder, state).unwrap_err()
}

#[test]
fn the_same_keychain_gives_the_same_keys() {
    let (chain, folder) = (RunKeychain::default(), folder());
    let first = Workstation::open(&chain, folder.path(), WorkstationState::Fresh).unwrap();
    let again = Workstation::open(&chain, folder.path(), WorkstationState::InUse).unwrap();
    assert_eq!(
        (first.secret, again.secret),
        (SecretOrigin::Made, SecretOrigin::Found)
    );
    let (first, again) = (first.workstation, again.workstation);
    assert_eq!(first.id(), again.id());
    let sealed = first.audit_keys().rows.seal(b"r", b"x").unwrap();
    assert_eq!(again.audit_keys().rows.open(b"r", &sealed).unwrap(), b"x");
    let read = AuditKeys::read(&chain).unwrap();
    assert_eq!(read.rows.open(b"r", &sealed).unwrap(), b"x");
    assert_eq!(read.chain, first.audit_keys().chain);
    assert_eq!(first.key().public_key(), again.key().public_key());
    let secrets = first.session_secrets();
    let chain = first.audit_keys().chain;
    assert_ne!(chain, secrets.pepper, "labels separate keys");
    assert_ne!(chain, secrets.file);
    assert_ne!(secrets.pepper, secrets.file);
}

#[test]
fn nothing_is_made_over_sealed_values() {
    let (chain, folder) = (RunKeychain::default(), folder());
    let missing = refused(&chain, folder.path(), WorkstationState::InUse);
    assert_eq!(missing, VaultError::KeyMissing);
    let read = AuditKeys::read(&chain).map(|_| ());
    assert_eq!(read.unwrap_err(), VaultError::KeyMissing);
    assert_eq!(chain.read(SECRET).unwrap(), None, "no secret was made");
    assert_eq!(chain.read(KEY).unwrap(), None);
    assert!(!folder.path().join(CHECK).exists());
}

#[test]
fn the_check_alone_says_that_the_folder_is_in_use() {
    let (first, folder) = (chain(), folder());
    Workstation::open(&first, folder.path(), WorkstationState::Fresh).unwrap();
    let emptied = RunKeychain::default();
    let missing = refused(&emptied, folder.path(), WorkstationState::Fresh);
    assert_eq!(missing, VaultError::KeyMissing);
    assert_eq!(emptied.read(SECRET).unwrap(), None, "no secret was made");
}

#[test]
fn a_secret_whose_records_are_gone_is_told() {
    let chain = chain();
    Workstation::open(&chain, folder().path(), WorkstationState::Fresh).unwrap();
    let opened = Workstation::open(&chain, folder().path(), WorkstationState::Fresh).unwrap();
    assert_eq!(opened.secret, SecretOrigin::Found);
}

#[test]
fn a_first_start_that_was_broken_off_has_left_no_records() {
    let (chain, folder) = (RunKeychain::default(), folder());
    make_secret(&chain).unwrap();
    let opened = Workstation::open(&chain, folder.path(), WorkstationState::Fresh).unwrap();
    assert_eq!(opened.secret, SecretOrigin::Made);
}

#[test]
fn the_public_key_is_read_and_nothing_is_made() {
    let (chain, folder) = (chain(), folder());
    let empty = RunKeychain::default();
    let read = |chain: &RunKeychain| Workstation::public_key(chain, folder.path());
    assert_eq!(read(&empty).unwrap(), None);
    let key = Workstation::open(&chain, folder.path(), WorkstationState::Fresh).unwrap();
    let public = key.workstation.key().public_key();
    assert_eq!(read(&chain).unwrap(), Some(public));

    // A folder in use tells an emptied keychain and one of another user.
    assert_eq!(read(&empty).unwrap_err(), VaultError::KeyMissing);
    assert_eq!(empty.read(SECRET).unwrap(), None, "no secret was made");
    assert_eq!(empty.read(KEY).unwrap(), None, "no key was made");
    make_secret(&empty).unwrap();
    assert_eq!(read(&empty).unwrap_err(), VaultError::OtherKey);
}

#[test]
fn the_keychain_of_another_user_is_told_before_anything_is_made() {
    let (first, folder) = (chain(), folder());
    Workstation::open(&first, folder.path(), WorkstationState::Fresh).unwrap();
    let check = std::fs::read(folder.path().join(CHECK)).unwrap();
    let other = RunKeychain::default();
    make_secret(&other).unwrap();
    for state in [WorkstationState::Fresh, WorkstationState::InUse] {
        let refusal = refused(&other, folder.path(), state);
        assert_eq!(refusal, VaultError::OtherKey);
    }
    assert_eq!(other.read(KEY).unwrap(), None, "no key was made");
    let kept = std::fs::read(folder.path().join(CHECK)).unwrap();
    assert_eq!(kept, check);
}

#[test]
fn a_damaged_check_accuses_no_keychain() {
    let (chain, folder) = (chain(), folder());
    Workstation::open(&chain, folder.path(), WorkstationState::Fresh).unwrap();
    for damaged in [b"".as_slice(), b"short"] {
        std::fs::write(folder.path().join(CHECK), damaged).unwrap();
        let refusal = refused(&chain, folder.path(), WorkstationState::InUse);
        assert_eq!(refusal, VaultError::Check);
    }
}

#[test]
fn a_folder_that_was_in_use_before_checks_gets_one_from_whoever_opened_it() {
    let (chain, folder) = (chain(), folder());
    make_secret(&chain).unwrap();
    let opened = Workstation::open(&chain, folder.path(), WorkstationState::InUse).unwrap();
    assert!(!folder.path().join(CHECK).exists(), "not seen to be right");
    opened.workstation.vouch_for(folder.path()).unwrap();
    let other = RunKeychain::default();
    make_secret(&other).unwrap();
    let refusal = refused(&other, folder.path(), WorkstationState::InUse);
    assert_eq!(refusal, VaultError::OtherKey);
}

#[test]
fn a_keychain_that_refuses_or_forgets_is_not_trusted() {
    let (fresh, folder) = (WorkstationState::Fresh, folder());
    let locked = refused(&Broken(KeychainError::Locked), folder.path(), fresh);
    assert_eq!(locked, VaultError::Keychain(KeychainError::Locked));
    let forgotten = refused(&Forgetful, folder.path(), fresh);
    assert_eq!(forgotten, VaultError::Keychain(KeychainError::Failed));
    assert!(!folder.path().join(CHECK).exists());
}
