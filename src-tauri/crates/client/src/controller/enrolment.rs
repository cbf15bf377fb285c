//! Enrolling this computer, by hand or with the code in policy.

use super::{Controller, Event, not_now, report};
use crate::network::NetworkFault;
use crate::service::ServiceFault;
use crate::view::{CommandError, EnrolmentFault};
use crate::workstation::WorkstationCredential;
use chrono::Duration;
use std::sync::Arc;

/// From one try with the code in policy to the next.
const ENROL_AGAIN: Duration = Duration::seconds(30);

impl Controller {
    pub(super) fn enrol(&mut self, code: &secrecy::SecretString) -> Result<(), CommandError> {
        use secrecy::ExposeSecret;
        let code = code.expose_secret().trim().to_owned();
        if code.is_empty() {
            self.enrolment_fault = Some(EnrolmentFault::CodeMissing);
            return Ok(());
        }
        let credential = self.engine()?.credential.clone();
        let credential = credential.ok_or_else(|| not_now("no service is set up"))?;
        self.spawn_enrolment(credential, code);
        Ok(())
    }

    fn spawn_enrolment(&mut self, credential: Arc<WorkstationCredential>, code: String) {
        self.enrolling += 1;
        let events = self.events.clone();
        self.tasks.spawn(async move {
            let result = credential.enrol(&code).await;
            report(&events, Event::Enrolled(result)).await;
        });
    }

    pub(super) async fn on_enrolled(&mut self, result: Result<(), ServiceFault>) {
        self.enrolling = self.enrolling.saturating_sub(1);
        self.enrolment_fault = match result {
            Ok(()) => {
                // Records that waited for a credential need not wait for their next try.
                self.make_due().await;
                None
            }
            Err(ServiceFault::Refused) => Some(EnrolmentFault::CodeRefused),
            Err(ServiceFault::Network(NetworkFault::Certificate(fault))) => {
                Some(EnrolmentFault::Certificate {
                    fault: fault.into(),
                    clock: self.now(),
                })
            }
            Err(_) => Some(EnrolmentFault::Unreachable),
        };
    }

    /// Enrols with the code in policy, also a computer that the service no longer accepts. A try that
    /// failed for another reason than the code is made again after a while, or when a person has records
    /// sent; a refused code is not.
    pub(super) fn enrol_by_policy(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        let now = self.now();
        if self.enrol_not_before.is_some_and(|at| now < at) {
            return;
        }
        let refused = self.enrolment_fault == Some(EnrolmentFault::CodeRefused);
        let backend = self.wiring.policy.backend.as_ref();
        let code = backend.and_then(|b| b.enrolment_code.clone());
        if let (Some(credential), Some(code), false, 0) =
            (engine.credential.clone(), code, refused, self.enrolling)
            && (!*credential.enrolled().borrow() || credential.is_refused())
        {
            self.enrol_not_before = Some(now + ENROL_AGAIN);
            self.spawn_enrolment(credential, code);
        }
    }
}
