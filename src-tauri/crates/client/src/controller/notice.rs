//! Telling the local authority that a child of the clinic list was not brought, or that this no longer
//! holds. Marking is the list's own matter; the authority is told only when the person says so.
//!
//! A row of the list is an appointment, and its notice is stored under an id that the row has from the
//! start. So there is one notice of an appointment, also after a crash between storing it and
//! writing that into the list.

use super::clinic::Clinic;
use super::clinic_drawing::shown_child;
use super::drawing::queued;
use super::note_form::{self, Missed, one};
use super::{Controller, not_now};
use crate::clinic::{ClinicChild, ClinicList, FoundAuthority, StoredNotice};
use crate::request::TypedNotice;
use crate::view::{
    CommandError, FindBlocked, NoteFault, NoteFieldFault, NoteFormField, NoteWay, NoticeAuthority,
    NoticeKind, NoticeStage, Place, QueuedKind, Screen, ShownNotice,
};
use cpis_audit::{Entry, NoteToAuthority};
use cpis_fhir::About;
use uuid::Uuid;

/// The question about one child, and what became of it.
pub(super) struct Notice {
    child: Uuid,
    about: NoticeKind,
    stage: Stage,
}

enum Stage {
    Form {
        faults: Vec<NoteFieldFault>,
        blocked: Option<FindBlocked>,
    },
    Stored {
        entry: Entry,
    },
}

impl Notice {
    fn new(child: Uuid, about: NoticeKind) -> Self {
        Self {
            child,
            about,
            stage: Stage::Form {
                faults: Vec::new(),
                blocked: None,
            },
        }
    }

    /// Its row in the queue, once it is there.
    pub fn entry_mut(&mut self) -> Option<&mut Entry> {
        match &mut self.stage {
            Stage::Stored { entry } => Some(entry),
            Stage::Form { .. } => None,
        }
    }
}

impl Controller {
    /// Marks whether a child was brought. Of a child with a record in place the person is asked
    /// whether the authority is told; of one of whom it has been told, whether that is taken back.
    pub(super) fn mark_not_brought(&mut self, id: &str, on: bool) -> Result<(), CommandError> {
        self.last_used = self.now();
        let clinic = &mut self.with_role()?.clinic;
        let (id, _) = clinic.child(id)?;
        clinic.open = Some(id);
        clinic.notice = None;
        if let Some(child) = clinic.list.as_mut().and_then(|list| list.child_mut(id)) {
            child.not_brought = on;
            let about = match on {
                true => NoticeKind::NotBrought,
                false => NoticeKind::Withdrawal,
            };
            clinic.notice = fits(child, about).then(|| Notice::new(id, about));
        }
        if clinic.notice.is_some() {
            self.place = Place::ClinicList;
        }
        self.keep_clinic();
        Ok(())
    }

    /// Asks once more about a child that is marked, and of whom the authority has not been told.
    pub(super) fn ask_notice(&mut self, id: &str) -> Result<(), CommandError> {
        self.last_used = self.now();
        let clinic = &mut self.with_role()?.clinic;
        let (id, child) = clinic.child(id)?;
        if !child.not_brought || !fits(child, NoticeKind::NotBrought) {
            return Err(not_now("there is nothing to tell of the child"));
        }
        clinic.open = Some(id);
        clinic.notice = Some(Notice::new(id, NoticeKind::NotBrought));
        self.place = Place::ClinicList;
        Ok(())
    }

    /// Takes the answer. A notice is stored before the window hears that it is.
    pub(super) async fn answer_notice(&mut self, typed: &TypedNotice) -> Result<(), CommandError> {
        self.last_used = self.now();
        let clinic = &mut self.with_role()?.clinic;
        let Some(Notice {
            child,
            about,
            stage: Stage::Form { .. },
        }) = &clinic.notice
        else {
            return Err(not_now("nothing is asked"));
        };
        let (id, about) = (*child, *about);
        match typed.tell.as_str() {
            "no" => {
                clinic.notice = None;
                Ok(())
            }
            "yes" => {
                let stage = self.store_notice(id, about, typed).await?;
                let notice = self.with_role()?.clinic.notice.as_mut();
                notice.ok_or_else(|| not_now("nothing is asked"))?.stage = stage;
                Ok(())
            }
            _ => {
                let faults = one(NoteFormField::Tell, NoteFault::TellMissing);
                clinic.notice = Some(Notice {
                    child: id,
                    about,
                    stage: Stage::Form {
                        faults,
                        blocked: None,
                    },
                });
                Ok(())
            }
        }
    }

    async fn store_notice(
        &mut self,
        id: Uuid,
        about: NoticeKind,
        typed: &TypedNotice,
    ) -> Result<Stage, CommandError> {
        let now = self.now();
        if self.note_way() != NoteWay::Send {
            return Err(not_now("the service takes no notes"));
        }
        let identifiers = self.wiring.world.identifiers.clone();
        let (withdrawal, next) = (identifiers.timed(now), identifiers.timed(now));
        let sender = self.viewer()?;
        let (_, child) = self.with_role()?.clinic.child(&id.to_string())?;
        let child = child.clone();
        let question = child.question();
        let number = question.ok_or_else(|| not_now("the child has no NHS number"))?;
        let (note_id, said) = match (about, &child.notice) {
            (NoticeKind::Withdrawal, Some(notice)) => (
                withdrawal,
                About::Withdrawn {
                    of: notice.id.to_string(),
                },
            ),
            (NoticeKind::Withdrawal, None) => return Err(not_now("there is no notice")),
            (NoticeKind::NotBrought, _) => {
                let Missed { day, callback } = match note_form::read_notice(typed, now.date_naive())
                {
                    Ok(missed) => missed,
                    Err(faults) => {
                        return Ok(Stage::Form {
                            faults,
                            blocked: None,
                        });
                    }
                };
                let time = child.time;
                (
                    child.notice_id(),
                    About::NotBrought {
                        day,
                        time,
                        callback,
                    },
                )
            }
        };
        let authority = authorities(&child).first();
        let recipient = match child.notice.filter(|_| about == NoticeKind::Withdrawal) {
            // Whoever has read the notice hears that it no longer holds, whoever is responsible now.
            Some(notice) => self.recipient_of(notice.id).await,
            None => authority.and_then(|a| a.code.as_deref()?.parse().ok()),
        };
        let note = NoteToAuthority {
            id: note_id.to_string(),
            sent: now,
            sender,
            person: number.number,
            recipient,
            recipient_name: authority.and_then(|authority| authority.name.clone()),
            about: said,
        };
        match self.enclose(note).await {
            Ok(entry) => {
                self.note_stored(id, about, note_id, next, &entry)?;
                Ok(Stage::Stored { entry })
            }
            Err(why) => Ok(Stage::Form {
                faults: Vec::new(),
                blocked: Some(why),
            }),
        }
    }

    /// Writes into the list that a notice is stored; after a withdrawal the appointment can have another.
    fn note_stored(
        &mut self,
        id: Uuid,
        about: NoticeKind,
        note: Uuid,
        next: Uuid,
        entry: &Entry,
    ) -> Result<(), CommandError> {
        let list = self.with_role()?.clinic.list.as_mut();
        if let Some(child) = list.and_then(|list| list.child_mut(id)) {
            match about {
                NoticeKind::NotBrought => {
                    child.notice = Some(StoredNotice {
                        id: note,
                        at: entry.begun_at,
                    });
                }
                NoticeKind::Withdrawal => child.withdraw_notice(next),
            }
        }
        self.keep_clinic();
        Ok(())
    }

    /// The page with the question, if there is one.
    pub(super) fn notice_screen(&self, clinic: &Clinic, list: &ClinicList) -> Option<Screen> {
        let notice = clinic.notice.as_ref()?;
        let child = list.child(notice.child)?;
        let now = self.now();
        let kind = match notice.about {
            NoticeKind::NotBrought => QueuedKind::NotBrought,
            NoticeKind::Withdrawal => QueuedKind::Withdrawal,
        };
        Some(Screen::Notice {
            notice: Box::new(ShownNotice {
                child: shown_child(child, &clinic.notices, now),
                about: notice.about,
                authorities: authorities(child).iter().map(shown_authority).collect(),
                today: now.date_naive().to_string(),
                way: self.note_way(),
                stage: match &notice.stage {
                    Stage::Form { faults, blocked } => NoticeStage::Form {
                        faults: faults.clone(),
                        blocked: *blocked,
                    },
                    Stage::Stored { entry } => NoticeStage::Stored {
                        record: queued(entry, kind),
                    },
                },
            }),
        })
    }
}

/// Whether there is something to ask about a child.
fn fits(child: &ClinicChild, about: NoticeKind) -> bool {
    match about {
        NoticeKind::NotBrought => child.notice.is_none() && child.has_record_in_place(),
        NoticeKind::Withdrawal => child.notice.is_some(),
    }
}

fn authorities(child: &ClinicChild) -> &[FoundAuthority] {
    let found = child.found.as_ref();
    found.map_or(&[], |found| &found.authorities)
}

fn shown_authority(authority: &FoundAuthority) -> NoticeAuthority {
    NoticeAuthority {
        name: authority.name.clone(),
        office_hours: authority.office_hours.clone(),
        emergency_duty: authority.emergency_duty.clone(),
    }
}
