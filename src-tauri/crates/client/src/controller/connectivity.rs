//! Whether the service answers: a probe beside the loop, and what every call has found out.

use super::{Controller, Event, report};
use crate::service::{Service, ServiceFault};
use crate::view::Connectivity;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// How often the service is probed while it answers, and while it does not.
const PROBE_CONNECTED: Duration = Duration::from_secs(30);
const PROBE_OFFLINE: Duration = Duration::from_secs(3);

impl Controller {
    pub(super) async fn on_probed(&mut self, result: Result<(), ServiceFault>) {
        let was_connected = self.connectivity == Connectivity::Connected;
        self.heard(Some(result.is_ok()));
        if result.is_err() {
            return;
        }
        if !was_connected {
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

    /// Takes note of whether the service answered; `None` says nothing about that.
    pub(super) fn heard(&mut self, reached: Option<bool>) {
        match (reached, &self.connectivity) {
            (Some(true), was) => {
                let was_offline = matches!(was, Connectivity::Offline { .. });
                self.connectivity = Connectivity::Connected;
                if was_offline {
                    self.interrupt_back_online();
                }
            }
            (Some(false), Connectivity::Offline { .. }) | (None, _) => {}
            (Some(false), _) => {
                self.connectivity = Connectivity::Offline {
                    since: self.now().to_rfc3339(),
                };
                self.probe_now.notify_one();
            }
        }
    }
}

/// Asks the service again and again whether it is there; `now` cuts a pause short.
pub(super) async fn probe(service: Arc<Service>, events: mpsc::Sender<Event>, now: Arc<Notify>) {
    loop {
        let result = service.is_reachable().await;
        let pause = if result.is_ok() {
            PROBE_CONNECTED
        } else {
            PROBE_OFFLINE
        };
        report(&events, Event::Probed(result)).await;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = now.notified() => {}
        }
    }
}
