//! The screens, and what each shows.

use super::{
    Card, CheckingStage, ClassFault, ClinicImport, CompletionPrintout, FieldFault, FilledForm,
    FilledIn, FindBlocked, IneligibleRole, LockCause, LookMode, Queue, QueuedRecord, ReaderState,
    ResultOnClinic, RoleChoice, SearchFieldFault, SessionEnd, Settings, ShownClinic, ShownNote,
    ShownNotice, SignInFault, StartFault, SupportFile,
};
use crate::shown::{Shown, ShownSearch};
use serde::Serialize;
use ts_rs::TS;

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
