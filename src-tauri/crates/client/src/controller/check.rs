//! Finding a child: reading the form, making the look, showing what the receipt opens.

use super::search::Search;
use super::{Controller, Event, Person, not_now, report};
use crate::answer::{Answer, Arrival, Question};
use crate::lookup::{self, Terms};
use crate::request::TypedQuestion;
use crate::session::Session;
use crate::shown::{Circumstances, Decision, Shown};
use crate::view::{
    CheckingStage, CommandError, FieldFault, FilledForm, FindBlocked, FindFault, FindField, Place,
};
use crate::world::World;
use chrono::{DateTime, FixedOffset};
use cpis_audit::{Attempt, AuditError, AuditTrail, Look, Sealed, ViewId};
use cpis_record::{
    DateOfBirth, DateOfBirthError, DatePart, Finding, IdentityProblem, Mode, NhsNumber,
    NhsNumberError, NotCheckedCause, RoleProfileId, Viewer,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{mpsc, oneshot};

/// Where finding a child stands.
pub(super) enum Find {
    Form {
        faults: Vec<FieldFault>,
        blocked: Option<FindBlocked>,
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
    },
}

impl Default for Find {
    fn default() -> Self {
        Self::Form {
            faults: Vec::new(),
            blocked: None,
        }
    }
}

/// How a look ended.
pub(super) struct Ended {
    /// What may be shown, with the question that a decision would ask next; or why the record could
    /// not be written, in which case nothing is shown.
    result: Result<(Shown, Option<Question>), FindBlocked>,
    /// Whether the service was heard.
    pub reached: Option<bool>,
    /// Whether the service refused the role.
    pub denied: bool,
}

impl Find {
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
        let read = read(typed, self.now());
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        if person.find.is_checking() {
            return Err(not_now("a check is under way"));
        }
        match read {
            Ok(question) => self.begin(question).await,
            Err(faults) => {
                person.find = Find::Form {
                    faults,
                    blocked: None,
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
        let Find::Result { shown, next } = &mut person.find else {
            return Err(not_now("there is nothing to decide"));
        };
        let question = next
            .take_if(|_| shown.content().decision.as_ref().is_some_and(fits))
            .ok_or_else(|| not_now("there is nothing to decide"))?;
        self.begin(question).await
    }

    /// The person has seen that the result is old and asks anew. That is a new look.
    pub(super) async fn check_stale_again(
        &mut self,
        question: Question,
    ) -> Result<(), CommandError> {
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

    async fn begin(&mut self, question: Question) -> Result<(), CommandError> {
        let engine = self.engine()?;
        let trail = engine.trail.clone();
        let world = self.wiring.world.clone();
        let now = world.clock.now();
        let care_setting = self.wiring.policy.site.care_setting;
        let Person::SignedIn(person) = &mut self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let choice = person
            .choice
            .clone()
            .ok_or_else(|| not_now("no role is chosen"))?;
        let view = ViewId::new(world.identifiers.timed(now));
        let source = person.session.service().source();
        let look = Look {
            id: view,
            at: now,
            viewer: Viewer {
                user: person.user.id.clone(),
                name: person.user.name.clone(),
                role: choice.role.clone(),
            },
            person: Some(question.number.clone()),
            mode: choice.mode,
            care_setting,
            request: lookup::request_text(source, &question.number, choice.mode, &view.to_string()),
        };
        let attempt = match trail.begin(look).await {
            Ok(attempt) => attempt,
            Err(error) => {
                tracing::error!(%error, "a look could not be begun");
                person.find = Find::Form {
                    faults: Vec::new(),
                    blocked: Some(blocked(&error)),
                };
                return Ok(());
            }
        };
        let (cancel, cancelled) = oneshot::channel();
        self.place = Place::Find;
        person.find = Find::Checking {
            stage: CheckingStage::Identity,
            since: now,
            cancel,
        };
        let session = person.session.clone();
        let own = person.user.roles.iter().map(|role| role.profile.clone());
        let own = own.collect();
        let generation = self.next_generation();
        let events = self.events.clone();
        let task = LookTask {
            trail,
            world,
            session,
            own,
            profile: choice.role.profile,
            mode: choice.mode,
            question,
            events,
            generation,
        };
        // Not one of `tasks`: it must end on record even when the program stops.
        tokio::spawn(task.run(attempt, cancelled));
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
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        person.find = match ended.result {
            Ok((shown, next)) => Find::Result {
                shown: Box::new(shown),
                next,
            },
            Err(blocked) => Find::Form {
                faults: Vec::new(),
                blocked: Some(blocked),
            },
        };
    }
}

/// One look, in a task of its own.
struct LookTask {
    trail: AuditTrail,
    world: World,
    session: Arc<Session>,
    /// The profiles of all roles of the person who looks.
    own: Vec<RoleProfileId>,
    profile: RoleProfileId,
    mode: Mode,
    question: Question,
    events: mpsc::Sender<Event>,
    generation: u64,
}

impl LookTask {
    async fn run(self, attempt: Attempt, cancelled: oneshot::Receiver<()>) {
        let answer = self.look(&attempt, cancelled).await;
        let reached = reached(&answer);
        let denied = is_denied(&answer);
        // From here on the answer is sealed: only the receipt opens it again.
        let sealed = Sealed::new(&attempt, answer);
        let result = match self.trail.conclude(attempt, &sealed).await {
            Ok(receipt) => match receipt.open(sealed) {
                Ok(opened) => {
                    let next = next_question(&self.question, opened.value());
                    let circumstances = Circumstances {
                        asked: &self.question.number,
                        own: &self.own,
                        mode: self.mode,
                        ended: self.world.clock.now(),
                    };
                    Ok((Shown::new(opened, &circumstances), next))
                }
                Err(_) => Err(FindBlocked::AuditTrail),
            },
            Err(error) => {
                tracing::error!(%error, "a look could not be concluded, so nothing is shown");
                Err(FindBlocked::AuditTrail)
            }
        };
        let ended = Box::new(Ended {
            result,
            reached,
            denied,
        });
        report(
            &self.events,
            Event::CheckEnded {
                generation: self.generation,
                ended,
            },
        )
        .await;
    }

    async fn look(&self, attempt: &Attempt, cancelled: oneshot::Receiver<()>) -> Answer {
        let terms = Terms {
            session: &self.session,
            profile: &self.profile,
            mode: self.mode,
        };
        let asked = AtomicBool::new(false);
        let on_records = || {
            asked.store(true, Ordering::Relaxed);
            let event = Event::CheckAsksRecords {
                generation: self.generation,
            };
            // Only the words on the screen depend on it.
            let _ = self.events.try_send(event);
        };
        tokio::select! {
            answer = lookup::look(attempt, &terms, &self.question, on_records) => answer,
            // A dropped sender means that the session went away: the same.
            _ = cancelled => {
                let arrival = if asked.load(Ordering::Relaxed) {
                    Arrival::Unknown
                } else {
                    Arrival::NotActedOn
                };
                Answer::cancelled(self.mode, arrival)
            }
        }
    }
}

/// What would be asked if the person decides to go on or to ask again.
fn next_question(question: &Question, answer: &Answer) -> Option<Question> {
    let Some(problem) = &answer.problem else {
        return answer.may_be_asked_again().then(|| question.clone());
    };
    match problem {
        IdentityProblem::BirthDateDiffers => None,
        IdentityProblem::Superseded { current } => Some(Question {
            number: current.clone(),
            ..question.clone()
        }),
        accepted @ (IdentityProblem::Restricted | IdentityProblem::Deceased) => {
            let mut next = question.clone();
            next.accepted.push(accepted.cause());
            Some(next)
        }
    }
}

fn reached(answer: &Answer) -> Option<bool> {
    match &answer.finding {
        Finding::NotChecked(why) => reached_by(why.cause),
        Finding::Record(_) | Finding::Nothing => Some(true),
    }
}

/// Whether the service was heard by a look that ended so.
pub(super) fn reached_by(cause: NotCheckedCause) -> Option<bool> {
    match cause {
        NotCheckedCause::Unreachable
        | NotCheckedCause::TimedOut
        | NotCheckedCause::ConnectionLost
        | NotCheckedCause::CertificateExpired
        | NotCheckedCause::CertificateNotYetValid
        | NotCheckedCause::CertificateForOtherName
        | NotCheckedCause::CertificateIssuerUnknown
        | NotCheckedCause::CertificateFromProxy
        | NotCheckedCause::CertificateNotPinned
        | NotCheckedCause::CertificateRevoked
        | NotCheckedCause::CertificateNotTrusted
        | NotCheckedCause::WeakEncryption => Some(false),
        NotCheckedCause::Cancelled => None,
        _ => Some(true),
    }
}

fn is_denied(answer: &Answer) -> bool {
    matches!(&answer.finding, Finding::NotChecked(why) if why.cause == NotCheckedCause::NotAllowed)
}

pub(super) fn blocked(error: &AuditError) -> FindBlocked {
    match error {
        AuditError::Full(_) => FindBlocked::QueueFull,
        AuditError::DiskFull => FindBlocked::DiskFull,
        _ => FindBlocked::AuditTrail,
    }
}

fn read(typed: &TypedQuestion, now: DateTime<FixedOffset>) -> Result<Question, Vec<FieldFault>> {
    let number = NhsNumber::parse(&typed.nhs_number).map_err(|e| vec![number_fault(e)]);
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

fn number_fault(error: NhsNumberError) -> FieldFault {
    let code = match error {
        NhsNumberError::Empty => FindFault::NhsNumberMissing,
        NhsNumberError::NationalInsurance => FindFault::NationalInsuranceNumber,
        NhsNumberError::NotDigits => FindFault::NhsNumberNotDigits,
        NhsNumberError::TooShort => FindFault::NhsNumberTooShort,
        NhsNumberError::TooLong => FindFault::NhsNumberTooLong,
        NhsNumberError::CheckDigit => FindFault::NhsNumberCheckDigit,
    };
    FieldFault {
        field: FindField::NhsNumber,
        code,
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
