//! What crosses to the window: one snapshot of everything that the screen shows.
//!
//! The controller owns all state. After each change it makes a new [`View`]; the window draws it
//! and keeps nothing else. A locked program therefore sends a view without an identifier, and the
//! window has none. Rust is the source of these types; `ui/src/bindings/` is written from them.
//!
//! The words on the screen are not here: codes cross, and the window's catalogue has the sentences.
//! Dates cross as ISO 8601 text.
//!
//! Results about a person are in [`Shown`], which only an opened value makes (see `shown.rs`).

use crate::shown::Shown;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Everything that the window shows at one moment.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Grows with every change; an older view never replaces a newer one.
    #[ts(type = "number")]
    pub revision: u64,
    /// Practice or live; never both in one run.
    pub program: ProgramMode,
    /// Things that the person should know on every screen.
    pub notices: Vec<Notice>,
    /// Whether the service can be reached.
    pub connectivity: Connectivity,
    /// Records that have not reached the service.
    pub to_send: ToSendCount,
    /// Who is signed in, and in which role; absent on locked and signed-out screens.
    pub user: Option<SignedInUser>,
    /// Only in practice mode: whether the training backend answers.
    pub practice_network_on: Option<bool>,
    /// The screen.
    pub screen: Screen,
}

/// Practice or live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum ProgramMode {
    /// Made-up children, on the built-in training backend.
    Practice,
    /// A real service, or any backend named by policy.
    Live,
}

/// A permanent remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// Practice without a keychain: everything is forgotten when the program closes.
    PracticeForgotten,
    /// Virtual cards in live mode (policy `sign_in = ["test-card"]`).
    TestCards,
    /// This computer is not enrolled, so records wait; Settings says what to do.
    NotEnrolled,
    /// The service refused this computer's enrolment code.
    EnrolmentRefused,
}

/// Whether the service can be reached, from what really happened last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum Connectivity {
    /// The last call was answered.
    Connected,
    /// Not known yet, or trying again after a failure that may pass.
    Connecting,
    /// The last calls were not answered.
    Offline {
        /// Since when (RFC 3339 with offset).
        since: String,
    },
}

/// How many records wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ToSendCount {
    /// Waiting or being sent.
    pub waiting: u32,
    /// Refused by the service: somebody must look.
    pub needs_attention: u32,
}

/// The signed-in person, as the header shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SignedInUser {
    /// Name.
    pub name: String,
    /// The chosen role; absent until one is chosen.
    pub role: Option<ChosenRole>,
    /// Whether there is another role or mode to change to.
    pub may_change_role: bool,
}

/// A chosen role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ChosenRole {
    /// The role in words.
    pub role: String,
    /// The organisation's name, if known.
    pub organisation: Option<String>,
    /// The organisation's ODS code.
    pub ods_code: String,
    /// Whether a look tells the local authority.
    pub mode: LookMode,
}

/// Whether a look tells the local authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LookMode {
    /// Scheduled care: it is not told.
    Scheduled,
    /// Unscheduled care: it is told.
    Unscheduled,
}

/// One screen.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    tag = "kind"
)]
pub enum Screen {
    /// The program is starting.
    Starting,
    /// The program cannot do its work on this computer.
    CannotStart {
        /// What is wrong.
        fault: StartFault,
        /// What the machine said, without identifiers, for the IT department.
        detail: Option<String>,
    },
    /// Sign in with a card and its passcode.
    SignIn {
        /// The cards that can be used. Empty: none was found, or no live service is set up.
        cards: Vec<Card>,
        /// Whether a live service is set up. Always true in practice mode.
        service_configured: bool,
        /// Whether practice can be chosen here (in live mode only).
        practice_offered: bool,
        /// Whether a sign-in is under way.
        busy: bool,
        /// Why the last try failed.
        fault: Option<SignInFault>,
    },
    /// Choose one of several roles.
    ChooseRole {
        /// Roles that may look. Empty: no role may; the page says what to ask for.
        choices: Vec<RoleChoice>,
        /// Roles that may not, with the reason.
        ineligible: Vec<IneligibleRole>,
    },
    /// Find a child.
    Find {
        /// What was wrong with the last input.
        faults: Vec<FieldFault>,
        /// Why no check can be begun now, whatever is typed.
        blocked: Option<FindBlocked>,
    },
    /// A check is under way.
    Checking {
        /// How far it has come.
        stage: CheckingStage,
        /// When it began (RFC 3339 with offset).
        since: String,
    },
    /// A check has ended.
    Result {
        /// What may be shown: only an audit receipt opens it.
        shown: Box<Shown>,
    },
    /// The records on their way to the service.
    ToSend {
        /// The list and its figures.
        queue: Queue,
    },
    /// Settings: this computer's enrolment, the service, versions.
    Settings {
        /// What is shown.
        settings: Settings,
    },
    /// Help, which works without signing in.
    Help,
    /// Locked. Nothing about a person is in this view.
    Locked {
        /// When (RFC 3339 with offset).
        at: String,
        /// Why.
        cause: LockCause,
        /// Whether an unlock is under way.
        busy: bool,
        /// Why the last try failed.
        fault: Option<SignInFault>,
    },
    /// The session is over.
    SessionEnded {
        /// Why.
        cause: SessionEnd,
    },
}

/// Why the program cannot do its work on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum StartFault {
    /// No keychain, which live mode needs.
    NoKeychain,
    /// The keychain is locked or refused.
    KeychainLocked,
    /// Sealed records exist, but the keychain no longer holds their key.
    KeyMissing,
    /// The policy file has a fault; the detail names the key and the line.
    Policy,
    /// The data folder cannot be written.
    DataFolder,
    /// The audit trail cannot be opened.
    AuditTrail,
    /// Another run of the program has the data folder open.
    InUse,
    /// The audit trail was written by a newer version of the program.
    NewerVersion,
}

/// A card that can be used to sign in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// Names the card in commands.
    pub id: String,
    /// The name on the card.
    pub name: String,
    /// What the card is for, in practice mode.
    pub description: Option<String>,
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
        /// How many tries are left before the card locks.
        tries_left: u8,
    },
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
    /// The service's certificate is not trusted on this computer.
    CertificateNotTrusted,
    /// The service answered with something that this program does not understand.
    UnreadableAnswer,
    /// The computer's clock and the service's clock are too far apart, or the request was refused.
    Refused,
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

/// One fault of the find form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FieldFault {
    /// Which field to go to.
    pub field: FindField,
    /// What is wrong.
    pub code: FindFault,
}

/// A field of the find form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindField {
    /// NHS number.
    NhsNumber,
    /// Day of birth.
    Day,
    /// Month of birth.
    Month,
    /// Year of birth.
    Year,
}

/// What is wrong with a field of the find form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindFault {
    /// No NHS number.
    NhsNumberMissing,
    /// A National Insurance number.
    NationalInsuranceNumber,
    /// Letters or signs in the NHS number.
    NhsNumberNotDigits,
    /// Fewer than ten digits.
    NhsNumberTooShort,
    /// More than ten digits.
    NhsNumberTooLong,
    /// The check digit does not fit.
    NhsNumberCheckDigit,
    /// No date of birth.
    BirthDateMissing,
    /// No day.
    DayMissing,
    /// No month.
    MonthMissing,
    /// No year.
    YearMissing,
    /// The day is not a number.
    DayNotANumber,
    /// The month is not a number.
    MonthNotANumber,
    /// The year is not a number.
    YearNotANumber,
    /// The year does not have four digits.
    YearDigits,
    /// No such date.
    BirthDateNotReal,
    /// In the future.
    BirthDateFuture,
    /// Before 1900.
    BirthDateTooLongAgo,
}

/// Why no check can be begun now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum FindBlocked {
    /// The audit trail cannot write: no look without a record.
    AuditTrail,
    /// The audit trail holds as many unsent records as policy permits.
    QueueFull,
}

/// How far a check has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CheckingStage {
    /// The person is being traced.
    Identity,
    /// The register is being asked.
    Records,
}

/// The records on their way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// The records, those that need attention first, then the oldest.
    pub records: Vec<QueuedRecord>,
    /// When a record last reached the service (RFC 3339 with offset).
    pub last_sent: Option<String>,
    /// When the next try is due, if one waits (RFC 3339 with offset).
    pub next_try: Option<String>,
    /// Whether something is being sent now.
    pub sending: bool,
}

/// One record on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueuedRecord {
    /// The record's reference, the id of the look.
    pub id: String,
    /// When the look began (RFC 3339 with offset).
    pub at: String,
    /// Where the record is.
    pub state: QueuedState,
    /// When it was sent (RFC 3339 with offset).
    pub sent_at: Option<String>,
    /// How often sending was tried.
    pub tries: u32,
    /// Why it needs attention or still waits.
    pub reason: Option<QueueReason>,
}

/// Where a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum QueuedState {
    /// The look has not ended.
    Attempted,
    /// Waiting to be sent.
    Waiting,
    /// Being sent.
    Sending,
    /// The service gave a receipt.
    Sent,
    /// The service refused it.
    NeedsAttention,
}

/// Why a record has not been sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum QueueReason {
    /// The service cannot be reached.
    Unreachable,
    /// The service is not available or asked to wait.
    ServiceUnavailable,
    /// The answer was not a receipt.
    NotAReceipt,
    /// This computer is not enrolled, or its credential was refused.
    Credential,
    /// Another record with the same reference is there with other content.
    Conflict,
    /// The service refused the record.
    Refused,
    /// The record cannot be read on this computer.
    Unreadable,
}

/// What the settings screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The program's version.
    pub version: String,
    /// The service's address, if one is set up.
    pub service: Option<String>,
    /// The organisation's ODS code from policy, if set.
    pub organisation: Option<String>,
    /// The policy file in force, if any.
    pub policy_file: Option<String>,
    /// Whether this computer is enrolled.
    pub enrolled: bool,
    /// Why the last try to enrol failed.
    pub enrolment_fault: Option<EnrolmentFault>,
    /// Minutes without use after which the program locks.
    pub idle_lock_minutes: u32,
}

/// Why enrolment failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum EnrolmentFault {
    /// No code was typed.
    CodeMissing,
    /// The code is wrong, used or expired.
    CodeRefused,
    /// The service could not be reached or did not answer.
    Unreachable,
}

/// Why the program locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum LockCause {
    /// The person asked for it.
    Asked,
    /// Nobody used the program for the time that policy sets.
    Idle,
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
    CardLocked,
}

/// An error of a command. The code is there only where the window acts on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CommandError {
    /// The code.
    pub code: CommandErrorCode,
    /// For a log or a support call; without identifiers.
    pub message: String,
}

/// The codes of [`CommandError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum CommandErrorCode {
    /// The command does not fit the present screen; draw the view again.
    NotNow,
    /// The program is closing or has failed.
    Stopped,
}

/// A place that a person can go to by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Find a child.
    Find,
    /// To send.
    ToSend,
    /// Settings.
    Settings,
    /// Help.
    Help,
}
