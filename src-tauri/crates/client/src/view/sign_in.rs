//! What the screens around a sign-in show: cards, roles, locks, the end of a session.

use super::{LookMode, PracticeCardPurpose};
use crate::network;
use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use ts_rs::TS;

/// A card that can be used to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Names the card in commands.
    pub id: String,
    /// The name on the card.
    pub name: String,
    /// What the card is for, in practice mode.
    pub purpose: Option<PracticeCardPurpose>,
    /// The passcode, in practice mode only, where it is printed on the screen.
    pub practice_passcode: Option<String>,
}

/// Why a sign-in or an unlock failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "code"
)]
pub enum SignInFault {
    /// No card was chosen.
    CardMissing,
    /// No passcode was typed.
    PasscodeMissing,
    /// A passcode has 4 to 8 digits.
    PasscodeShape,
    /// The passcode is wrong.
    WrongPasscode {
        /// How many tries are left before the card locks; absent where the card does not say.
        tries_left: Option<u8>,
    },
    /// The passcode does not unlock the session.
    WrongAtLock {
        /// How many tries are left before the session is destroyed.
        tries_left: u8,
    },
    /// The passcode could not be checked on this computer: its disk or memory is full.
    CannotCheckPasscode,
    /// The clock of this computer stands before the time at which the session was kept.
    ClockBackwards,
    /// The card's passcode must be set or changed first.
    CardPasscodeNotSet,
    /// The card's certificate is not valid yet: the computer's clock may be wrong.
    CardNotYetValid,
    /// The card was taken out.
    CardRemoved,
    /// The passcode was to be typed on the reader, and was not.
    PasscodeNotEntered,
    /// Another program uses the card.
    CardInUse,
    /// The card has no certificate to sign in with.
    CardWithoutCertificate,
    /// The card has several certificates, and shows them only after the passcode.
    SeveralCertificates,
    /// The card's key is of a kind that cannot be used.
    CardKeyUnsupported,
    /// The card is locked: three wrong passcodes.
    CardLocked,
    /// The card's certificate has expired.
    CardExpired,
    /// The card cannot be read.
    CardUnreadable,
    /// The service does not accept this card.
    CardRefused,
    /// The service could not be reached.
    Unreachable,
    /// The service did not answer in time, or is not available.
    ServiceUnavailable,
    /// No trusted connection to the service came about.
    Certificate {
        /// Why.
        fault: CertificateFault,
        /// What this computer's clock said then (RFC 3339 with offset).
        #[ts(type = "string")]
        clock: DateTime<FixedOffset>,
    },
    /// The service answered with something that this program does not understand.
    UnreadableAnswer,
    /// The computer's clock and the service's clock are too far apart, or the request was refused.
    Refused,
    /// The service does not offer sign-in in the browser.
    BrowserNotOffered,
    /// No browser could be started, or it has no way back to this program.
    NoBrowser,
    /// The person gave up in the browser, or the service refused them there.
    BrowserRefused,
    /// The browser came back with something that does not belong to this sign-in.
    BrowserForeign,
    /// The browser did not come back in time.
    BrowserTimedOut,
    /// Practice met a service that does not say that it is a training backend. Nothing was sent.
    NotTraining,
    /// What the service says of the person cannot be trusted.
    IdentityNotTrusted,
    /// The computer's clock and the service's clock are too far apart.
    ClockDiffers,
    /// The person signed in with less assurance than this computer's policy asks for.
    AssuranceTooLow,
}

/// What is wrong with the service's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CertificateFault {
    /// By this computer's clock it is over.
    Expired,
    /// By this computer's clock it is not valid yet.
    NotYetValid,
    /// It is for another name.
    OtherName,
    /// This computer does not trust who issued it.
    UnknownIssuer,
    /// Something on the way, such as a proxy, most likely stands for the service.
    FromProxy,
    /// It has none of the keys that policy pins.
    NotPinned,
    /// It has been revoked.
    Revoked,
    /// It is not trusted for another reason.
    NotTrusted,
    /// The service offers only encryption that is too weak.
    WeakEncryption,
}

impl From<network::CertificateFault> for CertificateFault {
    fn from(fault: network::CertificateFault) -> Self {
        use network::CertificateFault as Fault;
        match fault {
            Fault::Expired => Self::Expired,
            Fault::NotYetValid => Self::NotYetValid,
            Fault::OtherName => Self::OtherName,
            Fault::UnknownIssuer => Self::UnknownIssuer,
            Fault::FromProxy => Self::FromProxy,
            Fault::NotPinned => Self::NotPinned,
            Fault::Revoked => Self::Revoked,
            Fault::NotTrusted => Self::NotTrusted,
            Fault::WeakEncryption => Self::WeakEncryption,
        }
    }
}

/// What to say about smartcards when there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ReaderState {
    /// Policy does not name the software for smartcards.
    NotSetUp,
    /// The software that policy names is missing or fails.
    SoftwareMissing,
    /// The operating system's smartcard service does not run.
    NoService,
    /// No reader is connected.
    NoReader,
    /// A card is in a reader, but it is none to sign in with.
    UnknownCard,
    /// A card can be put in.
    Ready,
}

/// A role, in one mode, that may look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoleChoice {
    /// Names the choice in commands.
    pub id: String,
    /// The role in words.
    pub role: String,
    /// The organisation's name, if known.
    pub organisation: Option<String>,
    /// The organisation's ODS code.
    pub ods_code: String,
    /// Whether a look tells the local authority.
    pub mode: LookMode,
}

/// A role that may not look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IneligibleRole {
    /// The role in words.
    pub role: String,
    /// The organisation's name, if known.
    pub organisation: Option<String>,
    /// The organisation's ODS code.
    pub ods_code: String,
    /// Why.
    pub reason: IneligibleReason,
}

/// Why a role may not look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum IneligibleReason {
    /// Neither B0107 nor B0170.
    NoActivityCode,
    /// Only a mode that this computer's policy excludes.
    NotUnderPolicy,
    /// Held at an organisation other than the one this computer belongs to (policy
    /// `site.organisation`).
    OtherOrganisation,
}

/// Why the program locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LockCause {
    /// The person asked for it.
    Asked,
    /// Nobody used the program for the time that policy sets.
    Idle,
    /// The screen was locked.
    ScreenLocked,
    /// Another user of the computer was switched in.
    UserSwitched,
    /// The computer went to sleep.
    Sleep,
    /// The card was taken out.
    CardRemoved,
    /// The program ended while somebody was signed in, and was started again.
    Restart,
}

/// Why the session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SessionEnd {
    /// The person signed out.
    SignedOut,
    /// The person signed out, but the service could not be told.
    SignedOutServiceNotTold,
    /// The service no longer accepts the session.
    ServiceEnded,
    /// The session reached the longest time that policy permits.
    TooLong,
    /// Three wrong passcodes at the lock.
    TooManyTries,
    /// The session could not be kept on this computer's disk.
    NotKept,
    /// What was kept of the session is damaged.
    Damaged,
    /// The session was kept with another keychain than this one.
    OtherKeychain,
    /// The session was kept for another service than this computer uses now.
    OtherService,
}
