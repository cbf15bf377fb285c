//! The nonce that the server may ask every proof to hold (RFC 9449 sections 8 and 9), so that no
//! proof can be made in advance.

use crate::TrainingError;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Seconds for which a nonce is current.
const SECONDS: i64 = 300;

/// The current nonce. There is one for everybody: it says when a proof was made, not by whom.
#[derive(Default)]
pub(crate) struct DpopNonce(Mutex<Option<Issued>>);

struct Issued {
    nonce: String,
    until: i64,
}

impl DpopNonce {
    /// The current nonce, made anew when the last one is too old.
    pub(crate) fn current(&self, now: i64) -> Result<String, TrainingError> {
        let mut issued = self.lock();
        if let Some(kept) = issued.as_ref().filter(|kept| now < kept.until) {
            return Ok(kept.nonce.clone());
        }
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        let nonce = URL_SAFE_NO_PAD.encode(bytes);
        *issued = Some(Issued {
            nonce: nonce.clone(),
            until: now + SECONDS,
        });
        Ok(nonce)
    }

    /// Whether a proof holds the current nonce.
    pub(super) fn is_current(&self, held: Option<&str>, now: i64) -> bool {
        self.lock()
            .as_ref()
            .is_some_and(|kept| now < kept.until && held == Some(kept.nonce.as_str()))
    }

    /// Lets the current nonce be current no longer.
    pub(crate) fn forget(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Issued>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
