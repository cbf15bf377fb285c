//! The clipboard, for the one thing that is copied from a record: the NHS number.

/// The computer's clipboard.
pub trait Clipboard: Send + Sync {
    /// Puts a text there to be pasted, marked so that the system's clipboard history, its copy in the
    /// cloud and programs that watch the clipboard leave it out. May block.
    ///
    /// # Errors
    /// [`ClipboardFault`]: nothing was put there, or not with these marks.
    fn put(&self, text: &str) -> Result<(), ClipboardFault>;

    /// Empties it if it still holds this text. May block.
    ///
    /// # Errors
    /// [`ClipboardFault`]: the text may still be there.
    fn take_back(&self, text: &str) -> Result<(), ClipboardFault>;
}

/// The clipboard cannot be used: there is none, or another program holds it. The person can write the
/// number down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the clipboard cannot be used")]
pub struct ClipboardFault;
