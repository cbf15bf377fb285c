//! Finding a child: reading the form, beginning the look, showing what the receipt opened.

use super::look::{Ended, Purpose};
use super::note::Note;
use super::search::Search;
use super::{Controller, Person, not_now};
use crate::answer::Question;
use crate::request::TypedQuestion;
use crate::shown::{Decision, Shown, ShownContent};
use crate::view::{
    CheckingStage, CommandError, FieldFault, FilledForm, FilledIn, FindBlocked, FindFault,
    FindField, Place, ProgramMode,
};
use chrono::{DateTime, FixedOffset};
use cpis_record::{
    DateOfBirth, DateOfBirthError, DatePart, NhsNumber, NhsNumberError, OtherRegister,
};
use tokio::sync::oneshot;

/// Where finding a child stands.
pub(super) enum Find {
    Form {
        faults: Vec<FieldFault>,
        blocked: Option<FindBlocked>,
        /// What a link has filled in.
        filled: Option<FilledIn>,
    },
    /// The form, filled in with a person whom a search found.
    Filled(FilledForm),
    /// A search by name.
    Search(Search),
    Checking {
        stage: CheckingStage,
        since: DateTime<FixedOffset>,
        cancel: oneshot::Sender<()>,
    },
    Result {
        shown: Box<Shown>,
        next: Option<Question>,
        /// The note about one of its records that the person writes.
        note: Option<Note>,
    },
}

impl Default for Find {
    fn default() -> Self {
        Self::Form {
            faults: Vec::new(),
            blocked: None,
            filled: None,
        }
    }
}

impl Find {
    /// A form that says why no check can be made.
    pub(super) fn blocked(why: FindBlocked) -> Self {
        Self::Form {
            faults: Vec::new(),
            blocked: Some(why),
            filled: None,
        }
    }

    /// Whether a look is under way.
    pub(super) fn is_checking(&self) -> bool {
        matches!(
            self,
            Self::Checking { .. } | Self::Search(Search::Asking { .. })
        )
    }

    pub(super) fn is_result(&self) -> bool {
        matches!(self, Self::Result { .. })
    }

    /// The result, if there is one.
    pub(super) fn result(&self) -> Option<&ShownContent> {
        match self {
            Self::Result { shown, .. } => Some(shown.content()),
            _ => None,
        }
    }

    /// The note about a record of the result.
    pub(super) fn note(&self) -> Option<&Note> {
        match self {
            Self::Result { note, .. } => note.as_ref(),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn note_mut(&mut self) -> Option<&mut Note> {
        match self {
            Self::Result { note, .. } => note.as_mut(),
            _ => None,
        }
    }

    /// Nothing is left of what was written.
    pub(super) fn drop_note(&mut self) {
        if let Self::Result { note, .. } = self {
            *note = None;
        }
    }

    /// What a link has filled in.
    pub(super) fn take_filled(&mut self) -> Option<FilledIn> {
        match self {
            Self::Form { filled, .. } => filled.take(),
            _ => None,
        }
    }

    /// Ends a look under way; it goes on record as cancelled.
    pub(super) fn cancel(self) {
        if let Self::Checking { cancel, .. } | Self::Search(Search::Asking { cancel, .. }) = self {
            // The look has just ended by itself.
            let _ = cancel.send(());
        }
    }
}

impl Controller {
    pub(super) async fn find_child(&mut self, typed: &TypedQuestion) -> Result<(), CommandError> {
        self.last_used = self.now();
        let read = read(typed, self.now(), self.wiring.mode);
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        if person.find.is_checking() {
            return Err(not_now("a check is under way"));
        }
        match read {
            Ok(question) => {
                person.clinic.open = None;
                self.begin(question).await
            }
            Err(faults) => {
                // The window takes another one for another form, and would empty it.
                let filled = person.find.take_filled();
                person.find = Find::Form {
                    faults,
                    blocked: None,
                    filled,
                };
                Ok(())
            }
        }
    }

    /// The person has read what stopped the check and decided. That is a new look. A decision
    /// other than the one on the screen `fits` nothing.
    pub(super) async fn decide(
        &mut self,
        fits: impl Fn(&Decision) -> bool,
    ) -> Result<(), CommandError> {
        self.last_used = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let Find::Result { shown, next, .. } = &mut person.find else {
            return Err(not_now("there is nothing to decide"));
        };
        let question = next
            .take_if(|_| shown.content().decision.as_ref().is_some_and(fits))
            .ok_or_else(|| not_now("there is nothing to decide"))?;
        self.begin(question).await
    }

    /// The person has seen that the result is old, or lacks who looked before, and asks anew. That is a
    /// new look.
    pub(super) async fn check_anew(&mut self, question: Question) -> Result<(), CommandError> {
        self.last_used = self.now();
        self.begin(question).await
    }

    pub(super) fn cancel_check(&mut self) -> Result<(), CommandError> {
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        if let Find::Checking { cancel, .. } | Find::Search(Search::Asking { cancel, .. }) =
            &mut person.find
        {
            // The screen changes when the look is on record as cancelled.
            let (unused, _) = oneshot::channel();
            let _ = std::mem::replace(cancel, unused).send(());
        }
        Ok(())
    }

    /// Begins a look whose result the screen shows.
    pub(super) async fn begin(&mut self, question: Question) -> Result<(), CommandError> {
        let since = self.now();
        let generation = self.next_generation();
        let begun = self.begin_look(question, Purpose::Screen { generation });
        let begun = begun.await?;
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        person.find = match begun {
            Ok(cancel) => Find::Checking {
                stage: CheckingStage::Identity,
                since,
                cancel,
            },
            Err(blocked) => Find::blocked(blocked),
        };
        self.place = Place::Find;
        Ok(())
    }

    pub(super) fn on_check_asks_records(&mut self) {
        if let Person::SignedIn(person) = &mut self.person
            && let Find::Checking { stage, .. } = &mut person.find
        {
            *stage = CheckingStage::Records;
        }
    }

    pub(super) fn on_check_ended(&mut self, ended: Ended) {
        let now = self.now();
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        let (shown, next) = match ended.result {
            Ok(result) => result,
            Err(why) => {
                person.find = Find::blocked(why);
                return;
            }
        };
        let clinic = &mut person.clinic;
        let on_list = clinic.list.as_mut().zip(clinic.open);
        let child = on_list.and_then(|(list, open)| list.child_mut(open));
        let child = child.filter(|child| child.digits() == shown.content().asked);
        let open = child.map(|child| {
            child.checked(&shown, now);
            child.id
        });
        person.find = Find::Result {
            shown: Box::new(shown.clone()),
            next,
            note: None,
        };
        if let Some(open) = open {
            if shown.is_answer() {
                self.keep_copy(open, shown.content(), now);
            }
            self.keep_clinic();
        }
    }
}

/// Reads the form. Practice refuses the number of a person who may be real: nothing about them, not
/// even a record of the attempt, may come to be in a training backend.
pub(super) fn read(
    typed: &TypedQuestion,
    now: DateTime<FixedOffset>,
    mode: ProgramMode,
) -> Result<Question, Vec<FieldFault>> {
    let number = NhsNumber::parse(&typed.nhs_number)
        .map_err(number_fault)
        .and_then(ours)
        .and_then(|number| match mode.permits(&number) {
            true => Ok(number),
            false => Err(FindFault::NhsNumberNotPractice),
        })
        .map_err(|code| {
            let field = FindField::NhsNumber;
            vec![FieldFault { field, code }]
        });
    let birth_date =
        DateOfBirth::from_parts(&typed.day, &typed.month, &typed.year, now.date_naive())
            .map_err(date_faults);
    match (number, birth_date) {
        (Ok(number), Ok(birth_date)) => Ok(Question {
            number,
            birth_date,
            accepted: Vec::new(),
        }),
        (number, birth_date) => {
            let faults = [number.err(), birth_date.err()];
            Err(faults.into_iter().flatten().flatten().collect())
        }
    }
}

/// The number, unless another country issues it: the service knows nobody by it.
fn ours(number: NhsNumber) -> Result<NhsNumber, FindFault> {
    match number.other_register() {
        None => Ok(number),
        Some(OtherRegister::Scotland) => Err(FindFault::ScottishNumber),
        Some(OtherRegister::NorthernIreland) => Err(FindFault::NorthernIrishNumber),
        Some(OtherRegister::Ireland) => Err(FindFault::IrishNumber),
    }
}

fn number_fault(error: NhsNumberError) -> FindFault {
    match error {
        NhsNumberError::Empty => FindFault::NhsNumberMissing,
        NhsNumberError::NationalInsurance => FindFault::NationalInsuranceNumber,
        NhsNumberError::NotDigits => FindFault::NhsNumberNotDigits,
        NhsNumberError::TooShort => FindFault::NhsNumberTooShort,
        NhsNumberError::TooLong => FindFault::NhsNumberTooLong,
        NhsNumberError::CheckDigit => FindFault::NhsNumberCheckDigit,
    }
}

pub(super) fn date_faults(error: DateOfBirthError) -> Vec<FieldFault> {
    let one = |field, code| vec![FieldFault { field, code }];
    match error {
        DateOfBirthError::Empty => one(FindField::Day, FindFault::BirthDateMissing),
        DateOfBirthError::Missing(parts) => parts
            .into_iter()
            .map(|part| match part {
                DatePart::Day => (FindField::Day, FindFault::DayMissing),
                DatePart::Month => (FindField::Month, FindFault::MonthMissing),
                DatePart::Year => (FindField::Year, FindFault::YearMissing),
            })
            .map(|(field, code)| FieldFault { field, code })
            .collect(),
        DateOfBirthError::NotANumber(DatePart::Day) => {
            one(FindField::Day, FindFault::DayNotANumber)
        }
        DateOfBirthError::NotANumber(DatePart::Month) => {
            one(FindField::Month, FindFault::MonthNotANumber)
        }
        DateOfBirthError::NotANumber(DatePart::Year) => {
            one(FindField::Year, FindFault::YearNotANumber)
        }
        DateOfBirthError::YearDigits => one(FindField::Year, FindFault::YearDigits),
        DateOfBirthError::NotReal => one(FindField::Day, FindFault::BirthDateNotReal),
        DateOfBirthError::Future => one(FindField::Day, FindFault::BirthDateFuture),
        DateOfBirthError::TooLongAgo => one(FindField::Year, FindFault::BirthDateTooLongAgo),
    }
}
