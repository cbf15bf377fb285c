//! One look: begun on record, made in a task of its own, concluded on record, and only then opened.

use super::cancel::{Cancel, unless_cancelled};
use super::{Controller, Event, Person, not_now, report};
use crate::answer::{Answer, Arrival, History, Question};
use crate::lookup::{self, AskedPause, Terms};
use crate::policy::PlanSource;
use crate::session::Session;
use crate::shown::{Circumstances, Shown, ShownCause, ShownFinding};
use crate::view::{CommandError, FindBlocked};
use crate::world::World;
use cpis_audit::{Attempt, AuditError, AuditTrail, Look, Sealed, ViewId};
use cpis_record::{Finding, IdentityProblem, Mode, NotCheckedCause, RoleProfileId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

/// How a look ended.
pub(super) struct Ended {
    /// What may be shown, with the question that a decision would ask next; or why the record could
    /// not be written, in which case nothing is shown.
    pub result: Result<(Shown, Option<Question>), FindBlocked>,
    /// Whether the service was heard.
    pub reached: Option<bool>,
    /// Whether the service refused the role.
    pub denied: bool,
    /// The pause that the service asked for.
    pub pause: Option<Duration>,
}

impl Ended {
    /// Why the check was not made, if it was not.
    pub fn cause(&self) -> Option<ShownCause> {
        let (shown, _) = self.result.as_ref().ok()?;
        match shown.content().finding {
            ShownFinding::NotChecked { cause, .. } => Some(cause),
            ShownFinding::Record { .. } | ShownFinding::Nothing => None,
        }
    }
}

/// Who waits for a look.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// The screen, while nothing else has begun on it.
    Screen { generation: u64 },
    /// A child of the clinic list.
    Clinic { run: u64, child: Uuid },
}

impl Controller {
    /// Begins a look. When this returns, it is on record as attempted, or is not made. Nothing is shown
    /// for one that cannot be recorded; that is the inner error.
    pub(super) async fn begin_look(
        &mut self,
        question: Question,
        purpose: Purpose,
    ) -> Result<Result<Cancel, FindBlocked>, CommandError> {
        if !self.wiring.mode.permits(&question.number) {
            // What is typed or brought in never comes here; a service or an old list named it.
            return Ok(Err(FindBlocked::NotPractice));
        }
        let trail = self.engine()?.trail.clone();
        let world = self.wiring.world.clone();
        let Person::SignedIn(person) = &self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let choice = person
            .choice
            .clone()
            .ok_or_else(|| not_now("no role is chosen"))?;
        let session = person.session.clone();
        let own = person.user.roles.iter().map(|role| role.profile.clone());
        let own = own.collect();
        let source = session.service().source();
        let request = |view: &ViewId| {
            lookup::request_text(source, &question.number, choice.mode, &view.to_string())
        };
        let look = self.new_look(&question, request)?;
        let attempt = match trail.begin(look).await {
            Ok(attempt) => attempt,
            Err(error) => {
                tracing::error!(%error, "a look could not be begun");
                return Ok(Err(blocked(&error)));
            }
        };
        let (cancel, cancelled) = oneshot::channel();
        let task = LookTask {
            trail,
            world,
            session,
            profile: choice.role.profile,
            own,
            mode: choice.mode,
            question,
            events: self.events.clone(),
            purpose,
        };
        // Not one of `tasks`: it must end on record even when the program stops.
        tokio::spawn(task.run(attempt, cancelled));
        Ok(Ok(cancel))
    }

    /// A look of the present user in their role, at this moment.
    pub(super) fn new_look(
        &self,
        question: &Question,
        request: impl FnOnce(&ViewId) -> String,
    ) -> Result<Look, CommandError> {
        let Person::SignedIn(person) = &self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let choice = person.choice.as_ref();
        let choice = choice.ok_or_else(|| not_now("no role is chosen"))?;
        let now = self.now();
        let id = ViewId::new(self.wiring.world.identifiers.timed(now));
        Ok(Look {
            request: request(&id),
            id,
            at: now,
            viewer: self.viewer()?,
            person: Some(question.number.clone()),
            mode: choice.mode,
            care_setting: self.wiring.policy.site.care_setting,
        })
    }
}

/// One look, in a task of its own.
struct LookTask {
    trail: AuditTrail,
    world: World,
    session: Arc<Session>,
    profile: RoleProfileId,
    /// The profiles of all roles of the person who looks.
    own: Vec<RoleProfileId>,
    mode: Mode,
    question: Question,
    events: mpsc::Sender<Event>,
    purpose: Purpose,
}

impl LookTask {
    async fn run(self, attempt: Attempt, cancelled: oneshot::Receiver<()>) {
        let pause = AskedPause::default();
        let answer = self.look(&attempt, &pause, cancelled).await;
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
                        mode: self.mode,
                        ended: self.world.clock.now(),
                        own: &self.own,
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
            pause: pause.asked(),
        });
        let event = match self.purpose {
            Purpose::Screen { generation } => Event::CheckEnded { generation, ended },
            Purpose::Clinic { run, child } => Event::ChildChecked { run, child, ended },
        };
        report(&self.events, event).await;
    }

    async fn look(
        &self,
        attempt: &Attempt,
        pause: &AskedPause,
        cancelled: oneshot::Receiver<()>,
    ) -> Answer {
        let terms = Terms {
            session: &self.session,
            profile: &self.profile,
            mode: self.mode,
            today: self.world.clock.now().date_naive(),
            pause,
        };
        let asked = AtomicBool::new(false);
        let on_records = || {
            asked.store(true, Ordering::Relaxed);
            if let Purpose::Screen { generation } = self.purpose {
                // Only the words on the screen depend on it.
                let _ = self.events.try_send(Event::CheckAsksRecords { generation });
            }
        };
        let look = lookup::look(attempt, &terms, &self.question, on_records);
        if let Some(answer) = unless_cancelled(cancelled, look).await {
            return answer;
        }
        // A source that tells nobody has told nobody.
        let tells = self.session.service().source() == PlanSource::Cpis;
        let arrival = if tells && asked.load(Ordering::Relaxed) {
            Arrival::Unknown
        } else {
            Arrival::NotActedOn
        };
        Answer::cancelled(self.mode, arrival)
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
        accepted @ (IdentityProblem::Restricted
        | IdentityProblem::Deceased
        | IdentityProblem::GrownUp) => {
            let mut next = question.clone();
            next.accepted.push(accepted.cause());
            Some(next)
        }
    }
}

fn reached(answer: &Answer) -> Option<bool> {
    match (&answer.finding, &answer.history) {
        (Finding::NotChecked(why), History::None | History::NotChecked(_)) => reached_by(why.cause),
        // A part of it was heard.
        (Finding::NotChecked(_), History::Known(_))
        | (Finding::Record(_) | Finding::Nothing, _) => Some(true),
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

/// Why no look can be begun.
pub(super) fn blocked(error: &AuditError) -> FindBlocked {
    match error {
        AuditError::Full(_) => FindBlocked::QueueFull,
        AuditError::DiskFull => FindBlocked::DiskFull,
        _ => FindBlocked::AuditTrail,
    }
}
