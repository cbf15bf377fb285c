//! What a card needs of a PKCS#11 module (OASIS PKCS #11 Specification 3.1). A trait, because some
//! states of a card, such as its last try, cannot be made with a token in software.

use crate::{CardError, Passcode};

/// A PKCS#11 module, initialised.
pub(super) trait Module: Send + Sync + std::fmt::Debug {
    /// The tokens that are in a slot now.
    fn tokens(&self) -> Result<Vec<Token>, Fault>;

    /// What the token's flags say of its passcode, now.
    fn passcode_state(&self, slot: u64) -> Result<PasscodeState, Fault>;

    /// A session, not logged in. Dropping it closes it.
    fn session(&self, slot: u64) -> Result<Box<dyn Session>, Fault>;
}

/// A session with a token. The state of being logged in is shared by all sessions that this process
/// has with the token (PKCS #11 section 2.7).
pub(super) trait Session: Send {
    /// The certificates that can be read in the present state.
    fn certificates(&self) -> Result<Vec<Certificate>, Fault>;

    /// The private keys that can be seen in the present state.
    fn private_keys(&self) -> Result<Vec<PrivateKey>, Fault>;

    /// Gives the passcode to the token.
    fn log_in(&self, passcode: &Passcode) -> Result<(), Fault>;

    /// Leaves the token as before the passcode.
    fn log_out(&self) -> Result<(), Fault>;

    /// Signs with the private key of an id.
    fn sign(&self, key: &[u8], mechanism: Mechanism, bytes: &[u8]) -> Result<Vec<u8>, Fault>;
}

/// A token in a slot.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub slot: u64,
    pub identity: Identity,
}

/// What stays the same of a token, whichever slot it is in (`CK_TOKEN_INFO`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub manufacturer: String,
    pub model: String,
    pub serial: String,
    pub label: String,
}

/// The flags `CKF_USER_PIN_FINAL_TRY` and `CKF_USER_PIN_LOCKED`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasscodeState {
    /// Neither: some tries are left, the token does not say how many.
    Open,
    /// One try is left.
    FinalTry,
    /// None is left.
    Locked,
}

/// A certificate on a token. `id` (`CKA_ID`) is that of its key.
#[derive(Clone)]
pub(super) struct Certificate {
    pub id: Vec<u8>,
    pub label: String,
    pub der: Vec<u8>,
}

/// A private key on a token.
#[derive(Clone)]
pub(super) struct PrivateKey {
    pub id: Vec<u8>,
    /// Whether it asks for the passcode at each signature (`CKA_ALWAYS_AUTHENTICATE`).
    pub always_asks: bool,
}

/// How a token signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mechanism {
    /// `CKM_SHA256_RSA_PKCS`, over the message.
    Sha256RsaPkcs,
    /// `CKM_RSA_PKCS`, over the `DigestInfo` of its hash.
    RsaPkcs,
    /// `CKM_ECDSA`, over its hash.
    Ecdsa,
}

/// The return values (`CKR_...`) that lead to different actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    WrongPasscode,
    Locked,
    PasscodeNotSet,
    AlreadyLoggedIn,
    Removed,
    Cancelled,
    InUse,
    MechanismRefused,
    Failed,
}

impl From<Fault> for CardError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::WrongPasscode => Self::WrongPasscode { tries_left: None },
            Fault::Locked => Self::Locked,
            Fault::PasscodeNotSet => Self::PasscodeNotSet,
            Fault::Removed => Self::Removed,
            Fault::Cancelled => Self::Cancelled,
            Fault::AlreadyLoggedIn | Fault::InUse => Self::InUse,
            Fault::MechanismRefused => Self::UnsupportedKey,
            Fault::Failed => Self::Unreadable,
        }
    }
}
