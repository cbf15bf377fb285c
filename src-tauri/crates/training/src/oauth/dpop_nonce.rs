//! The nonce that the server may ask every proof to hold (RFC 9449 sections 8 and 9), so that no
//! proof can be made in advance. Every backend on the store has the same.

use crate::TrainingError;
use crate::shared::{self, DPOP_NONCE};
use crate::store::Store;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Seconds for which a nonce is current.
const SECONDS: i64 = 300;

#[derive(Serialize, Deserialize)]
struct Issued {
    nonce: String,
    until: i64,
}

/// The current nonce, made anew when the last one is too old. There is one for everybody: it says
/// when a proof was made, not by whom.
pub(crate) fn current(store: &dyn Store, now: i64) -> Result<String, TrainingError> {
    shared::change(store, DPOP_NONCE, |issued: &mut Option<Issued>| {
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
    })
}

/// Whether a proof holds the current nonce.
pub(super) fn is_current(
    store: &dyn Store,
    held: Option<&str>,
    now: i64,
) -> Result<bool, TrainingError> {
    let issued: Option<Issued> = shared::read(store, DPOP_NONCE)?;
    Ok(issued.is_some_and(|kept| now < kept.until && held == Some(kept.nonce.as_str())))
}

/// Lets the current nonce be current no longer.
pub(crate) fn forget(store: &dyn Store) -> Result<(), TrainingError> {
    shared::change(store, DPOP_NONCE, |issued: &mut Option<Issued>| {
        *issued = None;
        Ok(())
    })
}
