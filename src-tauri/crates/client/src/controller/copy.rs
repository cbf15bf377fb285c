//! Copying the NHS number of the result on the screen.
//!
//! The number is taken back from the clipboard after [`LIFE`], and at a lock, the end of the session and
//! the end of the program, unless the person has copied something else since.

use super::{Controller, Event, Person, not_now, report};
use crate::clipboard::{Clipboard, ClipboardFault};
use crate::program::blocking;
use crate::view::{CommandError, CopyState};
use chrono::{DateTime, Duration, FixedOffset};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How long the number may stay on the clipboard.
const LIFE: Duration = Duration::seconds(60);
/// How long a stop waits for a clipboard that does not answer.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// What was copied last.
#[derive(Default)]
pub(super) struct Copied {
    there: Option<There>,
    shown: Option<(String, CopyState)>,
    writer: Option<Writer>,
}

/// A number that is on the clipboard, or on its way there.
struct There {
    number: String,
    until: DateTime<FixedOffset>,
}

/// Uses the clipboard, one thing after the other: to take a number back must never overtake to put it
/// there.
struct Writer {
    jobs: mpsc::UnboundedSender<Job>,
    task: JoinHandle<()>,
}

enum Job {
    Put { number: String, reference: String },
    TakeBack { number: String },
}

/// What became of a number that was to be copied.
pub(super) struct Put {
    reference: String,
    result: Result<(), ClipboardFault>,
}

impl Writer {
    fn start(clipboard: Arc<dyn Clipboard>, events: mpsc::Sender<Event>) -> Self {
        let (jobs, mut queue) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Some(job) = queue.recv().await {
                let clipboard = clipboard.clone();
                match job {
                    Job::Put { number, reference } => {
                        let result = blocking(move || clipboard.put(&number)).await;
                        report(&events, Event::Copied(Put { reference, result })).await;
                    }
                    Job::TakeBack { number } => {
                        let result = blocking(move || clipboard.take_back(&number)).await;
                        if let Err(error) = result {
                            tracing::warn!(%error, "what was copied may still be on the clipboard");
                        }
                    }
                }
            }
        });
        Self { jobs, task }
    }
}

impl Controller {
    pub(super) fn copy_number(&mut self) -> Result<(), CommandError> {
        self.last_used = self.now();
        let shown = self.result_on_screen();
        let patient = shown.and_then(|shown| Some((shown, shown.patient.as_ref()?)));
        let (shown, patient) = patient.ok_or_else(|| not_now("there is no number to copy"))?;
        let (number, reference) = (patient.nhs_number.clone(), shown.reference.clone());
        self.copied.there = Some(There {
            number: number.clone(),
            until: self.now() + LIFE,
        });
        self.copied.shown = None;
        self.clipboard_job(Job::Put { number, reference });
        Ok(())
    }

    pub(super) fn on_copied(&mut self, put: Put) {
        let state = match put.result {
            Ok(()) => CopyState::Copied,
            Err(error) => {
                tracing::warn!(%error, "the number could not be copied");
                self.copied.there = None;
                CopyState::Failed
            }
        };
        self.copied.shown = Some((put.reference, state));
    }

    /// What became of the last copy of the result on the screen.
    pub(super) fn copy_state(&self) -> Option<CopyState> {
        let shown = self.result_on_screen()?;
        let (reference, state) = self.copied.shown.as_ref()?;
        (*reference == shown.reference).then_some(*state)
    }

    /// Returns whether a number was taken back.
    pub(super) fn take_back_when_due(&mut self) -> bool {
        let now = self.now();
        let due = |there: &There| now >= there.until || there.until - now > LIFE;
        if !self.copied.there.as_ref().is_some_and(due) {
            return false;
        }
        self.take_back_copy();
        if let Some((_, state)) = &mut self.copied.shown {
            *state = CopyState::TakenBack;
        }
        true
    }

    /// Takes back what is on the clipboard; the person will not come back to it.
    pub(super) fn take_back_copy(&mut self) {
        if let Some(There { number, .. }) = self.copied.there.take() {
            self.clipboard_job(Job::TakeBack { number });
        }
    }

    /// Waits until the clipboard holds nothing of ours, but not for long.
    pub(super) async fn leave_clipboard(&mut self) {
        self.take_back_copy();
        let Some(Writer { jobs, task }) = self.copied.writer.take() else {
            return;
        };
        drop(jobs);
        if tokio::time::timeout(PATIENCE, task).await.is_err() {
            tracing::warn!("the clipboard did not answer in time");
        }
    }

    fn clipboard_job(&mut self, job: Job) {
        let (clipboard, events) = (self.wiring.world.clipboard.clone(), self.events.clone());
        let writer = self
            .copied
            .writer
            .get_or_insert_with(|| Writer::start(clipboard, events));
        // It ends after everybody who has something for it.
        let _ = writer.jobs.send(job);
    }

    /// The result that the window shows now.
    pub(super) fn result_on_screen(&self) -> Option<&crate::shown::ShownContent> {
        match &self.person {
            Person::SignedIn(person) if self.place == crate::view::Place::Find => {
                person.find.result()
            }
            _ => None,
        }
    }
}
