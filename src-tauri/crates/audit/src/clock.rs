//! Time and chance, passed in (invariant I9).

use chrono::{DateTime, FixedOffset};
use std::time::Duration;

/// Tells the time where the user is.
pub trait Clock: Send + Sync {
    /// Now, with the local offset.
    fn now(&self) -> DateTime<FixedOffset>;
}

/// Spreads retries, so that many computers do not come back at the same moment.
pub trait Jitter: Send + Sync {
    /// A duration chosen evenly between the two, both included.
    fn between(&self, least: Duration, most: Duration) -> Duration;
}
