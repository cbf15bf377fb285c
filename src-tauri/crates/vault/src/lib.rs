//! Secrets: the keychain, sealing, cards with their passcodes, and the sealed session.
//!
//! The operating system's keychain holds one 32-byte workstation secret and the workstation's
//! private key, nothing else. Every other key is derived from the secret and lives only in memory.
//! On the disk are the session ([`SessionFile`]), what a user keeps for some hours ([`KeptFolder`]) and a
//! check that the keychain is the right one ([`Workstation::open`]).
//! No type here implements `Serialize` or prints what it holds.

mod card;
mod durable;
mod error;
mod kept_folder;
mod keychain;
mod passcode;
mod presence;
mod seal;
mod session;
mod session_file;
mod signing;
mod stack;
mod support;
#[doc(hidden)]
pub mod untrusted;
mod workstation;

pub use card::{Card, CardFolder, CardSource, OpenCard, TRIES, TokenModule, VirtualCard};
pub use error::{
    CardError, CardSourceError, KeychainError, SealError, SessionError, SessionFileError,
    SupportKeyError, UnlockError, VaultError,
};
pub use kept_folder::{KeptFolder, KeptValue};
pub use keychain::{Keychain, RunKeychain, SystemKeychain};
pub use passcode::Passcode;
pub use presence::{CardInReader, CardPresence, Presence};
pub use seal::{SealingKey, keyed_hash};
pub use session::{SealedSession, SessionKey};
pub use session_file::{HeldSession, SessionFile};
pub use signing::{Algorithm, RsaPublicKey, WorkstationKey};
pub use stack::leave_no_trace;
pub use support::SupportKey;
pub use workstation::{AuditKeys, Opened, SecretOrigin, Workstation, WorkstationState};
