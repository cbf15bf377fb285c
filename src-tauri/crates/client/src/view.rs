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
pub use search::{FilledForm, SearchField, SearchFieldFault};
pub use settings::{EnrolmentFault, LogFolder, PublicKey, Settings, StartFault};
pub use sign_in::{
    Card, CertificateFault, IneligibleReason, IneligibleRole, LockCause, ReaderState, RoleChoice,
    SessionEnd, SignInFault,
};
pub use tasks::{TaskState, TaskStates};

use crate::policy::SafeguardingContact;
use crate::shown::{Shown, ShownSearch};
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
        /// What to say about smartcards when there is none among the cards.
        reader: ReaderState,
        /// Whether a person may sign in in the browser.
        browser_offered: bool,
        /// Whether a sign-in is under way.
        busy: bool,
        /// Whether the browser has been sent out and has not come back.
        in_browser: bool,
        /// Why the last try failed.
        fault: Option<SignInFault>,
    },
    /// Join a class, in practice mode only.
    JoinClass {
        /// What was wrong with the last input, or what came of it.
        faults: Vec<ClassFault>,
        /// Whether a class is being asked.
        busy: bool,
    },
    /// Choose a passcode to unlock this session with, after a sign-in without a card.
    ChoosePasscode {
        /// Whether the passcode is being taken in.
        busy: bool,
        /// What was wrong with the last input.
        fault: Option<SignInFault>,
    },
    /// Choose one of several roles.
    ChooseRole {
        /// Roles that may look. Empty: no role may; the page says what to ask for.
        choices: Vec<RoleChoice>,
        /// Roles that may not, with the reason.
        ineligible: Vec<IneligibleRole>,
        /// The role that the person had chosen, when it has been withdrawn since.
        withdrawn: Option<String>,
        /// The choice that the person took last on this computer, to be preselected where it is offered.
        last: Option<String>,
    },
    /// Find a child.
    Find {
        /// What was wrong with the last input.
        faults: Vec<FieldFault>,
        /// Why no check can be begun now, whatever is typed.
        blocked: Option<FindBlocked>,
        /// What a link of another program or the scenario of practice has filled in.
        filled: Option<FilledIn>,
        /// The person whom a search found and somebody chose; their details fill the form.
        chosen: Option<FilledForm>,
    },
    /// Find a child without an NHS number. The form stays where the answer is shown, so that it can
    /// be changed.
    Search {
        /// What was wrong with the last input.
        faults: Vec<SearchFieldFault>,
        /// Why no search can be begun now, whatever is typed.
        blocked: Option<FindBlocked>,
        /// When the search under way began (RFC 3339 with offset).
        since: Option<String>,
        /// What the last search gave: only an audit receipt opens it.
        answer: Option<Box<ShownSearch>>,
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
        /// Where it stands on the clinic list, if it was opened from there.
        clinic: Option<ResultOnClinic>,
        /// Whether it has been on the screen for half an hour and may have been overtaken.
        stale: bool,
        /// Whether who looked before could not be read, and may be if the person asks again.
        history_again: bool,
    },
    /// A note to a local authority that something in a record of the result is wrong.
    Note {
        /// The note.
        note: Box<ShownNote>,
    },
    /// Whether the local authority is told that a child of the clinic list was not brought.
    Notice {
        /// The question and what became of it.
        notice: Box<ShownNotice>,
    },
    /// The clinic list.
    ClinicList {
        /// The list.
        clinic: Box<ShownClinic>,
    },
    /// Bring children in to the clinic list.
    ClinicImport {
        /// What happened to the last text.
        import: Option<ClinicImport>,
        /// How many children are on the list already.
        on_list: usize,
        /// Whether policy permits that a list is kept on this computer.
        permitted: bool,
    },
    /// Before a clinic is prepared for being offline.
    PrepareOffline {
        /// How many children would be checked.
        to_check: usize,
        /// How many children are on the list.
        children: usize,
        /// Until when copies would be kept (RFC 3339 with offset); absent when policy keeps none.
        until: Option<String>,
        /// Whether a check tells the local authority. Then a copy is kept of each child that is opened.
        mode: LookMode,
    },
    /// Before the first child of a list is checked in a role whose checks tell the local authority.
    OneAtATime {
        /// How many children wait to be checked.
        waiting: usize,
    },
    /// The copy of a child's answer is out of date, and is not shown until the person asks once more.
    /// Nothing that the service told is in it.
    OutOfDate {
        /// The child's id on the list.
        id: String,
        /// The child's NHS number, ten digits.
        nhs_number: String,
        /// When the answer was given (RFC 3339 with offset).
        at: String,
        /// Whether a check tells the local authority, and opening the copy too.
        mode: LookMode,
    },
    /// The service can be reached again, and children were saved to be checked.
    BackOnline {
        /// How many.
        saved: usize,
        /// Whether a check tells the local authority.
        mode: LookMode,
    },
    /// The records on their way to the service.
    ToSend {
        /// The list and its figures.
        queue: Queue,
    },
    /// One of these records. Nothing about a person is in it.
    Record {
        /// The record.
        record: QueuedRecord,
        /// The file in which it can go to support.
        support: SupportFile,
        /// Whether the person has had it tried again on this page.
        tried_again: bool,
    },
    /// Somebody closes the program while records wait. Nothing about a person is in it.
    Closing,
    /// Settings: this computer's enrolment, the service, versions.
    Settings {
        /// What is shown.
        settings: Settings,
    },
    /// Help, which works without signing in.
    Help,
    /// The guided tasks, in practice mode only. Nothing about a person is in it but who practises.
    PracticeTasks {
        /// The head of the record of completion, while it goes on paper.
        printout: Option<CompletionPrintout>,
    },
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
        /// Until when the clinic list and its copies are kept (RFC 3339 with offset), if there is one.
        clinic_until: Option<String>,
    },
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
