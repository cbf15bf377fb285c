//! What one user keeps on this computer for some hours: their clinic list, and copies of answers.
//!
//! # What is kept
//!
//! In the folder `kept`, one file for each value: when it ends, in the clear, so that it can be removed
//! while nobody is signed in, and the value sealed under the user's passcode ([`SealedSession`]). The
//! file names say nothing: they are random, or the same for everybody.
//!
//! # What is dropped, and when
//!
//! Everything at its end, on a policy that keeps nothing, when another user signs in, and when a file
//! is not one of these. A removed file is unlinked, not overwritten: what may be left on the disk is
//! sealed, and its key comes from the passcode and the keychain only.
//!
//! # What this does not withstand
//!
//! Whoever may write the user's files can put back what was removed. They need the passcode to open
//! it, and the value itself says when it ended.

use crate::{SealedSession, durable};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// What each file begins with: the layout's name and version.
const MARK: &[u8; 8] = b"CPISKEP1";

/// The folder in a data folder.
#[derive(Debug, Clone)]
pub struct KeptFolder {
    path: PathBuf,
}

/// A value of the folder, still sealed.
#[derive(Debug, Clone)]
pub struct KeptValue {
    /// When it ends, in seconds since 1970. Not authenticated.
    pub ends: i64,
    /// The value.
    pub sealed: SealedSession,
}

impl KeptFolder {
    /// The folder in a data folder, which must exist. Nothing is made before something is kept.
    #[must_use]
    pub fn new(data_folder: &Path) -> Self {
        Self {
            path: data_folder.join("kept"),
        }
    }

    /// Keeps a value instead of the one of that name. When this returns, it is on the disk. Blocks.
    ///
    /// # Errors
    /// What the disk said. The value before is there still.
    pub fn keep(&self, name: &str, value: &KeptValue) -> Result<(), Error> {
        let file = self.file(name)?;
        match std::fs::create_dir(&self.path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        let content = [
            MARK.as_slice(),
            &value.ends.to_be_bytes(),
            &value.sealed.to_bytes(),
        ]
        .concat();
        durable::replace(&file, &content)
    }

    /// The value of a name, if there is one. A file that is none is removed. Blocks.
    ///
    /// # Errors
    /// What the disk said.
    pub fn read(&self, name: &str) -> Result<Option<KeptValue>, Error> {
        let file = self.file(name)?;
        let content = match std::fs::read(&file) {
            Ok(content) => content,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let value = parsed(&content);
        if value.is_none() {
            durable::remove(&file)?;
        }
        Ok(value)
    }

    /// Removes a value. One that is not there is no error. Blocks.
    ///
    /// # Errors
    /// What the disk said: it may be there still.
    pub fn remove(&self, name: &str) -> Result<(), Error> {
        durable::remove(&self.file(name)?)
    }

    /// Removes everything. Blocks.
    ///
    /// # Errors
    /// What the disk said: something may be there still.
    pub fn clear(&self) -> Result<(), Error> {
        match std::fs::remove_dir_all(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => durable::sync_folder_of(&self.path),
        }
    }

    fn file(&self, name: &str) -> Result<PathBuf, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.is_empty() || !name.chars().all(plain) {
            return Err(ErrorKind::InvalidInput.into());
        }
        Ok(self.path.join(format!("{name}.sealed")))
    }
}

fn parsed(content: &[u8]) -> Option<KeptValue> {
    let rest = content.strip_prefix(MARK)?;
    let (ends, rest) = rest.split_first_chunk()?;
    Some(KeptValue {
        ends: i64::from_be_bytes(*ends),
        sealed: SealedSession::from_bytes(rest)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Passcode, SessionKey};

    fn key() -> SessionKey {
        SessionKey::new(&Passcode::new("123456").unwrap(), &[1; 32]).unwrap()
    }

    #[test]
    fn a_value_is_kept_replaced_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, key) = (KeptFolder::new(folder.path()), key());
        assert!(kept.read("list").unwrap().is_none());
        for (text, ends) in [("first", 10), ("second", 20)] {
            let sealed = key.seal(text.as_bytes()).unwrap();
            kept.keep("list", &KeptValue { ends, sealed }).unwrap();
            let read = kept.read("list").unwrap().unwrap();
            assert_eq!(read.ends, ends);
            assert_eq!(key.open(&read.sealed).unwrap().as_slice(), text.as_bytes());
        }
        kept.remove("list").unwrap();
        kept.remove("list").unwrap();
        assert!(kept.read("list").unwrap().is_none());
    }

    #[test]
    fn clearing_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, key) = (KeptFolder::new(folder.path()), key());
        kept.clear().unwrap();
        for name in ["list", "0198f000-0000-4000-8000-000000000001"] {
            let sealed = key.seal(b"x").unwrap();
            kept.keep(name, &KeptValue { ends: 0, sealed }).unwrap();
        }
        kept.clear().unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_value_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, key) = (KeptFolder::new(folder.path()), key());
        let sealed = key.seal(b"x").unwrap();
        kept.keep("list", &KeptValue { ends: 0, sealed }).unwrap();
        let file = folder.path().join("kept/list.sealed");
        let whole = std::fs::read(&file).unwrap();
        for cut in [0, 4, 12, 20, 40] {
            std::fs::write(&file, &whole[..cut]).unwrap();
            assert!(kept.read("list").unwrap().is_none(), "{cut} bytes");
            assert!(!file.exists(), "{cut} bytes");
        }
    }

    #[test]
    fn a_name_cannot_lead_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        let kept = KeptFolder::new(folder.path());
        for name in ["", "..", "a/b", "a\\b", "../session"] {
            assert!(kept.read(name).is_err(), "{name}");
            assert!(kept.remove(name).is_err(), "{name}");
        }
    }
}
