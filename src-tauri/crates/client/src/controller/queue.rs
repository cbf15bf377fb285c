//! The records on their way: the list, one of them, and what a person can do for them.

use super::{Controller, not_now};
use crate::program::blocking;
use crate::support;
use crate::view::{CommandError, Place, SupportFile};
use cpis_audit::{EntryState, StoredRecord};
use std::path::PathBuf;

/// The record that a person looks at.
pub(super) struct OpenRecord {
    pub stored: StoredRecord,
    /// Where it was saved for support; an error says that it could not be.
    pub saved: Option<Result<PathBuf, ()>>,
    /// Whether the person has had it tried again.
    pub tried_again: bool,
}

impl Controller {
    pub(super) async fn send_now(&mut self) -> Result<(), CommandError> {
        let trail = self.engine()?.trail.clone();
        self.enrol_not_before = None;
        self.probe_now();
        trail.send_now().await.map_err(|e| not_now(&e.to_string()))
    }

    pub(super) async fn try_again(&mut self, id: &str) -> Result<(), CommandError> {
        let trail = self.engine()?.trail.clone();
        let tried = trail.try_again(id).await;
        tried.map_err(|e| not_now(&e.to_string()))?;
        if let Some(open) = &mut self.open_record {
            open.tried_again |= open.stored.entry.id == id;
        }
        Ok(())
    }

    pub(super) async fn open_record(&mut self, id: &str) -> Result<(), CommandError> {
        self.last_used = self.now();
        if self.place != Place::ToSend {
            return Err(not_now("the list of records is not shown"));
        }
        let found = self.engine()?.trail.record(id).await;
        let stored = found
            .map_err(|e| not_now(&e.to_string()))?
            .ok_or_else(|| not_now("there is no such record"))?;
        self.open_record = Some(OpenRecord {
            stored,
            saved: None,
            tried_again: false,
        });
        Ok(())
    }

    /// Seals the record that is shown to the key of policy and saves it.
    pub(super) async fn save_for_support(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let engine = self.engine()?;
        let (workstation, support) = (engine.keys.id(), engine.support.clone());
        let (Some(open), Some(support)) = (&mut self.open_record, support) else {
            return Err(not_now("no record can be saved here"));
        };
        if open.stored.entry.state != EntryState::NeedsAttention {
            return Err(not_now("the record needs no attention"));
        }
        let stored = open.stored.clone();
        let now = self.wiring.world.clock.now();
        let save = move || support::save(&stored, &workstation, &support, now);
        open.saved = Some(blocking(save).await.map_err(|error| {
            tracing::error!(%error, "a record could not be saved for support");
        }));
        Ok(())
    }

    /// Reads the record that is shown anew. One that is no longer kept is closed.
    pub(super) async fn reread_record(&mut self) {
        let (Some(open), Ok(engine)) = (&mut self.open_record, &self.wiring.engine) else {
            return;
        };
        match engine.trail.record(&open.stored.entry.id).await {
            Ok(Some(stored)) => open.stored = stored,
            Ok(None) => self.open_record = None,
            Err(error) => tracing::error!(%error, "the record cannot be read"),
        }
    }

    pub(super) fn support_file(&self, open: &OpenRecord) -> SupportFile {
        let offered = self.engine().is_ok_and(|e| e.support.is_some());
        match &open.saved {
            _ if !offered => SupportFile::NotOffered,
            None => SupportFile::Offered,
            Some(Ok(file)) => SupportFile::Saved {
                file: file.display().to_string(),
            },
            Some(Err(())) => SupportFile::Failed,
        }
    }
}
