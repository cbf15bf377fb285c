//! What policy may set, as the settings screen lists it.

use serde::Serialize;
use ts_rs::TS;

/// One thing that an organisation may set in the policy file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PolicySetting {
    /// What.
    pub key: PolicyKey,
    /// The value in force.
    pub value: PolicyValue,
    /// Whether the policy file says so, and not the default.
    pub by_policy: bool,
}

/// What an organisation may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyKey {
    /// The address of the service.
    Service,
    /// Where plans come from.
    Source,
    /// How many keys are pinned.
    PinnedKeys,
    /// Certificate authorities besides the system's.
    ExtraAuthorities,
    /// The way to the service. The system decides it, not policy.
    Proxy,
    /// The organisation's ODS code.
    Organisation,
    /// The care setting.
    CareSetting,
    /// Which mode of looking is permitted.
    Mode,
    /// Practice only.
    PracticeOnly,
    /// How many safeguarding contacts are given.
    Contacts,
    /// The hours of the local authorities' offices.
    OfficeHours,
    /// The ways to sign in.
    SignIn,
    /// Minutes without use until the program locks.
    IdleLock,
    /// Hours until a session ends.
    AbsoluteHours,
    /// Whether a card that is taken out locks.
    CardRemoval,
    /// Whether the window is kept out of screenshots.
    ContentProtected,
    /// Hours for which a clinic list and its copies are kept.
    KeepHours,
    /// How many unsent records this computer holds.
    Capacity,
    /// Days for which a record is kept after it was sent.
    Retention,
    /// Whether a record can be saved for support.
    SupportKey,
}

/// A value in force. The window has the words, and the unit of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum PolicyValue {
    /// Nothing is set.
    NotSet,
    /// As the operating system says.
    System,
    /// A name or an address.
    Text {
        /// The text.
        text: String,
    },
    /// A number; the key gives its unit.
    Number {
        /// The number.
        #[ts(type = "number")]
        number: u32,
    },
    /// On or off.
    Switch {
        /// Whether it is on.
        on: bool,
    },
    /// Where plans come from.
    Source {
        /// Whether from the patient flags, which carry no access history.
        patient_flags: bool,
    },
    /// Which mode of looking is permitted.
    Mode {
        /// Only this one; absent: what the role permits.
        only: Option<super::LookMode>,
    },
    /// The ways to sign in.
    SignIn {
        /// In the order of the screen.
        ways: Vec<SignInWay>,
    },
}

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum SignInWay {
    /// With a smartcard.
    Card,
    /// In the browser.
    Browser,
    /// With a virtual card.
    TestCard,
}
