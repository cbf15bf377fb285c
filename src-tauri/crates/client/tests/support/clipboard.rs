//! A clipboard that tests can look at.

use super::PATIENCE;
use cpis_client::{Clipboard, ClipboardFault};
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

/// What lies on the computer's clipboard.
pub struct HandClipboard {
    held: watch::Sender<Option<String>>,
    missing: AtomicBool,
}

impl Default for HandClipboard {
    fn default() -> Self {
        Self {
            held: watch::Sender::new(None),
            missing: AtomicBool::new(false),
        }
    }
}

impl HandClipboard {
    /// What a person would paste.
    pub fn read(&self) -> Option<String> {
        self.held.borrow().clone()
    }

    /// Another program copies something.
    pub fn other_program(&self, text: &str) {
        self.held.send_replace(Some(text.to_owned()));
    }

    /// From now on it cannot be used.
    pub fn go_missing(&self) {
        self.missing.store(true, Ordering::Relaxed);
    }

    /// Waits until nothing is there.
    pub async fn emptied(&self) {
        let mut held = self.held.subscribe();
        let empty = held.wait_for(Option::is_none);
        tokio::time::timeout(PATIENCE, empty)
            .await
            .unwrap()
            .unwrap();
    }
}

impl Clipboard for HandClipboard {
    fn put(&self, text: &str) -> Result<(), ClipboardFault> {
        if self.missing.load(Ordering::Relaxed) {
            return Err(ClipboardFault);
        }
        self.held.send_replace(Some(text.to_owned()));
        Ok(())
    }

    fn take_back(&self, text: &str) -> Result<(), ClipboardFault> {
        self.held
            .send_if_modified(|held| held.take_if(|there| there == text).is_some());
        Ok(())
    }
}
