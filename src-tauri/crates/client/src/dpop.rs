//! Tokens bound to this computer (RFC 9449, DPoP): a stolen token is of no use without the key.
//!
//! The key is the workstation's own, which never leaves the vault. Each call with a bound token
//! carries a proof for its method, address and token. A service may ask for its own nonce in the
//! proof; the newest one is kept in memory until it gives another.

use crate::jwt::{Proof, proof};
use crate::network::{Method, Reply};
use crate::service::ServiceFault;
use crate::world::World;
use cpis_vault::Workstation;
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The algorithm of the proofs: the workstation's key signs with no other.
pub(crate) const ALGORITHM: &str = "RS512";

/// This computer's key, as tokens are bound to it.
pub(crate) struct Binding {
    keys: Arc<Workstation>,
    world: World,
    nonce: Mutex<Option<String>>,
}

impl Binding {
    pub fn new(keys: Arc<Workstation>, world: World) -> Self {
        Self {
            keys,
            world,
            nonce: Mutex::new(None),
        }
    }

    /// The header with the proof for one call; `token` is the access token that the call carries.
    pub fn proof(
        &self,
        method: Method,
        address: &Url,
        token: Option<&str>,
    ) -> Result<(&'static str, String), ServiceFault> {
        let nonce = self.held().clone();
        let proof = proof(
            self.keys.key(),
            &Proof {
                method: method.name(),
                address,
                token,
                nonce: nonce.as_deref(),
                id: self.world.identifiers.random(),
                now: self.world.clock.now(),
            },
        )?;
        Ok(("DPoP", proof))
    }

    /// Takes note of the nonce that an answer brought. Returns whether it is a new one: only then
    /// can a refused call fare better with another proof.
    pub fn learn(&self, reply: &Reply) -> bool {
        let Some(given) = &reply.dpop_nonce else {
            return false;
        };
        let mut held = self.held();
        let is_new = held.as_ref() != Some(given);
        *held = Some(given.clone());
        is_new
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.nonce.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
