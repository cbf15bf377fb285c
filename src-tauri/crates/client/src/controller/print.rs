//! Printing the result on the screen. A print is on record before anything goes on paper; where it
//! cannot be recorded, nothing is printed.

use super::look::blocked;
use super::{Controller, Person, not_now};
use crate::printout::{Print, Printout};
use crate::shown::{ShownContent, ShownFinding};
use crate::view::{ChosenRole, CommandError, FindBlocked, PrintState};
use cpis_audit::{AuditError, Audited, Look, Opened, Sealed, ViewId};
use cpis_record::{Mode, NhsNumber};

/// The last print of one result.
pub(super) struct Paper {
    /// Of which result.
    of: String,
    state: PrintState,
}

impl Controller {
    /// Writes the record of a print; its receipt opens what the window may print.
    pub(super) async fn print(&mut self, with_history: bool) -> Result<(), CommandError> {
        self.last_used = self.now();
        let shown = self.result_on_screen().filter(|shown| is_printable(shown));
        let shown = shown.ok_or_else(|| not_now("there is nothing to print"))?;
        let shown = shown.clone();
        let of = shown.reference.clone();
        let (look, print) = self.print_of(shown, with_history)?;
        let state = match self.record_print(look, print).await {
            Ok(printout) => PrintState::Ready {
                printout: Box::new(printout),
            },
            Err(why) => PrintState::NotRecorded { why },
        };
        if let Person::SignedIn(person) = &mut self.person {
            person.paper = Some(Paper { of, state });
        }
        Ok(())
    }

    /// The window has drawn what is to be printed: it goes to the printer.
    pub(super) fn print_drawn(&self) -> Result<(), CommandError> {
        let result = matches!(self.print_state(), Some(PrintState::Ready { .. }));
        if result
            || self.note_print_is_ready()
            || self.clinic_print_is_ready()
            || self.completion_is_ready()
        {
            self.wiring.world.window.print();
            Ok(())
        } else {
            Err(not_now("no print is on record"))
        }
    }

    /// What went on paper is over. To print it again is another print.
    pub(super) fn printed(&mut self) {
        self.completion = None;
        if let Person::SignedIn(person) = &mut self.person {
            person.paper = None;
            person.clinic.paper = None;
            if let Some(note) = person.find.note_mut() {
                note.put_paper_away();
            }
        }
    }

    /// What became of the last print of the result on the screen.
    pub(super) fn print_state(&self) -> Option<PrintState> {
        let shown = self.result_on_screen()?;
        let Person::SignedIn(person) = &self.person else {
            return None;
        };
        let paper = person.paper.as_ref()?;
        (paper.of == shown.reference).then(|| paper.state.clone())
    }

    fn print_of(
        &self,
        shown: ShownContent,
        with_history: bool,
    ) -> Result<(Look, Print), CommandError> {
        let number = shown.patient.as_ref().map(|p| p.nhs_number.as_str());
        let number = NhsNumber::received(number.unwrap_or_default())
            .map_err(|_| not_now("there is nobody to print"))?;
        let look = self.look_of_print(number, &shown.reference)?;
        let (by, role) = self.printer()?;
        let print = Print {
            shown,
            with_history,
            at: look.at,
            by,
            role,
        };
        Ok((look, print))
    }

    async fn record_print(&self, look: Look, print: Print) -> Result<Printout, FindBlocked> {
        self.open_print(look, print).await.map(Printout::new)
    }

    /// The look that a print is, at somebody; `what` is printed.
    pub(super) fn look_of_print(
        &self,
        number: NhsNumber,
        what: &str,
    ) -> Result<Look, CommandError> {
        let viewer = self.viewer()?;
        let at = self.now();
        let id = ViewId::new(self.wiring.world.identifiers.timed(at));
        Ok(Look {
            id,
            at,
            viewer,
            person: Some(number),
            // It asks the register nothing, so no local authority is told of it.
            mode: Mode::Scheduled,
            care_setting: self.wiring.policy.site.care_setting,
            request: format!("PRINT {what}\nTraceID: {id}\n"),
        })
    }

    /// Who prints: their name and the role in which they do.
    pub(super) fn printer(&self) -> Result<(String, ChosenRole), CommandError> {
        match &self.person {
            Person::SignedIn(person) => {
                let choice = person.choice.as_ref();
                let choice = choice.ok_or_else(|| not_now("no role is chosen"))?;
                Ok((person.user.name.clone(), choice.shown()))
            }
            _ => Err(not_now("nobody is signed in")),
        }
    }

    /// Writes the record of a print; its receipt opens what is printed.
    pub(super) async fn open_print<T: Audited>(
        &self,
        look: Look,
        print: T,
    ) -> Result<Opened<T>, FindBlocked> {
        let engine = self.engine().map_err(|_| FindBlocked::AuditTrail)?;
        let not_recorded = |error: AuditError| {
            tracing::error!(%error, "a print could not be recorded, so nothing is printed");
            blocked(&error)
        };
        let attempt = engine.trail.begin(look).await.map_err(not_recorded)?;
        let sealed = Sealed::new(&attempt, print);
        let receipt = engine.trail.conclude(attempt, &sealed).await;
        let receipt = receipt.map_err(not_recorded)?;
        receipt.open(sealed).map_err(|_| FindBlocked::AuditTrail)
    }
}

/// Whether there is an answer about a person to print. What was not checked says nothing about them.
fn is_printable(shown: &ShownContent) -> bool {
    shown.patient.is_some() && !matches!(shown.finding, ShownFinding::NotChecked { .. })
}
