use super::*;
use proptest::prelude::*;
use std::process::Command;
use std::sync::LazyLock;

const NOW: i64 = 1_795_000_000;
const ENDS: i64 = NOW + 8 * 3600;

/// Sealed once for all tests: a derivation takes its time.
static SEALED: LazyLock<SealedSession> = LazyLock::new(|| {
    let key = SessionKey::new(&passcode("123456"), &[1; 32]).unwrap();
    key.seal(b"token").unwrap()
});

fn passcode(digits: &str) -> Passcode {
    Passcode::new(digits).unwrap()
}

/// The file as a computer sees it; computers of different numbers have different secrets.
fn file(folder: &Path, computer: u8) -> SessionFile {
    SessionFile {
        path: folder.join("session.sealed"),
        secrets: SessionSecrets {
            owner: [computer; 16],
            file: Zeroizing::new([computer; 32]),
            pepper: Zeroizing::new([computer; 32]),
        },
    }
}

fn kept() -> (tempfile::TempDir, SessionFile) {
    let folder = tempfile::tempdir().unwrap();
    let session = file(folder.path(), 1);
    session.keep(&SEALED, ENDS, NOW).unwrap();
    (folder, session)
}

fn tries(left: u8) -> Option<HeldSession> {
    Some(HeldSession {
        ends: ENDS,
        tries_left: left,
    })
}

fn refused(session: &SessionFile, digits: &str) -> UnlockError {
    session
        .unlock(&passcode(digits), NOW)
        .map(drop)
        .unwrap_err()
}

#[test]
fn it_survives_a_restart_and_opens_with_the_passcode() {
    let (folder, session) = kept();
    drop(session);
    let session = file(folder.path(), 1);
    assert_eq!(session.held(NOW), Ok(tries(3)));
    let (key, content) = session.unlock(&passcode("123456"), NOW).unwrap();
    assert_eq!(content.as_slice(), b"token");
    assert_eq!(key.open(&SEALED).unwrap().as_slice(), b"token");
    assert_eq!(session.held(NOW), Ok(tries(3)), "it stays until destroyed");
    session.destroy().unwrap();
    assert_eq!(session.held(NOW), Ok(None));
    assert_eq!(refused(&session, "123456"), UnlockError::NoSession);
    session.destroy().unwrap();
}

#[test]
fn the_third_wrong_try_destroys_it_across_restarts() {
    let (folder, session) = kept();
    let wrong = |tries_left| UnlockError::WrongPasscode { tries_left };
    assert_eq!(refused(&session, "000000"), wrong(2));
    session.unlock(&passcode("123456"), NOW).unwrap();
    let again = || file(folder.path(), 1);
    assert_eq!(refused(&again(), "000000"), wrong(2));
    assert_eq!(refused(&again(), "000000"), wrong(1));
    assert_eq!(again().held(NOW), Ok(tries(1)));
    assert_eq!(refused(&again(), "000000"), UnlockError::Destroyed);
    assert!(!session.path.exists());
    assert_eq!(refused(&again(), "123456"), UnlockError::NoSession);
}

#[test]
fn keeping_another_restores_the_tries() {
    let (_folder, session) = kept();
    refused(&session, "000000");
    session.keep(&SEALED, ENDS, NOW).unwrap();
    assert_eq!(session.held(NOW), Ok(tries(3)));
}

#[test]
fn the_try_is_on_the_disk_before_the_check() {
    let (_folder, session) = kept();
    let during = |_: &SealedSession| {
        let bytes = std::fs::read(&session.path).unwrap();
        let Reading::Whole(layout) = Layout::read(&bytes, &session.secrets) else {
            panic!("it is whole during the check");
        };
        Ok(layout.tries_left)
    };
    assert_eq!(session.spend_on(NOW, during), Ok(2));
}

const FOLDER: &str = "CPIS_TEST_SESSION";

#[test]
fn a_process_that_dies_inside_the_check_has_spent_its_try() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let session = file(Path::new(&folder), 1);
        let _ = session.spend_on(NOW, |_| -> Result<(), _> { std::process::abort() });
    }
    let (folder, session) = kept();
    let dies = || {
        let test = "session_file::tests::a_process_that_dies_inside_the_check_has_spent_its_try";
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test])
            .env(FOLDER, folder.path())
            .output()
            .unwrap()
            .status;
        assert!(!status.success());
    };
    dies();
    assert_eq!(session.held(NOW), Ok(tries(2)));
    dies();
    assert_eq!(session.held(NOW), Ok(tries(1)));
    dies();
    assert_eq!(refused(&session, "123456"), UnlockError::Destroyed);
    assert!(!session.path.exists());
}

/// On a busy computer a try may find the file in use for longer than it waits: it was not counted.
fn refused_in_turn(session: &SessionFile, passcode: &str) -> UnlockError {
    loop {
        match refused(session, passcode) {
            UnlockError::CannotCount => {}
            refusal => return refusal,
        }
    }
}

#[test]
fn tries_at_the_same_time_are_counted_each() {
    let (folder, _) = kept();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| refused_in_turn(&file(folder.path(), 1), "000000")))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    for tries_left in [2, 1] {
        let wrong = UnlockError::WrongPasscode { tries_left };
        assert_eq!(outcomes.iter().filter(|o| **o == wrong).count(), 1);
    }
    assert!(outcomes.contains(&UnlockError::Destroyed));
    assert!(outcomes.contains(&UnlockError::NoSession));
}

#[test]
fn an_unwritable_count_checks_nothing() {
    let (folder, session) = kept();
    std::fs::create_dir(folder.path().join("session.sealed.new")).unwrap();
    let refusal = session.spend_on(NOW, |_| -> Result<(), _> { panic!("it was checked") });
    assert_eq!(refusal, Err(UnlockError::CannotCount));
    let again = session.keep(&SEALED, ENDS, NOW);
    assert_eq!(again, Err(SessionFileError::Disk));
    assert_eq!(session.held(NOW), Ok(tries(3)));
}

#[test]
fn a_check_without_memory_gives_the_try_back() {
    let (_folder, session) = kept();
    let refusal = session.spend_on(NOW, |_| Err::<(), _>(SessionError::Derivation));
    assert_eq!(refusal, Err(UnlockError::CannotCheck));
    assert_eq!(session.held(NOW), Ok(tries(3)));
}

#[test]
fn its_end_destroys_it() {
    let (_folder, session) = kept();
    assert_eq!(session.held(ENDS - 1), Ok(tries(3)));
    assert_eq!(session.held(ENDS), Ok(None));
    assert!(!session.path.exists());
    session.keep(&SEALED, ENDS, NOW).unwrap();
    let over = session.unlock(&passcode("123456"), ENDS).map(drop);
    assert_eq!(over, Err(UnlockError::Over));
    assert!(!session.path.exists());
}

#[test]
fn a_clock_that_went_backwards_opens_nothing_and_destroys_nothing() {
    let (_folder, session) = kept();
    assert_eq!(session.held(NOW - 300), Ok(tries(3)), "a correction");
    let before = NOW - 301;
    assert_eq!(session.held(before), Err(SessionFileError::ClockBackwards));
    let refusal = session.unlock(&passcode("123456"), before).map(drop);
    assert_eq!(refusal, Err(UnlockError::ClockBackwards));
    // Each try moves the latest time on.
    let later = NOW + 3600;
    let wrong = session.unlock(&passcode("000000"), later).map(drop);
    assert_eq!(wrong, Err(UnlockError::WrongPasscode { tries_left: 2 }));
    assert_eq!(session.held(NOW), Err(SessionFileError::ClockBackwards));
    assert_eq!(session.held(later), Ok(tries(2)));
}

#[test]
fn another_computers_session_is_set_aside_until_its_end() {
    let (folder, session) = kept();
    let other = file(folder.path(), 2);
    let told = other.unlock(&passcode("123456"), NOW).map(drop);
    assert_eq!(told, Err(UnlockError::OtherComputer));
    assert_eq!(other.held(NOW), Ok(None));
    let aside = session.aside();
    std::fs::copy(&aside, &session.path).unwrap();
    assert_eq!(
        session.held(NOW),
        Ok(tries(3)),
        "it is whole where it belongs"
    );
    std::fs::copy(&session.path, &aside).unwrap();
    assert_eq!(other.held(NOW), Err(SessionFileError::OtherComputer));
    assert!(aside.exists());
    assert_eq!(other.held(ENDS), Ok(None));
    assert!(!aside.exists());
}

#[test]
fn a_blob_that_asks_for_too_much_is_destroyed() {
    let (_folder, session) = kept();
    for error in [SessionError::TooCostly, SessionError::TooWeak] {
        session.keep(&SEALED, ENDS, NOW).unwrap();
        let refusal = session.spend_on(NOW, |_| Err::<(), _>(error));
        assert_eq!(refusal, Err(UnlockError::Damaged));
        assert!(!session.path.exists());
    }
}

#[test]
fn nothing_of_the_session_is_readable_in_the_file() {
    let (_folder, session) = kept();
    let bytes = std::fs::read(&session.path).unwrap();
    assert!(!bytes.windows(5).any(|w| w == b"token"));
    #[cfg(unix)]
    {
        let permissions = std::fs::metadata(&session.path).unwrap().permissions();
        let mode = std::os::unix::fs::PermissionsExt::mode(&permissions);
        assert_eq!(mode & 0o077, 0, "only its owner may read it");
    }
}

/// What a computer makes of a damaged file that had two tries left.
fn judge(damaged: &[u8]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let session = file(folder.path(), 1);
    std::fs::write(&session.path, damaged).unwrap();
    let opened = session.spend_on(NOW, |_| Ok(()));
    prop_assert!(opened.is_err(), "a damaged file came to the check");
    prop_assert_eq!(session.held(NOW), Ok(None));
    std::fs::write(&session.path, damaged).unwrap();
    prop_assert!(session.held(NOW).is_err());
    prop_assert_eq!(session.held(NOW), Ok(None));
    Ok(())
}

/// A file that has two tries left.
fn used() -> Vec<u8> {
    let layout = Layout {
        latest: NOW,
        ends: ENDS,
        tries_left: 2,
        session: SEALED.clone(),
    };
    layout.bytes(&file(Path::new(""), 1).secrets)
}

#[test]
fn every_byte_that_is_flipped_is_found() {
    let whole = used();
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 1;
        judge(&damaged).unwrap();
    }
}

proptest! {
    // Each case writes and syncs eight files.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damage_never_opens_and_never_gives_tries(
        place in any::<prop::sample::Index>(),
        flip in 1u8..,
        more in proptest::collection::vec(any::<u8>(), 1..20),
        noise in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let whole = used();
        let place = place.index(whole.len());
        let mut flipped = whole.clone();
        flipped[place] ^= flip;
        judge(&flipped)?;
        judge(&whole[..place])?;
        judge(&[whole.as_slice(), &more].concat())?;
        judge(&noise)?;
    }
}
