//! What crosses to the window: one snapshot of everything that the screen shows.
//!
//! The controller owns all state. After each change it makes a new [`View`]; the window draws it
//! and keeps nothing else. A locked program therefore sends a view without an identifier, and the
//! window has none. Rust is the source of these types; `ui/src/bindings/` is written from them.
//!
//! The words on the screen are not here: codes cross, and the window's catalogue has the sentences.
//! Dates cross as ISO 8601 text.
//!
//! Results about a person are in [`Shown`](crate::shown::Shown), which only an opened value makes
//! (see `shown.rs`).

mod class;
mod clinic;
mod connection;
mod find;
mod link;
mod note;
mod policy;
mod practice;
mod queue;
mod result;
mod screen;
mod search;
mod settings;
mod sign_in;
mod tasks;

pub use class::{ClassFault, PracticeClass};
pub use clinic::{
    ChecksEnded, ChecksStopped, ChecksUnderWay, ClinicImport, ClinicLineFault, ClinicLineProblem,
    ClinicPrintState, ResultOnClinic, ShownClinic, ShownClinicAnswer, ShownClinicChild,
    ShownClinicNotice, ShownClinicState,
};
pub use connection::{CheckedPart, ConnectionCheck, ConnectionFault, ConnectionPart, PartOutcome};
pub use find::{CheckingStage, FieldFault, FilledBy, FilledIn, FindBlocked, FindFault, FindField};
pub use link::LinkRemark;
pub use note::{
    NoteFault, NoteFieldFault, NoteFormField, NotePrintState, NoteStage, NoteWay, NotedField,
    NotedValue, NoticeAuthority, NoticeKind, NoticeStage, ShownNote, ShownNotice, WrittenNote,
};
pub use policy::{PolicyKey, PolicySetting, PolicyValue, SignInWay};
pub use practice::{
    CompletionPrintout, GuidedTask, PracticeCardPurpose, PracticeCase, PracticeChild,
    PracticeScenario, PracticeTask, Weather,
};
pub use queue::{Delay, Queue, QueueReason, QueuedKind, QueuedRecord, QueuedState, SupportFile};
pub use result::{CopyState, PrintState};
pub use screen::Screen;
pub use search::{FilledForm, SearchField, SearchFieldFault};
pub use settings::{EnrolmentFault, LogFolder, PublicKey, Settings, StartFault};
pub use sign_in::{
    Card, CertificateFault, IneligibleReason, IneligibleRole, LockCause, ReaderState, RoleChoice,
    SessionEnd, SignInFault,
};
pub use tasks::{TaskState, TaskStates};

use crate::policy::SafeguardingContact;
use cpis_record::NhsNumber;
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
    /// How each thing that needs the service last went.
    pub tasks: TaskStates,
    /// Records that have not reached the service.
    pub to_send: ToSendCount,
    /// Who is signed in, and in which role; absent on locked and signed-out screens.
    pub user: Option<SignedInUser>,
    /// Whether a result waits to be seen or seen again, behind the present screen.
    pub result_kept: bool,
    /// What is said of the last link from another program.
    pub link: Option<LinkRemark>,
    /// What became of copying the NHS number of the result on the screen.
    pub copy: Option<CopyState>,
    /// What became of printing the result on the screen.
    pub print: Option<PrintState>,
    /// Whom to call here about a child, from policy: on every screen, also before sign-in.
    pub safeguarding_contacts: Vec<SafeguardingContact>,
    /// Which of a local authority's numbers is for now, by this computer's clock; absent where policy
    /// does not give its hours.
    pub authority_hours: Option<AuthorityHours>,
    /// Only in practice mode: the scenario.
    pub practice: Option<PracticeScenario>,
    /// Seconds until the program locks because nobody uses it, once that is soon.
    pub lock_warning: Option<u32>,
    /// The screen.
    pub screen: Screen,
}

/// Which of the two numbers of a local authority is for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum AuthorityHours {
    /// The office hours number.
    Office,
    /// The emergency duty number.
    OutOfHours,
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

impl ProgramMode {
    /// Whether a person's NHS number may be used: in practice only one that no real person has.
    pub(crate) fn permits(self, number: &NhsNumber) -> bool {
        self == Self::Live || number.is_test_range()
    }
}

/// A permanent remark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
pub enum Notice {
    /// Policy permits practice only on this computer.
    PracticeOnly,
    /// Practice without a keychain: everything is forgotten when the program closes.
    PracticeForgotten,
    /// Virtual cards in live mode (policy `sign_in = ["test-card"]`).
    TestCards,
    /// This computer is not enrolled, so records wait; Settings says what to do.
    NotEnrolled,
    /// The service refused this computer's enrolment code.
    EnrolmentRefused,
    /// The service no longer accepts this computer, so records wait; Settings says what to do.
    WorkstationRefused,
    /// Records of earlier looks were kept under this computer's key, and they are gone.
    RecordsGone,
    /// The file of the audit trail was damaged. It was put aside, and what could be read goes out.
    AuditTrailPutAside,
    /// The audit trail is not as it was written: somebody or something changed it.
    AuditTrailAltered,
    /// Little of the disk is free. When less is, no child can be checked.
    DiskNearlyFull,
    /// Nearly as many unsent records as policy permits. At that many no child can be checked.
    QueueNearlyFull,
    /// A record has waited for more than a day.
    RecordsLate,
    /// The clock of this computer is behind the time of an earlier look.
    ClockBehind,
    /// The clinic list and its copies were removed, because their hour had come.
    ClinicListGone,
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
    /// Find a child; a result that was there is left.
    Find,
    /// Find a child without an NHS number.
    Search,
    /// Back to the result of the last check.
    Result,
    /// A note to the local authority about a record of the result on the screen.
    Note,
    /// The clinic list; bringing children in, while there is none.
    ClinicList,
    /// Bring children in.
    ClinicImport,
    /// Prepare the clinic for being offline.
    PrepareOffline,
    /// To send.
    ToSend,
    /// Settings.
    Settings,
    /// Help.
    Help,
    /// The guided tasks of practice.
    PracticeTasks,
    /// Join a class, from the sign-in screen of practice.
    JoinClass,
}
