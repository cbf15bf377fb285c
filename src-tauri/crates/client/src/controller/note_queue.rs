//! Notes to local authorities on their way: into the audit trail's queue, and what has become of them
//! there.

use super::look::blocked;
use super::{Controller, Person, not_now};
use crate::view::{CommandError, FindBlocked, NoteWay, QueuedKind};
use cpis_audit::{Entry, EntryState, Kind, NoteToAuthority, StoredRecord};
use cpis_fhir::CapabilityStatement;
use cpis_record::{OdsCode, Viewer};
use std::collections::HashMap;
use uuid::Uuid;

/// What the queue holds notes as, in a capability statement too.
const COMMUNICATION: &str = "Communication";

impl Controller {
    /// Takes note of what the service says it can do.
    pub(super) fn know_capabilities(&mut self, statement: &CapabilityStatement) {
        let takes = |kind: &String| kind == COMMUNICATION;
        self.takes_notes = Some(statement.resources.iter().any(takes));
    }

    /// Whether a note can be sent.
    pub(super) fn note_way(&self) -> NoteWay {
        match self.takes_notes {
            Some(true) => NoteWay::Send,
            Some(false) => NoteWay::PrintOnly,
            None => NoteWay::NotKnown,
        }
    }

    /// Puts a note into the queue. When this returns its row, it is on the disk. One that is there
    /// already under its id stays as it is: a note is never in the queue twice.
    pub(super) async fn enclose(&self, note: NoteToAuthority) -> Result<Entry, FindBlocked> {
        let engine = self.engine().map_err(|_| FindBlocked::AuditTrail)?;
        let (id, sent) = (note.id.clone(), note.sent);
        let enclosed = engine.trail.enclose(note).await;
        match (engine.trail.record(&id).await, enclosed) {
            // What the disk holds counts, whatever the call came to.
            (Ok(Some(stored)), _) if stored.entry.kind == Kind::Communication => Ok(stored.entry),
            (_, Ok(())) => {
                tracing::error!("a note that was stored cannot be read back");
                Ok(Entry {
                    number: 0,
                    kind: Kind::Communication,
                    id,
                    state: EntryState::Waiting,
                    begun_at: sent,
                    tries: 0,
                    tried_at: None,
                    reason: None,
                    next_try: None,
                    sent_at: None,
                })
            }
            (_, Err(error)) => {
                tracing::error!(%error, "a note could not be stored");
                Err(blocked(&error))
            }
        }
    }

    /// The authority that a stored note is for, as far as it names one.
    pub(super) async fn recipient_of(&self, note: Uuid) -> Option<OdsCode> {
        let trail = &self.engine().ok()?.trail;
        let stored = trail.record(&note.to_string()).await.ok()??;
        let note = cpis_fhir::read_note(stored.body?.as_bytes()).ok()?;
        note.recipient
    }

    /// The person in their role, as records and notes name them.
    pub(super) fn viewer(&self) -> Result<Viewer, CommandError> {
        let Person::SignedIn(person) = &self.person else {
            return Err(not_now("nobody is signed in"));
        };
        let choice = person.choice.as_ref();
        let choice = choice.ok_or_else(|| not_now("no role is chosen"))?;
        Ok(Viewer {
            user: person.user.id.clone(),
            name: person.user.name.clone(),
            role: choice.role.clone(),
        })
    }

    /// Reads anew how the notes fare that the screen may show, and of which kind those in the list of
    /// records are.
    pub(super) async fn reread_notes(&mut self) {
        let Ok(engine) = &self.wiring.engine else {
            return;
        };
        let trail = engine.trail.clone();
        let mut kinds = std::mem::take(&mut self.note_kinds);
        let listed = |id: &str, entries: &[Entry]| entries.iter().any(|entry| entry.id == id);
        kinds.retain(|id, _| listed(id, &self.entries));
        for entry in &self.entries {
            if entry.kind != Kind::Communication || kinds.contains_key(&entry.id) {
                continue;
            }
            if let Ok(Some(stored)) = trail.record(&entry.id).await {
                kinds.insert(entry.id.clone(), kind_of(&stored));
            }
        }
        self.note_kinds = kinds;
        let Person::SignedIn(person) = &mut self.person else {
            return;
        };
        let clinic = &mut person.clinic;
        let on_pages = person.find.note_mut().and_then(|note| note.entry_mut());
        let on_pages = on_pages.into_iter().chain(clinic.notice_entry_mut());
        for entry in on_pages.filter(|entry| entry.state != EntryState::Sent) {
            match trail.record(&entry.id).await {
                Ok(Some(stored)) => *entry = stored.entry,
                found => tracing::error!(found = found.is_ok(), "a stored note cannot be read"),
            }
        }
        let mut states = std::mem::take(&mut clinic.notices);
        for child in clinic.list.iter().flat_map(|list| &list.children) {
            let Some(notice) = &child.notice else {
                continue;
            };
            if states.get(&notice.id) == Some(&EntryState::Sent) {
                continue;
            }
            match trail.record(&notice.id.to_string()).await {
                Ok(Some(stored)) => {
                    states.insert(notice.id, stored.entry.state);
                }
                _ => {
                    states.remove(&notice.id);
                }
            }
        }
        clinic.notices = states;
    }

    /// What a record is, as the list names it.
    pub(super) fn queued_kind(&self, entry: &Entry) -> QueuedKind {
        match entry.kind {
            Kind::AuditEvent => QueuedKind::Look,
            Kind::Communication => {
                let known = self.note_kinds.get(&entry.id).copied();
                known.unwrap_or(QueuedKind::Note)
            }
        }
    }
}

/// The kinds of the notes in the list of records, by id.
pub(super) type NoteKinds = HashMap<String, QueuedKind>;

/// Of which kind a stored record is. A note that cannot be read here is called just that.
pub(super) fn kind_of(stored: &StoredRecord) -> QueuedKind {
    if stored.entry.kind == Kind::AuditEvent {
        return QueuedKind::Look;
    }
    let body = stored.body.as_deref().unwrap_or_default();
    match cpis_fhir::read_note(body.as_bytes()).map(|note| note.about) {
        Ok(cpis_fhir::About::NotBrought { .. }) => QueuedKind::NotBrought,
        Ok(cpis_fhir::About::Withdrawn { .. }) => QueuedKind::Withdrawal,
        Ok(cpis_fhir::About::Wrong { .. }) | Err(_) => QueuedKind::Note,
    }
}
