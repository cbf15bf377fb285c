//! The computer's clipboard, with the marks by which each system is told to keep no copy.
//!
//! Windows: `ExcludeClipboardContentFromMonitorProcessing`, `CanIncludeInClipboardHistory` 0 and
//! `CanUploadToCloudClipboard` 0. macOS: `org.nspasteboard.ConcealedType`. Linux:
//! `x-kde-passwordManagerHint` with the value `secret`. All three are asked for, and a program that
//! does not know them may still keep what it reads.

use arboard::Set;
use cpis_client::ClipboardFault;
use std::sync::{Mutex, PoisonError};

/// The operating system's clipboard, opened when it is first used. On X11 whoever copies also hands
/// out, so it stays open as long as the program.
#[derive(Default)]
pub struct SystemClipboard(Mutex<Option<arboard::Clipboard>>);

impl cpis_client::Clipboard for SystemClipboard {
    fn put(&self, text: &str) -> Result<(), ClipboardFault> {
        self.with(|clipboard| marked(clipboard.set()).text(text))
    }

    fn take_back(&self, text: &str) -> Result<(), ClipboardFault> {
        self.with(|clipboard| match clipboard.get_text() {
            Ok(there) if there == text => clipboard.clear(),
            // Something else is there by now, or nothing that is text.
            Ok(_) | Err(arboard::Error::ContentNotAvailable) => Ok(()),
            Err(error) => Err(error),
        })
    }
}

impl SystemClipboard {
    fn with(
        &self,
        work: impl FnOnce(&mut arboard::Clipboard) -> Result<(), arboard::Error>,
    ) -> Result<(), ClipboardFault> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.is_none() {
            *open = Some(arboard::Clipboard::new().map_err(|_| ClipboardFault)?);
        }
        let clipboard = open.as_mut().ok_or(ClipboardFault)?;
        // What the library says could hold what was copied.
        work(clipboard).map_err(|_| ClipboardFault)
    }
}

#[cfg(target_os = "linux")]
fn marked(set: Set<'_>) -> Set<'_> {
    use arboard::SetExtLinux;
    set.exclude_from_history()
}

#[cfg(target_os = "macos")]
fn marked(set: Set<'_>) -> Set<'_> {
    use arboard::SetExtApple;
    set.exclude_from_history()
}

#[cfg(windows)]
fn marked(set: Set<'_>) -> Set<'_> {
    use arboard::SetExtWindows;
    set.exclude_from_monitoring()
        .exclude_from_history()
        .exclude_from_cloud()
}
