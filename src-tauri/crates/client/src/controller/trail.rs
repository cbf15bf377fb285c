//! The audit trail as the controller sees it: its figures, and what its examination finds.

use super::Controller;
use crate::view::{Place, ProgramMode, TaskState};
use cpis_audit::{AuditTrail, EntryState, Examination, Finding, WaitReason};

/// So many records that wait are looked at to tell how sending went.
const LOOKED_AT: u32 = 20;
use tokio::sync::watch;

impl Controller {
    /// Reads the figures of the trail anew.
    pub(super) async fn recount(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        match engine.trail.figures().await {
            Ok(figures) => {
                self.counts = figures.counts;
                self.figures = figures;
            }
            Err(error) => tracing::error!(%error, "the audit trail cannot be summed up"),
        }
        match engine.trail.was_put_aside().await {
            Ok(put_aside) => self.put_aside = put_aside,
            Err(error) => tracing::error!(%error, "the state of the audit trail is not known"),
        }
        match engine.trail.room().await {
            Ok(room) => self.room = room,
            Err(error) => tracing::error!(%error, "the room for records is not known"),
        }
        if self.place == Place::ToSend {
            match engine.trail.entries(500, 50).await {
                Ok(entries) => self.entries = entries,
                Err(error) => tracing::error!(%error, "the audit trail cannot be listed"),
            }
        }
        self.reread_record().await;
        self.reread_notes().await;
        self.task_states.sending = self.sending().await;
        // A receipt came from the service, so it is there, whatever the last probe said.
        let sent = self.counts.sent;
        if self.sent_before.replace(sent).is_some_and(|n| n < sent) {
            self.heard(Some(true));
        }
    }

    /// How sending the records last went.
    async fn sending(&self) -> TaskState {
        let ever = match self.figures.last_sent {
            Some(_) => TaskState::Works,
            None => TaskState::NotTried,
        };
        let Ok(engine) = &self.wiring.engine else {
            return ever;
        };
        if self.counts.waiting == 0 {
            return ever;
        }
        if self.is_refused() || (self.wiring.mode == ProgramMode::Live && !self.is_enrolled()) {
            return TaskState::NoCredential;
        }
        let entries = match engine.trail.entries(LOOKED_AT, 0).await {
            Ok(entries) => entries,
            Err(error) => {
                tracing::error!(%error, "the audit trail cannot be listed");
                return ever;
            }
        };
        let tried = entries
            .iter()
            .filter(|entry| entry.state == EntryState::Waiting);
        let last = tried.max_by_key(|entry| entry.tried_at);
        let last = last.filter(|entry| entry.tried_at >= self.figures.last_sent);
        match last.and_then(|entry| entry.reason) {
            Some(WaitReason::Credential) => TaskState::NoCredential,
            Some(
                WaitReason::Unreachable | WaitReason::ServiceUnavailable | WaitReason::NotAReceipt,
            ) => TaskState::NotResponding,
            Some(WaitReason::Conflict | WaitReason::Refused | WaitReason::Unreadable) | None => {
                ever
            }
        }
    }

    /// Something to listen to, if there is a trail.
    pub(super) fn of_trail<T>(
        &self,
        listen: fn(&AuditTrail) -> watch::Receiver<T>,
    ) -> Option<watch::Receiver<T>> {
        let engine = self.wiring.engine.as_ref().ok()?;
        Some(listen(&engine.trail))
    }

    /// The whole trail has been examined. What was found outlives the run. Returns whether the
    /// person must be told.
    pub(super) async fn on_examined(&mut self, examination: Option<Examination>) -> bool {
        let Ok(engine) = &self.wiring.engine else {
            return false;
        };
        let report = match examination {
            Some(Examination::Ended(report)) => report,
            Some(Examination::Damaged) => {
                if let Err(error) = engine.trail.put_aside(self.now()).await {
                    tracing::error!(%error, "the audit trail could not be put aside");
                }
                self.recount().await;
                return true;
            }
            Some(Examination::UnderWay(_) | Examination::Failed) | None => return false,
        };
        if report.is_whole() {
            return false;
        }
        if report.findings.iter().any(Finding::is_gone) {
            self.records_gone = true;
            if report.more == 0 && report.findings.iter().all(Finding::is_gone) {
                return true;
            }
        }
        for finding in &report.findings {
            tracing::error!(%finding, "the audit trail is not as it was written");
        }
        if let Err(error) = engine.trail.note(report, self.now()).await {
            tracing::error!(%error, "what was found cannot be written down");
        }
        self.altered = true;
        true
    }
}
