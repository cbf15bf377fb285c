//! How often sessions were renewed, for tests that count it.

use super::OAuthError;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How requests for renewal (`grant_type=refresh_token`) were answered. One that was sent back for
/// a nonce only is in neither number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Renewals {
    /// With new tokens.
    pub granted: u64,
    /// With an error.
    pub refused: u64,
}

/// Counts renewals from the start of the backend on.
#[derive(Default)]
pub(crate) struct RenewalCount(Mutex<Renewals>);

impl RenewalCount {
    pub(super) fn count<T>(&self, answer: &Result<T, OAuthError>) {
        match answer {
            Ok(_) => self.lock().granted += 1,
            Err(error) if error.asks_for_nonce() => {}
            Err(_) => self.lock().refused += 1,
        }
    }

    pub(crate) fn so_far(&self) -> Renewals {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Renewals> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
