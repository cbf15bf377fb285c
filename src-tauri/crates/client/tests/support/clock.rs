//! Time that stands still until a test moves it.

use chrono::{DateTime, FixedOffset, TimeDelta};
use std::sync::Mutex;

/// One clock for the program and the backend.
pub struct HandClock(Mutex<DateTime<FixedOffset>>);

impl HandClock {
    pub fn at(moment: &str) -> Self {
        Self(Mutex::new(DateTime::parse_from_rfc3339(moment).unwrap()))
    }

    pub fn read(&self) -> DateTime<FixedOffset> {
        *self.0.lock().unwrap()
    }

    pub fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }
}

impl cpis_client::Clock for HandClock {
    fn now(&self) -> DateTime<FixedOffset> {
        self.read()
    }
}

impl cpis_training::Clock for HandClock {
    fn now(&self) -> DateTime<FixedOffset> {
        self.read()
    }
}
