//! What the window may ask of the program.

use crate::lock_signal::LockSignal;
use crate::view::Place;

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
    /// Ask the same again after a check that was not made.
    CheckAgain,
    /// End the check under way.
    CancelCheck,
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
    /// Practice mode: let the training backend answer or not.
    SetPracticeNetwork {
        /// Whether it answers.
        on: bool,
    },
    /// Practice mode: put the cards back as they were handed out.
    ResetPracticeCards,
    /// Enrol this computer.
    Enrol {
        /// The one-time code as typed.
        code: secrecy::SecretString,
    },
    /// The person uses the program.
    Activity,
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
