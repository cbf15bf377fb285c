//! What the operating system tells upon which the program locks at once (invariant I6).

use crate::view::LockCause;

/// A signal of the operating system that nobody may sit at this screen any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LockSignal {
    /// The screen was locked.
    ScreenLocked,
    /// Another user was switched in.
    UserSwitched,
    /// The computer goes to sleep or shuts down, or has just slept.
    Sleep,
}

impl From<LockSignal> for LockCause {
    fn from(signal: LockSignal) -> Self {
        match signal {
            LockSignal::ScreenLocked => Self::ScreenLocked,
            LockSignal::UserSwitched => Self::UserSwitched,
            LockSignal::Sleep => Self::Sleep,
        }
    }
}
