//! The counter of a virtual card, and its locking against other processes. What it keeps and why is
//! said at the card.

use super::TRIES;
use crate::CardError;
use crate::durable::lock;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::path::Path;

/// Why a check failed.
pub(crate) enum Failed {
    /// The passcode is wrong.
    Wrong,
    /// There was nothing to check the passcode against.
    NotACard,
}

/// The counter of a card, locked against other processes while it is held.
pub(super) struct Counter {
    file: File,
    left: u8,
}

impl Counter {
    pub fn lock(path: &Path) -> Result<Self, CardError> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|_| CardError::CannotCount)?;
        lock(&file).map_err(|_| CardError::CannotCount)?;
        let mut text = String::new();
        file.read_to_string(&mut text)
            .map_err(|_| CardError::Unreadable)?;
        let left = if text.is_empty() {
            TRIES
        } else {
            let tries: Tries = serde_json::from_str(&text).map_err(|_| CardError::Unreadable)?;
            tries.tries_left.min(TRIES)
        };
        Ok(Self { file, left })
    }

    /// Spends a try on the disk, then checks; a right passcode restores all tries.
    pub fn spend_on<T>(
        mut self,
        check: impl FnOnce() -> Result<T, Failed>,
    ) -> Result<T, CardError> {
        let left = self.left;
        let spent = left.checked_sub(1).ok_or(CardError::Locked)?;
        self.write(spent)?;
        match check() {
            Ok(opened) => {
                self.write(TRIES)?;
                Ok(opened)
            }
            Err(Failed::Wrong) if spent == 0 => Err(CardError::Locked),
            Err(Failed::Wrong) => Err(CardError::WrongPasscode {
                tries_left: Some(spent),
            }),
            Err(Failed::NotACard) => {
                self.write(left)?;
                Err(CardError::Unreadable)
            }
        }
    }

    /// Always of one length and written in place, so that no moment of the write leaves an empty
    /// file that would read as a fresh card.
    fn write(&mut self, tries_left: u8) -> Result<(), CardError> {
        let text =
            serde_json::to_string(&Tries { tries_left }).map_err(|_| CardError::CannotCount)?;
        let mut write = || {
            self.file.rewind()?;
            self.file.write_all(text.as_bytes())?;
            self.file
                .set_len(u64::try_from(text.len()).unwrap_or(u64::MAX))?;
            self.file.sync_all()
        };
        write().map_err(|_: std::io::Error| CardError::CannotCount)?;
        self.left = tries_left;
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tries {
    tries_left: u8,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_try_is_on_the_disk_before_the_check() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("card.tries.json");
        let counter = Counter::lock(&path).unwrap();
        let during = || Ok(std::fs::read_to_string(&path).unwrap());
        assert_eq!(counter.spend_on(during).unwrap(), "{\"triesLeft\":2}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"triesLeft\":3}");
    }
}
