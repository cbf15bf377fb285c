//! What the window may ask of the program.

use crate::lock_signal::LockSignal;
use crate::view::{Place, PracticeCase, Weather};

/// What a person asks for, and what the operating system tells. The window's commands are the former, one
/// to one.
#[derive(Debug)]
pub enum Request {
    /// The present view.
    View,
    /// Sign in with a card.
    SignIn {
        /// The card's id.
        card: String,
        /// The passcode as typed.
        passcode: secrecy::SecretString,
    },
    /// Sign in in the system's browser.
    SignInWithBrowser,
    /// Give up a sign-in under way.
    CancelSignIn,
    /// Choose the passcode with which the session is unlocked, after a sign-in without a card.
    ChoosePasscode {
        /// The passcode as typed.
        passcode: secrecy::SecretString,
    },
    /// Choose a role.
    ChooseRole {
        /// The choice's id.
        choice: String,
    },
    /// Go back to the choice of role.
    ChangeRole,
    /// Check a child.
    FindChild(TypedQuestion),
    /// Search for a person by name.
    FindPerson(TypedSearch),
    /// Fill the find form with a person whom the search on the screen found.
    ChooseMatch {
        /// The reference of that search.
        search: String,
        /// The person's row in its list, from 0.
        row: usize,
    },
    /// Check the number that is in use now instead of a superseded one.
    UseCurrentNumber,
    /// Check although the record is restricted or the person has died.
    GoOn,
    /// Ask the same again: after a check that was not made, of a result that is old, or of one that came
    /// without who looked before.
    CheckAgain,
    /// End the check under way.
    CancelCheck,
    /// Bring children in to the clinic list.
    ImportClinic {
        /// The text as pasted, or as the file held it.
        text: ClinicText,
        /// Whether lines that cannot be read are left out.
        leave_out: bool,
    },
    /// Check a child of the clinic list.
    OpenClinicChild {
        /// The child's id on the list.
        id: String,
    },
    /// Check a child although each check tells the local authority.
    CheckOne,
    /// Open the copy that is kept of a child's answer.
    OpenCopy {
        /// The child's id on the list.
        id: String,
    },
    /// Open the copy that is out of date, after reading that it is.
    ShowOldCopy,
    /// Check the next child of the list.
    NextChild,
    /// Check all children of the list that are to be checked.
    CheckClinic {
        /// Whether copies are kept.
        keep: bool,
    },
    /// Stop checking many children.
    StopClinicChecks,
    /// Mark whether a child was brought.
    MarkNotBrought {
        /// The child's id on the list.
        id: String,
        /// Whether the child was not brought.
        on: bool,
    },
    /// Ask whether the local authority is told that a child was not brought.
    AskNotice {
        /// The child's id on the list.
        id: String,
    },
    /// Say whether it is told.
    AnswerNotice(TypedNotice),
    /// Read a note's form, and show what it says.
    ReviewNote(Box<TypedNote>),
    /// Go back to a note's form.
    ChangeNote,
    /// Store the note that is shown, to be sent.
    SendNote,
    /// Record a print of the note that is shown, and give the window what may be printed.
    PrintNote,
    /// Remove the clinic list and all copies.
    RemoveClinic,
    /// Put a child on the clinic list, to be checked when the service can be reached.
    SaveForLater(TypedQuestion),
    /// Check the children that were saved.
    CheckSaved,
    /// Leave the children that were saved for later.
    LeaveSaved,
    /// Fill the form from a link of another program. Runs nothing.
    OpenLink {
        /// The link, with the NHS number in it.
        link: secrecy::SecretString,
    },
    /// Copy the NHS number of the result on the screen.
    CopyNumber,
    /// Record a print of the result on the screen, and give the window what may be printed.
    Print {
        /// Whether the list of earlier views is printed too.
        with_history: bool,
    },
    /// Record a print of the clinic list, and give the window what may be printed.
    PrintClinic,
    /// The window has drawn what is to be printed.
    PrintDrawn,
    /// The printer has taken it, or the person has given up.
    Printed,
    /// Go to a place.
    Go(Place),
    /// Try to send waiting records now.
    SendNow,
    /// Put a record that needs attention back in the queue.
    TryAgain {
        /// The record's id.
        id: String,
    },
    /// Show one record of the list.
    OpenRecord {
        /// The record's id.
        id: String,
    },
    /// Save the record that is shown in a file that only support can open.
    SaveForSupport,
    /// The window is asked to close. It closes, unless records wait: then the person is told first.
    AskToClose,
    /// Stay open after all.
    KeepOpen,
    /// Close, although records wait.
    Close,
    /// Lock.
    Lock,
    /// Lock because of what the operating system told.
    LockFor(LockSignal),
    /// Unlock.
    Unlock {
        /// The passcode as typed.
        passcode: secrecy::SecretString,
    },
    /// Sign out.
    SignOut,
    /// Change from live to practice; handled by [`crate::Program`].
    Practise,
    /// Practice mode: join a class of a training backend.
    JoinClass(TypedClass),
    /// Go back from a class to the built-in practice; handled by [`crate::Program`].
    LeaveClass,
    /// Practice mode: what goes wrong.
    SetPracticeWeather {
        /// What.
        weather: Weather,
    },
    /// Practice mode: fill the form with a made-up person. Runs nothing.
    UsePracticeChild {
        /// What the person shows.
        case: PracticeCase,
    },
    /// Practice mode: give the window the record of completion, to be printed.
    PrintCompletion,
    /// Practice mode: put the cards back as they were handed out.
    ResetPracticeCards,
    /// Check each part of the way to the service.
    CheckConnection,
    /// Open the folder with the logs.
    OpenLogs,
    /// Enrol this computer.
    Enrol {
        /// The one-time code as typed.
        code: secrecy::SecretString,
    },
    /// The person uses the program.
    Activity,
}

/// Text with children for the clinic list. `Debug` is redacted.
#[derive(Clone, Default)]
pub struct ClinicText(pub String);

impl std::fmt::Debug for ClinicText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClinicText(redacted)")
    }
}

impl Request {
    /// Whether a person has done something in the window, after reading what it said.
    pub(crate) fn is_a_persons(&self) -> bool {
        !matches!(
            self,
            Self::View
                | Self::Activity
                | Self::OpenLink { .. }
                | Self::LockFor(_)
                | Self::PrintDrawn
                | Self::Printed
        )
    }
}

/// The form with which a class is joined, as typed. Nothing in it is about a person.
#[derive(Debug, Clone, Default)]
pub struct TypedClass {
    /// Address of the training backend.
    pub address: String,
    /// Code of the class.
    pub code: String,
}

/// The find form as typed. `Debug` is redacted.
#[derive(Clone, Default)]
pub struct TypedQuestion {
    /// NHS number.
    pub nhs_number: String,
    /// Day of birth.
    pub day: String,
    /// Month of birth.
    pub month: String,
    /// Year of birth.
    pub year: String,
}

impl std::fmt::Debug for TypedQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedQuestion(redacted)")
    }
}

/// The form of a note that something in a record is wrong, as typed. `Debug` is redacted.
#[derive(Clone, Default)]
pub struct TypedNote {
    /// The number of the record, from 0: those in place, then those that have ended.
    pub record: String,
    /// What is wrong: the code of a part of the record.
    pub field: String,
    /// The right type of plan; empty: not known.
    pub plan_type: String,
    /// Day of the right date; all three empty: not known.
    pub day: String,
    /// Month of the right date.
    pub month: String,
    /// Year of the right date.
    pub year: String,
    /// The right authority's code; empty: not known.
    pub code: String,
    /// The right telephone number; empty: not known.
    pub number: String,
    /// Whom to ring back.
    pub callback: String,
}

impl std::fmt::Debug for TypedNote {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedNote(redacted)")
    }
}

/// The answer to whether the local authority is told that a child was not brought, as typed. `Debug`
/// is redacted.
#[derive(Clone, Default)]
pub struct TypedNotice {
    /// `yes`, `no`, or empty while neither is chosen.
    pub tell: String,
    /// Day of the appointment.
    pub day: String,
    /// Month of the appointment.
    pub month: String,
    /// Year of the appointment.
    pub year: String,
    /// Whom to ring back.
    pub callback: String,
}

impl std::fmt::Debug for TypedNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedNotice(redacted)")
    }
}

/// The search form as typed. `Debug` is redacted.
#[derive(Clone, Default)]
pub struct TypedSearch {
    /// Family name.
    pub family: String,
    /// First name; empty: not asked for.
    pub given: String,
    /// Day of birth.
    pub day: String,
    /// Month of birth.
    pub month: String,
    /// Year of birth.
    pub year: String,
    /// `female`, `male` or `other`; empty: not asked for.
    pub gender: String,
    /// Postcode; empty: not asked for.
    pub postcode: String,
}

impl std::fmt::Debug for TypedSearch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TypedSearch(redacted)")
    }
}
