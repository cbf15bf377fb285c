//! Whether the service answers: what every call has found out, and a probe when none was made lately.

use super::{Controller, Event, report};
use crate::network::NetworkFault;
use crate::service::{Service, ServiceFault};
use crate::shown::ShownCause;
use crate::view::{Connectivity, SignInFault, TaskState};
use chrono::{DateTime, Duration, FixedOffset};
use cpis_fhir::CapabilityStatement;
use std::pin::pin;
use std::sync::Arc;
use tokio::sync::{Notify, mpsc};

/// Offline is said within 5 seconds: nothing was heard for this long ...
const UNHEARD: Duration = Duration::milliseconds(1_500);
/// ... the clock was looked at a second later at the latest, the probe's answer is late after this time, and
/// the network has a second more to show that there is a way (`Network::leads_to`).
const LATE: std::time::Duration = std::time::Duration::from_millis(1_500);
/// After a time offline, "Connected" is said when the service has been heard for this long.
const STEADY: Duration = Duration::seconds(10);
/// A look that got no answer counts for this long, whatever the probe finds: it asks for something else.
const REMEMBERED: Duration = Duration::minutes(1);

/// What was heard of the service, and when.
#[derive(Default)]
pub(super) struct Heard {
    /// When it was last asked or answered.
    last: Option<DateTime<FixedOffset>>,
    /// Since when it has not been heard, until it has been heard for long enough.
    lost: Option<DateTime<FixedOffset>>,
    /// Since when it has been heard again.
    back: Option<DateTime<FixedOffset>>,
    /// When a look last got no answer.
    look_failed: Option<DateTime<FixedOffset>>,
}

impl Controller {
    pub(super) async fn on_probed(&mut self, result: Result<CapabilityStatement, ServiceFault>) {
        let is_news = self.connectivity != Connectivity::Connected && self.heard.back.is_none();
        match &result {
            Ok(statement) => {
                self.know_capabilities(statement);
                self.heard(Some(true));
                let lately = |at| self.now() - at < REMEMBERED;
                if !self.heard.look_failed.is_some_and(lately) {
                    self.task_states.look_up = TaskState::Works;
                }
            }
            // Somebody answers, and it is not the register.
            Err(ServiceFault::Status(_)) => {
                self.heard(Some(true));
                self.task_states.look_up = TaskState::NotResponding;
            }
            Err(_) => {
                self.heard(Some(false));
                self.task_states.look_up = TaskState::NotResponding;
            }
        }
        if result.is_err() {
            return;
        }
        if is_news {
            self.make_due().await;
        }
        self.enrol_by_policy();
    }

    pub(super) async fn make_due(&self) {
        if let Ok(engine) = &self.wiring.engine
            && let Err(error) = engine.trail.send_now().await
        {
            tracing::error!(%error, "waiting records could not be made due");
        }
    }

    /// Takes note of how a look ended; `cause` says why it was not made.
    pub(super) fn looked(&mut self, reached: Option<bool>, cause: Option<ShownCause>) {
        use ShownCause as Cause;
        self.heard(reached);
        let (state, failed) = match cause {
            _ if reached == Some(false) => (TaskState::NotResponding, Some(self.now())),
            Some(Cause::ServiceUnavailable | Cause::UnreadableAnswer | Cause::TimedOut) => {
                (TaskState::NotResponding, Some(self.now()))
            }
            // It says nothing of that.
            Some(Cause::Cancelled | Cause::SignInNeeded | Cause::TooManyRequests) => return,
            _ => (TaskState::Works, None),
        };
        self.task_states.look_up = state;
        self.heard.look_failed = failed;
    }

    /// Takes note of how a sign-in ended.
    pub(super) fn signed_in_or_not(&mut self, fault: Option<&SignInFault>) {
        use SignInFault as Fault;
        match fault {
            None => {
                self.heard(Some(true));
                self.task_states.sign_in = TaskState::Works;
            }
            Some(Fault::Unreachable | Fault::Certificate { .. }) => {
                self.heard(Some(false));
                self.task_states.sign_in = TaskState::NotResponding;
            }
            Some(Fault::ServiceUnavailable | Fault::UnreadableAnswer) => {
                self.task_states.sign_in = TaskState::NotResponding;
            }
            // The service answered, and did not like the card.
            Some(Fault::CardRefused | Fault::Refused) => {
                self.task_states.sign_in = TaskState::Works
            }
            // It did not come to a question.
            Some(_) => {}
        }
    }

    /// Takes note of whether the service answered; `None` says nothing about that. A single answer after a
    /// time offline is not believed yet: a connection that comes and goes would be called one.
    pub(super) fn heard(&mut self, reached: Option<bool>) {
        let now = self.now();
        let Some(reached) = reached else { return };
        self.heard.last = Some(now);
        match (reached, &self.connectivity) {
            (true, Connectivity::Connected) | (false, Connectivity::Offline { .. }) => {}
            (true, Connectivity::Offline { .. }) => {
                self.heard.back = Some(now);
                self.connectivity = Connectivity::Connecting;
            }
            (true, Connectivity::Connecting) => match self.heard.back {
                // It was never lost.
                None => self.connectivity = Connectivity::Connected,
                Some(at) if now - at >= STEADY => {
                    self.heard.back = None;
                    self.heard.lost = None;
                    self.connectivity = Connectivity::Connected;
                    self.interrupt_back_online();
                }
                Some(_) => {}
            },
            (false, _) => {
                let since = *self.heard.lost.get_or_insert(now);
                self.heard.back = None;
                self.connectivity = Connectivity::Offline {
                    since: since.to_rfc3339(),
                };
                self.probe_now();
            }
        }
    }

    /// Whether the person can be told that no child can be checked now.
    pub(super) fn is_offline(&self) -> bool {
        matches!(self.connectivity, Connectivity::Offline { .. })
    }

    /// Has the service asked now.
    pub(super) fn probe_now(&mut self) {
        self.heard.last = Some(self.now());
        self.probe.notify_one();
    }

    /// Has the service asked if nothing was heard of it lately. While it is not there it is asked at every
    /// other tick, whatever the clock says.
    pub(super) fn probe_when_due(&mut self) {
        let unheard = self.heard.last.is_none_or(|at| {
            let passed = self.now() - at;
            passed >= UNHEARD || passed < Duration::zero()
        });
        self.odd_tick = !self.odd_tick;
        let is_there = self.connectivity == Connectivity::Connected;
        if unheard || (!is_there && self.odd_tick) {
            self.probe_now();
        }
    }
}

/// Asks the service whether it is there, each time that it is told to.
pub(super) async fn probe(service: Arc<Service>, events: mpsc::Sender<Event>, now: Arc<Notify>) {
    loop {
        now.notified().await;
        report(&events, Event::Probed(is_there(&service).await)).await;
    }
}

/// A late answer is waited for as long as there is a way to the service: it may be slow. Without one it
/// will not come.
async fn is_there(service: &Service) -> Result<CapabilityStatement, ServiceFault> {
    let mut answer = pin!(service.capabilities());
    loop {
        let way = async {
            tokio::time::sleep(LATE).await;
            service.network().leads_to(service.base()).await
        };
        tokio::select! {
            answered = &mut answer => return answered,
            leads = way => if !leads {
                return Err(NetworkFault::Unreachable.into());
            },
        }
    }
}
