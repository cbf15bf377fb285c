//! Where the time comes from.

use chrono::{DateTime, FixedOffset, Local};

/// Tells the time. Tests own one that is moved by hand.
pub trait Clock: Send + Sync {
    /// The time now, with the offset of the place where the backend stands.
    fn now(&self) -> DateTime<FixedOffset>;
}

/// The computer's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place from which the time is passed in"
    )]
    fn now(&self) -> DateTime<FixedOffset> {
        Local::now().fixed_offset()
    }
}
