//! A note to a local authority that something in a record of the result on the screen is wrong.
//!
//! # What is kept
//!
//! What the form said, in memory, while the page is open: a lock, another page and another result drop
//! it, and it never reaches the disk. What is sent is in the audit trail's queue, on the disk before
//! anybody is told that it is stored.

use super::check::Find;
use super::drawing::queued;
use super::note_form::{self, Draft};
use super::sign_in::SignedIn;
use super::{Controller, Person, not_now};
use crate::printout::{NotePrint, NotePrintout};
use crate::request::TypedNote;
use crate::shown::{Shown, ShownContent, ShownFinding, ShownPlan};
use crate::view::{
    CommandError, FindBlocked, NoteFieldFault, NotePrintState, NoteStage, NoteWay, Place,
    QueuedKind, Screen, ShownNote,
};
use cpis_audit::{Entry, NoteToAuthority};
use cpis_fhir::About;
use cpis_record::NhsNumber;
use uuid::Uuid;

/// A note that somebody writes.
pub(super) struct Note {
    stage: Stage,
    paper: Option<NotePrintState>,
}

enum Stage {
    Form {
        faults: Vec<NoteFieldFault>,
    },
    Review {
        /// The id that it is stored under, however often that is tried.
        id: Uuid,
        draft: Draft,
        blocked: Option<FindBlocked>,
    },
    Stored {
        draft: Draft,
        entry: Entry,
    },
}

impl Note {
    fn new() -> Self {
        Self {
            stage: Stage::Form { faults: Vec::new() },
            paper: None,
        }
    }

    /// What went on paper is over.
    pub fn put_paper_away(&mut self) {
        self.paper = None;
    }

    /// Its row in the queue, once it is there.
    pub fn entry_mut(&mut self) -> Option<&mut Entry> {
        match &mut self.stage {
            Stage::Stored { entry, .. } => Some(entry),
            Stage::Form { .. } | Stage::Review { .. } => None,
        }
    }
}

/// The records of a result that a note can be about: those in place, then those that have ended. None
/// of a copy, because it may have been put right since.
fn records(content: &ShownContent) -> Vec<&ShownPlan> {
    match &content.finding {
        ShownFinding::Record { current, ended } if content.copy.is_none() => {
            current.iter().chain(ended).collect()
        }
        _ => Vec::new(),
    }
}

impl Controller {
    /// Opens the page from the result on the screen.
    pub(super) fn begin_note(&mut self) -> Result<(), CommandError> {
        let on_result = self.place == Place::Find;
        let Find::Result { shown, note, .. } = &mut self.with_role()?.find else {
            return Err(not_now("there is no result on the screen"));
        };
        if !on_result || records(shown.content()).is_empty() {
            return Err(not_now("there is no record on the screen"));
        }
        *note = Some(Note::new());
        Ok(())
    }

    /// Reads the form. What is right in it is shown once more before it goes anywhere.
    pub(super) fn review_note(&mut self, typed: &TypedNote) -> Result<(), CommandError> {
        let now = self.now();
        self.last_used = now;
        let id = self.wiring.world.identifiers.timed(now);
        let (shown, note) = self.note_on_screen()?;
        if !matches!(note.stage, Stage::Form { .. }) {
            return Err(not_now("the note is written"));
        }
        note.stage = match note_form::read_note(typed, &records(shown.content())) {
            Ok(draft) => Stage::Review {
                id,
                draft,
                blocked: None,
            },
            Err(faults) => Stage::Form { faults },
        };
        Ok(())
    }

    /// Goes back to the form.
    pub(super) fn change_note(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let (_, note) = self.note_on_screen()?;
        if !matches!(note.stage, Stage::Review { .. }) {
            return Err(not_now("there is nothing to change"));
        }
        *note = Note::new();
        Ok(())
    }

    /// Stores the note. The window hears of it when it is on the disk.
    pub(super) async fn send_note(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        if self.note_way() != NoteWay::Send {
            return Err(not_now("the service takes no notes"));
        }
        let (shown, note) = self.note_on_screen()?;
        let Stage::Review { id, draft, .. } = &note.stage else {
            return Err(not_now("there is no note to send"));
        };
        let (id, draft, content) = (*id, draft.clone(), shown.content().clone());
        let (number, record) = subject(&content, &draft)?;
        let about = About::Wrong {
            wrong: draft.wrong.clone(),
            record: note_form::noted_record(record),
            callback: draft.callback.clone(),
        };
        let note = NoteToAuthority {
            id: id.to_string(),
            sent: self.now(),
            sender: self.viewer()?,
            person: number,
            recipient: record
                .authority_code
                .as_deref()
                .and_then(|c| c.parse().ok()),
            recipient_name: record.authority.clone(),
            about,
        };
        let stage = match self.enclose(note).await {
            Ok(entry) => Stage::Stored { draft, entry },
            Err(why) => Stage::Review {
                id,
                draft,
                blocked: Some(why),
            },
        };
        let (_, note) = self.note_on_screen()?;
        (note.stage, note.paper) = (stage, None);
        Ok(())
    }

    /// Writes the record of a print of the note; its receipt opens what the window may print.
    pub(super) async fn print_note(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let (shown, note) = self.note_on_screen()?;
        let Stage::Review { draft, .. } = &note.stage else {
            return Err(not_now("there is no note to print"));
        };
        let (draft, content) = (draft.clone(), shown.content().clone());
        let (number, record) = subject(&content, &draft)?;
        let look = self.look_of_print(number, &format!("NOTE about {}", content.reference))?;
        let (by, role) = self.printer()?;
        let patient = content.patient.clone();
        let print = NotePrint {
            check: content.reference.clone(),
            checked_at: content.checked_at.clone(),
            patient: patient.ok_or_else(nobody)?,
            record: record.clone(),
            note: draft.written(),
            at: look.at,
            by,
            role,
        };
        let paper = match self.open_print(look, print).await {
            Ok(opened) => NotePrintState::Ready {
                printout: Box::new(NotePrintout::new(opened)),
            },
            Err(why) => NotePrintState::NotRecorded { why },
        };
        self.note_on_screen()?.1.paper = Some(paper);
        Ok(())
    }

    /// Whether a note whose print is on record is on the screen.
    pub(super) fn note_print_is_ready(&self) -> bool {
        let Person::SignedIn(person) = &self.person else {
            return false;
        };
        let note = person.find.note().filter(|_| self.place == Place::Note);
        note.is_some_and(|note| matches!(note.paper, Some(NotePrintState::Ready { .. })))
    }

    /// The page, if the person is on it.
    pub(super) fn note_screen(&self, person: &SignedIn) -> Option<Screen> {
        let Find::Result { shown, note, .. } = &person.find else {
            return None;
        };
        let note = note.as_ref().filter(|_| self.place == Place::Note)?;
        Some(Screen::Note {
            note: Box::new(ShownNote {
                shown: shown.clone(),
                way: self.note_way(),
                stage: match &note.stage {
                    Stage::Form { faults } => NoteStage::Form {
                        faults: faults.clone(),
                    },
                    Stage::Review { draft, blocked, .. } => NoteStage::Review {
                        note: draft.written(),
                        blocked: *blocked,
                    },
                    Stage::Stored { draft, entry } => NoteStage::Stored {
                        note: draft.written(),
                        record: queued(entry, QueuedKind::Note),
                    },
                },
                print: note.paper.clone(),
            }),
        })
    }

    fn note_on_screen(&mut self) -> Result<(&Shown, &mut Note), CommandError> {
        let on_page = self.place == Place::Note;
        match &mut self.with_role()?.find {
            Find::Result {
                shown,
                note: Some(note),
                ..
            } if on_page => Ok((&**shown, note)),
            _ => Err(not_now("no note is written")),
        }
    }
}

/// Whom and which record a draft is about.
fn subject<'a>(
    content: &'a ShownContent,
    draft: &Draft,
) -> Result<(NhsNumber, &'a ShownPlan), CommandError> {
    let number = content.patient.as_ref().map(|p| p.nhs_number.as_str());
    let number = NhsNumber::received(number.unwrap_or_default()).map_err(|_| nobody())?;
    let record = records(content).get(draft.record).copied();
    Ok((number, record.ok_or_else(nobody)?))
}

fn nobody() -> CommandError {
    not_now("there is nobody whom the note is about")
}
