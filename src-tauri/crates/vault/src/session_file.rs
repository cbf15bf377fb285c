//! The sealed session on the disk, so that a program that was killed starts locked, and can be
//! unlocked offline until the session's end.
//!
//! # What is kept
//!
//! `session.sealed`, in the data folder: which computer it belongs to, the session's end, the
//! latest time at which the file was written, the tries left, and the session sealed under the
//! passcode ([`SealedSession`]). All of it is authenticated under a key derived from the
//! workstation's secret, so that a changed count or end is found. The count of tries is written and
//! synced before each check, under a lock between processes (`session.lock`, empty): a crash, a
//! restart or a second process gives no try for free.
//!
//! # What is dropped, and when
//!
//! The file, on the third wrong try, at the session's end, when it is damaged or altered, and when
//! it is destroyed on purpose. The passcode and the key are not kept.
//!
//! A session that was sealed under another workstation's secret is set aside, as
//! `session.sealed.other`, and not deleted: a restored backup or a replaced keychain is no fault of
//! the session, which opens again once the right keychain is back. It is removed when its end has
//! passed.
//!
//! A clock that stands before the latest time of writing is refused, and the file kept: an empty
//! clock battery is mended by itself, and a clock put back by a person gains nothing, since it must
//! not come before what has been seen, and the end stays the end.
//!
//! # What this does not withstand
//!
//! Whoever may write the user's files can put back an older copy of the file with its tries. They
//! can then try on this computer only, as this user: whose keychain is open to them anyway.

mod failpoint;
pub(crate) mod layout;

use crate::durable::{self, lock};
use crate::workstation::{SessionSecrets, Workstation};
use crate::{
    Passcode, SealedSession, SessionError, SessionFileError, SessionKey, TRIES, UnlockError,
};
use layout::{Layout, Reading};
use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// How far a clock may go back, in seconds: time servers correct clocks by less.
const CLOCK_TOLERANCE: i64 = 5 * 60;

/// The sealed session in a data folder.
pub struct SessionFile {
    path: PathBuf,
    secrets: SessionSecrets,
}

/// A session that waits for the passcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldSession {
    /// When it ends, in seconds since 1970.
    pub ends: i64,
    /// How many wrong passcodes it still takes to destroy it.
    pub tries_left: u8,
}

impl SessionFile {
    /// The file in a data folder, which must exist.
    #[must_use]
    pub fn new(folder: &Path, workstation: &Workstation) -> Self {
        Self {
            path: folder.join("session.sealed"),
            secrets: workstation.session_secrets(),
        }
    }

    /// Keeps a session instead of the one before, with all tries. `ends` and `now` are in seconds
    /// since 1970. Blocks.
    ///
    /// # Errors
    /// [`SessionFileError::Disk`].
    pub fn keep(
        &self,
        session: &SealedSession,
        ends: i64,
        now: i64,
    ) -> Result<(), SessionFileError> {
        let _lock = self.lock()?;
        let layout = Layout {
            latest: now,
            ends,
            tries_left: TRIES,
            session: session.clone(),
        };
        self.write(&layout).map_err(|_| SessionFileError::Disk)
    }

    /// The session that is kept, if there is one. `now` is in seconds since 1970. One that is over
    /// or has no tries left is destroyed. Blocks.
    ///
    /// # Errors
    /// [`SessionFileError`] says what became of a file that holds no such session.
    pub fn held(&self, now: i64) -> Result<Option<HeldSession>, SessionFileError> {
        let _lock = self.lock()?;
        self.drop_aside(now);
        match self.read(now) {
            Ok(layout) => Ok(Some(HeldSession {
                ends: layout.ends,
                tries_left: layout.tries_left,
            })),
            Err(Absence::None | Absence::Over | Absence::NoTries) => Ok(None),
            Err(Absence::Damaged) => Err(SessionFileError::Damaged),
            Err(Absence::OtherComputer) => Err(SessionFileError::OtherComputer),
            Err(Absence::ClockBackwards) => Err(SessionFileError::ClockBackwards),
            Err(Absence::Disk) => Err(SessionFileError::Disk),
        }
    }

    /// Spends a try, on the disk, then opens the session; a right passcode restores all tries, the
    /// third wrong one destroys the session. `now` is in seconds since 1970. Blocks: it takes
    /// about 0.2 s and 64 MiB.
    ///
    /// # Errors
    /// [`UnlockError`].
    pub fn unlock(
        &self,
        passcode: &Passcode,
        now: i64,
    ) -> Result<(SessionKey, Zeroizing<Vec<u8>>), UnlockError> {
        self.spend_on(now, |session| session.open(passcode, &self.secrets.pepper))
    }

    /// Removes the session. Blocks.
    ///
    /// # Errors
    /// [`SessionFileError::Disk`] when it is still there.
    pub fn destroy(&self) -> Result<(), SessionFileError> {
        let _lock = self.lock()?;
        durable::remove(&self.path).map_err(|_| SessionFileError::Disk)
    }

    fn spend_on<T>(
        &self,
        now: i64,
        check: impl FnOnce(&SealedSession) -> Result<T, SessionError>,
    ) -> Result<T, UnlockError> {
        let _lock = self.lock().map_err(|_| UnlockError::CannotCount)?;
        let mut layout = self.read(now)?;
        let left = layout.tries_left;
        layout.latest = layout.latest.max(now);
        layout.tries_left = left - 1;
        self.write(&layout).map_err(|_| UnlockError::CannotCount)?;
        failpoint::counted();
        match check(&layout.session) {
            Ok(opened) => {
                layout.tries_left = TRIES;
                if let Err(error) = self.write(&layout) {
                    tracing::warn!(%error, "the tries of the session could not be restored");
                }
                Ok(opened)
            }
            Err(SessionError::NotAuthentic) if layout.tries_left == 0 => {
                self.remove();
                Err(UnlockError::Destroyed)
            }
            Err(SessionError::NotAuthentic) => Err(UnlockError::WrongPasscode {
                tries_left: layout.tries_left,
            }),
            // The passcode was not checked.
            Err(SessionError::Derivation | SessionError::Seal(_)) => {
                layout.tries_left = left;
                self.write(&layout).map_err(|_| UnlockError::CannotCount)?;
                Err(UnlockError::CannotCheck)
            }
            Err(SessionError::TooWeak | SessionError::TooCostly) => {
                self.remove();
                Err(UnlockError::Damaged)
            }
        }
    }

    /// Reads the file, and removes or sets aside what cannot be opened any more.
    fn read(&self, now: i64) -> Result<Layout, Absence> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Err(Absence::None),
            Err(_) => return Err(Absence::Disk),
        };
        let layout = match Layout::read(&bytes, &self.secrets) {
            Reading::Whole(layout) => layout,
            Reading::OtherComputer { .. } => {
                let aside = std::fs::rename(&self.path, self.aside());
                aside.map_err(|_| Absence::Disk)?;
                return Err(Absence::OtherComputer);
            }
            Reading::Damaged => {
                self.remove();
                return Err(Absence::Damaged);
            }
        };
        if layout.tries_left == 0 {
            self.remove();
            return Err(Absence::NoTries);
        }
        if now >= layout.ends {
            self.remove();
            return Err(Absence::Over);
        }
        if now < layout.latest.saturating_sub(CLOCK_TOLERANCE) {
            return Err(Absence::ClockBackwards);
        }
        Ok(layout)
    }

    /// What cannot be removed stays as it is: without tries, over, or damaged. It opens never more.
    fn remove(&self) {
        if let Err(error) = durable::remove(&self.path) {
            tracing::error!(%error, "the sealed session could not be removed");
        }
    }

    fn write(&self, layout: &Layout) -> Result<(), std::io::Error> {
        durable::replace(&self.path, &layout.bytes(&self.secrets))
    }

    fn lock(&self) -> Result<File, SessionFileError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = options
            .open(self.path.with_file_name("session.lock"))
            .map_err(|_| SessionFileError::Disk)?;
        lock(&file).map_err(|_| SessionFileError::Disk)?;
        Ok(file)
    }

    fn aside(&self) -> PathBuf {
        self.path.with_file_name("session.sealed.other")
    }

    /// Its end cannot be authenticated here; whoever alters it could as well remove the file.
    fn drop_aside(&self, now: i64) {
        let Ok(bytes) = std::fs::read(self.aside()) else {
            return;
        };
        let waits = matches!(
            Layout::read(&bytes, &self.secrets),
            Reading::OtherComputer { ends } if now < ends
        );
        if !waits && let Err(error) = durable::remove(&self.aside()) {
            tracing::warn!(%error, "another computer's session could not be removed");
        }
    }
}

impl std::fmt::Debug for SessionFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionFile(redacted)")
    }
}

/// Why there is no session to open.
enum Absence {
    None,
    Over,
    NoTries,
    Damaged,
    OtherComputer,
    ClockBackwards,
    Disk,
}

impl From<Absence> for UnlockError {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::None => Self::NoSession,
            Absence::Over => Self::Over,
            Absence::NoTries => Self::Destroyed,
            Absence::Damaged => Self::Damaged,
            Absence::OtherComputer => Self::OtherComputer,
            Absence::ClockBackwards => Self::ClockBackwards,
            Absence::Disk => Self::CannotCount,
        }
    }
}

#[cfg(test)]
mod tests;
